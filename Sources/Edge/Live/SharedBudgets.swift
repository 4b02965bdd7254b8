import Venues

/// The budgets of a run's venues. Those that are reached at one address with one key share theirs, as the
/// venue counts them together: products of a unified account, or one venue configured twice.
public struct SharedBudgets {
  private struct User: Hashable {
    var origin: String
    var key: String
  }

  private let isLimited: Bool
  private var budgets: [User: SharedBudget] = [:]

  /// - Parameter isLimited: false where nothing is counted: at simulated venues that count nothing either.
  public init(isLimited: Bool = true) { self.isLimited = isLimited }

  /// The one that this venue's sessions take from. The first venue of several brings the limits.
  public mutating func budget(of venue: LiveVenue) -> SharedBudget {
    let user = User(origin: venue.environment.rest, key: venue.credential?.apiKey ?? "")
    if let known = budgets[user] { return known }
    let budget = SharedBudget(isLimited ? venue.adapter.description.rateLimits : [])
    budgets[user] = budget
    return budget
  }
}
