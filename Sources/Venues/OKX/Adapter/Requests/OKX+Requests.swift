import Credentials
import TradingModel

// Requests by hand, through the code that trades.
extension OKX {
  public static func requests(
    _ action: VenueAction, _ input: RequestInput, _ credential: borrowing VenueCredential,
    _ environment: VenueEnvironment, timestamp: UInt64
  ) throws -> [WireRequest] {
    try input.check(action, of: description, with: credential)
    let time = Timestamp(timestamp) * 1_000_000
    let clientOrderID = try checked(
      input.clientOrderID ?? "n" + String(timestamp, radix: 36) + "X1")
    var encoder = OKXEncoder(
      apiKey: credential.apiKey, passphrase: credential.passphrase,
      signer: try credential.signer(), clientOrderIDPrefix: clientOrderID,
      isDemo: !environment.isReal, listingCapacity: 1)
    switch support(of: action, over: input.channel) {
    case _ where action == .cancelAll:
      return try cancels(of: input.openOrders, &encoder, environment, time)
    case nil: throw RequestError.notOffered(action, reason: overAnotherChannel(action))
    case false?: throw RequestError.notOffered(action, reason: reason(notOffering: action))
    case true?: break
    }
    switch action {
    case .place, .modify, .cancel, .query:
      return [try order(action, input, &encoder, environment, time)]
    case .logOn: return [message(try encoder.logOn(at: time), environment)]
    case .userStream:
      return [message(Array(userStreamSubscription.utf8), environment)]
    case .placeBatch, .cancelBatch:
      return [try batch(action, input, credential, environment, time)]
    case .instruments where input.symbol == nil:
      let first = wire(try encoder.rest(try encoder.fill(action, input), at: time), environment)
      encoder.parameters.removeAll()
      encoder.parameters.add("instType", "SWAP")
      return [first, wire(try encoder.rest(.instruments, at: time), environment)]
    default:
      return [wire(try encoder.rest(try encoder.fill(action, input), at: time), environment)]
    }
  }

  /// Cancels orders by the venue's ids, in as many requests as it takes.
  /// https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-multiple-orders
  private static func cancels(
    of orders: [OpenOrder], _ encoder: inout OKXEncoder, _ environment: VenueEnvironment,
    _ time: Timestamp
  ) throws(RequestError) -> [WireRequest] {
    guard !orders.isEmpty else {
      throw .inSteps(.cancelAll, how: reason(notOffering: .cancelAll))
    }
    var requests: [WireRequest] = []
    for start in stride(from: 0, to: orders.count, by: OKXEncoder.batchCountMax) {
      let part = orders[start..<min(start + OKXEncoder.batchCountMax, orders.count)]
      let list = part.map { "{\"instId\":\"\($0.symbol)\",\"ordId\":\"\($0.orderID)\"}" }
      var body = "[" + list.joined(separator: ",") + "]"
      requests.append(
        body.withUTF8 { bytes in
          wire(
            encoder.rest(.cancelBatch, body: UnsafeRawBufferPointer(bytes), at: time), environment)
        })
    }
    return requests
  }

  /// Whether an action is offered: nil for one over another channel only.
  private static func support(of action: VenueAction, over channel: VenueChannel) -> Bool? {
    switch description.support(of: action) {
    case .native(let channels), .restricted(let channels, _):
      channels.contains(channel) ? true : nil
    case .emulated, .none: false
    }
  }

  private static func overAnotherChannel(_ action: VenueAction) -> String {
    switch description.support(of: action) {
    case .native([.webSocket]): "over the WebSocket connection only (--channel websocket)"
    default: "over REST only (--channel rest)"
    }
  }

  /// What is subscribed to for an account.
  static let userStreamSubscription =
    "{\"op\":\"subscribe\",\"args\":[{\"channel\":\"orders\",\"instType\":\"ANY\"},"
    + "{\"channel\":\"account\"},{\"channel\":\"positions\",\"instType\":\"ANY\"},"
    + "{\"channel\":\"balance_and_position\"}]}"
  static let userStreamChannelCount = 4

  private static func checked(_ clientOrderID: String) throws(RequestError) -> String {
    guard clientOrderID.utf8.count <= OKXEncoder.clientOrderIDByteCountMax,
      clientOrderID == clientOrderIDPrefix(clientOrderID), !clientOrderID.isEmpty
    else {
      throw .unsuitable("client-order-id", reason: "at most 32 letters and digits")
    }
    return clientOrderID
  }

  /// A request about one order.
  private static func order(
    _ action: VenueAction, _ input: RequestInput, _ encoder: inout OKXEncoder,
    _ environment: VenueEnvironment, _ time: Timestamp
  ) throws -> WireRequest {
    let (listing, request) = try input.orderRequest(action)
    encoder.add(listing, symbol: try OKXEncoder.needed(input.symbol, "symbol"))
    switch input.channel {
    case .rest: return wire(try encoder.rest(request, at: time), environment)
    case .webSocket:
      // Told by `instruments` as `instIdCode`.
      encoder.setCode(
        listing.index, try OKXEncoder.needed(input.instrumentCode, "instrument-code"))
      let deadline = time + Timestamp(input.receiveWindow) * 1_000_000
      return message(try encoder.operation(request, id: 1, deadline: deadline), environment)
    }
  }

  /// One order for each of the client order ids, all with the same terms.
  private static func batch(
    _ action: VenueAction, _ input: RequestInput, _ credential: borrowing VenueCredential,
    _ environment: VenueEnvironment, _ time: Timestamp
  ) throws -> WireRequest {
    var orders: [(client: String, venue: UInt64?)] = input.clientOrderIDs.map { ($0, nil) }
    orders += input.venueOrderIDs.map { ("", $0) }
    if orders.isEmpty, let id = input.clientOrderID { orders = [(id, nil)] }
    guard !orders.isEmpty else { throw RequestError.missing("client-order-ids") }
    guard orders.count <= OKXEncoder.batchCountMax else {
      throw RequestError.unsuitable(
        input.venueOrderIDs.isEmpty ? "client-order-ids" : "order-ids",
        reason: "at most \(OKXEncoder.batchCountMax) in one batch")
    }
    let symbol = try OKXEncoder.needed(input.symbol, "symbol")
    let isOperation = input.channel == .webSocket
    let code =
      isOperation ? try OKXEncoder.needed(input.instrumentCode, "instrument-code") : 0
    // Each id is a prefix of its own.
    var bodies: [String] = []
    for (id, venueID) in orders {
      var one = input
      one.venueOrderID = venueID
      one.clientOrderID = id
      let (listing, request) = try one.orderRequest(action == .placeBatch ? .place : .cancel)
      var encoder = OKXEncoder(
        apiKey: "", passphrase: nil, signer: try credential.signer(),
        clientOrderIDPrefix: venueID == nil ? try checked(id) : "", isDemo: false,
        listingCapacity: 1)
      encoder.add(listing, symbol: symbol)
      encoder.setCode(listing.index, code)
      bodies.append(try encoder.json(request, isOperation: isOperation))
    }
    let route = action == .placeBatch ? OKXRoute.placeBatch : .cancelBatch
    var encoder = OKXEncoder(
      apiKey: credential.apiKey, passphrase: credential.passphrase,
      signer: try credential.signer(), clientOrderIDPrefix: "", isDemo: !environment.isReal,
      listingCapacity: 1)
    if isOperation {
      let deadline = time + Timestamp(input.receiveWindow) * 1_000_000
      encoder.beginBatch(route, id: 1, deadline: action == .placeBatch ? deadline : nil)
      for body in bodies { encoder.addToBatch(written: body) }
      return message(encoder.endBatch(), environment)
    }
    var body = "[" + bodies.joined(separator: ",") + "]"
    return body.withUTF8 { bytes in
      wire(encoder.rest(route, body: UnsafeRawBufferPointer(bytes), at: time), environment)
    }
  }

  static func wire(_ request: OKXRestRequest, _ environment: VenueEnvironment) -> WireRequest {
    var headers: [(name: String, value: String)] = []
    for line in String(decoding: request.headers, as: UTF8.self).split(separator: "\r\n") {
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      headers.append((String(line[..<colon]), String(line[colon...].dropFirst(2))))
    }
    return WireRequest(
      method: request.method.text.description,
      url: environment.rest + String(decoding: request.target, as: UTF8.self), headers: headers,
      body: String(decoding: request.body, as: UTF8.self))
  }

  private static func message(
    _ bytes: some Sequence<UInt8>, _ environment: VenueEnvironment
  ) -> WireRequest {
    WireRequest(
      method: "", url: environment.orderEntry, headers: [],
      body: String(decoding: Array(bytes), as: UTF8.self))
  }
}
