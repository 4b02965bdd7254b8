import TradingModel

/// What to do about an error that a venue answered with.
public enum VenueErrorMeaning: Equatable, Sendable, BitwiseCopyable {
  /// Refused before anything happened, for a reason that passes: may be sent again later.
  case retry
  /// What became of the request is not known: ask for the order, send nothing again.
  case askFirst
  /// Refused for good.
  case reject(VenueReason)
  /// Our clock is outside the venue's window: estimate it anew, then send. Nothing happened.
  case resynchronize
  /// Refused, and nothing may be sent until then: ns since the epoch, 0 where the venue does not say
  /// (its `Retry-After` header may).
  case rateLimited(until: Timestamp)
  /// Refused, and so will be whatever is sent with this key or from this address: somebody must look.
  case stop(VenueStopCause)
}

/// Why nothing more can be sent.
public enum VenueStopCause: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The key is unknown, malformed, or may not come from this address.
  case key = 1
  /// The signature was refused: the wrong secret.
  case signature = 2
  /// The account or the key may not do this.
  case permission = 3
  /// The address is banned, with or without an end.
  case ban = 4
  /// The request was stopped before it reached the venue (HTTP 403, the web application firewall).
  case firewall = 5
  /// The session was closed, or not opened.
  case loggedOut = 6
}

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
    if status == 418 { return .rateLimited(until: banEnd(message) ?? until) }
    if let known = documented[code] {
      switch known {
      case .message: return meaning(of: message, code: code)
      case .limit: return .rateLimited(until: banEnd(message) ?? until)
      case .fixed(let meaning): return meaning
      }
    }
    switch status {
    case 429: return .rateLimited(until: until)
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
    case .reject, .rateLimited, .stop:
      switch request {
      case .newOrder: return .rejected
      case .replace: return .replaceRejected
      case .cancel: return .cancelRejected
      // A question that is refused has no answer.
      case .queryOrder, .querySnapshot: return .answerLost
      }
    }
  }

  /// The reason of a report that is made of `meaning`.
  public static func reason(of meaning: VenueErrorMeaning) -> VenueReason {
    switch meaning {
    case .reject(let reason): reason
    case .rateLimited: .rateLimited
    case .retry, .askFirst, .resynchronize, .stop: .other
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
