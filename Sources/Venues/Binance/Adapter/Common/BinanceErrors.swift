import TradingModel

/// What the errors of Binance spot mean: code, HTTP status (or the WebSocket API's `status`), text.
///
/// Total: every code has a meaning, and one that is not documented says nothing about what became of
/// an order, so it is asked for. Codes after
/// https://developers.binance.com/docs/binance-spot-api-docs/errors, statuses after
/// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-api-information.
public enum BinanceErrors {
  /// - Parameters:
  ///   - code: of the error object; 0 where the body was none.
  ///   - status: 0 where it is not known.
  ///   - until: `retryAfter` of the WebSocket API's error data or made of the `Retry-After` header,
  ///     ns since the epoch; 0 where there was none.
  public static func meaning(
    code: Int64, status: Int, message: VenueMessageText = VenueMessageText(), until: Timestamp = 0
  ) -> VenueErrorMeaning {
    // 5xx: "do not treat this as a failure; the execution status is unknown".
    if status >= 500 { return .askFirst }
    if status == 418 {
      return .rateLimited(until: banEnd(message) ?? until, by: .address)
    }
    if let known = documented[code] {
      switch known {
      case .message: return meaning(of: message, code: code)
      case .limit(let scope):
        return .rateLimited(until: banEnd(message) ?? until, by: scope)
      case .orderLimit: return .endpointLimited(until: until)
      case .fixed(let meaning): return meaning
      }
    }
    switch status {
    case 429: return .rateLimited(until: until, by: .address)
    case 403: return .stop(.firewall)
    case 401: return .stop(.key)
    // A body that could not be read says nothing; 409 is a cancel-replace of which one half went.
    default: return .askFirst
    }
  }

  /// The report that an error is, about the request it answers; nil where nothing is decided: the
  /// request may be sent again.
  public static func reportKind(
    of meaning: VenueErrorMeaning, to request: VenueRequestKind, code: Int64
  ) -> VenueReportKind? {
    if request == .queryOrder, code == -2013 { return .notFound }
    // "Canceled or expired with no executed quantity over 90 days ago."
    if request == .queryOrder, code == -2026 { return .statusCanceled }
    switch meaning {
    case .retry, .resynchronize: return nil
    case .askFirst: return .answerLost
    case .reject, .rateLimited, .endpointLimited, .stop:
      switch request {
      case .newOrder: return .rejected
      case .replace: return .replaceRejected
      case .cancel: return .cancelRejected
      // A question that is refused has no answer.
      case .queryOrder, .querySnapshot: return .answerLost
      }
    }
  }

  /// The documented name of a code; nil for one that is not documented.
  public static func name(of code: Int64) -> String? { names[code] }

  /// "IP banned until 1659146400000": the end of a ban, as ns since the epoch.
  static func banEnd(_ message: VenueMessageText) -> Timestamp? {
    let mark: StaticString = "until "
    let count = mark.utf8CodeUnitCount
    guard message.contains(mark) else { return nil }
    var start = 0
    while start + count < message.byteCount {
      var index = 0
      while index < count, message[start + index] == mark.utf8Start[index] { index += 1 }
      if index == count { break }
      start += 1
    }
    var value: Int64 = 0
    var digits = 0
    var place = start + count
    while place < message.byteCount, digits < 13, message[place] &- 0x30 <= 9 {
      value = value * 10 + Int64(message[place] &- 0x30)
      digits += 1
      place += 1
    }
    // Milliseconds have 13 digits from 2001 to 2286.
    return digits == 13 && value <= 9_000_000_000_000 ? value * 1_000_000 : nil
  }
}
