import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Exits under random trading: what must hold of them holds after every request, and the exchange's books
/// with it.
@Suite struct BybitExitChanceTests {
  @Test(arguments: UInt64(1)...6)
  func exitsBelongToPositions(seed: UInt64) throws {
    let venue = try BybitSimulated.unlimited(eventsPerSecond: 200)
    var random = RandomTexts(seed: seed)
    venue.advance(milliseconds: 1_000)
    var made: Set<OrderID> = []
    for _ in 0..<60 {
      try act(venue, &random)
      if random.below(3) == 0 { venue.advance(milliseconds: 50) }
      for account in AccountIndex(1)...2 { try check(venue.core, account, &made) }
    }
    #expect(venue.core.exchange.brokenInvariants() == [])
    #expect(made.count > 10)
  }

  private func price(_ venue: BybitSimulated, _ random: inout RandomTexts, above: Bool)
    -> JSONValue
  {
    let last = venue.core.exchange.lastPrice(of: 2)
    let away = Int64(random.below(60)) + 1
    return .string(venue.core.symbol(2).price(above ? last + away : last - away))
  }

  /// Whatever it is: refusals are welcome.
  private func act(_ venue: BybitSimulated, _ random: inout RandomTexts) throws {
    let account = AccountIndex(1 + random.below(2))
    let isBuy = random.below(2) == 0
    let mode: JSONValue = random.below(2) == 0 ? "Full" : "Partial"
    var members: [(key: String, value: JSONValue)] = [
      ("category", "linear"), ("symbol", "BTCUSDT"), ("tpslMode", mode),
    ]
    switch random.below(4) {
    case 0, 1:
      members += [
        ("side", isBuy ? "Buy" : "Sell"),
        ("orderType", random.below(2) == 0 ? "Market" : "Limit"),
        ("qty", .string("0.0\(1 + random.below(9))")),
        ("price", price(venue, &random, above: isBuy)),
      ]
      if random.below(3) > 0 {
        members.append(("takeProfit", price(venue, &random, above: isBuy)))
        members.append(("stopLoss", price(venue, &random, above: !isBuy)))
      }
      _ = try venue.post("order/create", .object(members), account: account)
    case 2:
      let above = random.below(2) == 0
      members += [
        ("takeProfit", price(venue, &random, above: above)), ("tpSize", "0.01"), ("slSize", "0.01"),
        ("stopLoss", price(venue, &random, above: !above)),
      ]
      if random.below(2) == 0 { members.append(("trailingStop", "2")) }
      _ = try venue.post("position/trading-stop", .object(members), account: account)
    default:
      let exits = venue.core.exits.values.flatMap { $0 }.sorted()
      guard !exits.isEmpty else { return }
      let id = exits[random.below(exits.count)]
      members.append(("orderId", .string(BybitIdentifiers.order(id, .linear))))
      _ = try venue.post("order/cancel", .object(members), account: account)
    }
  }

  private func check(_ core: BybitCore, _ account: AccountIndex, _ made: inout Set<OrderID>) throws
  {
    let position = core.exchange.position(of: account, 2, .net)
    let open = core.exchange.openOrders(of: account).filter { core.notes[$0.id]?.exit != nil }
    made.formUnion(open.map(\.id))
    let listed = core.exits[core.key(account, 2, .net)] ?? []
    #expect(listed.sorted() == open.map(\.id).sorted())
    for order in open where order.state == .waiting {
      #expect(position.quantity != 0 && (position.quantity > 0) == (order.side == .sell))
      let exit = try #require(core.notes[order.id]?.exit)
      if !exit.isPartial { #expect(exit.size == abs(position.quantity)) }
    }
    for kind in [BybitExitKind.takeProfit, .stopLoss, .trailingStop] {
      let whole = open.filter {
        core.notes[$0.id]?.exit?.kind == kind && $0.request.closesPosition && $0.state == .waiting
      }
      #expect(whole.count <= 1)
    }
  }
}

extension RandomTexts {
  fileprivate mutating func below(_ bound: Int) -> Int { Int(nextNumber() % UInt64(bound)) }
}
