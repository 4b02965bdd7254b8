import Engine
import Portfolio
import TradingCore
import TradingModel

/// What the accounts come to by the balances, fills and funding of a journal, whichever strategy traded.
///
/// Amounts wrap around instead of trapping: the records may say anything, and what the core could not
/// book is a difference in any case.
struct AccountSums {
  private struct Key: Hashable {
    var venue: VenueIndex
    var currency: CurrencyIndex
  }

  /// Of those that are known.
  private var balances: [Key: Int128] = [:]
  /// Of contracts: a venue nets what all strategies trade, and realises profit by that.
  private var netPositions: [ListingIndex: NetPosition] = [:]
  /// Adjustments whose word of the books was not what the fills sum up to.
  private var adjustmentFindings: [(adjustment: PositionAdjustment, quantity: Int64)] = []

  /// What the account has by the venue's word.
  mutating func take(_ balance: AccountBalance) {
    balances[Key(venue: balance.venue, currency: balance.currency)] = balance.total.amount
  }

  mutating func add(_ fill: FillEvent, _ listing: Listing) {
    let isReversal = fill.flags & FillEvent.bustFlag != 0
    if listing.contractKind == .spot {
      let sign: Int128 = (fill.side == .buy) == isReversal ? -1 : 1
      let value = listing.value(price: fill.price, quantity: fill.quantity) ?? .zero
      let size = listing.size(quantity: fill.quantity) ?? .zero
      move(listing, listing.quote, by: -sign &* value.amount)
      move(listing, listing.base, by: sign &* size.amount)
    } else {
      let leg = PositionFill(
        strategy: fill.strategy, side: fill.side, price: fill.price, quantity: fill.quantity,
        feeCurrency: fill.feeCurrency)
      // One that the position cannot take changes nothing: the core has taken it nowhere.
      let profit = try? netPositions[listing.index, default: NetPosition()].book(
        leg, isReversal: isReversal, listing: listing)
      move(listing, listing.settlement, by: profit?.amount ?? 0)
    }
    move(listing, fill.feeCurrency, by: fill.fee.amount &* (isReversal ? 1 : -1))
  }

  mutating func add(_ funding: FundingEvent, _ listing: Listing) {
    move(listing, funding.currency, by: funding.amount.amount)
  }

  /// A position that was adopted.
  ///
  /// - Returns: what it changed; nil where the core could not take it either.
  mutating func add(_ adjustment: PositionAdjustment, _ listing: Listing) -> PositionStep? {
    var net = netPositions[listing.index] ?? NetPosition()
    if net.quantity != adjustment.quantityBefore {
      adjustmentFindings.append((adjustment, net.quantity))
    }
    guard
      let step = try? net.step(
        to: adjustment.quantity, entryPrice: adjustment.entryPrice, listing: listing),
      (try? net.take(step, listing: listing)) != nil
    else { return nil }
    netPositions[listing.index] = net
    return step
  }

  private mutating func move(_ listing: Listing, _ currency: CurrencyIndex, by amount: Int128) {
    let key = Key(venue: listing.venue, currency: currency)
    guard let total = balances[key] else { return }
    balances[key] = total &+ amount
  }

  /// Where the state rebuilt from the journal is not what the sums are.
  func findings(_ core: borrowing TradingCore, _ names: RunDefinitions) -> [String] {
    var result = adjustmentFindings.map { found, quantity in
      "\(names.symbol(of: found.listing)) at \(names.venueName(of: found.listing)): a position was adopted "
        + "where the books are said to hold \(found.quantityBefore), the fills sum up to \(quantity)"
    }
    for place in 0..<core.definedListingCount {
      let listing = ListingIndex(place)
      let (net, sum) = (core.netPosition(listing), netPositions[listing] ?? NetPosition())
      if net != sum {
        result.append(
          "\(names.symbol(of: listing)) at \(names.venueName(of: listing)): the account's position is "
            + "\(Self.text(net)), the fills sum up to \(Self.text(sum))")
      }
    }
    for (venue, name) in names.venues.enumerated() {
      for (currency, code) in names.currencies.enumerated() {
        let key = Key(venue: VenueIndex(venue), currency: CurrencyIndex(currency))
        let balance = core.balance(venue: key.venue, currency: key.currency)
        let total = balance.isKnown ? balance.total.amount : nil
        if total != balances[key] {
          result.append(
            "\(name): the balance of \(code) is \(Self.text(total)), balances, fills and funding sum "
              + "up to \(Self.text(balances[key]))")
        }
      }
    }
    return result
  }

  private static func text(_ net: NetPosition) -> String {
    "\(net.quantity) at a cost of \(net.openCost) with a profit of \(net.realised)"
  }

  private static func text(_ amount: Int128?) -> String {
    amount.map { "\(Money(amount: $0))" } ?? "unknown"
  }
}
