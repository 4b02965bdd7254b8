import TradingModel

// From Binance's words to the report's kind.
extension BinanceSpotReport {
  /// Sets the report's kind and what hangs on it, once all fields are read.
  ///
  /// - Returns: false where neither execution nor status is a documented word.
  mutating func concludeExecution() -> Bool {
    setIdentity()
    switch execution {
    case .new:
      report.kind = .accepted
      // A stop that comes into the book after it was entered was triggered.
      if type.isConditional, isOnBook, creationTime > 0, report.venueTime > creationTime {
        report.kind = .triggered
      }
    case .canceled:
      report.kind = status == .pendingCancel ? .statusOpen : .canceled
    case .replaced: report.kind = .replaced
    case .rejected: report.kind = .rejected
    case .trade: concludeTrade()
    case .expired: report.kind = .expired
    case .tradePrevention: concludePrevention()
    // What became of the order is not known where neither word is: it is asked for.
    case .unknown: report.kind = Self.statusKind(status)
    }
    concludeVersion()
    return execution != .unknown || status != .unknown
  }

  /// The same for an order in an answer.
  mutating func conclude(_ answer: BinanceOrderAnswer) {
    setIdentity()
    switch answer {
    case .placed: report.kind = Self.placedKind(status)
    case .canceled: report.kind = .canceled
    case .amended: report.kind = .replaced
    case .queried: report.kind = Self.statusKind(status)
    }
    if status == .expiredInMatch { report.reason = .selfTrade }
    concludeVersion()
  }

  private mutating func setIdentity() {
    report.quantity = quantity
    report.cumulativeQuantity = nameVersion > 1 ? -1 : cumulativeQuantity
    if report.reason == .none { report.reason = BinanceErrors.reason(reason) }
  }

  /// A trade has a quantity and a price. Messages under this name without them only tell how the
  /// order stands: then its count says that a fill is missing, and the engine asks.
  private mutating func concludeTrade() {
    if report.lastQuantity > 0, report.lastPrice > 0 {
      report.kind = .fill
    } else {
      report.kind = status == .expired ? .expired : Self.statusKind(status)
      report.tradeID = 0
      report.lastQuantity = 0
      report.lastPrice = 0
    }
  }

  /// https://developers.binance.com/docs/binance-spot-api-docs/faqs/stp_faq: the order ends, or, in
  /// the mode `DECREMENT`, goes on with less.
  private mutating func concludePrevention() {
    report.reason = .selfTrade
    switch status {
    case .new, .partiallyFilled:
      report.kind = .replaced
      report.quantity = max(0, quantity - preventedQuantity)
    case .filled: report.kind = .statusFilled
    default: report.kind = .expired
    }
  }

  private mutating func concludeVersion() {
    if report.kind != .fill { report.tradeID = 0 }
    if status == .expiredInMatch, report.reason == .none { report.reason = .selfTrade }
    guard ownership == .own else { return }
    switch report.kind {
    case .accepted:
      report.version = max(1, nameVersion)
      if nameVersion > 1 { report.kind = .replaced }
    case .rejected:
      report.version = max(1, nameVersion)
      if nameVersion > 1 { report.kind = .replaceRejected }
    case .replaced: report.version = nameVersion
    default: report.version = 0
    }
  }

  /// How an order stands after it was entered.
  static func placedKind(_ status: BinanceOrderStatus) -> VenueReportKind {
    switch status {
    case .unknown, .new, .pendingNew, .partiallyFilled, .filled, .pendingCancel: .accepted
    case .canceled: .canceled
    case .rejected: .rejected
    case .expired, .expiredInMatch: .expired
    }
  }

  /// How an order stands that was asked for. A word that is not documented tells nothing, and the
  /// question stays open.
  static func statusKind(_ status: BinanceOrderStatus) -> VenueReportKind {
    switch status {
    case .unknown: .answerLost
    case .new, .pendingNew, .partiallyFilled, .pendingCancel: .statusOpen
    case .filled: .statusFilled
    case .canceled: .statusCanceled
    case .rejected: .statusRejected
    case .expired, .expiredInMatch: .statusExpired
    }
  }
}

// Words, told apart by length and a letter, then compared.
extension FieldScanner {
  mutating func orderStatus() throws(ScanError) -> BinanceOrderStatus {
    let word = try string()
    switch word.count {
    case 3: return matches(word, "NEW") ? .new : .unknown
    case 6: return matches(word, "FILLED") ? .filled : .unknown
    case 7: return matches(word, "EXPIRED") ? .expired : .unknown
    case 8:
      if matches(word, "CANCELED") { return .canceled }
      return matches(word, "REJECTED") ? .rejected : .unknown
    case 11: return matches(word, "PENDING_NEW") ? .pendingNew : .unknown
    case 14: return matches(word, "PENDING_CANCEL") ? .pendingCancel : .unknown
    case 16:
      if matches(word, "PARTIALLY_FILLED") { return .partiallyFilled }
      return matches(word, "EXPIRED_IN_MATCH") ? .expiredInMatch : .unknown
    default: return .unknown
    }
  }

  mutating func executionType() throws(ScanError) -> BinanceExecutionType {
    let word = try string()
    switch word.count {
    case 3: return matches(word, "NEW") ? .new : .unknown
    case 5: return matches(word, "TRADE") ? .trade : .unknown
    case 7: return matches(word, "EXPIRED") ? .expired : .unknown
    case 8:
      if matches(word, "CANCELED") { return .canceled }
      if matches(word, "REPLACED") { return .replaced }
      return matches(word, "REJECTED") ? .rejected : .unknown
    case 16: return matches(word, "TRADE_PREVENTION") ? .tradePrevention : .unknown
    default: return .unknown
    }
  }

  mutating func orderType() throws(ScanError) -> BinanceOrderType {
    let word = try string()
    switch word.count {
    case 5: return matches(word, "LIMIT") ? .limit : .unknown
    case 6: return matches(word, "MARKET") ? .market : .unknown
    case 9: return matches(word, "STOP_LOSS") ? .stopLoss : .unknown
    case 11:
      if matches(word, "LIMIT_MAKER") { return .limitMaker }
      return matches(word, "TAKE_PROFIT") ? .takeProfit : .unknown
    case 15: return matches(word, "STOP_LOSS_LIMIT") ? .stopLossLimit : .unknown
    case 17: return matches(word, "TAKE_PROFIT_LIMIT") ? .takeProfitLimit : .unknown
    default: return .unknown
    }
  }

  mutating func side() throws(ScanError) -> Side {
    skipSpace()
    let start = offset
    let word = try string()
    if matches(word, "BUY") { return .buy }
    if matches(word, "SELL") { return .sell }
    throw ScanError(start, "BUY or SELL")
  }
}
