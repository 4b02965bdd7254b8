import Exchange
import VenueServer

/// The keys of all accounts.
struct BinanceKeyRing {
  private(set) var keys: [String: VenueKey] = [:]

  mutating func add(_ key: VenueKey) { keys[key.id] = key }

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
