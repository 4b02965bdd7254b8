import Engine
import TradingModel

/// Orders living whole lives, a few hundred at a time: submitted, accepted, modified, and then
/// canceled or filled, each step measured by itself.
struct OrderLives: ~Copyable {
  enum Kind: Int, CaseIterable {
    case submit, submitSigned, modify, modifySigned, cancel, cancelSigned, fill, status
  }

  /// Orders between two steps of one life.
  private static let window = 128
  private static let ringCount = 512

  var bench: BenchEngine
  private let commands: CommandRing
  private let room = Room<OrderID>(count: Self.ringCount, filler: 0)
  private var ids: UnsafeMutablePointer<OrderID> { room.base }
  private var next = 0
  private var tradeID: TradeID = 1

  init(bench: consuming BenchEngine, seed: UInt64) {
    self.bench = bench
    commands = CommandRing(seed: seed, market: BenchMarket())
  }

  /// Ends the run and removes its journal.
  mutating func finish() throws { try bench.finish() }

  /// Runs `count` orders through `probe`, after those before them.
  mutating func run(_ count: Int, _ probe: inout Probe) throws {
    for _ in 0..<count {
      // Signed and unsigned take turns, so that both meet the same machine.
      let signed = next & 1 == 1
      try submit(signed, &probe)
      if next >= Self.window { try modify(next - Self.window, signed, &probe) }
      if next >= 2 * Self.window { try end(next - 2 * Self.window, &probe) }
      next += 1
    }
    let counts = bench.engine.core.counts
    guard counts.denied == 0, counts.refusedIntents == 0 else {
      throw BenchFailure(
        description: "\(counts.denied) orders denied, \(counts.refusedIntents) changes refused")
    }
  }

  private mutating func submit(_ signed: Bool, _ probe: inout Probe) throws {
    let command = commands.record(next, at: bench.tick())
    probe.begin()
    try bench.apply(command)
    let sent = try bench.encodeRequests(signed: signed)
    probe.end(signed ? Kind.submitSigned.rawValue : Kind.submit.rawValue)
    guard sent == 1 else { throw BenchFailure(description: "an order was not sent") }
    let id = bench.engine.core.lastOrderID
    ids[next & (Self.ringCount - 1)] = id
    try answer(.accepted, id, version: 1, &probe)
  }

  private mutating func modify(_ index: Int, _ signed: Bool, _ probe: inout Probe) throws {
    let order = try order(index)
    let step: Int64 = order.side == .buy ? -10 : 10
    write(
      Command(
        kind: .modify, orderID: order.id, price: order.price + step * Int64(1 + index & 3),
        quantity: order.quantity + Int64(index & 7)))
    probe.begin()
    try bench.apply(bench.scratch)
    let sent = try bench.encodeRequests(signed: signed)
    probe.end(signed ? Kind.modifySigned.rawValue : Kind.modify.rawValue)
    guard sent == 1 else { throw BenchFailure(description: "a modify was not sent") }
    let asked = try self.order(index).pending[0]
    try answer(
      .replaced, order.id, version: asked.version, price: asked.price, quantity: asked.quantity,
      &probe)
  }

  /// Half of the orders are canceled, half are filled: of those, half in two parts.
  private mutating func end(_ index: Int, _ probe: inout Probe) throws {
    let order = try order(index)
    if index & 2 == 0 {
      try cancel(order, index & 1 == 1, &probe)
    } else if index & 4 == 0 {
      try fill(order, order.quantity, cumulative: order.quantity, &probe)
    } else {
      let part = max(1, order.quantity / 3)
      try fill(order, part, cumulative: part, &probe)
      try fill(order, order.quantity - part, cumulative: order.quantity, &probe)
    }
  }

  private mutating func cancel(
    _ order: Order, _ signed: Bool, _ probe: inout Probe
  ) throws {
    write(Command(kind: .cancel, orderID: order.id))
    probe.begin()
    try bench.apply(bench.scratch)
    let sent = try bench.encodeRequests(signed: signed)
    probe.end(signed ? Kind.cancelSigned.rawValue : Kind.cancel.rawValue)
    guard sent == 1 else { throw BenchFailure(description: "a cancel was not sent") }
    try answer(.canceled, order.id, version: order.lastVersion + 1, &probe)
  }

  private mutating func fill(
    _ order: Order, _ quantity: Int64, cumulative: Int64, _ probe: inout Probe
  ) throws {
    tradeID += 1
    bench.write(
      VenueReport(
        kind: .fill, listing: order.listing, venue: order.venue, side: order.side,
        liquidity: .maker, feeCurrency: 4, orderID: order.id, venueOrderID: order.venueOrderID,
        tradeID: tradeID, lastPrice: order.price, lastQuantity: quantity,
        cumulativeQuantity: cumulative,
        fee: Money(amount: Int128(order.price) * Int128(quantity) * 2_000_000_000),
        venueTime: bench.now))
    probe.begin()
    try bench.apply(bench.scratch)
    probe.end(Kind.fill.rawValue)
  }

  /// A venue's answer: order state, risk, events, journal.
  private mutating func answer(
    _ kind: VenueReportKind, _ id: OrderID, version: RequestVersion, price: Int64 = 0,
    quantity: Int64 = 0, _ probe: inout Probe
  ) throws {
    guard let order = bench.engine.core.order(id) else {
      throw BenchFailure(description: "order \(id) is gone")
    }
    bench.write(
      VenueReport(
        kind: kind, listing: order.listing, venue: order.venue, side: order.side,
        orderID: id, venueOrderID: 8_000_000_000 + id * 7, version: version, price: price,
        quantity: quantity, venueTime: bench.now))
    probe.begin()
    try bench.apply(bench.scratch)
    probe.end(Kind.status.rawValue)
  }

  private func order(_ index: Int) throws -> Order {
    guard let order = bench.engine.core.order(ids[index & (Self.ringCount - 1)]) else {
      throw BenchFailure(description: "an order was forgotten")
    }
    return order
  }

  /// Puts a command together in the scratch record.
  private mutating func write(_ command: Command) {
    RecordHeader(
      byteCount: Command.byteCount, kind: .command, isOutput: false, sequence: 0,
      time: bench.tick()
    ).store(at: bench.scratch)
    command.store(at: bench.scratch)
  }
}
