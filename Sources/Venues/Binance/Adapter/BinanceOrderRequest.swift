import Credentials
import TradingModel

/// Who sends order requests to Binance, and how.
public struct BinanceAccount: Equatable, Sendable {
  public var apiKey: String
  public var secret: String
  /// What every client order id begins with: names the run, so that ids of two runs never meet.
  /// Letters, digits, `.`, `:`, `/`, `_`, `-`; at most 22 of them.
  public var clientOrderIDPrefix: String
  /// Milliseconds after a request's timestamp in which Binance still takes it, 1 to 60,000.
  public var receiveWindow: UInt64
  /// `newOrderRespType`: `ACK` answers soonest, `RESULT` with the order's state.
  public var responseType: String
  public var host: String

  public init(
    apiKey: String, secret: String, clientOrderIDPrefix: String, receiveWindow: UInt64 = 5_000,
    responseType: String = "ACK", host: String = "fapi.binance.com"
  ) {
    self.apiKey = apiKey
    self.secret = secret
    self.clientOrderIDPrefix = clientOrderIDPrefix
    self.receiveWindow = receiveWindow
    self.responseType = responseType
    self.host = host
  }

  /// The prefix for a run: `n`, the run id in base 36, `-`.
  public static func clientOrderIDPrefix(runID: UInt64) -> String {
    "n" + String(runID, radix: 36) + "-"
  }
}

/// Why an order request cannot be written for Binance.
public enum BinanceRequestError: Error, Equatable, Sendable {
  /// The listing was never given to the encoder.
  case unknownListing(ListingIndex)
  case orderType(OrderType)
  case timeInForce(TimeInForce)
}

/// Writes Binance USD-M order requests: whole HTTP/1.1 requests, signed or not, in memory taken
/// once. Allocates nothing after `init` and `add`.
///
/// What never changes of a request (its first line and headers) stands in the buffer beforehand; a
/// request writes its parameters behind that. Parameters and their order are those of the vectors
/// in `Tests/BenchmarkTests`.
public struct BinanceOrderEncoder: ~Copyable {
  /// The longest parameters: 15 names, numbers of up to 21 bytes, texts of up to 36.
  static let parameterByteCountMax = 640
  static let symbolByteCountMax = 32
  static let clientOrderIDPrefixMax = 22

  /// One method's request: head, then parameters, then tail.
  struct Frame: BitwiseCopyable {
    var base: UnsafeMutableRawPointer
    var headByteCount: Int
    var tail: UnsafeMutableRawBufferPointer
    /// Where the three digits of Content-Length stand; 0 when parameters are in the first line.
    var lengthOffset: Int
  }

  let signer: MessageSigner
  let receiveWindow: UInt64
  var names: ListingNames
  let prefix: UnsafeMutableRawBufferPointer
  let responseType: UnsafeMutableRawBufferPointer
  private let frames: UnsafeMutablePointer<Frame>

  /// - Parameter listingCapacity: listing indices are below it.
  public init(_ account: BinanceAccount, listingCapacity: Int) {
    precondition(
      account.clientOrderIDPrefix.utf8.count <= Self.clientOrderIDPrefixMax,
      "a prefix leaves room for an order id: 36 characters are allowed")
    guard let signer = try? MessageSigner(.hmacSHA256, secret: SecretBytes(account.secret)) else {
      preconditionFailure("an account has a secret")
    }
    self.signer = signer
    receiveWindow = account.receiveWindow
    names = ListingNames(capacity: listingCapacity)
    prefix = Self.kept(account.clientOrderIDPrefix)
    responseType = Self.kept(account.responseType)
    frames = .allocate(capacity: VenueRequestKind.allCases.count)
    for (index, kind) in VenueRequestKind.allCases.enumerated() {
      (frames + index).initialize(to: Self.frame(kind, account))
    }
  }

  deinit {
    for index in 0..<VenueRequestKind.allCases.count {
      frames[index].base.deallocate()
      frames[index].tail.deallocate()
    }
    frames.deallocate()
    prefix.deallocate()
    responseType.deallocate()
  }

  /// Makes a listing known under the venue's symbol for it.
  public mutating func add(_ listing: Listing, symbol: String) {
    precondition(
      (1...Self.symbolByteCountMax).contains(symbol.utf8.count), "a symbol has 1 to 32 bytes")
    names.add(listing, symbol: symbol)
  }

  /// Writes one request.
  ///
  /// - Parameters:
  ///   - timestamp: of the request, milliseconds since the epoch.
  ///   - signed: without a signature only what needs no key is written; for measurements.
  /// - Returns: the bytes to send, valid until the next request of the same kind.
  public mutating func encode(
    _ request: VenueRequest, timestamp: UInt64, signed: Bool = true
  ) throws(BinanceRequestError) -> UnsafeRawBufferPointer {
    if !names.isKnown(request.listing) {
      guard request.kind == .querySnapshot, request.listing == .max else {
        throw .unknownListing(request.listing)
      }
    }
    let frame = frames[Int(request.kind.rawValue) - 1]
    let start = frame.base + frame.headByteCount
    var writer = RequestWriter(at: start)
    try writeParameters(request, timestamp: timestamp, &writer)
    if signed {
      let text = UnsafeRawBufferPointer(start: start, count: writer.end - start)
      writer.write("&signature=")
      // The digest is made behind the place of its text, and then spelled out.
      let digest = writer.end + signer.byteCount * 2
      signer.sign(text, into: digest)
      writer.write(
        hexOf: UnsafeRawBufferPointer(start: digest, count: signer.byteCount))
    }
    if frame.lengthOffset > 0 {
      Self.writeLength(writer.end - start, at: frame.base + frame.lengthOffset)
    }
    writer.write(UnsafeRawBufferPointer(frame.tail))
    return UnsafeRawBufferPointer(start: frame.base, count: writer.end - frame.base)
  }

  private static func writeLength(_ length: Int, at place: UnsafeMutableRawPointer) {
    // Three places, right-aligned: white space in front of a field's value says nothing.
    let hundreds = length / 100
    place.storeBytes(of: hundreds == 0 ? 0x20 : UInt8(hundreds) + 0x30, as: UInt8.self)
    place.storeBytes(
      of: UInt8(length / 10 % 10) + 0x30, toByteOffset: 1, as: UInt8.self)
    place.storeBytes(of: UInt8(length % 10) + 0x30, toByteOffset: 2, as: UInt8.self)
  }

  private static func kept(_ text: String) -> UnsafeMutableRawBufferPointer {
    let bytes = Array(text.utf8)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
    room.copyBytes(from: bytes)
    return UnsafeMutableRawBufferPointer(rebasing: room[..<bytes.count])
  }

  private static func frame(_ kind: VenueRequestKind, _ account: BinanceAccount) -> Frame {
    let line: String
    switch kind {
    case .newOrder: line = "POST /fapi/v1/order"
    case .replace: line = "PUT /fapi/v1/order"
    case .cancel: line = "DELETE /fapi/v1/order"
    case .queryOrder: line = "GET /fapi/v1/order"
    case .querySnapshot: line = "GET /fapi/v1/openOrders"
    }
    let headers = "Host: \(account.host)\r\nX-MBX-APIKEY: \(account.apiKey)\r\n"
    let hasBody = kind == .newOrder || kind == .replace
    let head =
      hasBody
      ? "\(line) HTTP/1.1\r\n\(headers)Content-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: 000\r\n\r\n" : "\(line)?"
    let bytes = Array(head.utf8)
    let base = UnsafeMutableRawPointer.allocate(
      byteCount: bytes.count + parameterByteCountMax + headers.utf8.count + 256, alignment: 64)
    base.copyMemory(from: bytes, byteCount: bytes.count)
    return Frame(
      base: base, headByteCount: bytes.count,
      tail: kept(hasBody ? "" : " HTTP/1.1\r\n\(headers)\r\n"),
      lengthOffset: hasBody ? bytes.count - 7 : 0)
  }
}
