/// Why the secrets file, or another private file, cannot be read or written. Nothing that it holds
/// is ever part of it.
public enum SecretsFileError: Error, Equatable, Sendable {
  case notFound(path: String)
  /// The system refused; `reason` in its own words.
  case system(path: String, action: String, reason: String)
  case notRegularFile(path: String)
  /// It belongs to another user.
  case foreignOwner(path: String)
  /// Others than its owner may read or write it.
  case openToOthers(path: String, mode: UInt32)
  case tooLarge(path: String, byteCountMax: Int)
  /// It does not begin as a secrets file does.
  case notSecretsFile(path: String)
  case unknownVersion(path: String, version: UInt32)
  /// The header does not have the sum that it carries, or says what cannot be.
  case damagedHeader(path: String)
  /// The file ends early or late.
  case wrongLength(path: String, byteCount: Int, expected: Int)
  case wrongPassphrase(path: String)
  /// The pass phrase is right, and what it encrypted was altered.
  case damagedBody(path: String)
  /// Decrypted, but not the fields of this version.
  case malformedBody(path: String, byteOffset: Int)
  case emptyPassphrase
  /// The key cannot be derived: the memory it takes is not there.
  case notEnoughMemory(byteCount: UInt64)
}

extension SecretsFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let path): "\(path): no such file"
    case .system(let path, let action, let reason): "\(path): \(action): \(reason)"
    case .notRegularFile(let path): "\(path): was expected to be a regular file"
    case .foreignOwner(let path): "\(path): belongs to another user"
    case .openToOthers(let path, let mode):
      "\(path): mode \(String(mode, radix: 8)) lets others in, 600 was expected; "
        + "run: chmod 600 \(path)"
    case .tooLarge(let path, let most): "\(path): has more than \(most) bytes"
    case .notSecretsFile(let path): "\(path): byte 0: is not a secrets file of needletail"
    case .unknownVersion(let path, let version):
      "\(path): byte 8: version \(version) is unknown, \(SecretsFormat.version) was expected"
    case .damagedHeader(let path):
      "\(path): bytes 0 to 127: the header is damaged; put a copy of the file back, or remove it "
        + "and set the secrets again"
    case .wrongLength(let path, let count, let expected):
      "\(path): has \(count) bytes, \(expected) were expected: it was cut or added to"
    case .wrongPassphrase(let path): "\(path): the pass phrase is wrong"
    case .damagedBody(let path):
      "\(path): from byte 128: the pass phrase is right, but the secrets were altered; put a copy "
        + "of the file back, or remove it and set the secrets again"
    case .malformedBody(let path, let offset):
      "\(path): decrypted byte \(offset): a field of version \(SecretsFormat.version) was expected"
    case .emptyPassphrase: "the pass phrase of the secrets file is empty"
    case .notEnoughMemory(let count):
      "deriving the key takes \(count / 1_048_576) MiB of memory, which are not there"
    }
  }
}
