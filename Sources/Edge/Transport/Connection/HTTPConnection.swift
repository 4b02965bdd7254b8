/// An HTTP/1.1 connection that is kept alive (RFC 9112), with its socket, TLS and times: requests of
/// order entry, several outstanding at once if the server likes that.
///
/// The owner calls `doWork`, then `next` until that gives nil, again and again; requests are sent at
/// once, not with the next turn. Times are nanoseconds of the owner's monotonic clock. In steady use
/// nothing of ours is allocated. For one thread at a time.
public struct HTTPConnection: ~Copyable {
  /// What a connection tells. Bytes are valid until the next call on it.
  public enum Event {
    /// Requests may be sent.
    case opened
    /// A whole response; its stamp is when the request was sent. `field` looks its fields up.
    case response(HTTPResponse, roundTrip: Int64)
    /// Over; comes once, and nothing after it. `closeReason` says why.
    case closed
  }

  /// Where so many bytes wait for `next`, no more are read.
  private static let inputByteCountMax = 1 << 20

  /// Where it leads.
  public let endpoint: Endpoint
  private let options: ConnectionOptions
  private var stream: ByteStream
  private var client: HTTPClient
  private var counts = ConnectionTraffic()
  private var isOpenTold = false
  private var isCloseTold = false
  /// What the server's `Connection: close` or end said, which goes before what the stream says.
  private var agreedReason: CloseReason?

  /// Begins to connect. What fails shows as `.closed`.
  ///
  /// - Parameters:
  ///   - address: of `endpoint`, from `Resolver`.
  ///   - fields: what every request carries besides Host and Accept-Encoding.
  /// - Throws: `.badRequest` for fields that no request may carry.
  public init(
    _ endpoint: Endpoint, at address: SocketAddress, fields: [HTTPField] = [],
    options: ConnectionOptions, limits: HTTPLimits = .init(), now: Int64
  ) throws(HTTPRequestError) {
    client = try HTTPClient(host: endpoint.authority, fields: fields, limits: limits)
    self.endpoint = endpoint
    self.options = options
    stream = ByteStream(endpoint, at: address, options, now: now)
  }

  /// Where it stands.
  public var state: ConnectionState {
    if stream.reason != nil || agreedReason != nil { return isCloseTold ? .closed : .closing }
    return stream.state
  }

  /// Why it is over; nil before `.closed` has come.
  public var closeReason: CloseReason? {
    isCloseTold ? agreedReason ?? stream.reason : nil
  }

  /// What went over it; responses and requests are its messages.
  public var traffic: ConnectionTraffic {
    var traffic = counts
    traffic.bytesIn = stream.bytesIn
    traffic.bytesOut = stream.bytesOut
    return traffic
  }

  /// When the kernel received the youngest bytes read, which end the response that `next` gave last:
  /// ns since the Unix epoch. Responses read together share it.
  public var receiveTime: Int64 { stream.receiveTime }
  /// Whether `receiveTime` is the kernel's word; otherwise it is when the bytes were read.
  public var hasKernelTime: Bool { stream.hasKernelTime }
  /// What a later connection to the same host may begin with.
  public var session: TLSSession? { stream.session }
  /// The address this end has.
  public var localAddress: SocketAddress? { stream.localAddress }
  /// Bytes that wait here to be sent.
  public var waitingByteCount: Int { client.output.count }
  /// Requests that are not answered; after the end, those that never will be.
  public var outstandingCount: Int { client.outstandingCount }
  /// The oldest request that is not answered.
  public var oldestOutstanding: UInt64? { client.oldestOutstanding }

  /// Does what there is to do and returns how much that was.
  public mutating func doWork(now: Int64) -> Int {
    guard stream.state != .closed, stream.reason == nil else { return 0 }
    var work = 0
    if client.input.count < Self.inputByteCountMax {
      let before = client.input.count
      work = stream.turn(into: &client.input, now: now)
      client.received(client.input.count - before)
    }
    if client.state != .open { client.forgetInput() }
    stream.send(&client.output)
    // What was just read may be the answer.
    if work == 0, options.responseTimeout > 0, let asked = client.oldestStamp,
      now - asked > options.responseTimeout
    {
      stream.end(.unanswered(nanoseconds: options.responseTimeout))
    }
    return work
  }

  /// What comes next in what was read; nil where `doWork` must read more.
  public mutating func next(now: Int64) -> Event? {
    if isCloseTold { return nil }
    if !isOpenTold, stream.state == .open {
      isOpenTold = true
      return .opened
    }
    do throws(HTTPError) {
      var response = try client.next()
      if response == nil, case .peer? = stream.reason, client.state == .open {
        client.peerEnded()
        response = try client.next()
      }
      if let response { return take(response, now: now) }
    } catch {
      if agreedReason == nil { agreedReason = .http(error) }
      stream.end(.http(error))
    }
    return stream.reason == nil ? nil : tellClose()
  }

  private mutating func take(_ response: HTTPResponse, now: Int64) -> Event {
    counts.messagesIn += 1
    counts.lastMessageTime = now
    if client.state == .closed, agreedReason == nil {
      agreedReason = .peer(code: nil, reason: "")
      stream.close(&client.output, now: now)
    }
    return .response(response, roundTrip: now - response.stamp)
  }

  private mutating func tellClose() -> Event {
    isCloseTold = true
    stream.release()
    return .closed
  }

  /// The value of the last response's first field called `name` (lower case); valid as long as it.
  public func field(_ name: StaticString) -> UnsafeRawBufferPointer? { client.field(name) }

  /// Begins a request; `addField` any number of times and `endRequest` follow. Only the last refuses.
  ///
  /// - Parameter target: path and query, from "/" on.
  public mutating func beginRequest(_ method: HTTPMethod, target: UnsafeRawBufferPointer) {
    client.beginRequest(method, target: target)
  }

  /// Begins a request, as the other; for those that may allocate.
  public mutating func beginRequest(_ method: HTTPMethod, target: String) {
    client.beginRequest(method, target: target)
  }

  /// Adds a field to the request that was begun.
  public mutating func addField(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
    client.addField(name, value)
  }

  /// Adds a field to the request that was begun; for those that may allocate.
  public mutating func addField(_ name: StaticString, _ value: String) {
    client.addField(name, value)
  }

  /// Adds whole lines, `Name: value` and CRLF each, to the request that was begun.
  public mutating func addFields(_ lines: UnsafeRawBufferPointer) { client.addFields(lines) }

  /// Sends the request that was begun, all or nothing.
  public mutating func endRequest(
    body: UnsafeRawBufferPointer = .init(start: nil, count: 0), now: Int64
  ) -> RequestResult {
    guard stream.isOpen, stream.reason == nil, agreedReason == nil else {
      return .refused(.notOpen)
    }
    do throws(HTTPRequestError) {
      let number = try client.endRequest(body: body, stamp: now)
      let mark = stream.mark(behind: client.output)
      counts.messagesOut += 1
      stream.send(&client.output)
      return .accepted(number: number, mark: mark)
    } catch { return .refused(error) }
  }

  /// What is known of the request `mark` stands for.
  public func delivery(of mark: SendMark) -> Delivery { stream.delivery(of: mark) }

  /// Begins to close in order. Answers that still come are given, until `closeTimeout` is over.
  public mutating func close(now: Int64) {
    if agreedReason == nil, stream.reason == nil { agreedReason = .requested }
    stream.close(&client.output, now: now)
  }
}

/// What came of sending a request.
public enum RequestResult: Hashable, Sendable {
  /// It is on its way, or waits for the kernel to take it. Numbers count up from 0 on each connection.
  case accepted(number: UInt64, mark: SendMark)
  /// Nothing of it was kept. `.outputFull` and `.tooManyOutstanding` pass.
  case refused(HTTPRequestError)
}
