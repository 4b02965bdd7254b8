import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

struct OKXBookTests {
  @Test(.enabled(if: OKXRecorded.isThere, "no ../shared/data"))
  func documentedChecksum() throws {
    let examples = try #require(try OKXRecorded.json("book_checksum_examples.json").elements)
    let example = try #require(examples.first { $0["venue"]?.string == "okx" })
    func side(_ name: String) throws -> [(price: String, size: String)] {
      try #require(example[name]?.elements).map { level in
        (level.elements?[0].string ?? "", level.elements?[1].string ?? "")
      }
    }
    let bids = try side("bids")
    let asks = try side("asks")
    let checksum = OKXChecksum.of(bids: bids[...], asks: asks[...])
    #expect(Int64(checksum) == example["checksum"]?.integer)
  }

  @Test func shorterSides() {
    // Computed with zlib's crc32.
    let one = [(price: "1", size: "2")]
    #expect(OKXChecksum.of(bids: one[...], asks: []) == OKXChecksum.of(bids: [], asks: one[...]))
    #expect(OKXChecksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(OKXChecksum.of(bids: [], asks: []) == 0)
  }

  /// Snapshot and differences give the venue's own book, and every checksum is that of the book.
  @Test(arguments: ["books", "books-l2-tbt", "books50-l2-tbt"])
  func differencesFollowTheBook(channel: String) throws {
    let venue = try OKXSimulated(eventsPerSecond: 400)
    venue.advance(milliseconds: 500)
    let (session, connection) = try venue.session(.public)
    venue.send("subscribe", [["channel": .string(channel), "instId": "BTC-USDT"]], to: session)
    var book = OKXFollowedBook()
    for message in try connection.take() where message["data"] != nil {
      try book.take(message)
    }
    for _ in 0..<40 {
      venue.advance(milliseconds: 100)
      for message in try connection.take() where message["data"] != nil {
        try book.take(message)
      }
      let depth = channel == "books50-l2-tbt" ? 50 : 400
      let snapshot = venue.core.exchange.snapshot(of: 0, limit: depth)
      #expect(book.bids.map(\.price) == snapshot.bids.map { venue.core.price($0.price, 0) })
      #expect(book.asks.map(\.size) == snapshot.asks.map { venue.core.quantity($0.quantity, 0) })
    }
    #expect(book.updates > 20)
  }

  @Test func zeroChecksums() throws {
    var settings = OKXSettings()
    settings.sendsChecksums = false
    let venue = try OKXSimulated(settings, eventsPerSecond: 100)
    let (session, connection) = try venue.session(.public)
    venue.send("subscribe", [["channel": "books", "instId": "BTC-USDT"]], to: session)
    let snapshot = try connection.take().last
    #expect(snapshot?["data"]?.elements?.first?["checksum"]?.integer == 0)
  }

  @Test func stillBooksAreToldOnceAMinute() throws {
    let venue = try OKXSimulated()
    _ = try venue.place("BTC-USDT", "buy", "limit", "1", "50000")
    let (session, connection) = try venue.session(.public)
    venue.send("subscribe", [["channel": "books", "instId": "BTC-USDT"]], to: session)
    _ = try connection.take()
    venue.advance(milliseconds: 59_000)
    #expect(try connection.take().isEmpty)
    venue.advance(milliseconds: 2_000)
    let update = try #require(try connection.take().first?["data"]?.elements?.first)
    #expect(update["prevSeqId"] == update["seqId"])
    #expect(update["asks"]?.elements?.isEmpty == true && update["bids"]?.elements?.isEmpty == true)
  }
}

/// A book by the venue's rule, kept as texts.
struct OKXFollowedBook {
  private(set) var bids: [(price: String, size: String)] = []
  private(set) var asks: [(price: String, size: String)] = []
  private(set) var updates = 0
  private var sequence: Int64 = -1

  mutating func take(_ message: JSONValue) throws {
    let data = try #require(message["data"]?.elements?.first)
    let previous = data["prevSeqId"]?.integer
    if message["action"]?.string == "snapshot" {
      #expect(previous == -1)
      (bids, asks) = ([], [])
    } else {
      #expect(previous == sequence)
      updates += 1
    }
    sequence = try #require(data["seqId"]?.integer)
    try Self.change(&bids, data["bids"], isBid: true)
    try Self.change(&asks, data["asks"], isBid: false)
    #expect(data["checksum"]?.integer == Int64(OKXChecksum.of(bids: bids[...], asks: asks[...])))
  }

  private static func change(
    _ side: inout [(price: String, size: String)], _ changes: JSONValue?, isBid: Bool
  ) throws {
    for level in try #require(changes?.elements) {
      let texts = (level.elements ?? []).compactMap(\.string)
      #expect(texts.count == 4 && texts[2] == "0")
      side.removeAll { $0.price == texts[0] }
      if texts[1] != "0" { side.append((texts[0], texts[1])) }
    }
    let keyed = try side.map { (try Decimal($0.price), $0) }
    side = keyed.sorted { isBid ? $0.0 > $1.0 : $0.0 < $1.0 }.map(\.1)
  }
}
