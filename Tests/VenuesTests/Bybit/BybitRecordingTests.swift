import Testing
import TradingModel

@testable import Venues

/// Every recorded message of Bybit through the entry that is meant for it.
@Suite(.enabled(if: Recordings.areThere)) struct BybitRecordingTests {
  enum Entry: Sendable {
    /// Of the private stream: orders and fills, balances, positions.
    case push([VenueReportKind], balances: Int = 0, positions: Int = 0)
    /// The same of spot.
    case spotPush([VenueReportKind])
    /// The same of options, which are not ours; read as if they were linear.
    case optionPush([VenueReportKind])
    /// A topic that nobody here knows.
    case unknownPush
    case orders([VenueReportKind])
    case fills(Int)
    case wallets(Int)
    case positions(Int)
    /// An object that stands in such a list.
    case partOfOrders([VenueReportKind])
    case partOfFills
    case partOfPositions
    case instruments(Int, definitions: Int)
    case market(MessageKind)
    case ticker
    case streamAnswer(isAcknowledged: Bool)
    case streamRefusal
    case reply(BybitOperation, code: Int64 = 0, success: Bool? = nil, tag: UInt64? = nil)
    case time
    case keyPermissions
    /// Another product's, an older form, a request, or damaged on purpose: this entry refuses it.
    indirect case refused(Entry)
  }

  static let table: [String: Entry] = [
    "bad_exchange_info_swap.json": .refused(.instruments(0, definitions: 0)),
    "bad_incomplete_message_2.json": .refused(.market(.trade)),
    "bad_incomplete_message_swap.json": .refused(.market(.trade)),
    "http_account_settings_api_key_info.json": .keyPermissions,
    "http_account_settings_swap.json": .reply(.none, code: 1),
    "http_account_settings_swap_3.json": .reply(.none),
    "http_amend_ack_2.json": .reply(.none),
    // The account's settings.
    "http_balances.json": .refused(.wallets(0)),
    "http_balances_2.json": .wallets(3),
    // The wallet for payments.
    "http_balances_4.json": .refused(.wallets(0)),
    "http_balances_5.json": .wallets(1),
    "http_balances_short.json": .wallets(2),
    // Parameters of requests.
    "http_balances_swap_2.json": .refused(.reply(.none)),
    "http_balances_swap_3.json": .refused(.reply(.none)),
    "http_batch_order_ack.json": .reply(.none),
    "http_cancel_ack.json": .reply(.none),
    "http_cancel_ack_swap.json": .reply(.none),
    "http_cancel_all_ack.json": .reply(.none),
    "http_cancel_all_ack_2.json": .reply(.none),
    "http_candles.json": .reply(.none),
    "http_depth.json": .reply(.none),
    "http_depth_2.json": .reply(.none),
    // The result alone.
    "http_depth_swap_2.json": .refused(.reply(.none)),
    "http_error_2.json": .reply(.none, code: 30_084),
    "http_error_3.json": .refused(.reply(.none)),
    "http_error_swap.json": .reply(.none, code: 20_000),
    "http_error_swap_3.json": .refused(.reply(.none)),
    "http_exchange_info.json": .instruments(2, definitions: 2),
    "http_exchange_info_3.json": .instruments(1, definitions: 0),
    "http_exchange_info_4.json": .instruments(1, definitions: 1),
    "http_exchange_info_6.json": .instruments(1, definitions: 1),
    "http_exchange_info_inverse.json": .instruments(1, definitions: 0),
    "http_exchange_info_option.json": .instruments(1, definitions: 0),
    "http_exchange_info_option_symbol_id.json": .instruments(1, definitions: 0),
    "http_exchange_info_swap_2.json": .refused(.instruments(0, definitions: 0)),
    "http_exchange_info_xstocks.json": .instruments(1, definitions: 1),
    "http_fees.json": .reply(.none),
    "http_fees_4.json": .reply(.none),
    "http_fills_2.json": .fills(1),
    "http_fills_swap.json": .reply(.none, code: 10_001),
    "http_funding_history.json": .reply(.none),
    "http_funding_payments_swap.json": .reply(.none),
    "http_funding_rate_2.json": .reply(.none),
    "http_funding_rate_swap_2.json": .reply(.none),
    // Paths.
    "http_funding_rate_swap_3.json": .refused(.reply(.none)),
    "http_open_orders_untriggered_tp_sl.json": .orders([.statusOpen, .statusOpen]),
    "http_order_ack.json": .reply(.none),
    "http_order_ack_2.json": .orders([.statusOpen]),
    "http_order_ack_4.json": .orders([.statusOpen]),
    "http_order_ack_swap.json": .reply(.none),
    "http_order_history_2.json": .orders([.statusFilled]),
    "http_order_history_with_duplicate.json": .orders([.statusOpen, .statusCanceled]),
    "http_order_status_canceled_2.json": .orders([.statusCanceled]),
    "http_order_status_filled.json": .orders([.statusFilled]),
    // Rejected with fills: it ended, and not at its entry.
    "http_order_status_rejected.json": .orders([.statusCanceled]),
    "http_positions.json": .positions(3),
    "http_positions_with_open_time.json": .positions(1),
    "http_server_time.json": .time,
    "http_status.json": .reply(.none),
    "http_ticker.json": .reply(.none),
    "http_ticker_swap.json": .reply(.none),
    "http_trades_2.json": .reply(.none),
    // What a batch says of an order that was refused.
    "part_http_order.json": .refused(.partOfOrders([])),
    "part_http_order_filled.json": .partOfOrders([.statusFilled]),
    // Closed profit and loss.
    "part_http_position.json": .refused(.partOfPositions),
    "part_http_position_3.json": .partOfPositions,
    "part_http_position_4.json": .partOfPositions,
    "part_http_trade.json": .partOfFills,
    // Of an older version: its ids have other names.
    "part_http_trade_3.json": .refused(.partOfFills),
    "part_http_trade_5.json": .partOfFills,
    // An element of `publicTrade` without its message.
    "part_ws_trade.json": .refused(.market(.trade)),
    "ws_api_order_ack.json": .reply(.order),
    "ws_api_response.json": .reply(.order, tag: 1),
    "ws_auth_ack.json": .reply(.logOn, success: true),
    "ws_auth_ack_2.json": .reply(.logOn),
    "ws_auth_error_failure.json": .reply(.logOn, code: 10_003, success: false),
    "ws_candle.json": .market(.other),
    "ws_depth_snapshot.json": .market(.bestQuote),
    // Level 1 comes as snapshots now.
    "ws_depth_update.json": .market(.other),
    // Its type is none of the venue's.
    "ws_depth_update_2.json": .refused(.market(.depth)),
    "ws_depth_update_swap.json": .market(.depth),
    "ws_error.json": .streamRefusal,
    "ws_error_3.json": .refused(.streamRefusal),
    // The data alone.
    "ws_funding_rate_swap_2.json": .refused(.market(.other)),
    "ws_heartbeat_2.json": .streamAnswer(isAcknowledged: false),
    "ws_heartbeat_4.json": .streamAnswer(isAcknowledged: false),
    // Of an older version.
    "ws_heartbeat_5.json": .refused(.streamAnswer(isAcknowledged: false)),
    "ws_heartbeat_6.json": .reply(.heartbeat),
    "ws_liquidation.json": .market(.other),
    "ws_subscribe_ack.json": .streamAnswer(isAcknowledged: true),
    "ws_subscribe_ack_2.json": .reply(.subscription, success: true, tag: 10_001),
    // Of an older version.
    "ws_subscribe_ack_5.json": .market(.other),
    "ws_subscribe_error_2.json": .streamRefusal,
    "ws_subscribe_request.json": .reply(.subscription),
    "ws_subscribe_request_swap.json": .reply(.subscription),
    "ws_ticker.json": .ticker,
    // Of leveraged tokens, and of options.
    "ws_ticker_2.json": .market(.other),
    "ws_ticker_linear.json": .ticker,
    "ws_ticker_option.json": .market(.other),
    // An older topic.
    "ws_trade.json": .market(.other),
    "ws_trade_4.json": .market(.trade),
    "ws_trade_5.json": .market(.trade),
    "ws_trade_6.json": .market(.trade),
    "ws_trade_swap.json": .market(.trade),
    // A library's own.
    "ws_unsubscribe_ack_2.json": .refused(.streamAnswer(isAcknowledged: true)),
    "ws_user_balance.json": .push([], balances: 2),
    "ws_user_balance_3.json": .push([], balances: 6),
    "ws_user_balance_4.json": .push([], balances: 1),
    "ws_user_balance_5.json": .push([], balances: 1),
    "ws_user_fill.json": .push([.fill]),
    // The fast topic leaves fees out, and is not subscribed to.
    "ws_user_fill_2.json": .unknownPush,
    "ws_user_fill_3.json": .unknownPush,
    "ws_user_fill_adl.json": .push([.fill]),
    "ws_user_fill_fast_envelope_id.json": .unknownPush,
    "ws_user_order_update_canceled.json": .push([.statusCanceled]),
    // Immediate or cancel, and nobody canceled it.
    "ws_user_order_update_canceled_3.json": .optionPush([.statusExpired]),
    "ws_user_order_update_filled.json": .push([.statusFilled]),
    "ws_user_order_update_filled_3.json": .optionPush([.statusFilled]),
    "ws_user_order_update_filled_4.json": .optionPush([.statusFilled]),
    "ws_user_order_update_new.json": .optionPush([.statusOpen]),
    "ws_user_order_update_partially_filled_rejected.json": .spotPush([.statusCanceled]),
    "ws_user_order_update_trade.json": .spotPush([.fill]),
    "ws_user_order_update_trade_2.json": .spotPush([.fill]),
    "ws_user_order_update_untriggered_market_if_touched.json": .push([.statusOpen]),
    "ws_user_order_update_untriggered_sell_market_if_touched.json": .push([.statusOpen]),
    "ws_user_order_update_untriggered_stop_market.json": .push([.statusOpen]),
    "ws_user_order_update_untriggered_take_profit.json": .push([.statusOpen]),
    // Of inverse contracts, which are not ours.
    "ws_user_position_2.json": .push([]),
    "ws_user_position_short.json": .push([], positions: 1),
  ]

  @Test func everyFileHasItsEntry() throws {
    #expect(Set(try BybitSamples.files()) == Set(Self.table.keys))
  }

  @Test func everyFileDecodes() throws {
    for (file, entry) in Self.table {
      let bytes = try BybitSamples.bytes(file)
      if case .refused(let inner) = entry {
        #expect(Self.outcome(inner, bytes) == nil, "\(file) is refused")
      } else {
        #expect(Self.outcome(entry, bytes) == true, "\(file)")
      }
    }
  }

  /// Whether the entry reads what is expected; nil when it refuses.
  static func outcome(_ entry: Entry, _ bytes: [UInt8]) -> Bool? {
    var bench = BybitBench(.linear)
    switch entry {
    case .push(let kinds, let balances, let positions):
      guard case .success(let isPush) = bench.push(bytes) else { return nil }
      return isPush && bench.kinds == kinds && bench.news.balances.count == balances
        && bench.news.positions.count == positions
    case .spotPush(let kinds):
      var spot = BybitBench(.spot)
      guard case .success(let isPush) = spot.push(bytes) else { return nil }
      // The other category's are none of ours.
      _ = bench.push(bytes)
      return isPush && spot.kinds == kinds && bench.kinds.isEmpty
    case .optionPush(let kinds):
      guard case .success(true) = bench.push(bytes), bench.kinds.isEmpty else { return nil }
      let text = String(decoding: bytes, as: UTF8.self)
        .replacing("\"option\"", with: "\"linear\"")
      return bench.push(text) == .success(true) && bench.kinds == kinds
    case .unknownPush:
      guard case .success(let isPush) = bench.push(bytes) else { return nil }
      return isPush && bench.news.unknownCount == 1
    case .orders(let kinds):
      return bench.list(.orders, bytes) == nil ? bench.kinds == kinds : nil
    case .fills(let count):
      guard bench.list(.fills, bytes) == nil else { return nil }
      return bench.kinds == Array(repeating: .fill, count: count)
    case .wallets(let count):
      return bench.list(.wallets, bytes) == nil ? bench.news.balances.count == count : nil
    case .positions(let count):
      return bench.list(.positions, bytes) == nil ? bench.news.positions.count == count : nil
    case .partOfOrders(let kinds):
      return bench.list(.orders, wrapped(bytes)) == nil ? bench.kinds == kinds : nil
    case .partOfFills:
      return bench.list(.fills, wrapped(bytes)) == nil ? bench.kinds == [.fill] : nil
    case .partOfPositions:
      return bench.list(.positions, wrapped(bytes)) == nil
        ? bench.news.positions.count == 1 : nil
    default: return publicOutcome(entry, bytes, &bench)
    }
  }

  private static func wrapped(_ bytes: [UInt8]) -> [UInt8] {
    Array("{\"retCode\":0,\"result\":{\"list\":[".utf8) + bytes + Array("]}}".utf8)
  }

  private static func publicOutcome(
    _ entry: Entry, _ bytes: [UInt8], _ bench: inout BybitBench
  ) -> Bool? {
    switch entry {
    case .instruments(let count, let definitions):
      let found = BybitBench.value(bytes) { (buffer) throws(ScanError) in
        try BybitInstruments(buffer).instruments
      }
      return (try? found.get()).map { all in
        all.count == count
          && all.compactMap { $0.definition(venue: "bybit-spot") }.count == definitions
      }
    case .market(let kind):
      return bench.stream(bytes) == nil ? bench.message.kind == kind : nil
    case .ticker:
      guard bench.stream(bytes) == nil, bench.message.kind == .contract else { return nil }
      let ticker = bench.message.contract
      return ticker.markPrice?.description == "17217.33"
        && ticker.fundingRate?.description == "-0.000212"
        && ticker.nextFundingTime == 1_673_280_000_000_000_000
    case .streamAnswer(let isAcknowledged):
      guard bench.stream(bytes) == nil else { return nil }
      return bench.stream == (isAcknowledged ? .acknowledged : .other)
    case .streamRefusal:
      guard bench.stream(bytes) == nil else { return nil }
      if case .refused = bench.stream { return true }
      return false
    default: return answerOutcome(entry, bytes)
    }
  }

  private static func answerOutcome(_ entry: Entry, _ bytes: [UInt8]) -> Bool? {
    switch entry {
    case .reply(let operation, let code, let success, let tag):
      let reply = BybitBench.value(bytes) { (buffer) throws(ScanError) in try BybitReply(buffer) }
      return (try? reply.get()).map {
        $0.operation == operation && $0.code == code && $0.success == success && $0.tag == tag
      }
    case .time:
      let time = BybitBench.value(bytes) { (buffer) throws(ScanError) in
        try BybitAnswers.result(buffer) { (result) throws(ScanError) in
          try BybitAnswers.serverTime(result)
        }
      }
      return (try? time.get()).map { $0 == 1_666_879_482_792_685_914 }
    case .keyPermissions:
      let told = BybitBench.value(bytes) { (buffer) throws(ScanError) in
        try BybitAnswers.result(buffer) { (result) throws(ScanError) in
          try BybitAnswers.keyPermissions(result, .spot)
        }
      }
      // It may only read.
      return (try? told.get()).map {
        $0
          == KeyPermissions(
            mayRead: true, mayTrade: false, mayWithdraw: false, isAddressBound: true)
      }
    default: return nil
    }
  }
}
