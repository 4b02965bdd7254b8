import Glibc

/// A run's configuration as it was read: every value, and where it came from.
public struct RunConfigurationFile: Sendable {
  /// The file's name, for messages.
  public let file: String
  public let configuration: RunConfiguration
  /// Every value there could be in these sections, in the order of docs/configuration.md.
  public let entries: [ConfigurationEntry]

  /// Reads `path` with `overlay` before it.
  ///
  /// - Throws: `ConfigurationError` with the place of the first mistake.
  public init(
    path: String, overlay: ConfigurationOverlay = ConfigurationOverlay()
  ) throws(ConfigurationError) {
    try self.init(bytes: Self.bytes(of: path), file: path, overlay: overlay)
  }

  /// Reads a document; `file` is for messages.
  public init(
    bytes: [UInt8], file: String, overlay: ConfigurationOverlay = ConfigurationOverlay()
  ) throws(ConfigurationError) {
    let table: TOMLTable
    do throws(TOMLError) {
      table = try TOMLDocument.parse(bytes)
    } catch {
      throw ConfigurationError("\(error.problem)", at: .file(file, error.place))
    }
    let reader = ConfigurationReader(table, file: file, overlay: overlay)
    self.file = file
    configuration = try RunConfiguration(reader)
    entries = reader.entries
  }

  /// Where the value at `path` came from; the whole file where nothing was asked there, or nothing
  /// given.
  public func origin(of path: String) -> ConfigurationOrigin {
    let entry = entries.first { $0.path == path }
    guard let entry, entry.origin != .standard else { return .wholeFile(file) }
    return entry.origin
  }

  private static let byteCountMax = 1 << 20

  private static func bytes(of path: String) throws(ConfigurationError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while descriptor >= 0, bytes.count <= byteCountMax {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0, errno != EINTR { break }
      if count > 0 { bytes.append(contentsOf: chunk[..<count]) }
    }
    let reason =
      bytes.count > byteCountMax ? "larger than 1 MiB" : String(cString: strerror(errno))
    throw ConfigurationError("cannot be read: \(reason)", at: .wholeFile(path))
  }
}
