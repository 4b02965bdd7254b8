import TradingModel

/// Whose order a report is about.
public enum OrderOwnership: UInt8, Sendable, BitwiseCopyable {
  /// The client order id is one of ours: `report.orderID` is the engine's number.
  case own
  /// It was entered by somebody else with the same account: whether to adopt it is for policy.
  case foreign
  /// The message names the order by the venue's id alone.
  case unnamed
}

/// Reads our order ids out of client order ids: `<prefix><id in base 36>`, as
/// `BinanceAccount.clientOrderIDPrefix` and the encoders write them, or, for an order that took the
/// place of another of the same engine order, `<prefix><id>_<version of the replace in base 36>`.
///
/// Ids are the engine's for life, over all runs of one journal, so the prefixes of its earlier runs
/// count as ours too.
struct OwnOrderNames: ~Copyable {
  /// What a client order id of ours says.
  struct Name: Equatable, BitwiseCopyable {
    var orderID: OrderID
    /// The request that the order came from; 0 where the id does not say.
    var version: RequestVersion
  }

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
  func read(_ text: UnsafeRawBufferPointer) -> Name? {
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

  private static func numbers(_ text: UnsafeRawBufferPointer, from start: Int) -> Name? {
    var place = start
    guard let id = number(text, &place), id > 0 else { return nil }
    if place == text.count { return Name(orderID: id, version: 0) }
    guard text[place] == UInt8(ascii: "_") else { return nil }
    place += 1
    guard let version = number(text, &place), place == text.count, version > 0,
      let version = RequestVersion(exactly: version)
    else { return nil }
    return Name(orderID: id, version: version)
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
    guard place > start, text[start] != 0x30 else { return nil }
    return value
  }
}
