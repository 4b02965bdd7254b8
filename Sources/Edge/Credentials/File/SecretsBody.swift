/// What is encrypted: a count, then each credential as its kind and six fields. A field is its
/// length, 32 bits little-endian, and its bytes; a length of all ones stands for no value.
enum SecretsBody {
  private static let none = UInt32.max

  static func encoded(_ credentials: [Credential]) -> SecretBytes {
    let fields = credentials.map(fields)
    let byteCount = fields.reduce(4) { sum, fields in
      fields.reduce(sum + 1) { $0 + 4 + ($1?.count ?? 0) }
    }
    return SecretBytes(count: byteCount) { room in
      var offset = 0
      func put(_ number: UInt32) {
        room.storeBytes(of: number.littleEndian, toByteOffset: offset, as: UInt32.self)
        offset += 4
      }
      put(UInt32(credentials.count))
      for (credential, fields) in zip(credentials, fields) {
        room[offset] = credential.kind.rawValue
        offset += 1
        for field in fields {
          put(field.map { UInt32($0.count) } ?? none)
          field?.withBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: room[offset...]).copyMemory(from: bytes)
            offset += bytes.count
          }
        }
      }
    }
  }

  private static func fields(of credential: Credential) -> [SecretBytes?] {
    [
      SecretBytes(credential.name), SecretBytes(credential.venue), SecretBytes(credential.apiKey),
      credential.secret, credential.passphrase, credential.subAccount.map { SecretBytes($0) },
    ]
  }

  /// - Parameter path: for errors.
  static func decoded(
    _ body: SecretBytes, path: String
  ) throws(SecretsFileError) -> [Credential] {
    try body.withBytes { (bytes) throws(SecretsFileError) in
      var reader = FieldReader(bytes: bytes, path: path)
      let count = try reader.number()
      var credentials: [Credential] = []
      for _ in 0..<count { credentials.append(try reader.credential()) }
      guard reader.offset == bytes.count else { throw reader.malformed(at: reader.offset) }
      return credentials
    }
  }

  private struct FieldReader {
    var bytes: UnsafeRawBufferPointer
    var path: String
    var offset = 0

    func malformed(at offset: Int) -> SecretsFileError {
      .malformedBody(path: path, byteOffset: offset)
    }

    mutating func number() throws(SecretsFileError) -> UInt32 {
      guard bytes.count - offset >= 4 else { throw malformed(at: offset) }
      defer { offset += 4 }
      return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    mutating func field() throws(SecretsFileError) -> SecretBytes? {
      let start = offset
      let length = try number()
      if length == none { return nil }
      guard length <= bytes.count - offset else { throw malformed(at: start) }
      let end = offset + Int(length)
      defer { offset = end }
      return SecretBytes(copying: UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
    }

    mutating func text() throws(SecretsFileError) -> String? {
      guard let field = try field() else { return nil }
      return field.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    mutating func credential() throws(SecretsFileError) -> Credential {
      let start = offset
      guard offset < bytes.count, let kind = CredentialKind(rawValue: bytes[offset]) else {
        throw malformed(at: start)
      }
      offset += 1
      guard let name = try text(), let venue = try text(), let apiKey = try text(),
        let secret = try field()
      else { throw malformed(at: start) }
      let passphrase = try field()
      let subAccount = try text()
      guard
        let credential = try? Credential(
          name: name, venue: venue, apiKey: apiKey, secret: secret, passphrase: passphrase,
          subAccount: subAccount), credential.kind == kind
      else { throw malformed(at: start) }
      return credential
    }
  }
}
