import Portfolio
import TradingModel

// Positions that own fills do not explain.
extension TradingCore {
  /// What the venue says an account holds of a contract. Where it is adopted, the account's position becomes
  /// the venue's at the venue's entry price, and what that changes is the house account's. The balance stays:
  /// it is the venue's own already, or told by itself.
  mutating func takeAdjustment(
    _ base: UnsafeRawPointer, _ outputs: inout RecordBuffer
  ) throws(CoreError) {
    guard let told = PositionAdjustment(at: base) else {
      throw .record(
        .unknownCode(kind: .positionAdjustment, offset: 42, value: base.load8(42)))
    }
    try checkListing(told.listing)
    let listing = listings[Int(told.listing)]
    guard listing.contractKind != .spot else {
      throw .undefined(what: "position of spot listing", index: Int(told.listing))
    }
    guard told.policy == .adopted else { return }
    // A position has a price, or nobody knows what it earns.
    guard told.quantity == 0 || told.entryPrice > 0 else {
      throw .record(
        .outOfRange(kind: .positionAdjustment, offset: 64, value: told.entryPrice))
    }
    holdings.reach(
      venueTime(told.venueTime), listing: told.listing, positions: positions.pointee)
    do throws(PositionError) {
      var net = netPositions[told.listing]
      let step = try net.step(to: told.quantity, entryPrice: told.entryPrice, listing: listing)
      try net.take(step, listing: listing)
      try positions.pointee.take(step, strategy: Self.house, listing: listing)
      netPositions[told.listing] = net
    } catch {
      alert(
        Alert(
          kind: .valueOverflow, cause: error.rawValue, listing: told.listing,
          strategy: Self.house, value: told.quantity), &outputs)
    }
  }
}
