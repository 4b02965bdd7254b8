import Testing
import VenueServer

@testable import VenueSimulation

/// Requests that the venue refuses, with its codes and texts.
@Suite struct RefusalTests {
  private func error(_ response: HTTPResponse) throws -> String {
    let json = try JSONValue.parse(response.body)
    return "\(response.status) \(json["code"]?.text ?? "") \(json["msg"]?.string ?? "")"
  }

  @Test(arguments: [
    ("/api/v3/ping?a=1", "400 -1101 Too many parameters; expected '0' and received '1'."),
    (
      "/api/v3/depth?symbol=BTCUSDT&symbol=BTCUSDT",
      "400 -1101 Duplicate values for a parameter detected."
    ),
    (
      "/api/v3/depth",
      "400 -1102 Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."
    ),
    (
      "/api/v3/depth?symbol=",
      "400 -1102 Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."
    ),
    ("/api/v3/depth?symbol=BTCUSDT&limit=", "400 -1105 Parameter 'limit' was empty."),
    (
      "/api/v3/depth?symbol=BTCUSDT&level=1",
      "400 -1104 Not all sent parameters were read; read '1' parameter(s) but was sent '2'."
    ),
    (
      "/api/v3/depth?symbol=btcusdt",
      #"400 -1100 Illegal characters found in parameter 'symbol'; legal range is "#
        + #"'^[\w\-._&&[^a-z]]{1,50}$'."#
    ),
    ("/api/v3/depth?symbol=NOPE", "400 -1121 Invalid symbol."),
    ("/api/v3/klines?symbol=BTCUSDT&interval=7m", "400 -1120 Invalid interval."),
    (
      "/api/v3/exchangeInfo?symbol=BTCUSDT&symbols=%5B%22BTCUSDT%22%5D",
      "400 -1128 Combination of optional parameters invalid."
    ),
    (
      "/api/v3/ticker/price?symbols=%5B%22BTCUSDT%22,%22BTCUSDT%22%5D",
      "400 -1151 Symbol is present multiple times in the list."
    ),
    (
      "/api/v3/trades?symbol=BTCUSDT&limit=-1",
      "400 -1130 Data sent for parameter 'limit' is not valid."
    ),
    (
      "/api/v3/trades?symbol=BTCUSDT&limit=99999999999999999999",
      "400 -1108 Parameter 'limit' overflowed."
    ),
    ("/api/v3/account", "401 -2014 API-key format invalid."),
  ])
  func ofMarketData(_ target: String, _ expected: String) throws {
    #expect(try error(try Simulated().send("GET", target)) == expected)
  }

  @Test(arguments: [
    ("side=BUY&type=MARKET&quantity=0", "400 -1013 Invalid quantity."),
    ("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0", "400 -1013 Invalid price."),
    (
      "side=BUY&type=MARKET",
      "400 -1102 Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!"
    ),
    (
      "side=BUY&type=MARKET&quantity=1&quoteOrderQty=1",
      "400 -1128 Combination of optional parameters invalid."
    ),
    (
      "side=BUY&type=STOP_LOSS&quantity=1",
      "400 -1102 Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!"
    ),
    (
      "side=BUY&type=STOP_LOSS&quantity=1&trailingDelta=100",
      "400 -2010 Trailing stop orders are not supported for this symbol."
    ),
    (
      "side=BUY&type=LIMIT&timeInForce=DAY&quantity=1&price=1", "400 -1115 Invalid timeInForce."
    ),
    (
      "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1,5&price=1",
      #"400 -1100 Illegal characters found in parameter 'quantity'; legal range is "#
        + #"'^([0-9]{1,20})(\.[0-9]{1,20})?$'."#
    ),
    (
      "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=1e5",
      #"400 -1100 Illegal characters found in parameter 'price'; legal range is "#
        + #"'^([0-9]{1,20})(\.[0-9]{1,20})?$'."#
    ),
    (
      "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=60000&newClientOrderId=%20",
      "400 -1100 Illegal characters found in parameter 'newClientOrderId'; legal range is "
        + "'^[a-zA-Z0-9-_]{1,36}$'."
    ),
    (
      "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=60000&icebergQty=2",
      "400 -1013 IcebergQty exceeds QTY."
    ),
    (
      "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=60000&icebergQty=0.09",
      "400 -1013 Filter failure: ICEBERG_PARTS"
    ),
    (
      "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=60000&strategyType=5",
      "400 -1134 Invalid strategyType."
    ),
    ("side=SELL&type=MARKET&quantity=200", "400 -1013 Filter failure: MARKET_LOT_SIZE"),
  ])
  func ofOrders(_ query: String, _ expected: String) throws {
    let venue = try Simulated()
    #expect(try error(venue.signed("POST", "/api/v3/order", "symbol=BTCUSDT&\(query)")) == expected)
    #expect(venue.front.core.exchange.openOrders(of: 1).isEmpty)
  }

  @Test func ofPaths() throws {
    let venue = try Simulated()
    #expect(venue.send("GET", "/api/v3/nothing").status == 404)
    #expect(venue.send("PUT", "/api/v3/ping").status == 405)
  }

  @Test func ofTimesAndSignatures() throws {
    let venue = try Simulated()
    let key = venue.key()
    func ask(_ text: String) throws -> String {
      let signature = Hexadecimal.text(VenueKey.hmac(Array(text.utf8), Array(key.secret.utf8)))
      return try error(
        venue.send("GET", "/api/v3/account?\(text)&signature=\(signature)", key: key.id))
    }
    let now = venue.now.milliseconds
    let late = "400 -1021 Timestamp for this request is outside of the recvWindow."
    #expect(try ask("timestamp=\(now - 5001)") == late)
    #expect(try ask("recvWindow=100&timestamp=\(now - 101)") == late)
    #expect(try ask("recvWindow=60000&timestamp=\(now - 60_000)") == "200  ")
    #expect(try ask("recvWindow=100.5&timestamp=\(now - 100)") == "200  ")
    #expect(
      try ask("recvWindow=60001&timestamp=\(now)")
        == "400 -1131 recvWindow must be less than 60000.")
    #expect(
      try ask("timestamp=\(now + 1000)")
        == "400 -1021 Timestamp for this request was 1000ms ahead of the server's time.")
    #expect(try ask("timestamp=\(now + 999)") == "200  ")
    #expect(try ask("timestamp=\(now * 1000)") == "200  ")
    let text = "timestamp=\(now)"
    let right = Hexadecimal.text(VenueKey.hmac(Array(text.utf8), Array(key.secret.utf8)))
    let target = "/api/v3/account?\(text)&signature="
    #expect(venue.send("GET", target + right.uppercased(), key: key.id).status == 200)
    #expect(
      try error(venue.send("GET", target + String(right.reversed()), key: key.id))
        == "400 -1022 Signature for this request is not valid.")
    #expect(
      try error(venue.send("GET", target + "zz", key: key.id))
        == "400 -1100 Illegal characters found in parameter 'signature'; legal range is "
        + "'^[A-Fa-f0-9]{64}$'.")
    #expect(
      try error(venue.send("GET", "/api/v3/account?\(text)", key: key.id))
        == "400 -1102 Mandatory parameter 'signature' was not sent, was empty/null, or malformed.")
  }

  /// Query and body count together, without a sign between them: Example 3 of
  /// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security
  @Test func mixedParametersAreSignedInOneText() throws {
    let request = HTTPRequest(
      method: "POST", path: "/api/v3/order",
      query: "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC",
      body: Array(
        "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559&signature=00".utf8))
    let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
    #expect(
      Hexadecimal.text(
        VenueKey.hmac(Array(BinanceAuthentication.payload(request).utf8), Array(secret.utf8)))
        == "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77")
  }

  /// Requests that another library signed.
  @Test(.enabled(if: Recorded.isThere, "no ../shared/data"))
  func recordedSignaturesAreRight() throws {
    let file = try Recorded.json("signing/binance_spot.json")
    let secret = try #require(file["credentials"]?["secret"]?.string)
    for vector in try #require(file["vectors"]?.elements) {
      let url = try #require(vector["url"]?.string)
      let query = url.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init)
      let body = vector["body"]?.string ?? ""
      let request = HTTPRequest(method: "POST", path: "/", query: query, body: Array(body.utf8))
      let sent = FormFields((query ?? "") + "&" + body)
      guard let signature = sent["signature"] else { continue }
      #expect(
        Hexadecimal.text(
          VenueKey.hmac(Array(BinanceAuthentication.payload(request).utf8), Array(secret.utf8)))
          == signature,
        "\(vector["description"]?.string ?? "")")
    }
  }
}
