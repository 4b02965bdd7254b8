import Venues

/// The budgets of a run's venues: one venue that is configured twice, with one key, has one. Products of a
/// unified account have their own: their limits on orders are counted apart. What is counted by address, and a
/// ban of the address, they share, as do all keys that ask at one host.
public struct SharedBudgets {
  private struct User: Hashable {
    var venue: String
    var origin: String
    var key: String
  }

  private let isLimited: Bool
  private var budgets: [User: SharedBudget] = [:]
  private var addresses: [String: AddressLimits] = [:]

  /// - Parameter isLimited: false where nothing is counted: at simulated venues that count nothing either.
  public init(isLimited: Bool = true) { self.isLimited = isLimited }

  /// The one that this venue's sessions take from.
  public mutating func budget(of venue: LiveVenue) -> SharedBudget {
    let user = User(
      venue: venue.adapter.description.name, origin: venue.environment.rest,
      key: venue.credential?.apiKey ?? "")
    if let known = budgets[user] { return known }
    let address = addresses[user.origin] ?? AddressLimits()
    addresses[user.origin] = address
    let budget = SharedBudget(
      isLimited ? venue.adapter.description.rateLimits : [], address: address)
    budgets[user] = budget
    return budget
  }
}
