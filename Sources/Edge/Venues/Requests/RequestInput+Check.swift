import TradingModel

// What no venue takes, whatever its own rules are: refused before anything is written.
extension RequestInput {
  /// The longest symbol, in bytes.
  static let symbolByteCountMax = ListingNames.byteCountMax

  /// Checks what every venue's requests have in common, and that the key is there where one is needed.
  ///
  /// - Throws: `missing` or `unsuitable`, with the option's name.
  func check(
    _ action: VenueAction, of venue: VenueDescription, with credential: VenueCredential
  ) throws(RequestError) {
    if let symbol { try Self.check(symbol: symbol) }
    try checkBatch(action)
    guard !action.isPublic else { return }
    guard !credential.apiKey.isEmpty else { throw .missing("key") }
    // It becomes a line of the request's head: a line's end in it would begin another header.
    guard credential.apiKey.utf8.allSatisfy(Self.isPrintable) else {
      throw .unsuitable("key", reason: "printable ASCII characters only")
    }
    guard venue.keyKinds.contains(credential.kind) else {
      let kinds = venue.keyKinds.map(\.rawValue).joined(separator: ", ")
      throw .unsuitable("key-kind", reason: "the venue takes \(kinds)")
    }
    guard venue.hasPassphrase else { return }
    guard let passphrase = credential.passphrase, passphrase.count > 0 else {
      throw .missing("passphrase")
    }
    let isPrintable: Bool = passphrase.withBytes { bytes in
      bytes.allSatisfy(Self.isPrintable)
    }
    guard isPrintable else {
      throw .unsuitable("passphrase", reason: "printable ASCII characters only")
    }
  }

  private static func check(symbol: String) throws(RequestError) {
    guard (1...symbolByteCountMax).contains(symbol.utf8.count) else {
      throw .unsuitable("symbol", reason: "1 to \(symbolByteCountMax) bytes")
    }
    // Symbols in other alphabets exist.
    guard symbol.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
      throw .unsuitable("symbol", reason: "no spaces and no control characters")
    }
  }

  private func checkBatch(_ action: VenueAction) throws(RequestError) {
    guard action == .placeBatch || action == .cancelBatch else { return }
    guard Set(clientOrderIDs).count == clientOrderIDs.count else {
      throw .unsuitable("client-order-ids", reason: "each id once")
    }
    guard !venueOrderIDs.isEmpty else { return }
    guard action == .cancelBatch else {
      throw .unsuitable("order-ids", reason: "the venue numbers orders when they are placed")
    }
    guard Set(venueOrderIDs).count == venueOrderIDs.count else {
      throw .unsuitable("order-ids", reason: "each id once")
    }
    guard clientOrderIDs.isEmpty else {
      throw .unsuitable("order-ids", reason: "not together with --client-order-ids")
    }
  }

  private static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7e).contains(byte) }
}
