import Credentials
import TradingModel

@testable import Venues

/// Any bytes, through every entry of USD-M futures' decoders: each reads them or refuses them at a place
/// inside, and what was read holds together. The copy has exactly the input's size, so that a read
/// beyond it is found.
@c(LLVMFuzzerTestOneInput)
public func fuzzBinanceUSDM(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 1)
  defer { copy.deallocate() }
  copy.copyBytes(from: UnsafeRawBufferPointer(start: data, count: count))
  let bytes = UnsafeRawBufferPointer(rebasing: copy[..<count])
  var target = BinanceUSDMTarget()
  target.events(bytes)
  target.orders(bytes)
  target.account(bytes)
  target.market(bytes)
  target.session(bytes)
  return 0
}

/// A decoder and the values that it fills.
private struct BinanceUSDMTarget: ~Copyable {
  private static let names = AccountNames(
    venue: 1,
    listings: [
      (
        Listing(
          index: 1, venue: 1, instrument: 0, base: 1, quote: 2, contractKind: .linear,
          priceDecimals: 1, quantityDecimals: 3), "BTCUSDT"
      ),
      (
        Listing(
          index: 2, venue: 1, instrument: 1, base: 3, quote: 2, contractKind: .linear,
          priceDecimals: 12, quantityDecimals: 0), "ETHUSDT"
      ),
    ], currencies: [("BTC", 1), ("USDT", 2)], clientOrderIDPrefix: "n1-",
    formerPrefixes: ["n1-z"])
  private var decoder = BinanceUSDMDecoder(names)
  private var frames = BinanceDecoder()
  private var news = TradingNews()
  private var message = VenueMessage()
  private var quick = VenueMessage()
  private var budget = RateBudget(BinanceUSDM.description.rateLimits)

  mutating func events(_ bytes: UnsafeRawBufferPointer) {
    news.removeAll()
    do throws(ScanError) {
      let kind = try decoder.decode(userEvent: bytes, into: &news)
      precondition(
        kind == .order || kind == .account || news.orders.count == 0, "Others tell no order")
      checkNews()
    } catch {
      check(error, bytes)
    }
  }

  mutating func orders(_ bytes: UnsafeRawBufferPointer) {
    for answer in BinanceOrderAnswer.allCases {
      news.removeAll()
      do throws(ScanError) {
        try decoder.decode(orders: bytes, as: answer, into: &news.orders)
        checkNews()
      } catch {
        check(error, bytes)
      }
    }
    news.removeAll()
    do throws(ScanError) {
      try decoder.decode(trades: bytes, into: &news.orders)
      checkNews()
    } catch {
      check(error, bytes)
    }
  }

  mutating func account(_ bytes: UnsafeRawBufferPointer) {
    news.removeAll()
    do throws(ScanError) {
      try decoder.decode(balances: bytes, into: &news.balances)
      checkNews()
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      try decoder.decode(positions: bytes, into: &news.positions)
      checkNews()
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BinanceUSDMDecoder.isHedged(bytes)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      for symbol in try BinanceUSDMExchangeInfo(bytes).symbols {
        guard let definition = symbol.definition(venue: "binance-usdm") else { continue }
        _ = try? definition.listing(index: 0, venue: 0, instrument: 0, base: 0, quote: 1)
      }
    } catch {
      check(error, bytes)
    }
  }

  mutating func market(_ bytes: UnsafeRawBufferPointer) {
    message.clear()
    var scanner = FieldScanner(bytes)
    do throws(ScanError) {
      try frames.decode(&scanner, &decoder.scales, fallback: 0, into: &message)
    } catch {
      check(error, bytes)
    }
    // What is read as the stream spells it is what reading it field by field says.
    quick.clear()
    message.clear()
    guard BinanceDecoder.tightQuote(bytes, &decoder.scales, into: &quick) else { return }
    do throws(ScanError) {
      var scanner = FieldScanner(bytes)
      try frames.decode(&scanner, &decoder.scales, fallback: -1, into: &message)
      precondition(
        quick.quote == message.quote && quick.symbol == message.symbol
          && quick.kind == message.kind && quick.final == message.final
          && quick.venueTime == message.venueTime, "Both ways say the same")
    } catch {
      preconditionFailure("A quote that is read can be read field by field: \(error)")
    }
  }

  /// Answers as the session reads them.
  mutating func session(_ bytes: UnsafeRawBufferPointer) {
    let credential = VenueCredential(apiKey: "key", kind: .hmac, secret: SecretBytes("secret"))
    guard
      var dialect = try? BinanceUSDMTrading(
        BinanceUSDM.description.environments[0], credential, Self.names)
    else { return }
    let questions: [TradingQuestion] =
      [.logOn(0), .logOn(1), .logOn(2), .repeated(0), .repeated(1), .deadMan(part: 0, isOn: true)]
      + (0..<dialect.snapshotPartCount).map { .snapshot(part: $0, page: VenueText()) }
      + [.request(VenueRequest(kind: .newOrder, listing: 1, venue: 1, orderID: 1))]
    for status in [0, 200, 400, 429, 503] {
      for question in questions {
        news.removeAll()
        do throws(ScanError) {
          try dialect.readAnswer(
            SessionAnswer(status: status, body: bytes), to: question, &budget,
            at: 1_700_000_000_000_000_000, into: &news)
          checkNews()
        } catch {
          check(error, bytes)
        }
      }
    }
    news.removeAll()
    do throws(ScanError) {
      _ = try dialect.read(BinanceUSDMTrading.orders, bytes, into: &news)
      _ = try dialect.read(BinanceUSDMTrading.ownEvents, bytes, into: &news)
    } catch {
      check(error, bytes)
    }
  }

  private func checkNews() {
    for index in 0..<news.orders.count {
      let order = news.orders[index]
      precondition(
        (order.ownership == .own) == (order.report.orderID != 0), "Only our orders have our ids")
      precondition(
        order.report.kind == .fill || order.report.tradeID == 0, "Only a fill has a trade")
      precondition(order.report.cumulativeQuantity >= -1, "A count is zero or more, or not said")
      precondition(order.isFollowed || order.report.price == 0, "Units come from a listing")
    }
    for index in 0..<news.balances.count {
      let balance = news.balances[index]
      precondition(balance.locked >= .zero, "What is free is a part")
      precondition(!balance.asset.isEmpty, "A balance is of something")
    }
    for index in 0..<news.positions.count {
      let position = news.positions[index]
      precondition(position.listing != nil || position.quantity == 0, "Units come from a listing")
    }
  }

  private func check(_ error: ScanError, _ bytes: UnsafeRawBufferPointer) {
    precondition(error.offset >= 0 && error.offset <= bytes.count, "An error's place is inside")
  }
}
