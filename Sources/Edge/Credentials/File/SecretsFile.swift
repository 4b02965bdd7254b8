/// The encrypted file that keeps credentials. `docs/secrets.md` describes it.
public struct SecretsFile: Sendable {
  /// The longest file that is read.
  public static let byteCountMax = 1 << 20

  public let path: String
  private var file: PrivateFile { PrivateFile(path: path) }

  public init(path: String) { self.path = path }

  /// Where the file is when nobody says otherwise: `needletail/secrets` in `$XDG_CONFIG_HOME`, or in
  /// `.config` of the home directory; nil where there is neither.
  ///
  /// https://specifications.freedesktop.org/basedir-spec/latest/
  public static func usualPath(variable: (String) -> String?) -> String? {
    // The specification wants relative paths ignored.
    if let base = variable("XDG_CONFIG_HOME"), base.hasPrefix("/") {
      return base + "/needletail/secrets"
    }
    guard let home = variable("HOME"), !home.isEmpty else { return nil }
    return home + "/.config/needletail/secrets"
  }

  /// The bytes of a private key's own file.
  ///
  /// - Throws: also when others than its owner may read or write it.
  public static func privateKey(path: String) throws(SecretsFileError) -> SecretBytes {
    try PrivateFile(path: path).secret()
  }

  /// Whether something stands at the path.
  public var exists: Bool { file.exists }

  /// All credentials in it, in the order in which they were first set.
  ///
  /// - Complexity: Argon2id's time and memory; a second and 256 MiB as a rule.
  public func read(passphrase: SecretBytes) throws(SecretsFileError) -> [Credential] {
    let body = try SecretsFormat.opened(file.bytes(), passphrase: passphrase, path: path)
    return try SecretsBody.decoded(body, path: path)
  }

  /// Puts `credentials` in the place of all that it holds.
  public func write(
    _ credentials: [Credential], passphrase: SecretBytes, cost: KeyDerivationCost = .moderate
  ) throws(SecretsFileError) {
    let bytes = try SecretsFormat.sealed(
      SecretsBody.encoded(credentials), passphrase: passphrase, cost: cost)
    guard bytes.count <= Self.byteCountMax else {
      throw .tooLarge(path: path, byteCountMax: Self.byteCountMax)
    }
    try file.replace(with: bytes)
  }

  /// Sets one credential: in the place of the one with its venue and name, or behind the others.
  /// The file is made when there is none.
  ///
  /// - Returns: whether there was one before.
  @discardableResult
  public func set(
    _ credential: Credential, passphrase: SecretBytes, cost: KeyDerivationCost = .moderate
  ) throws(SecretsFileError) -> Bool {
    try file.locked { () throws(SecretsFileError) in
      var all = exists ? try read(passphrase: passphrase) : []
      let place = all.firstIndex { $0.venue == credential.venue && $0.name == credential.name }
      if let place { all[place] = credential } else { all.append(credential) }
      try write(all, passphrase: passphrase, cost: cost)
      return place != nil
    }
  }

  /// Takes one credential out.
  ///
  /// - Returns: whether it was there.
  public func remove(
    venue: String, name: String, passphrase: SecretBytes, cost: KeyDerivationCost = .moderate
  ) throws(SecretsFileError) -> Bool {
    guard exists else { throw .notFound(path: path) }
    return try file.locked { () throws(SecretsFileError) in
      var all = try read(passphrase: passphrase)
      guard let place = all.firstIndex(where: { $0.venue == venue && $0.name == name }) else {
        return false
      }
      all.remove(at: place)
      try write(all, passphrase: passphrase, cost: cost)
      return true
    }
  }
}
