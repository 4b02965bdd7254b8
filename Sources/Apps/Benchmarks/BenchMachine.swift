import Glibc
import Runtime

/// The machine a result is of.
public struct BenchMachine {
  public let cpu: String
  public let cores: Int
  public let kernel: String
  public let swift: String
  /// When it was asked, UTC.
  public let date: String

  /// This one, now.
  public init() {
    cpu = Self.firstField("model name", in: "/proc/cpuinfo") ?? "unknown"
    cores = AgentRunner.processorCount
    var name = utsname()
    kernel =
      uname(&name) == 0
      ? withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      : "unknown"
    #if compiler(>=6.4)
      swift = "6.4 or later"
    #elseif compiler(>=6.3)
      swift = "6.3"
    #else
      swift = "6.2"
    #endif
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    date = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The value of the first `name : value` line.
  private static func firstField(_ name: String, in path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix(name), let colon = text.firstIndex(of: ":") else { continue }
      let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      return String(value.prefix { $0 != "\n" })
    }
    return nil
  }
}
