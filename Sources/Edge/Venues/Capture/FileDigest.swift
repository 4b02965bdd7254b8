import COpenSSL
import Glibc

/// The SHA-256 of a file's bytes as they lie on disk.
public enum FileDigest {
  /// Reads the whole of `path`.
  ///
  /// - Returns: the 32 bytes, and how many bytes the file has.
  /// - Throws: `.unreadable`.
  /// - Complexity: O(bytes).
  public static func sha256(of path: String) throws(FeedError) -> (digest: [UInt8], byteCount: Int)
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
    let capacity = 1 << 16
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    defer { buffer.deallocate() }
    var byteCount = 0
    while true {
      let count = read(descriptor, buffer, capacity)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw unreadable(path)
      }
      EVP_DigestUpdate(context, buffer, count)
      byteCount += count
    }
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    return (digest, byteCount)
  }

  /// Bytes as lower-case hexadecimal text.
  public static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func unreadable(_ path: String) -> FeedError {
    .unreadable(file: path, reason: String(cString: strerror(errno)))
  }
}
