@testable import Transport

/// A response that must be refused: for what, and where.
struct MalformedResponse: Sendable, CustomStringConvertible {
  let bytes: [UInt8]
  /// Whether the connection ends behind it.
  let ends: Bool
  let kind: String
  /// The offset the error gives; nil where that depends on how the bytes were cut.
  let byteOffset: Int?

  init(_ text: String, _ kind: String, at byteOffset: Int?, ends: Bool = false) {
    bytes = Array(text.utf8)
    self.kind = kind
    self.byteOffset = byteOffset
    self.ends = ends
  }

  var description: String { String(decoding: bytes.prefix(80), as: UTF8.self) }

  func matches(_ error: HTTPError) -> Bool {
    let (found, offset): (String, Int) =
      switch error {
      case .headTooLong(_, let offset): ("head", offset)
      case .malformed(_, let offset): ("malformed", offset)
      case .bodyTooLong(_, let offset): ("body", offset)
      case .unsupported(_, let offset): ("unsupported", offset)
      case .badCompression(_, let offset): ("compression", offset)
      case .unasked(_, let offset): ("unasked", offset)
      case .truncated(_, let offset): ("truncated", offset)
      }
    return found == kind && (byteOffset.map { $0 == offset } ?? true)
  }

  private static let good = "HTTP/1.1 200 OK\r\n"
  private static let chunked = good + "Transfer-Encoding: chunked\r\n\r\n"

  static let all: [MalformedResponse] = [
    .init("SSH-2.0-OpenSSH\r\n\r\n", "malformed", at: 0),
    .init("HTTP/2.0 200 OK\r\n\r\n", "malformed", at: 0),
    .init("http/1.1 200 OK\r\n\r\n", "malformed", at: 0),
    .init("HTTP/1.1 2x0 OK\r\n\r\n", "malformed", at: 10),
    .init("HTTP/1.1 099 OK\r\n\r\n", "malformed", at: 9),
    .init("HTTP/1.1 2000\r\n\r\n", "malformed", at: 0),
    .init(good + "no colon\r\n\r\n", "malformed", at: 19),
    .init(good + "A : b\r\n\r\n", "malformed", at: 18),
    .init(good + "A: b\r\n folded\r\n\r\n", "malformed", at: 23),
    .init(good + "A: b\nC: d\r\n\r\n", "malformed", at: 21),
    .init(good + "A: \u{0}\r\n\r\n", "malformed", at: 20),
    .init(good + "Content-Length: 1x\r\n\r\n", "malformed", at: 34),
    .init(good + "Content-Length: -1\r\n\r\n", "malformed", at: 33),
    .init(good + "Content-Length:\r\n\r\n", "malformed", at: nil),
    .init(good + "Content-Length: 1, 1\r\n\r\n", "malformed", at: 34),
    .init(good + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "malformed", at: 52),
    .init(good + "Content-Length: 99999999999999999999\r\n\r\n", "malformed", at: nil),
    .init(good + "Content-Length: 101\r\n\r\n", "body", at: 0),
    .init(
      good + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed", at: 0),
    .init("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed", at: 0),
    .init(good + "Transfer-Encoding: gzip, chunked\r\n\r\n", "unsupported", at: 0),
    .init(good + "Content-Encoding: br\r\n\r\n", "unsupported", at: 0),
    .init(chunked + "x\r\n", "malformed", at: 47),
    .init(chunked + "\r\n", "malformed", at: 47),
    .init(chunked + "1 x\r\n", "malformed", at: 48),
    .init(chunked + "1\n", "malformed", at: 48),
    .init(chunked + "1\r\nab\r\n", "malformed", at: 51),
    .init(chunked + "65\r\n", "body", at: 47),
    .init(chunked + "ffffffffffffffffffff\r\n", "body", at: 47),
    .init(chunked + "1;" + String(repeating: "x", count: 400), "head", at: 47),
    .init(chunked + "0\r\nbad\r\n\r\n", "malformed", at: nil),
    .init(
      chunked + "0\r\n" + String(repeating: "A: 12345678\r\n", count: 40), "head", at: nil),
    .init(good + String(repeating: "A: 12345678\r\n", count: 40) + "\r\n", "head", at: 0),
    .init(String(repeating: "a", count: 400), "head", at: 0),
    .init(good + "\r\n" + String(repeating: "a", count: 101), "body", at: nil),
    .init("HTTP/1.1 101 Switching\r\n\r\n", "unasked", at: 0),
    .init("HTTP/1.1 204\r\n\r\nHTTP/1.1 408\r\n\r\n", "unasked", at: 16),
    .init(good, "truncated", at: 17, ends: true),
    .init(good + "Content-Length: 2\r\n\r\na", "truncated", at: 39, ends: true),
    .init(chunked + "2\r\na", "truncated", at: 51, ends: true),
    .init("HTTP/1.1 204\r\n\r\nH", "truncated", at: 17, ends: true),
    .init(
      good + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "compression", at: nil),
    .init(
      good + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u{1f}a", "compression", at: nil),
  ]
}

/// Texts compressed by Python's zlib, by text and zlib's window bits: 31 for gzip, 15 for zlib's own
/// format, -15 for bare deflate data.
let compressedTexts: [String: [UInt8]] = [
  "compressed 31": [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0xCE, 0xCF, 0x2D,
    0x28, 0x4A, 0x2D, 0x2E, 0x4E, 0x4D, 0x01, 0x00, 0x1E, 0x4B, 0x56, 0x97, 0x0A, 0x00,
    0x00, 0x00,
  ],
  "framed 15": [
    0x78, 0xDA, 0x4B, 0x2B, 0x4A, 0xCC, 0x4D, 0x4D, 0x01, 0x00, 0x08, 0x9D, 0x02, 0x70,
  ],
  "bare -15": [
    0x4B, 0x4A, 0x2C, 0x4A, 0x05, 0x00,
  ],
]
