extension TimeUnit {
  /// As `X-MBX-TIME-UNIT` and `timeUnit` ask for it
  /// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-api-information).
  init(binance text: String?) throws(BinanceError) {
    switch text {
    case nil, "MILLISECOND", "millisecond": self = .milliseconds
    case "MICROSECOND", "microsecond": self = .microseconds
    default:
      throw BinanceError(
        -1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.")
    }
  }
}
