import TradingModel

/// Quotes both sides around the middle of each book, leaning against its inventory.
///
/// For a position q and a largest position Q, the quotes stand at
/// `middle x (1 - skew x q / Q -+ halfSpread)`, moved to the tick grid away from the other side and
/// kept from crossing. A side is not quoted once its fill would take the position beyond Q. Quotes
/// move only when they are off by at least `requoteTicks`, so that a place in the queue is not given
/// up for nothing.
public struct Maker: Strategy {
  public static let name = "maker"
  public static let stateVersion: UInt32 = 3
  public static let settings = [
    StrategySetting("half_spread_bps", default: "1", "distance of each quote from the middle"),
    StrategySetting("size", default: "0.01", "quantity of each quote"),
    StrategySetting("max_position", default: "0.1", "largest position, long or short"),
    StrategySetting("skew_bps", default: "1", "how far a full position moves both quotes"),
    StrategySetting("requote_ticks", default: "2", "smallest error that moves a quote"),
    StrategySetting("requote_bps", default: "0", "the same, as a part of the price"),
    StrategySetting("refusal_pause_ms", default: "200", "new quotes wait so long after a refusal"),
    StrategySetting("post_only", default: "1", "1: never takes; 0: may take when the market jumps"),
  ]

  /// Listings one maker can quote.
  public static let listingCountMax = 32

  private struct Terms: BitwiseCopyable {
    var listing: ListingIndex = 0
    var size: Int64 = 0
    var positionMax: Int64 = 0
    /// New orders wait until then, because one was refused.
    var pausedUntil: Timestamp = .min
    /// When its orders were last withdrawn because time went by without a book to trust.
    var withdrawnAt: Timestamp = .min
  }

  /// How often orders without a book to trust are withdrawn, ns: a cancel may be refused by a limit, or
  /// find its venue away.
  private static let withdrawalInterval: Int64 = 1_000_000_000

  private let halfSpread: Rate
  private let skew: Rate
  private let requoteTicks: Int64
  private let requoteShare: Rate
  private let refusalPause: Int64
  private let isPostOnly: Bool
  private var terms = InlineArray<32, Terms>(repeating: Terms())
  private var termsCount = 0

  public init(_ setup: StrategySetup) throws(SettingError) {
    guard setup.listings.count <= Self.listingCountMax else {
      throw .tooManyListings(strategy: Self.name, max: Self.listingCountMax)
    }
    halfSpread = try setup.basisPoints("half_spread_bps")
    skew = try setup.basisPoints("skew_bps")
    requoteTicks = try setup.integer("requote_ticks", in: 1...1_000_000)
    requoteShare = try setup.basisPoints("requote_bps")
    refusalPause = try setup.integer("refusal_pause_ms", in: 0...60_000) * 1_000_000
    isPostOnly = try setup.integer("post_only", in: 0...1) == 1
    for listing in setup.listings {
      let size = try setup.quantity("size", listing)
      guard size >= listing.quantityMin, size > 0, size <= listing.quantityMax else {
        throw .invalid(
          setting: "size", text: setup.text("size"),
          expected: "a quantity from \(listing.quantityText(max(listing.quantityMin, listing.lot)))"
            + " to \(listing.quantityText(listing.quantityMax))")
      }
      let positionMax = try setup.quantity("max_position", listing)
      guard positionMax >= size else {
        throw .invalid(
          setting: "max_position", text: setup.text("max_position"),
          expected: "at least the size of a quote, \(listing.quantityText(size))")
      }
      terms[termsCount] = Terms(listing: listing.index, size: size, positionMax: positionMax)
      termsCount += 1
    }
  }

  public mutating func bookChanged(_ listing: ListingIndex, _ context: borrowing StrategyContext) {
    for index in 0..<termsCount where terms[index].listing == listing {
      quote(terms[index], context)
    }
  }

  public mutating func orderChanged(_ event: OrderEvent, _ context: borrowing StrategyContext) {
    guard event.cause == .rejected || event.cause == .notSent else { return }
    // An input may carry any time.
    let (until, overflow) = context.now.addingReportingOverflow(refusalPause)
    for index in 0..<termsCount where terms[index].listing == event.listing {
      terms[index].pausedUntil = overflow ? .max : until
    }
  }

  /// No book tells of itself while its feed is away.
  public mutating func timerTicked(_ context: borrowing StrategyContext) {
    for index in 0..<termsCount where !context.isSynced(terms[index].listing) {
      let (since, overflow) = context.now.subtractingReportingOverflow(terms[index].withdrawnAt)
      guard overflow || since >= Self.withdrawalInterval,
        context.firstOrder(terms[index].listing) != nil
      else { continue }
      terms[index].withdrawnAt = context.now
      withdraw(terms[index].listing, context)
    }
  }

  private func quote(_ terms: Terms, _ context: borrowing StrategyContext) {
    // What would be denied is not wished for; cancels have their own ways while trading is off.
    guard context.isTradable(terms.listing) else { return }
    guard context.isSynced(terms.listing), let bid = context.bestBid(terms.listing),
      let ask = context.bestAsk(terms.listing), bid.price < ask.price
    else {
      // Without a trustworthy book a quote is a gift to whoever has one.
      withdraw(terms.listing, context)
      return
    }
    let listing = context.listing(terms.listing)
    let position = context.position(terms.listing).quantity
    let middle = Int128(bid.price) + Int128(ask.price)  // Twice the middle.
    var lean: Int128 = 0
    if terms.positionMax > 0 {
      let clamped = Int128(max(-terms.positionMax, min(terms.positionMax, position)))
      lean = Self.share(middle * Int128(skew.parts), clamped, of: Int128(terms.positionMax))
    }
    let half = middle * Int128(halfSpread.parts) / 200_000_000
    let buy = Int64(clamping: middle / 2 - lean - half)
    let sell = Int64(clamping: (middle + 1) / 2 - lean + half)
    // A book may hold any price, so that a tick beside it may lie beyond 64 bits.
    let buyPrice = min(
      listing.passivePrice(buy, .buy), Int64(clamping: Int128(ask.price) - Int128(listing.tick)))
    let sellPrice = max(
      listing.passivePrice(sell, .sell), Int64(clamping: Int128(bid.price) + Int128(listing.tick)))
    let (wide, size, most) = (Int128(position), Int128(terms.size), Int128(terms.positionMax))
    place(.buy, price: buyPrice, wanted: wide + size <= most, terms, listing, context)
    place(.sell, price: sellPrice, wanted: wide - size >= -most, terms, listing, context)
  }

  /// `whole x part / (2 x 10^8 x of)`: multiplied first where that fits in 128 bits.
  private static func share(_ whole: Int128, _ part: Int128, of most: Int128) -> Int128 {
    let (product, overflow) = whole.multipliedReportingOverflow(by: part)
    if overflow { return whole / 200_000_000 * part / most }
    return product / (most * 200_000_000)
  }

  /// Brings the one order of a side to where it should be.
  private func place(
    _ side: Side, price: Int64, wanted: Bool, _ terms: Terms, _ listing: Listing,
    _ context: borrowing StrategyContext
  ) {
    var found = false
    var cursor = context.firstOrder(terms.listing)
    while let order = cursor {
      cursor = context.order(after: order)
      guard order.side == side else { continue }
      if found {
        // A second one of this side: left over from a restart or an unanswered cancel.
        if !order.hasPending(.cancel) { context.cancel(order) }
        continue
      }
      found = true
      // What is not answered yet, or not known, is left until it is.
      if order.row.isDone || !order.uncertainty.isEmpty || order.row == .sent { continue }
      if order.hasPending(.cancel) || order.hasPending(.replace) { continue }
      if !wanted || price <= 0 {
        context.cancel(order)
      } else if Int128(order.price) - Int128(price) >= requote(price, listing)
        || Int128(price) - Int128(order.price) >= requote(price, listing)
      {
        let (quantity, overflow) = order.cumulativeQuantity.addingReportingOverflow(terms.size)
        if !overflow { context.modify(order, price: price, quantity: quantity) }
      }
    }
    if !found, wanted, price > 0, context.now >= terms.pausedUntil {
      context.submit(
        side, quantity: terms.size, price: price,
        instructions: isPostOnly ? .postOnly : [], listing: terms.listing)
    }
  }

  private func requote(_ price: Int64, _ listing: Listing) -> Int128 {
    max(
      Int128(requoteTicks) * Int128(listing.tick),
      Int128(price) * Int128(requoteShare.parts) / 100_000_000)
  }

  private func withdraw(_ listing: ListingIndex, _ context: borrowing StrategyContext) {
    if context.firstOrder(listing) != nil { context.cancelAll(listing) }
  }

  public func hash(into hash: inout RecordHash) {
    hash.combine(UInt64(termsCount))
    for index in 0..<termsCount {
      hash.combine(UInt64(terms[index].listing))
      hash.combine(terms[index].size)
      hash.combine(terms[index].positionMax)
      hash.combine(terms[index].pausedUntil)
      hash.combine(terms[index].withdrawnAt)
    }
    hash.combine(halfSpread.parts)
    hash.combine(skew.parts)
    hash.combine(requoteTicks)
    hash.combine(requoteShare.parts)
    hash.combine(refusalPause)
    hash.combine(isPostOnly ? 1 as UInt64 : 0)
  }
}
