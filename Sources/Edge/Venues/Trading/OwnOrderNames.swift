import TradingModel

/// What an order is called at the venue: `<prefix><id in base 36>`, and, for one that took the place of
/// an earlier one of the same engine order, `_<version>_<filled before it>` behind it, both in base 36.
/// So a name alone tells whose order it is and what to add to its quantities, also after a crash.
struct OrderName: Equatable, BitwiseCopyable {
  var orderID: OrderID
  /// Of the replace that the venue's order came from; 0 for the first one.
  var version: RequestVersion = 0
  /// What the earlier ones filled, in quantity units; 0 for the first one.
  var filledBefore: Int64 = 0

  /// Writes it as it stands behind a prefix.
  @inline(__always)
  func write(_ writer: inout RequestWriter) {
    writer.write(base36: orderID)
    if version == 0 { return }
    writer.write(byte: UInt8(ascii: "_"))
    writer.write(base36: UInt64(version))
    writer.write(byte: UInt8(ascii: "_"))
    writer.write(base36: UInt64(filledBefore))
  }
}

/// Reads our order ids out of client order ids, as `OrderName` and the encoders have them.
///
/// Ids are the engine's for life, over all runs of one journal, so the prefixes of its earlier runs
/// count as ours too.
struct OwnOrderNames: ~Copyable {
  private let bytes: UnsafeMutablePointer<UInt8>
  /// Where each prefix ends in `bytes`.
  private let ends: UnsafeMutablePointer<Int>
  private let count: Int

  init(prefixes: [String]) {
    let texts = prefixes.map { Array($0.utf8) }
    bytes = .allocate(capacity: max(1, texts.reduce(0) { $0 + $1.count }))
    ends = .allocate(capacity: max(1, texts.count))
    count = texts.count
    var end = 0
    for (index, text) in texts.enumerated() {
      precondition(!text.isEmpty, "a prefix tells our orders from others")
      (bytes + end).initialize(from: text, count: text.count)
      end += text.count
      (ends + index).initialize(to: end)
    }
  }

  deinit {
    bytes.deallocate()
    ends.deallocate()
  }

  /// What `text` says; nil when it is not one of ours.
  func read(_ text: UnsafeRawBufferPointer) -> OrderName? {
    var start = 0
    for index in 0..<count {
      let length = ends[index] - start
      if text.count > length {
        var place = 0
        while place < length, text[place] == bytes[start + place] { place += 1 }
        if place == length, let name = Self.numbers(text, from: length) { return name }
      }
      start = ends[index]
    }
    return nil
  }

  private static func numbers(_ text: UnsafeRawBufferPointer, from start: Int) -> OrderName? {
    var place = start
    guard let id = number(text, &place), id > 0 else { return nil }
    if place == text.count { return OrderName(orderID: id) }
    guard text[place] == UInt8(ascii: "_") else { return nil }
    place += 1
    guard let version = number(text, &place), version > 0,
      let version = RequestVersion(exactly: version)
    else { return nil }
    if place == text.count { return OrderName(orderID: id, version: version) }
    guard text[place] == UInt8(ascii: "_") else { return nil }
    place += 1
    guard let filled = number(text, &place), place == text.count,
      let filled = Int64(exactly: filled)
    else { return nil }
    return OrderName(orderID: id, version: version, filledBefore: filled)
  }

  /// A number as the encoders write it: small letters, no leading zero.
  private static func number(_ text: UnsafeRawBufferPointer, _ place: inout Int) -> UInt64? {
    let start = place
    var value: UInt64 = 0
    while place < text.count {
      let byte = text[place]
      let digit: UInt8
      if byte &- 0x30 <= 9 {
        digit = byte &- 0x30
      } else if byte &- UInt8(ascii: "a") < 26 {
        digit = byte &- UInt8(ascii: "a") &+ 10
      } else {
        break
      }
      let (product, isWide) = value.multipliedReportingOverflow(by: 36)
      let (sum, overflow) = product.addingReportingOverflow(UInt64(digit))
      if isWide || overflow { return nil }
      value = sum
      place += 1
    }
    guard place > start, text[start] != 0x30 || place == start + 1 else { return nil }
    return value
  }
}
