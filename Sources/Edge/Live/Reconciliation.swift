import TradingCore
import TradingModel
import Venues

/// Where what the run has booked and what a venue says of the account are not the same.
public struct AccountDifference: Equatable, Sendable {
  /// One venue, or several that share an account.
  public var venue: String
  /// `balance USDT`, `position BTCUSDT`.
  public var what: String
  public var ours: String
  public var venues: String
}

extension AccountDifference: CustomStringConvertible {
  public var description: String { "\(venue): \(what) is \(ours) here, and \(venues) there" }
}

/// Holds accounts beside the core's books.
public struct Reconciliation {
  /// 10^-8.
  private static let balanceUnit: Int128 = 10_000_000_000

  /// Every venue of the run, as it was when the run began.
  private let opened: [OpenedVenue]
  private let definitions: RunDefinitionsView
  /// What the journal's first run found on the accounts.
  private let initial: [AccountBalance]
  /// What of the accounts' positions is not the run's and is left alone.
  private let left: [ListingIndex: Int64]

  /// What of a run's definitions is needed.
  public struct RunDefinitionsView: Sendable {
    public var currencies: [String]
    public var listings: [ListingDefinition]

    public init(currencies: [String], listings: [ListingDefinition]) {
      self.currencies = currencies
      self.listings = listings
    }
  }

  public init(
    _ opened: [OpenedVenue], _ definitions: RunDefinitionsView, initial: [AccountBalance],
    left: [ListingIndex: Int64] = [:]
  ) {
    self.opened = opened
    self.definitions = definitions
    self.initial = initial
    self.left = left
  }

  /// Venues by the account they trade on: a unified account serves several.
  public var accounts: [[VenueIndex]] {
    var groups: [(key: String, venues: [VenueIndex])] = []
    for (index, entry) in opened.enumerated() {
      let key = "\(entry.venue.credential?.apiKey ?? "") \(entry.venue.environment.rest)"
      if let place = groups.firstIndex(where: { $0.key == key }) {
        groups[place].venues.append(VenueIndex(index))
      } else {
        groups.append((key, [VenueIndex(index)]))
      }
    }
    return groups.map(\.venues)
  }

  /// - Parameters:
  ///   - account: venues that share one.
  ///   - told: what each of them says now, after everything it is compared with was settled.
  public func differences(
    _ account: [VenueIndex], _ told: [OpenedVenue], _ core: borrowing TradingCore
  ) -> [AccountDifference] {
    var found = balanceDifferences(account, told, core)
    for (place, venue) in account.enumerated() {
      found += positionDifferences(venue, told[place], core)
    }
    return found
  }

  /// Each venue's books began with the whole account, so that its changes are what counts.
  private func balanceDifferences(
    _ account: [VenueIndex], _ told: [OpenedVenue], _ core: borrowing TradingCore
  ) -> [AccountDifference] {
    var found: [AccountDifference] = []
    for (index, name) in definitions.currencies.enumerated() {
      let currency = CurrencyIndex(index)
      var ours: Money?
      for venue in account {
        let balance = core.balance(venue: venue, currency: currency)
        guard balance.isKnown else { continue }
        let before = initial.first { $0.venue == venue && $0.currency == currency }?.total
        ours = ours.map { $0 + balance.total - (before ?? .zero) } ?? balance.total
      }
      guard let ours else { continue }
      let theirs = told[0].balances.first { "\($0.asset)" == name }?.total ?? .zero
      if (ours - theirs).amount.magnitude >= tolerance(account, CurrencyIndex(index), core) {
        let names = account.map { opened[Int($0)].venue.name }.joined(separator: " and ")
        found.append(
          AccountDifference(
            venue: names, what: "balance \(name)", ours: "\(ours)", venues: "\(theirs)"))
      }
    }
    return found
  }

  /// Venues tell balances to eight decimals. Some round the profit of each fill that closes a part of a
  /// contract to as many, where ours is exact: half a unit for every fill in the contracts that a currency
  /// settles.
  private func tolerance(
    _ account: [VenueIndex], _ currency: CurrencyIndex, _ core: borrowing TradingCore
  ) -> UInt128 {
    var fills: Int64 = 0
    for entry in definitions.listings
    where account.contains(entry.listing.venue) && entry.listing.contractKind != .spot
      && entry.listing.settlement == currency
    {
      fills += core.position(listing: entry.listing.index).fillCount
    }
    return Self.balanceUnit.magnitude / 2 * UInt128(fills + 2)
  }

  private func positionDifferences(
    _ venue: VenueIndex, _ told: OpenedVenue, _ core: borrowing TradingCore
  ) -> [AccountDifference] {
    var found: [AccountDifference] = []
    for entry in definitions.listings
    where entry.listing.venue == venue && entry.listing.contractKind != .spot {
      let ours = core.position(listing: entry.listing.index).quantity
      let theirs = (told.position(of: entry)?.quantity ?? 0) - (left[entry.listing.index] ?? 0)
      if ours != theirs {
        found.append(
          AccountDifference(
            venue: told.venue.name, what: "position \(entry.symbol)",
            ours: entry.listing.quantityText(ours), venues: entry.listing.quantityText(theirs)))
      }
    }
    return found
  }
}
