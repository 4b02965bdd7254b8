import Exchange
import TradingModel

/// A recorded market that stands in an instrument's book in place of a generated one.
struct PlayedMarket {
  let instrument: InstrumentIndex
  private let market: any RecordedMarket
  private let price: Rescaling
  private let quantity: Rescaling

  init(_ market: any RecordedMarket, in listing: Listing) {
    instrument = listing.instrument
    self.market = market
    price = Rescaling(from: market.priceDecimals, to: Int(listing.priceDecimals))
    quantity = Rescaling(from: market.quantityDecimals, to: Int(listing.quantityDecimals))
  }

  /// Does what the record has up to a time after its beginning.
  func play(until elapsed: Int64, into exchange: SimulatedExchange) {
    market.take(until: elapsed) { change in
      switch change {
      case .level(let side, let level, let size):
        guard let level = price.exact(level) else { return }
        exchange.setLevel(instrument, side, price: level, quantity: quantity.cut(size))
      case .trade(let side, let level, let size):
        guard let level = price.exact(level) else { return }
        exchange.takeLiquidity(instrument, side, price: level, quantity: quantity.cut(size))
      }
    }
  }
}

/// From units of one number of decimals to those of another.
struct Rescaling {
  private let factor: Int64
  private let divisor: Int64

  init(from: Int, to: Int) {
    factor = powerOfTen(max(0, to - from))
    divisor = powerOfTen(max(0, from - to))
  }

  /// Nil when it stands between two units, or is too large.
  func exact(_ units: Int64) -> Int64? {
    units % divisor == 0 ? scaled(units / divisor) : nil
  }
  /// Cut to whole units; nothing where it is too large.
  func cut(_ units: Int64) -> Int64 { scaled(units / divisor) ?? 0 }

  private func scaled(_ units: Int64) -> Int64? {
    let (product, isOver) = units.multipliedReportingOverflow(by: factor)
    return isOver ? nil : product
  }
}

/// A recorded market of a symbol that the venue does not list.
struct RecordedMarketError: Error, CustomStringConvertible {
  /// As commands call the product.
  var product: String
  var symbol: String
  var known: [String]
  var description: String {
    "\(product) does not list '\(symbol)' of the recorded feed; it has "
      + known.joined(separator: ", ")
  }
}
