/// A connection that carries bytes and leaves their meaning to its owner.
///
/// The owner calls `doWork` again and again, takes what came from `received`, and looks at `state`.
/// Times are nanoseconds of the owner's monotonic clock. In steady use nothing of ours is allocated.
/// For one thread at a time.
public struct Connection: ~Copyable {
  /// Where it leads.
  public let endpoint: Endpoint
  private var stream: ByteStream
  private var input: ByteQueue
  private var output: ByteQueue
  private let inputByteCountMax: Int

  /// Begins to connect. What fails shows in `state` and `closeReason`.
  ///
  /// - Parameters:
  ///   - address: of `endpoint`, from `Resolver`.
  ///   - inputByteCountMax: where so many bytes wait for the owner, no more are read.
  ///   - outputByteCountMax: the most bytes that may wait to be sent.
  public init(
    _ endpoint: Endpoint, at address: SocketAddress, options: ConnectionOptions,
    inputByteCountMax: Int = 1 << 20, outputByteCountMax: Int = 1 << 20, now: Int64
  ) {
    self.endpoint = endpoint
    self.inputByteCountMax = inputByteCountMax
    stream = ByteStream(endpoint, at: address, options, now: now)
    input = ByteQueue(capacity: 1 << 17, limit: .max)
    output = ByteQueue(upTo: outputByteCountMax, capacity: 4096)
  }

  /// Where it stands.
  public var state: ConnectionState { stream.reason == nil ? stream.state : .closed }
  /// Why it is over; nil as long as it is not.
  public var closeReason: CloseReason? { stream.reason }
  /// What went over it; messages are not counted.
  public var traffic: ConnectionTraffic {
    var traffic = ConnectionTraffic()
    traffic.bytesIn = stream.bytesIn
    traffic.bytesOut = stream.bytesOut
    return traffic
  }
  /// When the kernel received the youngest of the bytes read last: ns since the Unix epoch.
  public var receiveTime: Int64 { stream.receiveTime }
  /// Whether `receiveTime` is the kernel's word; otherwise it is when the bytes were read.
  public var hasKernelTime: Bool { stream.hasKernelTime }
  /// What a later connection to the same host may begin with.
  public var session: TLSSession? { stream.session }
  /// The address this end has.
  public var localAddress: SocketAddress? { stream.localAddress }

  /// Does what there is to do and returns how much that was.
  public mutating func doWork(now: Int64) -> Int {
    guard stream.state != .closed else { return 0 }
    var work = 0
    if input.count < inputByteCountMax { work = stream.turn(into: &input, now: now) }
    stream.send(&output)
    if stream.reason != nil { stream.release() }
    return work
  }

  /// Bytes that wait for the owner; valid until the next call.
  public var received: UnsafeRawBufferPointer { input.bytes }

  /// Takes the first `byteCount` of `received` off.
  public mutating func consume(_ byteCount: Int) { input.consume(byteCount) }

  /// Sends `bytes`, all or nothing.
  public mutating func send(_ bytes: UnsafeRawBufferPointer) -> SendResult {
    guard stream.isOpen, stream.reason == nil else { return .notOpen }
    guard output.append(bytes) else {
      return bytes.count > output.limit ? .tooLong : .backPressured
    }
    let mark = stream.mark(behind: output)
    stream.send(&output)
    return .accepted(mark)
  }

  /// What is known of the message `mark` stands for.
  public func delivery(of mark: SendMark) -> Delivery { stream.delivery(of: mark) }

  /// Begins to close in order. Reading goes on until the peer agrees or `closeTimeout` is over.
  public mutating func close(now: Int64) { stream.close(&output, now: now) }
}
