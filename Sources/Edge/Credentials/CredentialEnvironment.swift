/// Credentials out of environment variables.
///
/// `NEEDLETAIL_<VENUE>_KEY` with `_SECRET` or `_PEM_FILE`, and where wanted `_PASSPHRASE` and
/// `_SUB_ACCOUNT`; the venue in capitals with `-` as `_`. When none of them is set, the names that
/// other programs use: `<VENUE>_API_KEY`, `_API_SECRET` and `_API_PASSPHRASE`, with the venue's
/// whole name, then with its first word.
public enum CredentialEnvironment {
  /// What the variables of a venue are called.
  struct Variables: Sendable {
    var key: String
    var secret: String
    var passphrase: String
    var pemFile: String?
    var subAccount: String?

    var all: [String] { [key, secret, passphrase, pemFile, subAccount].compactMap { $0 } }
  }

  /// The variable that holds the API key of a venue.
  public static func keyVariable(venue: String) -> String { own(venue).key }

  /// The credential that the environment holds for a venue; nil when it holds none.
  ///
  /// - Parameter variable: looks one up; empty values count as not set.
  /// - Throws: when only some of the variables are there, or their values are of no use.
  public static func credential(
    venue: String, variable: (String) -> String?
  ) throws(CredentialError) -> Credential? {
    guard Credential.isVenueName(venue) else { throw .venueName(venue) }
    func value(_ name: String?) -> String? {
      guard let name, let text = variable(name), !text.isEmpty else { return nil }
      return text
    }
    for names in [own(venue)] + others(venue) {
      guard let present = names.all.first(where: { value($0) != nil }) else { continue }
      guard let key = value(names.key) else {
        throw .missingVariable(names.key, besides: present)
      }
      let secret: SecretBytes
      if let path = value(names.pemFile), let file = names.pemFile {
        if value(names.secret) != nil { throw .conflictingVariables(names.secret, file) }
        secret = try pem(path, variable: file)
      } else if let text = value(names.secret) {
        secret = SecretBytes(text)
      } else {
        throw .missingVariable(names.secret, besides: names.key)
      }
      do throws(CredentialError) {
        return try Credential(
          venue: venue, apiKey: key, secret: secret,
          passphrase: value(names.passphrase).map { SecretBytes($0) },
          subAccount: value(names.subAccount))
      } catch {
        throw .variable(names.key, reason: "\(error)")
      }
    }
    return nil
  }

  private static func pem(
    _ path: String, variable: String
  ) throws(CredentialError) -> SecretBytes {
    do throws(SecretsFileError) {
      return try PrivateFile(path: path).secret()
    } catch {
      throw .variable(variable, reason: "\(error)")
    }
  }

  static func capitals(_ venue: some StringProtocol) -> String {
    String(venue.uppercased().map { $0 == "-" ? "_" : $0 })
  }

  private static func own(_ venue: String) -> Variables {
    let start = "NEEDLETAIL_" + capitals(venue)
    return Variables(
      key: start + "_KEY", secret: start + "_SECRET", passphrase: start + "_PASSPHRASE",
      pemFile: start + "_PEM_FILE", subAccount: start + "_SUB_ACCOUNT")
  }

  private static func others(_ venue: String) -> [Variables] {
    let firstWord = venue.prefix { $0 != "-" }
    let starts =
      firstWord.count < venue.count ? [capitals(venue), capitals(firstWord)] : [capitals(venue)]
    return starts.map { start in
      Variables(
        key: start + "_API_KEY", secret: start + "_API_SECRET",
        passphrase: start + "_API_PASSPHRASE")
    }
  }
}

/// Where credentials are looked for, in this order: the environment, then the encrypted file.
public enum CredentialSearch {
  /// The credential of a venue.
  ///
  /// - Parameters:
  ///   - name: one kept under a name is only looked for in the file; nil for the usual one.
  ///   - passphrase: asked for only when the file is read.
  /// - Throws: `.notFound` when there is none, or why it cannot be had.
  public static func credential(
    venue: String, name: String? = nil, file: SecretsFile, variable: (String) -> String?,
    passphrase: () throws(CredentialError) -> SecretBytes
  ) throws(CredentialError) -> Credential {
    if name == nil,
      let found = try CredentialEnvironment.credential(venue: venue, variable: variable)
    {
      return found
    }
    let wanted = name ?? Credential.usualName
    guard file.exists else { throw notFound(venue, wanted, file) }
    let phrase = try passphrase()
    let all: [Credential]
    do throws(SecretsFileError) {
      all = try file.read(passphrase: phrase)
    } catch {
      throw .file(error)
    }
    guard let found = all.first(where: { $0.venue == venue && $0.name == wanted }) else {
      throw notFound(venue, wanted, file)
    }
    return found
  }

  private static func notFound(
    _ venue: String, _ name: String, _ file: SecretsFile
  ) -> CredentialError {
    .notFound(
      venue: venue, name: name, variable: CredentialEnvironment.keyVariable(venue: venue),
      file: file.path)
  }
}
