// Whether anything can be sent at all.
extension TradingSession where Dialect: ~Copyable {
  var stopCause: VenueStopCause? {
    if case .stopped(let cause) = phase { return cause }
    return nil
  }
}
