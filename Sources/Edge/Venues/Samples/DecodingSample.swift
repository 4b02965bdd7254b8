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
///
/// A class, so that a message costs one jump through its table of functions.
public class DecodingSample {
  public let kind: SampleKind
  /// Each one differs from the others in its numbers.
  public let messages: [[UInt8]]

  init(_ kind: SampleKind, _ messages: [[UInt8]]) {
    self.kind = kind
    self.messages = messages
  }

  /// Decodes a message as a session does. In steady state nothing is allocated.
  ///
  /// - Returns: whether it told what messages of this kind tell.
  public func decode(_ message: UnsafeRawBufferPointer) -> Bool {
    preconditionFailure("Invariant: a venue offers a class that decodes")
  }
}

/// Public messages.
final class MarketSample<Dialect: MarketDialect>: DecodingSample {
  private var dialect: Dialect
  private var scales: SymbolScales
  private var message = VenueMessage()

  init(
    _ kind: SampleKind, _ dialect: Dialect, _ symbol: SymbolScale, _ messages: [[UInt8]]
  ) {
    self.dialect = dialect
    scales = SymbolScales(following: [symbol])
    super.init(kind, messages)
  }

  override func decode(_ bytes: UnsafeRawBufferPointer) -> Bool {
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

/// Messages about the account's own orders.
final class TradingSample<Dialect: TradingDialect & ~Copyable>: DecodingSample {
  private var dialect: Dialect
  private let channel: Int
  private var news = TradingNews()

  /// - Parameter channel: of the dialect's, over which the messages come.
  init(
    _ kind: SampleKind, _ dialect: consuming Dialect, over channel: Int, _ messages: [[UInt8]]
  ) {
    self.dialect = dialect
    self.channel = channel
    super.init(kind, messages)
  }

  override func decode(_ bytes: UnsafeRawBufferPointer) -> Bool {
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
