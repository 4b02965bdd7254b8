import LowLatency

@testable import Transport

/// Any bytes from a server: the first says what it is (WebSocket, with or without compression, its
/// handshake, or HTTP), and the rest is fed to the client twice, cut in two ways. Each way gives the
/// same, messages and then perhaps a typed error.
@c(LLVMFuzzerTestOneInput)
public func fuzzWebSocket(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: data, count: count)
  guard let first = bytes.first else { return 0 }
  let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
  let whole = told(by: rest, kind: first & 3, cut: rest.count)
  let pieces = told(by: rest, kind: first & 3, cut: Int(first >> 2) + 1)
  precondition(whole == pieces, "However bytes are cut, they tell the same")
  return 0
}

/// A digest of what a client tells about `bytes` in pieces of `cut`.
private func told(by bytes: UnsafeRawBufferPointer, kind: UInt8, cut: Int) -> Digest {
  switch kind {
  case 0, 1: webSocket(bytes, compressed: kind == 1, cut: cut)
  case 2: handshake(bytes, cut: cut)
  default: http(bytes, cut: cut)
  }
}

/// FNV-1a over what was told.
private struct Digest: Equatable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325
  var errors = 0

  mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes { add(byte) }
    add(0xFF)
  }

  mutating func add(_ text: String) { for byte in text.utf8 { add(byte) } }
}

/// Calls `body` with each piece.
private func pieces(
  _ bytes: UnsafeRawBufferPointer, _ cut: Int, _ body: (UnsafeRawBufferPointer) -> Bool
) {
  var start = 0
  while start < bytes.count {
    let end = min(bytes.count, start + max(1, cut))
    if !body(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) { return }
    start = end
  }
}

private func webSocket(_ bytes: UnsafeRawBufferPointer, compressed: Bool, cut: Int) -> Digest {
  var limits = WebSocketLimits()
  limits.messageByteCountMax = 100_000
  let request = WebSocketRequest(host: "a", offersCompression: compressed)
  guard var client = try? WebSocketClient(request, limits: limits, masks: .seeded(1)) else {
    preconditionFailure("A good request is taken")
  }
  var digest = Digest()
  let fields = compressed ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : ""
  var answer =
    "HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    + "\(WebSocketHandshake.accept(key: client.handshake.key))\r\n\(fields)\r\n"
  answer.withUTF8 { client.receive(UnsafeRawBufferPointer($0)) }
  take(&client, &digest)
  precondition(client.state == .open, "A good answer opens")
  pieces(bytes, cut) { piece in
    client.receive(piece)
    take(&client, &digest)
    client.output.removeAll()
    return client.state == .open
  }
  return digest
}

private func handshake(_ bytes: UnsafeRawBufferPointer, cut: Int) -> Digest {
  let request = WebSocketRequest(host: "a", subprotocols: ["b"], offersCompression: true)
  guard var client = try? WebSocketClient(request, masks: .seeded(1)) else {
    preconditionFailure("A good request is taken")
  }
  // "@" stands for what no input could guess.
  let accept = Array(WebSocketHandshake.accept(key: client.handshake.key).utf8)
  let answer = bytes.flatMap { $0 == UInt8(ascii: "@") ? accept : [$0] }
  var digest = Digest()
  answer.withUnsafeBytes { bytes in
    pieces(bytes, cut) { piece in
      client.receive(piece)
      take(&client, &digest)
      return client.state == .handshaking || client.state == .open
    }
  }
  return digest
}

private func take(_ client: inout WebSocketClient, _ digest: inout Digest) {
  do throws(WebSocketError) {
    while let event = try client.next() {
      switch event {
      case .opened: digest.add(1)
      case .text(let bytes):
        digest.add(2)
        digest.add(bytes)
      case .binary(let bytes):
        digest.add(3)
        digest.add(bytes)
      case .ping(let bytes):
        digest.add(4)
        digest.add(bytes)
      case .pong: digest.add(5)
      case .closed(let code, let reason):
        digest.add(UInt8(code & 0xFF))
        digest.add(reason)
      }
    }
  } catch {
    digest.errors += 1
    precondition(!error.description.isEmpty, "An error says what it is")
  }
}

private func http(_ bytes: UnsafeRawBufferPointer, cut: Int) -> Digest {
  var limits = HTTPLimits()
  limits.bodyByteCountMax = 100_000
  limits.headByteCountMax = 1000
  guard var client = try? HTTPClient(host: "a", limits: limits) else {
    preconditionFailure("A good host is taken")
  }
  for method in [HTTPMethod.get, .post, .head, .get, .delete] {
    client.beginRequest(method, target: "/")
    let number = try? client.endRequest()
    precondition(number != nil, "A good request is taken")
  }
  var digest = Digest()
  pieces(bytes, cut) { piece in
    client.receive(piece)
    take(&client, &digest)
    return client.state == .open
  }
  client.peerEnded()
  take(&client, &digest)
  return digest
}

private func take(_ client: inout HTTPClient, _ digest: inout Digest) {
  do throws(HTTPError) {
    while let response = try client.next() {
      digest.add(UInt8(truncatingIfNeeded: response.status))
      digest.add(UInt8(truncatingIfNeeded: response.request))
      digest.add(response.body)
      if let field = client.field("x") { digest.add(field) }
    }
  } catch {
    digest.errors += 1
    precondition(!error.description.isEmpty, "An error says what it is")
  }
}
