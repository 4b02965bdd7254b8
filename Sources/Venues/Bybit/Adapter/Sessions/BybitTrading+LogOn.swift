import TradingModel

// Logging on: time, both streams, the position mode of contracts, and the dead-man switch.
extension BybitTrading {
  /// What is asked to log on.
  enum Step {
    case time
    /// The trade stream.
    case logOnTrade
    /// The private stream.
    case logOnStream
    case subscribe
    /// Whether a contract is held as one position, as the engine counts it. The mode is each contract's own.
    case positionMode(symbol: String)
    /// How long the venue waits for the private stream to come back, before it cancels.
    case setProtection
    /// Without this subscription a lost stream does not count.
    case subscribeProtection
    /// Whether the account has it at all.
    case checkProtection

    var isProtection: Bool {
      switch self {
      case .setProtection, .subscribeProtection, .checkProtection: true
      case .time, .logOnTrade, .logOnStream, .subscribe, .positionMode: false
      }
    }
  }

  /// The steps of disconnect protection: https://bybit-exchange.github.io/docs/v5/order/dcp,
  /// https://bybit-exchange.github.io/docs/v5/websocket/private/dcp,
  /// https://bybit-exchange.github.io/docs/v5/account/dcp-info
  static let protection: [Step] = [
    .setProtection, .subscribeProtection, .checkProtection,
  ]

  static func logOnStep(_ step: Step, rest: Int) -> LogOnStep {
    switch step {
    case .time: LogOnStep(.time, channel: 1, via: rest, purpose: "the venue's time")
    case .logOnTrade: LogOnStep(.ask, channel: 0, purpose: "log-on for orders")
    case .logOnStream: LogOnStep(.ask, channel: 1, purpose: "log-on for own events")
    case .subscribe:
      LogOnStep(.ask, channel: 1, bringsEvents: true, purpose: "subscription to own events")
    case .positionMode: LogOnStep(.ask, channel: rest, purpose: "position mode")
    case .setProtection, .checkProtection:
      LogOnStep(.ask, channel: 1, via: rest, isProtection: true, purpose: "dead-man switch")
    case .subscribeProtection:
      LogOnStep(.ask, channel: 1, isProtection: true, purpose: "dead-man switch")
    }
  }

  // MARK: Questions

  mutating func write(
    _ step: Step, _ tag: UInt64, _ timestamp: UInt64, _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    let expires = timestamp + Self.logOnLifetime
    switch step {
    case .time:
      encoder.parameters.removeAll()
      return try ask(.serverTime, tag, timestamp, &outbox)
    case .logOnTrade:
      logOnTags.trade = tag
      outbox.text(0, tag: tag, encoder.logOn(expires: expires, tag: tag, isTrade: true))
    case .logOnStream:
      logOnTags.stream = tag
      outbox.text(stream, tag: tag, encoder.logOn(expires: expires, tag: tag, isTrade: false))
    case .subscribe:
      logOnTags.stream = tag
      outbox.text(stream, tag: tag, encoder.subscription(tag: tag))
    case .positionMode(let symbol):
      var input = RequestInput()
      input.symbol = symbol
      let route = try encoder.fill(.positions, input, settlement: nil)
      return try ask(route, tag, timestamp, &outbox)
    case .setProtection:
      var input = RequestInput()
      input.timeout = UInt64(deadMan?.setting.seconds ?? 0)
      let route = try encoder.fill(.deadManSwitch, input, settlement: nil)
      return try ask(route, tag, timestamp, &outbox)
    case .subscribeProtection:
      logOnTags.stream = tag
      outbox.text(stream, tag: tag, encoder.protection(isOn: true, tag: tag))
    case .checkProtection:
      encoder.parameters.removeAll()
      return try ask(.protection, tag, timestamp, &outbox)
    }
    return RequestCost(weight: 0)
  }

  // MARK: Answers

  func readStep(
    _ step: Step, _ reply: BybitReply, _ body: UnsafeRawBufferPointer, _ news: inout TradingNews
  ) throws(ScanError) {
    switch step {
    case .time:
      news.outcome = .time(try BybitAnswers.serverTime(try Self.result(reply, body)))
    case .positionMode(let symbol):
      guard try BybitAnswers.isHedged(try Self.result(reply, body)) else { return }
      news.outcome = .failed(.stop(.permission), as: nil)
      news.text =
        "the account is in hedge mode for \(symbol), with a long and a short position; orders are "
        + "entered in one-way position mode only"
    case .checkProtection:
      let product = category.protectedProduct
      if try BybitAnswers.isProtected(try Self.result(reply, body), product) { return }
      news.outcome = .failed(.reject(.other), as: nil)
      news.text =
        "the account has no disconnect protection for \(product), which the venue enables on "
        + "application"
    // That it is no error is enough.
    case .logOnTrade, .logOnStream, .subscribe, .setProtection, .subscribeProtection: break
    }
  }

  /// An account that was not given the protection may be told so by a code that is not documented. Nothing
  /// is changed by it, whatever it means.
  static func protectionMeaning(_ meaning: VenueErrorMeaning) -> VenueErrorMeaning {
    switch meaning {
    case .askFirst, .stop(.permission): .reject(.other)
    default: meaning
    }
  }
}
