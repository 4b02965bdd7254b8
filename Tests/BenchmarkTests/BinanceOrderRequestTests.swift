import LowLatency
import Testing
import TradingModel

@testable import Venues

struct BinanceOrderRequestTests {
  static let timestamp: UInt64 = 1_754_000_000_123
  static let listing = Listing(
    index: 3, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: .linear, priceDecimals: 2,
    quantityDecimals: 3)

  static func encoder(_ account: BinanceAccount = SigningVector.account) -> BinanceOrderEncoder {
    var encoder = BinanceOrderEncoder(account, listingCapacity: 8)
    encoder.add(listing, symbol: "BTCUSDT")
    return encoder
  }

  /// Whole requests whose signed text and signature another implementation made.
  @Test(
    .enabled(if: SigningVector.areThere, "no ../shared/data"),
    arguments: [
      (
        "swap limit buy",
        VenueRequest(
          kind: .newOrder, listing: 3, venue: 0, orderID: 1, price: 5_000_050, quantity: 3_000)
      ),
      (
        "swap limit sell reduce-only",
        VenueRequest(
          kind: .newOrder, side: .sell, listing: 3, venue: 0, orderID: 1,
          instructions: .reduceOnly, price: 6_123_450, quantity: 2_000)
      ),
      (
        "swap market sell",
        VenueRequest(
          kind: .newOrder, side: .sell, type: .market, listing: 3, venue: 0, orderID: 1,
          quantity: 1_000)
      ),
      (
        "swap limit buy post-only",
        VenueRequest(
          kind: .newOrder, listing: 3, venue: 0, orderID: 1, instructions: .postOnly,
          price: 5_000_000, quantity: 1_000)
      ),
      (
        "swap cancel order",
        VenueRequest(kind: .cancel, listing: 3, venue: 0, orderID: 1, venueOrderID: 987_654_321)
      ),
      ("swap fetch open orders", VenueRequest(kind: .querySnapshot, listing: 3, venue: 0)),
    ])
  func encodesAsRecorded(name: String, request: VenueRequest) throws {
    let vector = try #require(SigningVector.named(name))
    var encoder = Self.encoder()
    let text = try Self.text(&encoder, request)
    let signed = vector.text + "&signature=" + vector.signature
    let headers = "Host: fapi.binance.com\r\nX-MBX-APIKEY: swtest-dev-apikey-0123456789abcdef\r\n"
    if vector.method == "POST" {
      #expect(
        text == "POST \(vector.path) HTTP/1.1\r\n" + headers
          + "Content-Type: application/x-www-form-urlencoded\r\n"
          + "Content-Length: \(signed.utf8.count)\r\n\r\n" + signed)
    } else {
      #expect(
        text == "\(vector.method) \(vector.path)?\(signed) HTTP/1.1\r\n" + headers + "\r\n")
    }
  }

  @Test(arguments: UInt64(0)..<40)
  func agreesWithNaiveFormatter(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<250 {
      let listing = Listing(
        index: 3, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: .linear,
        priceDecimals: Int(random.next(below: 19)), quantityDecimals: Int(random.next(below: 19)))
      var encoder = BinanceOrderEncoder(SigningVector.account, listingCapacity: 4)
      encoder.add(listing, symbol: "1000PEPEUSDT")
      let request = Self.request(&random)
      let found = try Self.text(&encoder, request, signed: false)
      #expect(found.hasSuffix(Self.naive(request, listing)), "seed \(seed)")
    }
  }

  @Test func refusesWhatBinanceHasNot() {
    var encoder = Self.encoder()
    #expect(throws: BinanceRequestError.unknownListing(2)) {
      try Self.text(&encoder, VenueRequest(kind: .newOrder, listing: 2, venue: 0))
    }
    #expect(throws: BinanceRequestError.orderType(.pegged)) {
      try Self.text(&encoder, VenueRequest(kind: .newOrder, type: .pegged, listing: 3, venue: 0))
    }
    #expect(throws: BinanceRequestError.timeInForce(.day)) {
      try Self.text(
        &encoder, VenueRequest(kind: .newOrder, timeInForce: .day, listing: 3, venue: 0))
    }
  }

  @Test func prefixNamesTheRun() {
    #expect(BinanceAccount.clientOrderIDPrefix(runID: .max) == "n3w5e11264sgsf-")
  }

  /// Any magnitude, so that short and long numbers and all zeros are met.
  private static func number(_ random: inout SeededRandom) -> Int64 {
    let digits = Int64(bitPattern: random.next() >> (1 + random.next(below: 63)))
    var value = digits
    for _ in 0..<random.next(below: 6) where value < 1_000_000_000_000_000 { value *= 10 }
    return value
  }

  private static func request(_ random: inout SeededRandom) -> VenueRequest {
    let kinds: [VenueRequestKind] = [.newOrder, .newOrder, .replace, .cancel, .queryOrder]
    let types: [OrderType] = [.limit, .market, .stop, .stopLimit]
    let times: [TimeInForce] = [.goodTillCancel, .immediateOrCancel, .fillOrKill]
    return VenueRequest(
      kind: kinds[Int(random.next(below: 5))], side: random.next(below: 2) == 0 ? .buy : .sell,
      type: types[Int(random.next(below: 4))], timeInForce: times[Int(random.next(below: 3))],
      listing: 3, venue: 0, orderID: random.next() >> random.next(below: 60),
      instructions: OrderInstructions(rawValue: UInt8(random.next(below: 4))),
      price: number(&random), quantity: number(&random), stopPrice: number(&random),
      venueOrderID: random.next(below: 2) == 0 ? 0 : random.next() >> random.next(below: 60))
  }

  /// The parameters, from strings.
  private static func naive(_ request: VenueRequest, _ listing: Listing) -> String {
    var parts = ["timestamp=\(timestamp)", "symbol=1000PEPEUSDT"]
    let id = "sw0rder00000000" + String(request.orderID, radix: 36)
    let side = "side=\(request.side == .buy ? "BUY" : "SELL")"
    let quantity = "quantity=\(listing.quantityText(request.quantity))"
    let price = "price=\(listing.priceText(request.price))"
    let identity =
      request.venueOrderID != 0 ? "orderId=\(request.venueOrderID)" : "origClientOrderId=\(id)"
    switch request.kind {
    case .newOrder:
      let names: [OrderType: String] = [
        .limit: "LIMIT", .market: "MARKET", .stop: "STOP_MARKET", .stopLimit: "STOP",
      ]
      parts += [side, "newClientOrderId=\(id)", "newOrderRespType=RESULT"]
      parts += ["type=\(names[request.type] ?? "")", quantity]
      let hasPrice = request.type == .limit || request.type == .stopLimit
      if hasPrice { parts.append(price) }
      if request.type == .stop || request.type == .stopLimit {
        parts.append("stopPrice=\(listing.priceText(request.stopPrice))")
      }
      if hasPrice { parts.append("timeInForce=\(timeInForce(request))") }
      if request.instructions.contains(.reduceOnly) { parts.append("reduceOnly=true") }
    case .replace: parts += [side, identity, quantity, price]
    case .cancel, .queryOrder: parts.append(identity)
    case .querySnapshot: break
    }
    let text = (parts + ["recvWindow=10000"]).joined(separator: "&")
    let hasBody = request.kind == .newOrder || request.kind == .replace
    guard hasBody else {
      return "?" + text + " HTTP/1.1\r\nHost: fapi.binance.com\r\n"
        + "X-MBX-APIKEY: swtest-dev-apikey-0123456789abcdef\r\n\r\n"
    }
    let length = text.utf8.count
    return "Content-Length: \(length < 100 ? " " : "")\(length)\r\n\r\n" + text
  }

  private static func timeInForce(_ request: VenueRequest) -> String {
    switch request.timeInForce {
    case .immediateOrCancel: "IOC"
    case .fillOrKill: "FOK"
    default: request.instructions.contains(.postOnly) ? "GTX" : "GTC"
    }
  }

  @discardableResult
  private static func text(
    _ encoder: inout BinanceOrderEncoder, _ request: VenueRequest, signed: Bool = true
  ) throws -> String {
    String(
      decoding: try encoder.encode(request, timestamp: timestamp, signed: signed), as: UTF8.self)
  }
}
