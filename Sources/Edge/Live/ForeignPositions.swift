import Engine
import TradingCore
import TradingModel
import Venues

/// Positions of contracts that the journal's own fills do not explain: they stood before it began, or
/// somebody traded by hand meanwhile. Says what becomes of them, as records with their evidence.
///
/// When a journal begins, nothing of it is traded yet, and what stands is foreign. One that is carried on
/// compares what the venue said before the run with the books when the venue's first full look at the
/// account has told the fills that were missed. What the run's own orders did in between cannot be told
/// apart from what others did: then nothing is adopted, and that is said.
public struct ForeignPositions {
  /// Fills are compared with the time of asking this far, nanoseconds: venues round, and clocks are
  /// estimated.
  private static let margin: Int64 = 1_000_000_000

  private let opened: [OpenedVenue]
  private let listings: [ListingDefinition]
  /// What of the venues' positions is left alone, in quantity units.
  public private(set) var left: [ListingIndex: Int64]
  /// Whether a venue's positions were not compared yet.
  private var isDue: [Bool]
  /// Whether any venue's were not: until then reports are followed.
  public private(set) var isWaiting: Bool
  /// The venue's time of the last own fill.
  private var lastFill: [ListingIndex: Timestamp] = [:]
  private var warnings: [(venue: VenueIndex, text: String)] = []

  /// - Parameters:
  ///   - opened: every venue of the run.
  ///   - left: what the journal says is left alone.
  public init(
    _ opened: [OpenedVenue], _ listings: [ListingDefinition], left: [ListingIndex: Int64] = [:]
  ) {
    self.opened = opened
    self.listings = listings
    self.left = left
    isDue = opened.map { $0.venue.credential != nil }
    isWaiting = isDue.contains(true)
  }

  private func contracts(of venue: VenueIndex) -> [ListingDefinition] {
    listings.filter { $0.listing.venue == venue && $0.listing.contractKind != .spot }
  }

  // MARK: Where a journal begins

  /// What stood before the first order: a record for each position.
  public mutating func begin() -> [PositionAdjustment] {
    var found: [PositionAdjustment] = []
    isWaiting = false
    for venue in opened.indices {
      isDue[venue] = false
      for entry in contracts(of: VenueIndex(venue)) {
        guard let told = opened[venue].position(of: entry), told.quantity != 0 else { continue }
        let adopts = adopts(told, entry, VenueIndex(venue))
        if !adopts { left[entry.listing.index] = told.quantity }
        warnings.append(
          (
            VenueIndex(venue),
            "a position of \(entry.listing.quantityText(told.quantity)) in \(entry.symbol) stands that "
              + "this run did not make; it is \(adopts ? "adopted" : "left alone")"
          ))
        found.append(adjustment(entry, told, before: 0, adopts ? .adopted : .left, venue))
      }
    }
    return found
  }

  /// Whether a position may be taken into the books; told where it was wanted and may not.
  private mutating func adopts(
    _ told: AccountPosition, _ entry: ListingDefinition, _ venue: VenueIndex
  ) -> Bool {
    guard opened[Int(venue)].venue.adoptsForeignPositions else { return false }
    if told.quantity == 0 || told.entryPrice > 0 { return true }
    warnings.append(
      (venue, "the venue tells no entry price of \(entry.symbol), so that it is not adopted"))
    return false
  }

  private func adjustment(
    _ entry: ListingDefinition, _ told: AccountPosition, before: Int64,
    _ policy: PositionAdjustment.Policy, _ venue: Int
  ) -> PositionAdjustment {
    PositionAdjustment(
      listing: entry.listing.index, policy: policy, quantityBefore: before,
      quantity: told.quantity, entryPrice: told.entryPrice,
      venueTime: opened[venue].accountAskedAt + opened[venue].clockOffset)
  }

  // MARK: Where one is carried on

  /// Sees what a venue told, behind the core.
  ///
  /// - Returns: the venue whose positions can be compared now; nil for none.
  public mutating func follow(_ report: VenueReport) -> VenueIndex? {
    guard Int(report.venue) < isDue.count, isDue[Int(report.venue)] else { return nil }
    switch report.kind {
    case .fill, .tradeBusted, .tradeCorrected:
      lastFill[report.listing] = max(lastFill[report.listing] ?? .min, report.venueTime)
      return nil
    case .snapshotEnd: return report.venue
    default: return nil
    }
  }

  /// What is to be booked of a venue's positions, once.
  public mutating func adjustments(
    at venue: VenueIndex, _ core: borrowing TradingCore
  ) -> [PositionAdjustment] {
    guard isDue[Int(venue)], core.isOpen(venue: venue) else { return [] }
    isDue[Int(venue)] = false
    isWaiting = isDue.contains(true)
    let place = opened[Int(venue)]
    let askedAt = place.accountAskedAt + place.clockOffset
    let hasUnknown = core.unknownOrderCount > 0
    var found: [PositionAdjustment] = []
    for entry in contracts(of: venue) {
      let index = entry.listing.index
      let told =
        place.position(of: entry)
        ?? AccountPosition(
          symbol: VenueText(entry.symbol), listing: index, quantity: 0)
      let ours = core.netPosition(index).quantity
      let isLeft = !place.venue.adoptsForeignPositions
      guard told.quantity != ours + (isLeft ? left[index] ?? 0 : 0) else { continue }
      let words =
        "the position in \(entry.symbol) is \(entry.listing.quantityText(told.quantity)) there and "
        + "\(entry.listing.quantityText(ours)) here"
      if isLeft {
        warnings.append((venue, "\(words); it is left alone"))
      } else if hasUnknown || (lastFill[index] ?? .min) >= askedAt - Self.margin {
        warnings.append(
          (venue, "\(words); own orders may be the cause, so that it is not adopted now"))
      } else if adopts(told, entry, venue) {
        warnings.append((venue, "\(words); it is adopted"))
        left[index] = nil
        found.append(adjustment(entry, told, before: ours, .adopted, Int(venue)))
      }
    }
    return found
  }

  /// What somebody should look at and was not told yet.
  public mutating func takeWarnings() -> [(venue: VenueIndex, text: String)] {
    defer { warnings.removeAll() }
    return warnings
  }
}

extension OpenedVenue {
  /// What the venue said of a contract; nil where it named none.
  func position(of entry: ListingDefinition) -> AccountPosition? {
    positions.first { "\($0.symbol)" == entry.symbol }
  }
}
