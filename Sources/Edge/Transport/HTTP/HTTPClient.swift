import LowLatency

/// What an HTTP connection may take.
public struct HTTPLimits: Hashable, Sendable {
  /// A response's status line, fields and trailer: bytes and fields.
  public var headByteCountMax = 16_384
  public var headFieldCountMax = 100
  /// A body, decompressed.
  public var bodyByteCountMax = 16 << 20
  /// What waits to be sent.
  public var outputByteCountMax = 1 << 20
  /// Requests that are not answered yet.
  public var outstandingCountMax = 64

  public init() {}
}

/// What a request asks for (RFC 9110, section 9.3).
public enum HTTPMethod: UInt8, Sendable, BitwiseCopyable {
  case get, head, post, put, patch, delete

  /// As it is written.
  public var text: StaticString {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .patch: "PATCH"
    case .delete: "DELETE"
    }
  }

  /// Whether an empty body is told by its length (RFC 9110, section 8.6).
  var tellsEmptyBody: Bool { self == .post || self == .put || self == .patch }
}

/// A whole response. Its bytes are valid until the next call on the client.
public struct HTTPResponse {
  /// Which request it answers, as `endRequest` gave it.
  public let request: UInt64
  /// What the owner gave with that request: a clock's reading, as a rule.
  public let stamp: Int64
  /// 200 to 999; those from 100 on are read and skipped.
  public let status: Int
  /// Decompressed; empty for none.
  public let body: UnsafeRawBufferPointer
}

/// The client's end of one HTTP/1.1 connection that is kept alive (RFC 9112), without a socket:
/// bytes from the server go to `receive`, whole responses come from `next`, and `output` goes to the
/// server.
///
/// Requests are answered in the order they were sent; several may be outstanding. In steady use
/// nothing is allocated. For one thread at a time.
public struct HTTPClient: ~Copyable {
  /// Where the connection stands.
  public enum State: Hashable, Sendable {
    case open
    /// The server has told that it closes: nothing more can be sent, and nothing more is read.
    case closed
    /// An error was thrown.
    case failed
  }

  /// Bytes for the server; the owner sends and consumes them.
  public var output: ByteQueue
  /// Where the connection stands.
  public internal(set) var state = State.open
  /// Bytes received so far.
  public internal(set) var receivedByteCount = 0

  struct Outstanding: BitwiseCopyable {
    var number: UInt64
    var stamp: Int64
    var method: HTTPMethod
  }

  /// What the next byte belongs to.
  enum Stage: Equatable {
    case head
    case length(left: Int)
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailer
    /// The body goes on to the connection's end.
    case rest
  }

  let limits: HTTPLimits
  /// Behind the request line of every request.
  let fixedFields: [UInt8]
  /// The request that is being written, and what is wrong with it.
  var request: ByteQueue
  var hasBegunRequest = false
  var requestMethod = HTTPMethod.get
  var refusal: HTTPRequestError?
  var nextNumber: UInt64 = 0
  var outstanding: FixedQueue<Outstanding>

  var input: ByteQueue
  /// Bytes of the connection in front of `input`.
  var consumed = 0
  var searched = 0
  var stage = Stage.head
  /// The head of the response that is being read, and its bytes.
  var head: HTTPHead
  var headBytes: ByteQueue
  var trailerByteCount = 0
  var body: ByteQueue
  /// Bytes of the body as it was sent.
  var sentBodyByteCount = 0
  var isCompressed = false
  var inflater = BodyInflater()
  /// The part of `input` that was handed out as a body by the last call.
  var deliveredByteCount = 0
  var isDelivered = false
  var hasPeerEnded = false

  /// A connection to `host`.
  ///
  /// - Parameters:
  ///   - host: the Host field: host, and port where it is not the scheme's own.
  ///   - fields: what every request carries besides Host and Accept-Encoding.
  /// - Throws: `.badRequest`.
  public init(
    host: String, fields: [HTTPField] = [], limits: HTTPLimits = .init()
  ) throws(HTTPRequestError) {
    precondition(limits.bodyByteCountMax <= 1 << 40, "A body fits in memory")
    var text = "Host: \(host)\r\n"
    guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
      throw .badRequest(part: .fieldValue)
    }
    // Small answers gain nothing by compression but the time it takes.
    if !fields.contains(where: { $0.name.lowercased() == "accept-encoding" }) {
      text += "Accept-Encoding: identity\r\n"
    }
    for field in fields {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isTokenCharacter) else {
        throw .badRequest(part: .fieldName)
      }
      guard field.value.utf8.allSatisfy({ $0.isFieldCharacter }) else {
        throw .badRequest(part: .fieldValue)
      }
      text += "\(field.name): \(field.value)\r\n"
    }
    fixedFields = Array(text.utf8)
    self.limits = limits
    output = ByteQueue(upTo: limits.outputByteCountMax, capacity: 4096)
    request = ByteQueue(upTo: limits.outputByteCountMax, capacity: 4096)
    outstanding = FixedQueue(
      capacity: limits.outstandingCountMax, filler: Outstanding(number: 0, stamp: 0, method: .get))
    input = ByteQueue(capacity: 1 << 16, limit: .max)
    head = HTTPHead(fieldLimit: limits.headFieldCountMax)
    headBytes = ByteQueue(upTo: limits.headByteCountMax, capacity: 4096)
    body = ByteQueue(upTo: limits.bodyByteCountMax, capacity: 1 << 14)
  }

  /// Requests that are not answered yet.
  public var outstandingCount: Int { outstanding.count }
  /// The oldest request that is not answered yet.
  public var oldestOutstanding: UInt64? { outstanding.isEmpty ? nil : outstanding[0].number }
  /// The stamp of the oldest request that is not answered yet.
  public var oldestStamp: Int64? { outstanding.isEmpty ? nil : outstanding[0].stamp }

  /// Takes bytes from the server; `next` tells what they mean. Bytes are kept until then, so the
  /// owner calls `next` until it gives nil before it hands over more.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    guard state == .open else { return }
    let kept = input.append(bytes)
    precondition(kept, "Invariant: the input has no limit of its own")
    received(bytes.count)
  }

  /// Counts bytes that were put into `input`.
  mutating func received(_ byteCount: Int) { receivedByteCount += byteCount }

  /// Forgets what came behind the end.
  mutating func forgetInput() {
    // What was handed out lies in the input until the next call of `next`.
    if !isDelivered { input.removeAll() }
  }

  /// Tells that the server's bytes have ended. `next` gives the response that ends with them, if
  /// any, and throws `.truncated` where one is missing.
  public mutating func peerEnded() { hasPeerEnded = true }

  /// The value of the response's first field called `name` (lower case); nil where there is none.
  /// Of the response that `next` gave last, and valid as long.
  public func field(_ name: StaticString) -> UnsafeRawBufferPointer? {
    head.value(name, in: headBytes.bytes)
  }
}

extension UInt8 {
  /// Whether it may stand in a field's value (RFC 9110, section 5.5).
  var isFieldCharacter: Bool { self >= 32 && self != 127 || self == 9 }
}
