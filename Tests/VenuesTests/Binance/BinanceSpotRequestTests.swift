import Credentials
import Testing
import TradingModel

@testable import Venues

/// The requests of Binance spot, through the code that trades.
@Suite struct BinanceSpotRequestTests {
  private static let environment = BinanceSpot.description.environments[0]
  private static let time: UInt64 = 1_700_000_000_000

  private func credential(_ secret: String = "secret") -> VenueCredential {
    VenueCredential(apiKey: "the key", kind: .hmac, secret: SecretBytes(secret))
  }

  private func request(
    _ action: VenueAction, _ input: RequestInput
  ) throws -> WireRequest {
    let all = try BinanceSpot.requests(
      action, input, credential(), Self.environment, timestamp: Self.time)
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

  /// What stands before `&signature=`, and the signature made of it here.
  private func parts(_ url: String) throws -> (query: String, isSigned: Bool) {
    let query = String(try #require(url.split(separator: "?").last))
    let mark = try #require(query.range(of: "&signature="))
    let text = String(query[..<mark.lowerBound])
    let signer = try MessageSigner(.hmacSHA256, secret: SecretBytes("secret"))
    var room = [UInt8](repeating: 0, count: 64)
    let count = text.utf8.withContiguousStorageIfAvailable { bytes in
      room.withUnsafeMutableBytes {
        signer.sign(UnsafeRawBufferPointer(bytes), as: .hex, into: $0.baseAddress!)
      }
    }
    return (text, count == 64 && query[mark.upperBound...].utf8.elementsEqual(room))
  }

  @Test func parametersAreSortedEncodedAndSigned() throws {
    let wire = try request(.place, order())
    #expect(wire.method == "POST" && wire.body.isEmpty)
    #expect(wire.url.hasPrefix("https://api.binance.com/api/v3/order?"))
    let (query, isSigned) = try parts(wire.url)
    #expect(isSigned)
    #expect(
      query == "newClientOrderId=id%2F1&newOrderRespType=RESULT&price=60000.1&quantity=0.001"
        + "&recvWindow=5000&side=BUY&symbol=BTCUSDT&timeInForce=GTC&timestamp=1700000000000"
        + "&type=LIMIT")
    #expect(wire.headers.contains { $0 == ("X-MBX-APIKEY", "the key") })
    #expect(wire.headers.contains { $0 == ("Host", "api.binance.com") })
  }

  @Test func overTheWebSocketTheTextIsSignedAsItIs() throws {
    var input = order()
    input.channel = .webSocket
    let wire = try request(.place, input)
    #expect(wire.method.isEmpty && wire.url == Self.environment.orderEntry)
    #expect(
      wire.body.hasPrefix(
        "{\"id\":\"1\",\"method\":\"order.place\",\"params\":{\"apiKey\":\"the key\","
          + "\"newClientOrderId\":\"id/1\","))
    // printf 'apiKey=the key&newClientOrderId=id/1&...' | openssl dgst -sha256 -hmac secret
    let text =
      "apiKey=the key&newClientOrderId=id/1&newOrderRespType=RESULT&price=60000.1&quantity=0.001"
      + "&recvWindow=5000&side=BUY&symbol=BTCUSDT&timeInForce=GTC&timestamp=1700000000000&type=LIMIT"
    let signer = try MessageSigner(.hmacSHA256, secret: SecretBytes("secret"))
    var room = [UInt8](repeating: 0, count: 64)
    Array(text.utf8).withUnsafeBytes { bytes in
      _ = room.withUnsafeMutableBytes { signer.sign(bytes, as: .hex, into: $0.baseAddress!) }
    }
    #expect(wire.body.contains("\"signature\":\"\(String(decoding: room, as: UTF8.self))\""))
  }

  @Test func typesAndTimesInForceAreTheVenues() throws {
    var input = order()
    input.instructions = .postOnly
    #expect(try request(.place, input).url.contains("&type=LIMIT_MAKER&signature"))
    input.instructions = []
    input.timeInForce = .fillOrKill
    #expect(try request(.place, input).url.contains("timeInForce=FOK"))
    input.type = .stopLimit
    input.stopPrice = try Decimal("61000")
    let stop = try request(.place, input).url
    #expect(stop.contains("stopPrice=61000&") && stop.contains("&type=STOP_LOSS_LIMIT&"))
    input.type = .market
    let market = try request(.place, input).url
    #expect(market.contains("&type=MARKET&") && !market.contains("timeInForce"))
    input.type = .pegged
    #expect(throws: RequestError.orderType(.pegged)) { try request(.place, input) }
    input.type = .limit
    input.timeInForce = .day
    #expect(throws: RequestError.timeInForce(.day)) { try request(.place, input) }
    input.timeInForce = .goodTillCancel
    input.instructions = .reduceOnly
    #expect(throws: RequestError.instructions(.reduceOnly)) { try request(.place, input) }
  }

  @Test func ordersAreNamedByTheVenuesIdWhereItIsKnown() throws {
    var input = order()
    #expect(try request(.cancel, input).url.contains("/api/v3/order?origClientOrderId=id%2F1&"))
    input.venueOrderID = 42
    #expect(try request(.cancel, input).method == "DELETE")
    #expect(try request(.query, input).url.contains("?orderId=42&recvWindow=5000&symbol="))
    input.price = nil
    #expect(
      try request(.modify, input).url.contains(
        "/amend/keepPriority?newClientOrderId=id%2F1&newQty=0.001&orderId=42&"))
  }

  /// What the venue does not change in place is canceled, and entered anew under a later name.
  @Test(arguments: VenueChannel.allCases)
  func anotherPriceTakesTwoRequests(channel: VenueChannel) throws {
    var input = order()
    input.channel = channel
    let all = try BinanceSpot.requests(
      .modify, input, credential(), Self.environment, timestamp: Self.time)
    try #require(all.count == 2)
    if channel == .rest {
      #expect(all.map(\.method) == ["DELETE", "POST"])
      #expect(all[0].url.contains("/api/v3/order?origClientOrderId=id%2F1&recvWindow="))
      #expect(all[1].url.contains("/api/v3/order?newClientOrderId=id%2F1_1_0&"))
      #expect(all[1].url.contains("&price=60000.1&quantity=0.001&"))
    } else {
      #expect(all[0].body.hasPrefix("{\"id\":\"1\",\"method\":\"order.cancel\","))
      #expect(all[1].body.hasPrefix("{\"id\":\"2\",\"method\":\"order.place\","))
    }
    input.side = nil
    #expect(throws: RequestError.missing("side")) {
      try BinanceSpot.requests(
        .modify, input, credential(), Self.environment, timestamp: Self.time)
    }
  }

  /// The venue logs on with an Ed25519 key alone
  /// (developers.binance.com/docs/binance-spot-api-docs/websocket-api/authentication-requests).
  @Test func aSharedSecretDoesNotLogOn() throws {
    var input = RequestInput()
    input.channel = .webSocket
    let error = #expect(throws: RequestError.self) { try request(.logOn, input) }
    #expect("\(try #require(error))".contains("Ed25519"))
  }

  @Test func everyActionIsWrittenOrRefusedWithAReason() throws {
    var input = order()
    input.price = nil
    input.type = .market
    input.venueOrderID = 42
    for action in VenueAction.allCases where action != .logOn {
      for channel in VenueChannel.allCases {
        input.channel = channel
        let isOffered: Bool =
          switch BinanceSpot.description.support(of: action) {
          case .native(let channels), .restricted(let channels, _): channels.contains(channel)
          case .emulated, .none: false
          }
        do {
          _ = try BinanceSpot.requests(
            action, input, credential(), Self.environment, timestamp: Self.time)
          #expect(isOffered, "\(action) over \(channel)")
        } catch let error as RequestError {
          #expect(!isOffered && !"\(error)".isEmpty, "\(action) over \(channel): \(error)")
        }
      }
    }
  }
}
