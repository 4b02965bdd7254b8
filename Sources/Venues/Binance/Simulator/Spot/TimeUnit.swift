import VenueServer

/// In what a client wants its times: `X-MBX-TIME-UNIT` and `timeUnit`
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-api-information).
enum TimeUnit {
  case milliseconds
  case microseconds

  init(_ text: String?) throws(SpotError) {
    switch text {
    case nil, "MILLISECOND", "millisecond": self = .milliseconds
    case "MICROSECOND", "microsecond": self = .microseconds
    default:
      throw SpotError(
        -1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.")
    }
  }

  func count(_ nanoseconds: Int64) -> Int64 {
    nanoseconds / (self == .milliseconds ? 1_000_000 : 1_000)
  }

  func json(_ nanoseconds: Int64) -> JSONValue { .integer(count(nanoseconds)) }
}
