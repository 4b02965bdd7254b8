import MatchingEngine
import TradingModel

// What can be proved about an exchange, and compared with others.
extension SimulatedExchange {
  /// A number that is equal for equal histories: of the whole state, books included.
  public func stateHash() -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ value: UInt64) {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        hash = (hash ^ (value >> shift & 0xFF)) &* 0x100_0000_01B3
      }
    }
    for byte in dump().utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for market in markets {
      mix(market.book.stateHash())
      mix(market.updateID)
      mix(market.nextTradeID)
      mix(UInt64(bitPattern: market.lastPrice))
      mix(UInt64(bitPattern: market.markPrice))
      mix(UInt64(market.traders?.liveIDs.count ?? 0))
      mix(UInt64(bitPattern: market.traders?.nextTime ?? 0))
    }
    mix(nextOrderID)
    mix(UInt64(bitPattern: time))
    return hash
  }

  /// Balances, positions, orders, lists of orders, fills and funding of all accounts in one canonical text, a line each:
  /// amounts in whole units, prices and quantities as texts of the instrument, times in nanoseconds.
  public func dump() -> String {
    var lines: [String] = []
    for state in accounts {
      lines.append("account \(state.index) \(state.positionMode)")
      for (place, balance) in state.balances.enumerated() where balance != ExchangeBalance() {
        lines.append(
          "balance \(state.index) \(settings.assets[place].name) free \(balance.free) locked \(balance.locked)"
        )
      }
      for place in state.positions.indices where state.isPositionKnown[place] {
        lines.append(line(state.positions[place]))
      }
      for slot in state.orders { lines.append(line(orders[slot])) }
      for id in state.lists { lines.append(line(lists[place(of: id)])) }
      for fill in state.fills { lines.append(line(fill)) }
      for payment in state.funding {
        lines.append(
          "funding \(state.index) \(symbol(payment.instrument)) \(payment.positionSide) \(payment.amount) rate \(payment.rate.parts) time \(payment.time)"
        )
      }
    }
    for (place, fees) in feesCollected.enumerated() where fees != .zero {
      lines.append("fees \(settings.assets[place].name) \(fees)")
    }
    return lines.joined(separator: "\n")
  }

  private func symbol(_ instrument: InstrumentIndex) -> String {
    market(instrument).instrument.symbol
  }

  private func line(_ position: ExchangePosition) -> String {
    let listing = market(position.instrument).listing
    return
      "position \(position.account) \(symbol(position.instrument)) \(position.side) \(listing.quantityText(position.quantity)) cost \(position.cost) realized \(position.realized) funding \(position.funding) margin \(position.margin) leverage \(position.leverage) \(position.marginMode)"
  }

  private func line(_ order: ExchangeOrder) -> String {
    let listing = market(order.instrument).listing
    return
      "order \(order.account) \(order.id) \"\(order.clientOrderID)\" \(symbol(order.instrument)) \(order.request.kind) \(order.side) price \(listing.priceText(order.request.price)) trigger \(listing.priceText(order.request.triggerPrice)) quantity \(listing.quantityText(order.quantity)) filled \(listing.quantityText(order.filled)) value \(order.filledValue) fees \(order.fees) \(order.state) \(order.endReason) locked \(order.locked) created \(order.createTime) updated \(order.updateTime)"
  }

  private func line(_ fill: ExchangeFill) -> String {
    let listing = market(fill.instrument).listing
    return
      "fill \(fill.account) \(fill.orderID) trade \(fill.tradeID) \(symbol(fill.instrument)) \(fill.side) \(fill.liquidity) \(listing.priceText(fill.price)) x \(listing.quantityText(fill.quantity)) fee \(fill.fee) \(settings.assets[Int(fill.feeAsset)].name) realized \(fill.realized) time \(fill.time)"
  }

  // MARK: Invariants

  /// What is wrong in this exchange, a sentence each; empty when nothing is. O(all orders).
  public func brokenInvariants() -> [String] {
    var broken = unplanned.map { "order \($0) did not find what was planned" }
    for asset in settings.assets.indices { checkSum(asset, &broken) }
    for state in accounts.dropFirst() { checkLocks(state, &broken) }
    for market in markets {
      if market.isContract { checkPositions(market, &broken) }
      checkOrders(market, &broken)
    }
    checkLists(&broken)
    return broken
  }

  /// What all have, with the fees, is what was brought in, and what open positions cost their sides more
  /// or less.
  private func checkSum(_ asset: Int, _ broken: inout [String]) {
    var sum = feesCollected[asset] - deposited[asset]
    for state in accounts {
      sum += state.balances[asset].total
      for position in state.positions
      where Int(market(position.instrument).listing.settlement) == asset {
        sum -= position.cost
      }
    }
    if sum != .zero { broken.append("\(settings.assets[asset].name): \(sum) came from nowhere") }
  }

  private func checkLocks(_ state: AccountState, _ broken: inout [String]) {
    var needed = Array(repeating: Money.zero, count: settings.assets.count)
    for slot in state.open {
      let order = orders[slot]
      let lock = lockShare(slot) ?? .zero
      if !order.state.isOpen { broken.append("order \(order.id) has ended and is listed as open") }
      if order.isInPassing { broken.append("order \(order.id) has no limit and rests") }
      if order.locked != lock {
        broken.append("order \(order.id) holds \(order.locked) and needs \(lock)")
      }
      needed[Int(order.lockAsset)] += lock
    }
    for position in state.positions {
      needed[Int(market(position.instrument).listing.settlement)] += position.margin
    }
    for (asset, balance) in state.balances.enumerated() {
      let name = settings.assets[asset].name
      if balance.locked != needed[asset] {
        broken.append(
          "account \(state.index) has \(balance.locked) \(name) locked and needs \(needed[asset])")
      }
      let isSettlement = markets.contains {
        $0.isContract && Int($0.listing.settlement) == asset
      }
      if balance.free < .zero && !isSettlement {
        broken.append("account \(state.index) has \(balance.free) \(name) free")
      }
    }
  }

  private func checkPositions(_ market: InstrumentMarket, _ broken: inout [String]) {
    var sum: Int128 = 0
    for state in accounts {
      for side in PositionSide.allCases {
        let position = state.positions[state.place(market.index, side)]
        sum += Int128(position.quantity)
        let cost = market.listing.contractKind == .inverse ? -position.cost : position.cost
        if position.quantity.signum() != Int64(cost.amount.signum()) {
          broken.append(
            "account \(state.index) holds \(position.quantity) \(market.instrument.symbol) at \(cost)"
          )
        }
        if side != .net && position.quantity != 0 && (position.quantity > 0) != (side == .long) {
          broken.append("account \(state.index)'s \(side) position is \(position.quantity)")
        }
      }
    }
    if sum != 0 { broken.append("positions in \(market.instrument.symbol) sum to \(sum)") }
  }

  /// The book knows what the orders say, and the other way round.
  private func checkOrders(_ market: InstrumentMarket, _ broken: inout [String]) {
    for (slot, order) in orders.enumerated() where order.instrument == market.index {
      let resting = market.book.order(order.id)
      if order.isWorking != (resting != nil) {
        broken.append("order \(order.id) is \(order.state), its book says otherwise")
      }
      if let resting,
        resting.leaves != order.leaves
          || resting.price * market.listing.tick != order.request.price
      {
        broken.append("order \(order.id) has \(order.leaves) left, its book \(resting.leaves)")
      }
      if (order.state == .waiting) != market.waiting.contains(slot) {
        broken.append(
          "order \(order.id) is \(order.state), the list of waiting ones says otherwise")
      }
      if order.request.closesPosition && order.state == .waiting
        && settings.rules.closingOrdersEndWithPosition && closableQuantity(order) == 0
      {
        broken.append("order \(order.id) waits to close a position that there is not")
      }
    }
    // A halted book keeps what cannot be canceled; nothing is entered or triggered while it does not trade.
    if market.isTraded && !(market.doomed.isEmpty && market.activating.isEmpty) {
      broken.append("lists of \(market.instrument.symbol) were not carried on")
    }
    if !market.fired.isEmpty {
      broken.append("triggered orders of \(market.instrument.symbol) did not act")
    }
  }
}
