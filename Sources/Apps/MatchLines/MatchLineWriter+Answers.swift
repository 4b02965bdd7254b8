import MatchingEngine
import TradingModel

extension MatchLineWriter {
  /// Writes `report` as a line, without what does not apply to its kind.
  public mutating func write(_ report: MatchReport) {
    begin("kind", report.kind.spelling)
    let kind = report.kind
    let isUnknown = report.reason == .unknownOrder
    number("order_id", report.orderID)
    if report.owner != 0 { number("owner", report.owner) }
    if !isUnknown { text("side", report.side.spelling) }
    if !isUnknown || kind == .replaceRejected {
      let hasPrice = isUnknown || kind == .trade || report.price != report.side.anyPrice
      if hasPrice { price("price", report.price) }
      if kind != .cancelRejected { quantity("quantity", report.quantity) }
    }
    let hasLeaves = kind != .rejected && kind != .canceled && kind != .expired && !isUnknown
    if hasLeaves { quantity("leaves", report.leaves) }
    if report.reason != .none { text("reason", report.reason.spelling) }
    if kind == .trade {
      number("trade_number", report.tradeNumber)
      number("maker_order_id", report.makerOrderID)
      if report.makerOwner != 0 { number("maker_owner", report.makerOwner) }
      quantity("maker_leaves", report.makerLeaves)
    }
    end()
  }

  mutating func writeLevels(bids: [LevelView], asks: [LevelView]) {
    begin("kind", "book")
    key("bids")
    write(bids)
    key("asks")
    write(asks)
    end()
  }

  private mutating func write(_ levels: [LevelView]) {
    raw("[")
    for (place, level) in levels.enumerated() {
      raw(place == 0 ? "[" : ",[")
      scales.price.append(Int128(level.price), to: &bytes)
      raw(",")
      scales.quantity.append(Int128(level.quantity), to: &bytes)
      raw(",")
      DecimalText.append(Int128(level.orderCount), decimals: 0, to: &bytes)
      raw("]")
    }
    raw("]")
  }

  mutating func write(_ order: OrderView, _ position: QueuePosition? = nil) {
    begin("kind", "order")
    number("order_id", order.orderID)
    if order.owner != 0 { number("owner", order.owner) }
    text("side", order.side.spelling)
    if order.price != order.side.anyPrice { price("price", order.price) }
    quantity("leaves", order.leaves)
    quantity("filled", order.filled)
    quantity("displayed", order.displayed)
    if let stopPrice = order.stopPrice { price("stop_price", stopPrice) }
    if let position {
      number("orders_ahead", position.ordersAhead)
      quantity("quantity_ahead", position.quantityAhead)
    }
    end()
  }

  mutating func write(_ indication: AuctionIndication?) {
    begin("kind", "indication")
    if let indication {
      price("price", indication.price)
      quantity("quantity", indication.quantity)
      quantity("imbalance", indication.imbalance)
    } else {
      quantity("quantity", Int64(0))
    }
    end()
  }

  mutating func write(position: Int64?, of owner: OwnerID) {
    begin("kind", "position")
    number("owner", owner)
    if let position { quantity("position", position) } else { null("position") }
    end()
  }

  mutating func write(
    _ figures: BookStatistics, phase: TradingPhase, time: Timestamp, memory: Bool
  ) {
    begin("kind", "statistics")
    text("phase", phase.spelling)
    number("time_ns", time)
    number("order_count", figures.orderCount)
    number("stop_count", figures.stopCount)
    number("trade_count", figures.tradeCount)
    quantity("traded_quantity", figures.tradedQuantity)
    if figures.tradeCount > 0 {
      price("open_price", figures.openPrice)
      price("high_price", figures.highPrice)
      price("low_price", figures.lowPrice)
      price("last_price", figures.lastPrice)
    }
    if memory {
      number("order_growth_count", figures.orderGrowthCount)
      number("page_growth_count", figures.pageGrowthCount)
      number("byte_count", figures.byteCount)
    }
    end()
  }

  mutating func writeHash(_ hash: UInt64) {
    let digits = String(hash, radix: 16)
    begin("kind", "hash")
    text("value", String(repeating: "0", count: 16 - digits.count) + digits)
    end()
  }
}
