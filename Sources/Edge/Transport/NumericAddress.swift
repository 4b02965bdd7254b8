import Glibc

/// Numeric addresses of IP, as text.
enum NumericAddress {
  /// Whether `host` is an IPv4 or IPv6 address, without brackets, and no name.
  static func isAddress(_ host: String) -> Bool { isIPv4(host) || isIPv6(host) }

  static func isIPv4(_ host: String) -> Bool {
    var address = in_addr()
    return inet_pton(AF_INET, host, &address) == 1
  }

  static func isIPv6(_ host: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, host, &address) == 1
  }

  /// Whether `host` is "localhost" or an address in 127.0.0.0/8 or ::1 (RFC 6761, section 6.3;
  /// RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
  static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" { return true }
    var four = in_addr()
    if inet_pton(AF_INET, host, &four) == 1 {
      return UInt32(bigEndian: four.s_addr) >> 24 == 127
    }
    var six = in6_addr()
    guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
    return withUnsafeBytes(of: &six) { bytes in
      bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }
  }
}
