import Engine
import TradingModel
import Venues

/// The definitions of a run at venues that were opened.
public enum LiveDefinitions {
  /// Venues, currencies, listings and balances; strategies and limits come on top.
  ///
  /// - Throws: `LiveError` where a venue's numbers do not fit.
  public static func make(_ opened: [OpenedVenue], withBalances: Bool) throws -> RunDefinitions {
    var definitions = RunDefinitions()
    var instruments: [String] = []
    for entry in opened {
      let venue = definitions.venue(entry.venue.name)
      for definition in entry.definitions {
        let kind = definition.kind
        let name = "\(definition.base)/\(definition.quote)/\(kind)"
        let instrument = instruments.firstIndex(of: name) ?? instruments.count
        if instrument == instruments.count { instruments.append(name) }
        do throws(DecimalError) {
          definitions.listings.append(
            ListingDefinition(
              listing: try definition.listing(
                index: ListingIndex(definitions.listings.count), venue: venue,
                instrument: InstrumentIndex(instrument),
                base: definitions.currency(definition.base),
                quote: definitions.currency(definition.quote),
                settlement: definitions.currency(definition.settlement)),
              symbol: definition.symbol))
        } catch {
          throw LiveError.listing(
            venue: entry.venue.name, symbol: definition.symbol, reason: "\(error)")
        }
      }
    }
    for entry in opened {
      for name in entry.venue.adapter.description.feeCurrencies { _ = definitions.currency(name) }
    }
    if withBalances { addBalances(opened, &definitions) }
    return definitions
  }

  /// Of currencies that the run has, at venues whose accounts are known.
  private static func addBalances(_ opened: [OpenedVenue], _ definitions: inout RunDefinitions) {
    for entry in opened where entry.venue.knowsBalances {
      let venue = definitions.venue(entry.venue.name)
      for listing in definitions.listings.map(\.listing) where listing.venue == venue {
        for currency in listing.contractKind == .spot
          ? [listing.base, listing.quote] : [listing.settlement]
        where !definitions.balances.contains(where: {
          $0.venue == venue && $0.currency == currency
        }) {
          let name = definitions.currencies[Int(currency)]
          definitions.balances.append(
            AccountBalance(venue: venue, currency: currency, total: entry.total(of: name)))
        }
      }
      // An account that is only assumed pays its fees in what it trades.
      guard entry.venue.credential != nil else { continue }
      for name in entry.venue.adapter.description.feeCurrencies {
        let currency = definitions.currency(name)
        guard
          !definitions.balances.contains(where: { $0.venue == venue && $0.currency == currency })
        else { continue }
        definitions.balances.append(
          AccountBalance(venue: venue, currency: currency, total: entry.total(of: name)))
      }
    }
  }
}

extension LiveVenue {
  /// Whether its account is asked for, or taken to hold something.
  public var knowsBalances: Bool { credential != nil || assumedBalances != nil }
}

extension OpenedVenue {
  /// What the account has of a currency; nothing where that is not told.
  fileprivate func total(of currency: String) -> Money {
    if venue.credential == nil, let assumed = venue.assumedBalances {
      return assumed.first { $0.currency == currency }?.total ?? .zero
    }
    return balances.first { "\($0.asset)" == currency }?.total ?? .zero
  }
}
