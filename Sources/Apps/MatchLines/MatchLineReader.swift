import MatchingEngine
import TradingModel

/// What a line is.
public enum MatchLine: Equatable, Sendable {
  /// Empty, or a comment.
  case nothing
  /// A line of output that a scenario expects.
  case expectation
  case request(MatchRequest)
}

/// Reads lines of the form that docs/matching-messages.md describes. Any bytes are safe to read.
public enum MatchLineReader {
  /// More than any line of sense needs.
  public static let lineMax = 1 << 16

  /// What the line in `bytes`, without its end, says.
  public static func line(
    _ bytes: [UInt8], _ scales: MatchScales
  ) throws(MatchLineError) -> MatchLine {
    if bytes.count > lineMax {
      throw MatchLineError(
        .lineTooLong, column: lineMax + 1, expected: "a line of at most \(lineMax) bytes")
    }
    guard let first = bytes.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }),
      bytes[first] != UInt8(ascii: "#")
    else { return .nothing }
    // Levels are arrays, which requests have none of: what is expected is compared as it stands.
    if bytes[first...].starts(with: "{\"kind\":".utf8) { return .expectation }
    let json = try object(bytes)
    if json.entries.allSatisfy({ $0.key == "comment" }), !json.entries.isEmpty { return .nothing }
    return .request(try request(json, scales))
  }

  private static func object(_ bytes: [UInt8]) throws(MatchLineError) -> JSONLine {
    do throws(JSONLine.Mistake) {
      let line = try JSONLine(bytes)
      if let entry = line.entry("comment") {
        guard case .text = entry.value else {
          throw JSONLine.Mistake(column: entry.column, expected: "a text")
        }
      }
      return line
    } catch {
      throw MatchLineError(.syntax, column: error.column, expected: error.expected)
    }
  }

  private static func request(
    _ line: JSONLine, _ scales: MatchScales
  ) throws(MatchLineError) -> MatchRequest {
    let operation = try operation(line)
    let known = ["op", "comment"] + operation.fields
    for entry in line.entries where !known.contains(entry.key) {
      throw MatchLineError(
        .unknownField, column: entry.keyColumn, field: entry.key,
        expected: "a key of \(operation.rawValue)" + hint(entry.key, known) + "; known are "
          + known.joined(separator: ", "))
    }
    let fields = MatchFields(line: line, scales: scales)
    switch operation {
    case .instrument, .book, .orders, .order, .indication, .showPosition, .statistics, .check,
      .hash:
      return try query(operation, fields)
    case .new: return try newOrder(fields)
    default: return try change(operation, fields)
    }
  }

  private static func operation(_ line: JSONLine) throws(MatchLineError) -> MatchOperation {
    let names = MatchOperation.allCases.map(\.rawValue)
    guard let entry = line.entry("op") else {
      throw MatchLineError(
        .missingField, column: 1, field: "op", expected: "\"op\", which is missing")
    }
    guard case .text(let text) = entry.value, let operation = MatchOperation(rawValue: text) else {
      var hint = ""
      if case .text(let text) = entry.value { hint = Self.hint(text, names) }
      throw MatchLineError(
        .unknownOperation, column: entry.column, field: "op",
        expected: "an operation" + hint + "; known are " + names.joined(separator: ", "))
    }
    return operation
  }

  static func hint(_ word: String, _ candidates: [String]) -> String {
    // What is long is no misspelling, and comparing it takes time.
    guard word.utf8.count <= 64 else { return "" }
    return Spelling.nearest(to: word, among: candidates).map { " (did you mean \"\($0)\"?)" } ?? ""
  }

  // MARK: Requests

  private static func query(
    _ operation: MatchOperation, _ fields: MatchFields
  ) throws(MatchLineError) -> MatchRequest {
    switch operation {
    case .instrument:
      return .instrument(
        MatchSetup(
          tick: try fields.step("tick"), lot: try fields.step("lot"),
          capacity: try fields.integer("capacity", in: MatchSetup.capacities),
          seed: try fields.integer("seed")))
    case .book: return .book(depth: try fields.integer("depth", in: MatchSetup.depths))
    case .orders:
      return .orders(side: try fields.name("side", Side.self), price: try fields.price("price"))
    case .order: return .order(try orderID(fields))
    case .indication: return .indication(referencePrice: try reference(fields))
    case .showPosition: return .showPosition(of: try owner(fields))
    case .statistics: return .statistics(memory: try fields.flag("memory"))
    case .check: return .check
    default: return .hash
    }
  }

  private static func change(
    _ operation: MatchOperation, _ fields: MatchFields
  ) throws(MatchLineError) -> MatchRequest {
    switch operation {
    case .modify:
      return .modify(
        try orderID(fields), price: try priceOrNone(fields),
        quantity: try fields.needed("quantity", fields.quantity("quantity")),
        stopPrice: try fields.price("stop_price"))
    case .cancelReplace:
      return .cancelReplace(
        try orderID(fields), price: try priceOrNone(fields),
        leaves: try fields.needed("leaves", fields.quantity("leaves")))
    case .cancel: return .cancel(try orderID(fields))
    case .cancelAll:
      return .cancelAll(
        owner: try fields.integer("owner"), side: try fields.name("side", Side.self))
    case .advance: return .advance(to: try fields.needed("time_ns", fields.integer("time_ns")))
    case .endDay: return .endDay
    case .position:
      let owner = try owner(fields)
      if fields.isNull("position") { return .position(nil, of: owner) }
      return .position(try fields.needed("position", fields.quantity("position")), of: owner)
    case .phase:
      return .phase(
        try fields.needed("phase", fields.name("phase", TradingPhase.self)),
        referencePrice: try reference(fields))
    default: return .uncross(referencePrice: try reference(fields))
    }
  }

  private static func orderID(_ fields: MatchFields) throws(MatchLineError) -> OrderID {
    try fields.needed("order_id", fields.integer("order_id"))
  }

  private static func owner(_ fields: MatchFields) throws(MatchLineError) -> OwnerID {
    try fields.needed("owner", fields.integer("owner"))
  }

  private static func reference(_ fields: MatchFields) throws(MatchLineError) -> Int64 {
    try fields.price("reference_price") ?? 0
  }

  private static func priceOrNone(_ fields: MatchFields) throws(MatchLineError) -> Int64? {
    if fields.isNull("price") { return nil }
    return try fields.needed("price", fields.price("price"))
  }

  private static func newOrder(_ fields: MatchFields) throws(MatchLineError) -> MatchRequest {
    let orderID = try orderID(fields)
    let side = try fields.needed("side", fields.name("side", Side.self))
    let type = try fields.name("order_type", OrderType.self) ?? .limit
    let quantity = try fields.needed("quantity", fields.quantity("quantity"))
    var price = try fields.price("price")
    if type.hasLimit { price = try fields.needed("price", price) }
    let entry = OrderEntry(
      orderID: orderID, price: price ?? side.anyPrice, quantity: quantity,
      owner: try fields.integer("owner") ?? 0, side: side, type: type,
      timeInForce: try fields.name("time_in_force", TimeInForce.self) ?? type.usualTimeInForce,
      instructions: try instructions(fields),
      selfTradePrevention: try fields.name("self_trade_prevention", SelfTradePrevention.self)
        ?? .allow)
    return .new(entry, try terms(fields, type))
  }

  private static func instructions(
    _ fields: MatchFields
  ) throws(MatchLineError) -> OrderInstructions {
    var all: OrderInstructions = []
    for (key, instruction) in OrderInstructions.keys where try fields.flag(key) {
      all.insert(instruction)
    }
    return all
  }

  private static func terms(
    _ fields: MatchFields, _ type: OrderType
  ) throws(MatchLineError) -> OrderTerms {
    var terms = OrderTerms()
    var stopPrice = try fields.price("stop_price")
    if type.hasStopPrice { stopPrice = try fields.needed("stop_price", stopPrice) }
    terms.stopPrice = stopPrice ?? 0
    terms.trailingOffset = try fields.price("trailing_offset") ?? 0
    terms.peg = try fields.name("peg", PegReference.self) ?? .none
    terms.pegOffset = try fields.price("peg_offset") ?? 0
    terms.displayQuantity = try fields.quantity("display_quantity") ?? 0
    terms.displayRange = try fields.quantity("display_range") ?? 0
    terms.minQuantity = try fields.quantity("min_quantity") ?? 0
    terms.expireTime = try fields.integer("expire_time_ns") ?? 0
    return terms
  }
}

// What reading and writing of new orders share.

extension MatchSetup {
  /// What a book can hold.
  public static let capacities = MatchingBook.orderCapacities
  /// How many levels a side can be printed.
  public static let depths = 0...1_000_000
}

extension Side {
  /// The limit of an order that has none.
  var anyPrice: Int64 { self == .buy ? .max : .min }
}

extension OrderType {
  /// What an order has where nothing is said.
  var usualTimeInForce: TimeInForce { self == .market ? .immediateOrCancel : .goodTillCancel }
  /// Whether it cannot be without a stop price.
  var hasStopPrice: Bool { self == .stop || self == .stopLimit }
  /// Whether it cannot be without a limit.
  var hasLimit: Bool { self == .limit || self == .stopLimit }
}

extension OrderInstructions {
  /// The keys of single instructions, in the order in which they are written.
  static let keys: [(String, OrderInstructions)] = [
    ("post_only", .postOnly), ("slide", .slide), ("reduce_only", .reduceOnly),
    ("hidden", .hidden), ("all_or_none", .allOrNone),
  ]
}
