import Links
import TradingModel
import Venues

/// Looks after the sessions of a live run, and tells each thing that goes wrong once.
final class VenueWatch {
  /// One session, and what was told of it.
  private struct Watched {
    var venue: String
    var task: String
    var link: SessionLink
    var fault: String?
    var stopCause: VenueStopCause?
    var losses: [UInt64]
    var reasons: [String?]

    init(_ venue: String, _ task: String, _ link: SessionLink) {
      self.venue = venue
      self.task = task
      self.link = link
      losses = Array(repeating: 0, count: link.health.count)
      reasons = Array(repeating: nil, count: link.health.count)
    }
  }

  /// What may be shut out, a key or an address, and what was told of it.
  private struct Ban {
    var scope: RateLimitScope
    var venues: [String]
    var budget: SharedBudget
    var told: Timestamp = .min

    init(_ scope: RateLimitScope, _ venue: String, _ budget: SharedBudget) {
      self.scope = scope
      venues = [venue]
      self.budget = budget
    }

    var until: Timestamp {
      switch scope {
      case .key: budget.budget.keyBannedUntil
      case .address: budget.budget.address.bannedUntil
      }
    }

    func isShared(with other: SharedBudget) -> Bool {
      switch scope {
      case .key: budget === other
      case .address: budget.budget.address === other.budget.address
      }
    }
  }

  private var sessions: [Watched] = []
  private var bans: [Ban] = []
  private let venues: [String]

  /// - Parameter venues: those of the run, in their order; without `orders` where none are entered.
  init(_ venues: [(name: String, feed: SessionLink, orders: SessionLink?, budget: SharedBudget)]) {
    self.venues = venues.map(\.name)
    for venue in venues {
      sessions.append(Watched(venue.name, "market data", venue.feed))
      if let orders = venue.orders { sessions.append(Watched(venue.name, "orders", orders)) }
      for scope in [RateLimitScope.key, .address] {
        if let place = bans.firstIndex(where: {
          $0.scope == scope && $0.isShared(with: venue.budget)
        }) {
          bans[place].venues.append(venue.name)
        } else {
          bans.append(Ban(scope, venue.name, venue.budget))
        }
      }
    }
  }

  /// Venues that take no more orders from us, whatever we do, by their place in the run.
  var stoppedVenues: Set<VenueIndex> {
    var stopped: Set<VenueIndex> = []
    for session in sessions where session.link.session.stopCause != nil {
      if let place = venues.firstIndex(of: session.venue) { stopped.insert(VenueIndex(place)) }
    }
    return stopped
  }

  /// What is new since the last call, a line each.
  ///
  /// - Parameter now: wall time.
  func news(at now: Timestamp) -> [String] {
    var lines: [String] = []
    for index in sessions.indices { tell(&sessions[index], &lines) }
    for index in bans.indices {
      let until = bans[index].until
      guard until > max(now, bans[index].told) else { continue }
      bans[index].told = until
      let seconds = (until - now + 999_999_999) / 1_000_000_000
      let who = bans[index].venues.joined(separator: " and ")
      lines.append(
        "\(who): the \(bans[index].scope.rawValue) is banned for \(seconds) s: nothing is sent until then"
      )
    }
    return lines
  }

  private func tell(_ watched: inout Watched, _ lines: inout [String]) {
    let name = "\(watched.venue): \(watched.task)"
    if let fault = watched.link.session.lastFault, fault != watched.fault {
      watched.fault = fault
      lines.append("\(name): \(fault)")
    }
    for (index, health) in watched.link.health.enumerated() {
      // Connections for requests end whenever they are not needed; streams are to last.
      let isLoss = health.lossCount > watched.losses[index] && health.address.hasPrefix("ws")
      let reason = health.lastReason
      defer {
        watched.losses[index] = health.lossCount
        watched.reasons[index] = reason
      }
      guard let reason, isLoss || reason != watched.reasons[index] else { continue }
      lines.append("\(name): \(health.purpose) (\(health.address)): \(reason)")
    }
    if let cause = watched.link.session.stopCause, cause != watched.stopCause {
      watched.stopCause = cause
      lines.append("\(name): stopped, nothing more is sent: \(cause)")
    }
  }

  /// How every venue does.
  func statuses(at now: Timestamp) -> [VenueStatus] {
    venues.map { venue in
      let own = sessions.filter { $0.venue == venue }
      let ban = bans.filter { $0.venues.contains(venue) }.map(\.until).max()
      return VenueStatus(
        venue: venue, stopCause: own.compactMap(\.link.session.stopCause).first,
        bannedUntil: ban.flatMap { $0 > now ? $0 : nil },
        faults: own.compactMap(\.link.session.lastFault),
        connections: own.flatMap { $0.link.health.map { VenueStatus.Connection($0) } })
    }
  }
}
