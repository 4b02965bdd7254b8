import TradingModel

/// What the errors of Bybit v5 mean: code, HTTP status, text.
///
/// Total: every code has a meaning, and one that is not documented says nothing about what became of
/// an order, so it is asked for. Codes and statuses after
/// https://bybit-exchange.github.io/docs/v5/error.
public enum BybitErrors {
  private static let minute: Timestamp = 60_000_000_000

  /// - Parameters:
  ///   - code: `retCode`; 0 where the body was no answer.
  ///   - status: of HTTP; 0 over a WebSocket.
  ///   - until: when the venue's limit is free again, ns since the epoch; 0 where it does not say.
  public static func meaning(
    code: Int64, status: Int, message: VenueMessageText = VenueMessageText(), until: Timestamp = 0
  ) -> VenueErrorMeaning {
    // 5xx comes from what stands in front of the venue: whether the request went through is not said.
    if status >= 500 { return .askFirst }
    if let known = documented[code] {
      switch known {
      case .limit(let scope): return .rateLimited(until: until, by: scope)
      case .endpointLimit: return .endpointLimited(until: until)
      case .fixed(let meaning): return meaning
      }
    }
    switch status {
    case 429: return .rateLimited(until: until, by: .key)
    // "IP rate limit breached" is said with "access too frequent"; from countries it does not serve the
    // venue answers 403 too.
    case 403:
      return message.contains("too frequent")
        ? .rateLimited(until: until, by: .address) : .stop(.firewall)
    case 401: return .stop(.key)
    case 400, 404: return .reject(.other)
    default: return .askFirst
    }
  }

  /// What a refused log-on or subscription means that carries no code, only words.
  static func meaning(ofWords message: VenueMessageText, isLogOn: Bool) -> VenueErrorMeaning {
    if message.contains("expire") || message.contains("timestamp") { return .resynchronize }
    if !isLogOn { return .reject(.other) }
    if message.contains("api_key") || message.contains("apikey") { return .stop(.key) }
    return .stop(.signature)
  }

  /// The venue's words for a code, shortened; nil for one that is not documented.
  public static func name(of code: Int64) -> String? { names[code] }

  /// How long an address that asked too often is shut out at least: "wait 10 minutes".
  static var banTime: Timestamp { 10 * minute }

  enum Rule {
    case fixed(VenueErrorMeaning)
    /// A limit, and by whom it is counted; headers say until when.
    case limit(RateLimitScope)
    /// A limit of this endpoint and account alone.
    case endpointLimit
  }

  static let documented: [Int64: Rule] = {
    var rules: [Int64: Rule] = [:]
    for (code, _, rule) in list { rules[code] = rule }
    return rules
  }()

  private static let names: [Int64: String] = {
    var names: [Int64: String] = [:]
    for (code, name, _) in list { names[code] = name }
    return names
  }()
}

/// Why the matching engine refused or ended an order (`rejectReason`, `cancelType`).
/// https://bybit-exchange.github.io/docs/v5/enum
enum BybitEnding {
  /// What `rejectReason` says; `.none` for `EC_NoError` and nothing.
  static func reason(_ scanner: FieldScanner, _ word: FieldRange) -> VenueReason {
    guard word.count > 3, !scanner.matches(word, "EC_NoError"), !scanner.matches(word, "UNKNOWN")
    else { return .none }
    if scanner.matches(word, "EC_PostOnlyWillTakeLiquidity") { return .wouldTake }
    if scanner.matches(word, "EC_NoImmediateQtyToFill") { return .noLiquidity }
    if scanner.matches(word, "EC_NoEnoughQtyToFill") { return .notFillable }
    if scanner.matches(word, "EC_CancelForNoFullFill") { return .notFillable }
    if scanner.matches(word, "EC_BySelfMatch") { return .selfTrade }
    if scanner.matches(word, "EC_StopBySelfMatch") { return .selfTrade }
    if scanner.matches(word, "EC_DuplicatedClOrdID") { return .duplicateOrder }
    if scanner.matches(word, "EC_OrigClOrdIDDoesNotExist") { return .unknownOrder }
    if scanner.matches(word, "EC_OrderNotExist") { return .unknownOrder }
    if scanner.matches(word, "EC_TooLateToCancel") { return .tooLate }
    if scanner.matches(word, "EC_LimitOrderInvalidPrice") { return .priceOutsideLimits }
    if scanner.matches(word, "EC_ReachRiskPriceLimit") { return .priceOutsideLimits }
    if scanner.matches(word, "EC_ReachMarketPriceLimit") { return .priceOutsideLimits }
    if scanner.matches(word, "EC_InvalidPriceScale") { return .offGrid }
    if scanner.matches(word, "EC_QtyCannotBeZero") { return .quantityOutsideLimits }
    if scanner.matches(word, "EC_EcInvalidQty") { return .quantityOutsideLimits }
    if scanner.matches(word, "EC_InvalidAmount") { return .quantityOutsideLimits }
    if scanner.matches(word, "EC_InvalidSymbolStatus") { return .venueClosed }
    if scanner.matches(word, "EC_SecurityStatusFail") { return .venueClosed }
    if scanner.matches(word, "EC_InCallAuctionStatus") { return .venueClosed }
    // What a cancel looks like: nothing was wrong.
    if scanner.matches(word, "EC_PerCancelRequest") { return .none }
    if scanner.matches(word, "INSUFFICIENT_MARGIN") { return .insufficientBalance }
    return .other
  }

  /// What `cancelType` says; `.none` where somebody asked for it.
  static func cancelReason(_ scanner: FieldScanner, _ word: FieldRange) -> VenueReason {
    if scanner.matches(word, "CancelBySmp") { return .selfTrade }
    if scanner.matches(word, "CancelByReduceOnly") { return .reduceOnly }
    if scanner.matches(word, "CancelBySettle") { return .venueClosed }
    if scanner.matches(word, "CancelByDCP") { return .deadManSwitch }
    if scanner.matches(word, "CancelByCannotAffordOrderCost") { return .insufficientBalance }
    return .none
  }
}
