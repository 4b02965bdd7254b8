import Engine
import Journal
import Portfolio
import TradingCore
import TradingModel
import Venues

/// What a run came to: the object that `--json` prints. Its keys are kept from version to version.
struct RunResult {
  struct Latency {
    var p50: UInt64 = 0
    var p99: UInt64 = 0
    var p999: UInt64 = 0
    var max: UInt64 = 0
  }

  struct HeldPosition {
    var venue: String
    var instrument: String
    var quantity: String
    var averagePrice: String
  }

  /// What the books say an account has.
  struct HeldBalance {
    var venue: String
    var currency: String
    var total: Money
  }

  struct ProfitAndLoss {
    var currency: String
    var realized = Money.zero
    var unrealized = Money.zero
    var fees = Money.zero
    /// Received; negative is paid.
    var funding = Money.zero
    var total: Money { realized + unrealized - fees + funding }
  }

  var mode: String
  var seed: UInt64
  var duration: Int64
  var counts: CoreCounts
  var unknownOrders: Int
  /// Orders that stand as far as is known.
  var openOrders: Int
  /// One for each settlement currency; the first is the run's own.
  var profits: [ProfitAndLoss]
  var positions: [HeldPosition]
  /// Of accounts whose balances are known.
  var balances: [HeldBalance] = []
  var latency = Latency()
  var journalDirectory = ""
  var journalRecords: UInt64 = 0
  var journalBytes: UInt64 = 0
  var stateHash: UInt64
  var outputHash: UInt64
  /// Where the venues' accounts are not as the run booked them.
  var differences: [String] = []
  /// Captures that are cut off; nil for a run that reads none.
  var truncations: [CaptureTruncation]?
  /// How live venues did; empty where there are none.
  var venues: [VenueStatus] = []
  /// What the run's client order ids begin with; empty where no venue is told any.
  var clientOrderIDPrefix = ""

  /// Reads the result off a core.
  init(
    mode: RunMode, core: borrowing TradingCore, definitions: RunDefinitions, duration: Int64,
    stateHash: UInt64
  ) {
    self.mode = "\(mode)"
    seed = core.seed
    self.duration = duration
    counts = core.counts
    unknownOrders = core.unknownOrderCount
    openOrders = core.openOrderCount
    self.stateHash = stateHash
    outputHash = core.outputHash.value
    positions = []
    profits = []
    for definition in definitions.listings {
      let listing = definition.listing
      let position = core.position(listing: listing.index)
      if position.fillCount == 0, position.quantity == 0, position.funding == .zero { continue }
      // Of a contract the price is the account's, as the venue tells it.
      let held =
        listing.contractKind == .spot ? position.net : core.netPosition(listing.index)
      positions.append(
        HeldPosition(
          venue: definitions.venues[Int(listing.venue)], instrument: definition.symbol,
          quantity: listing.quantityText(position.quantity),
          averagePrice: position.quantity == 0
            ? "0" : held.averagePrice(listing: listing)?.description ?? "0"))
      add(position, core.mark(listing.index), listing, definitions)
    }
    for (venue, name) in definitions.venues.enumerated() {
      for (currency, code) in definitions.currencies.enumerated() {
        let balance = core.balance(venue: VenueIndex(venue), currency: CurrencyIndex(currency))
        if balance.isKnown {
          balances.append(HeldBalance(venue: name, currency: code, total: balance.total))
        }
      }
    }
    if profits.isEmpty, let first = definitions.listings.first {
      profits.append(
        ProfitAndLoss(currency: definitions.currencies[Int(first.listing.settlement)]))
    }
  }

  private mutating func add(
    _ position: Position, _ mark: Int64?, _ listing: Listing, _ definitions: RunDefinitions
  ) {
    let currency = definitions.currencies[Int(listing.settlement)]
    var index = profits.firstIndex { $0.currency == currency }
    if index == nil {
      profits.append(ProfitAndLoss(currency: currency))
      index = profits.count - 1
    }
    guard let index else { return }
    profits[index].realized += position.realised
    profits[index].fees += position.fees
    profits[index].funding += position.funding
    if let mark, let open = position.unrealised(mark: mark, listing: listing) {
      profits[index].unrealized += open
    }
  }

  mutating func take(_ summary: JournalSummary?, directory: String) {
    guard let summary else { return }
    journalDirectory = directory
    journalRecords = summary.records
    journalBytes = summary.bytes
  }

  /// Filled orders per order accepted, to two decimals, rounded down.
  var fillRatio: String {
    let filled = counts.filled
    guard counts.accepted > 0 else { return "0.00" }
    let hundredths = filled * 100 / counts.accepted
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

/// A 64-bit hash as 16 hexadecimal digits.
func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
