import TradingModel

@testable import Venues

/// Any bytes, through every entry of Binance's decoders: each reads them or refuses them at a place
/// inside, and what was read holds together. The copy has exactly the input's size, so that a read
/// beyond it is found.
@c(LLVMFuzzerTestOneInput)
public func fuzzBinance(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 1)
  defer { copy.deallocate() }
  copy.copyBytes(from: UnsafeRawBufferPointer(start: data, count: count))
  let bytes = UnsafeRawBufferPointer(rebasing: copy[..<count])
  var target = BinanceTarget()
  target.events(bytes)
  target.orders(bytes)
  target.replies(bytes)
  target.account(bytes)
  target.market(bytes)
  return 0
}

/// A decoder and the values that it fills.
private struct BinanceTarget: ~Copyable {
  private var decoder = BinanceSpotDecoder(
    BinanceSpotNames(
      venue: 1,
      symbols: [
        SymbolScale(symbol: "BTCUSDT", listing: 1, priceDecimals: 2, quantityDecimals: 5),
        SymbolScale(symbol: "ETHBTC", listing: 2, priceDecimals: 12, quantityDecimals: 0),
      ],
      currencies: [("BTC", 1), ("USDT", 2)], clientOrderIDPrefixes: ["n1-", "n1-z"]))
  private var event = BinanceSpotUserEvent()
  private var reports = PlainRun<BinanceSpotReport>(capacity: 1)
  private var balances = BinanceSpotAccount()
  private var message = VenueMessage()

  mutating func events(_ bytes: UnsafeRawBufferPointer) {
    do throws(ScanError) {
      try decoder.decode(userEvent: bytes, into: &event)
      if event.kind == .order { check(event.order) }
      for index in 0..<event.balances.count { _ = event.balances[index].total }
    } catch {
      check(error, bytes)
    }
  }

  mutating func orders(_ bytes: UnsafeRawBufferPointer) {
    for answer in BinanceOrderAnswer.allCases {
      reports.removeAll()
      do throws(ScanError) {
        try decoder.decode(orders: bytes, as: answer, into: &reports)
        checkReports()
      } catch {
        check(error, bytes)
      }
    }
    reports.removeAll()
    do throws(ScanError) {
      try decoder.decode(trades: bytes, into: &reports)
      checkReports()
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      let answer = try decoder.decode(cancelReplace: bytes, into: &reports)
      precondition(answer.canceledCount <= reports.count, "The canceled order's reports are there")
      checkReports()
    } catch {
      check(error, bytes)
    }
  }

  mutating func replies(_ bytes: UnsafeRawBufferPointer) {
    do throws(ScanError) {
      let reply = try BinanceReply(bytes)
      if let part = reply.result { orders(part.of(bytes)) }
      if let error = reply.error {
        _ = error.meaning(status: reply.status)
        _ = error.message.description
        if let part = error.data { orders(part.of(bytes)) }
      }
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      let error = try BinanceError(bytes)
      _ = error.meaning(status: 400)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BinanceUsage(bytes)
    } catch {
      check(error, bytes)
    }
    var usage = BinanceUsage()
    _ = usage.take(header: bytes, value: UnsafeRawBufferPointer(rebasing: bytes.suffix(3)))
  }

  mutating func account(_ bytes: UnsafeRawBufferPointer) {
    do throws(ScanError) {
      try decoder.decode(account: bytes, into: &balances)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BinanceSpotDecoder.keyPermissions(bytes)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BinanceSpotDecoder.symbolFees(bytes)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BinanceSpotDecoder.listenKey(bytes)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BinanceSpotDecoder.systemStatus(bytes)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BinanceSpotDecoder.subscriptionID(bytes)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try BinanceSpotDecoder.serverTime(bytes)
    } catch {
      check(error, bytes)
    }
  }

  mutating func market(_ bytes: UnsafeRawBufferPointer) {
    do throws(ScanError) {
      try decoder.decode(market: bytes, fallback: 0, into: &message)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      try decoder.decode(bookTicker: bytes, into: &message)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try decoder.lastPrice(bytes)
      _ = try decoder.candles(bytes, symbol: 1)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      try decoder.decode(publicTrades: bytes, symbol: 0, into: &message)
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      for symbol in try BinanceExchangeInfo(bytes).symbols {
        guard let definition = symbol.definition(venue: "binance-spot") else { continue }
        _ = try? definition.listing(index: 0, venue: 0, instrument: 0, base: 0, quote: 1)
      }
    } catch {
      check(error, bytes)
    }
  }

  private func checkReports() {
    for index in 0..<reports.count { check(reports[index]) }
  }

  private func check(_ report: BinanceSpotReport) {
    precondition(
      (report.ownership == .own) == (report.report.orderID != 0), "Only our orders have our ids")
    precondition(
      report.report.kind == .fill || report.report.tradeID == 0, "Only a fill has a trade")
    precondition(report.cumulativeQuantity >= -1, "A count is zero or more, or not said")
    precondition(report.isFollowed || report.report.price == 0, "Units come from a listing")
    _ = report.clientOrderID.description
  }

  private func check(_ error: ScanError, _ bytes: UnsafeRawBufferPointer) {
    precondition(error.offset >= 0 && error.offset <= bytes.count, "An error's place is inside")
  }
}
