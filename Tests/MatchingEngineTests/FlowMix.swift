/// What a flow is made of: chances, each of its own place (0 is never, 1 always).
struct FlowMix {
  /// Of the entries: stops of the three kinds, pegged orders, market orders.
  var stops = 0.05
  var pegged = 0.03
  var market = 0.06
  /// Of the entries that could be: icebergs, hidden, reduce-only, post-only, all-or-none, minimum.
  var icebergs = 0.08
  var hidden = 0.04
  var reduceOnly = 0.04
  var postOnly = 0.08
  var whole = 0.03
  /// Of the entries: an owner's choice other than `allow`.
  var prevention = 0.3
  /// Of the entries: times in force other than good-till-cancel.
  var times = 0.25
  /// Of the requests: another phase, a position, a time, a day's end, a mass cancel.
  var phases = 0.001
  var positions = 0.01
  var clock = 0.02
  var days = 0.001
  var massCancels = 0.004
  /// Of the mass cancels: one side only; everybody's.
  var oneSide = 0.5
  var everybody = 0.15
  /// Of the entries: anything together with anything.
  var wild = 0.01

  static let everything = FlowMix()

  /// Limit and market orders only, in `continuous`.
  static var plain: FlowMix {
    var mix = FlowMix()
    (mix.stops, mix.pegged, mix.icebergs, mix.hidden, mix.reduceOnly) = (0, 0, 0, 0, 0)
    (mix.whole, mix.phases, mix.positions, mix.clock, mix.days) = (0, 0, 0, 0, 0)
    (mix.wild, mix.prevention, mix.oneSide, mix.everybody) = (0, 0.5, 0, 0)
    return mix
  }

  /// Nothing that keeps plain orders from the fast way for long: no positions, phases, stops, pegs.
  static var quiet: FlowMix {
    var mix = FlowMix()
    (mix.stops, mix.pegged, mix.positions, mix.phases, mix.wild) = (0.001, 0.001, 0, 0.0002, 0)
    (mix.icebergs, mix.hidden, mix.prevention) = (0.2, 0.1, 0.15)
    return mix
  }

  /// Nearly all plain.
  static var mostlyPlain: FlowMix {
    var mix = plain
    (mix.stops, mix.pegged, mix.icebergs, mix.hidden, mix.wild) = (0.01, 0.01, 0.01, 0.01, 0.002)
    (mix.clock, mix.phases) = (0.002, 0.0005)
    return mix
  }

  static var stopping: FlowMix {
    var mix = FlowMix()
    (mix.stops, mix.pegged, mix.market, mix.whole) = (0.4, 0.01, 0.12, 0.06)
    return mix
  }

  static var pegging: FlowMix {
    var mix = FlowMix()
    (mix.pegged, mix.stops) = (0.35, 0.03)
    return mix
  }

  /// Pegged orders that are changed in auctions, while they do not move by themselves.
  static var peggedAuctions: FlowMix {
    var mix = pegging
    (mix.phases, mix.market) = (0.05, 0.1)
    return mix
  }

  /// Much that must fill at once or not at all.
  static var needy: FlowMix {
    var mix = FlowMix()
    (mix.whole, mix.times, mix.prevention, mix.icebergs) = (0.2, 0.6, 0.6, 0.3)
    return mix
  }

  static var auctions: FlowMix {
    var mix = FlowMix()
    (mix.phases, mix.market, mix.stops, mix.icebergs) = (0.02, 0.15, 0.1, 0.15)
    return mix
  }

  static var reducing: FlowMix {
    var mix = FlowMix()
    (mix.reduceOnly, mix.positions, mix.phases) = (0.5, 0.04, 0.01)
    return mix
  }

  static var veiled: FlowMix {
    var mix = FlowMix()
    (mix.icebergs, mix.hidden, mix.prevention, mix.phases) = (0.5, 0.2, 0.6, 0.003)
    (mix.times, mix.whole) = (0.5, 0.05)
    return mix
  }

  static var wild: FlowMix {
    var mix = FlowMix()
    (mix.wild, mix.phases, mix.positions) = (0.5, 0.005, 0.05)
    return mix
  }

  /// The mixes that seeds take turns with: 13, so that each comes with each of the four regimes.
  static let all: [FlowMix] = [
    everything, stopping, pegging, auctions, mostlyPlain, reducing, veiled, wild, everything, quiet,
    plain, peggedAuctions, needy,
  ]
}
