import Engine
import Glibc
import Runtime
import TradingCore
import TradingModel

/// A session in words: one line, or a screen of 80 columns and 24 rows or more.
struct SessionView {
  let hasColour: Bool

  func coloured(_ text: String, _ escape: String) -> String {
    hasColour ? escape + text + Escape.reset : text
  }

  // MARK: One line

  /// The session's state in one line.
  func line(_ session: Session, _ rates: SessionRates) -> String {
    let core = session.running.engine.core.counts
    var text = "\(Self.clock(session.now - session.startTime)) "
    text += Self.prices(session.definitions) { session.running.engine.core.mark($0) }
    text += " requests \(Self.fixed(rates.requestsPerSecond, 0))/s  fills \(core.fills)"
    text +=
      "  P&L " + Self.profits(session).map { "\(Self.signed($0)) \($1)" }.joined(separator: " ")
    text += "  open \(session.running.engine.core.openOrderCount)"
    text += "  unknown \(session.running.engine.core.unknownOrderCount)"
    let latency = session.latency
    text += "  p50 \(Self.duration(latency.p50)) p99 \(Self.duration(latency.p99))"
    let troubles = Self.troubles(session)
    if !troubles.isEmpty { text += "  " + coloured(troubles.joined(separator: ", "), Escape.red) }
    if let summary = session.running.engine.journalSummary() {
      text += "  journal \(Self.bytes(summary.bytes))"
    }
    return text
  }

  /// Prices of the first listings, one of each instrument; behind the names of their venues where the run
  /// has several.
  static func prices(
    _ definitions: RunDefinitions, mark: (ListingIndex) -> Int64?
  ) -> String {
    var text = ""
    var shown: Set<InstrumentIndex> = []
    var named: VenueIndex?
    for definition in definitions.listings.prefix(8) {
      let listing = definition.listing
      guard let mark = mark(listing.index), shown.insert(listing.instrument).inserted else {
        continue
      }
      if definitions.venues.count > 1, named != listing.venue {
        named = listing.venue
        text += " \(definitions.venueName(of: listing.index)):"
      }
      text += " \(definition.symbol) \(listing.priceText(mark)) "
    }
    return text
  }

  /// What is wrong with live venues, in a few words each.
  static func troubles(_ session: Session) -> [String] {
    let now = Clock.realtime
    return session.world.venueStatuses().compactMap { $0.trouble(at: now) }
  }

  /// Net profit of all positions at the present prices, for each settlement currency.
  static func profits(_ session: Session) -> [(Money, String)] {
    var sums: [(profit: Money, currency: CurrencyIndex)] = []
    for definition in session.definitions.listings {
      let listing = definition.listing
      let position = session.running.engine.core.position(listing: listing.index)
      let place =
        sums.firstIndex { $0.currency == listing.settlement }
        ?? {
          sums.append((.zero, listing.settlement))
          return sums.count - 1
        }()
      sums[place].profit += position.realised - position.fees + position.funding
      if let mark = session.running.engine.core.mark(listing.index),
        let open = position.unrealised(mark: mark, listing: listing)
      {
        sums[place].profit += open
      }
    }
    return sums.map { ($0.profit, session.definitions.currencies[Int($0.currency)]) }
  }

  // MARK: Numbers for people

  /// `1:02:03`, or `02:03`.
  static func clock(_ nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds / 1_000_000_000)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let rest = two(seconds / 60 % 60) + ":" + two(seconds % 60)
    return seconds >= 3600 ? "\(seconds / 3600):" + rest : rest
  }

  /// With so many decimals, rounded half up.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    let scale = pow(10.0, Double(decimals))
    let units = Int64((abs(value) * scale).rounded())
    var text = String(units / Int64(scale))
    if decimals > 0 {
      let rest = String(units % Int64(scale))
      text += "." + String(repeating: "0", count: decimals - rest.count) + rest
    }
    return (value < 0 && units > 0 ? "-" : "") + text
  }

  /// Money to the cent, with its sign.
  static func signed(_ money: Money) -> String {
    let text = cents(money)
    return text.hasPrefix("-") || money == .zero ? text : "+" + text
  }

  /// Money to the cent.
  static func cents(_ money: Money) -> String {
    let units = divide(money.amount, by: powerOfTen128(Money.decimals - 2), .halfEven)
    let magnitude = units.magnitude
    let rest = magnitude % 100
    return (units < 0 ? "-" : "") + "\(magnitude / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// Nanoseconds in a unit that suits.
  static func duration(_ nanoseconds: UInt64) -> String {
    switch nanoseconds {
    case ..<10_000: "\(nanoseconds) ns"
    case ..<10_000_000: fixed(Double(nanoseconds) / 1e3, 1) + " us"
    default: fixed(Double(nanoseconds) / 1e6, 1) + " ms"
    }
  }

  static func bytes(_ count: UInt64) -> String {
    switch count {
    case ..<1_000_000: fixed(Double(count) / 1e3, 1) + " kB"
    case ..<1_000_000_000: fixed(Double(count) / 1e6, 1) + " MB"
    default: fixed(Double(count) / 1e9, 2) + " GB"
    }
  }

  /// `text` in a field of `width`, at its left or right end; cut where it is longer.
  static func left(_ text: String, _ width: Int) -> String {
    let count = text.count
    return count > width
      ? String(text.prefix(width)) : text + String(repeating: " ", count: width - count)
  }

  static func right(_ text: String, _ width: Int) -> String {
    let count = text.count
    return count > width
      ? String(text.prefix(width)) : String(repeating: " ", count: width - count) + text
  }
}
