import VenueServer

/// What a parameter may hold. Ranges are told in the errors in the venue's own words.
enum BinanceParameterKind {
  case symbol
  /// A JSON list of symbols.
  case symbols
  /// `^([0-9]{1,20})(\.[0-9]{1,20})?$`
  case decimal
  case integer
  case boolean
  /// One of these words, or this error.
  case word([String], BinanceError?)
  /// `^[a-zA-Z0-9-_]{1,36}$`
  case clientOrderID
  case text
}

/// A parameter as it was sent.
struct BinanceField {
  var name: String
  var value: String
}

extension FormFields {
  /// The fields of a query or a form.
  var sent: [BinanceField] { fields.map { BinanceField(name: $0.name, value: $0.value) } }
}

/// A parameter that an endpoint knows.
struct BinanceParameterRule {
  var name: String
  var kind: BinanceParameterKind
  var isMandatory = false

  static func need(_ name: String, _ kind: BinanceParameterKind) -> BinanceParameterRule {
    BinanceParameterRule(name: name, kind: kind, isMandatory: true)
  }
  static func may(_ name: String, _ kind: BinanceParameterKind) -> BinanceParameterRule {
    BinanceParameterRule(name: name, kind: kind)
  }
}

/// The parameters of one request, checked against the rules of its endpoint.
///
/// The order of checks is the venue's: how many were sent, twice sent ones, missing ones, their form,
/// and at last those that nobody knows (-1101, -1102, -1105, -1100, -1104 of
/// https://developers.binance.com/docs/binance-spot-api-docs/errors).
struct BinanceParameters {
  private let values: [String: String]

  /// - Parameter refusesUnknown: whether fields that no rule names are an error.
  init(
    _ fields: [BinanceField], _ rules: [BinanceParameterRule], refusesUnknown: Bool = true
  ) throws(BinanceError) {
    guard fields.count <= rules.count || !refusesUnknown else {
      throw BinanceError(
        -1101, "Too many parameters; expected '\(rules.count)' and received '\(fields.count)'.")
    }
    var values: [String: String] = [:]
    for field in fields {
      guard values.updateValue(field.value, forKey: field.name) == nil else {
        throw BinanceError(-1101, "Duplicate values for a parameter detected.")
      }
    }
    var readCount = 0
    for rule in rules {
      guard let value = values[rule.name] else {
        if rule.isMandatory { throw .missing(rule.name) }
        continue
      }
      readCount += 1
      if value.isEmpty { throw rule.isMandatory ? .missing(rule.name) : .empty(rule.name) }
      try Self.check(value, rule)
    }
    guard readCount == fields.count || !refusesUnknown else {
      throw BinanceError(
        -1104,
        "Not all sent parameters were read; read '\(readCount)' parameter(s) but was sent "
          + "'\(fields.count)'.")
    }
    self.values = values
  }

  static let symbolRange = #"^[\w\-._&&[^a-z]]{1,50}$"#
  static let decimalRange = #"^([0-9]{1,20})(\.[0-9]{1,20})?$"#
  static let clientOrderIDRange = "^[a-zA-Z0-9-_]{1,36}$"

  private static func check(_ value: String, _ rule: BinanceParameterRule) throws(BinanceError) {
    switch rule.kind {
    case .symbol:
      if !isSymbol(value) { throw .illegal(rule.name, symbolRange) }
    case .symbols:
      guard let list = try? JSONValue.parse(value), let names = list.elements, !names.isEmpty,
        names.allSatisfy({ $0.string.map(isSymbol) ?? false })
      else {
        throw .illegal(
          rule.name, #"^\[("[\w\-._&&[^a-z]]{1,50}"(,"[\w\-._&&[^a-z]]{1,50}"){0,}){0,1}\]$"#)
      }
    case .decimal:
      do throws(DecimalDigits.Refusal) {
        _ = try DecimalDigits.units(value)
      } catch {
        switch error {
        case .form: throw BinanceError.illegal(rule.name, decimalRange)
        case .precision: throw BinanceError.precision(rule.name)
        case .size: throw BinanceError.overflow(rule.name)
        }
      }
    case .integer:
      guard let first = value.utf8.first, (0x30...0x39).contains(first) || first == 0x2D,
        value.utf8.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
      else { throw .illegal(rule.name, "^[0-9]{1,20}$") }
      if Int64(value) == nil { throw .overflow(rule.name) }
    case .boolean:
      if value.lowercased() != "true", value.lowercased() != "false" { throw .notValid(rule.name) }
    case .word(let words, let error):
      if !words.contains(value) { throw error ?? .notValid(rule.name) }
    case .clientOrderID:
      let isLegal = value.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: "_")
      }
      if !isLegal || value.utf8.count > 36 { throw .illegal(rule.name, clientOrderIDRange) }
    case .text: break
    }
  }

  private static func isSymbol(_ text: String) -> Bool {
    (1...50).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
          || byte == UInt8(ascii: ".")
      }
  }

  // MARK: Reading

  subscript(name: String) -> String? { values[name] }

  func integer(_ name: String) -> Int64? { values[name].flatMap(Int64.init) }

  func boolean(_ name: String) -> Bool { values[name]?.lowercased() == "true" }

  /// In units of 10^-8.
  func decimal(_ name: String) -> Int64? {
    values[name].flatMap { try? DecimalDigits.units($0) }
  }

  func symbols(_ name: String) -> [String]? {
    values[name].flatMap { try? JSONValue.parse($0) }?.elements?.compactMap(\.string)
  }

  /// How many entries are asked for; more than `max` are cut to it.
  func limit(_ usual: Int, max: Int) throws(BinanceError) -> Int {
    guard let limit = integer("limit") else { return usual }
    guard limit > 0 else { throw .notValid("limit") }
    return Int(min(limit, Int64(max)))
  }
}
