import TradingModel

/// How a question was answered.
enum TradingOutcome: Equatable, Sendable {
  /// Done; `TradingNews` has what it gave. An answer to a request of the core has the order's report.
  case done
  /// Received, and what comes of it is told by a push.
  case acknowledged
  /// The venue's time, ns since the epoch.
  case time(Timestamp)
  /// Refused. `kind` is the report that the refusal of a core's request is, where the venue's error says
  /// more than its meaning: `notFound`, `statusCanceled`...
  case failed(VenueErrorMeaning, as: VenueReportKind?)
}

/// What reading one message gave. The session empties it before each call.
struct TradingNews: ~Copyable {
  /// Orders and trades, in the order in which the venue told them.
  var orders = PlainRun<OrderNews>(capacity: 64)
  var balances = PlainRun<VenueBalance>(capacity: 64)
  var positions = PlainRun<AccountPosition>(capacity: 16)
  /// Funding that was booked, of the run's listings; told again and again it is booked once, by its id.
  var payments = PlainRun<FundingPayment>(capacity: 16)
  /// Funding was booked, and the message does not say all of it: it is asked for.
  var hasPayments = false
  /// The currency of funding that was booked in one that the run does not know.
  var unknownPaymentCurrency = VenueText()
  /// Of an answer.
  var outcome = TradingOutcome.done
  /// Of an answer that has more behind it: what the next question names.
  var nextPage = VenueText()
  /// Of a `LogOnStep.Kind.open`: the path and query at which the channel is opened.
  var target = ""
  /// Why something was refused, in the venue's words, for people.
  var text = ""
  /// The account's own events no longer come over this channel: log on again.
  var isStreamOver = false
  /// Messages of kinds that are not known, since the start.
  var unknownCount = 0

  init() {}

  mutating func removeAll() {
    orders.removeAll()
    balances.removeAll()
    positions.removeAll()
    payments.removeAll()
    hasPayments = false
    unknownPaymentCurrency = VenueText()
    outcome = .done
    nextPage = VenueText()
    if !target.isEmpty { target = "" }
    if !text.isEmpty { text = "" }
    isStreamOver = false
  }
}

/// What a message over a WebSocket channel is.
enum TradingMessage: Equatable, Sendable {
  /// The venue's own: what `TradingNews` has.
  case push
  /// The answer to what was sent with this tag: `readAnswer` reads it.
  case answer(UInt64)
  /// Nothing that anybody waits for.
  case other
}
