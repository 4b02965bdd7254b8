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
}
