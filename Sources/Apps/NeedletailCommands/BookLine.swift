import Glibc
import MarketData
import TradingModel

/// JSON text, written to a file descriptor in large pieces.
struct BookLine: ~Copyable {
  private let descriptor: Int32
  private var bytes: [UInt8] = []
  /// The errno of the first failed write; 0 while all went well.
  private(set) var failure: Int32 = 0

  init(descriptor: Int32) {
    self.descriptor = descriptor
    bytes.reserveCapacity(1 << 17)
  }

  mutating func raw(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// A key with its colon, and the comma before it where `isFirst` is false.
  mutating func key(_ name: StaticString, isFirst: Bool = false) {
    raw(isFirst ? "\"" : ",\"")
    raw(name)
    raw("\":")
  }

  mutating func number<T: BinaryInteger>(_ value: T) {
    DecimalText.append(Int128(value), decimals: 0, to: &bytes)
  }

  mutating func boolean(_ value: Bool) { raw(value ? "true" : "false") }

  /// An exact decimal in quotes.
  mutating func decimal(_ units: Int128, _ decimals: Int) {
    raw("\"")
    DecimalText.append(units, decimals: decimals, to: &bytes)
    raw("\"")
  }

  /// A text in quotes, escaped.
  mutating func text(_ value: String) {
    raw("\"")
    for byte in value.utf8 {
      switch byte {
      case 0x22, 0x5C:
        bytes.append(0x5C)
        bytes.append(byte)
      case 0..<0x20:
        let digits: StaticString = "0123456789abcdef"
        raw("\\u00")
        bytes.append(digits.utf8Start[Int(byte >> 4)])
        bytes.append(digits.utf8Start[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    raw("\"")
  }

  /// Ends the line.
  mutating func end() {
    bytes.append(0x0A)
    if bytes.count > 1 << 16 { flush() }
  }

  /// Writes what is pending. After a failure nothing more is written.
  mutating func flush() {
    var offset = 0
    while failure == 0, offset < bytes.count {
      let written = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + offset, $0.count - offset)
      }
      if written > 0 {
        offset += written
      } else if errno != EINTR {
        failure = errno
      }
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
