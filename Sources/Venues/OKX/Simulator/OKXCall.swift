import Exchange
import TradingModel
import VenueServer

/// Parameters of a request by name, out of a query or a JSON object. What is empty was not sent.
struct OKXParameters {
  private var values: [String: String] = [:]
  /// Lists of objects that were sent with something in them.
  private(set) var lists: [String: [OKXParameters]] = [:]
  /// Whether the instrument must be named by its code: order entry over WebSocket has taken nothing else
  /// since spring 2026 (https://www.okx.com/docs-v5/log_en/, "Delist instId request parameter").
  var needsCode = false

  init(_ query: FormFields) {
    for field in query.fields where values[field.name] == nil { values[field.name] = field.value }
  }

  init(_ json: JSONValue) {
    for (key, value) in json.members ?? [] {
      if let text = value.scalarText { values[key] = text }
      // A single object is taken for a list of it.
      let elements = value.elements ?? (value.members == nil ? [] : [value])
      if !elements.isEmpty { lists[key] = elements.map { OKXParameters($0) } }
    }
  }

  subscript(name: String) -> String? {
    guard let value = values[name], !value.isEmpty else { return nil }
    return value
  }

  func need(_ name: String) throws(OKXError) -> String {
    guard let value = self[name] else { throw .empty(name) }
    return value
  }

  /// One of `words`.
  func word(_ name: String, _ words: [String]) throws(OKXError) -> String? {
    guard let value = self[name] else { return nil }
    guard words.contains(value) else { throw .parameter(name) }
    return value
  }

  func integer(_ name: String) throws(OKXError) -> Int64? {
    guard let value = self[name] else { return nil }
    guard let number = Int64(value) else { throw .parameter(name) }
    return number
  }

  func boolean(_ name: String) throws(OKXError) -> Bool {
    try word(name, ["true", "false", "True", "False"])?.lowercased() == "true"
  }

  /// A number above zero.
  func decimal(_ name: String) throws(OKXError) -> Decimal? {
    guard let value = self[name] else { return nil }
    guard let number = try? Decimal(value), number.units > 0 else { throw .parameter(name) }
    return number
  }

  /// How many entries of a list are wanted: 1 to `most`.
  func limit(_ name: String = "limit", usual: Int = 100, most: Int = 100) throws(OKXError) -> Int {
    guard let number = try integer(name) else { return usual }
    guard number > 0 else { throw .parameter(name) }
    return min(Int(number), most)
  }
}

/// One request, signed where it had to be.
struct OKXCall {
  var parameters: OKXParameters
  /// The objects of a request that takes a list.
  var list: [OKXParameters] = []
  /// The account of the key; 0 where none is asked for.
  var account: AccountIndex = 0
  var key: APIKey?
  /// The venue's clock when it came, in microseconds.
  var inTime: Int64 = 0
}

/// What the venue answers: `code`, `msg` and a list.
struct OKXAnswer {
  var code = "0"
  var message = ""
  var data: [JSONValue]
  /// Whether times of arrival and departure are told: of orders.
  var hasTimes = false

  init(_ data: [JSONValue]) { self.data = data }

  /// The outcome of several orders: which of the codes says how many went through
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-multiple-orders).
  init(outcomes: [(json: JSONValue, isDone: Bool)]) {
    data = outcomes.map(\.json)
    hasTimes = true
    let done = outcomes.count { $0.isDone }
    if done == outcomes.count { return }
    code = done == 0 ? "1" : "2"
    message = done == 0 ? "All operations failed" : "Bulk operation partially succeeded"
  }

  func members(_ call: OKXCall, at now: ServerTime) -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("code", .string(code)), ("data", .array(data)),
    ]
    if hasTimes { members.append(("inTime", .string("\(call.inTime)"))) }
    members.append(("msg", .string(message)))
    if hasTimes { members.append(("outTime", .string("\(max(now.microseconds, call.inTime))"))) }
    return members
  }
}
