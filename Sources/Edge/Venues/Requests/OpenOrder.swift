/// An open order of an account, as far as it takes to cancel it, whoever sent it.
public struct OpenOrder: Equatable, Sendable {
  public var symbol: String
  /// The venue's id, which is no number everywhere.
  public var orderID: String

  public init(symbol: String, orderID: String) {
    self.symbol = symbol
    self.orderID = orderID
  }
}

/// A part of an account's open orders.
public struct OpenOrderPage: Equatable, Sendable {
  public var orders: [OpenOrder]
  /// What `RequestInput.page` has to be for the next part; nil behind the last.
  public var next: String?

  public init(orders: [OpenOrder], next: String?) {
    self.orders = orders
    self.next = next
  }
}

extension OpenOrder {
  /// Reads an array of orders, each an object with these fields; others are passed over.
  static func list(
    _ scanner: inout FieldScanner, symbol: StaticString, orderID: StaticString
  ) throws(ScanError) -> [OpenOrder] {
    var orders: [OpenOrder] = []
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      var order = OpenOrder(symbol: "", orderID: "")
      let start = scanner.offset
      try scanner.beginObject()
      var isFirstKey = true
      while let key = try scanner.nextKey(&isFirstKey) {
        if scanner.matches(key, symbol) {
          order.symbol = try text(&scanner)
        } else if scanner.matches(key, orderID) {
          order.orderID = try text(&scanner)
        } else {
          try scanner.skipValue()
        }
      }
      guard !order.symbol.isEmpty, !order.orderID.isEmpty else {
        throw ScanError(start, "an order with its symbol and id")
      }
      orders.append(order)
    }
    return orders
  }

  /// A string, or a number by its digits.
  private static func text(_ scanner: inout FieldScanner) throws(ScanError) -> String {
    let isString = scanner.peek() == UInt8(ascii: "\"")
    let range = isString ? try scanner.string() : try scanner.bareNumber()
    return String(decoding: scanner.bytes(range), as: UTF8.self)
  }
}
