import TradingModel

@testable import Credentials
@testable import Venues

/// Any bytes, through every entry of OKX's decoders and dialects: each reads them or refuses them at a
/// place inside, and what was read holds together. The copy has exactly the input's size, so that a read
/// beyond it is found.
@c(LLVMFuzzerTestOneInput)
public func fuzzOKX(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 1)
  defer { copy.deallocate() }
  copy.copyBytes(from: UnsafeRawBufferPointer(start: data, count: count))
  let bytes = UnsafeRawBufferPointer(rebasing: copy[..<count])
  var target = OKXTarget()
  target.market(bytes)
  target.account(bytes)
  target.trading(bytes)
  return 0
}

/// Decoders, and the values that they fill.
private struct OKXTarget: ~Copyable {
  private static let symbols = [
    SymbolScale(symbol: "BTC-USDT", listing: 1, priceDecimals: 2, quantityDecimals: 8),
    SymbolScale(symbol: "BTC-USDT-SWAP", listing: 2, priceDecimals: 12, quantityDecimals: 0),
  ]
  private static let listings = [
    Listing(
      index: 1, venue: 1, instrument: 0, base: 1, quote: 2, contractKind: .spot, priceDecimals: 2,
      quantityDecimals: 8),
    Listing(
      index: 2, venue: 1, instrument: 1, base: 1, quote: 2, contractKind: .linear,
      priceDecimals: 12, quantityDecimals: 0),
  ]
  private var scales = SymbolScales(following: symbols)
  private var survey = SymbolScales()
  private var dialect = OKXMarket(OKX.description.environments[0])
  private var decoder = OKXDecoder()
  private var decoderOfAccount = OKXAccountDecoder(
    OKXNames(
      venue: 1, symbols: symbols, currencies: [("BTC", 1), ("USDT", 2)],
      clientOrderIDPrefixes: ["n1-", "n1-z"]))
  private var message = VenueMessage()
  private var quick = VenueMessage()
  private var orders = PlainRun<OrderNews>(capacity: 1)
  private var balances = PlainRun<VenueBalance>(capacity: 1)
  private var positions = PlainRun<AccountPosition>(capacity: 1)

  mutating func market(_ bytes: UnsafeRawBufferPointer) {
    // Twice: the first may be the snapshot that the second is compared with.
    for _ in 0..<2 {
      message.clear()
      do throws(ScanError) {
        _ = try dialect.decode(bytes, &scales, into: &message)
        precondition(message.symbol < 2, "A symbol is one of those followed")
      } catch {
        check(error, bytes)
      }
    }
    message.clear()
    do throws(ScanError) {
      var scanner = FieldScanner(bytes)
      try decoder.decode(&scanner, &survey, into: &message)
    } catch {
      check(error, bytes)
    }
    // What is read as the stream spells it is what reading it field by field says.
    quick.clear()
    message.clear()
    var scanner = FieldScanner(bytes)
    guard OKXDecoder.tightQuote(&scanner, &scales, into: &quick) else { return }
    do throws(ScanError) {
      // With a space in front it is spelled otherwise.
      let spaced = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 1, alignment: 1)
      defer { spaced.deallocate() }
      spaced[0] = 0x20
      UnsafeMutableRawBufferPointer(rebasing: spaced[1...]).copyMemory(from: bytes)
      var scanner = FieldScanner(UnsafeRawBufferPointer(spaced))
      try decoder.decode(&scanner, &scales, into: &message)
      precondition(
        quick.quote == message.quote && quick.symbol == message.symbol
          && quick.kind == message.kind && quick.final == message.final
          && quick.venueTime == message.venueTime, "Both ways say the same")
    } catch {
      preconditionFailure("A quote that is read can be read field by field: \(error)")
    }
  }

  mutating func account(_ bytes: UnsafeRawBufferPointer) {
    for entry in 0..<6 {
      var scanner = FieldScanner(bytes)
      do throws(ScanError) {
        scanner.offset = max(0, try OKXEnvelope(&scanner).data)
      } catch {
        check(error, bytes)
        scanner.offset = 0
      }
      do throws(ScanError) {
        try read(entry, &scanner)
      } catch {
        check(error, bytes)
      }
    }
    for index in 0..<orders.count { check(orders[index]) }
    for index in 0..<balances.count { _ = balances[index].asset.description }
    do throws(ScanError) {
      for instrument in try OKXInstrument.list(bytes) {
        guard let definition = instrument.definition(venue: "okx") else { continue }
        _ = try? definition.listing(index: 0, venue: 0, instrument: 0, base: 0, quote: 1)
      }
    } catch {
      check(error, bytes)
    }
    do throws(ScanError) {
      _ = try OKXAccountConfiguration(bytes)
    } catch {
      check(error, bytes)
    }
  }

  private mutating func read(_ entry: Int, _ scanner: inout FieldScanner) throws(ScanError) {
    switch entry {
    case 0: try decoderOfAccount.pushedOrders(&scanner, into: &orders)
    case 1: try decoderOfAccount.askedOrders(&scanner, into: &orders)
    case 2: _ = try decoderOfAccount.fills(&scanner, into: &orders)
    case 3: try decoderOfAccount.balances(&scanner, into: &balances)
    case 4: try decoderOfAccount.positions(&scanner, into: &positions)
    default: _ = try OKXAcknowledgement(&scanner)
    }
  }

  func trading(_ bytes: UnsafeRawBufferPointer) {
    let account = AccountNames(
      venue: 1, listings: [(Self.listings[0], "BTC-USDT"), (Self.listings[1], "BTC-USDT-SWAP")],
      currencies: [("BTC", 1), ("USDT", 2)], clientOrderIDPrefix: "n1-")
    let credential = VenueCredential(apiKey: "k", kind: .hmac, secret: SecretBytes("s"))
    guard
      var trading = try? OKXTrading(OKX.description.environments[0], credential, account)
    else { return }
    var news = TradingNews()
    do throws(ScanError) {
      _ = try trading.read(0, bytes, into: &news)
    } catch {
      check(error, bytes)
    }
    var budget = RateBudget(OKX.rateLimits)
    let request = VenueRequest(kind: .newOrder, listing: 1, venue: 1, orderID: 5, version: 1)
    var query = request
    query.kind = .queryOrder
    var questions: [TradingQuestion] = [
      .request(request), .request(query), .repeated(0), .snapshot(part: 0, page: VenueText()),
      .snapshot(part: 1, page: VenueText()), .order(1, 7), .payments(from: 0, page: VenueText()),
      .deadMan(part: 0, isOn: true),
    ]
    for step in trading.steps.indices { questions.append(.logOn(step)) }
    for question in questions {
      for status in [0, 200, 503] {
        news.removeAll()
        do throws(ScanError) {
          try trading.readAnswer(
            SessionAnswer(status: status, body: bytes), to: question, &budget, at: 1, into: &news)
          for index in 0..<news.orders.count { check(news.orders[index]) }
          for index in 0..<news.payments.count {
            precondition(news.payments[index].listing < 8, "A payment is of a listing")
          }
        } catch {
          check(error, bytes)
        }
      }
    }
  }

  private func check(_ news: OrderNews) {
    precondition(
      news.report.kind == .fill || news.report.tradeID == 0, "Only a fill has a trade")
    precondition(news.report.cumulativeQuantity >= -1, "A count is zero or more, or not said")
    precondition(news.isFollowed || news.report.price == 0, "Units come from a listing")
  }

  private func check(_ error: ScanError, _ bytes: UnsafeRawBufferPointer) {
    precondition(error.offset >= 0 && error.offset <= bytes.count, "An error's place is inside")
  }
}
