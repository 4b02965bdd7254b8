extension ConfigurationShape where Value == String {
  /// Where requests go: scheme and host, no path.
  static var serverAddress: Self {
    .text("https://HOST or https://HOST:PORT, without a path (http only on this machine)") {
      ConfigurationAddress.accepts($0, secure: "https://", plain: "http://", takesPath: false)
    }
  }

  /// Where a WebSocket is opened.
  static var streamAddress: Self {
    .text("wss://HOST[:PORT][/PATH] (ws only on this machine)") {
      ConfigurationAddress.accepts($0, secure: "wss://", plain: "ws://", takesPath: true)
    }
  }
}

/// Addresses as far as a configuration has to look at them; the transport reads them whole.
enum ConfigurationAddress {
  static func accepts(_ text: String, secure: String, plain: String, takesPath: Bool) -> Bool {
    let isSecure = text.hasPrefix(secure)
    guard isSecure || text.hasPrefix(plain) else { return false }
    let rest = text.dropFirst(isSecure ? secure.count : plain.count)
    guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else {
      return false
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard takesPath || authority.count == rest.count, let host = host(authority) else {
      return false
    }
    return isSecure || isLoopback(host)
  }

  /// The host of `host`, `host:port` or `[address]:port`; nil where it is empty or the port is none.
  private static func host(_ authority: Substring) -> Substring? {
    // A user or pass phrase in an address would be a secret in a file of none.
    if authority.contains("@") { return nil }
    var host = authority
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[...end]
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
    }
    let tail = authority[host.endIndex...]
    if !tail.isEmpty {
      guard tail.hasPrefix(":"), let port = UInt16(tail.dropFirst()), port > 0 else { return nil }
    }
    return host.isEmpty || host == "[]" ? nil : host
  }

  /// Whether a host is this machine: localhost, 127.0.0.0/8 or ::1.
  private static func isLoopback(_ host: Substring) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
