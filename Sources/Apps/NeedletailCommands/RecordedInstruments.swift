import Runtime
import TradingModel
import Transport
import Venues

/// What a venue says of the symbols of a recording, asked before it begins: `backtest` needs it, and a
/// stream seldom tells that there is no such symbol.
struct RecordedInstruments {
  /// Of so many symbols each is asked for by itself; of more the whole list.
  private static var singleCountMax: Int { 8 }
  /// Those that the venue defined.
  private(set) var definitions: [InstrumentDefinition] = []
  /// Why some are missing.
  private(set) var fault: String?
  private let venue: any VenueAdapter.Type
  private let environment: VenueEnvironment
  private let http: ColdHTTP

  /// Asks; blocks for a few seconds at most, of a venue that answers.
  ///
  /// - Throws: where the venue has no such symbol.
  init(
    _ venue: any VenueAdapter.Type, _ environment: VenueEnvironment, _ symbols: [String],
    trust: TLSTrust
  ) throws(UsageError) {
    self.venue = venue
    self.environment = environment
    http = ColdHTTP(trust: trust, timeout: 5_000, userAgent: RunIdentity.userAgent)
    if symbols.count > Self.singleCountMax {
      for body in try answers(nil) where fault == nil { take(body, of: symbols) }
    }
    for symbol in symbols where fault == nil && !isDefined(symbol) {
      var names = false
      for body in try answers(symbol) where fault == nil {
        take(body, of: [symbol])
        names = names || body.names(symbol)
      }
      if fault != nil || isDefined(symbol) { continue }
      guard names else { throw unknown(symbol, "is not in its list of instruments") }
      fault = "\(symbol) is of a kind that is not traded here"
    }
  }

  private var name: String { venue.description.name }

  private func isDefined(_ symbol: String) -> Bool { definitions.contains { $0.symbol == symbol } }

  private func unknown(_ symbol: String, _ reason: String) -> UsageError {
    UsageError("--symbols: \(name) has no '\(symbol)': \(reason)")
  }

  /// The bodies of good answers about one symbol, or about all.
  private mutating func answers(_ symbol: String?) throws(UsageError) -> [[UInt8]] {
    var input = RequestInput()
    input.symbol = symbol
    var bodies: [[UInt8]] = []
    for request in try requests(input) {
      guard let answer = ask(request) else { return [] }
      let refusal = answer.body.withUnsafeBytes { venue.refusal(in: $0, status: answer.status) }
      guard let refusal else {
        bodies.append(answer.body)
        continue
      }
      let text = String(decoding: answer.body.prefix(300), as: UTF8.self)
      if case .reject = refusal, let symbol { throw unknown(symbol, text) }
      fault = "the venue answered with \(answer.status): \(text)"
      return []
    }
    return bodies
  }

  private func requests(_ input: RequestInput) throws(UsageError) -> [WireRequest] {
    do {
      return try venue.requests(.instruments, input, .nobody, environment, timestamp: 0)
    } catch {
      throw UsageError("--symbols: \(error)")
    }
  }

  private mutating func ask(_ request: WireRequest) -> ColdHTTPAnswer? {
    do throws(ColdHTTPError) {
      return try http.ask(
        request.method, request.url, fields: request.headers.map { HTTPField($0.name, $0.value) },
        mayStop: { Interruption.isRequested })
    } catch {
      fault = "\(error)"
      return nil
    }
  }

  private mutating func take(_ body: [UInt8], of symbols: [String]) {
    do {
      definitions += try body.withUnsafeBytes { try venue.definitions(in: $0, of: symbols) }
    } catch {
      fault = "an answer could not be read: \(error)"
    }
  }
}

extension [UInt8] {
  /// Whether a text stands in quotes somewhere.
  fileprivate func names(_ text: String) -> Bool {
    let wanted = Array("\"\(text)\"".utf8)
    guard count >= wanted.count else { return false }
    return (0...(count - wanted.count)).contains { place in
      self[place] == wanted[0] && self[place..<(place + wanted.count)].elementsEqual(wanted)
    }
  }
}
