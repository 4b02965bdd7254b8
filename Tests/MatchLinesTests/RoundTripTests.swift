import LowLatency
import MatchingEngine
import Testing
import TradingModel

@testable import MatchLines

/// Requests of every kind with any values.
private struct RequestSource {
  var random: SeededRandom

  mutating func number(_ limit: UInt64) -> UInt64 { random.next(below: limit) }

  /// Any 64 bits, and more often small numbers and the ends.
  mutating func any() -> Int64 {
    switch number(6) {
    case 0: Int64(bitPattern: random.next())
    case 1: .max
    case 2: .min
    case 3: 0
    default: Int64(number(200)) - 100
    }
  }

  mutating func identifier() -> OrderID { OrderID(bitPattern: any()) }
  mutating func owner() -> OwnerID { OwnerID(truncatingIfNeeded: any()) }
  mutating func one<T: CaseIterable>(_ type: T.Type) -> T {
    let all = Array(T.allCases)
    return all[Int(number(UInt64(all.count)))]
  }
  mutating func perhaps<T>(_ value: T) -> T? { number(2) == 0 ? value : nil }

  mutating func order() -> MatchRequest {
    let side = one(Side.self)
    let entry = OrderEntry(
      orderID: identifier(), price: any(), quantity: any(), owner: owner(), side: side,
      type: one(OrderType.self), timeInForce: one(TimeInForce.self),
      instructions: OrderInstructions(rawValue: UInt8(number(32))),
      selfTradePrevention: one(SelfTradePrevention.self))
    var terms = OrderTerms()
    if number(2) == 0 || entry.type.hasStopPrice { terms.stopPrice = any() }
    if number(2) == 0 { terms.trailingOffset = any() }
    if number(2) == 0 { terms.peg = one(PegReference.self) }
    if number(2) == 0 { terms.pegOffset = any() }
    if number(2) == 0 { terms.displayQuantity = any() }
    if number(2) == 0 { terms.displayRange = any() }
    if number(2) == 0 { terms.minQuantity = any() }
    if number(2) == 0 { terms.expireTime = any() }
    return .new(entry, terms)
  }

  mutating func setup() -> MatchRequest {
    let step = Decimal(units: Int64(number(999)) + 1, decimals: Int(number(19))).normalized
    return .instrument(
      MatchSetup(
        tick: perhaps(step), lot: perhaps(step), capacity: perhaps(Int(number(1000)) + 1),
        seed: perhaps(random.next())))
  }

  mutating func request() -> MatchRequest {
    switch one(MatchOperation.self) {
    case .instrument: setup()
    case .new: order()
    case .modify:
      .modify(identifier(), price: perhaps(any()), quantity: any(), stopPrice: perhaps(any()))
    case .cancelReplace: .cancelReplace(identifier(), price: perhaps(any()), leaves: any())
    case .cancel: .cancel(identifier())
    case .cancelAll: .cancelAll(owner: perhaps(owner()), side: perhaps(one(Side.self)))
    case .advance: .advance(to: any())
    case .endDay: .endDay
    case .position: .position(perhaps(any()), of: owner())
    case .phase: .phase(one(TradingPhase.self), referencePrice: any())
    case .uncross: .uncross(referencePrice: any())
    case .book: .book(depth: perhaps(Int(number(1_000_001))))
    case .orders: .orders(side: perhaps(one(Side.self)), price: perhaps(any()))
    case .order: .order(identifier())
    case .indication: .indication(referencePrice: any())
    case .showPosition: .showPosition(of: owner())
    case .statistics: .statistics(memory: number(2) == 0)
    case .check: .check
    case .hash: .hash
    }
  }
}

@Suite struct RoundTripTests {
  private static let setups = [
    MatchSetup(), MatchSetup(tick: Decimal(units: 1, decimals: 2)),
    MatchSetup(tick: Decimal(units: 5, decimals: 2), lot: Decimal(units: 1, decimals: 3)),
    MatchSetup(tick: Decimal(units: 999_999_999, decimals: 18), lot: Decimal(units: 1000)),
  ]

  @Test(arguments: 0..<4, [UInt64(1), 2])
  func whatWasWrittenIsReadAsItWas(setup: Int, seed: UInt64) throws {
    let scales = MatchScales(Self.setups[setup])
    var source = RequestSource(random: SeededRandom(seed: seed))
    for _ in 0..<3000 {
      let request = source.request()
      var writer = MatchLineWriter(scales: scales)
      writer.write(request)
      #expect(writer.bytes.last == 0x0A)
      let line = Array(writer.bytes.dropLast())
      let read = try MatchLineReader.line(line, scales)
      #expect(read == .request(request), "\(String(decoding: line, as: UTF8.self))")
    }
  }

  /// Any requests, one after the other: the book stays whole, and no line is malformed.
  @Test(arguments: [UInt64(1), 2, 3])
  func anyRequestsLeaveTheBookWhole(seed: UInt64) throws {
    var source = RequestSource(random: SeededRandom(seed: seed))
    var session = MatchSession(defaults: MatchSetup(capacity: 8, seed: seed))
    for _ in 0..<2000 {
      let request = source.request()
      if case .instrument = request { continue }
      try session.apply(request)
      session.book.checkInvariants()
    }
    let output = session.output.bytes.split(separator: 0x0A)
    for line in output {
      #expect(try MatchLineReader.line(Array(line), MatchScales()) == .expectation)
    }
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func anyBytesAreSafe(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let alphabet = Array(#"{}[]":,.-+0123456789eE\u/ntrueflas opnwbid"#.utf8) + [0, 9, 0x80, 0xFF]
    var session = MatchSession(defaults: MatchSetup(capacity: 8))
    let start = Array(#"{"op":"new","order_id":1,"side":"buy","price":1,"quantity":2}"#.utf8)
    for round in 0..<20_000 {
      var line = round % 2 == 0 ? start : []
      for _ in 0..<random.next(below: 12) {
        let byte = alphabet[Int(random.next(below: UInt64(alphabet.count)))]
        if line.isEmpty { line.append(byte) }
        line[Int(random.next(below: UInt64(line.count)))] = byte
        if round % 2 == 1 { line.append(byte) }
      }
      do throws(MatchLineError) {
        try session.take(line)
      } catch {
        #expect(error.column >= 1 && error.column <= line.count + 1)
      }
    }
    session.book.checkInvariants()
  }
}
