import CAllocationCount
import Credentials
import Runtime
import Testing
import TradingModel

@testable import Venues

#if DEBUG
  private let isOptimized = false
#else
  private let isOptimized = true
#endif

/// The requests of Bybit, through the code that trades.
@Suite struct BybitRequestTests {
  private static let time: UInt64 = 1_700_000_000_000

  private func credential() -> VenueCredential {
    VenueCredential(apiKey: "the-key", kind: .hmac, secret: SecretBytes("secret"))
  }

  private func requests(
    _ action: VenueAction, _ input: RequestInput, _ venue: any BybitVenue.Type = BybitLinear.self
  ) throws -> [WireRequest] {
    try venue.requests(
      action, input, credential(), venue.description.environments[0], timestamp: Self.time)
  }

  private func request(
    _ action: VenueAction, _ input: RequestInput, _ venue: any BybitVenue.Type = BybitLinear.self
  ) throws -> WireRequest {
    let all = try requests(action, input, venue)
    return try #require(all.count == 1 ? all[0] : nil)
  }

  private func order() -> RequestInput {
    var input = RequestInput()
    input.symbol = "BTCUSDT"
    input.side = .buy
    input.quantity = try? Decimal("0.00100")
    input.price = try? Decimal("60000.10")
    input.clientOrderID = "id-1"
    return input
  }

  private func hex(_ text: String) throws -> String {
    let signer = try MessageSigner(.hmacSHA256, secret: SecretBytes("secret"))
    var room = [UInt8](repeating: 0, count: 64)
    Array(text.utf8).withUnsafeBytes { bytes in
      _ = room.withUnsafeMutableBytes { signer.sign(bytes, as: .hex, into: $0.baseAddress!) }
    }
    return String(decoding: room, as: UTF8.self)
  }

  private func header(_ wire: WireRequest, _ name: String) -> String? {
    wire.headers.first { $0.name == name }?.value
  }

  @Test func aBodyIsSignedAsItIsSent() throws {
    let wire = try request(.place, order())
    #expect(wire.method == "POST" && wire.url == "https://api.bybit.com/v5/order/create")
    #expect(
      wire.body
        == "{\"category\":\"linear\",\"symbol\":\"BTCUSDT\",\"side\":\"Buy\",\"orderType\":\"Limit\","
        + "\"qty\":\"0.001\",\"price\":\"60000.1\",\"timeInForce\":\"GTC\",\"orderLinkId\":\"id-1\"}"
    )
    #expect(header(wire, "X-BAPI-API-KEY") == "the-key")
    #expect(header(wire, "X-BAPI-TIMESTAMP") == "1700000000000")
    #expect(header(wire, "X-BAPI-RECV-WINDOW") == "5000")
    #expect(
      header(wire, "X-BAPI-SIGN") == (try hex("1700000000000the-key5000" + wire.body)))
    #expect(header(wire, "Content-Type") == "application/json")
    #expect(header(wire, "Content-Length") == "\(wire.body.utf8.count)")
    #expect(header(wire, "Host") == "api.bybit.com")
  }

  /// Computed with OpenSSL: printf '%s' '1700000000000the-key5000category=...' | openssl dgst -sha256
  /// -hmac secret
  @Test func aQueryIsSignedAsItIsSent() throws {
    var input = RequestInput()
    input.symbol = "BTCUSDT"
    let wire = try request(.openOrders, input)
    #expect(wire.method == "GET" && wire.body.isEmpty)
    #expect(
      wire.url
        == "https://api.bybit.com/v5/order/realtime?category=linear&symbol=BTCUSDT&limit=50")
    #expect(
      header(wire, "X-BAPI-SIGN")
        == "e82b224c1d67cab513dc4a399f0fb90cb2cd4bf8dad5f0ed525403bbb77cdab1")
    #expect(header(wire, "Content-Length") == nil)
  }

  @Test func publicQuestionsCarryNoKey() throws {
    let wire = try request(.serverTime, RequestInput())
    #expect(wire.url == "https://api.bybit.com/v5/market/time")
    #expect(wire.headers.map(\.name) == ["Host"])
  }

  @Test func overTheTradeStreamTheConnectionIsLoggedOnOnce() throws {
    var input = order()
    input.channel = .webSocket
    let wire = try request(.place, input, BybitSpot.self)
    #expect(wire.method.isEmpty && wire.url == "wss://stream.bybit.com/v5/trade")
    #expect(
      wire.body
        == "{\"reqId\":\"1\",\"header\":{\"X-BAPI-TIMESTAMP\":\"1700000000000\","
        + "\"X-BAPI-RECV-WINDOW\":\"5000\"},\"op\":\"order.create\",\"args\":[{\"category\":\"spot\","
        + "\"symbol\":\"BTCUSDT\",\"side\":\"Buy\",\"orderType\":\"Limit\",\"qty\":\"0.001\","
        + "\"price\":\"60000.1\",\"timeInForce\":\"GTC\",\"orderLinkId\":\"id-1\"}]}")
    let logOn = try request(.logOn, input)
    #expect(
      logOn.body
        == "{\"reqId\":\"1\",\"op\":\"auth\",\"args\":[\"the-key\",1700000010000,\""
        + (try hex("GET/realtime1700000010000")) + "\"]}")
    let stream = try requests(.userStream, input, BybitSpot.self)
    #expect(stream.map(\.url) == Array(repeating: "wss://stream.bybit.com/v5/private", count: 2))
    #expect(
      stream[1].body
        == "{\"req_id\":\"2\",\"op\":\"subscribe\",\"args\":[\"order\",\"execution\",\"wallet\"]}")
  }

  @Test func typesTimesAndInstructionsAreTheVenues() throws {
    var input = order()
    input.instructions = .postOnly
    #expect(try request(.place, input).body.contains("\"timeInForce\":\"PostOnly\""))
    input.instructions = .reduceOnly
    #expect(try request(.place, input).body.contains("\"reduceOnly\":true"))
    #expect(throws: RequestError.instructions(.reduceOnly)) {
      try request(.place, input, BybitSpot.self)
    }
    input.instructions = []
    input.timeInForce = .fillOrKill
    #expect(try request(.place, input).body.contains("\"timeInForce\":\"FOK\""))
    input.type = .stopLimit
    input.stopPrice = try Decimal("61000")
    let stop = try request(.place, input).body
    #expect(
      stop.hasSuffix(
        "\"triggerPrice\":\"61000\",\"triggerDirection\":1,\"triggerBy\":\"LastPrice\"}"))
    // A cancel would not find it.
    #expect(throws: RequestError.orderType(.stopLimit)) {
      try request(.place, input, BybitSpot.self)
    }
    #expect(BybitSpot.description.orderTypes == [.limit, .market])
    input.type = .market
    #expect(!(try request(.place, input).body.contains("marketUnit")))
    let market = try request(.place, input, BybitSpot.self).body
    #expect(
      market.contains("\"orderType\":\"Market\",\"qty\":\"0.001\",\"marketUnit\":\"baseCoin\""))
    #expect(!market.contains("timeInForce") && !market.contains("price"))
    input.type = .pegged
    #expect(throws: RequestError.orderType(.pegged)) { try request(.place, input) }
    input.type = .limit
    input.timeInForce = .day
    #expect(throws: RequestError.timeInForce(.day)) { try request(.place, input) }
  }

  @Test func ordersAreNamedByOurId() throws {
    var input = order()
    #expect(
      try request(.cancel, input).body
        == "{\"category\":\"linear\",\"symbol\":\"BTCUSDT\",\"orderLinkId\":\"id-1\"}")
    #expect(
      try request(.modify, input).body
        == "{\"category\":\"linear\",\"symbol\":\"BTCUSDT\",\"orderLinkId\":\"id-1\","
        + "\"qty\":\"0.001\",\"price\":\"60000.1\"}")
    #expect(
      try request(.query, input).url.hasSuffix(
        "/v5/order/realtime?category=linear&symbol=BTCUSDT&orderLinkId=id-1"))
    input.venueOrderID = 42
    #expect(throws: RequestError.self) { try request(.cancel, input) }
    #expect(try request(.cancel, input, BybitSpot.self).body.contains("\"orderId\":\"42\""))
    input.venueOrderID = nil
    input.clientOrderID = "not/ours"
    #expect(throws: RequestError.self) { try request(.cancel, input) }
    input.clientOrderID = String(repeating: "x", count: 37)
    #expect(throws: RequestError.self) { try request(.cancel, input) }
  }

  @Test func batchesHoldEachOrder() throws {
    var input = order()
    input.clientOrderIDs = ["a", "b"]
    let wire = try request(.placeBatch, input)
    #expect(wire.url == "https://api.bybit.com/v5/order/create-batch")
    let one =
      "{\"symbol\":\"BTCUSDT\",\"side\":\"Buy\",\"orderType\":\"Limit\",\"qty\":\"0.001\","
      + "\"price\":\"60000.1\",\"timeInForce\":\"GTC\",\"orderLinkId\":"
    #expect(
      wire.body == "{\"category\":\"linear\",\"request\":[\(one)\"a\"},\(one)\"b\"}]}")
    #expect(
      try request(.cancelBatch, input, BybitSpot.self).body
        == "{\"category\":\"spot\",\"request\":[{\"symbol\":\"BTCUSDT\",\"orderLinkId\":\"a\"},"
        + "{\"symbol\":\"BTCUSDT\",\"orderLinkId\":\"b\"}]}")
    input.clientOrderIDs = []
    input.venueOrderIDs = [7]
    #expect(
      try request(.cancelBatch, input, BybitSpot.self).body
        == "{\"category\":\"spot\",\"request\":[{\"symbol\":\"BTCUSDT\",\"orderId\":\"7\"}]}")
    #expect(throws: RequestError.self) { try request(.cancelBatch, input) }
    input.venueOrderIDs = []
    input.clientOrderIDs = (0..<11).map { "n\($0)" }
    #expect(throws: RequestError.self) { try request(.placeBatch, input, BybitSpot.self) }
    input.channel = .webSocket
    #expect(try request(.placeBatch, input).body.contains("\"op\":\"order.create-batch\""))
  }

  @Test func withoutASymbolEachSettlementCoinIsAskedFor() throws {
    let all = try requests(.cancelAll, RequestInput())
    #expect(
      all.map(\.body) == [
        "{\"category\":\"linear\",\"settleCoin\":\"USDT\"}",
        "{\"category\":\"linear\",\"settleCoin\":\"USDC\"}",
      ])
    // Spot's conditional orders stand until they are named.
    #expect(
      try requests(.cancelAll, RequestInput(), BybitSpot.self).map(\.body) == [
        "{\"category\":\"spot\",\"orderFilter\":\"Order\"}",
        "{\"category\":\"spot\",\"orderFilter\":\"StopOrder\"}",
        "{\"category\":\"spot\",\"orderFilter\":\"tpslOrder\"}",
      ])
    #expect(
      try requests(.positions, RequestInput()).map(\.url).first
        == "https://api.bybit.com/v5/position/list?category=linear&settleCoin=USDT&limit=200")
  }

  @Test func theDeadMansSwitchIsOfTheProduct() throws {
    var input = RequestInput()
    input.timeout = 40
    #expect(
      try request(.deadManSwitch, input).body == "{\"product\":\"DERIVATIVES\",\"timeWindow\":40}")
    #expect(
      try request(.deadManSwitch, input, BybitSpot.self).body
        == "{\"product\":\"SPOT\",\"timeWindow\":40}")
    input.timeout = 2
    #expect(throws: RequestError.self) { try request(.deadManSwitch, input) }
  }

  @Test(arguments: [BybitCategory.spot, .linear])
  func everyActionIsWrittenOrRefusedWithAReason(category: BybitCategory) throws {
    let venue: any BybitVenue.Type = category == .spot ? BybitSpot.self : BybitLinear.self
    var input = order()
    input.timeout = 10
    for action in VenueAction.allCases {
      for channel in VenueChannel.allCases {
        input.channel = channel
        let isOffered: Bool =
          switch venue.description.support(of: action) {
          case .native(let channels), .restricted(let channels, _): channels.contains(channel)
          case .emulated, .none: false
          }
        do {
          _ = try requests(action, input, venue)
          #expect(isOffered, "\(action) over \(channel)")
        } catch let error as RequestError {
          #expect(!isOffered && !"\(error)".isEmpty, "\(action) over \(channel): \(error)")
        }
      }
    }
  }

  // MARK: Order entry

  private static let listing = Listing(
    index: 1, venue: 2, instrument: 0, base: 1, quote: 2, contractKind: .linear, priceDecimals: 2,
    quantityDecimals: 3)

  private func encoder() throws -> BybitEncoder {
    var encoder = BybitEncoder(
      .linear, apiKey: "key", signer: try credential().signer(), clientOrderIDPrefix: "nt-",
      receiveWindow: 5_000, host: "api.bybit.com", listingCapacity: 2)
    encoder.add(Self.listing, symbol: "BTCUSDT")
    return encoder
  }

  private static func request(_ kind: VenueRequestKind) -> VenueRequest {
    VenueRequest(
      kind: kind, side: .sell, listing: 1, venue: 2, orderID: 36, version: 1,
      instructions: kind == .newOrder ? [.postOnly, .reduceOnly] : [], price: 6_000_010,
      quantity: 1_500)
  }

  @Test func laterFormsOfAnOrderHaveNamesOfTheirOwn() throws {
    var encoder = try encoder()
    let name = OrderName(orderID: 36, version: 2, filledBefore: 37)
    let route = try encoder.fill(Self.request(.cancel), name)
    let body = String(decoding: try encoder.payload(route), as: UTF8.self)
    #expect(body.contains("\"orderLinkId\":\"nt-10_2_11\""))
    #expect(throws: RequestError.unknownListing(0)) {
      try encoder.fill(
        VenueRequest(kind: .cancel, listing: 0, venue: 2), OrderName(orderID: 1))
    }
  }

  @Test(.enabled(if: isOptimized, "unoptimised code allocates: ./test --release"))
  func orderEntryTakesNoMemory() throws {
    try #require(AllocationCounter.isAvailable)
    var encoder = try encoder()
    var outbox = SessionOutbox()
    let requests = [
      Self.request(.newOrder), Self.request(.replace), Self.request(.cancel),
    ]
    func round() -> Bool {
      do throws(RequestError) {
        for index in requests.indices {
          let route = try encoder.fill(requests[index], OrderName(orderID: 36))
          let payload = try encoder.payload(route)
          outbox.text(
            0, tag: 7, encoder.message(route, payload, timestamp: 1_700_000_000_000, tag: 7))
          try encoder.send(
            route, timestamp: 1_700_000_000_000, channel: 2, tag: 8, into: &outbox)
        }
        outbox.removeAll()
        return true
      } catch {
        return false
      }
    }
    #expect(round())
    AllocationCounter.start()
    var isWritten = true
    for _ in 0..<100 { isWritten = round() && isWritten }
    let count = AllocationCounter.stop()
    #expect(isWritten && count == AllocationCounter.Count(calls: 0, bytes: 0))
  }
}
