import TradingModel

/// `orderStatus`. https://bybit-exchange.github.io/docs/v5/enum
enum BybitOrderStatus: UInt8, BitwiseCopyable {
  /// A word that is not documented.
  case unknown = 0
  case new = 1
  case partiallyFilled = 2
  /// A conditional order that waits for its trigger.
  case untriggered = 3
  case rejected = 4
  /// Of spot: the rest was canceled.
  case partiallyFilledCanceled = 5
  case filled = 6
  /// Of derivatives: with or without fills.
  case canceled = 7
  /// For a moment, between untriggered and new.
  case triggered = 8
  /// Canceled before it was triggered.
  case deactivated = 9

  init(_ scanner: FieldScanner, _ word: FieldRange) {
    self = .unknown
    switch word.count {
    case 3: if scanner.matches(word, "New") { self = .new }
    case 6: if scanner.matches(word, "Filled") { self = .filled }
    case 8: if scanner.matches(word, "Rejected") { self = .rejected }
    case 9:
      if scanner.matches(word, "Cancelled") { self = .canceled }
      if scanner.matches(word, "Triggered") { self = .triggered }
    case 11:
      if scanner.matches(word, "Untriggered") { self = .untriggered }
      if scanner.matches(word, "Deactivated") { self = .deactivated }
    case 15: if scanner.matches(word, "PartiallyFilled") { self = .partiallyFilled }
    case 23: if scanner.matches(word, "PartiallyFilledCanceled") { self = .partiallyFilledCanceled }
    default: break
    }
  }
}

// Orders: elements of the topic `order` and of `/v5/order/realtime` and `/v5/order/history`.
// https://bybit-exchange.github.io/docs/v5/websocket/private/order
extension BybitAccountDecoder {
  /// Where the values of an order stand that are put together at its end.
  private struct OrderPlaces {
    var symbol = FieldRange.none
    var category = FieldRange.none
    var orderID = FieldRange.none
    var client = FieldRange.none
    var status = FieldRange.none
    var type = FieldRange.none
    var timeInForce = FieldRange.none
    var rejectReason = FieldRange.none
    var cancelType = FieldRange.none
    var price = -1
    var quantity = -1
    var cumulative = -1
    var side = FieldRange.none
    var time: Timestamp = 0
  }

  /// Reads one order.
  ///
  /// - Parameter isState: it was pushed because something changed; else it was asked for.
  mutating func order(
    _ scanner: inout FieldScanner, isState: Bool, _ news: inout TradingNews
  ) throws(ScanError) {
    var places = OrderPlaces()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      try Self.field(key, &scanner, &places)
    }
    guard places.symbol.isPresent else { throw ScanError(scanner.offset, "a field \"symbol\"") }
    guard places.orderID.isPresent else { throw ScanError(scanner.offset, "a field \"orderId\"") }
    guard places.status.isPresent else {
      throw ScanError(scanner.offset, "a field \"orderStatus\"")
    }
    guard isOurs(scanner, places.category) else { return }
    let side = try scanner.bybitSide(places.side)
    let end = scanner.offset
    var told = OrderNews(
      VenueReport(kind: .statusOpen, venue: venue, side: side, venueTime: places.time))
    told.report.venueOrderID = BybitIdentifier.number(scanner.bytes(places.orderID))
    identify(scanner, places.client, &told)
    try finish(&told, &scanner, places, isState: isState)
    scanner.offset = end
    news.orders.append(told)
  }

  @inline(__always)
  private static func field(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ places: inout OrderPlaces
  ) throws(ScanError) {
    switch key.count {
    case 3 where scanner.matches(key, "qty"): places.quantity = try scanner.place()
    case 4 where scanner.matches(key, "side"): places.side = try scanner.word()
    case 5 where scanner.matches(key, "price"): places.price = try scanner.place()
    case 6 where scanner.matches(key, "symbol"): places.symbol = try scanner.string()
    case 7 where scanner.matches(key, "orderId"): places.orderID = try scanner.string()
    case 8 where scanner.matches(key, "category"): places.category = try scanner.string()
    case 9 where scanner.matches(key, "orderType"): places.type = try scanner.string()
    case 10 where scanner.matches(key, "cumExecQty"): places.cumulative = try scanner.place()
    case 10 where scanner.matches(key, "cancelType"): places.cancelType = try scanner.word()
    case 11: try longField(key, &scanner, &places)
    case 12 where scanner.matches(key, "rejectReason"): places.rejectReason = try scanner.word()
    default: try scanner.skipValue()
    }
  }

  @inline(__always)
  private static func longField(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ places: inout OrderPlaces
  ) throws(ScanError) {
    if scanner.matches(key, "orderLinkId") {
      places.client = try scanner.word()
    } else if scanner.matches(key, "orderStatus") {
      places.status = try scanner.string()
    } else if scanner.matches(key, "timeInForce") {
      places.timeInForce = try scanner.word()
    } else if scanner.matches(key, "updatedTime") {
      places.time = try scanner.quotedMilliseconds()
    } else {
      try scanner.skipValue()
    }
  }

  /// Numbers, and what the status comes to.
  @inline(__always)
  private mutating func finish(
    _ told: inout OrderNews, _ scanner: inout FieldScanner, _ places: OrderPlaces, isState: Bool
  ) throws(ScanError) {
    let symbol = scales.find(scanner.bytes(places.symbol))
    told.isFollowed = symbol >= 0
    if symbol >= 0 { told.report.listing = listing(symbol) }
    // Others' market orders of spot may count in the quote coin, which is no quantity of the listing.
    let isCounted =
      symbol >= 0
      && (told.ownership == .own || category == .linear || scanner.matches(places.type, "Limit"))
    if isCounted {
      told.report.price = try price(&scanner, at: places.price, symbol)
      told.report.quantity = try quantity(&scanner, at: places.quantity, symbol)
      if places.cumulative >= 0 {
        told.report.cumulativeQuantity = try quantity(&scanner, at: places.cumulative, symbol)
      }
    }
    let status = BybitOrderStatus(scanner, places.status)
    told.report.kind = kind(status, scanner, places, &told.report)
    // An answer says how the order stands, and not what happened.
    if !isState, status == .triggered { told.report.kind = .statusOpen }
    told.isState = isState && status != .unknown && status != .triggered
    // The new order itself was refused.
    if told.report.kind == .statusRejected { told.report.version = max(1, told.name.version) }
  }

  /// The report that a status is.
  private func kind(
    _ status: BybitOrderStatus, _ scanner: FieldScanner, _ places: OrderPlaces,
    _ report: inout VenueReport
  ) -> VenueReportKind {
    switch status {
    case .unknown: return .answerLost
    case .new, .partiallyFilled, .untriggered: return .statusOpen
    case .triggered: return .triggered
    case .filled: return .statusFilled
    case .deactivated:
      report.reason = BybitEnding.cancelReason(scanner, places.cancelType)
      return .statusCanceled
    case .rejected, .canceled, .partiallyFilledCanceled: break
    }
    report.reason = BybitEnding.reason(scanner, places.rejectReason)
    if report.reason == .none {
      report.reason = BybitEnding.cancelReason(scanner, places.cancelType)
    }
    let hasFills = report.cumulativeQuantity > 0
    if status == .rejected { return hasFills ? .statusCanceled : .statusRejected }
    // A post-only order that would take is canceled by linear, which is a refusal by another name.
    if report.reason == .wouldTake, !hasFills { return .statusRejected }
    return isTimedOut(scanner, places, report.reason) ? .statusExpired : .statusCanceled
  }

  /// Whether an order ended by its time in force: nothing was there (any more) to take.
  private func isTimedOut(
    _ scanner: FieldScanner, _ places: OrderPlaces, _ reason: VenueReason
  ) -> Bool {
    if reason == .noLiquidity || reason == .notFillable { return true }
    guard scanner.matches(places.timeInForce, "IOC") || scanner.matches(places.timeInForce, "FOK"),
      reason == .none
    else { return false }
    return !places.cancelType.isPresent || places.cancelType.count == 0
      || scanner.matches(places.cancelType, "UNKNOWN")
  }
}
