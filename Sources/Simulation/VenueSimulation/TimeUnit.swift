import VenueServer

/// In what a message has its times.
enum TimeUnit {
  case milliseconds
  case microseconds

  func count(_ nanoseconds: Int64) -> Int64 {
    nanoseconds / (self == .milliseconds ? 1_000_000 : 1_000)
  }

  func json(_ nanoseconds: Int64) -> JSONValue { .integer(count(nanoseconds)) }
}
