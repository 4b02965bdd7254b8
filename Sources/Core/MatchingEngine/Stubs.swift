import TradingModel

extension MatchingBook {
  /// Enters a new order with terms of its own.
  public mutating func submit<Sink: ReportSink & ~Copyable>(
    _ entry: OrderEntry, _ terms: OrderTerms, into sink: inout Sink
  ) { submit(entry, into: &sink) }

  /// Changes a resting order, or a stop that waits.
  public mutating func modify<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, price: Int64, quantity: Int64, stopPrice: Int64, into sink: inout Sink
  ) { modify(orderID, price: price, quantity: quantity, into: &sink) }

  /// Cancels the orders of `owner` (nil: everybody's) on `side` (nil: both). Gives their number.
  @discardableResult
  public mutating func cancelAll<Sink: ReportSink & ~Copyable>(
    owner: OwnerID?, side: Side?, into sink: inout Sink
  ) -> Int { 0 }

  /// The time; good-till-date orders not after it are gone.
  public var time: Timestamp { 0 }
  /// Sets the time, if it is later than the present one, and ends good-till-date orders.
  public mutating func advance<Sink: ReportSink & ~Copyable>(
    to time: Timestamp, into sink: inout Sink
  ) {}
  /// Ends day orders.
  public mutating func endDay<Sink: ReportSink & ~Copyable>(into sink: inout Sink) {}

  /// An owner's position; nil when it is not known.
  public func position(of owner: OwnerID) -> Int64? { nil }
  /// Tells an owner's position; nil makes it unknown. Of owner 0 nothing is kept.
  public mutating func setPosition<Sink: ReportSink & ~Copyable>(
    _ position: Int64?, of owner: OwnerID, into sink: inout Sink
  ) {}

  /// What the book does with requests now.
  public var phase: TradingPhase { .continuous }
  /// Begins a phase; into `continuous` the book is uncrossed first.
  public mutating func setPhase<Sink: ReportSink & ~Copyable>(
    _ phase: TradingPhase, referencePrice: Int64, into sink: inout Sink
  ) {}
  /// Executes the auction; the phase stays.
  public mutating func uncross<Sink: ReportSink & ~Copyable>(
    referencePrice: Int64, into sink: inout Sink
  ) {}
  /// What the auction would do now; nil when nothing would trade.
  public func indication(referencePrice: Int64) -> AuctionIndication? { nil }

  /// The book's figures.
  public var statistics: BookStatistics { BookStatistics() }

  /// How many changes of displayed orders wait to be read.
  public var orderChangeCount: Int { 0 }
  /// Whether changes were lost since `clearOrderChanges`.
  public var hasMissedOrderChanges: Bool { false }
  /// The waiting change at `place`, in order of time.
  public func orderChange(at place: Int) -> BookOrderChange {
    BookOrderChange(.removed, orderID: 0, side: .buy, price: 0, quantity: 0)
  }
  /// Forgets the waiting changes.
  public mutating func clearOrderChanges() {}
}
