/// Bytes that wait to be written, first in, first out.
struct ByteQueue {
  private var bytes: [UInt8] = []
  private var offset = 0

  var count: Int { bytes.count - offset }
  var isEmpty: Bool { offset == bytes.count }

  mutating func append(_ more: some Collection<UInt8>) {
    // What was written is given back once it outweighs what waits, so each byte moves about once.
    if offset > bytes.count / 2 {
      bytes.removeFirst(offset)
      offset = 0
    }
    bytes.append(contentsOf: more)
  }

  /// Gives at most `limit` bytes from the front to `write` and forgets them.
  mutating func take(upTo limit: Int, _ write: (UnsafeBufferPointer<UInt8>) -> Int32) -> Int32 {
    let size = min(limit, count)
    let result = bytes.withUnsafeBufferPointer { all in
      write(UnsafeBufferPointer(rebasing: all[offset..<offset + size]))
    }
    offset += size
    if isEmpty {
      bytes.removeAll(keepingCapacity: bytes.capacity < 1 << 20)
      offset = 0
    }
    return result
  }
}
