import TradingModel

/// What the errors of OKX mean: `code` of an answer, `sCode` of one order in it, HTTP status.
///
/// Total: every code has a meaning, and one that is not documented says nothing about what became of an
/// order, so it is asked for. Codes after https://www.okx.com/docs-v5/en/#error-code.
public enum OKXErrors {
  /// Limits are counted in windows of two seconds.
  static let limitPause: Timestamp = 2_000_000_000

  /// - Parameters:
  ///   - code: `sCode` where there is one, else `code`; 0 where the body was none.
  ///   - status: of HTTP; 200 over a WebSocket connection.
  ///   - time: ns since the epoch by the venue's clock: a limit is over a moment later. 0: not known.
  public static func meaning(
    code: UInt64, status: Int, at time: Timestamp = 0
  ) -> VenueErrorMeaning {
    // What stands in front of the venue does not say whether a request went through.
    if status >= 500 { return .askFirst }
    if let known = documented[code] {
      if case .endpointLimited = known { return limited(at: time) }
      return known
    }
    switch status {
    case 429: return limited(at: time)
    case 403: return .stop(.firewall)
    case 401: return .stop(.key)
    // 1 and 2 (all, or some, of a batch failed) say nothing without their `sCode`.
    default: return .askFirst
    }
  }

  /// Every endpoint has its own limit, by account and instrument
  /// (https://www.okx.com/docs-v5/en/#overview-rate-limits).
  private static func limited(at time: Timestamp) -> VenueErrorMeaning {
    .endpointLimited(until: time > 0 ? time + limitPause : 0)
  }

  /// The report that an error is about a request, where its code says more than its meaning.
  static func reportKind(_ code: UInt64, to request: VenueRequestKind) -> VenueReportKind? {
    // "Order does not exist". Canceled orders without fills are forgotten after two hours.
    request == .queryOrder && code == 51603 ? .notFound : nil
  }

  /// What the venue says of a code, shortened; nil for one that is not documented.
  public static func name(of code: UInt64) -> String? { names[code] }
}
