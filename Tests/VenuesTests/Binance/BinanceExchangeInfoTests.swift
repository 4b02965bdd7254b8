import Testing
import TradingModel

@testable import Venues

/// The venue's rules. Filters after https://developers.binance.com/docs/binance-spot-api-docs/filters.
@Suite struct BinanceExchangeInfoTests {
  static let filters = """
    {"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000",\
    "tickSize":"0.01000000"},{"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000",\
    "stepSize":"0.00001000"},{"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000",\
    "maxQty":"123.45","stepSize":"0.00000000"},{"filterType":"ICEBERG_PARTS","limit":10},\
    {"filterType":"TRAILING_DELTA","minTrailingAboveDelta":10,"maxTrailingAboveDelta":2000,\
    "minTrailingBelowDelta":11,"maxTrailingBelowDelta":2001},\
    {"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"5","bidMultiplierDown":"0.2",\
    "askMultiplierUp":"5.5","askMultiplierDown":"0.3","avgPriceMins":5},\
    {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,\
    "maxNotional":"9000000.00000000","applyMaxToMarket":false,"avgPriceMins":5},\
    {"filterType":"MAX_NUM_ORDERS","maxNumOrders":200},\
    {"filterType":"MAX_NUM_ORDER_LISTS","maxNumOrderLists":20},\
    {"filterType":"MAX_NUM_ALGO_ORDERS","maxNumAlgoOrders":5},\
    {"filterType":"MAX_NUM_ICEBERG_ORDERS","maxNumIcebergOrders":6},\
    {"filterType":"MAX_NUM_ORDER_AMENDS","maxNumOrderAmends":10},\
    {"filterType":"MAX_POSITION","maxPosition":"10.5"},\
    {"filterType":"T_PLUS_SELL","endTime":1}
    """

  static func info(filters: String = filters, symbol: String = "\"symbol\":\"BTCUSDT\",") -> String
  {
    """
    {"timezone":"UTC","serverTime":1565246363776,"rateLimits":[{"rateLimitType":"RAW_REQUESTS",\
    "interval":"MINUTE","intervalNum":5,"limit":61000},{"rateLimitType":"ORDERS","interval":"DAY",\
    "intervalNum":1,"limit":200000}],"exchangeFilters":[\
    {"filterType":"EXCHANGE_MAX_NUM_ORDERS","maxNumOrders":1000}],"symbols":[{\(symbol)\
    "status":"TRADING","baseAsset":"BTC","baseAssetPrecision":8,"quoteAsset":"USDT",\
    "quotePrecision":8,"quoteAssetPrecision":8,"orderTypes":["LIMIT","LIMIT_MAKER","MARKET",\
    "STOP_LOSS","STOP_LOSS_LIMIT","TAKE_PROFIT","TAKE_PROFIT_LIMIT","NOVEL"],"icebergAllowed":true,\
    "ocoAllowed":true,"otoAllowed":true,"allowTrailingStop":true,"cancelReplaceAllowed":true,\
    "amendAllowed":true,"isSpotTradingAllowed":true,"filters":[\(filters)],"permissions":[],\
    "permissionSets":[["SPOT","MARGIN"],["TRD_GRP_004"]],"defaultSelfTradePreventionMode":\
    "EXPIRE_MAKER","allowedSelfTradePreventionModes":["EXPIRE_TAKER","DECREMENT","NOVEL"]}],"sors":[]}
    """
  }

  private func read(_ text: String) -> Result<BinanceExchangeInfo, ScanError> {
    BinanceSpotBench.value(Array(text.utf8)) { (buffer) throws(ScanError) in
      try BinanceExchangeInfo(buffer)
    }
  }

  @Test func everyRuleOfASymbol() throws {
    let info = try read(Self.info()).get()
    #expect(info.serverTime == 1_565_246_363_776_000_000 && info.ordersMax == 1000)
    #expect(info.limits.count == 2 && info.limits[0].interval == 300_000_000_000)
    #expect(info.limits[1].limit == 200_000 && info.limits[1].used == -1)
    let symbol = try #require(info.symbols.first)
    #expect(symbol.symbol == "BTCUSDT" && symbol.base == "BTC" && symbol.quote == "USDT")
    #expect(symbol.status == .trading && symbol.orderTypes.count == 8)
    #expect(symbol.orderTypes[1] == .limitMaker && symbol.orderTypes[7] == .unknown)
    #expect(
      symbol.mayAmend && symbol.mayCancelReplace && symbol.mayTrailStop && symbol.isSpotAllowed)
    #expect(symbol.permissionSets == [["SPOT", "MARGIN"], ["TRD_GRP_004"]])
    #expect(symbol.defaultSelfTradeMode == .expireMaker)
    #expect(symbol.selfTradeModes == [.expireTaker, .decrement])
    let filters = symbol.filters
    #expect(filters.tick == Decimal(units: 1, decimals: 2))
    #expect(filters.priceMax == Decimal(units: 1_000_000))
    #expect(filters.lot.step == Decimal(units: 1, decimals: 5))
    #expect(filters.marketLot?.max == Decimal(units: 12_345, decimals: 2))
    #expect(filters.percentPrice?.sellUp == Decimal(units: 55, decimals: 1))
    #expect(filters.percentPrice?.minutes == 5)
    #expect(filters.notionalMin == Decimal(units: 5) && filters.notionalMinForMarket)
    #expect(filters.notionalMax == Decimal(units: 9_000_000) && !filters.notionalMaxForMarket)
    #expect(filters.ordersMax == 200 && filters.algoOrdersMax == 5 && filters.icebergOrdersMax == 6)
    #expect(filters.icebergPartsMax == 10 && filters.orderListsMax == 20 && filters.amendsMax == 10)
    #expect(filters.trailingAbove == 10...2000 && filters.trailingBelow == 11...2001)
    #expect(filters.positionMax == Decimal(units: 105, decimals: 1))
    #expect(filters.unknown == ["T_PLUS_SELL"])
  }

  @Test func aSymbolIsAListing() throws {
    let symbol = try #require(try read(Self.info()).get().symbols.first)
    let definition = try #require(
      symbol.definition(venue: "binance-spot", makerFee: Rate(parts: 7), takerFee: Rate(parts: 8)))
    let listing = try definition.listing(index: 4, venue: 1, instrument: 2, base: 5, quote: 6)
    #expect(listing.priceDecimals == 2 && listing.tick == 1 && listing.quantityDecimals == 5)
    #expect(listing.lot == 1 && listing.quantityMin == 1 && listing.quantityMax == 900_000_000)
    #expect(listing.notionalMin == Money(Decimal(units: 5)) && listing.contractKind == .spot)
    #expect(listing.makerFee == Rate(parts: 7) && listing.takerFee == Rate(parts: 8))
  }

  @Test func whatIsMissingIsRefusedOrNoListing() throws {
    let bare = try read(Self.info(filters: "")).get()
    #expect(bare.symbols[0].definition(venue: "binance-spot") == nil)
    #expect(throws: ScanError.self) { try read(Self.info(symbol: "")).get() }
    let noTick = Self.filters.replacing("\"tickSize\"", with: "\"ticksize\"")
    #expect(throws: ScanError.self) { try read(Self.info(filters: noTick)).get() }
    let noType = Self.filters.replacing("\"filterType\":\"LOT_SIZE\",", with: "")
    #expect(throws: ScanError.self) { try read(Self.info(filters: noType)).get() }
    let negative = Self.filters.replacing("\"minQty\":\"0.00001000\"", with: "\"minQty\":\"-1\"")
    #expect(throws: ScanError.self) { try read(Self.info(filters: negative)).get() }
    #expect(throws: ScanError.self) { try read("{\"symbols\":5}").get() }
    #expect(throws: ScanError.self) { try read("{}").get() }
  }

  @Test(.enabled(if: Recordings.areThere)) func aRecordedSymbol() throws {
    let bytes = try BinanceSpotSamples.bytes("http_exchange_info_8.json")
    let info = try BinanceSpotBench.value(bytes) { (buffer) throws(ScanError) in
      try BinanceExchangeInfo(buffer)
    }.get()
    let definition = try #require(info.symbols[0].definition(venue: "binance-spot"))
    #expect(definition.tick == Decimal(units: 1, decimals: 6))
    #expect(definition.lot == Decimal(units: 1, decimals: 3))
    #expect(definition.quantityMax == Decimal(units: 200_000))
    #expect(definition.notionalMin == Decimal(units: 1, decimals: 3))
  }
}
