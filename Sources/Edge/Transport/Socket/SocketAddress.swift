import Glibc

/// An IPv4 or IPv6 address and a port: where a socket connects to, or is bound.
public struct SocketAddress: Hashable, Sendable {
  /// Which IP it belongs to.
  public enum Family: Hashable, Sendable {
    case ipv4, ipv6
  }

  /// Which IP it belongs to.
  public let family: Family
  /// 0 where the kernel chooses, for the address to bind to.
  public let port: UInt16
  /// The address in network order; IPv4 in the first four bytes.
  private let octets: (UInt64, UInt64)
  /// The interface of a link-local IPv6 address.
  private let scope: UInt32

  /// A numeric address, IPv6 without brackets; nil for anything else.
  public init?(_ host: String, port: UInt16) {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, host, &four) == 1 {
      self.init(four, port: port)
    } else if inet_pton(AF_INET6, host, &six) == 1 {
      self.init(six, port: port, scope: 0)
    } else {
      return nil
    }
  }

  /// What the system gave; nil for other families than IP.
  init?(_ address: UnsafePointer<sockaddr>) {
    let bytes = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let four = bytes.loadUnaligned(as: sockaddr_in.self)
      self.init(four.sin_addr, port: UInt16(bigEndian: four.sin_port))
    case AF_INET6:
      let six = bytes.loadUnaligned(as: sockaddr_in6.self)
      self.init(
        six.sin6_addr, port: UInt16(bigEndian: six.sin6_port), scope: six.sin6_scope_id)
    default: return nil
    }
  }

  private init(_ address: in_addr, port: UInt16) {
    family = .ipv4
    self.port = port
    octets = (UInt64(address.s_addr), 0)
    scope = 0
  }

  private init(_ address: in6_addr, port: UInt16, scope: UInt32) {
    family = .ipv6
    self.port = port
    octets = withUnsafeBytes(of: address) { bytes in
      (
        bytes.loadUnaligned(as: UInt64.self),
        bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      )
    }
    self.scope = scope
  }

  /// The same address with another port.
  public func with(port: UInt16) -> SocketAddress {
    var text = self.storage
    text.sin6_port = port.bigEndian
    return withUnsafePointer(to: &text) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { SocketAddress($0)! }
    }
  }

  /// Whether it is 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    switch family {
    case .ipv4: octets.0 & 0xFF == 127
    case .ipv6: octets.0 == 0 && octets.1 == UInt64(1).bigEndian
    }
  }

  /// As the system's calls want it; an IPv4 address lies in the front part.
  private var storage: sockaddr_in6 {
    var storage = sockaddr_in6()
    switch family {
    case .ipv4:
      withUnsafeMutableBytes(of: &storage) { bytes in
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = port.bigEndian
        four.sin_addr.s_addr = in_addr_t(truncatingIfNeeded: octets.0)
        bytes.storeBytes(of: four, as: sockaddr_in.self)
      }
    case .ipv6:
      storage.sin6_family = sa_family_t(AF_INET6)
      storage.sin6_port = port.bigEndian
      storage.sin6_scope_id = scope
      withUnsafeMutableBytes(of: &storage.sin6_addr) { bytes in
        bytes.storeBytes(of: octets.0, as: UInt64.self)
        bytes.storeBytes(of: octets.1, toByteOffset: 8, as: UInt64.self)
      }
    }
    return storage
  }

  var systemFamily: Int32 { family == .ipv4 ? AF_INET : AF_INET6 }

  /// Calls `body` with the address as the system's calls want it; gives what `body` gives.
  func withSystemAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    let size =
      family == .ipv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
    return withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
    }
  }

  public static func == (a: SocketAddress, b: SocketAddress) -> Bool {
    a.family == b.family && a.port == b.port && a.octets == b.octets && a.scope == b.scope
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(port)
    hasher.combine(octets.0)
    hasher.combine(octets.1)
  }
}

extension SocketAddress: CustomStringConvertible {
  /// "203.0.113.7:443" or "[2001:db8::7]:443".
  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    var octets = self.octets
    inet_ntop(systemFamily, &octets, &text, socklen_t(text.count))
    let host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return family == .ipv4 ? "\(host):\(port)" : "[\(host)]:\(port)"
  }
}
