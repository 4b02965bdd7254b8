import COpenSSL
import Glibc

/// Why keys for tests could not be made.
public struct KeyFileError: Error, CustomStringConvertible {
  public var description: String
}

/// Private keys for clients, as PKCS#8 PEM files in a private temporary directory.
public struct KeyFiles: Sendable {
  /// Of mode 0700; `remove()` takes it away.
  public let directory: String

  /// Makes the directory.
  public init() throws(KeyFileError) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/needletail-keys-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw KeyFileError(
        description: "\(base): a private directory could not be made: "
          + String(cString: strerror(errno)))
    }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Makes a new key and writes its private half; the other half is returned.
  func make(_ scheme: KeyScheme, named name: String) throws(KeyFileError) -> (
    path: String, publicKey: PublicKey
  ) {
    let kind = scheme == .rsa ? EVP_PKEY_RSA : EVP_PKEY_ED25519
    guard let context = EVP_PKEY_CTX_new_id(kind, nil) else { throw failure("no key generator") }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      scheme != .rsa || EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1,
      EVP_PKEY_keygen(context, &key) == 1, let key
    else { throw failure("a key could not be generated") }
    let path = "\(directory)/\(name).pem"
    let owner = PublicKey(key)
    guard let file = BIO_new_file(path, "w") else { throw failure("\(path): cannot be written") }
    defer { BIO_free_all(file) }
    guard PEM_write_bio_PKCS8PrivateKey(file, key, nil, nil, 0, nil, nil) == 1 else {
      throw failure("\(path): cannot be written")
    }
    chmod(path, 0o600)
    return (path, owner)
  }

  private func failure(_ text: String) -> KeyFileError { KeyFileError(description: text) }

  /// Removes the files and the directory.
  public func remove() {
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
