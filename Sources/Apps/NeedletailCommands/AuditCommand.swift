import Engine
import Glibc
import Journal
import Portfolio
import Runtime
import Strategies
import TradingCore
import TradingModel

/// `needletail audit DIR`: prints the orders, fills and funding that a journal holds, and checks
/// them.
enum AuditCommand {
  static let usage = CommandUsage(
    name: "audit", summary: "print and check the orders, fills and funding that a journal holds",
    arguments: "DIR", argumentCount: 1...1,
    options: [
      .flag(
        "json",
        "print each order, fill and funding event as a JSON line, the same as a run prints with --events, "
          + "and with --check the findings as the last line"),
      .flag(
        "check",
        "rebuild the state from the journal and compare each position, its profit, fees and "
          + "funding, and each account's balances, with the sums of the fills, payments and adopted "
          + "positions; look for trades and payments booked twice"),
    ],
    notes: "Exit status: 3 for a difference, or for damage in the journal.",
    examples: [
      "needletail audit ./journal --check", "needletail audit ./journal --json | grep fill",
    ])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    let directory = options.arguments[0]
    do {
      var audit = try JournalAudit(
        directory, registry: registry, prints: options.has("json"), checks: options.has("check"))
      return try audit.run()
    } catch let error as JournalError {
      return fail("audit", "\(error)", exitCode(error))
    } catch let error as CoreError {
      return fail("audit", "\(directory): \(error)", ExitStatus.difference)
    }
  }
}

/// One reading of a journal from its first to its last record.
struct JournalAudit: ~Copyable {
  private let directory: String
  private let prints: Bool
  private var reader: JournalReader
  private var recovery: Recovery?
  private var names = RunDefinitions()
  /// The definitions of a run that has just started.
  private var coming = RunDefinitions()
  /// Of the run that started last.
  private var mode = RunMode.sandbox
  private var modes: [RunMode] = []
  private var eventLine = EventLine(definitions: RunDefinitions(), mode: .sandbox)
  private var sums = FillSums()
  private var accounts = AccountSums()
  private var orderEventCount = 0
  private var text = ""

  init(
    _ directory: String, registry: StrategyRegistry, prints: Bool, checks: Bool
  ) throws(JournalError) {
    self.directory = directory
    self.prints = prints
    reader = try JournalReader(directory: directory)
    recovery = checks ? Recovery(capacity: CoreCapacity(), registry: registry) : nil
  }

  /// Reads it all; returns the exit status.
  mutating func run() throws -> Int32 {
    while let record = try reader.next() {
      try recovery?.take(record.base)
      try take(record.base, record.kind)
      if text.utf8.count > 1 << 16, !flush() { return ExitStatus.done }
    }
    let findings = try recovery == nil ? nil : check()
    if prints {
      if let findings { text += Self.json(findings, sums, orderEventCount) }
    } else {
      text += summary(findings)
    }
    _ = flush()
    return findings?.isEmpty == false ? ExitStatus.difference : ExitStatus.done
  }

  private mutating func take(_ record: UnsafeRawPointer, _ kind: RecordKind?) throws {
    switch kind {
    case .orderEvent: orderEventCount += 1
    case .fillEvent: if let fill = FillEvent(at: record) { add(fill) }
    case .fundingEvent: add(FundingEvent(at: record))
    case .fundingPayment: sums.take(FundingPayment(at: record))
    case .positionAdjustment: if let told = PositionAdjustment(at: record) { add(told) }
    // Until a run is defined completely, what is told is of the things of the run before.
    case .definitionsEnd:
      names = coming
      eventLine = EventLine(definitions: names, mode: mode)
    case .runStart:
      mode = try RunStart(at: record).mode
      modes.append(mode)
      try coming.take(record)
    case .accountBalance:
      try coming.take(record)
      accounts.take(try AccountBalance(at: record))
    default: try coming.take(record)
    }
    if prints, let line = eventLine.text(of: record) { text += line }
  }

  private mutating func add(_ fill: FillEvent) {
    sums.add(fill, names)
    if let listing = names.listing(fill.listing) { accounts.add(fill, listing) }
  }

  private mutating func add(_ funding: FundingEvent) {
    sums.add(funding, names)
    if let listing = names.listing(funding.listing) { accounts.add(funding, listing) }
  }

  private mutating func add(_ told: PositionAdjustment) {
    guard told.policy == .adopted, let listing = names.listing(told.listing),
      let step = accounts.add(told, listing)
    else { return }
    sums.add(step, listing)
  }

  private mutating func flush() -> Bool {
    defer { text = "" }
    return writeText(text, to: STDOUT_FILENO)
  }

  /// What differs between the sums of the fills and the state rebuilt from the journal.
  private mutating func check() throws -> [String] {
    guard let recovered = recovery.take()?.finish() else {
      return sums.findings + ["no run started"]
    }
    // A fill whose report is the last input of a killed run: the next run's start tells of it.
    for fill in recovered.core.untoldFills { add(fill) }
    for funding in recovered.core.untoldFundingEvents { add(funding) }
    var result = sums.findings + sums.paymentFindings(names)
    let core = recovered.takeCore()
    result += accounts.findings(core, names)
    for listing in 0..<core.definedListingCount {
      for strategy in 0..<core.capacity.strategies {
        let key = FillSums.Key(
          strategy: StrategyIndex(strategy), listing: ListingIndex(listing))
        let position = core.position(strategy: key.strategy, listing: key.listing)
        let sum = sums.byPosition[key] ?? FillSums.Sum()
        let place =
          "\(names.strategyName(key.strategy)), \(names.symbol(of: key.listing)) at "
          + names.venueName(of: key.listing)
        if Int128(position.quantity) != sum.quantity {
          result.append(
            "\(place): the position is \(position.quantity), the fills sum up to \(sum.quantity)")
        }
        if position.realised != sum.realized {
          result.append(
            "\(place): the profit is \(position.realised), the fills sum up to \(sum.realized)")
        }
        if position.fees != sum.fees {
          result.append(
            "\(place): the fees are \(position.fees), the fills sum up to \(sum.fees)")
        }
        if position.funding != sum.funding {
          result.append(
            "\(place): the funding is \(position.funding), the events sum up to \(sum.funding)")
        }
      }
    }
    return result
  }

  // MARK: What is told

  private static func json(
    _ findings: [String], _ sums: FillSums, _ orderEventCount: Int
  ) -> String {
    "{\"audit\": {\"order_events\": \(orderEventCount), \"fills\": \(sums.count), \"funding_payments\": \(sums.paymentCount), \"differences\": ["
      + findings.map(quoted).joined(separator: ", ") + "]}}\n"
  }

  private func summary(_ findings: [String]?) -> String {
    let journal = reader.summary
    var result = "journal    \(directory): \(journal.records) records, \(journal.bytes) bytes\n"
    for (index, run) in reader.runs.enumerated() {
      result += "run \(index + 1)      \(hexadecimal(run.runID)) by \(run.buildID)"
      result += index < modes.count ? ", \(modes[index])\n" : "\n"
    }
    if let torn = reader.tornTail {
      result += "torn       \(torn.file) ends with an unfinished record at \(torn.byteOffset)\n"
    }
    result += "orders     \(orderEventCount) events\nfills      \(sums.count)\n"
    if sums.adoptionCount > 0 { result += "adopted    \(sums.adoptionCount) positions\n" }
    if sums.paymentCount > 0 { result += "funding    \(sums.paymentCount) payments\n" }
    for definition in names.strategies {
      for listing in definition.listings {
        let key = FillSums.Key(strategy: definition.index, listing: listing)
        guard let sum = sums.byPosition[key], let units = names.listing(listing) else { continue }
        let quantity = DecimalText.string(sum.quantity, decimals: Int(units.quantityDecimals))
        result += "position   \(quantity) \(names.symbol(of: listing)) at "
        result += "\(names.venueName(of: listing)) (\(definition.name)): realized \(sum.realized), "
        result += "fees \(sum.fees)"
        result += sum.funding == .zero ? "\n" : ", funding \(sum.funding)\n"
      }
    }
    guard let findings else { return result }
    if findings.isEmpty {
      return result
        + "checked    positions, profits, fees, funding and balances equal the sums of fills and payments\n"
    }
    for finding in findings { result += "DIFFERENT  \(finding)\n" }
    return result
  }
}

/// What the recorded fills and funding payments add up to, by strategy and listing.
struct FillSums {
  struct Key: Hashable {
    var strategy: StrategyIndex
    var listing: ListingIndex
  }

  struct Sum {
    var quantity: Int128 = 0
    var realized = Money.zero
    /// Those in the listing's settlement currency, and those that a spot listing charges in what is
    /// bought, as positions count them.
    var fees = Money.zero
    /// Received in the listing's settlement currency; negative is paid.
    var funding = Money.zero
    /// Of a fee in what is bought, what is below one unit and waits for more.
    var basePending = Money.zero

    /// A fee in what was bought: it is gone from the position, and its worth is a fee.
    mutating func charge(_ fee: Money, price: Int64, _ listing: Listing) {
      basePending += fee
      let unit = powerOfTen128(Money.decimals - Int(listing.quantityDecimals))
      let (whole, rest) = basePending.amount.quotientAndRemainder(dividingBy: unit)
      guard let units = Int64(exactly: whole), units != 0,
        let worth = listing.value(price: price, quantity: units)
      else { return }
      quantity -= whole
      fees += worth
      basePending = Money(amount: rest)
    }
  }

  private struct Trade: Hashable {
    var listing: ListingIndex
    var tradeID: TradeID
    /// Two orders of the same account may meet each other.
    var orderID: OrderID
  }

  private(set) var byPosition: [Key: Sum] = [:]
  /// Of contracts, the house account's own: what is adopted is added to it.
  private var house: [ListingIndex: NetPosition] = [:]
  private(set) var adoptionCount = 0
  private(set) var count = 0
  private(set) var findings: [String] = []
  private var trades: Set<Trade> = []

  private struct Payment: Hashable {
    var listing: ListingIndex
    var paymentID: UInt64
  }

  /// What each payment was, as it came in first, and what was booked of it.
  private var payments: [Payment: (amount: Money, booked: Money)] = [:]
  var paymentCount: Int { payments.count }

  /// A payment as the venue told it: the first time counts.
  mutating func take(_ payment: FundingPayment) {
    let key = Payment(listing: payment.listing, paymentID: payment.paymentID)
    if payments[key] == nil { payments[key] = (payment.amount, .zero) }
  }

  /// A part of a payment, booked.
  mutating func add(_ funding: FundingEvent, _ names: RunDefinitions) {
    let key = Key(strategy: funding.strategy, listing: funding.listing)
    if names.listing(funding.listing)?.settlement == funding.currency {
      byPosition[key, default: Sum()].funding += funding.amount
    }
    let payment = Payment(listing: funding.listing, paymentID: funding.paymentID)
    guard let told = payments[payment] else {
      findings.append("funding \(funding.paymentID) is booked, and no venue told it")
      return
    }
    payments[payment] = (told.amount, told.booked + funding.amount)
  }

  /// What an adopted position changed.
  mutating func add(_ step: PositionStep, _ listing: Listing) {
    adoptionCount += 1
    var net = house[listing.index] ?? NetPosition()
    let before = net.realised
    // One that cannot be taken changes nothing: the core has taken it nowhere.
    guard (try? net.take(step, listing: listing)) != nil else { return }
    house[listing.index] = net
    let key = Key(strategy: 0, listing: listing.index)
    byPosition[key, default: Sum()].quantity += Int128(step.quantity)
    byPosition[key, default: Sum()].realized += net.realised - before
  }

  /// Payments of which not exactly the whole was booked.
  func paymentFindings(_ names: RunDefinitions) -> [String] {
    payments.filter { $0.value.amount != $0.value.booked }
      .sorted { ($0.key.listing, $0.key.paymentID) < ($1.key.listing, $1.key.paymentID) }
      .map { key, sum in
        "funding \(key.paymentID) of \(names.symbol(of: key.listing)) is \(sum.amount), booked was "
          + "\(sum.booked)"
      }
  }

  mutating func add(_ fill: FillEvent, _ names: RunDefinitions) {
    count += 1
    let isReversal = fill.flags & FillEvent.bustFlag != 0
    let key = Key(strategy: fill.strategy, listing: fill.listing)
    var sum = byPosition[key] ?? Sum()
    sum.quantity += Int128(fill.side.sign) * Int128(fill.quantity) * (isReversal ? -1 : 1)
    sum.realized += fill.realizedPnL
    if fill.strategy == 0, let listing = names.listing(fill.listing), listing.contractKind != .spot
    {
      let leg = PositionFill(
        strategy: 0, side: fill.side, price: fill.price, quantity: fill.quantity,
        feeCurrency: fill.feeCurrency)
      _ = try? house[fill.listing, default: NetPosition()].book(
        leg, isReversal: isReversal, listing: listing)
    }
    if let listing = names.listing(fill.listing), listing.settlement == fill.feeCurrency {
      sum.fees += isReversal ? -fill.fee : fill.fee
    } else if let listing = names.listing(fill.listing), listing.contractKind == .spot,
      listing.base == fill.feeCurrency
    {
      sum.charge(isReversal ? -fill.fee : fill.fee, price: fill.price, listing)
    }
    byPosition[key] = sum
    if Int128(fill.positionAfter) != sum.quantity {
      findings.append(
        "after trade \(fill.tradeID) the position was \(fill.positionAfter), the fills sum up to "
          + "\(sum.quantity)")
    }
    let changes = FillEvent.bustFlag | FillEvent.correctionFlag
    if fill.flags & changes == 0,
      !trades.insert(
        Trade(
          listing: fill.listing, tradeID: fill.tradeID, orderID: fill.orderID)
      ).inserted
    {
      findings.append("trade \(fill.tradeID) of \(names.symbol(of: fill.listing)) is booked twice")
    }
  }
}
