import CAllocationCount
import LowLatency
import Runtime
import Testing
import TradingModel

@testable import Venues

#if DEBUG
  private let isOptimized = false
#else
  private let isOptimized = true
#endif

/// Messages that are cut short or changed: each is read or refused, at a place inside it.
@Suite struct BinanceSpotDamageTests {
  /// Every entry for any bytes.
  static func tryEverything(_ bytes: [UInt8], _ bench: inout BinanceSpotBench) -> [ScanError] {
    var errors: [ScanError] = []
    func note(_ error: ScanError?) { if let error { errors.append(error) } }
    note(bench.event(bytes))
    for answer in BinanceOrderAnswer.allCases { note(bench.orders(bytes, answer)) }
    note(bench.trades(bytes))
    if case .failure(let error) = bench.cancelReplace(bytes) { note(error) }
    note(bench.account(bytes))
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        try bench.decoder.decode(market: buffer, fallback: 0, into: &bench.message)
      })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        try bench.decoder.decode(bookTicker: buffer, into: &bench.message)
      })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        _ = try bench.decoder.lastPrice(buffer)
      })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        try bench.decoder.decode(publicTrades: buffer, symbol: 0, into: &bench.message)
      })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        _ = try bench.decoder.candles(buffer, symbol: 0)
      })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in _ = try BinanceReply(buffer) })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in _ = try BinanceError(buffer) })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in _ = try BinanceUsage(buffer) })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        _ = try BinanceExchangeInfo(buffer)
      })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        _ = try BinanceSpotDecoder.keyPermissions(buffer)
      })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        _ = try BinanceSpotDecoder.symbolFees(buffer)
      })
    return errors
  }

  static let samples: [String] = [
    BinanceSpotEventTests.report(["N": "\"BNB\"", "n": "\"0.1\"", "l": "\"1.5\""]),
    "{\"subscriptionId\":0,\"event\":\(BinanceSpotEventTests.report())}",
    "[\(BinanceSpotAnswerTests.result)]", BinanceExchangeInfoTests.info(),
    """
    {"id":"x","status":400,"error":{"code":-2022,"msg":"a\\u00e9\\ud83d\\ude00\\n","data":\
    {"cancelResult":"FAILURE","cancelResponse":{"code":-2011,"msg":"u"},"retryAfter":5}},\
    "rateLimits":[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":5,"count":1}]}
    """,
    """
    {"symbol":"BTCUSDT","orderId":28,"clientOrderId":"nabc-a_2","fills":[{"price":"4000.0",\
    "qty":"1.0","commission":"4.0","commissionAsset":"USDT","tradeId":56}],"status":"FILLED"}
    """,
  ]

  @Test(arguments: 0..<6) func cutAtEveryByte(sample: Int) {
    var bench = BinanceSpotBench()
    let whole = Array(Self.samples[sample].utf8)
    for count in 0..<whole.count {
      for error in Self.tryEverything(Array(whole[..<count]), &bench) {
        #expect(error.offset >= 0 && error.offset <= count)
      }
      // None is a whole message.
      #expect(bench.event(Array(whole[..<count])) != nil)
    }
  }

  @Test(.enabled(if: Recordings.areThere)) func recordedMessagesCutAtEveryByte() throws {
    var bench = BinanceSpotBench()
    for (file, entry) in BinanceSpotRecordingTests.table {
      guard case .order = entry else { continue }
      let whole = try BinanceSpotSamples.bytes(file)
      let end = whole.lastIndex(of: UInt8(ascii: "}"))!
      for count in 0..<end { #expect(bench.event(Array(whole[..<count])) != nil, "\(file)") }
    }
  }

  @Test(arguments: UInt64(0)..<16) func changedAtRandom(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var bench = BinanceSpotBench()
    var sources = Self.samples.map { Array($0.utf8) }
    if Recordings.areThere {
      for file in try BinanceSpotSamples.files() {
        sources.append(try BinanceSpotSamples.bytes(file))
      }
    }
    let telling = Array("\"\\{}[],:.-0129eEntfu_".utf8)
    for _ in 0..<150 {
      var bytes = sources[Int(random.next(below: UInt64(sources.count)))]
      for _ in 0...random.next(below: 4) where !bytes.isEmpty {
        let place = Int(random.next(below: UInt64(bytes.count)))
        switch random.next(below: 4) {
        case 0: bytes[place] = UInt8(random.next(below: 256))
        case 1: bytes[place] = telling[Int(random.next(below: UInt64(telling.count)))]
        case 2: bytes.remove(at: place)
        default: bytes.insert(telling[Int(random.next(below: UInt64(telling.count)))], at: place)
        }
      }
      for error in Self.tryEverything(bytes, &bench) {
        #expect(error.offset >= 0 && error.offset <= bytes.count)
      }
    }
  }

  /// Nothing is taken for hot messages once the values have their room.
  @Test(.enabled(if: isOptimized, "unoptimised code allocates: ./test --release"))
  func hotMessagesTakeNoMemory() throws {
    try #require(AllocationCounter.isAvailable)
    var bench = BinanceSpotBench()
    let report = Array(Self.samples[0].utf8)
    let full = Array(Self.samples[5].utf8)
    let ack = Array(
      """
      {"id":"7","status":200,"result":{"symbol":"BTCUSDT","orderId":28,"orderListId":-1,\
      "clientOrderId":"nabc-a","transactTime":1507725176595},"rateLimits":[{"rateLimitType":"ORDERS",\
      "interval":"SECOND","intervalNum":10,"limit":50,"count":1}]}
      """.utf8)
    let quote = Array(
      """
      {"u":22606535573,"s":"ETHUSDT","b":"1215.27000000","B":"32.49110000","a":"1215.28000000",\
      "A":"13.93900000"}
      """.utf8)
    let levels = (0..<20).map { "[\"\(2000 + $0).10\",\"\($0).5\"]" }.joined(separator: ",")
    let depth = Array(
      """
      {"e":"depthUpdate","E":1,"s":"BTCUSDT","U":157,"u":160,"b":[\(levels)],"a":[\(levels)]}
      """.utf8)
    func round() -> Bool {
      report.withUnsafeBytes { Self.isRead($0, &bench, .event) }
        && full.withUnsafeBytes { Self.isRead($0, &bench, .orders) }
        && ack.withUnsafeBytes { Self.isRead($0, &bench, .reply) }
        && quote.withUnsafeBytes { Self.isRead($0, &bench, .market) }
        && depth.withUnsafeBytes { Self.isRead($0, &bench, .market) }
    }
    #expect(round())
    AllocationCounter.start()
    var isRead = true
    for _ in 0..<100 { isRead = round() && isRead }
    let count = AllocationCounter.stop()
    #expect(isRead && count == AllocationCounter.Count(calls: 0, bytes: 0))
  }

  private enum HotEntry { case event, orders, reply, market }

  private static func isRead(
    _ bytes: UnsafeRawBufferPointer, _ bench: inout BinanceSpotBench, _ entry: HotEntry
  ) -> Bool {
    do throws(ScanError) {
      switch entry {
      case .event: try bench.decoder.decode(userEvent: bytes, into: &bench.event)
      case .orders:
        bench.reports.removeAll()
        try bench.decoder.decode(orders: bytes, as: .placed, into: &bench.reports)
      case .reply:
        let reply = try BinanceReply(bytes)
        guard let part = reply.result else { return false }
        bench.reports.removeAll()
        try bench.decoder.decode(orders: part.of(bytes), as: .placed, into: &bench.reports)
      case .market:
        try bench.decoder.decode(market: bytes, fallback: -1, into: &bench.message)
      }
      return true
    } catch {
      return false
    }
  }
}
