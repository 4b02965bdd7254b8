import TradingModel
import Venues

/// `KIND:FILE[,FILE]`: a recorded feed on the command line.
struct FeedArgument {
  /// What the user calls the kind: its own name, or a venue's.
  var name: String
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
    self.name = name
    self.kind = kind
    files = text[text.index(after: colon)...].split(separator: ",").map(String.init)
    if files.isEmpty {
      throw UsageError(
        "--feed \(name): names no file")
    }
  }
}

extension InstrumentFile {
  /// The definition of a symbol of a feed, under the name that the user gave the feed, the name of its
  /// kind, or, where that was given, the name of a venue whose recordings are of the kind.
  ///
  /// - Throws: where several venues' definitions would do.
  func definition(
    feed name: String, _ kind: FeedKind, symbol: String
  ) throws(UsageError) -> InstrumentDefinition? {
    for venue in [name, kind.name] {
      if let found = definition(venue: venue, symbol: symbol) { return found }
    }
    guard name == kind.name else { return nil }
    let found = VenueRegistry.venueNames(recording: kind).compactMap {
      definition(venue: $0, symbol: symbol)
    }
    guard found.count < 2 else {
      throw UsageError(
        "the instruments file defines '\(symbol)' of \(found.map(\.venue).joined(separator: " and "))"
          + ": say which by --feed VENUE:FILE")
    }
    return found.first
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
