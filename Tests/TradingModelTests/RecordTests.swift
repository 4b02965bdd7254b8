import Testing
import TradingModel

/// What the golden bytes say, as values.
enum Sample {
  static let time: Timestamp = 1_700_000_000_123_456_789

  static let runStart = RunStart(
    mode: .backtest, runID: 0x1122_3344_5566_7788, seed: 42, orderIDBase: 1000, stateVersion: 3,
    buildID: "needletail 1.0")
  static let venue = VenueDefinition(index: 7, name: "binance-usdm")
  static let currency = CurrencyDefinition(index: 258, code: "USDT")
  static var listing: ListingDefinition {
    var listing = Listing(
      index: 1, venue: 2, instrument: 3, base: 4, quote: 5, contractKind: .linear,
      priceDecimals: 2, quantityDecimals: 3, contractSize: Decimal(units: 10, decimals: 1), tick: 5,
      lot: 100, quantityMin: 200, quantityMax: 300_000,
      notionalMin: Money(amount: 5_000_000_000_000_000_000), makerFee: Rate(parts: -5000),
      takerFee: Rate(parts: 45000))
    listing.settlement = 6
    return ListingDefinition(listing: listing, symbol: "BTCUSDT")
  }
  static let strategy = StrategyDefinition(
    index: 9, stateVersion: 77, name: "maker", settings: "size=1\nskew=2", listings: [1, 2, 65534])
  static let limits = RiskLimitsDefinition(
    scope: .listing, index: 3, orderQuantityMax: 10, positionMax: 20, openOrdersMax: 30,
    ordersPerWindow: 40, windowNanoseconds: 50, priceCollar: Rate(parts: 60),
    orderNotionalMax: Money(amount: -powerOfTen128(30)),
    openNotionalMax: Money(amount: powerOfTen128(30)), positionNotionalMax: Money(amount: .max),
    marginRate: Rate(parts: 70), checks: 3)
  static let balance = AccountBalance(
    venue: 3, currency: 4, total: Money(amount: -12_345_678_901_234_567_890_123))
  static let feedFile = FeedFile(
    listing: 11, byteSize: 123_456_789,
    sha256: (0..<32).map { UInt8(truncatingIfNeeded: $0 * 7) }, kind: "binance-usdm",
    path: "feeds/a.gz")
  static let command = Command(
    kind: .modify, side: .sell, type: .stopLimit, timeInForce: .goodTillDate, listing: 0x0102,
    strategy: 0x0304, orderID: 0x1112_1314_1516_1718, price: -2, quantity: 3, stopPrice: 4,
    instructions: [.postOnly, .hidden], instrument: 0x0A0B, token: 0x2122_2324_2526_2728)
  static let signal = Signal(
    action: .close, listing: 0x0102, strategy: 0x0304, signalID: 99, createdAt: time - 1, price: -6,
    quantity: 7, stopLoss: 8, takeProfit: 9, confidence: 999_999)
  static let report = VenueReport(
    kind: .fill, listing: 0x0102, venue: 0x0708, side: .sell, liquidity: .taker, reason: .wouldTake,
    feeCurrency: 0x0506, orderID: 1001, venueOrderID: 1002, version: 1003, tradeID: 1004,
    lastPrice: -1005, lastQuantity: 1006, cumulativeQuantity: -1, price: 1008, quantity: 1009,
    fee: Money(amount: -powerOfTen128(25)), venueTime: time - 2)
  static let feedStatus = FeedStatus(
    listing: 0x0102, state: .gap, venueSequence: 88, venueTime: time - 3)
  static let book = BookUpdate(
    listing: 0x0102, isSnapshot: true, levelCount: 2, venueSequence: 555, venueTime: time - 4)
  static let levels = [
    LevelChange(side: .buy, price: -100, quantity: 7),
    LevelChange(side: .sell, price: 101, quantity: .max),
  ]
  static let trade = Trade(
    listing: 0x0102, aggressor: nil, tradeID: 66, venueTime: time - 5, price: -77, quantity: 88)
  static let quote = BestQuote(
    listing: 0x0102, venueSequence: 44, venueTime: time - 6, bidPrice: -1, bidQuantity: 2,
    askPrice: 3, askQuantity: 4)
  static let fundingPayment = FundingPayment(
    listing: 0x0102, currency: 0x0506, paymentID: 9001, venueTime: time - 8,
    amount: Money(amount: -powerOfTen128(25)))
  static let contract = ContractUpdate(
    listing: 0x0102, venueTime: time - 9, markPrice: Decimal(units: 6_431_218_907_345, decimals: 8),
    indexPrice: Decimal(units: -6_431_219, decimals: 2),
    fundingRate: Decimal(units: -47_353_519_000, decimals: 18), nextFundingTime: time + 10)
  static let fundingEvent = FundingEvent(
    FundingPayment(
      listing: 0x0102, currency: 0x0506, paymentID: 9002, venueTime: time - 10, amount: .zero),
    strategy: 0x0304, position: -9003, amount: Money(amount: -powerOfTen128(24)),
    fundingAfter: Money(amount: powerOfTen128(31)))
  static let request = VenueRequest(
    kind: .replace, side: .sell, type: .limit, timeInForce: .goodTillCancel, listing: 0x0102,
    venue: 0x0304, orderID: 2001, version: 2002, instructions: [.postOnly, .reduceOnly],
    price: -2003, quantity: 2004, stopPrice: 2005, venueOrderID: 2006)
  static var orderEvent: OrderEvent {
    var order = Order(
      id: 3001, listing: 0x0102, strategy: 0x0304, venue: 1, side: .sell, type: .limit,
      timeInForce: .day, instructions: [], price: 3003, quantity: 3004, token: 3007, createdAt: 1)
    order.reportedRow = .working
    order.uncertainty = .fillsMissing
    order.cumulativeQuantity = 3005
    order.venueOrderID = 3006
    return OrderEvent(
      order, execType: .trade, cause: .fill, version: 3002, reason: 9, disposition: .applyWithAlert)
  }
  static let fillEvent = FillEvent(
    listing: 0x0102, side: .sell, liquidity: .maker, strategy: 0x0304, flags: 5, orderID: 4001,
    tradeID: 4002, price: -4003, quantity: 4004, cumulativeQuantity: 4005, positionAfter: -4006,
    fee: Money(amount: -powerOfTen128(24)), feeCurrency: 0x0506,
    realizedPnL: Money(amount: powerOfTen128(31)), venueTime: time - 7)
  static let alert = Alert(
    kind: .capacity, cause: OrderInput.requestQuery.rawValue, listing: 0x0102, strategy: 0x0304,
    orderID: 5001, value: -5002, reference: 5003)
  static let answer = SignalAnswer(
    signalID: 6001, orderID: 6002, outcome: .refused, refusal: 12, strategy: 0x0304)
  static let outputHash = OutputHash(hash: 0xDEAD_BEEF_0102_0304, outputs: 7001, inputs: 7002)
  static let adjustment = PositionAdjustment(
    listing: 0x0102, policy: .adopted, quantityBefore: -9001, quantity: 9002, entryPrice: -9003,
    venueTime: time - 10)
  static let runEnd = RunEnd(stateHash: 8001, outputHash: 8002, inputs: 8003, outputs: 8004)

  /// A record with header, in memory full of ones before, so that an unwritten byte shows.
  static func record(
    _ kind: RecordKind, byteCount: Int? = nil, _ store: (UnsafeMutableRawPointer) -> Void
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xFF, count: byteCount ?? kind.fixedByteCount)
    let count = bytes.count
    bytes.withUnsafeMutableBytes {
      RecordHeader(
        byteCount: count, kind: kind, isOutput: kind.isOutput, sequence: 0, time: time
      ).store(at: $0.baseAddress!)
      store($0.baseAddress!)
    }
    return bytes
  }

  static let bookBytes = record(.bookUpdate, byteCount: BookUpdate.byteCount(levelCount: 2)) {
    book.store(at: $0)
    levels[0].store(at: $0 + BookUpdate.levelsOffset)
    levels[1].store(at: $0 + BookUpdate.levelsOffset + LevelChange.byteCount)
  }

  static let all: [(kind: RecordKind, bytes: [UInt8], golden: String)] = [
    (.runStart, runStart.encoded(time: time), Golden.runStart),
    (.venueDefinition, venue.encoded(time: time), Golden.venueDefinition),
    (.currencyDefinition, currency.encoded(time: time), Golden.currencyDefinition),
    (.listingDefinition, listing.encoded(time: time), Golden.listingDefinition),
    (.strategyDefinition, strategy.encoded(time: time), Golden.strategyDefinition),
    (.riskLimits, limits.encoded(time: time), Golden.riskLimits),
    (.accountBalance, balance.encoded(time: time), Golden.accountBalance),
    (.feedFile, feedFile.encoded(time: time), Golden.feedFile),
    (.definitionsEnd, record(.definitionsEnd) { _ in }, Golden.definitionsEnd),
    (.command, record(.command) { command.store(at: $0) }, Golden.command),
    (.signal, record(.signal) { signal.store(at: $0) }, Golden.signal),
    (.venueReport, record(.venueReport) { report.store(at: $0) }, Golden.venueReport),
    (
      .timer, record(.timer) { TimerTick(number: 0xFFEE_DDCC_BBAA_9988).store(at: $0) },
      Golden.timer
    ),
    (.feedStatus, record(.feedStatus) { feedStatus.store(at: $0) }, Golden.feedStatus),
    (
      .fundingPayment, record(.fundingPayment) { fundingPayment.store(at: $0) },
      Golden.fundingPayment
    ),
    (.positionAdjustment, adjustment.encoded(time: time), Golden.positionAdjustment),
    (.bookUpdate, bookBytes, Golden.bookUpdate),
    (.trade, record(.trade) { trade.store(at: $0) }, Golden.trade),
    (.bestQuote, record(.bestQuote) { quote.store(at: $0) }, Golden.bestQuote),
    (.contractUpdate, record(.contractUpdate) { contract.store(at: $0) }, Golden.contractUpdate),
    (.venueRequest, record(.venueRequest) { request.store(at: $0) }, Golden.venueRequest),
    (.orderEvent, record(.orderEvent) { orderEvent.store(at: $0) }, Golden.orderEvent),
    (.fillEvent, record(.fillEvent) { fillEvent.store(at: $0) }, Golden.fillEvent),
    (.alert, record(.alert) { alert.store(at: $0) }, Golden.alert),
    (.signalAnswer, record(.signalAnswer) { answer.store(at: $0) }, Golden.signalAnswer),
    (.fundingEvent, record(.fundingEvent) { fundingEvent.store(at: $0) }, Golden.fundingEvent),
    (.outputHash, outputHash.encoded(time: time), Golden.outputHash),
    (.runEnd, runEnd.encoded(time: time), Golden.runEnd),
  ]
}

@Suite struct RecordTests {
  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return bytes.enumerated().reduce(into: "") { text, byte in
      if byte.offset > 0, byte.offset % 8 == 0 { text += "\n" }
      text.append(digits[Int(byte.element >> 4)])
      text.append(digits[Int(byte.element & 15)])
    }
  }

  @Test func everyKindHasItsGoldenBytes() throws {
    #expect(Sample.all.map(\.kind) == RecordKind.allCases)
    for sample in Sample.all {
      #expect(Self.hex(sample.bytes) == sample.golden, "\(sample.kind)")
      let kind = try sample.bytes.withUnsafeBytes {
        try RecordLength.check($0.baseAddress!, available: $0.count)
      }
      #expect(kind == sample.kind)
    }
  }

  @Test func everyKindHasItsGoldenHashes() {
    for (sample, golden) in zip(Sample.all, Golden.hashes) {
      #expect("\(sample.kind)" == golden.name)
      sample.bytes.withUnsafeBytes {
        let content = RecordHash.content(of: $0.baseAddress!, byteCount: $0.count)
        #expect(content == golden.content, "\(sample.kind)")
        #expect(RecordHash.headerCheck(of: $0.baseAddress!) == golden.headerCheck)
        #expect(RecordHash.chain(after: 0x0123_4567_89AB_CDEF, content: content) == golden.chain)
      }
    }
    var hash = RecordHash()
    #expect(hash.value == 0x243F_6A88_85A3_08D3)
    for word in UInt64(1)...3 { hash.combine(word) }
    #expect(hash.value == 0x0987_A1DB_BE12_27D6)
    var wide = RecordHash()
    wide.combine(Int128(2) << 64 | 1)
    wide.combine(Int64(3))
    #expect(wide == hash)
  }

  @Test func oneChangedBitChangesTheHash() {
    for sample in Sample.all {
      var bytes = sample.bytes
      let hash = bytes.withUnsafeBytes {
        RecordHash.content(of: $0.baseAddress!, byteCount: $0.count)
      }
      for bit in 0..<bytes.count * 8 where bit < 192 || bit >= 320 {
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        bytes.withUnsafeBytes {
          #expect(RecordHash.content(of: $0.baseAddress!, byteCount: $0.count) != hash)
        }
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      }
    }
  }

  /// What a decoder makes of bytes, encoded again; nil for a refusal.
  static func reencode(_ kind: RecordKind, _ bytes: [UInt8]) -> [UInt8]? {
    bytes.withUnsafeBytes { buffer in
      let base = buffer.baseAddress!
      let time = RecordHeader(at: base).time
      return Self.definition(kind, base, time) ?? Self.fixed(kind, base, bytes)
    }
  }

  private static func definition(
    _ kind: RecordKind, _ base: UnsafeRawPointer, _ time: Timestamp
  ) -> [UInt8]? {
    switch kind {
    case .runStart: try? RunStart(at: base).encoded(time: time)
    case .venueDefinition: try? VenueDefinition(at: base).encoded(time: time)
    case .currencyDefinition: try? CurrencyDefinition(at: base).encoded(time: time)
    case .listingDefinition: try? ListingDefinition(at: base).encoded(time: time)
    case .strategyDefinition: try? StrategyDefinition(at: base).encoded(time: time)
    case .riskLimits: try? RiskLimitsDefinition(at: base).encoded(time: time)
    case .accountBalance: try? AccountBalance(at: base).encoded(time: time)
    case .feedFile: try? FeedFile(at: base).encoded(time: time)
    case .outputHash: try? OutputHash(at: base).encoded(time: time)
    case .runEnd: try? RunEnd(at: base).encoded(time: time)
    default: nil
    }
  }

  private static func fixed(
    _ kind: RecordKind, _ base: UnsafeRawPointer, _ bytes: [UInt8]
  ) -> [UInt8]? {
    func record(_ store: ((UnsafeMutableRawPointer) -> Void)?) -> [UInt8]? {
      guard let store else { return nil }
      var copy = [UInt8](repeating: 0xFF, count: bytes.count)
      copy.replaceSubrange(0..<40, with: bytes[0..<40])
      copy.withUnsafeMutableBytes { store($0.baseAddress!) }
      return copy
    }
    switch kind {
    case .definitionsEnd: return bytes
    case .command: return record(Command(at: base).map { value in { value.store(at: $0) } })
    case .signal: return record(Signal(at: base).map { value in { value.store(at: $0) } })
    case .venueReport: return record(VenueReport(at: base).map { value in { value.store(at: $0) } })
    case .timer: return record { TimerTick(at: base).store(at: $0) }
    case .feedStatus: return record(FeedStatus(at: base).map { value in { value.store(at: $0) } })
    case .fundingPayment: return record { FundingPayment(at: base).store(at: $0) }
    case .positionAdjustment:
      return record(PositionAdjustment(at: base).map { value in { value.store(at: $0) } })
    case .bookUpdate:
      let update = BookUpdate(at: base)
      return record {
        update.store(at: $0)
        for index in 0..<update.levelCount {
          let offset = BookUpdate.levelsOffset + index * LevelChange.byteCount
          LevelChange(at: base + offset).store(at: $0 + offset)
        }
      }
    case .trade: return record { Trade(at: base).store(at: $0) }
    case .bestQuote: return record { BestQuote(at: base).store(at: $0) }
    case .contractUpdate:
      return record(ContractUpdate(at: base).map { value in { value.store(at: $0) } })
    case .venueRequest:
      return record(VenueRequest(at: base).map { value in { value.store(at: $0) } })
    case .orderEvent: return record(OrderEvent(at: base).map { value in { value.store(at: $0) } })
    case .fillEvent: return record(FillEvent(at: base).map { value in { value.store(at: $0) } })
    case .alert: return record(Alert(at: base).map { value in { value.store(at: $0) } })
    case .fundingEvent: return record { FundingEvent(at: base).store(at: $0) }
    case .signalAnswer:
      return record(SignalAnswer(at: base).map { value in { value.store(at: $0) } })
    default: return nil
    }
  }

  @Test func goldenBytesDecodeToTheirValues() throws {
    for sample in Sample.all {
      #expect(Self.reencode(sample.kind, sample.bytes) == sample.bytes, "\(sample.kind)")
    }
    let bytes = Dictionary(uniqueKeysWithValues: Sample.all.map { ($0.kind, $0.bytes) })
    func at<T>(_ kind: RecordKind, _ read: (UnsafeRawPointer) throws -> T) rethrows -> T {
      try bytes[kind]!.withUnsafeBytes { try read($0.baseAddress!) }
    }
    #expect(try at(.runStart) { try RunStart(at: $0) } == Sample.runStart)
    #expect(try at(.venueDefinition) { try VenueDefinition(at: $0) } == Sample.venue)
    #expect(try at(.currencyDefinition) { try CurrencyDefinition(at: $0) } == Sample.currency)
    #expect(try at(.listingDefinition) { try ListingDefinition(at: $0) } == Sample.listing)
    #expect(try at(.strategyDefinition) { try StrategyDefinition(at: $0) } == Sample.strategy)
    #expect(try at(.riskLimits) { try RiskLimitsDefinition(at: $0) } == Sample.limits)
    #expect(try at(.accountBalance) { try AccountBalance(at: $0) } == Sample.balance)
    #expect(try at(.feedFile) { try FeedFile(at: $0) } == Sample.feedFile)
    #expect(at(.command) { Command(at: $0) } == Sample.command)
    #expect(at(.signal) { Signal(at: $0) } == Sample.signal)
    #expect(at(.venueReport) { VenueReport(at: $0) } == Sample.report)
    #expect(at(.feedStatus) { FeedStatus(at: $0) } == Sample.feedStatus)
    #expect(at(.bookUpdate) { BookUpdate(at: $0) } == Sample.book)
    #expect(at(.bookUpdate) { LevelChange(at: $0 + 64) } == Sample.levels[0])
    #expect(at(.bookUpdate) { LevelChange(at: $0 + 80) } == Sample.levels[1])
    #expect(at(.trade) { Trade(at: $0) } == Sample.trade)
    #expect(at(.bestQuote) { BestQuote(at: $0) } == Sample.quote)
    #expect(at(.fundingPayment) { FundingPayment(at: $0) } == Sample.fundingPayment)
    #expect(at(.positionAdjustment) { PositionAdjustment(at: $0) } == Sample.adjustment)
    #expect(at(.contractUpdate) { ContractUpdate(at: $0) } == Sample.contract)
    #expect(at(.fundingEvent) { FundingEvent(at: $0) } == Sample.fundingEvent)
    #expect(at(.venueRequest) { VenueRequest(at: $0) } == Sample.request)
    #expect(at(.orderEvent) { OrderEvent(at: $0) } == Sample.orderEvent)
    #expect(at(.fillEvent) { FillEvent(at: $0) } == Sample.fillEvent)
    #expect(at(.alert) { Alert(at: $0) } == Sample.alert)
    #expect(at(.signalAnswer) { SignalAnswer(at: $0) } == Sample.answer)
    #expect(try at(.outputHash) { try OutputHash(at: $0) } == Sample.outputHash)
    #expect(try at(.runEnd) { try RunEnd(at: $0) } == Sample.runEnd)
  }

  @Test func headersReadBack() {
    let header = RecordHeader(
      byteCount: 48, kind: .alert, isOutput: true, sequence: .max, time: .min)
    var bytes = [UInt8](repeating: 0xFF, count: 40)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    #expect(bytes.withUnsafeBytes { RecordHeader(at: $0.baseAddress!) } == header)
    #expect(header.isOutput && bytes[24...].allSatisfy { $0 == 0 })
  }
}
