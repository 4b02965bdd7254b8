import Links
import Runtime
import TradingModel
import Transport
import Venues

/// Asks a venue, before a run, what it lists, what the key may do and what the account holds. Blocks; for
/// start-up alone.
public struct VenueOpening {
  /// How often foreign orders are canceled before the run is refused, and nanoseconds in between.
  private static var cancelAttempts: Int { 5 }
  private static var cancelPause: Int64 { 300_000_000 }
  private let venue: LiveVenue
  private var inquiry: VenueInquiry
  private var lastInstruments: (requests: [WireRequest], body: [UInt8])?

  /// - Parameters:
  ///   - patience: nanoseconds for which one question is asked again; nil for as long as a start-up may take.
  ///   - mayStop: whether somebody no longer wants to wait.
  public init(
    _ venue: LiveVenue, patience: Int64? = nil, mayStop: @escaping () -> Bool = { false }
  ) {
    self.venue = venue
    inquiry = VenueInquiry(
      venue, patience: patience ?? VenueInquiry.patience, mayStop: mayStop)
  }

  /// - Parameter isNew: whether the run begins a journal: only then are foreign orders canceled and
  ///   balances taken.
  public mutating func open(isNew: Bool) throws -> OpenedVenue {
    try inquiry.takeTime()
    var opened = OpenedVenue(
      venue: venue, definitions: try definitions(), balances: [], positions: [], warnings: [],
      clockOffset: inquiry.clockOffset, accountAskedAt: SessionTime.now.wall)
    guard let credential = venue.credential else { return opened }
    try checkKey(credential, &opened)
    // First: what is filled until they are gone is in the account that is taken then.
    if venue.cancelsForeignOrders, isNew {
      for symbol in venue.symbols { try cancelForeignOrders(symbol, credential) }
    }
    if isNew, venue.environment.isReal, opened.definitions.contains(where: { $0.kind != .spot }) {
      inquiry.wait(FundingHour.pause(at: SessionTime.now.wall + inquiry.clockOffset))
    }
    try takeAccount(credential, &opened)
    if venue.cancelsForeignOrders, !isNew {
      opened.warnings.append(
        "orders that are not ours are left alone: an existing journal is carried on")
    }
    return opened
  }

  /// What the account holds now, of a venue that was opened.
  public mutating func account(of opened: OpenedVenue) throws -> OpenedVenue {
    var now = opened
    now.balances = []
    now.positions = []
    try inquiry.takeTime()
    if let credential = venue.credential { try takeAccount(credential, &now) }
    return now
  }

  private mutating func takeAccount(
    _ credential: VenueCredential, _ opened: inout OpenedVenue
  ) throws {
    opened.accountAskedAt = SessionTime.now.wall
    if inquiry.offers(.balances) {
      for body in try inquiry.ask(.balances, RequestInput(), credential) {
        opened.balances += try inquiry.read("balances", body) { try venue.adapter.balances(in: $0) }
      }
    }
    if inquiry.offers(.positions) { try takePositions(credential, &opened) }
  }

  // MARK: Questions

  private mutating func definitions() throws -> [InstrumentDefinition] {
    var found: [InstrumentDefinition] = []
    for symbol in venue.symbols {
      var input = RequestInput()
      input.symbol = symbol
      let body = try instruments(input)
      let told = try inquiry.read("instruments", body) {
        try venue.adapter.definitions(in: $0, of: [symbol])
      }
      guard var definition = told.first else {
        throw LiveError.unknownSymbol(venue: venue.name, symbol: symbol)
      }
      definition.venue = venue.name
      if let fee = venue.makerFee { definition.makerFee = fee }
      if let fee = venue.takerFee { definition.takerFee = fee }
      found.append(definition)
    }
    return found
  }

  /// Some venues list single instruments, some always all: those are asked once.
  private mutating func instruments(_ input: RequestInput) throws -> [UInt8] {
    let request = try venue.adapter.requests(
      .instruments, input, .nobody, venue.environment, timestamp: 0)
    if let last = lastInstruments, last.requests == request { return last.body }
    let body = try inquiry.ask(.instruments, input, nil)[0]
    lastInstruments = (request, body)
    return body
  }

  private mutating func checkKey(_ credential: VenueCredential, _ opened: inout OpenedVenue) throws
  {
    guard venue.adapter.description.tellsKeyPermissions, inquiry.offers(.keyPermissions) else {
      opened.warnings.append(
        "this venue does not tell what a key may do; make sure that this one may not withdraw")
      return
    }
    let body: [UInt8]
    do {
      body = try inquiry.ask(.keyPermissions, RequestInput(), credential)[0]
    } catch {
      // Test networks often lack what the real one has; no money can leave there.
      guard !venue.environment.isReal else { throw error }
      opened.warnings.append("this network does not tell what a key may do")
      return
    }
    let permissions = try inquiry.read("the key's permissions", body) {
      try venue.adapter.keyPermissions(in: $0)
    }
    if permissions.mayWithdraw {
      guard venue.allowsWithdrawalKey else { throw LiveError.withdrawalKey(venue: venue.name) }
      opened.warnings.append("this key may withdraw, as the configuration allows")
    }
    guard permissions.mayTrade else { throw LiveError.noPermission(venue: venue.name) }
    if venue.environment.isReal, !permissions.isAddressBound {
      opened.warnings.append("this key works from every address; bind it to yours at the venue")
    }
  }

  private mutating func takePositions(
    _ credential: VenueCredential, _ opened: inout OpenedVenue
  ) throws {
    let scales = venue.symbols.enumerated().map { index, symbol in
      let definition = opened.definitions[index]
      return SymbolScale(
        symbol: symbol, listing: ListingIndex(index), priceDecimals: Int(definition.tick.decimals),
        quantityDecimals: Int(definition.lot.decimals))
    }
    for body in try inquiry.ask(.positions, RequestInput(), credential) {
      opened.positions += try inquiry.read("positions", body) {
        try venue.adapter.positions(in: $0, scales)
      }
    }
  }

  // MARK: Foreign orders

  /// Cancels what stands in a symbol until nothing does.
  private mutating func cancelForeignOrders(
    _ symbol: String, _ credential: VenueCredential
  ) throws {
    var input = RequestInput()
    input.symbol = symbol
    var reason: String?
    for attempt in 0..<Self.cancelAttempts {
      // A cancel that was taken is carried out a moment later.
      if attempt > 0 { inquiry.wait(Self.cancelPause) }
      input.openOrders = try openOrders(symbol, credential)
      if input.openOrders.isEmpty { return }
      do {
        _ = try inquiry.ask(.cancelAll, input, credential) { $0.saysOrdersAreGone }
      } catch let error as LiveError {
        // What stands then is what counts.
        reason = "\(error)"
      }
    }
    let left = try openOrders(symbol, credential)
    if left.isEmpty { return }
    throw LiveError.foreignOrders(
      venue: venue.name, symbol: symbol, count: left.count, reason: reason)
  }

  private mutating func openOrders(
    _ symbol: String, _ credential: VenueCredential
  ) throws -> [OpenOrder] {
    var input = RequestInput()
    input.symbol = symbol
    var found: [OpenOrder] = []
    repeat {
      let body = try inquiry.ask(.openOrders, input, credential)[0]
      let page = try inquiry.read("open orders", body) { try venue.adapter.openOrders(in: $0) }
      found += page.orders
      // A venue that leads us in a circle is not followed.
      input.page = page.next == input.page ? nil : page.next
    } while input.page != nil
    return found
  }
}

extension VenueErrorMeaning {
  /// Of a refused cancel: there is nothing, or no longer anything, to cancel.
  fileprivate var saysOrdersAreGone: Bool {
    self == .reject(.unknownOrder) || self == .reject(.tooLate)
  }
}
