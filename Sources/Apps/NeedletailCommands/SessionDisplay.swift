import Glibc
import Runtime
import TradingModel

/// Shows a session's progress: a live screen on a terminal, otherwise a line a second.
struct SessionDisplay: ~Copyable {
  private var screen: LiveScreen?
  private let descriptor: Int32
  private let interval: Int64
  private var nextTime: Int64
  private var rates = SessionRates()
  private let view: SessionView
  /// Told behind the screen, on which there is no room for them.
  private var warnings: [String] = []

  init(_ session: Session) {
    descriptor = session.settings.peopleDescriptor
    let showsScreen = session.settings.showsScreen
    view = SessionView(hasColour: Terminal().hasColour)
    interval = showsScreen ? 100_000_000 : 1_000_000_000
    nextTime = Clock.monotonic + (showsScreen ? 0 : interval)
    screen = showsScreen ? LiveScreen() : nil
    // Answers to signals by chance, at the speed of simulated time, would be a flood.
    session.observer.printsAnswers =
      !showsScreen && (session.settings.pace != .simulated || session.settings.signals != nil)
  }

  /// Draws what there is, if it is time to.
  mutating func show(_ session: Session) {
    let time = Clock.monotonic
    guard time >= nextTime else { return }
    // After a pause, no lines are made up for.
    nextTime = max(nextTime + interval, time)
    rates.sample(session)
    warn(session)
    if screen != nil {
      let size = Terminal().size
      screen?.draw(view.screen(session, rates, columns: size.columns, rows: size.rows))
    } else {
      writeText(view.line(session, rates) + "\n", to: descriptor)
    }
  }

  /// Tells what somebody should look at.
  private mutating func warn(_ session: Session) {
    for warning in session.world.takeWarnings() {
      warnings.append("needletail \(session.mode): \(warning)\n")
    }
    if screen == nil { tellWarnings() }
  }

  private mutating func tellWarnings() {
    for warning in warnings { writeText(warning, to: STDERR_FILENO) }
    warnings.removeAll()
  }

  /// Gives the terminal back, and tells what there was no room for.
  mutating func close(_ session: Session) {
    screen = nil
    warn(session)
  }
}

/// Orders and fills of the last second of the session's time.
struct SessionRates {
  private struct Sample {
    var time: Timestamp
    var requests: UInt64
    var fills: UInt64
    var inputs: UInt64
  }

  private var samples: [Sample] = []
  private(set) var requestsPerSecond = 0.0
  private(set) var fillsPerSecond = 0.0
  private(set) var inputsPerSecond = 0.0

  mutating func sample(_ session: Session) {
    let counts = session.running.engine.core.counts
    let sample = Sample(
      time: session.now, requests: session.observer.requestCount, fills: counts.fills,
      inputs: counts.inputs)
    samples.append(sample)
    while samples.count > 2, sample.time - samples[1].time >= 1_000_000_000 {
      samples.removeFirst()
    }
    let seconds = Double(sample.time - samples[0].time) / 1e9
    guard seconds > 0 else { return }
    requestsPerSecond = Double(sample.requests - samples[0].requests) / seconds
    fillsPerSecond = Double(sample.fills - samples[0].fills) / seconds
    inputsPerSecond = Double(sample.inputs - samples[0].inputs) / seconds
  }
}
