import CAllocationCount
import Credentials
import Foundation
import Testing
import TradingModel

@testable import Venues

#if DEBUG
  private let isOptimized = false
#else
  private let isOptimized = true
#endif

/// The requests of Binance USD-M futures, through the code that trades.
@Suite struct BinanceUSDMRequestTests {
  private static let environment = BinanceUSDM.description.environments[0]
  private static let time: UInt64 = 1_700_000_000_000

  private func request(
    _ action: VenueAction, _ input: RequestInput, kind: VenueKeyKind = .hmac
  ) throws -> WireRequest {
    let credential = VenueCredential(apiKey: "the key", kind: kind, secret: SecretBytes("secret"))
    let all = try BinanceUSDM.requests(
      action, input, credential, Self.environment, timestamp: Self.time)
    return try #require(all.count == 1 ? all[0] : nil)
  }

  private func order() -> RequestInput {
    var input = RequestInput()
    input.symbol = "BTCUSDT"
    input.side = .buy
    input.quantity = try? Decimal("0.00100")
    input.price = try? Decimal("60000.10")
    input.clientOrderID = "id/1"
    return input
  }

  private func signature(_ text: String, secret: String = "secret") throws -> String {
    let signer = try MessageSigner(.hmacSHA256, secret: SecretBytes(secret))
    var room = [UInt8](repeating: 0, count: 64)
    Array(text.utf8).withUnsafeBytes { bytes in
      _ = room.withUnsafeMutableBytes { signer.sign(bytes, as: .hex, into: $0.baseAddress!) }
    }
    return String(decoding: room, as: UTF8.self)
  }

  /// What stands before `&signature=`, and whether the signature is right.
  private func parts(
    _ url: String, secret: String = "secret"
  ) throws -> (query: String, isSigned: Bool) {
    let query = String(try #require(url.split(separator: "?").last))
    let mark = try #require(query.range(of: "&signature="))
    let text = String(query[..<mark.lowerBound])
    return (text, try signature(text, secret: secret) == query[mark.upperBound...])
  }

  @Test func parametersAreSortedEncodedAndSigned() throws {
    let wire = try request(.place, order())
    #expect(wire.method == "POST" && wire.body.isEmpty)
    #expect(wire.url.hasPrefix("https://fapi.binance.com/fapi/v1/order?"))
    let (query, isSigned) = try parts(wire.url)
    #expect(isSigned)
    #expect(
      query == "newClientOrderId=id%2F1&newOrderRespType=RESULT&price=60000.1&quantity=0.001"
        + "&recvWindow=5000&side=BUY&symbol=BTCUSDT&timeInForce=GTC&timestamp=1700000000000"
        + "&type=LIMIT")
    #expect(wire.headers.contains { $0 == ("X-MBX-APIKEY", "the key") })
    #expect(wire.headers.contains { $0 == ("Host", "fapi.binance.com") })
  }

  @Test func overTheWebSocketTheTextIsSignedAsItIs() throws {
    var input = order()
    input.channel = .webSocket
    input.instructions = .reduceOnly
    let wire = try request(.place, input)
    #expect(wire.method.isEmpty && wire.url == "wss://ws-fapi.binance.com/ws-fapi/v1")
    let text =
      "apiKey=the key&newClientOrderId=id/1&newOrderRespType=RESULT&price=60000.1&quantity=0.001"
      + "&recvWindow=5000&reduceOnly=true&side=BUY&symbol=BTCUSDT&timeInForce=GTC"
      + "&timestamp=1700000000000&type=LIMIT"
    #expect(
      wire.body
        == """
        {"id":"1","method":"order.place","params":{"apiKey":"the key","newClientOrderId":"id/1",\
        "newOrderRespType":"RESULT","price":"60000.1","quantity":"0.001","recvWindow":5000,\
        "reduceOnly":"true","side":"BUY","symbol":"BTCUSDT","timeInForce":"GTC",\
        "timestamp":1700000000000,"type":"LIMIT","signature":"\(try signature(text))"}}
        """)
  }

  @Test func typesAndTimesInForceAreTheVenues() throws {
    var input = order()
    input.instructions = .postOnly
    #expect(try request(.place, input).url.contains("timeInForce=GTX"))
    input.instructions = []
    input.timeInForce = .fillOrKill
    #expect(try request(.place, input).url.contains("timeInForce=FOK"))
    input.instructions = .postOnly
    #expect(throws: RequestError.instructions(.postOnly)) { try request(.place, input) }
    input.instructions = []
    input.type = .market
    let market = try request(.place, input).url
    #expect(market.contains("&type=MARKET&") && !market.contains("timeInForce"))
    input.type = .stopLimit
    input.stopPrice = try Decimal("61000")
    #expect(throws: RequestError.orderType(.stopLimit)) { try request(.place, input) }
    input.type = .limit
    input.timeInForce = .day
    #expect(throws: RequestError.timeInForce(.day)) { try request(.place, input) }
    input.clientOrderID = "id 1"
    #expect(throws: RequestError.self) { try request(.place, input) }
  }

  @Test func ordersAreNamedByTheVenuesIdWhereItIsKnown() throws {
    var input = order()
    #expect(try request(.cancel, input).url.contains("/fapi/v1/order?origClientOrderId=id%2F1&"))
    #expect(try request(.modify, input).method == "PUT")
    input.venueOrderID = 42
    #expect(try request(.cancel, input).method == "DELETE")
    #expect(try request(.query, input).url.contains("?orderId=42&recvWindow=5000&symbol="))
    input.channel = .webSocket
    let body = try request(.modify, input).body
    #expect(
      body.contains(
        "\"order.modify\",\"params\":{\"apiKey\":\"the key\",\"orderId\":42,\"price\":\"60000.1\","
          + "\"quantity\":\"0.001\",\"recvWindow\":5000,\"side\":\"BUY\",\"symbol\":\"BTCUSDT\","))
    input.price = nil
    #expect(throws: RequestError.missing("price")) { try request(.modify, input) }
  }

  @Test func batchesAreLists() throws {
    var input = order()
    input.clientOrderIDs = ["BUY", "b-2"]
    let place = try request(.placeBatch, input)
    #expect(place.method == "POST" && place.url.contains("/fapi/v1/batchOrders?batchOrders=%5B%7B"))
    let (query, isSigned) = try parts(place.url)
    #expect(isSigned)
    let list = query.dropFirst("batchOrders=".count).prefix { $0 != "&" }
    #expect(
      String(list).removingPercentEncoding
        == """
        [{"newClientOrderId":"BUY","newOrderRespType":"RESULT","price":"60000.1",\
        "quantity":"0.001","side":"BUY","symbol":"BTCUSDT","timeInForce":"GTC","type":"LIMIT"},\
        {"newClientOrderId":"b-2","newOrderRespType":"RESULT","price":"60000.1",\
        "quantity":"0.001","side":"BUY","symbol":"BTCUSDT","timeInForce":"GTC","type":"LIMIT"}]
        """)
    let cancel = try request(.cancelBatch, input)
    #expect(
      cancel.method == "DELETE"
        && cancel.url.contains("origClientOrderIdList=%5B%22BUY%22%2C%22b-2%22%5D&recvWindow"))
    input.clientOrderIDs = []
    input.venueOrderIDs = [7, 8]
    #expect(try request(.cancelBatch, input).url.contains("?orderIdList=%5B7%2C8%5D&recvWindow="))
    input.venueOrderIDs = []
    input.clientOrderIDs = (0..<6).map { "a\($0)" }
    #expect(throws: RequestError.self) { try request(.placeBatch, input) }
    input.timeout = 120
    #expect(
      try request(.deadManSwitch, input).url
        .contains("/fapi/v1/countdownCancelAll?countdownTime=120000&recvWindow=5000&symbol=BTCUSDT")
    )
  }

  @Test func theListenKeyAndTheKeyItself() throws {
    let input = RequestInput()
    let start = try request(.userStream, input)
    #expect(start.method == "POST" && start.url == "https://fapi.binance.com/fapi/v1/listenKey")
    #expect(try request(.keepUserStream, input).method == "PUT")
    #expect(try request(.closeUserStream, input).method == "DELETE")
    var socket = input
    socket.channel = .webSocket
    #expect(
      try request(.userStream, socket).body
        == "{\"id\":\"1\",\"method\":\"userDataStream.start\",\"params\":{\"apiKey\":\"the key\"}}")
    #expect(
      try request(.keyPermissions, input).url
        .hasPrefix("https://api.binance.com/sapi/v1/account/apiRestrictions?"))
    #expect(throws: RequestError.self) { try request(.logOn, socket) }
  }

  @Test func everyActionIsWrittenOrRefusedWithAReason() throws {
    var input = order()
    input.venueOrderID = 42
    input.clientOrderIDs = ["a"]
    input.timeout = 5
    for action in VenueAction.allCases where action != .logOn {
      for channel in VenueChannel.allCases {
        input.channel = channel
        let isOffered: Bool =
          switch BinanceUSDM.description.support(of: action) {
          case .native(let channels), .restricted(let channels, _): channels.contains(channel)
          case .emulated, .none: false
          }
        do {
          _ = try request(action, input)
          #expect(isOffered, "\(action) over \(channel)")
        } catch let error as RequestError {
          #expect(!isOffered && !"\(error)".isEmpty, "\(action) over \(channel): \(error)")
        }
      }
    }
  }

  // MARK: Signatures that other programs made

  struct Vector: Sendable {
    var method: String
    var path: String
    /// Parameters in the other program's order, and its signature.
    var parameters: [String: String]
    var text: String
    var signature: String
  }

  static func vectors() throws -> [String: Vector] {
    let path = "\(Recordings.folder)/signing/binance_usdm.json"
    let data = try #require(FileManager.default.contents(atPath: path))
    let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    var found: [String: Vector] = [:]
    for vector in try #require(file["vectors"] as? [[String: Any]]) {
      let name = try #require(vector["description"] as? String)
      let url = try #require(URL(string: vector["url"] as? String ?? ""))
      let signed = vector["body"] as? String ?? url.query() ?? ""
      let mark = try #require(signed.range(of: "&signature="))
      var parameters: [String: String] = [:]
      for pair in signed[..<mark.lowerBound].split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        parameters[String(parts[0])] = String(parts[1])
      }
      found[name] = Vector(
        method: vector["http_method"] as? String ?? "", path: url.path(), parameters: parameters,
        text: String(signed[..<mark.lowerBound]), signature: String(signed[mark.upperBound...]))
    }
    return found
  }

  private static let secret = "swtest-dev-secret-fedcba9876543210fedcba9876543210"

  /// The same method, path and parameters at the same time, and the signature of their text: which order
  /// they stand in is each program's choice.
  @Test(
    .enabled(if: Recordings.areThere),
    arguments: [
      "swap limit buy", "swap limit sell reduce-only", "swap market sell",
      "swap limit buy post-only", "swap cancel order", "swap fetch open orders",
    ])
  func asksAndSignsAsRecorded(name: String) throws {
    let vector = try #require(try Self.vectors()[name])
    #expect(try signature(vector.text, secret: Self.secret) == vector.signature)
    var input = RequestInput()
    input.symbol = vector.parameters["symbol"]
    input.side = vector.parameters["side"].map { $0 == "BUY" ? .buy : .sell }
    input.type = vector.parameters["type"] == "MARKET" ? .market : .limit
    input.quantity = try vector.parameters["quantity"].map { try Decimal($0) }
    input.price = try vector.parameters["price"].map { try Decimal($0) }
    input.clientOrderID = vector.parameters["newClientOrderId"]
    input.venueOrderID = vector.parameters["orderId"].flatMap { UInt64($0) }
    input.receiveWindow = 10_000
    if vector.parameters["timeInForce"] == "GTX" { input.instructions.insert(.postOnly) }
    if vector.parameters["reduceOnly"] == "true" { input.instructions.insert(.reduceOnly) }
    let action: VenueAction =
      vector.method == "POST" ? .place : vector.method == "DELETE" ? .cancel : .openOrders
    let credential = VenueCredential(
      apiKey: "swtest-dev-apikey-0123456789abcdef", kind: .hmac, secret: SecretBytes(Self.secret))
    let wire = try #require(
      try BinanceUSDM.requests(
        action, input, credential, Self.environment, timestamp: 1_754_000_000_123
      ).first)
    #expect(wire.method == vector.method)
    #expect(wire.url.hasPrefix("https://fapi.binance.com\(vector.path)?"))
    let (query, isSigned) = try parts(wire.url, secret: Self.secret)
    #expect(isSigned)
    #expect(
      query.split(separator: "&").sorted() == vector.text.split(separator: "&").sorted())
  }

  // MARK: Memory

  @Test(.enabled(if: isOptimized, "unoptimised code allocates: ./test --release"))
  func orderEntryAllocatesNothing() throws {
    let listing = Listing(
      index: 3, venue: 2, instrument: 0, base: 1, quote: 2, contractKind: .linear,
      priceDecimals: 2, quantityDecimals: 3)
    var encoder = BinanceUSDMEncoder(
      apiKey: "key", signer: try MessageSigner(.hmacSHA256, secret: SecretBytes("secret")),
      clientOrderIDPrefix: "nt-", receiveWindow: 5_000, host: "fapi.binance.com",
      listingCapacity: 8)
    encoder.add(listing, symbol: "BTCUSDT")
    let requests = [
      VenueRequest(
        kind: .newOrder, listing: 3, venue: 2, orderID: 36, price: 6_000_000, quantity: 1_500),
      VenueRequest(
        kind: .replace, listing: 3, venue: 2, orderID: 36, price: 6_000_100, quantity: 1_000),
      VenueRequest(kind: .cancel, listing: 3, venue: 2, orderID: 36, venueOrderID: 99),
    ]
    var bytes = 0
    var calls: UInt64 = 0
    var allocated: UInt64 = 0
    for round in 0..<64 {
      // The first rounds warm up what the signer keeps.
      if round == 32 { callocation_count_start() }
      // Loops over arrays would allocate here.
      let request = requests[round % 3]
      bytes += try encoder.webSocket(
        request, timestamp: 1_700_000_000_000, id: 7, isLoggedOn: false
      ).count
      bytes += try encoder.rest(request, timestamp: 1_700_000_000_000).count
    }
    callocation_count_stop(&calls, &allocated)
    #expect(bytes > 0 && calls == 0, "\(calls) calls, \(allocated) bytes")
  }
}
