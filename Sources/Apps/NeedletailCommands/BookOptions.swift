import TradingModel
import Venues

/// What `needletail book` was asked for.
struct BookOptions {
  var feed = ""
  var kind = FeedKind.csv
  var files: [String] = []
  var symbol: String?
  var levels = 10
  /// Print after every so many updates; 0: not.
  var every: UInt64 = 0
  /// Print after these updates, ascending.
  var points: [UInt64] = []
  /// Print the book as it is at the end.
  var last = false
  var instruments: String?
  var showsOrders = false
  var wantsHelp = false

  static let flags = [
    "--feed", "--symbol", "--levels", "--every", "--at", "--instruments", "--json", "--orders",
    "--help",
  ]

  /// A mistake on the command line, in words for its maker.
  struct Mistake: Error { var message: String }

  /// Reads the arguments behind `book`.
  init(_ arguments: [String]) throws(Mistake) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      // `--flag value` and `--flag=value`.
      var flag = word
      var attached: String?
      if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
        flag = String(word[..<equals])
        attached = String(word[word.index(after: equals)...])
      }
      switch flag {
      case "--json": break
      case "--orders": showsOrders = true
      case "--help", "-h": wantsHelp = true
      default: try take(flag, attached, &rest)
      }
    }
    if wantsHelp { return }
    if files.isEmpty { throw Mistake(message: "--feed KIND:FILE[,FILE] is missing") }
    if every == 0, points.isEmpty { last = true }
  }

  private mutating func take(
    _ flag: String, _ attached: String?, _ rest: inout ArraySlice<String>
  ) throws(Mistake) {
    guard Self.flags.contains(flag) else {
      let hint = Spelling.nearest(to: flag, among: Self.flags).map { "; did you mean \($0)?" }
      throw Mistake(message: "unknown argument '\(flag)'\(hint ?? "")")
    }
    guard let value = attached ?? rest.popFirst() else {
      throw Mistake(message: "\(flag) wants a value")
    }
    switch flag {
    case "--feed": try takeFeed(value)
    case "--symbol": symbol = value
    case "--levels": levels = Int(try Self.number(flag, value, 0...1_000_000))
    case "--every": every = try Self.number(flag, value, 1...UInt64(Int.max))
    case "--at": try takePoints(value)
    default: instruments = value
    }
  }

  private mutating func takeFeed(_ value: String) throws(Mistake) {
    guard files.isEmpty else {
      throw Mistake(message: "--feed stands twice; several files are joined with a comma")
    }
    guard let colon = value.firstIndex(of: ":") else {
      throw Mistake(message: "--feed wants KIND:FILE[,FILE], got '\(value)'")
    }
    let name = String(value[..<colon])
    guard let kind = VenueRegistry.feedKind(name) else {
      let names = VenueRegistry.feedKindNames
      let hint = Spelling.nearest(to: name, among: names).map { "; did you mean \($0)?" }
      throw Mistake(
        message: "unknown feed kind '\(name)'\(hint ?? ""); known: "
          + names.joined(separator: ", "))
    }
    feed = name
    self.kind = kind
    files = value[value.index(after: colon)...].split(separator: ",").map(String.init)
    if files.isEmpty { throw Mistake(message: "--feed \(name): names no file") }
  }

  private mutating func takePoints(_ value: String) throws(Mistake) {
    for part in value.split(separator: ",", omittingEmptySubsequences: false) {
      if part == "last" {
        last = true
      } else {
        points.append(try Self.number("--at", String(part), 1...UInt64(Int.max)))
      }
    }
    points.sort()
  }

  private static func number(
    _ flag: String, _ text: String, _ range: ClosedRange<UInt64>
  ) throws(Mistake) -> UInt64 {
    guard let number = UInt64(text), range.contains(number) else {
      throw Mistake(
        message: "\(flag) wants a whole number of at least \(range.lowerBound)"
          + (flag == "--at" ? " or 'last'" : "") + ", got '\(text)'")
    }
    return number
  }

  static let help = """
    needletail book: follow a recorded feed and print books as JSON lines

    usage: needletail book --feed KIND:FILE[,FILE] [--symbol S] [--levels N]
                           [--every N | --at N,N,...,last] [--instruments FILE] [--orders]

      --feed KIND:FILE    the capture; several files are one continued capture. Kinds:
                          \(VenueRegistry.feedKindNames.joined(separator: ", "))
      --symbol S          the symbol to follow; needed where the capture holds several
      --levels N          levels to print a side (10)
      --every N           print after every N updates
      --at N,N,...,last   print after these updates, and at the end (without either: last)
      --instruments FILE  tick, lot and decimals; without it they come from the text
      --orders            cme-mbo: the number of orders as a third element of each level
      --json              JSON lines are what is always printed; accepted for uniformity

    \(updates.wrapped(width: 98).joined(separator: "\n"))
    The last line holds the totals. Exit codes: 0 done, 1 output failed, 2 wrong usage or bad file.

    example:
      needletail book --feed \(VenueRegistry.exampleFeedKind):btcusdt_20240808.gz --levels 5 --at 654,1309,last

    """

  /// What `--every` and `--at` count.
  private static var updates: String {
    var counted = ["a diff", "a whole book"]
    var others: [String] = []
    for kind in VenueRegistry.feedKinds {
      if let update = kind.countedUpdate, !counted.contains(update) { counted.append(update) }
      if let update = kind.uncountedUpdate, !others.contains(update) { others.append(update) }
    }
    return "An update is a message of the stream that went into the book: "
      + (counted + ["a quotes row"]).joined(separator: ", ") + ". "
      + others.map { "\($0) is not one. " }.joined()
      + "For \(FeedKind.cmeMBO.name) every record is one, trades and fills among them."
  }
}
