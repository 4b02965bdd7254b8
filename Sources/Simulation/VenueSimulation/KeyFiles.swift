import COpenSSL
import Glibc

/// Why keys for tests could not be made.
public struct KeyFileError: Error, CustomStringConvertible {
  public var description: String
}

/// Private keys for clients, as PKCS#8 PEM files in a private directory.
public struct KeyFiles: Sendable {
  /// Of mode 0700; `remove()` takes it away unless it is kept.
  public let directory: String
  private let isKept: Bool

  /// - Parameter kept: where keys of an earlier run are found again and new ones stay
  ///   (`VenueSimulationSettings.keyDirectory`); nil for a temporary directory.
  public init(_ kept: String?) throws(KeyFileError) {
    isKept = kept != nil
    if let kept {
      directory = kept
      guard mkdir(kept, 0o700) == 0 || errno == EEXIST else {
        throw KeyFileError(
          description: "\(kept): cannot be made: " + String(cString: strerror(errno)))
      }
      return
    }
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/needletail-keys-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw KeyFileError(
        description: "\(base): a private directory could not be made: "
          + String(cString: strerror(errno)))
    }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Makes a new key and writes its private half; the other half is returned. A kept one of that name is
  /// used again.
  func make(_ scheme: KeyScheme, named name: String) throws(KeyFileError) -> (
    path: String, publicKey: PublicKey
  ) {
    let path = "\(directory)/\(name).pem"
    if isKept, access(path, F_OK) == 0 { return (path, try read(path)) }
    let kind = scheme == .rsa ? EVP_PKEY_RSA : EVP_PKEY_ED25519
    guard let context = EVP_PKEY_CTX_new_id(kind, nil) else { throw failure("no key generator") }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      scheme != .rsa || EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1,
      EVP_PKEY_keygen(context, &key) == 1, let key
    else { throw failure("a key could not be generated") }
    let owner = PublicKey(key)
    try write(key, to: path)
    return (path, owner)
  }

  /// Whole or not at all.
  private func write(_ key: OpaquePointer, to path: String) throws(KeyFileError) {
    let unfinished = path + ".new"
    guard let file = BIO_new_file(unfinished, "w") else {
      throw failure("\(unfinished): cannot be written")
    }
    chmod(unfinished, 0o600)
    let isWritten = PEM_write_bio_PKCS8PrivateKey(file, key, nil, nil, 0, nil, nil) == 1
    BIO_free_all(file)
    guard isWritten, rename(unfinished, path) == 0 else {
      throw failure("\(path): cannot be written")
    }
  }

  private func read(_ path: String) throws(KeyFileError) -> PublicKey {
    guard let file = BIO_new_file(path, "r") else { throw failure("\(path): cannot be read") }
    defer { BIO_free_all(file) }
    guard let key = PEM_read_bio_PrivateKey(file, nil, nil, nil) else {
      throw failure("\(path): expected a private key in PEM")
    }
    return PublicKey(key)
  }

  private func failure(_ text: String) -> KeyFileError { KeyFileError(description: text) }

  /// Removes the files and the directory, unless they are kept.
  public func remove() {
    if isKept { return }
    guard let stream = opendir(directory) else { return }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink("\(directory)/\(name)") }
    }
    closedir(stream)
    rmdir(directory)
  }
}
