import MatchingEngine
import TradingModel

/// Requests as `needletail match` reads them: a JSON object a line.
struct RequestScript {
  var shape: BookShape
  var requests: [BookRequest]

  var lines: [String] { [shape.jsonLine] + requests.map(\.jsonLine) }
  var text: String { lines.joined(separator: "\n") + "\n" }
}

/// A flat JSON object whose keys stand in the order in which they came.
private struct FlatObject {
  private var fields: [String] = []

  init(_ op: String) { set("op", text: op) }

  mutating func set(_ key: String, _ value: some BinaryInteger) {
    fields.append("\"\(key)\":\(value)")
  }

  mutating func set(_ key: String, text: String) { fields.append("\"\(key)\":\"\(text)\"") }

  /// Where the default is 0.
  mutating func setUnlessZero(_ key: String, _ value: some BinaryInteger) {
    if value != 0 { set(key, value) }
  }

  mutating func setIf(_ isSet: Bool, _ key: String) {
    if isSet { fields.append("\"\(key)\":true") }
  }

  mutating func setNull(_ key: String) { fields.append("\"\(key)\":null") }

  var line: String { "{" + fields.joined(separator: ",") + "}" }
}

extension BookShape {
  var jsonLine: String {
    var object = FlatObject("instrument")
    object.set("capacity", orderCapacity)
    object.set("seed", seed)
    return object.line
  }
}

extension BookRequest {
  var jsonLine: String {
    var object = FlatObject(op)
    switch self {
    case .submit(let entry, let terms): object.set(entry, terms ?? OrderTerms())
    case .modify(let id, let price, let quantity, let stopPrice):
      object.set("order_id", id)
      object.set("price", price)
      object.set("quantity", quantity)
      if let stopPrice { object.set("stop_price", stopPrice) }
    case .cancelReplace(let id, let price, let leaves):
      object.set("order_id", id)
      object.set("price", price)
      object.set("leaves", leaves)
    case .cancel(let id): object.set("order_id", id)
    case .cancelAll(let owner, let side):
      if let owner { object.set("owner", owner) }
      if let side { object.set("side", text: "\(side)") }
    case .advance(let time): object.set("time_ns", time)
    case .endDay: break
    case .setPosition(let position, let owner):
      object.set("owner", owner)
      if let position { object.set("position", position) } else { object.setNull("position") }
    case .setPhase(let phase, let price):
      object.set("phase", text: snakeCase("\(phase)"))
      object.set("reference_price", price)
    case .uncross(let price): object.set("reference_price", price)
    }
    return object.line
  }

  private var op: String {
    switch self {
    case .submit: "new"
    case .modify: "modify"
    case .cancelReplace: "cancel_replace"
    case .cancel: "cancel"
    case .cancelAll: "cancel_all"
    case .advance: "advance"
    case .endDay: "end_day"
    case .setPosition: "position"
    case .setPhase: "phase"
    case .uncross: "uncross"
    }
  }
}

extension FlatObject {
  fileprivate mutating func set(_ entry: OrderEntry, _ terms: OrderTerms) {
    set("order_id", entry.orderID)
    setUnlessZero("owner", entry.owner)
    set("side", text: "\(entry.side)")
    set("order_type", text: snakeCase("\(entry.type)"))
    if entry.type == .stop || entry.type == .stopLimit {
      set("stop_price", terms.stopPrice)
    } else {
      setUnlessZero("stop_price", terms.stopPrice)
    }
    set("price", entry.price)
    set("quantity", entry.quantity)
    set("time_in_force", text: snakeCase("\(entry.timeInForce)"))
    setIf(entry.instructions.contains(.postOnly), "post_only")
    setIf(entry.instructions.contains(.slide), "slide")
    setIf(entry.instructions.contains(.reduceOnly), "reduce_only")
    setIf(entry.instructions.contains(.hidden), "hidden")
    setIf(entry.instructions.contains(.allOrNone), "all_or_none")
    if entry.selfTradePrevention != .allow {
      set("self_trade_prevention", text: snakeCase("\(entry.selfTradePrevention)"))
    }
    setUnlessZero("trailing_offset", terms.trailingOffset)
    if terms.peg != .none { set("peg", text: "\(terms.peg)") }
    setUnlessZero("peg_offset", terms.pegOffset)
    setUnlessZero("display_quantity", terms.displayQuantity)
    setUnlessZero("display_range", terms.displayRange)
    setUnlessZero("min_quantity", terms.minQuantity)
    setUnlessZero("expire_time_ns", terms.expireTime)
  }
}

/// The schema's names are those of the cases, in small letters with bars.
private func snakeCase(_ name: String) -> String {
  var result = ""
  for letter in name {
    if letter.isUppercase { result += "_" }
    result += letter.lowercased()
  }
  return result
}
