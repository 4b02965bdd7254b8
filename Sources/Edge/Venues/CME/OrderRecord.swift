import MarketData
import TradingModel

/// One record of an order-by-order capture: CME MDP 3.0 as Databento's MBO schema writes it.
public struct OrderRecord: Equatable, Sendable, BitwiseCopyable {
  /// What happened. Trades and fills do not change the book; the cancel or modify behind does.
  public enum Action: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case add = 65
    case cancel = 67
    case modify = 77
    case clear = 82
    case trade = 84
    case fill = 70
    case none = 78

    init(reading scanner: inout FieldScanner) throws(ScanError) {
      guard scanner.offset < scanner.count,
        let action = Action(rawValue: scanner.base[scanner.offset])
      else { throw ScanError(scanner.offset, "an action: A, C, M, R, T, F or N") }
      scanner.offset += 1
      self = action
    }
  }

  public var action = Action.none
  /// The order's side, or a trade's aggressor; nil for none.
  public var side: Side?
  public var price: Int64 = 0
  public var quantity: Int64 = 0
  public var orderID: UInt64 = 0
  public var flags: UInt8 = 0
  public var sequence: UInt64 = 0
  public var venueTime: Timestamp = 0
  public var receiveTime: Timestamp = 0

  public init() {}

  /// The last record of an event: the book may be looked at.
  public var isEventEnd: Bool { flags & 128 != 0 }
  /// Part of a snapshot of all resting orders.
  public var isSnapshot: Bool { flags & 32 != 0 }

  static func side(reading scanner: inout FieldScanner) throws(ScanError) -> Side? {
    guard scanner.offset < scanner.count else { throw ScanError(scanner.offset, "a side") }
    scanner.offset += 1
    switch scanner.base[scanner.offset - 1] {
    case UInt8(ascii: "B"): return .buy
    case UInt8(ascii: "A"): return .sell
    case UInt8(ascii: "N"): return nil
    default: throw ScanError(scanner.offset - 1, "a side: B, A or N")
    }
  }
}

extension OrderByOrderBook {
  /// Applies a record. What the book cannot take (a price off its grid, an order without a side)
  /// changes nothing.
  ///
  /// - Returns: whether the record was taken or says nothing to the book.
  @discardableResult
  public mutating func apply(_ record: OrderRecord) -> Bool {
    switch record.action {
    case .add, .modify:
      guard let side = record.side else { return false }
      let order = BookOrder(
        orderID: record.orderID, side: side, price: record.price, quantity: record.quantity)
      return record.action == .add ? add(order) : modify(order)
    case .cancel: return cancel(orderID: record.orderID, quantity: record.quantity)
    case .clear:
      removeAll()
      return true
    case .trade, .fill, .none: return true
    }
  }
}
