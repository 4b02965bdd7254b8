import CAllocationCount
import LowLatency
import Testing
import TradingModel

@testable import Venues

/// Messages that are cut short or changed: each is read or refused, at a place inside it.
@Suite struct BinanceUSDMDamageTests {
  static let order = """
    {"e":"ORDER_TRADE_UPDATE","E":1700000001001,"T":1700000001000,"o":{"s":"BTCUSDT","c":"nabc-1",\
    "S":"BUY","o":"LIMIT","f":"GTC","q":"1.5","p":"60000","ap":"0","sp":"0","x":"TRADE",\
    "X":"PARTIALLY_FILLED","i":4293153,"l":"0.5","z":"0.5","L":"59999.9","N":"USDT","n":"0.0125",\
    "T":1700000001000,"t":88,"b":"0","a":"0","m":false,"R":false,"er":"0"}}
    """

  static let samples: [String] = [
    order, "{\"stream\":\"key\",\"data\":\(order)}",
    """
    {"e":"ACCOUNT_UPDATE","E":1,"T":1,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"122.5","cw":"1",\
    "bc":"0"}],"P":[{"s":"BTCUSDT","pa":"-0.75","ep":"59999.87654","ps":"BOTH"}]}}
    """,
    """
    [{"orderId":4293153,"symbol":"BTCUSDT","status":"NEW","clientOrderId":"nabc-z_2_1",\
    "price":"60000.0","origQty":"1.5","executedQty":"0","timeInForce":"GTC","type":"LIMIT",\
    "side":"BUY","updateTime":1700000001000},{"code":-2011,"msg":"Unknown order sent."}]
    """,
    """
    [{"symbol":"BTCUSDT","id":5,"orderId":4293153,"side":"BUY","price":"60000","qty":"1.5",\
    "commission":"-3","commissionAsset":"BNB","time":1700000002000,"buyer":true,"maker":true}]
    """,
    """
    {"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15000000","i":"11784.6",\
    "P":"11784.25641265","r":"0.00038167","T":1562306400000}
    """,
    """
    {"symbols":[{"symbol":"BTCUSDT","contractType":"PERPETUAL","status":"TRADING",\
    "baseAsset":"BTC","quoteAsset":"USDT","marginAsset":"USDT","filters":[{"filterType":\
    "PRICE_FILTER","minPrice":"1","maxPrice":"9","tickSize":"0.1"},{"filterType":"LOT_SIZE",\
    "minQty":"0.001","maxQty":"9","stepSize":"0.001"},{"filterType":"MIN_NOTIONAL",\
    "notional":"50"},{"filterType":"MAX_NUM_ORDERS","limit":200}]}]}
    """,
  ]

  /// Every entry for any bytes.
  static func tryEverything(_ bytes: [UInt8], _ bench: inout BinanceUSDMBench) -> [ScanError] {
    var errors: [ScanError] = []
    func note(_ error: ScanError?) { if let error { errors.append(error) } }
    note(bench.event(bytes))
    for answer in BinanceOrderAnswer.allCases { note(bench.orders(bytes, answer)) }
    note(bench.trades(bytes))
    note(bench.balances(bytes))
    note(bench.positions(bytes))
    note(bench.market(bytes))
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        _ = try BinanceUSDMExchangeInfo(buffer)
      })
    note(
      BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
        _ = try BinanceUSDMDecoder.isHedged(buffer)
      })
    return errors
  }

  @Test(arguments: 0..<7) func cutAtEveryByte(sample: Int) {
    var bench = BinanceUSDMBench()
    let whole = Array(Self.samples[sample].utf8)
    let wholeErrors = Self.tryEverything(whole, &bench).count
    for count in 0..<whole.count {
      let errors = Self.tryEverything(Array(whole[..<count]), &bench)
      #expect(errors.allSatisfy { $0.offset >= 0 && $0.offset <= count })
      #expect(errors.count >= wholeErrors, "\(count)")
      #expect(bench.event(Array(whole[..<count])) != nil)
    }
  }

  @Test(.enabled(if: Recordings.areThere)) func recordedMessagesCutAtEveryByte() throws {
    var bench = BinanceUSDMBench()
    for (file, entry) in BinanceUSDMRecordingTests.table {
      guard case .order = entry else { continue }
      let whole = try BinanceUSDMSamples.bytes(file)
      let end = whole.lastIndex(of: UInt8(ascii: "}"))!
      for count in 0..<end { #expect(bench.event(Array(whole[..<count])) != nil, "\(file)") }
    }
  }

  @Test(arguments: UInt64(0)..<16) func changedAtRandom(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var bench = BinanceUSDMBench()
    var sources = Self.samples.map { Array($0.utf8) }
    if Recordings.areThere {
      for file in try BinanceUSDMSamples.files() {
        sources.append(try BinanceUSDMSamples.bytes(file))
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
        #expect(error.offset >= 0 && error.offset <= bytes.count, "seed \(seed)")
      }
    }
  }

  /// Order events, order answers and public frames take no memory once their values have grown.
  @Test func hotMessagesAllocateNothing() {
    var bench = BinanceUSDMBench()
    let event = ByteRoom(Self.order)
    let answer = ByteRoom(String(Self.samples[3].dropFirst().prefix { $0 != "}" }) + "}")
    let depth = ByteRoom(
      """
      {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1700000000123,\
      "T":1700000000120,"s":"BTCUSDT","U":1,"u":5,"pu":0,"b":[["100.1","2"]],"a":[["100.2","0"]]}}
      """)
    let ticker = ByteRoom(
      """
      {"e":"bookTicker","u":22,"s":"BTCUSDT","b":"16858.90","B":"13.692","a":"16859.00",\
      "A":"30.219","T":1671621244670,"E":1671621244673}
      """)
    var failures = 0
    var calls: UInt64 = 0
    var allocated: UInt64 = 0
    for round in 0..<64 {
      if round == 32 { callocation_count_start() }
      bench.news.removeAll()
      bench.message.clear()
      do throws(ScanError) {
        _ = try bench.decoder.decode(userEvent: event.bytes, into: &bench.news)
        try bench.decoder.decode(orders: answer.bytes, as: .placed, into: &bench.news.orders)
        var scanner = FieldScanner(depth.bytes)
        try bench.market.decode(
          &scanner, &bench.decoder.scales, fallback: -1, into: &bench.message)
        bench.message.clear()
        scanner = FieldScanner(ticker.bytes)
        try bench.market.decode(
          &scanner, &bench.decoder.scales, fallback: -1, into: &bench.message)
      } catch {
        failures += 1
      }
    }
    callocation_count_stop(&calls, &allocated)
    #expect(failures == 0 && bench.news.orders.count == 2)
    #expect(calls == 0, "\(calls) calls, \(allocated) bytes")
  }

  /// Bytes that stay where they are.
  final class ByteRoom {
    let bytes: UnsafeRawBufferPointer

    init(_ text: String) {
      let room = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 8)
      room.copyBytes(from: text.utf8)
      bytes = UnsafeRawBufferPointer(room)
    }

    deinit { bytes.deallocate() }
  }
}
