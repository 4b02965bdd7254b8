/// How often each of some names was met: the kinds of message that nobody here knows.
///
/// Takes memory only when a name is new, and keeps the first 32 names; the others are counted
/// together.
public struct NameCounts: Sendable {
  public struct Entry: Equatable, Sendable {
    public var name: VenueText
    public var count: UInt64
  }

  public static var nameCountMax: Int { 32 }
  public private(set) var entries: [Entry] = []
  /// Met beyond the names that are kept.
  public private(set) var others: UInt64 = 0

  public init() {}

  /// All that were met.
  public var total: UInt64 { entries.reduce(others) { $0 + $1.count } }

  public mutating func count(_ name: VenueText) {
    for index in entries.indices where entries[index].name == name {
      entries[index].count += 1
      return
    }
    if entries.count < Self.nameCountMax {
      entries.append(Entry(name: name, count: 1))
    } else {
      others += 1
    }
  }
}
