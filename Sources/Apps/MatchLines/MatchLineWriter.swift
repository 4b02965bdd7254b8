import MatchingEngine
import TradingModel

/// Writes lines; the keys of each kind stand in one order.
public struct MatchLineWriter {
  /// What was written and not yet taken away.
  public var bytes: [UInt8] = []
  public var scales: MatchScales
  private var isFirst = true

  public init(scales: MatchScales = MatchScales()) { self.scales = scales }

  // MARK: Pieces

  mutating func begin(_ key: StaticString, _ name: String) {
    raw("{")
    isFirst = true
    text(key, name)
  }

  mutating func end() { raw("}\n") }

  mutating func raw(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func key(_ name: StaticString) {
    raw(isFirst ? "\"" : ",\"")
    isFirst = false
    raw(name)
    raw("\":")
  }

  /// Names have nothing in them that needs an escape.
  mutating func text(_ key: StaticString, _ value: String) {
    self.key(key)
    raw("\"")
    bytes.append(contentsOf: value.utf8)
    raw("\"")
  }

  mutating func number<T: BinaryInteger>(_ key: StaticString, _ value: T) {
    self.key(key)
    DecimalText.append(Int128(value), decimals: 0, to: &bytes)
  }

  mutating func price(_ key: StaticString, _ ticks: Int64) {
    self.key(key)
    scales.price.append(Int128(ticks), to: &bytes)
  }

  mutating func quantity(_ key: StaticString, _ units: Int128) {
    self.key(key)
    scales.quantity.append(units, to: &bytes)
  }

  mutating func quantity(_ key: StaticString, _ units: Int64) { quantity(key, Int128(units)) }

  mutating func boolean(_ key: StaticString, _ value: Bool) {
    self.key(key)
    raw(value ? "true" : "false")
  }

  mutating func null(_ key: StaticString) {
    self.key(key)
    raw("null")
  }

  // MARK: Requests

  /// Writes `request` as a line. Values equal to their defaults are left out, so that reading gives
  /// an equal request.
  public mutating func write(_ request: MatchRequest) {
    begin("op", request.operation.rawValue)
    switch request {
    case .instrument(let setup): write(setup)
    case .new(let entry, let terms):
      write(entry)
      write(terms, entry.type)
    case .modify(let orderID, let price, let quantity, let stopPrice):
      number("order_id", orderID)
      priceOrNull(price)
      self.quantity("quantity", quantity)
      if let stopPrice { self.price("stop_price", stopPrice) }
    case .cancelReplace(let orderID, let price, let leaves):
      number("order_id", orderID)
      priceOrNull(price)
      quantity("leaves", leaves)
    case .position(let position, let owner):
      number("owner", owner)
      if let position { quantity("position", position) } else { null("position") }
    case .cancelAll(let owner, let side):
      if let owner { number("owner", owner) }
      if let side { text("side", side.spelling) }
    case .advance(let time): number("time_ns", time)
    case .phase(let phase, let referencePrice):
      text("phase", phase.spelling)
      reference(referencePrice)
    default: writeQuery(request)
    }
    end()
  }

  private mutating func writeQuery(_ request: MatchRequest) {
    switch request {
    case .cancel(let orderID), .order(let orderID): number("order_id", orderID)
    case .uncross(let price), .indication(let price): reference(price)
    case .book(let depth): if let depth { number("depth", depth) }
    case .orders(let side, let price):
      if let side { text("side", side.spelling) }
      if let price { self.price("price", price) }
    case .showPosition(let owner): number("owner", owner)
    case .statistics(let memory): if memory { boolean("memory", true) }
    default: break
    }
  }

  private mutating func write(_ setup: MatchSetup) {
    if let tick = setup.tick { text("tick", "\(tick)") }
    if let lot = setup.lot { text("lot", "\(lot)") }
    if let capacity = setup.capacity { number("capacity", capacity) }
    if let seed = setup.seed { number("seed", seed) }
  }

  private mutating func write(_ entry: OrderEntry) {
    number("order_id", entry.orderID)
    if entry.owner != 0 { number("owner", entry.owner) }
    text("side", entry.side.spelling)
    if entry.type != .limit { text("order_type", entry.type.spelling) }
    if entry.type.hasLimit || entry.price != entry.side.anyPrice { price("price", entry.price) }
    quantity("quantity", entry.quantity)
    if entry.timeInForce != entry.type.usualTimeInForce {
      text("time_in_force", entry.timeInForce.spelling)
    }
    let instructions = entry.instructions
    if instructions.contains(.postOnly) { boolean("post_only", true) }
    if instructions.contains(.slide) { boolean("slide", true) }
    if instructions.contains(.reduceOnly) { boolean("reduce_only", true) }
    if instructions.contains(.hidden) { boolean("hidden", true) }
    if instructions.contains(.allOrNone) { boolean("all_or_none", true) }
    if entry.selfTradePrevention != .allow {
      text("self_trade_prevention", entry.selfTradePrevention.spelling)
    }
  }

  private mutating func write(_ terms: OrderTerms, _ type: OrderType) {
    if type.hasStopPrice || terms.stopPrice != 0 { price("stop_price", terms.stopPrice) }
    if terms.trailingOffset != 0 { price("trailing_offset", terms.trailingOffset) }
    if terms.peg != .none { text("peg", terms.peg.spelling) }
    if terms.pegOffset != 0 { price("peg_offset", terms.pegOffset) }
    if terms.displayQuantity != 0 { quantity("display_quantity", terms.displayQuantity) }
    if terms.displayRange != 0 { quantity("display_range", terms.displayRange) }
    if terms.minQuantity != 0 { quantity("min_quantity", terms.minQuantity) }
    if terms.expireTime != 0 { number("expire_time_ns", terms.expireTime) }
  }

  private mutating func priceOrNull(_ price: Int64?) {
    if let price { self.price("price", price) } else { null("price") }
  }

  private mutating func reference(_ price: Int64) {
    if price != 0 { self.price("reference_price", price) }
  }
}
