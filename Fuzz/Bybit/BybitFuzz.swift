import TradingModel

@testable import Venues

/// Any bytes, through every entry of Bybit's decoders and dialects: each reads them or refuses them at a
/// place inside, and what was read holds together. The copy has exactly the input's size, so that a read
/// beyond it is found.
@c(LLVMFuzzerTestOneInput)
public func fuzzBybit(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 1)
  defer { copy.deallocate() }
  copy.copyBytes(from: UnsafeRawBufferPointer(start: data, count: count))
  let bytes = UnsafeRawBufferPointer(rebasing: copy[..<count])
  for category in BybitCategory.allCases {
    var target = BybitTarget(category)
    target.events(bytes)
    target.lists(bytes)
    target.market(bytes)
  }
  BybitTarget.answers(bytes)
  return 0
}

/// A decoder of one category and the values that it fills.
private struct BybitTarget: ~Copyable {
  private var decoder: BybitAccountDecoder
  private var stream: BybitMarket
  private var scales: SymbolScales
  private var news = TradingNews()
  private var message = VenueMessage()
  private var quick = VenueMessage()

  init(_ category: BybitCategory) {
    let symbols: [(String, Int, Int)] = [("BTCUSDT", 2, 5), ("ETHUSDT", 12, 0)]
    let entries = symbols.enumerated().map { index, symbol in
      BybitNames.Entry(
        Listing(
          index: ListingIndex(index + 1), venue: 1, instrument: 0, base: 1, quote: 2,
          contractKind: category == .spot ? .spot : .linear, priceDecimals: symbol.1,
          quantityDecimals: symbol.2), symbol: symbol.0)
    }
    decoder = BybitAccountDecoder(
      BybitNames(
        category: category, venue: 1, entries: entries, currencies: [("BTC", 1), ("USDT", 2)],
        clientOrderIDPrefixes: ["n1-", "n1-z"]))
    stream = BybitMarket(category, BybitDescription.of(category).environments[0])
    scales = SymbolScales(following: entries.map(\.scale))
  }

  mutating func events(_ bytes: UnsafeRawBufferPointer) {
    news.removeAll()
    do throws(ScanError) {
      if try !decoder.push(bytes, into: &news) {
        precondition(news.orders.count == 0, "Without a topic there is no news")
      }
      checkNews(isPush: true)
    } catch {
      Self.check(error, bytes)
    }
  }

  mutating func lists(_ bytes: UnsafeRawBufferPointer) {
    for content in [BybitAccountDecoder.Content.orders, .fills, .wallets, .positions] {
      news.removeAll()
      do throws(ScanError) {
        let cursor = try decoder.answer(content, bytes, into: &news)
        precondition(
          !cursor.isPresent || cursor.offset + cursor.count <= bytes.count, "A cursor is inside")
        checkNews(isPush: false)
      } catch {
        Self.check(error, bytes)
      }
    }
  }

  mutating func market(_ bytes: UnsafeRawBufferPointer) {
    message.clear()
    do throws(ScanError) {
      _ = try stream.decode(bytes, &scales, into: &message)
      precondition(
        message.symbol < 2 && (message.kind == .other || message.symbol >= 0),
        "Data is of a followed symbol")
    } catch {
      Self.check(error, bytes)
    }
    // What is read as the stream spells it is what reading it field by field says.
    quick.clear()
    message.clear()
    guard BybitDecoder.tightQuote(bytes, &scales, into: &quick) else { return }
    do throws(ScanError) {
      var scanner = FieldScanner(bytes)
      try BybitDecoder.decode(&scanner, &scales, into: &message)
      precondition(
        quick.quote == message.quote && quick.symbol == message.symbol
          && quick.kind == message.kind && quick.final == message.final
          && quick.venueTime == message.venueTime, "Both ways say the same")
    } catch {
      preconditionFailure("A quote that is read can be read field by field: \(error)")
    }
  }

  static func answers(_ bytes: UnsafeRawBufferPointer) {
    do throws(ScanError) {
      let reply = try BybitReply(bytes)
      _ = reply.meaning(status: 200)
      if let part = reply.result { results(part.of(bytes)) }
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      for instrument in try BybitInstruments(bytes).instruments {
        guard let definition = instrument.definition(venue: "bybit-spot") else { continue }
        _ = try? definition.listing(index: 0, venue: 0, instrument: 0, base: 0, quote: 1)
      }
    } catch {
      check(error, bytes)
    }
    results(bytes)
  }

  private static func results(_ bytes: UnsafeRawBufferPointer) {
    do throws(ScanError) {
      _ = try BybitAnswers.serverTime(bytes)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BybitAnswers.keyPermissions(bytes, .linear)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BybitAnswers.isProtected(bytes, "SPOT")
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BybitAnswers.isHedged(bytes)
    } catch {
      check(error, bytes)
    }
  }

  private func checkNews(isPush: Bool) {
    for index in 0..<news.orders.count {
      let told = news.orders[index]
      precondition(
        (told.ownership == .own) == (told.report.orderID != 0), "Only our orders have our ids")
      precondition(
        told.report.kind == .fill || told.report.tradeID == 0, "Only a fill has a trade")
      precondition(!told.isState || isPush, "Only a push is told because something changed")
      precondition(told.report.cumulativeQuantity >= -1, "A count is zero or more, or not said")
      precondition(told.isFollowed || told.report.price == 0, "Units come from a listing")
    }
    for index in 0..<news.balances.count { _ = news.balances[index].asset.description }
    for index in 0..<news.positions.count { _ = news.positions[index].symbol.description }
  }

  private static func check(_ error: ScanError, _ bytes: UnsafeRawBufferPointer) {
    precondition(error.offset >= 0 && error.offset <= bytes.count, "An error's place is inside")
  }
}
