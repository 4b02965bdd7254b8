/// What an address of an environment is for, as configurations name it.
public enum VenueAddress: String, CaseIterable, Sendable {
  case rest
  case publicStream = "public_stream"
  case userStream = "user_stream"
  case orderEntry = "order_entry"
}

extension VenueEnvironment {
  public func text(of address: VenueAddress) -> String {
    switch address {
    case .rest: rest
    case .publicStream: publicStream
    case .userStream: userStream
    case .orderEntry: orderEntry
    }
  }

  /// The host of an address as names are compared: in small letters, without port and last dot.
  fileprivate func hostName(of address: VenueAddress) -> String {
    let host = Self.host(of: text(of: address)).lowercased()
    // An IPv6 address is no name of anybody's.
    var name = host.hasPrefix("[") ? host[...] : host.prefix { $0 != ":" }
    while name.hasSuffix(".") { name.removeLast() }
    return String(name)
  }
}

extension VenueDescription {
  /// The first address of `environment` that leads to the venue's real market, or may: its host is one of
  /// a real environment's, or is in the domain of one and in no other environment. Nil where none does.
  ///
  /// Some venues serve both markets at one host and tell them apart by a header, or by the account. Such a
  /// host is let through where `base`, which says how requests are written, is an environment that is not
  /// real and has it at the same place; for public data, where any such environment has.
  public func addressOfRealMarket(
    in environment: VenueEnvironment, basedOn base: VenueEnvironment
  ) -> VenueAddress? {
    let others = environments.filter { !$0.isReal }
    func names(_ environments: [VenueEnvironment]) -> Set<String> {
      Set(environments.flatMap { one in VenueAddress.allCases.map { one.hostName(of: $0) } })
    }
    let real = names(environments.filter(\.isReal))
    let domains = Set(real.map { Self.domain($0) })
    let known = names(others)
    return VenueAddress.allCases.first { address in
      let host = environment.hostName(of: address)
      guard real.contains(host) else {
        return domains.contains(Self.domain(host)) && !known.contains(host)
      }
      let sharing = address == .publicStream ? others : others.filter { $0.name == base.name }
      return !sharing.contains { $0.hostName(of: address) == host }
    }
  }

  /// The last two labels of a name.
  private static func domain(_ host: String) -> String {
    host.split(separator: ".").suffix(2).joined(separator: ".")
  }
}
