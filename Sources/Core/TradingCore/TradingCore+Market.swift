import MarketData
import TradingModel

extension TradingCore {
  func checkListing(_ index: ListingIndex) throws(CoreError) {
    guard Int(index) < listingCount.pointee else {
      throw .undefined(what: "listing", index: Int(index))
    }
  }

  mutating func takeBookUpdate(
    _ base: UnsafeRawPointer, _ outputs: inout RecordBuffer
  ) throws(CoreError) {
    let update = BookUpdate(at: base)
    try checkListing(update.listing)
    let needed = BookUpdate.byteCount(levelCount: update.levelCount)
    guard Int(base.load32(0)) >= needed else {
      throw .record(
        .tooShort(kind: .bookUpdate, byteCount: Int(base.load32(0)), needed: needed))
    }
    let book = books + Int(update.listing)
    wake(book, update.venueTime)
    let wasCrossed = book.pointee.isCrossed
    book.pointee.apply(update: base)
    // A crossed book is information about the venue or the feed; it is told once, not asserted.
    if !wasCrossed, book.pointee.isCrossed {
      alert(Alert(kind: .crossedBook, listing: update.listing), &outputs)
    }
  }

  mutating func takeTrade(_ base: UnsafeRawPointer) throws(CoreError) {
    let listing = base.load16(40)
    try checkListing(listing)
    wake(books + Int(listing), base.loadSigned64(56))
    books[Int(listing)].apply(trade: base)
  }

  mutating func takeBestQuote(_ base: UnsafeRawPointer) throws(CoreError) {
    let listing = base.load16(40)
    try checkListing(listing)
    wake(books + Int(listing), base.loadSigned64(56))
    books[Int(listing)].apply(quote: base)
  }

  mutating func takeFeedStatus(
    _ base: UnsafeRawPointer, _ outputs: inout RecordBuffer
  ) throws(CoreError) {
    guard let status = FeedStatus(at: base) else {
      throw .record(
        .unknownCode(kind: .feedStatus, offset: 42, value: base.load8(42)))
    }
    try checkListing(status.listing)
    books[Int(status.listing)].apply(status)
    contracts[Int(status.listing)].take(status.state)
    if status.state != .synced, status.state != .waiting {
      alert(
        Alert(
          kind: .feedLost, listing: status.listing, value: Int64(status.state.rawValue),
          reference: status.venueSequence), &outputs)
    }
  }

  /// A stale feed that speaks again goes on where it was: silence breaks no sequence, and what does
  /// is reported by the session as a gap.
  private func wake(_ book: UnsafeMutablePointer<FollowedBook>, _ venueTime: Timestamp) {
    guard book.pointee.state == .stale else { return }
    book.pointee.apply(
      FeedStatus(
        listing: book.pointee.listing, state: .synced,
        venueSequence: book.pointee.venueSequence, venueTime: venueTime))
  }

  /// Gates trading on feeds that went silent.
  mutating func checkFeeds(_ outputs: inout RecordBuffer) {
    for index in 0..<listingCount.pointee where books[index].isSynced {
      // A record may carry any time of receipt.
      let (age, overflow) = now.subtractingReportingOverflow(books[index].receiveTime)
      guard overflow || age > CoreTimes.feedStaleAfter else { continue }
      books[index].apply(
        FeedStatus(
          listing: ListingIndex(index), state: .stale,
          venueSequence: books[index].venueSequence, venueTime: now))
      alert(
        Alert(
          kind: .feedLost, listing: ListingIndex(index),
          value: Int64(FeedState.stale.rawValue)), &outputs)
    }
  }
}
