import TradingModel

/// The venue's cursors for next pages, which have 100 bytes and more, under short names.
struct BybitCursors: ~Copyable {
  private struct Entry {
    var name: UInt64
    var text: String
    /// Where the span of time begins that the page is of; nil where there is no such.
    var start: Timestamp?
  }

  /// Pages that are under way at once: more of them are forgotten, and begin anew.
  private static let countMax = 64
  private var entries: [Entry] = []
  private var nextName: UInt64 = 1

  init() {}

  /// Keeps a cursor; gives its name.
  mutating func keep(_ text: String, start: Timestamp?) -> VenueText {
    if entries.count >= Self.countMax { entries.removeFirst() }
    entries.append(Entry(name: nextName, text: text, start: start))
    defer { nextName += 1 }
    return VenueText(String(nextName))
  }

  private func find(_ page: VenueText) -> Entry? {
    guard !page.isEmpty, let name = UInt64(page.description) else { return nil }
    return entries.first { $0.name == name }
  }

  /// The cursor called `page`; empty for none.
  func text(of page: VenueText) -> String { find(page)?.text ?? "" }

  /// Where the span of `page` begins.
  func start(of page: VenueText) -> Timestamp? { find(page)?.start }
}
