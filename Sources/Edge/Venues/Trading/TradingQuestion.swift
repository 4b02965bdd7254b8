import TradingModel

/// A thing that is asked of a venue while it is traded on.
enum TradingQuestion {
  /// A request of the core.
  case request(VenueRequest)
  /// A step of logging on, by its place in `TradingDialect.logOn`.
  case logOn(Int)
  /// Something that is asked again and again, by its place in `TradingDialect.repeated`.
  case repeated(Int)
  /// A part of a full look at the account, by its number below `TradingDialect.snapshotPartCount`.
  /// `page` is what the answer before it named as `TradingNews.nextPage`; empty for the first.
  case snapshot(part: Int, page: VenueText)
  /// The fills of the order that a query of the core was about; they are told before its status.
  case fills(of: VenueRequest, venueOrderID: VenueOrderID, page: VenueText)
  /// Funding payments since `from`, by the venue's clock. `page` as of a snapshot.
  case payments(from: Timestamp, page: VenueText)
  /// Whose order is this? A fill named it by the venue's number alone.
  case order(ListingIndex, VenueOrderID)
  /// A part of the venue's dead-man switch, by its number below `DeadManSwitch.partCount`: set (anew), or
  /// ended.
  case deadMan(part: Int, isOn: Bool)
}

/// One step of logging on. Steps are taken in order, each when the one before it was answered; when a
/// channel is lost, those that made its state are taken again.
struct LogOnStep: Sendable {
  enum Kind: Sendable {
    /// Asks for the venue's time, before anything is signed.
    case time
    /// Asks something whose good answer is enough: a log-in, a subscription.
    case ask
    /// Asks for a target (`TradingNews.target`) and connects the channel there: a listen key.
    case open
  }

  var kind: Kind
  /// The channel whose state it makes.
  var channel: Int
  /// The channel it is asked over; nil for the same.
  var via: Int?
  /// Whether it brings the account's own events: taken again when these end while the channel stays.
  var bringsEvents: Bool
  /// Whether it sets a dead-man switch of the kind `connection`: a refusal ends the log-on only where the
  /// switch is required.
  var isProtection: Bool
  /// For people.
  var purpose: String

  init(
    _ kind: Kind, channel: Int, via: Int? = nil, bringsEvents: Bool = false,
    isProtection: Bool = false, purpose: String
  ) {
    self.kind = kind
    self.channel = channel
    self.via = via
    self.bringsEvents = bringsEvents || kind == .open
    self.isProtection = isProtection
    self.purpose = purpose
  }
}

/// Something that is asked, or only said, again and again while the session is ready.
struct RepeatedQuestion: Sendable {
  enum Kind: Sendable {
    /// The venue's time.
    case time
    /// Something with an answer that matters: a listen key kept alive.
    case ask
    /// Said over a WebSocket channel to keep it open; an answer is nothing to wait for.
    case heartbeat
  }

  var kind: Kind
  var channel: Int
  /// Nanoseconds.
  var interval: Int64

  init(_ kind: Kind, channel: Int, every interval: Int64) {
    self.kind = kind
    self.channel = channel
    self.interval = interval
  }
}
