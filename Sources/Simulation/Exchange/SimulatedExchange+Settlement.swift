import TradingModel

/// A trade that is being settled.
struct SettledTrade {
  let id: TradeID
  let price: Int64
  let quantity: Int64
  let value: Money
  let market: InstrumentMarket
}

// Who gets what from a trade.
extension SimulatedExchange {
  /// Settles one side of a trade. Owner 0 is the internal account.
  func settle(
    _ orderID: OrderID, _ owner: UInt32, _ side: Side, _ trade: SettledTrade, _ liquidity: Liquidity
  ) {
    guard owner != 0 else {
      if trade.market.isContract {
        let realized = move(0, .net, side, trade)
        change(
          0, [BalanceChange(trade.market.listing.settlement, free: realized)], .fill)
      } else {
        change(0, exchanged(side, trade), .fill)
      }
      return
    }
    guard let slot = slots[orderID] else {
      preconditionFailure("Invariant: orders with an owner are known")
    }
    beginExecution(slot)
    let account = orders[slot].account
    let positionSide = orders[slot].request.positionSide
    var changes: [BalanceChange] = []
    var realized = Money.zero
    var heldBefore: Int64 = 0
    let state = accounts[account]
    let place = state.place(trade.market.index, positionSide)
    if trade.market.isContract {
      heldBefore = state.positions[place].quantity
      let marginBefore = state.positions[place].margin
      realized = move(account, positionSide, side, trade)
      let grown = state.positions[place].margin - marginBefore
      changes.append(
        BalanceChange(trade.market.listing.settlement, free: realized - grown, locked: grown))
    } else {
      changes = exchanged(side, trade)
    }
    let (fee, feeAsset) = fee(account, side, trade, liquidity)
    changes.append(BalanceChange(feeAsset, free: -fee))
    feesCollected[Int(feeAsset)] += fee
    let fill = note(slot, trade, liquidity, fee, feeAsset, realized)
    changes.append(unlocked(slot, side, trade))
    tell(orders[slot].state == .filled ? .filled : .partiallyFilled, slot, fill: fill)
    change(account, changes, .fill)
    if trade.market.isContract {
      events.append(.position(state.positions[place]))
      if heldBefore.signum() != state.positions[place].quantity.signum() {
        endClosingOrders(account, positionSide, held: heldBefore, trade.market)
      }
    }
    if orders[slot].state == .filled { takeFillOfListed(slot) }
  }

  /// A position of `held` is closed or turned over: what waited to close it ends.
  private func endClosingOrders(
    _ account: AccountIndex, _ positionSide: PositionSide, held: Int64, _ market: InstrumentMarket
  ) {
    guard held != 0, settings.rules.closingOrdersEndWithPosition else { return }
    for slot in accounts[account].open {
      let order = orders[slot]
      guard order.request.closesPosition, order.state == .waiting, order.instrument == market.index,
        order.request.positionSide == positionSide, (order.side == .sell) == (held > 0)
      else { continue }
      market.waiting.removeAll { $0 == slot }
      end(slot, .expired, .positionClosed)
    }
  }

  /// What a spot trade brings and takes.
  private func exchanged(_ side: Side, _ trade: SettledTrade) -> [BalanceChange] {
    let listing = trade.market.listing
    guard let size = listing.size(quantity: trade.quantity) else {
      preconditionFailure("Invariant: the sizes of orders that were accepted fit")
    }
    return side == .buy
      ? [BalanceChange(listing.quote, free: -trade.value), BalanceChange(listing.base, free: size)]
      : [BalanceChange(listing.base, free: -size), BalanceChange(listing.quote, free: trade.value)]
  }

  /// Writes a fill into its order and the account's history.
  private func note(
    _ slot: Int, _ trade: SettledTrade, _ liquidity: Liquidity, _ fee: Money,
    _ feeAsset: CurrencyIndex,
    _ realized: Money
  ) -> ExchangeFill {
    orders[slot].filled += trade.quantity
    orders[slot].filledValue += trade.value
    // Fees of one order may come in two assets, when the token ran out.
    orders[slot].fees = orders[slot].feeAsset == feeAsset ? orders[slot].fees + fee : fee
    orders[slot].feeAsset = feeAsset
    orders[slot].fillCount += 1
    orders[slot].updateTime = time
    let order = orders[slot]
    let fill = ExchangeFill(
      tradeID: trade.id, orderID: order.id, clientOrderID: order.clientOrderID,
      account: order.account, instrument: order.instrument, side: order.side,
      positionSide: order.request.positionSide, liquidity: liquidity, price: trade.price,
      quantity: trade.quantity, value: trade.value, fee: fee, feeAsset: feeAsset,
      realized: realized, time: time)
    accounts[order.account].fills.append(fill)
    if order.filled == order.quantity {
      orders[slot].state = .filled
      close(slot)
    }
    return fill
  }

  /// What the fill frees of the order's lock, as a change of the balance; the order's `locked` is as
  /// after it.
  private func unlocked(_ slot: Int, _ side: Side, _ trade: SettledTrade) -> BalanceChange {
    let order = orders[slot]
    var lock = Money.zero
    if order.state.isOpen {
      if order.isInPassing {
        // What the trade took of the provision; the rest is freed at the end.
        var used = trade.value
        if trade.market.isContract {
          used = order.isReducing ? .zero : margin(of: trade.value, leverage: leverage(of: order))
        } else if side == .sell {
          used = trade.market.listing.size(quantity: trade.quantity) ?? .zero
        } else {
          used = withFee(trade.value, order.lockFee)
        }
        lock = max(.zero, order.locked - used)
      } else {
        lock = requiredLock(order) ?? .zero
      }
    }
    orders[slot].locked = lock
    let freed = order.locked - lock
    return BalanceChange(order.lockAsset, free: freed, locked: -freed)
  }

  // MARK: Fees

  /// The fee of a fill and its asset.
  private func fee(
    _ account: AccountIndex, _ side: Side, _ trade: SettledTrade, _ liquidity: Liquidity
  )
    -> (Money, CurrencyIndex)
  {
    let listing = trade.market.listing
    let fees = accounts[account].fees(in: trade.market.index)
    let rate = liquidity == .maker ? fees.maker : fees.taker
    if trade.market.isContract {
      return (cut(rate.share(of: trade.value), listing.settlement), listing.settlement)
    }
    if fees.asset == .token, rate.parts > 0, let token = settings.rules.feeToken,
      let amount = tokenFee(rate, trade, token),
      accounts[account].balances[Int(token)].free >= amount
    {
      return (amount, token)
    }
    if fees.asset == .quote || side == .sell {
      return (cut(rate.share(of: trade.value), listing.quote), listing.quote)
    }
    let size = listing.size(quantity: trade.quantity) ?? .zero
    return (cut(rate.share(of: size), listing.base), listing.base)
  }

  /// The fee in the token, at the last price of token and quote; nil when there is none.
  private func tokenFee(_ rate: Rate, _ trade: SettledTrade, _ token: CurrencyIndex) -> Money? {
    let quote = trade.market.listing.quote
    let fee = settings.rules.feeTokenShare.share(of: rate.share(of: trade.value))
    if token == quote { return cut(fee, token) }
    guard
      let market = markets.first(where: {
        !$0.isContract && $0.listing.base == token && $0.listing.quote == quote
      })
    else { return nil }
    let scale = Int128(powerOfTen(Int(market.listing.priceDecimals)))
    return cut(
      Money(amount: divideProduct(fee.amount, scale, by: Int128(market.lastPrice))), token)
  }

  /// `amount` to the asset's decimals, towards zero.
  private func cut(_ amount: Money, _ asset: CurrencyIndex) -> Money {
    let unit = powerOfTen128(Money.decimals - settings.assets[Int(asset)].decimals)
    return Money(amount: amount.amount / unit * unit)
  }

  // MARK: Positions

  /// Moves a position by a trade: the profit and loss it realises. Its margin is as after it.
  private func move(
    _ account: AccountIndex, _ positionSide: PositionSide, _ side: Side, _ trade: SettledTrade
  ) -> Money {
    let state = accounts[account]
    let place = state.place(trade.market.index, positionSide)
    state.isPositionKnown[place] = true
    var position = state.positions[place]
    // What the trade adds to the cost: of an inverse contract value is what is received.
    let isInverse = trade.market.listing.contractKind == .inverse
    let paid = (side == .buy) == isInverse ? -trade.value : trade.value
    let signed = side == .buy ? trade.quantity : -trade.quantity
    let held = position.quantity
    var realized = Money.zero
    if held == 0 || (held > 0) == (signed > 0) {
      position.cost += paid
    } else {
      let closing = min(abs(held), trade.quantity)
      let share = part(position.cost, closing, of: abs(held))
      let closingPaid = part(paid, closing, of: trade.quantity)
      realized = -(share + closingPaid)
      position.cost = position.cost - share + (paid - closingPaid)
    }
    position.quantity = held + signed
    position.realized += realized
    position.updateTime = time
    if position.quantity == 0 { position.addedMargin = .zero }
    position.margin =
      state.isInternal
      ? .zero
      : margin(of: position.cost, leverage: position.leverage) + position.addedMargin
    state.positions[place] = position
    return realized
  }

  /// `amount` x `numerator` / `denominator`, rounded half to even; exactly `amount` for the whole.
  func part(_ amount: Money, _ numerator: Int64, of denominator: Int64) -> Money {
    if numerator == denominator { return amount }
    let size = amount.magnitude.amount
    let product = UInt128(size).multipliedFullWidth(by: UInt128(numerator))
    let (quotient, rest) = UInt128(denominator).dividingFullWidth((product.high, product.low))
    var whole = Int128(quotient)
    let twice = rest * 2
    if twice > UInt128(denominator) || (twice == UInt128(denominator) && whole & 1 == 1) {
      whole += 1
    }
    return Money(amount: amount.amount < 0 ? -whole : whole)
  }
}
