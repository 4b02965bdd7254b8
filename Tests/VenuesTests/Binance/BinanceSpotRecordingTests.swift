import Testing
import TradingModel

@testable import Venues

/// Every recorded message of Binance spot through the entry that is meant for it.
@Suite(.enabled(if: Recordings.areThere)) struct BinanceSpotRecordingTests {
  enum Entry: Sendable {
    case event(BinanceSpotUserEventKind)
    /// An event whose report has this kind.
    case order(VenueReportKind)
    case orders(BinanceOrderAnswer, [VenueReportKind])
    case trades(Int)
    case cancelReplace
    case account(Int)
    case exchangeInfo(Int)
    case market(MessageKind)
    case bookTicker
    case lastPrice
    case publicTrades(Int)
    case candles(Int)
    case fees(Int)
    case serverTime
    case empty
    case error(Int64)
    case reply(status: Int, hasResult: Bool)
    case result(ReplyResult)
    /// Another product's, an older form, or damaged on purpose: this entry refuses it.
    indirect case refused(Entry)
  }

  enum ReplyResult: Sendable { case cancelReplace, depth, bookTicker, lastPrice }

  static let table: [String: Entry] = [
    "bad_exchange_info.json": .refused(.exchangeInfo(0)),
    // Of futures: the same error object.
    "http_account_settings.json": .error(-4048),
    "http_agg_trades.json": .publicTrades(10),
    "http_amend_ack.json": .cancelReplace,
    "http_balances.json": .account(2),
    // The wallet for payments, cross and isolated margin.
    "http_balances_2.json": .refused(.account(0)),
    "http_balances_3.json": .refused(.account(0)),
    "http_balances_4.json": .refused(.account(0)),
    "http_balances_5.json": .account(1),
    "http_book_ticker.json": .bookTicker,
    "http_cancel_ack.json": .orders(.canceled, [.canceled]),
    "http_cancel_all_ack.json": .orders(
      .canceled, [.canceled, .canceled, .canceled, .canceled]),
    "http_cancel_all_ack_3.json": .error(200),
    "http_cancel_all_ack_4.json": .error(200),
    "http_cancel_all_ack_5.json": .refused(.orders(.canceled, [])),
    "http_candles.json": .candles(1),
    "http_candles_2.json": .candles(10),
    "http_depth_2.json": .market(.snapshot),
    "http_error.json": .error(-2011),
    "http_error_4.json": .error(-1121),
    // Tokenized equities, and pairs of margin.
    "http_exchange_info_3.json": .refused(.exchangeInfo(0)),
    "http_exchange_info_4.json": .refused(.exchangeInfo(0)),
    "http_exchange_info_5.json": .exchangeInfo(2),
    "http_exchange_info_8.json": .exchangeInfo(1),
    "http_fees.json": .fees(1),
    // The account of futures.
    "http_fees_4.json": .refused(.account(0)),
    "http_fees_5.json": .fees(2),
    "http_fills.json": .trades(1),
    "http_fills_3.json": .trades(1),
    // Tokenized equities.
    "http_fills_4.json": .refused(.trades(0)),
    "http_fills_6.json": .trades(1),
    "http_fills_8.json": .trades(2),
    // Of futures.
    "http_funding_history.json": .refused(.lastPrice),
    // The average price names no symbol.
    "http_mark_price.json": .refused(.lastPrice),
    "http_order_ack.json": .orders(
      .placed, [.accepted, .fill, .fill, .fill, .fill, .fill]),
    "http_order_ack_2.json": .orders(.placed, [.accepted]),
    "http_order_history.json": .orders(.queried, [.statusOpen]),
    "http_order_history_2.json": .orders(.queried, [.statusOpen]),
    "http_order_status_filled.json": .orders(.queried, [.statusFilled]),
    "http_order_status_new.json": .orders(.queried, [.statusOpen]),
    "http_order_status_new_2.json": .orders(.queried, [.statusOpen]),
    "http_server_time.json": .serverTime,
    "http_server_time_2.json": .serverTime,
    "http_status.json": .empty,
    "http_ticker_2.json": .lastPrice,
    "http_ticker_3.json": .lastPrice,
    "http_trades.json": .publicTrades(1),
    "http_trades_2.json": .publicTrades(10),
    "http_trades_5.json": .publicTrades(1),
    "part_http_order_2.json": .error(-4005),
    // Tokenized equities: their order ids are no numbers.
    "part_http_order_3.json": .refused(.orders(.placed, [])),
    "part_http_order_canceled.json": .refused(.orders(.queried, [])),
    "part_http_order_filled.json": .orders(.placed, [.accepted, .fill]),
    "part_http_order_new.json": .refused(.orders(.queried, [])),
    "part_http_order_new_2.json": .refused(.orders(.queried, [])),
    // One of a new order's fills, without its order.
    "part_http_trade.json": .refused(.trades(0)),
    "part_http_trade_3.json": .refused(.trades(0)),
    // An element of `historicalTrades`, without its array.
    "part_http_trade_5.json": .refused(.publicTrades(0)),
    "part_ws_trade.json": .market(.aggregateTrade),
    "part_ws_trade_3.json": .market(.trade),
    "part_ws_user_order.json": .event(.other),
    "ws_agg_trade.json": .market(.aggregateTrade),
    "ws_api_response_2.json": .result(.cancelReplace),
    "ws_api_response_3.json": .result(.depth),
    "ws_api_response_5.json": .result(.bookTicker),
    "ws_api_response_6.json": .result(.lastPrice),
    "ws_book_ticker.json": .market(.bestQuote),
    "ws_book_ticker_2.json": .market(.bestQuote),
    "ws_candle_2.json": .market(.other),
    "ws_depth_update_2.json": .market(.depth),
    "ws_depth_update_3.json": .market(.depth),
    "ws_error.json": .reply(status: 400, hasResult: false),
    // Its code is no number.
    "ws_error_2.json": .reply(status: 400, hasResult: false),
    "ws_subscribe_ack.json": .reply(status: 200, hasResult: false),
    "ws_subscribe_ack_2.json": .reply(status: 200, hasResult: true),
    "ws_subscribe_request_2.json": .event(.reply),
    "ws_ticker_24hr.json": .market(.other),
    "ws_trade.json": .market(.trade),
    // Its maker flag is the text "yes".
    "ws_trade_4.json": .refused(.market(.trade)),
    "ws_trade_5.json": .market(.trade),
    "ws_trade_7.json": .market(.trade),
    "ws_trade_8.json": .market(.trade),
    "ws_user_balance_2.json": .event(.externalLock),
    "ws_user_balance_3.json": .event(.balanceChange),
    "ws_user_balance_4.json": .event(.balances),
    "ws_user_balance_5.json": .event(.balances),
    "ws_user_balance_position.json": .event(.balances),
    "ws_user_order_update_canceled.json": .order(.canceled),
    "ws_user_order_update_canceled_2.json": .order(.canceled),
    "ws_user_order_update_canceled_3.json": .order(.canceled),
    "ws_user_order_update_expired.json": .order(.expired),
    "ws_user_order_update_filled_binance_us.json": .order(.fill),
    // Without a price the fill is not there yet, only its count.
    "ws_user_order_update_filled_trade_l_zero.json": .order(.statusFilled),
    "ws_user_order_update_new_2.json": .order(.accepted),
    "ws_user_order_update_new_stop_limit_price_match.json": .order(.accepted),
    "ws_user_order_update_new_stop_loss.json": .order(.accepted),
    "ws_user_order_update_new_wrapped.json": .order(.accepted),
    "ws_user_order_update_partially_filled_custom_client_id.json": .order(.fill),
    "ws_user_order_update_partially_filled_empty_client_id.json": .order(.fill),
    "ws_user_order_update_partially_filled_trade_l_zero_partial.json": .order(.statusOpen),
    "ws_user_order_update_pending_cancel.json": .order(.statusOpen),
    "ws_user_order_update_rejected_2.json": .order(.rejected),
    "ws_user_order_update_trade_l_zero_expired.json": .order(.expired),
    "ws_user_order_update_trade_l_zero_new.json": .order(.statusOpen),
    "ws_user_order_update_wrapped.json": .event(.list),
  ]

  @Test func everyFileHasItsEntry() throws {
    #expect(Set(try BinanceSpotSamples.files()) == Set(Self.table.keys))
  }

  @Test func everyFileDecodes() throws {
    var bench = BinanceSpotBench()
    for (file, entry) in Self.table {
      let bytes = try BinanceSpotSamples.bytes(file)
      if case .refused(let inner) = entry {
        let isRefused = Self.outcome(inner, bytes, &bench) == nil
        #expect(isRefused, "\(file) is refused")
      } else {
        let outcome = Self.outcome(entry, bytes, &bench)
        #expect(outcome == true, "\(file)")
      }
    }
  }

  /// Whether the entry reads what is expected; nil when it refuses.
  static func outcome(
    _ entry: Entry, _ bytes: [UInt8], _ bench: inout BinanceSpotBench
  ) -> Bool? {
    switch entry {
    case .event(let kind):
      return bench.event(bytes) == nil ? bench.event.kind == kind : nil
    case .order(let kind):
      guard bench.event(bytes) == nil else { return nil }
      return bench.event.kind == .order && bench.event.order.report.kind == kind
        && bench.event.order.isFollowed
    case .orders(let answer, let kinds):
      guard bench.orders(bytes, answer) == nil else { return nil }
      return reportKinds(bench.reports) == kinds
    case .trades(let count):
      guard bench.trades(bytes) == nil else { return nil }
      return bench.reports.count == count
        && reportKinds(bench.reports).allSatisfy { $0 == .fill }
    case .cancelReplace:
      guard case .success(let answer) = bench.cancelReplace(bytes) else { return nil }
      return answer.cancelResult == .success && answer.newOrderResult == .success
        && answer.canceledCount == 1 && reportKinds(bench.reports) == [.canceled, .accepted]
    case .account(let count):
      return bench.account(bytes) == nil ? bench.account.balances.count == count : nil
    default: return publicOutcome(entry, bytes, &bench)
    }
  }

  private static func reportKinds(_ reports: borrowing PlainRun<BinanceSpotReport>)
    -> [VenueReportKind]
  {
    var kinds: [VenueReportKind] = []
    for index in 0..<reports.count { kinds.append(reports[index].report.kind) }
    return kinds
  }

  private static func publicOutcome(
    _ entry: Entry, _ bytes: [UInt8], _ bench: inout BinanceSpotBench
  ) -> Bool? {
    switch entry {
    case .exchangeInfo(let count):
      let info = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceExchangeInfo(buffer)
      }
      return (try? info.get()).map { $0.symbols.count == count }
    case .fees(let count):
      let fees = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceSpotDecoder.symbolFees(buffer)
      }
      return (try? fees.get()).map { $0.count == count }
    case .serverTime:
      let time = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceSpotDecoder.serverTime(buffer)
      }
      return (try? time.get()).map { $0 > 1_499_000_000_000_000_000 }
    case .empty:
      let error = BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        try BinanceSpotDecoder.empty(buffer)
      }
      return error == nil ? true : nil
    case .error(let code):
      let error = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceError(buffer)
      }
      return (try? error.get()).map { $0.code == code && !$0.message.isEmpty }
    default: return marketOutcome(entry, bytes, &bench)
    }
  }

  private static func marketOutcome(
    _ entry: Entry, _ bytes: [UInt8], _ bench: inout BinanceSpotBench
  ) -> Bool? {
    switch entry {
    case .market(let kind):
      let error = BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        try bench.decoder.decode(market: buffer, fallback: 0, into: &bench.message)
      }
      return error == nil ? bench.message.kind == kind : nil
    case .bookTicker:
      let error = BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        try bench.decoder.decode(bookTicker: buffer, into: &bench.message)
      }
      return error == nil ? bench.message.kind == .bestQuote : nil
    case .lastPrice:
      let last = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try bench.decoder.lastPrice(buffer)
      }
      return (try? last.get()).map { $0.symbol >= 0 && $0.price > 0 }
    case .publicTrades(let count):
      let error = BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        try bench.decoder.decode(publicTrades: buffer, symbol: 0, into: &bench.message)
      }
      return error == nil ? bench.message.trades.count == count : nil
    case .candles(let count):
      let candles = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try bench.decoder.candles(buffer, symbol: 0)
      }
      return (try? candles.get()).map { $0.count == count }
    case .reply(let status, let hasResult):
      let reply = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceReply(buffer)
      }
      return (try? reply.get()).map {
        $0.status == status && ($0.result != nil) == hasResult
          && ($0.error != nil) == (status != 200)
      }
    case .result(let result): return resultOutcome(result, bytes, &bench)
    default: return nil
    }
  }

  private static func resultOutcome(
    _ result: ReplyResult, _ bytes: [UInt8], _ bench: inout BinanceSpotBench
  ) -> Bool? {
    let reply = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
      try BinanceReply(buffer)
    }
    guard let reply = try? reply.get(), reply.status == 200, reply.error == nil,
      let part = reply.result
    else { return nil }
    let inner = Array(bytes[part.offset..<part.offset + part.byteCount])
    switch result {
    case .cancelReplace: return outcome(.cancelReplace, inner, &bench)
    case .depth: return outcome(.market(.snapshot), inner, &bench)
    case .bookTicker: return outcome(.bookTicker, inner, &bench)
    case .lastPrice: return outcome(.lastPrice, inner, &bench)
    }
  }
}
