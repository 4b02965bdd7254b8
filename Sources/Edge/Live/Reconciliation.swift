import TradingCore
import TradingModel
import Venues

/// Where what the run has booked and what a venue says of the account are not the same.
public struct AccountDifference: Equatable, Sendable {
  public var venue: String
  /// `balance USDT`, `position BTCUSDT`.
  public var what: String
  public var ours: String
  public var venues: String
}

extension AccountDifference: CustomStringConvertible {
  public var description: String { "\(venue): \(what) is \(ours) here, and \(venues) there" }
}

/// Holds a venue's account beside the core's books.
public enum Reconciliation {
  /// - Parameters:
  ///   - told: the account as the venue told it, after everything it is compared with was settled.
  ///   - before: the positions that stood before the run, which are not its own.
  public static func differences(
    _ told: OpenedVenue, before: [AccountPosition], venue: VenueIndex,
    _ core: borrowing TradingCore, currencies: [String], listings: [ListingDefinition]
  ) -> [AccountDifference] {
    var found: [AccountDifference] = []
    for (index, name) in currencies.enumerated() {
      let ours = core.balance(venue: venue, currency: CurrencyIndex(index))
      guard ours.isKnown else { continue }
      let theirs = told.balances.first { "\($0.asset)" == name }?.total ?? .zero
      if ours.total != theirs {
        found.append(
          AccountDifference(
            venue: told.venue.name, what: "balance \(name)", ours: "\(ours.total)",
            venues: "\(theirs)"))
      }
    }
    guard listings.contains(where: { $0.listing.contractKind != .spot }) else { return found }
    for entry in listings where entry.listing.venue == venue {
      let listing = entry.listing
      func quantity(_ positions: [AccountPosition]) -> Int64 {
        positions.first { "\($0.symbol)" == entry.symbol }?.quantity ?? 0
      }
      let ours = core.position(listing: listing.index).quantity
      let theirs = quantity(told.positions) - quantity(before)
      if ours != theirs {
        found.append(
          AccountDifference(
            venue: told.venue.name, what: "position \(entry.symbol)",
            ours: listing.quantityText(ours), venues: listing.quantityText(theirs)))
      }
    }
    return found
  }
}
