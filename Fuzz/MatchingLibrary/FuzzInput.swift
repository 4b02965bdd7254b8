import CMatching

/// What the fuzzer gives, read as the fields of calls: mostly small numbers, so that orders meet;
/// now and then any, or one from the ends of its range.
struct FuzzInput {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { place >= bytes.count }

  /// The next byte; 0 behind the end.
  mutating func byte() -> UInt8 {
    guard !isAtEnd else { return 0 }
    place += 1
    return bytes[place - 1]
  }

  /// Evenly 0 ..< `count`, as far as bytes are.
  mutating func below(_ count: Int) -> Int { Int(byte()) % count }

  /// Eight bytes.
  mutating func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) } }

  /// Mostly `small`; otherwise a special value, or any.
  private mutating func number(_ small: ClosedRange<Int64>, _ special: [Int64]) -> Int64 {
    let choice = byte()
    if choice < 232 { return small.lowerBound + Int64(choice) % Int64(small.count) }
    if choice < 252 { return special[Int(choice - 232) % special.count] }
    return Int64(bitPattern: word())
  }

  mutating func price() -> Int64 {
    number(90...101, [.min, .min + 1, .max, .max - 1, 0, -1, .min / 2, .max / 2, 63, 64])
  }

  mutating func quantity() -> Int64 {
    number(1...30, [0, -1, .max, .min, .max / 16, .max / 16 + 1, .max / 32, 1_000])
  }

  mutating func term() -> Int64 { number(0...12, [-1, .max, .min, .max - 1, .max / 16, 64]) }

  mutating func time() -> Int64 { number(0...40, [.max, .min, -1, .max - 1]) }

  mutating func position() -> Int64 { number(-40...40, [.max, .min, .max - 1, .min + 1]) }

  mutating func orderID() -> UInt64 {
    let choice = byte()
    if choice < 240 { return UInt64(choice % 24) }
    // Ids that share their place in a table with small ones.
    if choice < 250 { return UInt64(choice % 4 + 1) << 32 | UInt64(choice % 4) }
    return word()
  }

  mutating func owner() -> UInt32 {
    let choice = byte()
    return choice < 250 ? UInt32(choice % 4) : UInt32(truncatingIfNeeded: word())
  }

  /// Mostly one of `values`.
  mutating func code(_ values: [UInt8]) -> UInt8 {
    let choice = byte()
    return choice < 252 ? values[Int(choice) % values.count] : byte()
  }

  /// A limit order without anything special.
  mutating func plainOrder() -> ntm_order {
    var order = ntm_order()
    order.struct_size = UInt32(MemoryLayout<ntm_order>.size)
    let traits = byte()
    order.side = traits & 1
    order.type = UInt8(NTM_TYPE_LIMIT.rawValue)
    order.time_in_force = UInt8(
      traits < 32 ? NTM_TIME_IMMEDIATE_OR_CANCEL.rawValue : NTM_TIME_GOOD_TILL_CANCEL.rawValue)
    order.owner = owner()
    order.order_id = orderID()
    order.price = price()
    order.quantity = quantity()
    return order
  }

  /// Any order, more often plain than not.
  mutating func order() -> ntm_order {
    var order = ntm_order()
    order.struct_size = byte() < 254 ? UInt32(MemoryLayout<ntm_order>.size) : UInt32(byte())
    let traits = byte()
    order.side = code([0, 1])
    order.type = traits & 1 == 0 ? 2 : code([1, 2, 3, 4, 5, 6])
    order.time_in_force = traits & 2 == 0 ? 1 : code([0, 1, 3, 4, 6])
    order.instructions = traits & 4 == 0 ? 0 : code([1, 2, 4, 8, 16, 17, 5, 6, 3, 10, 21])
    order.self_trade_prevention = traits & 8 == 0 ? 0 : code([0, 1, 2, 3, 4])
    order.owner = owner()
    order.order_id = orderID()
    order.price = price()
    order.quantity = quantity()
    if order.type == 3 || order.type == 4 { order.stop_price = price() }
    if order.type == 5 { order.trailing_offset = term() }
    if order.type == 6 {
      order.peg = code([1, 2, 3, 0])
      order.peg_offset = term() &- 6
    }
    if order.time_in_force == 6 { order.expire_time = time() }
    if traits & 48 == 48 {
      order.display_quantity = term()
      order.display_range = term() / 3
    }
    if traits & 192 == 192 { order.min_quantity = term() }
    if byte() > 250 { order.reserved.1 = byte() }
    return order
  }
}
