@testable import Transport

/// A frame that must be refused, and for what.
struct MalformedFrame: Sendable {
  let bytes: [UInt8]
  let reason: WebSocketError.Reason

  init(_ reason: WebSocketError.Reason, _ bytes: [UInt8]) {
    self.bytes = bytes
    self.reason = reason
  }

  static let all: [MalformedFrame] = [
    .init(.opcode, [0x83, 0]), .init(.opcode, [0x8B, 0]), .init(.reservedBits, [0xC1, 0]),
    .init(.reservedBits, [0x91, 0]), .init(.reservedBits, [0xA1, 0]),
    .init(.continuation, [0x80, 0]), .init(.masked, [0x81, 0x80, 1, 2, 3, 4]),
    .init(.header, [0x09, 0]), .init(.header, [0x89, 126, 0, 126]),
    .init(.header, [0x81, 126, 0, 125]),
    .init(.header, [0x81, 127, 0, 0, 0, 0, 0, 0, 255, 255]),
    .init(.header, [0x81, 127, 128, 0, 0, 0, 0, 1, 0, 0]), .init(.closeCode, [0x88, 1, 3]),
    .init(.closeCode, [0x88, 2, 3, 0xED]), .init(.closeCode, [0x88, 2, 0, 1]),
  ]
}

/// An answer to the handshake that must be refused, and what the refusal says.
struct WrongAnswer: Sendable {
  let text: String
  let reason: String

  init(_ text: String, _ reason: String) {
    self.text = text
    self.reason = reason
  }
}

let wrongAnswers: [WrongAnswer] = [
  .init("HTTP/1.1 403 Forbidden\r\n\r\n", "status 101 was expected, found 403"),
  .init("HTTP/1.1 101\r\nConnection: upgrade\r\n\r\n", "Upgrade should be 'websocket'"),
  .init("HTTP/1.1 101\r\nUpgrade: websocket\r\n\r\n", "Connection should be"),
  .init(
    """
    HTTP/1.1 101\r
    Upgrade: websocket\r
    Connection: upgrade\r
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
    """, "Sec-WebSocket-Accept should be"),
  .init("SSH-2.0-OpenSSH\r\n\r\n", "at byte 0"),
  .init("HTTP/1.1 101\r\nno colon\r\n\r\n", "at byte 16"),
  .init("HTTP/1.1 101\r\nA: b\r\n c\r\n\r\n", "at byte 20"),
  .init(String(repeating: "a", count: 16_385), "exceeds the limit of 16384"),
]

/// No UTF-8: alone, too long a form, a surrogate, too high, five bytes, cut off, behind ASCII.
let badTexts: [[UInt8]] = [
  [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
  [0xF8, 0x88, 0x80, 0x80, 0x80], [0xE2, 0x82],
  [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0xFF],
]
