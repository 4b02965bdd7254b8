import TradingModel

/// What the errors of Binance USD-M futures mean: code, HTTP status (or the WebSocket API's `status`), text.
///
/// Total: every code has a meaning, and one that is not documented says nothing about what became of an
/// order, so it is asked for. Codes after
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code, statuses after
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info, "HTTP Return Codes".
public enum BinanceUSDMErrors {
  /// - Parameters:
  ///   - code: of the error object; 0 where the body was none.
  ///   - status: 0 where it is not known.
  ///   - until: when the next request may come, ns since the epoch; 0 where the venue does not say.
  public static func meaning(
    code: Int64, status: Int, message: VenueMessageText = VenueMessageText(), until: Timestamp = 0
  ) -> VenueErrorMeaning {
    if status >= 500 { return unavailable(code, status, message) }
    if status == 418 {
      return .rateLimited(until: BinanceErrors.banEnd(message) ?? until, by: .address)
    }
    if let known = documented[code] {
      switch known {
      case .message: return BinanceErrors.meaning(of: message, code: code)
      case .limit(let scope):
        return .rateLimited(until: BinanceErrors.banEnd(message) ?? until, by: scope)
      case .orderLimit: return .endpointLimited(until: until)
      case .fixed(let meaning): return meaning
      }
    }
    switch status {
    case 429: return .rateLimited(until: until, by: .address)
    case 403: return .stop(.firewall)
    case 401: return .stop(.key)
    // A body that could not be read says nothing.
    default: return .askFirst
    }
  }

  /// 503 has three kinds: "Unknown error, please check your request or try again later." leaves the
  /// outcome unknown; "Service Unavailable." and -1008 are failures, to be sent again later.
  private static func unavailable(
    _ code: Int64, _ status: Int, _ message: VenueMessageText
  ) -> VenueErrorMeaning {
    guard status == 503 else { return .askFirst }
    return code == -1008 || message.contains("Service Unavailable") ? .retry : .askFirst
  }

  /// The documented name of a code; nil for one that is not documented.
  public static func name(of code: Int64) -> String? { names[code] }

  /// Why an order ended (`er` of its event): "Expire Reason" of
  /// https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Order-Update
  static func reason(expiry: UInt64) -> VenueReason {
    switch expiry {
    case 0: .none
    // To prevent a trade against oneself.
    case 1, 3: .selfTrade
    // What was left of an immediate-or-cancel, or of a market order.
    case 2, 9: .noLiquidity
    // Another reduce-only order took its place, or the position would have turned.
    case 4: .reduceOnly
    case 7: .venueClosed
    default: .other
    }
  }
}
