import TradingModel

// Whole messages: pushes of the private stream, and the lists in answers.
extension BybitAccountDecoder {
  /// What a list holds.
  enum Content: UInt8, BitwiseCopyable {
    case orders
    case fills
    case wallets
    case positions
  }

  /// Reads a message of the private stream.
  ///
  /// - Returns: false where it has no topic: it answers something.
  mutating func push(
    _ bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> Bool {
    var scanner = FieldScanner(bytes)
    var topic = FieldRange.none
    var data = -1
    var isRead = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "topic") {
        topic = try scanner.string()
      } else if scanner.matches(key, "data") {
        // The topic stands in front of the data, which then are read as they are met.
        if !isRead, topic.isPresent, let content = Self.content(scanner, topic) {
          isRead = true
          try list(content, &scanner, isState: true, &news)
        } else {
          data = try scanner.place()
        }
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    if isRead { return true }
    guard topic.isPresent else { return false }
    guard let content = Self.content(scanner, topic) else {
      unknownTopics.count(try scanner.kept(topic))
      news.unknownCount += 1
      return true
    }
    guard data >= 0 else { throw ScanError(scanner.offset, "a field \"data\"") }
    scanner.offset = data
    try list(content, &scanner, isState: true, &news)
    return true
  }

  /// `order` and `order.spot` (one category of it) hold the same.
  private static func content(_ scanner: FieldScanner, _ topic: FieldRange) -> Content? {
    var name = topic
    var place = 0
    while place < topic.count, scanner.base[topic.offset + place] != UInt8(ascii: ".") {
      place += 1
    }
    name.count = place
    if scanner.matches(name, "order") { return .orders }
    if scanner.matches(topic, "execution.fast") { return nil }
    if scanner.matches(name, "execution") { return .fills }
    if scanner.matches(name, "wallet") { return .wallets }
    return scanner.matches(name, "position") ? .positions : nil
  }

  private mutating func list(
    _ content: Content, _ scanner: inout FieldScanner, isState: Bool, _ news: inout TradingNews
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      switch content {
      case .orders: try order(&scanner, isState: isState, &news)
      case .fills: try fill(&scanner, &news)
      case .wallets: try wallet(&scanner, &news)
      case .positions: try position(&scanner, &news)
      }
    }
  }

  /// Reads `{"list":[..],"nextPageCursor":"..","category":".."}`, the result of an answer.
  ///
  /// - Returns: where the cursor of the next page stands in `bytes`; not present at the last page.
  mutating func answer(
    _ content: Content, _ bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> FieldRange {
    var scanner = FieldScanner(bytes)
    var cursor = FieldRange.none
    var hasList = false
    let before = news.orders.count
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "list") {
        hasList = true
        try list(content, &scanner, isState: false, &news)
      } else if scanner.matches(key, "nextPageCursor") {
        if try !scanner.null() { cursor = try scanner.string() }
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard hasList else { throw ScanError(scanner.offset, "a field \"list\"") }
    // The newest fill comes first; they are told in the order in which they happened.
    if content == .fills { Self.reverse(&news.orders, from: before) }
    return cursor.count > 0 ? cursor : .none
  }

  private static func reverse(_ run: inout PlainRun<OrderNews>, from start: Int) {
    var (low, high) = (start, run.count - 1)
    while low < high {
      let kept = run[low]
      run[low] = run[high]
      run[high] = kept
      low += 1
      high -= 1
    }
  }
}
