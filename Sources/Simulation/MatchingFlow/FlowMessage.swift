import CComparison

/// One message of a flow. The three layouts agree where they overlap, so one payload holds any.
public struct FlowMessage: BitwiseCopyable, Sendable {
  /// Which function takes the payload.
  public enum Kind: UInt64, BitwiseCopyable, Sendable {
    case newOrder = 0
    case cancel = 1
    case modify = 2
  }

  /// Which function takes the payload.
  public var kind: Kind
  /// A `new_order_t`, or the `cancel_t` or `modify_t` that begins with the same bytes.
  public var payload: new_order_t

  /// A message from its parts. Sequence numbers are given when it is sent.
  public init(
    _ kind: Kind, orderID: UInt64, price: Int64 = 0, quantity: UInt32 = 0, side: UInt8 = 0,
    isImmediate: Bool = false
  ) {
    self.kind = kind
    payload = new_order_t()
    payload.order_id = orderID
    payload.price_ticks = price
    payload.quantity = quantity
    payload.side = side
    payload.ioc = isImmediate ? 1 : 0
  }
}

extension UnsafePointer<FlowMessage> {
  private var payload: UnsafeRawPointer {
    UnsafeRawPointer(self) + MemoryLayout<FlowMessage>.offset(of: \.payload)!
  }
  /// The payload of a new order.
  public var newOrder: UnsafePointer<new_order_t> {
    payload.assumingMemoryBound(to: new_order_t.self)
  }
  /// The payload of a cancel.
  public var cancel: UnsafePointer<cancel_t> { payload.assumingMemoryBound(to: cancel_t.self) }
  /// The payload of a modify.
  public var modify: UnsafePointer<modify_t> { payload.assumingMemoryBound(to: modify_t.self) }
}
