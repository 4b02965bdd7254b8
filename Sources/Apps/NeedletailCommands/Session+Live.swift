import Backtest
import Engine
import Glibc
import Journal
import Links
import Live
import LowLatency
import Runtime
import Strategies
import TradingCore
import TradingModel
import Venues

// Runs over live sessions.
extension Session {
  /// Fills may be missing in a journal from this long before its end, nanoseconds.
  private static let overlap: Int64 = 60_000_000_000
  /// Funding payments may be missing in one from this long before its end: whatever a venue was cut off, or
  /// late, nothing else would ask for them again. Those that are there are known by their ids.
  private static let paymentOverlap: Int64 = 7 * 86_400_000_000_000

  /// Begins a run, or carries on the journal that stands in the directory.
  static func live(
    _ plan: LivePlan, _ settings: SessionSettings, _ registry: StrategyRegistry
  ) throws -> Session {
    let directory = settings.journal ?? JournalPlace.fresh("\(plan.mode)")
    guard JournalPlace.holdsJournal(directory) else {
      return try begin(plan, settings, registry, directory) { identity in
        try JournalWriter(directory: directory, identity: identity, options: options(settings))
      }
    }
    return try carryOn(plan, settings, registry, directory)
  }

  /// - Parameters:
  ///   - firstRunID: of the run that began the journal, if that told no more than its start.
  ///   - makeJournal: called last, when nothing else can fail.
  private static func begin(
    _ plan: LivePlan, _ settings: SessionSettings, _ registry: StrategyRegistry,
    _ directory: String, firstRunID: UInt64? = nil,
    makeJournal: (JournalIdentity) throws -> JournalWriter
  ) throws -> Session {
    let opened = try open(plan, isNew: true)
    var definitions = try LiveDefinitions.make(opened, withBalances: true)
    try plan.checkAssumedBalances(definitions)
    definitions.strategies = try plan.strategies(definitions)
    definitions.limits = plan.limits(definitions)
    tellUncovered(plan, definitions.balances)
    let signals = try settings.signals.map { try SignalFile(path: $0, definitions: definitions) }
    let startTime = Clock.wall
    let start = RunStart(
      mode: plan.mode, runID: freshRunID(startTime), seed: settings.seed ?? 1, buildID: buildID)
    let journal = try makeJournal(JournalIdentity(runID: start.runID, buildID: buildID))
    let engine = JournaledCore(core: TradingCore(registry: registry), journal: journal)
    return try make(
      plan, settings, definitions, signals, engine, opened, start,
      firstRunID: firstRunID ?? start.runID,
      directory: directory, startTime: startTime, fillsSince: startTime, paymentsSince: nil,
      initial: definitions.balances, left: [:], isNew: true)
  }

  private static func carryOn(
    _ plan: LivePlan, _ settings: SessionSettings, _ registry: StrategyRegistry,
    _ directory: String
  ) throws -> Session {
    var reader = try JournalReader(directory: directory)
    let before = try Past(&reader, registry)
    guard let lastStart = before.lastStart, let old = before.definitions,
      let firstRunID = before.firstRunID
    else {
      // Killed before it had told what it trades, so nothing was sent: it begins now.
      return try begin(
        plan, settings, registry, directory, firstRunID: before.firstRunID
      ) { identity in
        try JournalWriter(continuing: &reader, identity: identity, options: options(settings))
      }
    }
    guard lastStart.mode == plan.mode else {
      throw UsageError("\(directory): written by a \(lastStart.mode) run, not by \(plan.mode)")
    }
    let opened = try open(plan, isNew: false)
    var definitions = try LiveDefinitions.make(opened, withBalances: false)
    guard definitions.venues == old.venues,
      definitions.listings.map(\.symbol) == old.listings.map(\.symbol)
    else {
      throw UsageError("\(directory): its venues or symbols are not those of this run")
    }
    definitions.strategies = try plan.strategies(definitions)
    let initial = before.firstBalances
    var known = definitions
    known.balances = initial
    definitions.limits = plan.limits(known)
    tellUncovered(plan, initial)
    let signals = try settings.signals.map { try SignalFile(path: $0, definitions: definitions) }
    let left = before.leftPositions
    let lastTime = before.core.now
    let paymentsSince = max(lastTime - paymentOverlap, before.balancesTime)
    Clock.carryOn(from: lastTime + 1)
    let startTime = Clock.wall
    let start = RunStart(
      mode: plan.mode, runID: freshRunID(startTime), seed: settings.seed ?? lastStart.seed,
      orderIDBase: before.core.lastOrderID, buildID: buildID)
    let journal = try JournalWriter(
      continuing: &reader, identity: JournalIdentity(runID: start.runID, buildID: buildID),
      options: options(settings))
    let engine = JournaledCore(core: before.takeCore(), journal: journal)
    return try make(
      plan, settings, definitions, signals, engine, opened, start, firstRunID: firstRunID,
      directory: directory, startTime: startTime, fillsSince: lastTime - overlap,
      paymentsSince: paymentsSince, initial: initial, left: left, isNew: false)
  }

  /// Asks every venue what it has, and tells what somebody should know.
  private static func open(_ plan: LivePlan, isNew: Bool) throws -> [OpenedVenue] {
    try plan.venues.map { venue in
      var opening = VenueOpening(venue, mayStop: { Interruption.isRequested })
      let opened = try opening.open(isNew: isNew)
      for warning in opened.warnings {
        writeText("needletail \(plan.mode): \(venue.name): \(warning)\n", to: STDERR_FILENO)
      }
      return opened
    }
  }

  private static func tellUncovered(_ plan: LivePlan, _ balances: [AccountBalance]) {
    for venue in plan.uncoveredVenues(balances) {
      let words = "no balances are known, so orders are held to none (balances of its [[venue]])"
      writeText("needletail \(plan.mode): \(venue.name): \(words)\n", to: STDERR_FILENO)
    }
  }

  /// From when on fills may be unknown, by our clock: the journal's end, which a clock that was ahead then
  /// put too late, or the last fill in it, where that is earlier: by a day at the most, for an account may
  /// have been quiet.
  static func fillsSince(_ lastFill: Timestamp, journalEnd: Timestamp) -> Timestamp {
    let end = min(journalEnd, Clock.realtime - overlap)
    return min(end, max(lastFill - overlap, end - 86_400_000_000_000))
  }

  /// Distinguishes this run from every other.
  private static func freshRunID(_ time: Timestamp) -> UInt64 {
    var random = SeededRandom(
      seed: UInt64(bitPattern: time) ^ UInt64(getpid()) << 40 ^ UInt64(Clock.monotonic))
    return max(1, random.next())
  }

  private static func make(
    _ plan: LivePlan, _ settings: SessionSettings, _ definitions: RunDefinitions,
    _ file: SignalFile?, _ engine: consuming JournaledCore, _ opened: [OpenedVenue],
    _ start: RunStart,
    firstRunID: UInt64, directory: String, startTime: Timestamp, fillsSince: Timestamp,
    paymentsSince: Timestamp?, initial: [AccountBalance], left: [ListingIndex: Int64],
    isNew: Bool
  ) throws -> Session {
    for record in definitions.encoded(start: start, time: startTime) { try engine.apply(record) }
    var positions = ForeignPositions(opened, definitions.listings, left: left)
    if isNew {
      for found in positions.begin() { try engine.apply(found.encoded(time: startTime)) }
    }
    let prefix = ClientOrderIDPrefix.text(journal: firstRunID)
    var held: [ListingIndex: Int64] = [:]
    for entry in definitions.listings {
      held[entry.listing.index] = engine.core.netPosition(entry.listing.index).quantity
    }
    var feeds: [SessionLink] = []
    var routes: [any OrderRoute] = []
    var watched: [(name: String, feed: SessionLink, orders: SessionLink?, budget: SharedBudget)] =
      []
    var budgets = SharedBudgets(isLimited: plan.limitsRates)
    for (index, entry) in opened.enumerated() {
      let budget = budgets.budget(of: entry.venue)
      let lastFill = engine.core.lastFillTime(venue: VenueIndex(index))
      let fillsSince =
        isNew || lastFill == 0
        ? fillsSince : Self.fillsSince(lastFill - entry.clockOffset, journalEnd: fillsSince)
      let part = LivePart(
        plan: plan, opened: entry, venue: VenueIndex(index), definitions: definitions,
        prefix: prefix, fillsSince: fillsSince,
        paymentsSince: paymentsSince ?? entry.accountAskedAt, budget: budget,
        seed: start.seed, startTime: startTime, positions: held)
      let feed = try part.feed()
      let route = try part.route()
      feeds.append(feed)
      routes.append(route)
      watched.append((entry.venue.name, feed, route.link, budget))
    }
    let run = LiveRun(
      engine: engine, feeds: feeds, routes: routes,
      foreignPositions: plan.entersOrders ? positions : nil)
    if !isNew { try run.give(Command(kind: .startStrategy), at: .now) }
    run.start(at: .now)
    return Session(
      mode: plan.mode, settings: settings, definitions: definitions,
      world: LiveWorld(
        run, VenueWatch(watched), definitions, comparing: plan.entersOrders ? opened : [],
        initial: initial,
        clientOrderIDPrefix: prefix,
        wait: settings.wait, leavesOrders: !settings.cancelsAtEnd, whenClosed: plan.whenClosed),
      signals: file.map { .file($0.signals(startingAt: startTime)) } ?? .file([]),
      directory: directory, startTime: startTime)
  }
}

/// What our client order ids begin with: a letter, then six digits that name the journal, so that ids of
/// two journals hardly ever meet and all runs of one know each other's. Letters and digits are taken by
/// every venue.
enum ClientOrderIDPrefix {
  static func text(journal firstRunID: UInt64) -> String {
    let digits = String(firstRunID % 2_176_782_336, radix: 36)
    return "n" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}

/// One venue's part of a live run.
private struct LivePart {
  let plan: LivePlan
  let opened: OpenedVenue
  let venue: VenueIndex
  let definitions: RunDefinitions
  let prefix: String
  let fillsSince: Timestamp
  let paymentsSince: Timestamp
  let budget: SharedBudget
  let seed: UInt64
  let startTime: Timestamp
  /// What is held of contracts by the journal so far.
  let positions: [ListingIndex: Int64]

  init(
    plan: LivePlan, opened: OpenedVenue, venue: VenueIndex, definitions: RunDefinitions,
    prefix: String, fillsSince: Timestamp, paymentsSince: Timestamp, budget: SharedBudget,
    seed: UInt64,
    startTime: Timestamp, positions: [ListingIndex: Int64]
  ) {
    self.plan = plan
    self.opened = opened
    self.venue = venue
    self.definitions = definitions
    self.prefix = prefix
    self.fillsSince = fillsSince
    self.paymentsSince = paymentsSince
    self.budget = budget
    self.seed = seed
    self.startTime = startTime
    self.positions = positions
  }

  private var listings: [ListingDefinition] {
    definitions.listings.filter { $0.listing.venue == venue }
  }

  private var options: LinkOptions {
    var options = LinkOptions(tls: opened.venue.tls)
    options.seed = seed &+ UInt64(venue)
    options.userAgent = opened.venue.userAgent
    return options
  }

  func feed() throws -> SessionLink {
    let scales = listings.map { entry in
      SymbolScale(
        symbol: entry.symbol, listing: entry.listing.index,
        priceDecimals: Int(entry.listing.priceDecimals),
        quantityDecimals: Int(entry.listing.quantityDecimals))
    }
    return try link(
      opened.venue.adapter.marketSession(
        opened.venue.environment, following: scales, budget: budget,
        silenceMax: opened.venue.staleAfter, recorder: nil))
  }

  private func link(_ session: any VenueSession) throws -> SessionLink {
    do throws(LinkError) {
      return try SessionLink(session, options, budget: budget)
    } catch {
      throw LiveError.link(venue: opened.venue.name, error)
    }
  }

  func route() throws -> any OrderRoute {
    switch plan.mode {
    case .shadow: return ShadowRoute(venue: venue)
    case .paper:
      var settings = RecordedVenueSettings(
        venue: venue, seed: seed &+ UInt64(venue), startTime: startTime,
        listings: listings.map(\.listing))
      settings.positions = positions
      settings.gateway.firstID = UInt64(startTime)
      return PaperRoute(settings)
    default: return SessionRoute(try link(try orders()))
    }
  }

  private func orders() throws -> any OrderSession {
    guard let credential = opened.venue.credential else {
      throw LiveError.key(venue: opened.venue.name, reason: "no key is configured")
    }
    let account = AccountNames(
      venue: venue, listings: listings.map { ($0.listing, $0.symbol) },
      currencies: definitions.currencies.enumerated().map { ($1, CurrencyIndex($0)) },
      clientOrderIDPrefix: prefix,
      fillsSince: fillsSince == 0 ? 0 : fillsSince + opened.clockOffset,
      paymentsSince: paymentsSince == 0 ? 0 : paymentsSince + opened.clockOffset,
      deadMan: opened.venue.deadMan)
    do {
      return try opened.venue.adapter.tradingSession(
        opened.venue.environment, credential, account, budget: budget)
    } catch {
      throw LiveError.key(venue: opened.venue.name, reason: "\(error)")
    }
  }
}
