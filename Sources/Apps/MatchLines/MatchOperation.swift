/// What a line can ask for: its `op`.
public enum MatchOperation: String, CaseIterable, Sendable {
  case instrument, new, modify
  case cancelReplace = "cancel_replace"
  case cancel
  case cancelAll = "cancel_all"
  case advance
  case endDay = "end_day"
  case position, phase, uncross
  case book, orders, order, indication
  case showPosition = "show_position"
  case statistics, check, hash

  /// The keys a line of this operation may have, besides `op` and `comment`.
  public var fields: [String] {
    switch self {
    case .instrument: ["tick", "lot", "capacity", "seed"]
    case .new:
      [
        "order_id", "owner", "side", "order_type", "price", "quantity", "time_in_force",
        "post_only", "slide", "reduce_only", "hidden", "all_or_none", "self_trade_prevention",
        "stop_price", "trailing_offset", "peg", "peg_offset", "display_quantity", "display_range",
        "min_quantity", "expire_time_ns",
      ]
    case .modify: ["order_id", "price", "quantity", "stop_price"]
    case .cancelReplace: ["order_id", "price", "leaves"]
    case .cancel, .order: ["order_id"]
    case .cancelAll: ["owner", "side"]
    case .advance: ["time_ns"]
    case .position: ["owner", "position"]
    case .phase: ["phase", "reference_price"]
    case .uncross, .indication: ["reference_price"]
    case .book: ["depth"]
    case .orders: ["side", "price"]
    case .showPosition: ["owner"]
    case .statistics: ["memory"]
    case .endDay, .check, .hash: []
    }
  }
}
