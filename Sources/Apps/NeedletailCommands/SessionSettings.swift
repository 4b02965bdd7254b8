import Glibc
import Journal
import Runtime
import TradingModel
import VenueSimulator

/// What a session on the built-in venues was asked for.
struct SessionSettings {
  enum Pace: String, CaseIterable {
    /// Simulated venues behind TLS on this machine, spoken to as to real ones.
    case real
    /// Built-in venues inside the program, by the clock.
    case clock
    /// The same, as fast as they can be computed: time is counted, not waited for.
    case simulated
  }

  var pace = Pace.real
  /// nil: until interrupted.
  var duration: Int64?
  /// nil: 1, or one above that of the run before.
  var seed: UInt64?
  var journal: String?
  var json = false
  var events = false
  var durability = JournalDurability.process
  var wait = WaitPolicy.block(nanoseconds: 10_000_000)
  var faults = VenueFaults.none
  var signals: String?
  var strategies: [String] = []
  var sets: [String] = []
  /// Whether open orders are canceled when the session ends.
  var cancelsAtEnd = true

  /// The options that `sandbox` and `recover` share.
  static let options: [CommandOption] = [
    .value(
      "seconds", "N",
      "how long, in seconds of the session's time; without it until Ctrl-C on a terminal, "
        + "otherwise 60"),
    .value("seed", "S", "where all chance comes from (1)"),
    .value(
      "pace", "PACE",
      "real: simulated venues over TLS on loopback; clock: venues inside the program, by the clock; "
        + "simulated: the same, as fast as possible, a function of the seed (real)",
      choices: Pace.allCases.map(\.rawValue)),
    .value("signals", "FILE", "trading signals, one JSON object a line", takesPath: true),
    .value(
      "strategy", "NAME:VENUES",
      "a strategy and the venues it trades at, all without VENUES; repeatable "
        + "(\(SandboxStrategies.standard.joined(separator: " and ")))", isRepeatable: true),
    .value(
      "set", "STRATEGY.KEY=VALUE", "a setting of a strategy; repeatable", isRepeatable: true),
    .value(
      "durability", "WHAT",
      "what the journal survives: the death of the process, or, synced to "
        + "disk before anything is sent, that of the machine (process)",
      choices: ["process", "disk"]),
    .value(
      "wait", "HOW", "what the session does while nothing is due (block)",
      choices: ["spin", "yield", "block"]),
    .value(
      "faults", "HOW",
      "what goes wrong at the venues: lost answers, repeated and late reports, "
        + "lost connections, gaps in feeds (none)", choices: ["none", "some"]),
    .flag("events", "print each order and fill event as a JSON line once it is journalled"),
    .flag("json", "print the result as one JSON object; everything else goes to standard error"),
  ]

  init() {}

  init(_ options: CommandOptions) throws(UsageError) {
    pace = options.text("pace").flatMap(Pace.init(rawValue:)) ?? .real
    duration = try options.seconds("seconds")
    seed = try options.integer("seed", in: UInt64.min...UInt64.max)
    json = options.has("json")
    events = options.has("events")
    durability = options.text("durability") == "disk" ? .disk : .process
    switch options.text("wait") {
    case "spin": wait = .spin
    case "yield": wait = .yield
    default: break
    }
    if options.text("faults") == "some" { faults = SandboxMarkets.someFaults }
    signals = options.text("signals")
    strategies = options.texts("strategy")
    sets = options.texts("set")
    if duration == nil, !(showsScreen && pace != .simulated) { duration = 60_000_000_000 }
  }

  /// What the session does while nothing is due, in a word.
  var waitName: String {
    if pace == .simulated { return "no waiting" }
    switch wait {
    case .spin: return "spinning"
    case .yield: return "yielding"
    case .block: return "sleeping"
    }
  }

  /// Whether standard output is for people.
  var isForPeople: Bool { !json && !events }

  /// Whether there is a terminal to draw on.
  var showsScreen: Bool { isForPeople && Terminal().hasScreen }

  /// Where lines for people go.
  var peopleDescriptor: Int32 { isForPeople ? STDOUT_FILENO : STDERR_FILENO }
}

/// Where a journal goes when the user names no place: nothing is left in the working directory.
enum JournalPlace {
  /// `$XDG_STATE_HOME/needletail/sandbox-...`, or the same in a directory of temporary files.
  static func fresh(_ mode: String) -> String {
    var root = Terminal.environment("XDG_STATE_HOME") ?? ""
    if root.isEmpty {
      root = Terminal.environment("TMPDIR") ?? ""
      if root.isEmpty { root = "/tmp" }
      root += "/needletail-\(getuid())"
    } else {
      root += "/needletail"
    }
    var seconds = time_t(Clock.realtime / 1_000_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let year = Int(parts.tm_year) + 1900
    let date = "\(year)\(twoDigits(parts.tm_mon + 1))\(twoDigits(parts.tm_mday))"
    let hour = twoDigits(parts.tm_hour) + twoDigits(parts.tm_min) + twoDigits(parts.tm_sec)
    return "\(root)/\(mode)-\(date)-\(hour)-\(getpid())"
  }

  /// Whether a journal stands at `path`.
  static func holdsJournal(_ path: String) -> Bool {
    guard let listing = opendir(path) else { return false }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(cString: $0.baseAddress!.assumingMemoryBound(to: CChar.self))
      }
      if name.hasPrefix("control-"), name.hasSuffix(".ntj") { return true }
    }
    return false
  }

  private static func twoDigits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
