import Testing
import TradingModel

@testable import Venues

/// What start-up asks: instruments, the key, balances, positions.
@Suite struct BybitAnswerTests {
  private func bytes<Value>(
    _ text: String, _ read: (UnsafeRawBufferPointer) throws -> Value
  ) throws -> Value {
    let copy = Array(text.utf8)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: copy.count, alignment: 1)
    defer { room.deallocate() }
    room.copyBytes(from: copy)
    return try read(UnsafeRawBufferPointer(room))
  }

  private func answer(_ result: String) -> String {
    "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":\(result),\"retExtInfo\":{},\"time\":1}"
  }

  private static let linear =
    """
    {"category":"linear","list":[{"symbol":"BTCUSDT","contractType":"LinearPerpetual",\
    "status":"Trading","baseCoin":"BTC","quoteCoin":"USDT","launchTime":"1585526400000",\
    "deliveryTime":"0","deliveryFeeRate":"","priceScale":"2","leverageFilter":{"minLeverage":"1",\
    "maxLeverage":"100.00","leverageStep":"0.01"},"priceFilter":{"minPrice":"0.10",\
    "maxPrice":"1999999.80","tickSize":"0.10"},"lotSizeFilter":{"maxOrderQty":"1190.000",\
    "minOrderQty":"0.001","qtyStep":"0.001","postOnlyMaxOrderQty":"1190.000",\
    "maxMktOrderQty":"500.000","minNotionalValue":"5"},"unifiedMarginTrade":true,\
    "fundingInterval":480,"settleCoin":"USDT","copyTrading":"both","upperFundingRate":"0.00375",\
    "lowerFundingRate":"-0.00375","isPreListing":false,"preListingInfo":null,"displayName":""}],\
    "nextPageCursor":"first%3DBTC"}
    """
  private static let spot =
    """
    {"category":"spot","list":[{"symbol":"BTCUSDT","baseCoin":"BTC","quoteCoin":"USDT",\
    "innovation":"0","status":"Trading","marginTrading":"both","stTag":"0","lotSizeFilter":{\
    "basePrecision":"0.000001","quotePrecision":"0.0000001","minOrderQty":"0.000011",\
    "maxOrderQty":"83","minOrderAmt":"5","maxOrderAmt":"8000000","maxLimitOrderQty":"84",\
    "maxMarketOrderQty":"42"},"priceFilter":{"tickSize":"0.01"},"riskParameters":{\
    "priceLimitRatioX":"0.005","priceLimitRatioY":"0.01"}}]}
    """

  @Test func contractsAreCountedInCoins() throws {
    let found = try bytes(answer(Self.linear)) {
      try BybitLinear.definitions(in: $0, of: ["BTCUSDT", "ETHUSDT"])
    }
    #expect(
      found == [
        InstrumentDefinition(
          venue: "bybit-linear", symbol: "BTCUSDT", base: "BTC", quote: "USDT", settlement: "USDT",
          kind: .linear, tick: try Decimal("0.1"), lot: try Decimal("0.001"),
          contractSize: Decimal(units: 1), quantityMin: try Decimal("0.001"),
          quantityMax: try Decimal("1190"), notionalMin: Decimal(units: 5), makerFee: .zero,
          takerFee: .zero)
      ])
    #expect(
      try bytes(answer(Self.linear)) { try BybitInstruments($0).nextPage } == "first%3DBTC")
    // The same symbol of the other category.
    #expect(
      try bytes(answer(Self.linear)) { try BybitSpot.definitions(in: $0, of: ["BTCUSDT"]) }
        .isEmpty)
  }

  @Test func spotHasItsLimits() throws {
    let found = try bytes(answer(Self.spot)) {
      try BybitSpot.definitions(in: $0, of: ["BTCUSDT"])
    }
    #expect(found.count == 1 && found[0].kind == .spot && found[0].venue == "bybit-spot")
    #expect(found[0].lot == (try Decimal("0.000001")))
    #expect(found[0].quantityMin == (try Decimal("0.000011")))
    #expect(found[0].quantityMax == Decimal(units: 84))
    #expect(found[0].notionalMin == Decimal(units: 5) && found[0].settlement == "USDT")
  }

  private func permissions(
    readOnly: Int, wallet: String, ips: String, _ venue: any BybitVenue.Type
  ) throws -> KeyPermissions {
    try bytes(
      answer(
        "{\"id\":\"1\",\"readOnly\":\(readOnly),\"permissions\":{\"ContractTrade\":[\"Order\","
          + "\"Position\"],\"Spot\":[],\"Wallet\":[\(wallet)],\"NFT\":null},\"ips\":[\(ips)]}")
    ) { try venue.keyPermissions(in: $0) }
  }

  @Test func theKeysPermissionsAreTold() throws {
    let full = try permissions(
      readOnly: 0, wallet: "\"AccountTransfer\",\"Withdraw\"", ips: "\"*\"", BybitLinear.self)
    #expect(
      full
        == KeyPermissions(
          mayRead: true, mayTrade: true, mayWithdraw: true, isAddressBound: false))
    let safe = try permissions(
      readOnly: 0, wallet: "\"AccountTransfer\"", ips: "\"1.2.3.4\"", BybitLinear.self)
    #expect(safe.mayTrade && !safe.mayWithdraw && safe.isAddressBound)
    // Contracts only.
    #expect(
      !(try permissions(readOnly: 0, wallet: "", ips: "\"*\"", BybitSpot.self)).mayTrade)
    let reader = try permissions(readOnly: 1, wallet: "\"Withdraw\"", ips: "", BybitLinear.self)
    #expect(reader.mayRead && !reader.mayTrade && !reader.mayWithdraw)
    #expect(throws: ScanError.self) {
      try bytes("{\"retCode\":10003,\"retMsg\":\"API key is invalid.\",\"result\":{}}") {
        try BybitSpot.keyPermissions(in: $0)
      }
    }
  }

  @Test func theTimeIsToldInNanoseconds() throws {
    let text = answer("{\"timeSecond\":\"1700000000\",\"timeNano\":\"1700000000500000001\"}")
    #expect(try bytes(text) { try BybitSpot.serverTime(in: $0) } == 1_700_000_000_500_000_001)
    #expect(throws: ScanError.self) {
      try bytes("{\"retCode\":1}") { try BybitSpot.serverTime(in: $0) }
    }
  }

  @Test func balancesAreWhatIsOwned() throws {
    let found = try bytes(
      answer(
        "{\"list\":[{\"accountType\":\"UNIFIED\",\"coin\":[{\"coin\":\"BTC\",\"equity\":\"2\","
          + "\"walletBalance\":\"1.50000001\",\"locked\":\"0.5\",\"totalOrderIM\":\"\"},"
          + "{\"walletBalance\":\"\",\"coin\":\"USDT\"}]}]}")
    ) { try BybitSpot.balances(in: $0) }
    #expect(found.map { "\($0.asset)" } == ["BTC", "USDT"])
    #expect(found[0].free == Money(try Decimal("1.00000001")))
    #expect(found[0].total == Money(try Decimal("1.50000001")))
    #expect(found[1].total == .zero)
  }

  @Test func longAndShortOfAHedgeAreAddedUp() throws {
    let scales = [
      SymbolScale(symbol: "BTCUSDT", listing: 4, priceDecimals: 1, quantityDecimals: 3)
    ]
    let text = answer(
      "{\"category\":\"linear\",\"nextPageCursor\":\"\",\"list\":["
        + "{\"symbol\":\"BTCUSDT\",\"side\":\"Buy\",\"size\":\"0.5\",\"avgPrice\":\"50000.19\","
        + "\"positionIdx\":1},{\"symbol\":\"BTCUSDT\",\"side\":\"Sell\",\"size\":\"0.2\","
        + "\"avgPrice\":\"51000\",\"positionIdx\":2},{\"symbol\":\"XUSDT\",\"side\":\"\","
        + "\"size\":\"0\",\"avgPrice\":\"\"}]}")
    let found = try bytes(text) { try BybitLinear.positions(in: $0, scales) }
    #expect(found.map(\.quantity) == [300, 0])
    #expect(found[0].entryPrice == 500_001 && found[0].listing == 4 && found[1].listing == nil)
    #expect(try bytes(text) { try BybitSpot.positions(in: $0, scales) }.isEmpty)
  }

  /// Nothing that a venue says may end the process.
  @Test func positionsThatDoNotFitTogetherAreRefused() {
    let scales = [
      SymbolScale(symbol: "BTCUSDT", listing: 4, priceDecimals: 1, quantityDecimals: 3)
    ]
    let one = "{\"symbol\":\"BTCUSDT\",\"side\":\"Buy\",\"size\":\"9000000000000000\"}"
    let text = answer("{\"category\":\"linear\",\"list\":[\(one),\(one)]}")
    #expect(throws: ScanError.self) {
      try bytes(text) { try BybitLinear.positions(in: $0, scales) }
    }
  }

  @Test func aTimeThatNoSumFitsIsRefused() {
    let text = answer("{\"timeSecond\":\"9223372036\",\"timeNano\":\"9223372036854775807\"}")
    #expect(throws: ScanError.self) { try bytes(text) { try BybitSpot.serverTime(in: $0) } }
  }
}
