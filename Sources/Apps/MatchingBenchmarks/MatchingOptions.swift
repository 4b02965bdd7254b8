import MatchingFlow

/// What `needletail bench matching` was asked for.
struct MatchingOptions {
  var regimes = FlowRegime.allCases
  var json = false
  var orderCount = 1_000_000
  var runs = 7
  var seed: UInt64 = 1
  var library: String?
  /// Plays the flow on one thread without a reader, for profilers.
  var playsOnly = false
  /// How many books to make instead, and how many of them are busy; a tenth when nil.
  var books: Int?
  var activeBooks: Int?
  var wantsHelp = false

  /// A mistake on the command line, in words for its maker.
  struct Mistake: Error { var message: String }

  static let help = """
    usage: needletail bench matching [--regime R] [--json] [--quick] [--seed N] [--runs N]
                                     [--library FILE] [--profile]
           needletail bench matching --books N [--active N] [--json] [--seed N] [--runs N]

    Plays the comparison's order flow through the matching book, with a reader of the reports on the
    second core, in turn with an engine that only publishes the same reports.

      --regime R       only this one: \(FlowRegime.allCases.map(\.rawValue).joined(separator: ", "))
      --json           one JSON document on standard output
      --quick          a tenth of the flow, three runs; the figures mean little
      --seed N         of the flow; 1 if not given
      --runs N         of each engine; 7 if not given
      --library FILE   measures another engine with the comparison's C interface
      --profile        plays each flow on one thread without a reader, for profilers
      --books N        N books in this process, of which a tenth are busy: throughput and memory
      --active N       with --books: how many are busy

    example: needletail bench matching --regime crash

    """

  init(_ arguments: [String]) throws(Mistake) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--json": json = true
      case "--quick": (orderCount, runs) = (100_000, 3)
      case "--profile": playsOnly = true
      case "--help", "-h": wantsHelp = true
      case "--no-colour", "--no-color": break
      case "--regime":
        let name = try Self.value(of: word, &rest)
        guard let regime = FlowRegime(rawValue: name) else {
          throw Mistake(message: "unknown regime '\(name)'; see --help")
        }
        regimes = [regime]
      case "--seed": seed = UInt64(try Self.number(of: word, &rest))
      case "--runs": runs = max(1, try Self.number(of: word, &rest))
      case "--books": books = max(1, try Self.number(of: word, &rest))
      case "--active": activeBooks = max(1, try Self.number(of: word, &rest))
      case "--library": library = try Self.value(of: word, &rest)
      default: throw Mistake(message: "unknown argument '\(word)'; see --help")
      }
    }
  }

  private static func value(
    of flag: String, _ rest: inout ArraySlice<String>
  ) throws(Mistake) -> String {
    guard let value = rest.popFirst() else { throw Mistake(message: "\(flag) wants a value") }
    return value
  }

  private static func number(
    of flag: String, _ rest: inout ArraySlice<String>
  ) throws(Mistake) -> Int {
    guard let number = Int(try value(of: flag, &rest)), number >= 0 else {
      throw Mistake(message: "\(flag) wants a whole number")
    }
    return number
  }
}
