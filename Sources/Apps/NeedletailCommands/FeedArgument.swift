import TradingModel
import Venues

/// `KIND:FILE[,FILE]`: a recorded feed on the command line.
struct FeedArgument {
  var kind: FeedKind
  var files: [String]

  init(_ text: String) throws(UsageError) {
    guard let colon = text.firstIndex(of: ":") else {
      throw UsageError(
        "--feed wants KIND:FILE[,FILE], got '\(text)'")
    }
    let name = String(text[..<colon])
    guard let kind = VenueRegistry.feedKind(name) else {
      let names = VenueRegistry.feedKindNames
      let hint = Spelling.nearest(to: name, among: names).map { "; did you mean \($0)?" }
      throw UsageError(
        "unknown feed kind '\(name)'\(hint ?? ""); known: \(names.joined(separator: ", "))"
      )
    }
    self.kind = kind
    files = text[text.index(after: colon)...].split(separator: ",").map(String.init)
    if files.isEmpty {
      throw UsageError(
        "--feed \(name): names no file")
    }
  }
}

/// A length of time on the command line: `500us`, `1ms`, `2s`, `250ns`.
enum DurationArgument {
  static func nanoseconds(_ option: String, _ text: String) throws(UsageError) -> Int64 {
    let units: [(String, Int64)] = [
      ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
    ]
    for (suffix, scale) in units where text.hasSuffix(suffix) {
      guard let number = Int64(text.dropLast(suffix.count)), number >= 0 else { continue }
      let (product, overflow) = number.multipliedReportingOverflow(by: scale)
      if !overflow { return product }
    }
    throw UsageError(
      "--\(option): a time such as 500us, 1ms or 2s was expected, got '\(text)'")
  }
}
