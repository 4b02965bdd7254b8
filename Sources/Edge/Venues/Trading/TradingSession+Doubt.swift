import TradingModel

/// When an account is begun anew because something about it could not be read.
struct AccountDoubt {
  /// When `connected` is told again, on the monotonic clock; `.max` while nothing is in doubt.
  var endsAt: Int64 = .max
  /// When it was told last for such a reason, on the monotonic clock; nil for never.
  var lastAt: Int64?
  /// How often in a row it was told, without a longer time between.
  var count = 0
}

// Messages of the account that cannot be read: they may have told of a fill, or of an order's end.
extension TradingSession where Dialect: ~Copyable {
  private static var doubtPauseMax: Int64 { 60 * second }

  /// A message could not be read. Where it came over a channel that brings the account's events, what it
  /// said is unknown, as when the connection is lost: the core is told `disconnected`, which makes open
  /// orders unknown and stops opening, then `connected`, and asks for everything. Cancels go on meanwhile.
  ///
  /// The first time that happens at once; again after a pause of 1 s, doubled up to a minute, so that a
  /// venue that always says something unreadable is not asked without end.
  func doubtAccount(_ channel: Int, _ now: SessionTime) {
    guard phase == .ready, doubt.endsAt == .max,
      dialect.logOn.contains(where: { $0.bringsEvents && $0.channel == channel })
    else { return }
    // Of before the message that was lost.
    forgetSnapshot()
    isCompared = false
    emit(VenueReport(kind: .disconnected, venue: venue, venueTime: venueTime(now)), now)
    warn(
      "a message about the account cannot be read, so everything is asked for anew: "
        + (lastFault ?? ""))
    doubt.endsAt = now.monotonic
    if let last = doubt.lastAt {
      if now.monotonic - last > 2 * Self.doubtPauseMax { doubt.count = 0 }
      if doubt.count > 0 {
        let pause = min(Self.second << Int64(min(doubt.count - 1, 6)), Self.doubtPauseMax)
        doubt.endsAt = max(now.monotonic, last + pause)
      }
    }
    endDoubt(now)
  }

  /// Has the core ask for everything, when it is time to.
  func endDoubt(_ now: SessionTime) {
    guard doubt.endsAt <= now.monotonic else { return }
    doubt.endsAt = .max
    doubt.lastAt = now.monotonic
    doubt.count += 1
    emit(VenueReport(kind: .connected, venue: venue, venueTime: venueTime(now)), now)
  }
}
