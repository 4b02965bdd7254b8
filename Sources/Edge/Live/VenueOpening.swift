import Links
import Runtime
import TradingModel
import Transport
import Venues

/// Asks a venue, before a run, what it lists, what the key may do and what the account holds. Blocks; for
/// start-up alone.
public struct VenueOpening {
  private static var patience: Int64 { 20_000_000_000 }
  /// Milliseconds for one answer.
  private static var answerTimeout: Int { 5_000 }
  /// How often foreign orders are canceled before the run is refused, and nanoseconds in between.
  private static var cancelAttempts: Int { 5 }
  private static var cancelPause: Int { 300_000_000 }
  private let venue: LiveVenue
  private let http: ColdHTTP
  private let mayStop: () -> Bool
  private var clockOffset: Int64 = 0
  private var lastInstruments: (requests: [WireRequest], body: [UInt8])?

  /// - Parameter mayStop: whether somebody no longer wants to wait.
  public init(_ venue: LiveVenue, mayStop: @escaping () -> Bool = { false }) {
    self.venue = venue
    self.mayStop = mayStop
    http = ColdHTTP(
      trust: venue.tls?.trust, timeout: Self.answerTimeout, userAgent: venue.userAgent)
  }

  /// - Parameter isNew: whether the run begins a journal: only then are foreign orders canceled and
  ///   balances taken.
  public mutating func open(isNew: Bool) throws -> OpenedVenue {
    try takeTime()
    var opened = OpenedVenue(
      venue: venue, definitions: try definitions(), balances: [], positions: [], warnings: [],
      clockOffset: clockOffset)
    guard let credential = venue.credential else { return opened }
    try checkKey(credential, &opened)
    try takeAccount(credential, &opened)
    for position in opened.positions where position.quantity != 0 && isNew {
      opened.warnings.append(
        "a position in \(position.symbol) stands that this run did not make; it is left alone")
    }
    if venue.cancelsForeignOrders {
      if isNew {
        for symbol in venue.symbols { try cancelForeignOrders(symbol, credential) }
      } else {
        opened.warnings.append(
          "orders that are not ours are left alone: an existing journal is carried on")
      }
    }
    return opened
  }

  /// What the account holds now, of a venue that was opened.
  public mutating func account(of opened: OpenedVenue) throws -> OpenedVenue {
    var now = opened
    now.balances = []
    now.positions = []
    try takeTime()
    if let credential = venue.credential { try takeAccount(credential, &now) }
    return now
  }

  private mutating func takeAccount(
    _ credential: VenueCredential, _ opened: inout OpenedVenue
  ) throws {
    if offers(.balances) {
      for body in try ask(.balances, RequestInput(), credential) {
        opened.balances += try read("balances", body) { try venue.adapter.balances(in: $0) }
      }
    }
    if offers(.positions) { try takePositions(credential, &opened) }
  }

  private func offers(_ action: VenueAction) -> Bool {
    switch venue.adapter.description.support(of: action) {
    case .native(let channels), .restricted(let channels, _): channels.contains(.rest)
    case .emulated: true
    case .none: false
    }
  }

  // MARK: Questions

  private mutating func takeTime() throws {
    guard offers(.serverTime) else { return }
    let asked = SessionTime.now
    let body = try ask(.serverTime, RequestInput(), nil)[0]
    let now = SessionTime.now
    guard let time = try read("time", body, { try venue.adapter.serverTime(in: $0) }) else {
      return
    }
    clockOffset = time - (asked.wall + (now.monotonic - asked.monotonic) / 2)
  }

  private mutating func definitions() throws -> [InstrumentDefinition] {
    var found: [InstrumentDefinition] = []
    for symbol in venue.symbols {
      var input = RequestInput()
      input.symbol = symbol
      let body = try instruments(input)
      let told = try read("instruments", body) {
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
    let body = try ask(.instruments, input, nil)[0]
    lastInstruments = (request, body)
    return body
  }

  private mutating func checkKey(_ credential: VenueCredential, _ opened: inout OpenedVenue) throws
  {
    guard venue.adapter.description.tellsKeyPermissions, offers(.keyPermissions) else {
      opened.warnings.append(
        "this venue does not tell what a key may do; make sure that this one may not withdraw")
      return
    }
    let body: [UInt8]
    do {
      body = try ask(.keyPermissions, RequestInput(), credential)[0]
    } catch {
      // Test networks often lack what the real one has; no money can leave there.
      guard !venue.environment.isReal else { throw error }
      opened.warnings.append("this network does not tell what a key may do")
      return
    }
    let permissions = try read("the key's permissions", body) {
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
    for body in try ask(.positions, RequestInput(), credential) {
      opened.positions += try read("positions", body) {
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
      if attempt > 0 { WaitPolicy.block(nanoseconds: Self.cancelPause).wait() }
      input.openOrders = try openOrders(symbol, credential)
      if input.openOrders.isEmpty { return }
      do {
        _ = try ask(.cancelAll, input, credential) { $0.saysOrdersAreGone }
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
      let body = try ask(.openOrders, input, credential)[0]
      let page = try read("open orders", body) { try venue.adapter.openOrders(in: $0) }
      found += page.orders
      // A venue that leads us in a circle is not followed.
      input.page = page.next == input.page ? nil : page.next
    } while input.page != nil
    return found
  }

  // MARK: Asking

  /// The bodies of good answers to an action's requests. What fails for a reason that passes (no
  /// connection, an error of the server, a limit, a clock that was set) is asked again, for a while:
  /// nothing is changed by asking, and to cancel twice is to cancel.
  ///
  /// - Parameter accepts: which refusals are good answers.
  private mutating func ask(
    _ action: VenueAction, _ input: RequestInput, _ credential: VenueCredential?,
    accepting accepts: (VenueErrorMeaning) -> Bool = { _ in false }
  ) throws -> [[UInt8]] {
    let end = Clock.monotonic + Self.patience
    var pause: Int = 500_000_000
    while true {
      do {
        return try askOnce(action, input, credential, accepts)
      } catch let failure as PassingFailure {
        let rest = max(Int64(pause), failure.notBefore - Clock.monotonic)
        guard Clock.monotonic + rest < end, !mayStop() else {
          throw unanswered(action, failure.reason)
        }
        wait(rest)
        pause = min(pause * 2, 5_000_000_000)
        if failure.isClock { try takeTime() }
      }
    }
  }

  private func wait(_ time: Int64) {
    let end = Clock.monotonic + time
    while Clock.monotonic < end, !mayStop() {
      WaitPolicy.block(nanoseconds: Int(min(50_000_000, max(0, end - Clock.monotonic)))).wait()
    }
  }

  /// It may go well when it is asked again.
  private struct PassingFailure: Error {
    var reason: String
    /// Our clock is not what we took it for.
    var isClock = false
    /// Asking earlier, on the monotonic clock, makes it worse.
    var notBefore: Int64 = 0
  }

  private func askOnce(
    _ action: VenueAction, _ input: RequestInput, _ credential: VenueCredential?,
    _ accepts: (VenueErrorMeaning) -> Bool
  ) throws -> [[UInt8]] {
    let time = max(0, SessionTime.now.wall + clockOffset)
    let requests = try venue.adapter.requests(
      action, input, credential ?? .nobody, venue.environment,
      timestamp: UInt64(time / 1_000_000))
    return try requests.map { try askOnce(action, $0, accepts) }
  }

  private func askOnce(
    _ action: VenueAction, _ request: WireRequest, _ accepts: (VenueErrorMeaning) -> Bool
  ) throws -> [UInt8] {
    let answer: ColdHTTPAnswer
    do throws(ColdHTTPError) {
      answer = try http.ask(
        request.method, request.url,
        fields: request.headers.filter { !Self.isOfConnection($0.name) }
          .map { HTTPField($0.name, $0.value) }, body: Array(request.body.utf8), mayStop: mayStop)
    } catch .failed(let address, let reason) {
      throw PassingFailure(reason: "\(address): \(reason)")
    } catch {
      throw unanswered(action, "\(error)")
    }
    let refusal = answer.body.withUnsafeBytes {
      venue.adapter.refusal(in: $0, status: answer.status)
    }
    guard let refusal, !accepts(refusal) else { return answer.body }
    let reason =
      "answered with \(answer.status): \(String(decoding: answer.body.prefix(300), as: UTF8.self))"
    switch refusal {
    case .retry: throw PassingFailure(reason: reason)
    case .rateLimited(let until), .endpointLimited(let until):
      let told = until - (SessionTime.now.wall + clockOffset)
      let pause = max(told, Int64(answer.retryAfter) * 1_000_000_000)
      throw PassingFailure(reason: reason, notBefore: Clock.monotonic + pause)
    case .resynchronize: throw PassingFailure(reason: reason, isClock: true)
    case .askFirst where answer.status >= 500: throw PassingFailure(reason: reason)
    case .askFirst, .reject, .stop: throw unanswered(action, reason)
    }
  }

  /// libcurl writes these itself.
  private static func isOfConnection(_ name: String) -> Bool {
    ["host", "content-length", "connection"].contains(name.lowercased())
  }

  private func unanswered(_ action: VenueAction, _ reason: String) -> LiveError {
    .unanswered(venue: venue.name, question: action.rawValue, reason: reason)
  }

  private func read<Value>(
    _ what: String, _ body: [UInt8], _ decode: (UnsafeRawBufferPointer) throws -> Value
  ) throws -> Value {
    do {
      return try body.withUnsafeBytes { try decode($0) }
    } catch let error as ScanError {
      throw LiveError.unanswered(
        venue: venue.name, question: what,
        reason: "at byte \(error.offset) \(error.expected) was expected: "
          + String(decoding: body.prefix(200), as: UTF8.self))
    }
  }
}

extension VenueErrorMeaning {
  /// Of a refused cancel: there is nothing, or no longer anything, to cancel.
  fileprivate var saysOrdersAreGone: Bool {
    self == .reject(.unknownOrder) || self == .reject(.tooLate)
  }
}
