import MatchingEngine
import TradingModel

/// A value with a name in lines: lower case, words joined by underscores.
public protocol Spelled: CaseIterable, Equatable {
  /// The name; part of the format, whatever the Swift case is called.
  var spelling: String { get }
}

extension Side: Spelled {
  public var spelling: String { self == .buy ? "buy" : "sell" }
}

extension OrderType: Spelled {
  public var spelling: String {
    switch self {
    case .market: "market"
    case .limit: "limit"
    case .stop: "stop"
    case .stopLimit: "stop_limit"
    case .trailingStop: "trailing_stop"
    case .pegged: "pegged"
    }
  }
}

extension TimeInForce: Spelled {
  public var spelling: String {
    switch self {
    case .day: "day"
    case .goodTillCancel: "good_till_cancel"
    case .immediateOrCancel: "immediate_or_cancel"
    case .fillOrKill: "fill_or_kill"
    case .goodTillDate: "good_till_date"
    }
  }
}

extension SelfTradePrevention: Spelled {
  public var spelling: String {
    switch self {
    case .allow: "allow"
    case .cancelNewest: "cancel_newest"
    case .cancelOldest: "cancel_oldest"
    case .cancelBoth: "cancel_both"
    case .decrement: "decrement"
    }
  }
}

extension PegReference: Spelled {
  public var spelling: String {
    switch self {
    case .none: "none"
    case .primary: "primary"
    case .market: "market"
    case .mid: "mid"
    }
  }
}

extension TradingPhase: Spelled {
  public var spelling: String {
    switch self {
    case .continuous: "continuous"
    case .auction: "auction"
    case .cancelOnly: "cancel_only"
    case .halted: "halted"
    }
  }
}

extension ReportKind: Spelled {
  public var spelling: String {
    switch self {
    case .accepted: "accepted"
    case .rejected: "rejected"
    case .trade: "trade"
    case .canceled: "canceled"
    case .reduced: "reduced"
    case .replaced: "replaced"
    case .cancelRejected: "cancel_rejected"
    case .replaceRejected: "replace_rejected"
    case .triggered: "triggered"
    case .expired: "expired"
    }
  }
}

extension MatchReason: Spelled {
  public var spelling: String {
    switch self {
    case .none: "none"
    case .orderIDIsZero: "order_id_is_zero"
    case .duplicateOrderID: "duplicate_order_id"
    case .unknownOrder: "unknown_order"
    case .quantityNotPositive: "quantity_not_positive"
    case .quantityAboveLimit: "quantity_above_limit"
    case .tradingHalted: "trading_halted"
    case .cancelOnly: "cancel_only"
    case .invalidTerms: "invalid_terms"
    case .expireTimePassed: "expire_time_passed"
    case .conflictingInstructions: "conflicting_instructions"
    case .notInAuction: "not_in_auction"
    case .reduceOnly: "reduce_only"
    case .orderCapacity: "order_capacity"
    case .noReferencePrice: "no_reference_price"
    case .wouldCross: "would_cross"
    case .notFillable: "not_fillable"
    case .requested: "requested"
    case .massCancel: "mass_cancel"
    case .immediateOrCancel: "immediate_or_cancel"
    case .noLiquidity: "no_liquidity"
    case .selfTradePrevention: "self_trade_prevention"
    case .modifiedToFilled: "modified_to_filled"
    case .repriced: "repriced"
    case .timeReached: "time_reached"
    case .endOfDay: "end_of_day"
    case .auction: "auction"
    }
  }
}
