import TradingModel

@testable import TradingCore

/// A desk on which strategies trade a linear and an inverse contract on one account, and beside it the
/// venue's own books of the account.
final class NettedDesk {
  /// One contract is 10 of the quote, settled in the base.
  static let inverse = Listing(
    index: 2, venue: 1, instrument: 0, base: 0, quote: 1, contractKind: .inverse, priceDecimals: 2,
    quantityDecimals: 0, contractSize: Decimal(units: 10))
  static let listings: [Listing] = [Market.swap, inverse]

  struct Told {
    var report: VenueReport
    var isBusted = false
  }

  let desk: Desk
  /// By listing: 0 the linear, 1 the inverse one.
  var venue: [VenueAccount]
  private(set) var told: [Told] = []
  private var lastTrade: TradeID = 0
  /// By contract, strategy and side: one order each that is never done.
  private var orders: [OrderID] = []

  /// - Parameter isTrading: whether it has orders to be filled.
  init(isTrading: Bool = true) throws {
    desk = Desk()
    var records = Market.definitions(checks: 0)
    var limits = RiskLimitsDefinition(scope: .listing, index: Self.inverse.index)
    limits.marginRate = Rate(parts: 10_000_000)
    records.insert(
      contentsOf: [
        ListingDefinition(listing: Self.inverse, symbol: "Y").encoded(time: 1),
        limits.encoded(time: 1),
      ], at: 3)
    for record in records { try desk.apply(record) }
    venue = Self.listings.map {
      let units: Int64 = $0.settlement == 0 ? 100 : 100_000
      return VenueAccount($0, balance: Money(Decimal(units: units)).amount)
    }
    for venue in 0..<2 as Range<VenueIndex> { try desk.open(venue) }
    for listing in 0..<3 as Range<ListingIndex> { try desk.quote(listing, 9_999, 10_001) }
    guard isTrading else { return }
    for listing in Self.listings {
      for strategy in 0..<3 as Range<StrategyIndex> {
        for side in Side.allCases {
          let order = try desk.submit(
            side, 1_000_000_000, at: 10_000, listing: listing.index, strategy: strategy)
          precondition(order != 0, "the order is sent")
          orders.append(order)
        }
      }
    }
  }

  func total(_ contract: Int) -> Int128 {
    desk.core.balance(venue: 1, currency: Self.listings[contract].settlement).total.amount
  }

  private func tell(_ report: VenueReport) throws -> Led {
    var report = report
    report.venueTime = desk.now
    return try desk.tell(report)
  }

  /// A fill of a strategy; with nil one of an order that nobody knows, which is of the house.
  @discardableResult
  func fill(
    _ contract: Int, _ strategy: StrategyIndex?, _ side: Side, _ quantity: Int64, at price: Int64,
    fee: Int128 = 0
  ) throws -> Led {
    lastTrade += 1
    let listing = Self.listings[contract]
    let report = VenueReport(
      kind: .fill, listing: listing.index, venue: 1, side: side, feeCurrency: listing.settlement,
      orderID: strategy.map { order(contract, $0, side) } ?? 0, tradeID: lastTrade,
      lastPrice: price, lastQuantity: quantity, fee: Money(amount: fee), venueTime: desk.now)
    told.append(Told(report: report))
    venue[contract].trade(side, quantity, at: price)
    venue[contract].balance &-= fee
    return try tell(report)
  }

  private func order(_ contract: Int, _ strategy: StrategyIndex, _ side: Side) -> OrderID {
    orders[(contract * 3 + Int(strategy)) * 2 + (side == Side.allCases[0] ? 0 : 1)]
  }

  /// The venue takes a trade back.
  func bust(_ place: Int) throws {
    var report = told[place].report
    report.kind = .tradeBusted
    if !told[place].isBusted { undo(told[place].report) }
    told[place].isBusted = true
    _ = try tell(report)
  }

  /// The venue gives a trade other terms; one that was busted stays so.
  func correct(_ place: Int, _ quantity: Int64, at price: Int64, fee: Int128) throws {
    var report = told[place].report
    report.kind = .tradeCorrected
    (report.lastQuantity, report.lastPrice, report.fee) = (quantity, price, Money(amount: fee))
    if !told[place].isBusted {
      undo(told[place].report)
      let contract = Int(report.listing) - 1
      venue[contract].trade(report.side, quantity, at: price)
      venue[contract].balance &-= fee
      told[place].report = report
    }
    _ = try tell(report)
  }

  private func undo(_ report: VenueReport) {
    let contract = Int(report.listing) - 1
    venue[contract].trade(
      report.side == .buy ? .sell : .buy, report.lastQuantity, at: report.lastPrice)
    venue[contract].balance &+= report.fee.amount
  }

  /// Tells a fill again: it is booked.
  func `repeat`(_ place: Int) throws {
    var report = told[place].report
    report.kind = .fill
    _ = try tell(report)
  }

  /// Whether the core's account is the venue's, to the unit.
  var isEqual: Bool {
    (0..<2).allSatisfy { contract in
      let net = desk.core.netPosition(Self.listings[contract].index)
      return total(contract) == venue[contract].balance
        && Int128(net.quantity) == venue[contract].quantity
        && Int128(net.openCost.amount.magnitude) == venue[contract].cost
        && net.realised.amount == venue[contract].realized
    }
  }

  /// What strategies have realised together, each by its own average price.
  func realizedByStrategies(_ contract: Int) -> Int128 {
    desk.core.position(listing: Self.listings[contract].index).realised.amount
  }
}
