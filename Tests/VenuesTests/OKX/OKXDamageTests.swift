import CAllocationCount
import LowLatency
import Testing
import TradingModel

@testable import Venues

#if DEBUG
  private let isOptimized = false
#else
  private let isOptimized = true
#endif

/// Messages that are cut short or changed: each is read or refused, at a place inside it.
@Suite struct OKXDamageTests {
  static let book = """
    {"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":\
    [["8476.98","415","0","13"],["8477","7","0","2"]],"bids":[["8476.97","256","0","12"]],\
    "ts":"1597026383085","checksum":-855196043,"prevSeqId":123455,"seqId":123456}]}
    """
  static let samples: [String] = [
    book, OKXSamples.push(OKXSamples.order(["tradeId": "7", "fillSz": "0.5", "fillPx": "60000"])),
    """
    {"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130",\
    "px":"42219.9","sz":"0.12060306","side":"buy","ts":"1630048897897","count":"3"}]}
    """,
    """
    {"id":"7","op":"order","data":[{"clOrdId":"ntX10","ordId":"312269865356374016","tag":"",\
    "sCode":"0","sMsg":"","ts":"1695190491421"}],"code":"0","msg":"","inTime":"1695190491421339"}
    """,
  ]

  @Test(arguments: 0..<4) func cutAtEveryByte(sample: Int) {
    let bench = OKXBench()
    let whole = Array(Self.samples[sample].utf8)
    for count in 0..<whole.count {
      let bytes = Array(whole[..<count])
      for error in bench.tryEverything(bytes) {
        #expect(error.offset >= 0 && error.offset <= count)
      }
      // None is a whole message.
      #expect(bench.outcome(.answer(0), bytes) == nil)
      #expect(bench.outcome(.frame(.other, .other), bytes) == nil)
    }
  }

  @Test(arguments: UInt64(0)..<16) func changedAtRandom(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let bench = OKXBench()
    var sources = Self.samples.map { Array($0.utf8) }
    if Recordings.areThere {
      for file in try OKXSamples.files() { sources.append(try OKXSamples.bytes(file)) }
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
      for error in bench.tryEverything(bytes) {
        #expect(error.offset >= 0 && error.offset <= bytes.count)
      }
    }
  }

  /// How often memory was taken in 100 rounds behind the first two, which set up what is set up once.
  private func allocations(_ body: () -> Void) -> UInt64 {
    var (calls, byteCount): (UInt64, UInt64) = (0, 0)
    for round in 0..<100 {
      if round == 2 { callocation_count_start() }
      body()
    }
    callocation_count_stop(&calls, &byteCount)
    return calls
  }

  /// Nothing is taken for hot messages once the values have their room.
  @Test(.enabled(if: isOptimized, "unoptimised code allocates: ./test --release"))
  func marketMessagesTakeNoMemory() throws {
    let bench = OKXBench()
    var market = OKXMarket(OKX.description.environments[0])
    let snapshot = Self.book.replacing("\"update\"", with: "\"snapshot\"")
    let messages = [
      Self.book, Self.samples[2], Self.book.replacing("-855196043", with: "0"),
      snapshot.replacing("-855196043", with: "1"),
    ]
    for message in messages {
      let bytes = Array(message.utf8)
      let calls = bytes.withUnsafeBytes { bytes in
        allocations {
          bench.message.clear()
          _ = try? market.decode(bytes, &bench.scales, into: &bench.message)
        }
      }
      #expect(calls == 0, "\(message)")
    }
    #expect(market.checkedCount == 100)
  }

  /// The same for what the private connection says, and for what is entered over it.
  @Test(.enabled(if: isOptimized, "unoptimised code allocates: ./test --release"))
  func ordersTakeNoMemory() throws {
    var trading = try OKXTradingTests.dialect()
    var outbox = SessionOutbox()
    var news = TradingNews()
    var budget = RateBudget(OKX.rateLimits)
    var request = VenueRequest(
      kind: .newOrder, listing: 3, venue: 2, orderID: 36, version: 1, price: 101, quantity: 150_000)
    let pushed = Array(Self.samples[1].utf8).withUnsafeBytes { bytes in
      allocations {
        news.removeAll()
        _ = try? trading.read(0, bytes, into: &news)
      }
    }
    #expect(pushed == 0 && news.orders.count == 2)
    let answered = Array(Self.samples[3].utf8).withUnsafeBytes { bytes in
      allocations {
        news.removeAll()
        _ = try? trading.read(0, bytes, into: &news)
        try? trading.readAnswer(
          SessionAnswer(status: 0, body: bytes), to: .request(request), &budget, at: 1, into: &news)
      }
    }
    #expect(answered == 0 && news.orders.count == 1)
    for kind in [VenueRequestKind.newOrder, .replace, .cancel] {
      request.kind = kind
      let entered = allocations {
        _ = try? trading.write(
          .request(request), OrderName(orderID: 36), tag: 7, at: 1_700_000_000_000_000_000,
          into: &outbox)
        outbox.removeAll()
      }
      #expect(entered == 0, "\(kind)")
    }
  }
}
