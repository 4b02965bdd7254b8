import Exchange
import VenueServer

/// The keys of all accounts.
struct BinanceKeyRing {
  private(set) var keys: [String: VenueKey] = [:]

  mutating func add(_ key: VenueKey) { keys[key.id] = key }

  /// Makes an account's keys: a shared secret that may read and trade, one with other permissions, and a
  /// private key of each scheme, whose file goes into `files`.
  ///
  /// - Parameter makeID: the next text for an id or a secret.
  /// - Returns: what clients are told of them.
  mutating func makeKeys(
    of account: AccountIndex, named name: String, extra: Permissions, _ schemes: [KeyScheme],
    _ files: KeyFiles, makeID: () -> String
  ) throws -> [JSONValue] {
    var told: [JSONValue] = []
    for permissions in [Permissions([.read, .trade]), extra] {
      let key = VenueKey(
        id: makeID(), scheme: .hmac, account: account, permissions: permissions, secret: makeID())
      add(key)
      told.append(key.binanceJSON([("secret", .string(key.secret))]))
    }
    for scheme in schemes {
      let (path, publicKey) = try files.make(scheme, named: "\(name)-\(scheme.rawValue)")
      let key = VenueKey(
        id: makeID(), scheme: scheme, account: account, permissions: [.read, .trade],
        publicKey: publicKey)
      add(key)
      told.append(key.binanceJSON([("privateKeyPath", .string(path))]))
    }
    return told
  }

  /// The key with an id.
  ///
  /// - Throws: -2014 where the id has no key's form, -2015 where nobody has it or it may not do that.
  func key(_ id: String?, for permissions: Permissions) throws(BinanceError) -> VenueKey {
    guard let id, id.utf8.count == 64,
      id.utf8.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte)
      })
    else { throw .badKeyFormat }
    guard let key = keys[id], key.permissions.isSuperset(of: permissions) else {
      throw .rejectedKey
    }
    return key
  }
}

extension VenueKey {
  /// As a simulation describes it, with what signs its requests.
  func binanceJSON(_ secret: [(key: String, value: JSONValue)]) -> JSONValue {
    var words: [JSONValue] = []
    if permissions.contains(.read) { words.append("read") }
    if permissions.contains(.trade) { words.append("trade") }
    if permissions.contains(.withdraw) { words.append("withdraw") }
    return .object(
      [("type", .string(scheme.rawValue)), ("apiKey", .string(id))] + secret
        + [("permissions", .array(words))])
  }
}
