import RiskEngine
import Testing
import TradingModel

@testable import TradingCore

/// Random trading at venues that lose, repeat and reorder: exposure is never understated on the way,
/// and nothing is left over at the end.
@Suite struct FaultTests {
  static func checkAccounts(_ session: Session, _ note: Comment) {
    let core = session.desk
    #expect(core.core.openOrderCount == 0, note)
    #expect(core.core.unknownOrderCount == 0, note)
    let risk = core.core.risk.openOrderCount(for: .firm)
    #expect(risk == 0, note)
    for index in 0..<3 as Range<StrategyIndex> {
      let count = core.core.risk.openOrderCount(for: .strategy(index))
      let notional = core.core.risk.openOrderNotional(quote: 1, strategy: index)
      #expect(count == 0 && notional == .zero, note)
    }
    for listing in 0..<2 as Range<ListingIndex> {
      for side in Side.allCases {
        let open = core.core.risk.openQuantity(side, listing: listing)
        #expect(open == 0, note)
      }
    }
    for venue in 0..<2 as Range<VenueIndex> {
      for currency in 0..<2 as Range<CurrencyIndex> {
        #expect(core.core.balance(venue: venue, currency: currency).reserved == .zero, note)
      }
    }
    let counts = core.core.counts
    #expect(
      counts.submitted == counts.denied + counts.filled + counts.canceled + counts.expired
        + counts.rejected, note)
    for venue in session.venues {
      var (quantity, fees, fills) = (Int64(0), Int128(0), Int64(0))
      for id in venue.ids {
        for fill in venue.orders[id]!.fills {
          quantity += fill.lastQuantity * fill.side.sign
          fees += fill.fee.amount
          fills += 1
        }
      }
      let position = core.core.position(listing: venue.listing.index)
      #expect(position.quantity == quantity && position.fees.amount == fees, note)
      #expect(position.fillCount == fills, note)
      var spent = Int128(0)
      for id in venue.ids {
        for fill in venue.orders[id]!.fills {
          let value = venue.listing.value(price: fill.lastPrice, quantity: fill.lastQuantity)!
          spent += value.amount * Int128(fill.side.sign)
        }
      }
      // Bought less sold is what is open at cost, less what closing it realised.
      #expect(position.openCost.amount - position.realised.amount == spent, note)
      let net = core.core.netPosition(venue.listing.index)
      let isSpot = venue.listing.contractKind == .spot
      #expect(net.quantity == (isSpot ? 0 : quantity), note)
      #expect(isSpot || net.openCost.amount - net.realised.amount == spent, note)
      let quote = core.core.balance(venue: venue.listing.venue, currency: 1).total.amount
      let start = Money(Decimal(units: 100_000)).amount
      let paid = isSpot ? -spent : net.realised.amount
      #expect(quote == start + paid - fees, note)
    }
  }

  @Test(arguments: UInt64(0)..<40)
  func nothingIsLeftOver(seed: UInt64) throws {
    let session = try Session(seed: seed, faults: [0, 5, 20, 40][Int(seed % 4)])
    for _ in 0..<400 {
      try session.step()
      session.checkExposure(seed)
    }
    try session.makePeace()
    Self.checkAccounts(session, "seed \(seed)")
  }

  /// The same without balance checks, where orders may go out uncovered.
  @Test(arguments: UInt64(100)..<106)
  func uncoveredOrdersHoldNothing(seed: UInt64) throws {
    let session = try Session(seed: seed, faults: 20, checks: 0)
    for _ in 0..<400 { try session.step() }
    try session.makePeace()
    Self.checkAccounts(session, "seed \(seed)")
  }
}

extension Session {
  /// What the venue may still do is within what the core expects.
  func checkExposure(_ seed: UInt64) {
    for venue in venues {
      for id in venue.ids {
        guard let order = desk.core.order(id) else { continue }
        let most = venue.worstTotal(id, asked: nil)
        let expected = order.cumulativeQuantity + order.worstCaseOpenQuantity
        #expect(
          most <= expected,
          "seed \(seed): order \(id) \(order.row) may come to \(most), expected \(expected)")
        let held = desk.core.reservations[desk.core.orders.pointee.place(of: id)]
        #expect(
          held.quantity == order.worstCaseOpenQuantity, "seed \(seed): order \(id) \(order.row)")
      }
    }
  }
}
