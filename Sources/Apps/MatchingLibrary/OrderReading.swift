import CMatching
import MatchingEngine
import TradingModel

extension ntm_order {
  /// The entry and its terms; a book judges the numbers, here only what no Swift value could hold.
  @inline(__always)
  func entryAndTerms() throws(Failure) -> (OrderEntry, OrderTerms) {
    if self.reserved.0 != 0 || self.reserved.1 != 0 { throw .reserved }
    guard let side = Side(rawValue: side), let type = OrderType(rawValue: type),
      let timeInForce = TimeInForce(rawValue: time_in_force),
      let prevention = SelfTradePrevention(rawValue: self_trade_prevention),
      let peg = PegReference(rawValue: peg), instructions & ~Self.instructionBits == 0
    else { throw .enumValue }
    let entry = OrderEntry(
      orderID: order_id, price: price, quantity: quantity, owner: owner, side: side, type: type,
      timeInForce: timeInForce, instructions: OrderInstructions(rawValue: instructions),
      selfTradePrevention: prevention)
    var terms = OrderTerms()
    terms.stopPrice = stop_price
    terms.trailingOffset = trailing_offset
    terms.peg = peg
    terms.pegOffset = peg_offset
    terms.displayQuantity = display_quantity
    terms.displayRange = display_range
    terms.minQuantity = min_quantity
    terms.expireTime = expire_time
    return (entry, terms)
  }

  private static var instructionBits: UInt8 {
    let all: OrderInstructions = [.postOnly, .reduceOnly, .hidden, .allOrNone, .slide]
    return all.rawValue
  }
}

extension Side {
  /// The side that a caller's byte means.
  @inline(__always)
  static func read(_ byte: UInt8) throws(Failure) -> Side {
    guard let side = Side(rawValue: byte) else { throw .enumValue }
    return side
  }
}
