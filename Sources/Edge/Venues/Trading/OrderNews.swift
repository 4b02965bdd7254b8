import TradingModel

/// Whose order a report is about.
public enum OrderOwnership: UInt8, Sendable, BitwiseCopyable {
  /// The client order id is one of ours: `report.orderID` is the engine's number.
  case own
  /// It was entered by somebody else with the same account: whether to adopt it is for policy.
  case foreign
  /// The message names the order by the venue's id alone.
  case unnamed
}

/// What a venue said of one order or one trade, as `TradingSession` takes it. Plain: no memory of its own.
struct OrderNews: BitwiseCopyable, Sendable {
  /// Whole where `isFollowed`: without a listing there are no units to count in.
  var report: VenueReport
  /// Of `.unnamed` news the session looks for `report.venueOrderID` among our orders.
  var ownership = OrderOwnership.unnamed
  /// What the client order id says where it is ours, in its later form; the report counts what the
  /// venue counts, and the session adds what was filled before.
  var name = OrderName(orderID: 0)
  /// Whether the symbol is one of the run's listings.
  var isFollowed = false
  /// The report is the order's state as the venue now has it (`statusOpen`, `statusFilled`,
  /// `statusCanceled`, `statusExpired`, `statusRejected`), told because something changed, by venues
  /// that do not say what. The session finds out: accepted, replaced, or nothing but a fill that is
  /// told by itself.
  var isState = false
  /// Whether the report has the fee; without it, it was charged in a currency that the run does not have.
  var isFeeBooked = true

  init(_ report: VenueReport) { self.report = report }

  init(
    _ report: VenueReport, ownership: OrderOwnership, isFollowed: Bool, isState: Bool = false
  ) {
    self.report = report
    self.ownership = ownership
    self.isFollowed = isFollowed
    self.isState = isState
  }
}
