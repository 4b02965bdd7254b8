import Testing
import TradingModel

@testable import Venues

/// Every recorded message of Binance USD-M futures through the entry that is meant for it.
@Suite(.enabled(if: Recordings.areThere)) struct BinanceUSDMRecordingTests {
  enum Entry: Sendable {
    case event(BinanceUSDMEventKind)
    /// An event whose report has this kind, and whether its symbol is followed.
    case order(VenueReportKind, isFollowed: Bool = true)
    case orders(BinanceOrderAnswer, [VenueReportKind])
    case trades(Int)
    case balances(Int)
    case positions(Int)
    /// Balances and positions of an account's event.
    case account(balances: Int, positions: Int)
    case exchangeInfo(Int)
    case market(MessageKind)
    case markPrice
    case listenKey
    case hedgeMode
    case error(Int64)
    case reply
    /// Nothing that the adapter asks for: no entry for orders takes it for one, and none trips over it.
    case notMet
    /// Another product's: this entry refuses it.
    indirect case refused(Entry)
  }

  static let table: [String: Entry] = [
    "http_account_settings.json": .hedgeMode,
    "http_account_settings_3.json": .notMet,
    "http_account_settings_5.json": .error(-4059),
    "http_agg_trades.json": .notMet,
    "http_amend_ack_2.json": .orders(.amended, [.replaced]),
    "http_balances.json": .balances(1),
    "http_balances_4.json": .balances(1),
    "http_balances_5.json": .balances(2),
    "http_book_ticker.json": .notMet,
    "http_cancel_ack.json": .orders(.canceled, [.canceled]),
    "http_cancel_all_ack.json": .orders(.canceled, [.canceled]),
    "http_candles_continuous.json": .notMet,
    "http_candles_mark_price.json": .notMet,
    "http_depth_2.json": .market(.snapshot),
    "http_depth_3.json": .market(.snapshot),
    // Of another name: a venue's rules that a library takes for wrong.
    "http_error_2.json": .exchangeInfo(1),
    "http_error_3.json": .exchangeInfo(1),
    "http_exchange_info.json": .exchangeInfo(3),
    "http_exchange_info_3.json": .exchangeInfo(1),
    "http_fees.json": .notMet,
    "http_fees_2.json": .notMet,
    "http_fees_3.json": .notMet,
    "http_fees_5.json": .order(.fill),
    "http_fills.json": .trades(2),
    "http_fills_2.json": .trades(1),
    "http_funding_rate.json": .notMet,
    "http_funding_rate_4.json": .notMet,
    "http_mark_price.json": .notMet,
    // Of the algo service.
    "http_open_orders.json": .refused(.orders(.queried, [])),
    "http_order_ack.json": .orders(.placed, [.accepted]),
    "http_order_history.json": .orders(.queried, [.statusOpen]),
    "http_order_status_partially_filled.json": .orders(.queried, [.statusOpen]),
    // Of options.
    "http_positions_2.json": .refused(.positions(0)),
    "http_positions_3.json": .positions(1),
    "http_positions_account_one_way.json": .positions(1),
    "http_ticker.json": .notMet,
    "http_trades.json": .notMet,
    "http_ws_token.json": .listenKey,
    // Of the algo service.
    "part_http_order_2.json": .refused(.orders(.placed, [])),
    "part_http_order_new.json": .orders(.placed, [.accepted]),
    // An element of `userTrades`, without its array.
    "part_http_trade.json": .refused(.trades(0)),
    // An order of the algo service, without its event.
    "part_ws_user_order_canceled.json": .notMet,
    "ws_agg_trade.json": .market(.aggregateTrade),
    "ws_api_response.json": .reply,
    "ws_book_ticker_2.json": .market(.bestQuote),
    "ws_candle_open.json": .market(.other),
    "ws_depth_update.json": .market(.depth),
    "ws_depth_update_2.json": .market(.depth),
    "ws_funding_rate.json": .markPrice,
    "ws_liquidation.json": .market(.other),
    "ws_liquidation_3.json": .market(.other),
    "ws_mark_price.json": .markPrice,
    "ws_ticker_24hr.json": .market(.other),
    "ws_trade.json": .market(.trade),
    "ws_trade_2.json": .market(.aggregateTrade),
    // Of three positions one is not of hedge mode.
    "ws_user_balance.json": .account(balances: 1, positions: 1),
    "ws_user_balance_bnfcr.json": .account(balances: 1, positions: 0),
    "ws_user_fill.json": .event(.liteTrade),
    "ws_user_order_update_adl.json": .order(.fill),
    "ws_user_order_update_adl_filled.json": .order(.fill),
    "ws_user_order_update_canceled_2.json": .order(.fill),
    "ws_user_order_update_filled_calculated.json": .order(.fill),
    "ws_user_order_update_filled_liquidation.json": .order(.fill),
    // Without a quantity it is no fill, only how the order stands.
    "ws_user_order_update_filled_liquidation_zero_qty.json": .order(.statusFilled),
    "ws_user_order_update_filled_settlement.json": .order(.fill),
    "ws_user_order_update_filled_settlement_2.json": .order(.fill),
    "ws_user_order_update_filled_trade_reduce_only_qty.json": .order(.fill),
    "ws_user_order_update_finished.json": .event(.algoOrder),
    "ws_user_order_update_finished_canceled.json": .event(.algoOrder),
    "ws_user_order_update_new_3.json": .order(.accepted),
    "ws_user_order_update_new_price_match.json": .order(.accepted),
    "ws_user_order_update_new_reduce_only_qty.json": .order(.accepted),
    "ws_user_order_update_new_stop_limit_price_match.json": .order(.accepted),
    "ws_user_order_update_partially_filled_trade_partial.json": .order(.fill),
    "ws_user_order_update_triggered.json": .event(.algoOrder),
    "ws_user_other_2.json": .event(.unused),
    "ws_user_position.json": .account(balances: 1, positions: 1),
  ]

  @Test func everyFileHasItsEntry() throws {
    #expect(Set(try BinanceUSDMSamples.files()) == Set(Self.table.keys))
  }

  @Test func everyFileDecodes() throws {
    var bench = BinanceUSDMBench()
    for (file, entry) in Self.table {
      let bytes = try BinanceUSDMSamples.bytes(file)
      if case .refused(let inner) = entry {
        let isRefused = Self.outcome(inner, bytes, &bench) == nil
        #expect(isRefused, "\(file) is refused")
      } else {
        let outcome = Self.outcome(entry, bytes, &bench)
        #expect(outcome == true, "\(file): \(bench.kinds) \(bench.news.balances.count)")
      }
    }
  }

  /// Whether the entry reads what is expected; nil when it refuses.
  private static func outcome(
    _ entry: Entry, _ bytes: [UInt8], _ bench: inout BinanceUSDMBench
  ) -> Bool? {
    switch entry {
    case .event(let kind): return bench.event(bytes) == nil ? bench.kind == kind : nil
    case .order(let kind, let isFollowed):
      guard bench.event(bytes) == nil else { return nil }
      return bench.kind == .order && bench.kinds == [kind]
        && bench.news.orders[0].isFollowed == isFollowed
    case .orders(let answer, let kinds):
      return bench.orders(bytes, answer) == nil ? bench.kinds == kinds : nil
    case .trades(let count):
      guard bench.trades(bytes) == nil else { return nil }
      return bench.kinds == Array(repeating: .fill, count: count)
    case .balances(let count):
      return bench.balances(bytes) == nil ? bench.news.balances.count == count : nil
    case .positions(let count):
      return bench.positions(bytes) == nil ? bench.news.positions.count == count : nil
    case .account(let balances, let positions):
      guard bench.event(bytes) == nil else { return nil }
      return bench.kind == .account && bench.news.balances.count == balances
        && bench.news.positions.count == positions
    default: return otherOutcome(entry, bytes, &bench)
    }
  }

  private static func otherOutcome(
    _ entry: Entry, _ bytes: [UInt8], _ bench: inout BinanceUSDMBench
  ) -> Bool? {
    switch entry {
    case .exchangeInfo(let count):
      let info = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceUSDMExchangeInfo(buffer)
      }
      return (try? info.get()).map {
        $0.symbols.count == count
          && $0.symbols.allSatisfy { $0.definition(venue: "binance-usdm")?.kind == .linear }
      }
    case .market(let kind): return bench.market(bytes) == nil ? bench.message.kind == kind : nil
    case .markPrice:
      guard bench.market(bytes) == nil else { return nil }
      let told = bench.message.contract
      return bench.message.kind == .contract && bench.message.symbol >= 0
        && told.markPrice != nil && told.indexPrice != nil && told.fundingRate != nil
        && told.nextFundingTime != nil
    case .listenKey:
      let key = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceSpotDecoder.listenKey(buffer)
      }
      return (try? key.get()).map { $0.equals("TEST_LISTEN_KEY") }
    case .hedgeMode:
      let isHedged = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceUSDMDecoder.isHedged(buffer)
      }
      return try? isHedged.get()
    case .error(let code):
      let error = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceError(buffer)
      }
      return (try? error.get()).map { $0.code == code && !$0.message.isEmpty }
    case .reply:
      let reply = BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
        try BinanceReply(buffer)
      }
      guard let part = (try? reply.get())?.result else { return nil }
      return outcome(
        .orders(.placed, [.accepted]), Array(bytes[part.offset..<part.offset + part.byteCount]),
        &bench)
    case .notMet:
      _ = bench.event(bytes)
      let isNoOrder = bench.kinds.isEmpty
      return isNoOrder && bench.orders(bytes, .queried) != nil && bench.trades(bytes) != nil
    default: return nil
    }
  }

  @Test func ownFillHasItsFee() throws {
    var bench = BinanceUSDMBench()
    let name = "ws_user_order_update_partially_filled_trade_partial.json"
    let text = String(decoding: try BinanceUSDMSamples.bytes(name), as: UTF8.self)
    #expect(bench.event(text.replacing("\"TEST\"", with: "\"nabc-t\"")) == nil)
    let order = bench.news.orders[0]
    // 29 in base 36.
    #expect(order.ownership == .own && order.report.orderID == 29)
    #expect(order.report.listing == 10 && order.report.venueOrderID == 8_886_774)
    #expect(order.report.tradeID == 12_345_678 && order.report.liquidity == .maker)
    #expect(order.report.lastPrice == 710_050_000_000 && order.report.lastQuantity == 100_000)
    #expect(order.report.cumulativeQuantity == 100_000 && order.report.quantity == 200_000)
    #expect(order.report.fee == Money(try Decimal("0.01")) && order.report.feeCurrency == 1)
    #expect(order.report.venueTime == 1_568_879_465_651_000_000)
  }

  @Test func positionAndBalanceAreSigned() throws {
    var bench = BinanceUSDMBench()
    #expect(bench.event(try BinanceUSDMSamples.bytes("ws_user_position.json")) == nil)
    let position = bench.news.positions[0]
    #expect(position.listing == 10 && position.quantity == -8_900_000)
    #expect(position.entryPrice == 1_970_003_933_000)
    #expect(bench.news.balances[0].total == Money(try Decimal("1127.95750089")))
    #expect(bench.news.balances[0].currency == 1)
  }
}
