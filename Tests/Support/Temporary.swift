import Glibc

/// Where tests put what is gone with them: under the system's temporary directory.
public enum Temporary {
  /// A new, empty directory.
  public static func directory() -> String {
    var template = template
    return String(cString: mkdtemp(&template)!)
  }

  /// A new file with this content.
  public static func file(_ text: String) -> String {
    var template = template
    let descriptor = mkstemp(&template)
    _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static var template: [CChar] {
    let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    return Array("\(root)/needletail-test-XXXXXX".utf8CString)
  }
}
