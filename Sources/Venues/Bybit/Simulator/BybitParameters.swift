import TradingModel
import VenueServer

/// The parameters of one request: a query's fields, or the members of a JSON object. Values that are
/// empty count as not sent, as at the venue.
struct BybitParameters {
  private let values: [String: JSONValue]

  /// Those of a query; of fields that stand twice the first one.
  init(_ fields: FormFields) {
    var values: [String: JSONValue] = [:]
    for field in fields.fields where values[field.name] == nil {
      values[field.name] = .string(field.value)
    }
    self.values = values
  }

  /// Those of a JSON object.
  ///
  /// - Throws: 10001 for anything else.
  init(_ json: JSONValue) throws(BybitError) {
    guard let members = json.members else { throw BybitError(10001, "Request parameter error.") }
    var values: [String: JSONValue] = [:]
    for member in members { values[member.key] = member.value }
    self.values = values
  }

  /// Those of a JSON text; nothing is an empty object.
  init(body: String) throws(BybitError) {
    if body.isEmpty {
      try self.init(JSONValue.object([]))
      return
    }
    guard let json = try? JSONValue.parse(body) else {
      throw BybitError(10001, "Request parameter error.")
    }
    try self.init(json)
  }

  subscript(name: String) -> String? {
    guard let text = values[name]?.scalarText, !text.isEmpty else { return nil }
    return text
  }

  func json(_ name: String) -> JSONValue? { values[name] }

  func integer(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }

  func boolean(_ name: String) -> Bool { self[name]?.lowercased() == "true" }

  /// Exact; nil where it was not sent.
  ///
  /// - Throws: `error` where it is no decimal.
  func decimal(_ name: String, or error: BybitError) throws(BybitError) -> Decimal? {
    guard let text = self[name] else { return nil }
    guard let value = try? Decimal(text) else { throw error }
    return value
  }

  /// How many entries are asked for: at least one, at most `max`.
  func limit(_ usual: Int, max: Int) throws(BybitError) -> Int {
    guard let text = self["limit"] else { return usual }
    guard let limit = Int(text), limit >= 1 else { throw .invalid("limit") }
    return min(limit, max)
  }

  /// The product line; one that is not simulated is refused as one that is none.
  func category() throws(BybitError) -> BybitCategory {
    guard let text = self["category"], let category = BybitCategory(rawValue: text) else {
      throw .illegalCategory
    }
    return category
  }
}
