import TradingModel

/// What a sample's messages tell.
public enum SampleKind: String, CaseIterable, Sendable {
  case bestQuote = "best quote"
  case trade
  /// Changes of 20 levels of a book, 10 a side.
  case depth = "20-level depth"
  /// An order of ours was accepted.
  case order = "order update"
  /// An order of ours was filled.
  case fill
}

/// Messages of one kind in a venue's own words, and the venue's decoder of them: for figures of how fast it
/// reads, and for the tests that say what it reads. Sessions have decoders of their own.
public final class DecodingSample {
  public let kind: SampleKind
  /// Each one differs from the others in its numbers.
  public let messages: [[UInt8]]
  private let reader: (UnsafeRawBufferPointer) -> Bool

  /// - Parameter reader: what `decode` does.
  private init(
    _ kind: SampleKind, _ messages: [[UInt8]], _ reader: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    self.kind = kind
    self.messages = messages
    self.reader = reader
  }

  /// Decodes a message as a session does. In steady state nothing is allocated.
  ///
  /// - Returns: whether it told what messages of this kind tell.
  public func decode(_ message: UnsafeRawBufferPointer) -> Bool { reader(message) }

  // Inlined into the venue's own code, so that the closures are compiled for its dialect alone, as its
  // sessions are.

  /// Public messages.
  @inline(__always)
  static func market<Dialect: MarketDialect>(
    _ kind: SampleKind, _ dialect: Dialect, _ symbol: SymbolScale, _ messages: [[UInt8]]
  ) -> DecodingSample {
    let state = SampleState(MarketReader(kind, dialect, symbol))
    return DecodingSample(kind, messages) { state.place.pointee.decode($0) }
  }

  /// Messages about the account's own orders.
  ///
  /// - Parameter channel: of the dialect's, over which the messages come.
  @inline(__always)
  static func trading<Dialect: TradingDialect & ~Copyable>(
    _ kind: SampleKind, _ dialect: consuming Dialect, over channel: Int, _ messages: [[UInt8]]
  ) -> DecodingSample {
    let state = SampleState(TradingReader(kind, dialect, channel))
    return DecodingSample(kind, messages) { state.place.pointee.decode($0) }
  }
}

/// Memory of its own for a reader: what stands behind a pointer is not looked up anew for each access.
private final class SampleState<Reader: ~Copyable> {
  let place: UnsafeMutablePointer<Reader>

  init(_ reader: consuming Reader) {
    place = .allocate(capacity: 1)
    place.initialize(to: reader)
  }

  deinit {
    place.deinitialize(count: 1)
    place.deallocate()
  }
}

private struct MarketReader<Dialect: MarketDialect>: ~Copyable {
  private let kind: SampleKind
  private var dialect: Dialect
  private var scales: SymbolScales
  private var message = VenueMessage()

  init(_ kind: SampleKind, _ dialect: Dialect, _ symbol: SymbolScale) {
    self.kind = kind
    self.dialect = dialect
    scales = SymbolScales(following: [symbol])
  }

  mutating func decode(_ bytes: UnsafeRawBufferPointer) -> Bool {
    message.clear()
    do throws(ScanError) {
      guard try dialect.decode(bytes, &scales, into: &message) == .data, message.symbol == 0 else {
        return false
      }
    } catch { return false }
    switch kind {
    case .bestQuote: return message.kind == .bestQuote && message.quote.bidPrice > 0
    case .trade:
      return (message.kind == .trade || message.kind == .aggregateTrade)
        && message.trades.count == 1
    case .depth: return message.kind == .depth && message.levels.count == 20
    case .order, .fill: return false
    }
  }
}

private struct TradingReader<Dialect: TradingDialect & ~Copyable>: ~Copyable {
  private let kind: SampleKind
  private var dialect: Dialect
  private let channel: Int
  private var news = TradingNews()

  init(_ kind: SampleKind, _ dialect: consuming Dialect, _ channel: Int) {
    self.kind = kind
    self.dialect = dialect
    self.channel = channel
  }

  mutating func decode(_ bytes: UnsafeRawBufferPointer) -> Bool {
    news.removeAll()
    do throws(ScanError) {
      guard try dialect.read(channel, bytes, into: &news) == .push else { return false }
    } catch { return false }
    for index in 0..<news.orders.count {
      let told = news.orders[index]
      guard told.ownership != .foreign, told.isFollowed else { continue }
      switch (kind, told.report.kind) {
      case (.order, .accepted), (.order, .statusOpen): return told.report.price > 0
      case (.fill, .fill): return told.report.lastQuantity > 0
      default: continue
      }
    }
    return false
  }
}
