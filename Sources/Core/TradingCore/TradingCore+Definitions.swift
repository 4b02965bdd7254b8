import MarketData
import Portfolio
import RiskEngine
import Strategies
import TradingModel

extension TradingCore {
  mutating func define(
    _ kind: RecordKind, _ base: UnsafeRawPointer, _ outputs: inout RecordBuffer
  ) throws(CoreError) {
    switch kind {
    case .runStart:
      try begin(try decoded { () throws(RecordError) in try RunStart(at: base) }, &outputs)
    case .listingDefinition:
      try define(try decoded { () throws(RecordError) in try ListingDefinition(at: base) })
    case .strategyDefinition:
      try define(try decoded { () throws(RecordError) in try StrategyDefinition(at: base) })
    case .riskLimits:
      try define(try decoded { () throws(RecordError) in try RiskLimitsDefinition(at: base) })
    case .accountBalance:
      try define(try decoded { () throws(RecordError) in try AccountBalance(at: base) })
    case .definitionsEnd: startStrategies()
    // Names are for people; the core knows indices.
    default: break
    }
  }

  private func decoded<T>(_ read: () throws(RecordError) -> T) throws(CoreError) -> T {
    do throws(RecordError) { return try read() } catch { throw .record(error) }
  }

  /// A run begins: the first, or one that continues the journal of runs before it.
  private mutating func begin(
    _ start: RunStart, _ outputs: inout RecordBuffer
  ) throws(CoreError) {
    // Ids must not run out: the rest of 64 bits lasts for ever.
    guard start.orderIDBase < 1 << 62 else {
      throw .record(
        .outOfRange(
          kind: .runStart, offset: 64, value: Int64(bitPattern: start.orderIDBase)))
    }
    forgetUnsentOrder()
    // The run before was cut off between an input and what it led to. Its fills and funding are booked; whoever
    // adds up the events must hear of them.
    for fill in untold { fill.store(at: emit(.fillEvent, FillEvent.byteCount, &outputs)) }
    untold = []
    for funding in untoldFunding {
      funding.store(at: emit(.fundingEvent, FundingEvent.byteCount, &outputs))
    }
    untoldFunding = []
    mode = start.mode
    seed = start.seed
    isDefined = false
    orders.pointee.advanceIDs(past: start.orderIDBase)
    for index in hosts.indices {
      hosts[index] = nil
      isRunning[index] = false
    }
    for index in follows.indices { follows[index] = false }
    // Whoever comes up again must first hear from every venue what became of what was open.
    for index in 0..<capacity.venues {
      // The lists' numbers go on, so that no order seems to stand in a list of this run.
      venues[index] = VenueState(snapshotNumber: venues[index].snapshotNumber)
    }
    refreshTradable()
    for index in 0..<listingCount.pointee {
      contracts[index].take(.disconnected)
      books[index].apply(
        FeedStatus(
          listing: ListingIndex(index), state: .disconnected, venueSequence: 0, venueTime: now))
    }
    loseConnections()
  }

  private mutating func define(_ definition: ListingDefinition) throws(CoreError) {
    let listing = definition.listing
    let index = Int(listing.index)
    guard index < capacity.listings else {
      throw .capacity(what: "listing", index: index, capacity: capacity.listings)
    }
    guard index <= listingCount.pointee else {
      throw .undefined(what: "listing", index: listingCount.pointee)
    }
    guard Int(listing.venue) < capacity.venues else {
      throw .capacity(
        what: "venue", index: Int(listing.venue), capacity: capacity.venues)
    }
    for currency in [listing.base, listing.quote, listing.settlement]
    where Int(currency) >= capacity.currencies {
      throw .capacity(
        what: "currency", index: Int(currency), capacity: capacity.currencies)
    }
    guard listing.tick > 0, listing.lot > 0, listing.contractSize.units > 0 else {
      throw .record(.unknownCode(kind: .listingDefinition, offset: 64, value: 0))
    }
    if index == listingCount.pointee {
      (books + index).initialize(to: FollowedBook(listing: listing))
      listingCount.pointee += 1
    } else if !listing.hasUnits(of: listings[index]) {
      throw .changed(what: "listing", index: index)
    } else if listings[index] != listing {
      // New units or grid: the book starts over and waits for a snapshot in them.
      (books + index).deinitialize(count: 1)
      (books + index).initialize(to: FollowedBook(listing: listing))
    }
    listings[index] = listing
  }

  private func made(_ definition: StrategyDefinition) throws(CoreError) -> StrategyHost {
    do throws(SettingError) {
      return try registry.make(
        definition.name, settings: definition.settings,
        listings: definition.listings.map { listings[Int($0)] })
    } catch {
      throw .setting(error)
    }
  }

  private mutating func define(_ definition: StrategyDefinition) throws(CoreError) {
    let index = Int(definition.index)
    guard index < capacity.strategies else {
      throw .capacity(what: "strategy", index: index, capacity: capacity.strategies)
    }
    for listing in definition.listings where Int(listing) >= listingCount.pointee {
      throw .undefined(what: "listing", index: Int(listing))
    }
    let host = try made(definition)
    // Recovery takes decisions from the journal, so an older version's may be there.
    if !isRecovering, host.stateVersion != definition.stateVersion {
      throw .strategyVersion(
        definition.name, recorded: definition.stateVersion, built: host.stateVersion)
    }
    hosts[index] = host
    isRunning[index] = true
    strategyEnd = max(strategyEnd, index + 1)
    for listing in 0..<capacity.listings {
      follows[listing * capacity.strategies + index] = false
    }
    for listing in definition.listings {
      follows[Int(listing) * capacity.strategies + index] = true
    }
  }

  private mutating func define(_ definition: RiskLimitsDefinition) throws(CoreError) {
    let scope: RiskScope =
      switch definition.scope {
      case .firm: .firm
      case .strategy: .strategy(definition.index)
      case .listing: .listing(definition.index)
      }
    var checks: RiskChecks = []
    if definition.checks & RiskLimitsDefinition.balanceCheck != 0 { checks.insert(.balance) }
    if definition.checks & RiskLimitsDefinition.feedCheck != 0 { checks.insert(.feed) }
    let limits = RiskLimits(
      orderQuantityMax: definition.orderQuantityMax,
      orderNotionalMax: definition.orderNotionalMax, priceCollar: definition.priceCollar,
      positionMax: definition.positionMax, positionNotionalMax: definition.positionNotionalMax,
      openOrderNotionalMax: definition.openNotionalMax,
      openOrderCountMax: definition.openOrdersMax, orderRateMax: definition.ordersPerWindow,
      orderRateWindow: definition.windowNanoseconds, marginRate: definition.marginRate,
      checks: checks)
    do throws(RiskLimitsError) {
      try risk.setLimits(limits, for: scope)
    } catch {
      throw .capacity(
        what: "limits of \(definition.scope)", index: Int(definition.index),
        capacity: definition.scope == .listing ? capacity.listings : capacity.strategies)
    }
  }

  private mutating func define(_ balance: AccountBalance) throws(CoreError) {
    guard Int(balance.venue) < capacity.venues, Int(balance.currency) < capacity.currencies
    else {
      throw .capacity(
        what: "balance of venue", index: Int(balance.venue), capacity: capacity.venues)
    }
    do throws(BalanceError) {
      _ = try balances.setTotal(
        balance.total, venue: balance.venue, currency: balance.currency)
    } catch {
      throw .capacity(
        what: "balance in 128 bits of venue", index: Int(balance.venue),
        capacity: capacity.venues)
    }
  }

  private mutating func startStrategies() {
    if isDefined { return }
    isDefined = true
    for index in hosts.indices where isRunning[index] {
      hosts[index]?.start(
        StrategyContext(view: view, strategy: StrategyIndex(index), now: now))
    }
  }
}

extension Listing {
  /// Whether orders and positions counted in `other` mean the same in this: only grid, bounds and
  /// fees may change while they stand.
  func hasUnits(of other: Listing) -> Bool {
    venue == other.venue && instrument == other.instrument && base == other.base
      && quote == other.quote && settlement == other.settlement
      && contractKind == other.contractKind && priceDecimals == other.priceDecimals
      && quantityDecimals == other.quantityDecimals && contractSize == other.contractSize
  }
}
