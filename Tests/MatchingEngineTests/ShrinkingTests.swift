import Foundation
import LowLatency
import MatchingEngine
import Testing
import TradingModel

@Suite struct ShrinkingTests {
  @Test func keepsWhatIsNeeded() {
    // Fails from the moment when it has seen 3 and then 70.
    var shrinker = Shrinker<Int>(budget: 20_000) { numbers in
      guard let three = numbers.firstIndex(of: 3) else { return nil }
      return numbers[three...].firstIndex(of: 70).map { $0 + 1 }
    }
    #expect(shrinker.shrink(Array(0..<200)) == [3, 70])
    #expect(shrinker.shrink([70, 3]) == [70, 3])
  }

  @Test func stopsWhenItHasSpentEnough() {
    var calls = 0
    var shrinker = Shrinker<Int>(budget: 1_000) { numbers in
      calls += 1
      return numbers.count
    }
    _ = shrinker.shrink(Array(0..<400))
    #expect(calls < 10)
  }

  /// Two naive books that disagree, because one of them never had its stops moved.
  @Test func findsAShortScriptForADisagreement() throws {
    var flow = RandomFlow(seed: 1, mix: .stopping)
    var naive = NaiveBook(flow.shape)
    var requests: [BookRequest] = []
    for _ in 0..<1_500 {
      let request = flow.next(naive)
      naive.apply(request)
      naive.reports.removeAll(keepingCapacity: true)
      requests.append(request)
    }
    var shrinker = Shrinker<BookRequest>(budget: 200_000) { requests in
      var right = NaiveBook(flow.shape)
      var wrong = NaiveBook(flow.shape)
      for (step, request) in requests.enumerated() {
        right.apply(request)
        wrong.apply(request.withoutTrailing)
        if right.reports != wrong.reports { return step + 1 }
        right.reports.removeAll()
        wrong.reports.removeAll()
      }
      return nil
    }
    let short = shrinker.shrink(requests)
    // Two orders that trade, a trailing stop that this moves, two that trade at its price.
    #expect(short.count <= 6)
    #expect(short.contains { $0 != $0.withoutTrailing })
    let script = RequestScript(shape: flow.shape, requests: short)
    let path = try ScriptFile.write(script, name: "shrinking-test")
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == script.text)
  }
}

extension BookRequest {
  /// The same, but a trailing stop stays where it is.
  fileprivate var withoutTrailing: BookRequest {
    guard case .submit(var entry, let terms?) = self, entry.type == .trailingStop else {
      return self
    }
    entry.type = .stop
    var fixed = terms
    fixed.trailingOffset = 0
    fixed.stopPrice = entry.side == .buy ? .max : .min
    return .submit(entry, fixed)
  }
}

@Suite struct RequestScriptTests {
  @Test func linesAreThoseOfTheCommand() {
    var terms = OrderTerms()
    terms.stopPrice = -5
    terms.displayQuantity = 10
    terms.displayRange = 3
    terms.minQuantity = 2
    terms.expireTime = 99
    let entry = OrderEntry(
      orderID: .max, price: 94, quantity: 50, owner: 7, side: .sell, type: .stopLimit,
      timeInForce: .goodTillDate, instructions: [.reduceOnly, .allOrNone],
      selfTradePrevention: .cancelOldest)
    var pegged = OrderTerms()
    pegged.peg = .mid
    pegged.pegOffset = -1
    let peg = OrderEntry(
      orderID: 8, price: .max, quantity: 5, owner: 0, side: .buy, type: .pegged, timeInForce: .day,
      instructions: .hidden, selfTradePrevention: .allow)
    let script = RequestScript(
      shape: BookShape(orderCapacity: 12, seed: .max),
      requests: [
        .submit(entry, terms), .submit(peg, pegged),
        .submit(.limit(.buy, 1, price: 9, quantity: 2, instructions: [.postOnly, .slide]), nil),
        .modify(1, price: 3, quantity: 4, stopPrice: nil),
        .modify(1, price: 3, quantity: 4, stopPrice: 0), .cancelReplace(1, price: 3, leaves: 4),
        .cancel(0), .cancelAll(nil, nil), .cancelAll(7, .buy), .advance(5), .endDay,
        .setPosition(nil, 7), .setPosition(-5, 7), .setPhase(.cancelOnly, referencePrice: 0),
        .uncross(referencePrice: -1),
      ])
    #expect(script.text == Self.expected)
  }

  private static let expected = """
    {"op":"instrument","capacity":12,"seed":18446744073709551615}
    {"op":"new","order_id":18446744073709551615,"owner":7,"side":"sell","order_type":"stop_limit",\
    "stop_price":-5,"price":94,"quantity":50,"time_in_force":"good_till_date","reduce_only":true,\
    "all_or_none":true,"self_trade_prevention":"cancel_oldest","display_quantity":10,\
    "display_range":3,"min_quantity":2,"expire_time_ns":99}
    {"op":"new","order_id":8,"side":"buy","order_type":"pegged","price":9223372036854775807,\
    "quantity":5,"time_in_force":"day","hidden":true,"peg":"mid","peg_offset":-1}
    {"op":"new","order_id":1,"side":"buy","order_type":"limit","price":9,"quantity":2,\
    "time_in_force":"good_till_cancel","post_only":true,"slide":true}
    {"op":"modify","order_id":1,"price":3,"quantity":4}
    {"op":"modify","order_id":1,"price":3,"quantity":4,"stop_price":0}
    {"op":"cancel_replace","order_id":1,"price":3,"leaves":4}
    {"op":"cancel","order_id":0}
    {"op":"cancel_all"}
    {"op":"cancel_all","owner":7,"side":"buy"}
    {"op":"advance","time_ns":5}
    {"op":"end_day"}
    {"op":"position","owner":7,"position":null}
    {"op":"position","owner":7,"position":-5}
    {"op":"phase","phase":"cancel_only","reference_price":0}
    {"op":"uncross","reference_price":-1}

    """
}
