import VenueServer

/// A front that shows what reached it, for clients in other languages.
final class EchoFront: VenueFront {
  private var orderCount = 0
  private var later: [(due: Int64, reply: HTTPReply)] = []
  private var connections: [WebSocketConnection] = []
  private var closures: [JSONValue] = []
  private var pongCount = 0
  private var pushed = 0
  private var lastWall: Int64 = 0
  private let filler = String(repeating: "f", count: 60_000)

  func handle(_ request: HTTPRequest, _ reply: HTTPReply, at now: ServerTime) {
    switch request.path {
    case "/order":
      orderCount += 1
      reply.send(json: #"{"orders":\#(orderCount)}"#)
    case "/later": later.append((now.monotonic + 20_000_000, reply))
    case "/time": reply.send(.json(["time": .integer(now.milliseconds)]))
    case "/empty": reply.send(HTTPResponse(status: 204))
    case "/big":
      reply.send(HTTPResponse(body: [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)))
    default: reply.send(.json(Self.description(request), headers: ["X-Seen": "yes"]))
    }
  }

  private static func description(_ request: HTTPRequest) -> JSONValue {
    let fields = request.queryFields.fields.map {
      JSONValue.array([.string($0.name), .string($0.value)])
    }
    let headers = request.headers.fields.map {
      JSONValue.array([.string($0.name), .string($0.value)])
    }
    return [
      "method": .string(request.method), "path": .string(request.path),
      "query": request.query.map { .string($0) } ?? nil, "fields": .array(fields),
      "headers": .array(headers), "body": .string(request.bodyText),
      "connection": .integer(request.connection),
    ]
  }

  func upgrade(_ request: HTTPRequest, at now: ServerTime) -> WebSocketUpgrade {
    var options = WebSocketOptions()
    switch request.path {
    case "/refused":
      return .refuse(.json(["code": -1], status: 403))
    case "/ping":
      options.pingInterval = 50_000_000
      options.pongTimeout = 200_000_000
      options.pingPayload = { Array("\($0.milliseconds)".utf8) }
    case "/flood": options.queueBytesMax = 1 << 20
    case "/requests": options.carriesRequests = true
    case "/plain": options.offersCompression = false
    case "/small": options.messageBytesMax = 100
    default: break
    }
    return .accept(options)
  }

  func opened(_ connection: WebSocketConnection, _ request: HTTPRequest, at now: ServerTime) {
    connections.append(connection)
    if connection.path == "/greeting" { connection.send(Self.description(request)) }
  }

  func received(
    _ message: WebSocketMessage, from connection: WebSocketConnection, at now: ServerTime
  ) {
    switch message {
    case .binary(let bytes): connection.send(binary: bytes, .reply)
    case .text("close"): connection.close(code: 4001, reason: "asked to")
    case .text("cut"): connection.disconnect()
    case .text(let text):
      if connection.path == "/requests" {
        orderCount += 1
        if let failure = connection.drawFailure(at: now) {
          return connection.send("\(failure)", .reply)
        }
      }
      connection.send(text, .reply)
    }
  }

  func ponged(_ connection: WebSocketConnection, at now: ServerTime) { pongCount += 1 }

  func closed(_ connection: WebSocketConnection, _ cause: WebSocketClosure, at now: ServerTime) {
    connections.removeAll { $0 === connection }
    closures.append([
      "path": .string(connection.path), "code": cause.code.map { .integer($0) } ?? nil,
      "reason": .string(cause.reason), "by_peer": .boolean(cause.isByPeer),
    ])
  }

  func tick(at now: ServerTime) {
    lastWall = now.wall
    while let first = later.first, first.due <= now.monotonic {
      later.removeFirst()
      first.reply.send(json: #"{"later":true}"#)
    }
    pushed += 1
    for connection in connections {
      if connection.path == "/numbers" {
        for part in 0..<5 { connection.send("\(pushed * 5 + part)") }
      }
      if connection.path == "/flood" { connection.send("\(pushed)\(filler)") }
    }
  }

  func state(_ query: FormFields, at now: ServerTime) -> JSONValue {
    [
      "orders": .integer(orderCount), "pongs": .integer(pongCount), "closures": .array(closures),
      "wall": .integer(lastWall),
    ]
  }
}
