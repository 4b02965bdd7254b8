/// One thing that a front was told, or that it asked of what is around it: with the times of the calls
/// these are all that a front's state follows from.
enum FrontInput: Sendable {
  case tick
  case handle(HTTPRequest)
  case upgrade(HTTPRequest)
  case opened(connection: UInt64, HTTPRequest)
  case received(connection: UInt64, WebSocketMessage)
  case ponged(connection: UInt64)
  case closed(connection: UInt64, WebSocketClosure)
  case response(ServerFailure, HTTPRequest)
  case state(FormFields)
  /// What `drawFailure` gave within the input before.
  case draw(ServerFailure?)
  /// The digest of all answers so far (`AnswerDigest`), so that a replay shows whether it gives the
  /// same ones.
  case answers(UInt64)
  /// From here on the wall clock of times is that much ahead of the machine's, in nanoseconds.
  case clockOffset(Int64)
  /// From here on funding is exchanged as often as this, in nanoseconds; 0 for never.
  case fundingInterval(Int64)
}

/// A running digest of what clients were answered, in order: FNV-1a, 64 bits
/// (https://datatracker.ietf.org/doc/html/draft-eastlake-fnv). Pushes are left out.
struct AnswerDigest: Equatable, Sendable {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    var value = value
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    // What ends here is not what goes on.
    self.value = (value ^ 0x1FF) &* 0x100_0000_01B3
  }

  mutating func add(_ response: HTTPResponse) {
    add("\(response.status)".utf8)
    for field in response.headers.fields {
      add(field.name.utf8)
      add(field.value.utf8)
    }
    add(response.body)
  }
}
