import TradingCore
import TradingModel

/// Everything a run is defined by, in the order in which it enters the core: self-contained, so that
/// a journal needs nothing beside it.
public struct RunDefinitions: Sendable {
  public var venues: [String] = []
  public var currencies: [String] = []
  public var listings: [ListingDefinition] = []
  public var strategies: [StrategyDefinition] = []
  public var limits: [RiskLimitsDefinition] = []
  public var balances: [AccountBalance] = []
  public var feedFiles: [FeedFile] = []

  public init() {}

  /// The index of a venue's name, which is added when new.
  public mutating func venue(_ name: String) -> VenueIndex {
    VenueIndex(Self.place(of: name, in: &venues))
  }

  /// The index of a currency's code, which is added when new.
  public mutating func currency(_ code: String) -> CurrencyIndex {
    CurrencyIndex(Self.place(of: code, in: &currencies))
  }

  private static func place(of name: String, in names: inout [String]) -> Int {
    if let place = names.firstIndex(of: name) { return place }
    names.append(name)
    return names.count - 1
  }

  /// All records, from the run's start to the end of definitions.
  public func encoded(start: RunStart, time: Timestamp) -> [[UInt8]] {
    var records = [start.encoded(time: time)]
    for (index, name) in venues.enumerated() {
      records.append(VenueDefinition(index: VenueIndex(index), name: name).encoded(time: time))
    }
    for (index, code) in currencies.enumerated() {
      records.append(
        CurrencyDefinition(index: CurrencyIndex(index), code: code).encoded(time: time))
    }
    records += feedFiles.map { $0.encoded(time: time) }
    records += listings.map { $0.encoded(time: time) }
    records += limits.map { $0.encoded(time: time) }
    records += balances.map { $0.encoded(time: time) }
    records += strategies.map { $0.encoded(time: time) }
    records.append(
      RecordBytes(
        kind: .definitionsEnd, fixedByteCount: RecordHeader.byteCount, time: time
      ).bytes)
    return records
  }

  /// Takes in what one recorded definition says; others are passed over. For reading journals.
  public mutating func take(_ record: UnsafeRawPointer) throws(RecordError) {
    switch RecordKind(rawValue: record.load16(4)) {
    case .runStart: self = RunDefinitions()
    case .venueDefinition:
      let definition = try VenueDefinition(at: record)
      Self.put(definition.name, at: Int(definition.index), in: &venues)
    case .currencyDefinition:
      let definition = try CurrencyDefinition(at: record)
      Self.put(definition.code, at: Int(definition.index), in: &currencies)
    case .listingDefinition:
      let definition = try ListingDefinition(at: record)
      listings.removeAll { $0.listing.index == definition.listing.index }
      listings.append(definition)
    case .strategyDefinition:
      let definition = try StrategyDefinition(at: record)
      strategies.removeAll { $0.index == definition.index }
      strategies.append(definition)
    case .riskLimits: limits.append(try RiskLimitsDefinition(at: record))
    case .accountBalance: balances.append(try AccountBalance(at: record))
    case .feedFile: feedFiles.append(try FeedFile(at: record))
    default: break
    }
  }

  private static func put(_ name: String, at index: Int, in names: inout [String]) {
    while names.count <= index { names.append("") }
    names[index] = name
  }
}
