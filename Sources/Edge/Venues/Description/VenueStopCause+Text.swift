extension VenueStopCause: CustomStringConvertible {
  /// What somebody has to look at.
  public var description: String {
    switch self {
    case .key: "the key is unknown, revoked, or may not be used from here"
    case .signature: "the signature was refused: the secret is wrong"
    case .permission: "the account or the key may not do this"
    case .ban: "this address is banned"
    case .firewall: "refused before it reached the venue (its firewall)"
    case .loggedOut: "the session was closed, or not opened"
    }
  }
}
