import Engine
import TradingModel

/// Order, fill and funding events, and positions that were found, as JSON lines: the same line from a run that prints its events and from an
/// audit of its journal.
struct EventLine {
  private let definitions: RunDefinitions
  private let mode: RunMode
  private var bytes: [UInt8] = []

  init(definitions: RunDefinitions, mode: RunMode) {
    self.definitions = definitions
    self.mode = mode
    bytes.reserveCapacity(512)
  }

  /// The line with its newline; nil for a record that is no such event.
  mutating func text(of record: UnsafeRawPointer) -> String? {
    let header = RecordHeader(at: record)
    bytes.removeAll(keepingCapacity: true)
    switch RecordKind(rawValue: header.kind) {
    case .orderEvent:
      guard let event = OrderEvent(at: record) else { return nil }
      begin("order", header, event.listing, event.strategy)
      write(event)
    case .fillEvent:
      guard let fill = FillEvent(at: record) else { return nil }
      begin("fill", header, fill.listing, fill.strategy)
      write(fill)
    case .fundingEvent:
      let funding = FundingEvent(at: record)
      begin("funding", header, funding.listing, funding.strategy)
      write(funding)
    case .positionAdjustment:
      guard let told = PositionAdjustment(at: record) else { return nil }
      begin("position", header, told.listing, 0)
      write(told)
    default: return nil
    }
    raw("}\n")
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func begin(
    _ name: StaticString, _ header: RecordHeader, _ listing: ListingIndex,
    _ strategy: StrategyIndex
  ) {
    raw("{\"event\": \"")
    raw(name)
    raw("\"")
    number("sequence", header.sequence)
    number("time_ns", header.time)
    text("mode", "\(mode)")
    text("venue", definitions.venueName(of: listing))
    text("symbol", definitions.symbol(of: listing))
    text("strategy", definitions.strategyName(strategy))
    number("account", strategy)
  }

  private mutating func write(_ event: OrderEvent) {
    let listing = definitions.listing(event.listing)
    number("order", event.orderID)
    text("type", "\(event.execType)")
    text("status", "\(event.status)")
    text("state", "\(event.row)")
    text("cause", "\(event.cause)")
    number("request", event.version)
    text("side", "\(event.side)")
    decimal("price", Int128(event.price), listing?.priceDecimals)
    decimal("quantity", Int128(event.quantity), listing?.quantityDecimals)
    decimal("filled", Int128(event.cumulativeQuantity), listing?.quantityDecimals)
    number("uncertainty", event.uncertainty.rawValue)
    number("reason", event.reason)
    number("venue_order", event.venueOrderID)
    number("token", event.token)
  }

  private mutating func write(_ fill: FillEvent) {
    let listing = definitions.listing(fill.listing)
    number("order", fill.orderID)
    number("trade", fill.tradeID)
    text("side", "\(fill.side)")
    text("liquidity", "\(fill.liquidity)")
    decimal("price", Int128(fill.price), listing?.priceDecimals)
    decimal("quantity", Int128(fill.quantity), listing?.quantityDecimals)
    decimal("filled", Int128(fill.cumulativeQuantity), listing?.quantityDecimals)
    decimal("position", Int128(fill.positionAfter), listing?.quantityDecimals)
    decimal("fee", fill.fee.amount, UInt8(Money.decimals))
    text("fee_currency", definitions.currencyCode(fill.feeCurrency))
    decimal("realized", fill.realizedPnL.amount, UInt8(Money.decimals))
    number("flags", fill.flags)
    number("venue_time_ns", fill.venueTime)
  }

  private mutating func write(_ funding: FundingEvent) {
    number("payment", funding.paymentID)
    decimal(
      "position", Int128(funding.position), definitions.listing(funding.listing)?.quantityDecimals)
    decimal("amount", funding.amount.amount, UInt8(Money.decimals))
    text("currency", definitions.currencyCode(funding.currency))
    decimal("funding", funding.fundingAfter.amount, UInt8(Money.decimals))
    number("venue_time_ns", funding.venueTime)
  }

  private mutating func write(_ told: PositionAdjustment) {
    let listing = definitions.listing(told.listing)
    text("policy", "\(told.policy)")
    decimal("before", Int128(told.quantityBefore), listing?.quantityDecimals)
    decimal("quantity", Int128(told.quantity), listing?.quantityDecimals)
    decimal("entry_price", Int128(told.entryPrice), listing?.priceDecimals)
    number("venue_time_ns", told.venueTime)
  }

  private mutating func raw(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func key(_ name: StaticString) {
    raw(", \"")
    raw(name)
    raw("\": ")
  }

  private mutating func number<T: BinaryInteger>(_ name: StaticString, _ value: T) {
    key(name)
    DecimalText.append(Int128(value), decimals: 0, to: &bytes)
  }

  private mutating func decimal(_ name: StaticString, _ units: Int128, _ decimals: UInt8?) {
    key(name)
    raw("\"")
    DecimalText.append(units, decimals: Int(decimals ?? 0), to: &bytes)
    raw("\"")
  }

  private mutating func text(_ name: StaticString, _ value: String) {
    key(name)
    bytes.append(contentsOf: quoted(value).utf8)
  }
}

// Names of what records name by index; of what was never defined, the index.
extension RunDefinitions {
  func listing(_ index: ListingIndex) -> Listing? {
    definition(index)?.listing
  }

  private func definition(_ index: ListingIndex) -> ListingDefinition? {
    if Int(index) < listings.count, listings[Int(index)].listing.index == index {
      return listings[Int(index)]
    }
    return listings.first { $0.listing.index == index }
  }

  func symbol(of index: ListingIndex) -> String { definition(index)?.symbol ?? "#\(index)" }

  func venueName(of index: ListingIndex) -> String {
    guard let venue = listing(index)?.venue, Int(venue) < venues.count else { return "" }
    return venues[Int(venue)]
  }

  func currencyCode(_ index: CurrencyIndex) -> String {
    Int(index) < currencies.count ? currencies[Int(index)] : "#\(index)"
  }

  func strategyName(_ index: StrategyIndex) -> String {
    if let strategy = strategies.first(where: { $0.index == index }) { return strategy.name }
    return index == 0 ? "house" : "#\(index)"
  }
}
