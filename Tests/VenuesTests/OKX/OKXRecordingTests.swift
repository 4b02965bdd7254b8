import Foundation
import Testing
import TradingModel

@testable import Venues

/// Every recorded message of OKX through the entry that is meant for it.
@Suite(.enabled(if: Recordings.areThere)) struct OKXRecordingTests {
  enum Entry: Sendable {
    /// A public frame.
    case frame(OKXFrame, MessageKind)
    /// A push of the private connection: what its news are.
    case pushed([VenueReportKind])
    case pushedBalances(Int)
    case pushedPositions(Int)
    /// An event or the answer to an operation: its code.
    case said(UInt64)
    /// Answers over REST.
    case orders([VenueReportKind])
    case fills(Int)
    case balances(Int)
    case positions(Int)
    case instruments(Int)
    case acknowledged(UInt64)
    case serverTime
    /// Of things that nobody here asks for: its code.
    case answer(UInt64)
    /// Single objects, without what stands around them.
    case order([VenueReportKind])
    case fill
    case balance
    case instrument
    case bareAcknowledgement
    /// No message of any kind that is read here, but a whole one.
    case object
    /// Another product's, or damaged on purpose: this entry refuses it.
    indirect case refused(Entry)
  }

  static let table: [String: Entry] = [
    "bad_exchange_info.json": .refused(.instrument),
    "bad_exchange_info_swap.json": .refused(.instrument),
    "bad_incomplete_message.json": .refused(.frame(.market, .depth)),
    "http_account_settings.json": .answer(0),
    "http_account_settings_2.json": .answer(0),
    "http_account_settings_swap.json": .answer(1),
    "http_account_settings_swap_3.json": .answer(0),
    "http_amend_ack.json": .acknowledged(0),
    "http_balances.json": .balance,
    "http_balances_4.json": .balances(1),
    // The funding account.
    "http_balances_6.json": .balances(1),
    "http_balances_7.json": .balances(2),
    "http_balances_8.json": .balances(1),
    "http_batch_order_ack.json": .acknowledged(0),
    "http_cancel_ack.json": .acknowledged(0),
    "http_cancel_all_ack.json": .answer(0),
    "http_candles_2.json": .answer(0),
    "http_candles_full.json": .answer(0),
    "http_depth.json": .answer(0),
    "http_depth_3.json": .answer(0),
    "http_error.json": .answer(58001),
    // Futures: listed, and not traded here.
    "http_exchange_info.json": .instruments(0),
    "http_exchange_info_2.json": .instruments(5),
    "http_exchange_info_5.json": .instrument,
    "http_exchange_info_6.json": .instruments(0),
    "http_exchange_info_7.json": .instruments(1),
    "http_exchange_info_margin.json": .instruments(0),
    "http_exchange_info_swap.json": .instruments(3),
    "http_exchange_info_swap_2.json": .instruments(1),
    "http_fees.json": .answer(0),
    "http_fills.json": .fill,
    "http_fills_2.json": .fills(1),
    "http_funding_history.json": .answer(0),
    "http_funding_payments_swap.json": .answer(0),
    "http_funding_rate.json": .answer(0),
    "http_funding_rate_swap.json": .answer(0),
    "http_mark_price_2.json": .answer(0),
    "http_open_orders_new_2.json": .orders([.statusOpen]),
    // Algo orders have no order id before they are triggered.
    "http_open_orders_new_attached_oco.json": .refused(.orders([])),
    "http_open_orders_new_close_fraction.json": .refused(.orders([])),
    "http_open_orders_new_with_attached_tp_sl.json": .orders([.statusOpen]),
    // Of algo orders.
    "http_order_ack.json": .acknowledged(0),
    "http_order_ack_3.json": .acknowledged(0),
    "http_order_ack_rejected.json": .acknowledged(51000),
    "http_order_history.json": .refused(.orders([])),
    "http_order_history_3.json": .orders([.statusCanceled]),
    "http_order_history_4.json": .refused(.orders([])),
    "http_order_history_6.json": .refused(.orders([])),
    "http_order_status_new.json": .orders([.statusOpen]),
    // Of spreads, which are no instruments here.
    "http_order_status_partially_filled.json": .refused(.orders([])),
    "http_other_option_summary.json": .answer(0),
    "http_position_history_account.json": .answer(0),
    "http_position_tiers.json": .answer(0),
    "http_positions.json": .positions(1),
    "http_server_time.json": .serverTime,
    "http_status.json": .answer(0),
    "http_ticker_2.json": .answer(0),
    "http_ticker_swap.json": .answer(0),
    "http_trades.json": .answer(0),
    "http_trades_spread.json": .answer(0),
    "part_http_order.json": .bareAcknowledgement,
    "part_http_order_filled.json": .order([.fill, .statusFilled]),
    "part_http_order_new_2.json": .refused(.order([])),
    "part_http_position_2.json": .object,
    "part_http_trade.json": .fill,
    "ws_api_response.json": .said(0),
    "ws_auth_ack.json": .said(0),
    "ws_auth_error.json": .said(60009),
    "ws_book_ticker.json": .frame(.market, .bestQuote),
    "ws_candle.json": .frame(.other, .other),
    "ws_depth_snapshot_2.json": .frame(.market, .snapshot),
    "ws_depth_update.json": .frame(.market, .depth),
    "ws_depth_update_4.json": .frame(.market, .depth),
    "ws_depth_update_5.json": .frame(.market, .depth),
    "ws_error_2.json": .said(60005),
    // What stands in the data of the channel.
    "ws_funding_rate_2.json": .object,
    "ws_funding_rate_swap_2.json": .frame(.market, .contract),
    "ws_funding_rate_swap_3.json": .frame(.market, .contract),
    "ws_instrument.json": .frame(.other, .other),
    "ws_liquidation.json": .frame(.other, .other),
    "ws_subscribe_ack.json": .frame(.acknowledged, .other),
    "ws_subscribe_ack_4.json": .frame(.acknowledged, .other),
    "ws_subscribe_ack_5.json": .said(0),
    "ws_subscribe_ack_6.json": .said(0),
    "ws_subscribe_request_2.json": .frame(.other, .other),
    "ws_subscribe_request_4.json": .object,
    "ws_ticker.json": .frame(.other, .other),
    "ws_trade_2.json": .frame(.market, .trade),
    "ws_trade_3.json": .frame(.market, .trade),
    "ws_trade_5.json": .frame(.market, .trade),
    "ws_unsubscribe_ack.json": .frame(.acknowledged, .other),
    "ws_user_balance.json": .pushedBalances(3),
    "ws_user_balance_empty.json": .pushedBalances(0),
    "ws_user_order_update_filled.json": .pushed([.fill, .statusFilled]),
    "ws_user_order_update_filled_liquidation.json": .pushed([.fill, .statusFilled]),
    "ws_user_order_update_filled_optimal_limit_ioc.json": .pushed([.fill, .statusFilled]),
    "ws_user_order_update_filled_trigger.json": .pushed([.fill, .statusFilled]),
    // Spreads and algo orders have channels of their own.
    "ws_user_order_update_new.json": .refused(.pushed([])),
    "ws_user_order_update_new_algo.json": .refused(.pushed([])),
    "ws_user_order_update_partially_filled_ioc.json": .pushed([.fill, .statusOpen]),
    "ws_user_position.json": .pushedPositions(1),
  ]

  @Test func everyFileHasItsEntry() throws {
    #expect(Set(try OKXSamples.files()) == Set(Self.table.keys))
  }

  @Test func everyFileDecodes() throws {
    let bench = OKXBench()
    for (file, entry) in Self.table.sorted(by: { $0.key < $1.key }) {
      let bytes = try OKXSamples.bytes(file)
      if case .refused(let inner) = entry {
        let outcome = bench.outcome(inner, bytes)
        #expect(outcome == nil, "\(file) is refused, and gave \(outcome ?? "")")
        let error = try #require(bench.lastError)
        #expect(error.offset >= 0 && error.offset <= bytes.count, "\(file)")
      } else {
        let outcome = bench.outcome(entry, bytes)
        #expect(outcome == "as expected", "\(file): \(bench.lastError.map { "\($0)" } ?? "read")")
      }
    }
  }

  @Test func recordedFillsAreWhole() throws {
    let bench = OKXBench()
    let bytes = try OKXSamples.bytes("ws_user_order_update_filled.json")
    #expect(bench.outcome(.pushed([.fill, .statusFilled]), bytes) == "as expected")
    let fill = bench.orders[0].report
    #expect(
      fill.tradeID == 1_518_905_529 && fill.lastPrice == 10_369_890 && fill.lastQuantity == 3
        && fill.venueOrderID == 2_497_956_918_703_120_384 && fill.liquidity == .maker
        && fill.listing == 5 && fill.side == .buy && fill.feeCurrency == 2
        && fill.venueTime == 1_746_947_317_402_000_000)
    // The whole order's fee is this fill's, which is its only one.
    #expect(fill.fee.description == "0.021776769")
    #expect(bench.orders[0].ownership == .foreign && bench.orders[0].isFollowed)
  }

  /// Lends the bytes of a file, or of a text.
  private func lend<Value>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Value
  ) throws -> Value {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return try body(UnsafeRawBufferPointer(copy))
  }

  @Test func startUpReadsItsAnswers() throws {
    let time = try lend(try OKXSamples.bytes("http_server_time.json")) { bytes -> Timestamp? in
      try OKX.serverTime(in: bytes)
    }
    #expect(time == 1_621_247_923_668_000_000)
    let balances = try lend(try OKXSamples.bytes("http_balances_7.json")) {
      bytes -> [VenueBalance] in try OKX.balances(in: bytes)
    }
    #expect(balances.map { "\($0.asset)" } == ["COINALPHA", "HBOT"])
    #expect(balances.map(\.total.description) == ["15", "2000.0918492093160816"])
    let positions = try lend(try OKXSamples.bytes("http_positions.json")) {
      bytes -> [AccountPosition] in try OKX.positions(in: bytes, OKXSamples.scales)
    }
    #expect(positions.map(\.quantity) == [50] && positions[0].entryPrice == 1_000_000)
    let refused = try lend(try OKXSamples.bytes("http_error.json")) { bytes -> Bool in
      (try? OKX.balances(in: bytes)) == nil
    }
    #expect(refused)
    let text = """
      {"code":"0","data":[{"acctLv":"2","perm":"read_only,trade,withdraw","ip":""}]}
      """
    let permissions = try lend(Array(text.utf8)) { bytes -> KeyPermissions in
      try OKX.keyPermissions(in: bytes)
    }
    #expect(
      permissions
        == KeyPermissions(mayRead: true, mayTrade: true, mayWithdraw: true, isAddressBound: false))
  }

  @Test func recordedInstrumentsAreDefined() throws {
    let bytes = try OKXSamples.bytes("http_exchange_info_swap.json")
    let list = try bytes.withUnsafeBytes { try OKXInstrument.list($0) }
    let inverse = try #require(list.first { $0.symbol == "BTC-USD-SWAP" })
    #expect(inverse.code == 10_458)
    let definition = try #require(inverse.definition(venue: "okx"))
    #expect(definition.kind == .inverse && definition.base == "BTC" && definition.quote == "USD")
    #expect(definition.settlement == "BTC" && definition.contractSize == Decimal(units: 100))
    let frame = try OKXSamples.bytes("ws_instrument.json")
    let start = try #require(String(decoding: frame, as: UTF8.self).range(of: "\"data\": ["))
    let text = String(decoding: frame, as: UTF8.self)
    let object = "{\"code\":\"0\",\"data\": [" + text[start.upperBound...]
    let linear = try Array(object.utf8).withUnsafeBytes {
      try OKX.definitions(in: $0, of: ["BTC-USDT-SWAP", "ETH-USDT-SWAP"])
    }
    #expect(linear.count == 1)
    #expect(linear[0].kind == .linear && linear[0].base == "BTC" && linear[0].quote == "USDT")
    #expect(linear[0].contractSize == Decimal(units: 1, decimals: 2))
    #expect(linear[0].tick == Decimal(units: 1, decimals: 1))
    #expect(
      linear[0].lot == Decimal(units: 1) && linear[0].quantityMax == Decimal(units: 100_000_000))
  }
}
