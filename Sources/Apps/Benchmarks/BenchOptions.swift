/// What `needletail bench` was asked for.
struct BenchOptions {
  var json = false
  var scale = BenchScale.full
  var save: String?
  var compare: String?
  var colour = true
  /// Measures only cases whose group has a name that begins with this.
  var only: String?
  var wantsHelp = false

  /// A mistake on the command line, in words for its maker.
  struct Mistake: Error { var message: String }

  static let help = """
    usage: needletail bench [core] [--json] [--quick] [--save FILE] [--compare FILE]
                                  [--only NAME]

    Measures the trading core on this machine, on one pinned thread: order submission, cancel and
    modify with the encoded venue request, fills, books, risk, quotes, journal, replay.

      --json           one JSON document on standard output
      --quick          a few seconds, to see that everything works; the figures mean little
      --save FILE      keeps the figures as JSON
      --compare FILE   shows the ratio to figures kept before
      --only NAME      only the cases measured together with the one whose name begins so
      --no-colour      plain text, also on a terminal

    Other suites, each with its own --help:
      needletail bench matching   the matching engine: requests a second, many books
      needletail bench venues     decoding venues' messages, and the way from the wire to the wire

    example: needletail bench core --save before.json

    """

  init(_ arguments: [String]) throws(Mistake) {
    var rest = arguments[...]
    if rest.first == "core" { rest.removeFirst() }
    while let word = rest.popFirst() {
      switch word {
      case "--json": json = true
      case "--quick": scale = .quick
      case "--no-colour", "--no-color": colour = false
      case "--help", "-h": wantsHelp = true
      case "--only": only = try Self.value(of: word, &rest)
      case "--save": save = try Self.value(of: word, &rest)
      case "--compare": compare = try Self.value(of: word, &rest)
      default:
        throw Mistake(
          message: word.hasPrefix("-")
            ? "unknown argument '\(word)'"
            : "unknown suite '\(word)'; there are core, matching and venues")
      }
    }
  }

  private static func value(
    of flag: String, _ rest: inout ArraySlice<String>
  ) throws(Mistake) -> String {
    guard let value = rest.popFirst() else { throw Mistake(message: "\(flag) wants a value") }
    return value
  }
}
