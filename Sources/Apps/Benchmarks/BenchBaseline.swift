/// The figures of an earlier run, read from what `--save` wrote.
struct BenchBaseline {
  private var values: [String: Double] = [:]

  /// Reads one result a line; nil when `text` holds none.
  init?(_ text: String) {
    for line in text.split(separator: "\n") {
      guard let name = Self.field("name", in: line), let value = Self.number("median", in: line)
      else { continue }
      values[name] = value
    }
    if values.isEmpty { return nil }
  }

  private static func field(_ key: String, in line: Substring) -> String? {
    guard let start = range(of: "\"\(key)\": \"", in: line) else { return nil }
    return String(line[start...].prefix { $0 != "\"" })
  }

  private static func number(_ key: String, in line: Substring) -> Double? {
    guard let start = range(of: "\"\(key)\": ", in: line) else { return nil }
    return Double(line[start...].prefix { $0.isNumber || $0 == "." })
  }

  /// Where what follows the first `key` begins.
  private static func range(of key: String, in line: Substring) -> Substring.Index? {
    var rest = line
    while !rest.isEmpty {
      if rest.hasPrefix(key) { return rest.index(rest.startIndex, offsetBy: key.count) }
      rest = rest.dropFirst()
    }
    return nil
  }

  /// The new median over the old one, for the table: below 1 is faster for times, above 1 for rates.
  func ratio(of result: BenchResult) -> String {
    guard let old = values[result.benchCase.name], old > 0 else { return " (new) " }
    let hundredths = Int((result.median / old * 100).rounded())
    let digits = hundredths % 100
    return " x\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits) "
  }
}
