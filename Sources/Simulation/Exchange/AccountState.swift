import TradingModel

/// All that belongs to one account.
final class AccountState {
  let index: AccountIndex
  let keys: [APIKey]
  var fees: FeeSchedule
  /// Fees of instruments that have their own.
  var instrumentFees: [InstrumentIndex: FeeSchedule] = [:]
  var positionMode: PositionMode
  /// By asset.
  var balances: [ExchangeBalance]
  /// Slots of all its orders, in order of entry, and of those that are open.
  var orders: [Int] = []
  var open: [Int] = []
  /// The newest order with each client order id.
  var clientOrderIDs: [String: Int] = [:]
  /// All its lists of orders, in order of entry, and the newest one with each client id.
  var lists: [OrderListID] = []
  var clientListIDs: [String: OrderListID] = [:]
  var fills: [ExchangeFill] = []
  var funding: [ExchangeFunding] = []
  /// By instrument, then side.
  var positions: [ExchangePosition]
  /// Whether a position was ever opened or set.
  var isPositionKnown: [Bool]

  init(
    index: AccountIndex, keys: [APIKey], fees: FeeSchedule, positionMode: PositionMode,
    leverage: Int, marginMode: MarginMode, assetCount: Int, instrumentCount: Int, time: Timestamp
  ) {
    self.index = index
    self.keys = keys
    self.fees = fees
    self.positionMode = positionMode
    balances = Array(repeating: ExchangeBalance(), count: assetCount)
    positions = (0..<instrumentCount * 3).map { place in
      ExchangePosition(
        account: index, instrument: InstrumentIndex(place / 3),
        side: PositionSide.allCases[place % 3], quantity: 0, cost: .zero, realized: .zero,
        funding: .zero, margin: .zero, addedMargin: .zero, leverage: leverage,
        marginMode: marginMode, updateTime: time)
    }
    isPositionKnown = Array(repeating: false, count: instrumentCount * 3)
  }

  /// The internal account is nobody's: it has what it needs.
  var isInternal: Bool { index == 0 }

  func fees(in instrument: InstrumentIndex) -> FeeSchedule {
    instrumentFees[instrument] ?? fees
  }

  func place(_ instrument: InstrumentIndex, _ side: PositionSide) -> Int {
    Int(instrument) * 3 + Int(side.rawValue)
  }

  func removeOpen(_ slot: Int) {
    var (low, high) = (0, open.count)
    while low < high {
      let middle = (low + high) / 2
      if open[middle] < slot { low = middle + 1 } else { high = middle }
    }
    precondition(low < open.count && open[low] == slot, "Invariant: an order ends once")
    open.remove(at: low)
  }
}
