import MatchingEngine
import TradingModel

/// The values of one line's keys, checked as they are taken.
struct MatchFields {
  let line: JSONLine
  let scales: MatchScales

  private func error(
    _ fault: MatchLineError.Fault, _ entry: JSONLine.Entry, _ expected: String
  ) -> MatchLineError {
    let found =
      switch entry.value {
      case .text(let text): "\"\(text)\""
      case .number(let text): text
      case .boolean(let value): "\(value)"
      case .null: "null"
      }
    return MatchLineError(
      fault, column: entry.column, field: entry.key, expected: "\(expected), found \(found)")
  }

  /// `value`, or the error of a key that has no default.
  func needed<T>(_ key: String, _ value: T?) throws(MatchLineError) -> T {
    guard let value else {
      throw MatchLineError(
        .missingField, column: 1, field: key, expected: "\"\(key)\", which is missing")
    }
    return value
  }

  func isNull(_ key: String) -> Bool { line.entry(key)?.value == .null }

  // MARK: Numbers

  private func text(
    _ entry: JSONLine.Entry, _ expected: String
  ) throws(MatchLineError) -> String {
    switch entry.value {
    case .text(let text), .number(let text): return text
    default: throw error(.wrongValue, entry, expected)
    }
  }

  /// A whole number in `range`; nil when the key is not there.
  func integer<T: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<T> = T.min...T.max
  ) throws(MatchLineError) -> T? {
    guard let entry = line.entry(key) else { return nil }
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    let text = try text(entry, expected)
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- 0x30 <= 9 }) else {
      throw error(.wrongValue, entry, expected)
    }
    guard let value = T(text), range.contains(value) else {
      throw error(.outOfRange, entry, expected)
    }
    return value
  }

  /// A price in ticks; nil when the key is not there.
  func price(_ key: String) throws(MatchLineError) -> Int64? {
    try steps(key, scales.price, "tick")
  }

  /// A quantity in units; nil when the key is not there.
  func quantity(_ key: String) throws(MatchLineError) -> Int64? {
    try steps(key, scales.quantity, "lot")
  }

  private func steps(
    _ key: String, _ scale: MatchScale, _ stepName: String
  ) throws(MatchLineError) -> Int64? {
    guard let entry = line.entry(key) else { return nil }
    let expected = scale.isDecimal ? "a decimal number without an exponent" : "a whole number"
    let text = try text(entry, expected)
    do throws(MatchScale.Mistake) {
      return try scale.steps(text)
    } catch .notANumber {
      throw self.error(.wrongValue, entry, expected)
    } catch .offGrid {
      throw self.error(
        .offGrid, entry, "a multiple of the \(stepName), which is \(scale.stepText)")
    } catch {
      throw self.error(.outOfRange, entry, "a number of \(stepName)s that fits in 64 bits")
    }
  }

  /// A tick or a lot. A bound on its digits keeps all that is printed within 128 bits.
  func step(_ key: String) throws(MatchLineError) -> Decimal? {
    guard let entry = line.entry(key) else { return nil }
    let expected = "a number above 0 of at most 9 digits and 18 decimals, such as \"0.01\""
    guard let value = MatchSetup.step(try text(entry, expected)) else {
      throw error(.wrongValue, entry, expected)
    }
    return value
  }

  // MARK: Names

  /// A name of one of `T`'s values; nil when the key is not there.
  func name<T: Spelled>(_ key: String, _ type: T.Type) throws(MatchLineError) -> T? {
    guard let entry = line.entry(key) else { return nil }
    let names = T.allCases.map(\.spelling)
    let expected = "one of " + names.joined(separator: ", ")
    guard case .text(let text) = entry.value else { throw error(.wrongValue, entry, expected) }
    for value in T.allCases where value.spelling == text { return value }
    let hint = MatchLineReader.hint(text, names)
    throw error(.wrongValue, entry, expected + hint)
  }

  /// A switch; false when the key is not there.
  func flag(_ key: String) throws(MatchLineError) -> Bool {
    guard let entry = line.entry(key) else { return false }
    guard case .boolean(let value) = entry.value else {
      throw error(.wrongValue, entry, "true or false")
    }
    return value
  }
}

extension MatchSetup {
  /// The number above 0, of at most 9 digits and 18 decimals, that `text` is; nil when it is none.
  public static func step(_ text: String) -> Decimal? {
    guard let value = try? Decimal(text), value.units > 0 else { return nil }
    return value.normalized.units < 1_000_000_000 ? value.normalized : nil
  }
}
