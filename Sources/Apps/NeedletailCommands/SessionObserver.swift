import Engine
import Glibc
import Runtime
import TradingModel

/// Sees everything once it is in the journal: prints events, tells what became of signals, counts.
final class SessionObserver: RunObserver {
  /// Requests for new orders, changes and cancels so far.
  private(set) var requestCount: UInt64 = 0
  private(set) var answeredSignalCount = 0
  /// The newest answers and alerts, oldest first, for the screen.
  private(set) var news: [String] = []
  /// Set when an event line could not be written.
  private(set) var outputFailed = false

  /// Whether answers to signals are printed as they come.
  var printsAnswers = false
  private let printsEvents: Bool
  /// Whether standard error is the terminal that shows the screen.
  private let hasScreenOnError: Bool
  private let descriptor: Int32
  private let definitions: RunDefinitions
  private var eventLine: EventLine
  private static let newsCountMax = 8

  init(settings: SessionSettings, definitions: RunDefinitions, mode: RunMode) {
    printsEvents = settings.events
    hasScreenOnError = settings.showsScreen && isatty(STDERR_FILENO) == 1
    descriptor = settings.peopleDescriptor
    self.definitions = definitions
    eventLine = EventLine(definitions: definitions, mode: mode)
  }

  func applied(_ input: UnsafeRawPointer, _ engine: borrowing JournaledCore) {
    var offset = 0
    while offset < engine.outputs.byteCount {
      let output = UnsafeRawPointer(engine.outputs.base + offset)
      offset += Int(output.load32(0))
      switch RecordKind(rawValue: output.load16(4)) {
      case .orderEvent, .fillEvent, .fundingEvent: if printsEvents { printEvent(output) }
      case .venueRequest: count(VenueRequest(at: output))
      case .signalAnswer: tell(SignalAnswer(at: output), to: Signal(at: input))
      case .alert: tell(Alert(at: output))
      default: break
      }
    }
  }

  /// Each line is written by itself: whoever has read it can rely on the journal holding the event.
  private func printEvent(_ output: UnsafeRawPointer) {
    guard !outputFailed, let text = eventLine.text(of: output) else { return }
    if !writeText(text, to: STDOUT_FILENO) { outputFailed = true }
  }

  private func count(_ request: VenueRequest?) {
    switch request?.kind {
    case .newOrder, .replace, .cancel: requestCount += 1
    default: break
    }
  }

  private func tell(_ answer: SignalAnswer?, to signal: Signal?) {
    guard let answer, let signal else { return }
    answeredSignalCount += 1
    let listing = definitions.listing(signal.listing)
    let quantity =
      signal.action == .close ? "" : " \(listing?.quantityText(signal.quantity) ?? "")"
    var text = "signal \(signal.signalID): \(signal.action)\(quantity) "
    text += "\(definitions.symbol(of: signal.listing)) at "
    text += "\(definitions.venueName(of: signal.listing)): \(answer.explanation)"
    note(text)
    if printsAnswers { writeText(text + "\n", to: descriptor) }
  }

  private func tell(_ alert: Alert?) {
    guard let alert else { return }
    var text = "alert: \(alert.kind)"
    if alert.orderID != 0 { text += ", order \(alert.orderID)" }
    if alert.listing != .max {
      text += ", \(definitions.symbol(of: alert.listing)) at "
      text += definitions.venueName(of: alert.listing)
    }
    note(text)
  }

  /// Something went wrong with a session: told on standard error, and on the screen.
  func tell(venueNews text: String, _ mode: RunMode) {
    note(text)
    if !hasScreenOnError { writeText("needletail \(mode): \(text)\n", to: STDERR_FILENO) }
  }

  private func note(_ text: String) {
    if news.count == Self.newsCountMax { news.removeFirst() }
    news.append(text)
  }
}
