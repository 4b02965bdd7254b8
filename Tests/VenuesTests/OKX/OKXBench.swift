import TradingModel

@testable import Venues

/// The decoders of OKX with the values that they fill.
final class OKXBench {
  var decoder = OKXAccountDecoder(OKXSamples.names())
  var market = OKXDecoder()
  var scales = SymbolScales(following: OKXSamples.scales)
  var message = VenueMessage()
  var orders = PlainRun<OrderNews>(capacity: 1)
  var balances = PlainRun<VenueBalance>(capacity: 1)
  var positions = PlainRun<AccountPosition>(capacity: 1)
  var lastError: ScanError?

  /// "as expected", what was read instead, or nil when the entry refuses.
  func outcome(_ entry: OKXRecordingTests.Entry, _ bytes: [UInt8]) -> String? {
    var isExpected = false
    var found = ""
    lastError = OKXSamples.run(bytes) { (buffer) throws(ScanError) in
      (isExpected, found) = try self.read(entry, buffer)
    }
    if lastError != nil { return nil }
    return isExpected ? "as expected" : found
  }

  private func read(
    _ entry: OKXRecordingTests.Entry, _ bytes: UnsafeRawBufferPointer
  ) throws(ScanError) -> (Bool, String) {
    orders.removeAll()
    balances.removeAll()
    positions.removeAll()
    switch entry {
    case .frame(let frame, let kind):
      try readFrame(bytes)
      return (market.frame == frame && message.kind == kind, "\(market.frame) \(message.kind)")
    case .pushed(let kinds):
      var scanner = try data(bytes)
      try decoder.pushedOrders(&scanner, into: &orders)
      return (self.kinds == kinds, "\(self.kinds)")
    case .orders(let kinds):
      var scanner = try data(bytes)
      try decoder.askedOrders(&scanner, into: &orders)
      return (self.kinds == kinds, "\(self.kinds)")
    case .order(let kinds):
      var scanner = FieldScanner(bytes)
      try decoder.order(&scanner, isPushed: true, into: &orders)
      try scanner.expectEnd()
      return (self.kinds == kinds, "\(self.kinds)")
    case .fills(let count):
      var scanner = try data(bytes)
      let page = try decoder.fills(&scanner, into: &orders)
      return (page.count == count && !page.oldestBill.isEmpty, "\(page.count)")
    case .fill:
      var scanner = FieldScanner(bytes)
      var bill = VenueText()
      let fill = try decoder.fill(&scanner, &bill)
      try scanner.expectEnd()
      return (fill.report.kind == .fill && fill.report.tradeID > 0, "\(fill)")
    default: return try readOthers(entry, bytes)
    }
  }

  private func readOthers(
    _ entry: OKXRecordingTests.Entry, _ bytes: UnsafeRawBufferPointer
  ) throws(ScanError) -> (Bool, String) {
    var scanner = FieldScanner(bytes)
    switch entry {
    case .balances(let count), .pushedBalances(let count):
      scanner = try data(bytes)
      try decoder.balances(&scanner, into: &balances)
      return (balances.count == count, "\(balances.count)")
    case .positions(let count), .pushedPositions(let count):
      scanner = try data(bytes)
      try decoder.positions(&scanner, into: &positions)
      return (positions.count == count && positions[0].listing != nil, "\(positions.count)")
    case .balance: return (!(try decoder.balance(&scanner)).asset.isEmpty, "")
    case .instruments(let count):
      let known = try OKXInstrument.list(bytes).compactMap { $0.definition(venue: "okx") }
      return (known.count == count, "\(known.count)")
    case .instrument:
      return (!(try OKXInstrument(&scanner)).symbol.isEmpty, "")
    case .bareAcknowledgement:
      return ((try OKXAcknowledgement(&scanner)).venueOrderID > 0, "")
    case .acknowledged(let code):
      scanner = try data(bytes)
      try scanner.beginArray()
      let told = try OKXAcknowledgement(&scanner)
      return (told.code == code, "\(told.code)")
    case .serverTime:
      scanner = try data(bytes)
      return (try OKXTrading.serverTime(&scanner) > 0, "")
    case .answer(let code), .said(let code):
      let envelope = try OKXEnvelope(&scanner)
      return (envelope.code == code, "\(envelope.code)")
    default:
      _ = try OKXEnvelope(&scanner)
      return (true, "")
    }
  }

  func readFrame(_ bytes: UnsafeRawBufferPointer) throws(ScanError) {
    message.clear()
    var scanner = FieldScanner(bytes)
    try market.decode(&scanner, &scales, into: &message)
  }

  private func data(_ bytes: UnsafeRawBufferPointer) throws(ScanError) -> FieldScanner {
    var scanner = FieldScanner(bytes)
    let envelope = try OKXEnvelope(&scanner)
    guard envelope.data >= 0 else { throw ScanError(bytes.count, "a field \"data\"") }
    scanner.offset = envelope.data
    return scanner
  }

  private var kinds: [VenueReportKind] { (0..<orders.count).map { orders[$0].report.kind } }

  /// Every entry for any bytes: what each says against them.
  func tryEverything(_ bytes: [UInt8]) -> [ScanError] {
    var errors: [ScanError] = []
    let entries: [OKXRecordingTests.Entry] = [
      .frame(.market, .depth), .pushed([]), .orders([]), .order([]), .fills(0), .fill,
      .balances(0), .balance, .instruments(0), .instrument, .bareAcknowledgement,
      .acknowledged(0), .serverTime, .answer(0),
    ]
    for entry in entries {
      _ = outcome(entry, bytes)
      if let error = lastError { errors.append(error) }
    }
    for error in [
      OKXSamples.run(
        bytes,
        { (buffer) throws(ScanError) in
          var scanner = try self.data(buffer)
          try self.decoder.positions(&scanner, into: &self.positions)
        }),
      OKXSamples.run(
        bytes,
        { (buffer) throws(ScanError) in
          _ = try OKXAccountConfiguration(buffer)
        }),
    ] {
      if let error { errors.append(error) }
    }
    return errors
  }
}
