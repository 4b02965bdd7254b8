/// One of the five markets of the public matching-engine comparison, in our own reading of them.
public enum FlowRegime: String, CaseIterable, Sendable {
  /// A still mid with a deep book: tens of thousands of orders on about 60 levels.
  case still
  /// A normal day: thousands of orders on some 300 levels.
  case normal
  /// The mid swings by a quarter.
  case swing25 = "swing-25"
  /// The mid swings by two fifths.
  case swing40 = "swing-40"
  /// A flash crash: hundreds of orders over a walk of tens of thousands of ticks.
  case crash

  /// What makes the regime.
  var shape: FlowShape {
    switch self {
    case .still:
      FlowShape(deviation: 0.0002, drop: 0, lifetime: 30_000, distanceMax: 28)
    case .normal:
      FlowShape(deviation: 0.01, drop: 0, lifetime: 4_000, distanceMax: 145)
    case .swing25:
      FlowShape(deviation: 0.25, drop: 0, lifetime: 2_000, distanceMax: 400)
    case .swing40:
      FlowShape(deviation: 0.40, drop: 0, lifetime: 1_500, distanceMax: 600)
    case .crash:
      FlowShape(deviation: 0.15, drop: 0.6, lifetime: 300, distanceMax: 600)
    }
  }
}

/// The numbers behind a regime. Times are in arrivals of new orders.
struct FlowShape {
  /// The standard deviation of the mid's logarithm over the whole flow.
  var deviation: Double
  /// The part of its value that the mid loses in the middle fifth of the flow, before it comes back
  /// in the next fifth.
  var drop: Double
  /// The mean life of an order that is canceled.
  var lifetime: Double
  /// No order rests further than this from the mid, in ticks.
  var distanceMax: Double
}
