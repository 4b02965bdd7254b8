/// How a request over HTTP asks.
public enum RequestMethod: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case get = 0
  case post = 1
  case put = 2
  case delete = 3

  /// As it stands in a request line.
  public var text: StaticString {
    switch self {
    case .get: "GET"
    case .post: "POST"
    case .put: "PUT"
    case .delete: "DELETE"
    }
  }
}

/// One thing that a session asks of whoever carries its bytes.
public enum SessionCommand {
  /// Connect the channel, and again after it is lost (with a growing pause), until `close`; at its
  /// address, or, where one is given, at another target of the same host.
  case open(channel: Int, target: UnsafeRawBufferPointer)
  case close(channel: Int)
  /// Send a text message over a WebSocket channel. A tag above 0 comes back in `unsent` when the
  /// message certainly did not leave.
  case text(channel: Int, tag: UInt64, UnsafeRawBufferPointer)
  /// Send a request over an HTTP channel; its tag comes back with the answer. `headers` are whole lines,
  /// `Name: value` and CRLF each, beside those of the channel.
  case request(
    channel: Int, tag: UInt64, RequestMethod, target: UnsafeRawBufferPointer,
    headers: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer)
}

/// What a session asks for, in order, in memory taken once that grows only when a burst needs it.
/// The carrier takes commands out after every call of the session.
public struct SessionOutbox: ~Copyable {
  private static let headerByteCount = 40
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var end = 0
  private var start = 0

  public init(capacity: Int = 1 << 16) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
  }

  deinit { base.deallocate() }

  /// Whether nothing is asked for.
  public var isEmpty: Bool { start == end }

  /// Forgets everything that is asked for.
  public mutating func removeAll() {
    start = 0
    end = 0
  }

  // MARK: The session's side

  /// How far it is filled: what is asked for behind it can be taken back while the session has its turn.
  var mark: Int { end }

  mutating func takeBack(to mark: Int) { end = mark }

  mutating func open(_ channel: Int) { append(0, channel, 0, 0, .none) }

  /// Opens a channel at a target that was only just learned.
  mutating func open(_ channel: Int, target: String) {
    var target = target
    target.withUTF8 { append(0, channel, 0, 0, UnsafeRawBufferPointer($0)) }
  }

  mutating func close(_ channel: Int) { append(1, channel, 0, 0, .none) }

  mutating func text(_ channel: Int, tag: UInt64, _ bytes: UnsafeRawBufferPointer) {
    append(2, channel, tag, 0, bytes)
  }

  mutating func request(
    _ channel: Int, tag: UInt64, _ method: RequestMethod, target: UnsafeRawBufferPointer,
    headers: UnsafeRawBufferPointer = .none, body: UnsafeRawBufferPointer = .none
  ) {
    append(3, channel, tag, method.rawValue, target, headers, body)
  }

  private mutating func append(
    _ kind: UInt8, _ channel: Int, _ tag: UInt64, _ method: UInt8, _ first: UnsafeRawBufferPointer,
    _ second: UnsafeRawBufferPointer = .none, _ third: UnsafeRawBufferPointer = .none
  ) {
    let length = (Self.headerByteCount + first.count + second.count + third.count + 7) & ~7
    if end + length > capacity { grow(by: length) }
    let record = base + end
    record.storeBytes(of: kind, as: UInt8.self)
    record.storeBytes(of: method, toByteOffset: 1, as: UInt8.self)
    record.storeBytes(of: UInt16(channel), toByteOffset: 2, as: UInt16.self)
    record.storeBytes(of: UInt32(length), toByteOffset: 4, as: UInt32.self)
    record.storeBytes(of: tag, toByteOffset: 8, as: UInt64.self)
    record.storeBytes(of: first.count, toByteOffset: 16, as: Int.self)
    record.storeBytes(of: second.count, toByteOffset: 24, as: Int.self)
    record.storeBytes(of: third.count, toByteOffset: 32, as: Int.self)
    var bytes = record + Self.headerByteCount
    for index in 0..<3 {
      let part = index == 0 ? first : index == 1 ? second : third
      if let from = part.baseAddress { bytes.copyMemory(from: from, byteCount: part.count) }
      bytes += part.count
    }
    end += length
  }

  private mutating func grow(by length: Int) {
    let larger = max(capacity * 2, capacity + length)
    let room = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 64)
    room.copyMemory(from: base, byteCount: end)
    base.deallocate()
    base = room
    capacity = larger
  }

  // MARK: The carrier's side

  /// Takes the next command out; its bytes are valid until the next call of the session. Nil at the
  /// end, when the memory is free again.
  public mutating func next() -> SessionCommand? {
    if start == end {
      removeAll()
      return nil
    }
    let record = UnsafeRawPointer(base + start)
    start += Int(record.load(fromByteOffset: 4, as: UInt32.self))
    let channel = Int(record.load(fromByteOffset: 2, as: UInt16.self))
    let tag = record.load(fromByteOffset: 8, as: UInt64.self)
    let bytes = record + Self.headerByteCount
    let first = record.load(fromByteOffset: 16, as: Int.self)
    let firstBytes = UnsafeRawBufferPointer(start: bytes, count: first)
    switch record.load(as: UInt8.self) {
    case 0: return .open(channel: channel, target: firstBytes)
    case 1: return .close(channel: channel)
    case 2: return .text(channel: channel, tag: tag, firstBytes)
    default:
      // Only what `RequestMethod` names was ever stored.
      let method =
        RequestMethod(rawValue: record.load(fromByteOffset: 1, as: UInt8.self)) ?? .get
      let second = record.load(fromByteOffset: 24, as: Int.self)
      let third = record.load(fromByteOffset: 32, as: Int.self)
      return .request(
        channel: channel, tag: tag, method, target: firstBytes,
        headers: UnsafeRawBufferPointer(start: bytes + first, count: second),
        body: UnsafeRawBufferPointer(start: bytes + first + second, count: third))
    }
  }
}

extension UnsafeRawBufferPointer {
  /// No bytes.
  static var none: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
}
