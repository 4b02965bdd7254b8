import Glibc
import VenueServer

/// What a directory with the state of simulated products does not allow.
public struct SimulationStateError: Error, Equatable, CustomStringConvertible {
  public var description: String
}

/// The directory in which simulated products keep what they are, so that a later process goes on where an
/// earlier one ended, however that ended.
///
///     lock               held while a process serves
///     settings.json      what the products were started with, and their ports
///     tls/               the test authority and the server's certificate
///     PRODUCT/keys/      private keys of clients
///     PRODUCT/inputs.log everything that the product was told (`InputLog`)
public final class SimulationState {
  /// Where the products listened before.
  struct Ports: Equatable {
    var ports: [UInt16]
    var adminPort: UInt16
  }

  public let directory: String
  private let feeds: [String]
  private let lock: Int32
  /// What `keep` writes: the words of the command line, with their values.
  private var settings: [(key: String, value: String)] = []

  /// Makes the directory where there is none.
  ///
  /// - Parameter feeds: the recorded feeds, in words that name their files.
  /// - Throws: where another process serves from it, or it cannot be made.
  public init(_ directory: String, feeds: [String] = []) throws(SimulationStateError) {
    self.directory = directory
    self.feeds = feeds
    try Self.make(directory)
    lock = open(directory + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw Self.failure(directory + "/lock", "cannot be opened") }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      Glibc.close(lock)
      throw SimulationStateError(description: "\(directory): another process serves from it")
    }
  }

  deinit { Glibc.close(lock) }

  var authorityDirectory: String { directory + "/tls" }
  func keyDirectory(of product: String) -> String { "\(directory)/\(product)/keys" }
  func logPath(of product: String) -> String { "\(directory)/\(product)/inputs.log" }
  private var settingsPath: String { directory + "/settings.json" }

  /// Compares what is to be served with what was, and gives the settings their first start time.
  ///
  /// - Returns: nil where nothing was served yet: `keep` is then called once the ports are known.
  func begin(
    _ products: [String], _ settings: inout VenueSimulationSettings, port: UInt16, isSecure: Bool
  ) throws(SimulationStateError) -> Ports? {
    self.settings = [
      ("products", products.joined(separator: ",")), ("seed", "\(settings.seed)"),
      ("rate", "\(settings.eventsPerSecond)"), ("limits", "\(settings.limitsRates)"),
      ("feeds", feeds.joined(separator: " ")), ("port", "\(port)"), ("tls", "\(isSecure)"),
    ]
    for product in products { try Self.make("\(directory)/\(product)") }
    guard access(settingsPath, F_OK) == 0 else {
      // What a process left that never was ready was told to nobody.
      for product in products { unlink(logPath(of: product)) }
      self.settings.append(("startTime", "\(settings.startTime)"))
      return nil
    }
    let kept = try readSettings()
    for (key, value) in self.settings {
      let before = kept[key]?.string
      if before != value {
        throw SimulationStateError(
          description: "\(settingsPath): \(key): it was started with '\(before ?? "nothing")', now "
            + "'\(value)' is asked for; give the same, or another directory")
      }
    }
    guard let start = kept["startTime"]?.string.flatMap({ Int64($0) }),
      let ports = kept["ports"]?.elements?.compactMap({ $0.integer.flatMap(UInt16.init(exactly:)) }
      ),
      let admin = kept["adminPort"]?.integer.flatMap({ UInt16(exactly: $0) }),
      ports.count == products.count
    else {
      throw SimulationStateError(
        description: "\(settingsPath): expected startTime, a port for each product and adminPort")
    }
    settings.startTime = start
    return Ports(ports: ports, adminPort: admin)
  }

  /// Remembers what is served, once it can be.
  func keep(ports: [UInt16], adminPort: UInt16) throws(SimulationStateError) {
    var members = settings.map { (key: $0.key, value: JSONValue.string($0.value)) }
    members.append(("ports", .array(ports.map { .integer($0) })))
    members.append(("adminPort", .integer(adminPort)))
    let text = Array((JSONValue.object(members).text + "\n").utf8)
    let unfinished = settingsPath + ".new"
    let file = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Self.failure(unfinished, "cannot be opened") }
    defer { Glibc.close(file) }
    guard write(file, text, text.count) == text.count, rename(unfinished, settingsPath) == 0 else {
      throw Self.failure(settingsPath, "cannot be written")
    }
  }

  private func readSettings() throws(SimulationStateError) -> JSONValue {
    let file = open(settingsPath, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Self.failure(settingsPath, "cannot be opened") }
    defer { Glibc.close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(file, &bytes, bytes.count)
    guard count >= 0 else { throw Self.failure(settingsPath, "cannot be read") }
    do throws(JSONError) {
      return try JSONValue.parse(Array(bytes.prefix(count)))
    } catch {
      throw SimulationStateError(description: "\(settingsPath): \(error)")
    }
  }

  private static func make(_ directory: String) throws(SimulationStateError) {
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
      throw failure(directory, "cannot be made")
    }
  }

  private static func failure(_ path: String, _ what: String) -> SimulationStateError {
    SimulationStateError(description: "\(path): \(what): \(String(cString: strerror(errno)))")
  }
}
