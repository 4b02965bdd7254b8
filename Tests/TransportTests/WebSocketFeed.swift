import Testing

@testable import Transport

/// A client behind its handshake, fed with bytes of a server made by hand.
struct WebSocketFeed: ~Copyable {
  var client: WebSocketClient

  init(compressed: Bool = false, limits: WebSocketLimits = .init()) throws {
    var client = try WebSocketClient(
      WebSocketRequest(host: "localhost", offersCompression: compressed), limits: limits,
      masks: .seeded(1))
    client.output.removeAll()
    let answer = Self.answer(
      client.handshake.key,
      fields: compressed ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "")
    Array(answer.utf8).withUnsafeBytes { client.receive($0) }
    let event = try client.next()
    check(event.map(Self.words) == "opened")
    self.client = client
  }

  /// The server's answer to the handshake.
  static func answer(_ key: String, fields: String = "") -> String {
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Accept: \(WebSocketHandshake.accept(key: key))\r\n\(fields)\r\n"
  }

  /// What `bytes` lead to, in words.
  mutating func take(_ bytes: [UInt8]) throws(WebSocketError) -> [String] {
    bytes.withUnsafeBytes { client.receive($0) }
    var events: [String] = []
    while let event = try client.next() { events.append(Self.words(event)) }
    return events
  }

  static func words(_ event: WebSocketEvent) -> String {
    switch event {
    case .opened: "opened"
    case .text(let bytes): "text " + String(decoding: bytes, as: UTF8.self)
    case .binary(let bytes): "binary \(Array(bytes))"
    case .ping(let bytes): "ping " + String(decoding: bytes, as: UTF8.self)
    case .pong(let stamp): "pong \(stamp.map(String.init) ?? "-")"
    case .closed(let code, let reason): "closed \(code) \(reason)"
    }
  }

  /// A server's frame, unmasked. `first` is the byte of FIN, reserved bits and opcode.
  static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let count = payload.count
    var bytes: [UInt8] = [first]
    if count < 126 {
      bytes.append(UInt8(count))
    } else {
      let width = count < 65536 ? 2 : 8
      bytes.append(width == 2 ? 126 : 127)
      for index in (0..<width).reversed() {
        bytes.append(UInt8(truncatingIfNeeded: count >> (index * 8)))
      }
    }
    bytes += payload
    return bytes
  }

  static func frame(_ first: UInt8, _ text: String) -> [UInt8] { frame(first, Array(text.utf8)) }

  /// The frames we sent, unmasked: opcode and payload.
  mutating func sent() -> [(opcode: UInt8, payload: [UInt8])] {
    var bytes = Array(client.output.bytes)[...]
    client.output.removeAll()
    var frames: [(UInt8, [UInt8])] = []
    while bytes.count >= 6 {
      let opcode = bytes.removeFirst() & 15
      let short = Int(bytes.removeFirst() & 127)
      let extra = short == 126 ? 2 : short == 127 ? 8 : 0
      var count = short
      if extra > 0 {
        count = 0
        for byte in bytes.prefix(extra) { count = count << 8 | Int(byte) }
      }
      bytes = bytes.dropFirst(extra)
      let mask = Array(bytes.prefix(4))
      var payload = Array(bytes.dropFirst(4).prefix(count))
      for index in payload.indices { payload[index] ^= mask[index % 4] }
      bytes = bytes.dropFirst(4 + count)
      frames.append((opcode, payload))
    }
    return frames
  }
}
