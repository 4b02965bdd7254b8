import Credentials
import TradingModel

/// Bybit spot.
public enum BybitSpot: BybitVenue {
  public static let category = BybitCategory.spot
}

/// Bybit's contracts that are settled in USDT or USDC, in one-way mode.
public enum BybitLinear: BybitVenue {
  public static let category = BybitCategory.linear
}

/// One category of Bybit v5, as a venue of its own: a symbol names one instrument in each.
public protocol BybitVenue: VenueAdapter {
  static var category: BybitCategory { get }
}

extension BybitVenue {
  public static var description: VenueDescription { BybitDescription.of(category) }
  public static var feedKinds: [FeedKind] { [.bybit] }

  public static func marketSession(
    _ environment: VenueEnvironment, following symbols: [SymbolScale], budget: SharedBudget,
    silenceMax: Int64, recorder: (any FrameRecorder)?
  ) -> any VenueSession {
    BybitMarketSession(
      common: MarketSession(
        BybitMarket(category, environment), following: symbols, budget: budget,
        silenceMax: silenceMax, recorder: recorder))
  }

  public static func tradingSession(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames,
    budget: SharedBudget
  ) throws(SigningKeyError) -> any OrderSession {
    BybitTradingSession(
      common: TradingSession(
        try BybitTrading(category, environment, credential, account), budget: budget))
  }

  public static func requests(
    _ action: VenueAction, _ input: RequestInput, _ credential: VenueCredential,
    _ environment: VenueEnvironment, timestamp: UInt64
  ) throws -> [WireRequest] {
    try input.check(action, of: description, with: credential)
    var writer = try BybitRequests(
      category, input, credential, environment, timestamp: timestamp)
    return try writer.requests(action)
  }
}

/// Requests by hand, through the code that trades.
struct BybitRequests: ~Copyable {
  private let input: RequestInput
  private let environment: VenueEnvironment
  private let timestamp: UInt64
  private let clientOrderID: String
  private var encoder: BybitEncoder

  init(
    _ category: BybitCategory, _ input: RequestInput, _ credential: VenueCredential,
    _ environment: VenueEnvironment, timestamp: UInt64
  ) throws {
    self.input = input
    self.environment = environment
    self.timestamp = timestamp
    clientOrderID = input.clientOrderID ?? "n" + String(timestamp, radix: 36) + "-1"
    for id in input.clientOrderIDs + [clientOrderID] {
      guard (1...BybitEncoder.clientOrderIDByteCountMax).contains(id.utf8.count) else {
        throw RequestError.unsuitable("client-order-id", reason: "1 to 36 characters")
      }
      try BybitEncoder.check(id, "client-order-id")
    }
    if category == .linear {
      let reason = "the venue's ids of contracts are no numbers; use --client-order-id"
      if input.venueOrderID != nil { throw RequestError.unsuitable("order-id", reason: reason) }
      if !input.venueOrderIDs.isEmpty {
        throw RequestError.unsuitable("order-ids", reason: reason + "s")
      }
    }
    encoder = BybitEncoder(
      category, apiKey: credential.apiKey, signer: try credential.signer(),
      clientOrderIDPrefix: clientOrderID, receiveWindow: input.receiveWindow,
      host: VenueEnvironment.host(of: environment.rest), listingCapacity: 1)
  }

  mutating func requests(_ action: VenueAction) throws -> [WireRequest] {
    switch action {
    case .place, .modify, .cancel, .query: return [try order(action)]
    case .placeBatch, .cancelBatch: return [try batch(action)]
    case .logOn, .userStream:
      guard input.channel == .webSocket else {
        throw RequestError.notOffered(
          action, reason: "over the streams only (--channel websocket)")
      }
      return action == .logOn ? [logOn(isTrade: true)] : [logOn(isTrade: false), subscription()]
    default: break
    }
    let isForEach =
      encoder.category == .linear && input.symbol == nil
      && [.cancelAll, .openOrders, .positions].contains(action)
    let coins: [String?] = isForEach ? BybitEncoder.settlementCoins : [nil]
    let isFiltered = encoder.category == .spot && action == .cancelAll
    let filters: [String?] = isFiltered ? BybitEncoder.spotOrderFilters : [nil]
    var all: [WireRequest] = []
    for coin in coins {
      for filter in filters {
        let route = try encoder.fill(action, input, settlement: coin)
        if let filter { encoder.parameters.add("orderFilter", text: filter) }
        all.append(try wire(route, action, try encoder.payload(route)))
      }
    }
    return all
  }

  private mutating func wire(
    _ route: BybitRoute, _ action: VenueAction, _ payload: UnsafeRawBufferPointer
  ) throws(RequestError) -> WireRequest {
    if input.channel == .rest {
      return WireRequest(
        http: encoder.http(route, payload, timestamp: timestamp), origin: environment.rest)
    }
    guard route.operation.utf8CodeUnitCount > 0, environment.orderEntry.hasPrefix("ws") else {
      throw .notOffered(action, reason: "over REST only (--channel rest)")
    }
    return message(
      encoder.message(route, payload, timestamp: timestamp, tag: 1), environment.orderEntry)
  }

  private func message(_ bytes: UnsafeRawBufferPointer, _ address: String) -> WireRequest {
    WireRequest(
      method: "", url: address, headers: [], body: String(decoding: bytes, as: UTF8.self))
  }

  private mutating func order(_ action: VenueAction) throws -> WireRequest {
    let route = try fillOrder(action)
    return try wire(route, action, try encoder.payload(route))
  }

  private mutating func fillOrder(_ action: VenueAction) throws -> BybitRoute {
    let (listing, request) = try input.orderRequest(action)
    let symbol = try BybitEncoder.needed(input.symbol, "symbol")
    try BybitEncoder.check(symbol, "symbol")
    encoder.add(listing, symbol: symbol)
    return try encoder.fill(request, OrderName(orderID: 0))
  }

  /// The same order under each of several client order ids; cancels also by the venue's ids.
  private mutating func batch(_ action: VenueAction) throws -> WireRequest {
    let (single, route): (VenueAction, BybitRoute) =
      action == .placeBatch ? (.place, .placeBatch) : (.cancel, .cancelBatch)
    var names = input.clientOrderIDs.map { "\"orderLinkId\":\"\($0)\"" }
    names += input.venueOrderIDs.map { "\"orderId\":\"\($0)\"" }
    if names.isEmpty, let id = input.clientOrderID { names = ["\"orderLinkId\":\"\(id)\""] }
    guard !names.isEmpty else { throw RequestError.missing("client-order-ids") }
    let countMax = BybitEncoder.batchCountMax(encoder.category)
    guard names.count <= countMax else {
      throw RequestError.unsuitable(
        input.venueOrderIDs.isEmpty ? "client-order-ids" : "order-ids",
        reason: "at most \(countMax) orders in a batch")
    }
    var one = input
    one.venueOrderID = nil
    one.clientOrderID = clientOrderID
    let (listing, request) = try one.orderRequest(single)
    let symbol = try BybitEncoder.needed(input.symbol, "symbol")
    try BybitEncoder.check(symbol, "symbol")
    encoder.add(listing, symbol: symbol)
    _ = try encoder.fill(request, OrderName(orderID: 0))
    let pattern = try encoder.batchPart()
    guard let place = pattern.firstRange(of: "\"orderLinkId\":\"\(clientOrderID)\"") else {
      throw RequestError.tooLong
    }
    let orders = names.map { name in
      String(pattern[..<place.lowerBound] + name + pattern[place.upperBound...])
    }
    let payload = try encoder.payload(text: BybitEncoder.batch(encoder.category, orders))
    return try wire(route, action, payload)
  }

  private mutating func logOn(isTrade: Bool) -> WireRequest {
    message(
      encoder.logOn(
        expires: timestamp + BybitTrading.logOnLifetime, tag: 1, isTrade: isTrade),
      isTrade ? environment.orderEntry : environment.userStream)
  }

  private mutating func subscription() -> WireRequest {
    message(encoder.subscription(tag: 2), environment.userStream)
  }
}
