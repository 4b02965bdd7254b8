import TradingModel

// Balances and fees.
extension SimulatedExchange {
  /// How many accounts there are, with the internal one at index 0.
  public var accountCount: Int { accounts.count }

  /// An account's fees.
  public func fees(of account: AccountIndex) -> FeeSchedule { accounts[account].fees }

  /// An account's fees in an instrument: its own there, or those of all others.
  public func fees(of account: AccountIndex, in instrument: InstrumentIndex) -> FeeSchedule {
    accounts[account].fees(in: instrument)
  }

  /// Sets the fees of fills from now on, of one instrument or of all that have none of their own: a venue
  /// with spot and contracts in one account has other rates for each.
  public func setFees(
    of account: AccountIndex, _ fees: FeeSchedule, in instrument: InstrumentIndex? = nil
  ) {
    if let instrument {
      accounts[account].instrumentFees[instrument] = fees
    } else {
      accounts[account].fees = fees
    }
  }

  /// Brings `amount` in from outside.
  public func deposit(_ amount: Money, of asset: CurrencyIndex, to account: AccountIndex)
    -> Refusal?
  {
    guard knows(account) else { return .unknownAccount }
    guard Int(asset) < settings.assets.count else { return .unknownAsset }
    guard amount > .zero, amount.amount < Int128.max / 1_000_000 else { return .invalidAmount }
    deposited[Int(asset)] += amount
    change(account, [BalanceChange(asset, free: amount)], .deposit)
    return nil
  }

  /// Takes `amount` of what is free out.
  public func withdraw(_ amount: Money, of asset: CurrencyIndex, from account: AccountIndex)
    -> Refusal?
  {
    guard knows(account) else { return .unknownAccount }
    guard Int(asset) < settings.assets.count else { return .unknownAsset }
    guard amount > .zero else { return .invalidAmount }
    guard balance(of: account, asset).free >= amount else { return .insufficientBalance }
    deposited[Int(asset)] -= amount
    change(account, [BalanceChange(asset, free: -amount)], .withdrawal)
    return nil
  }

  /// What an account has of an asset.
  public func balance(of account: AccountIndex, _ asset: CurrencyIndex) -> ExchangeBalance {
    accounts[account].balances[Int(asset)]
  }

  /// By asset, all assets.
  public func balances(of account: AccountIndex) -> [ExchangeBalance] { accounts[account].balances }

  /// Changes balances, and tells each that changed once, in order of first mention.
  func change(_ account: AccountIndex, _ changes: [BalanceChange], _ cause: BalanceCause) {
    let state = accounts[account]
    var merged: [BalanceChange] = []
    for change in changes {
      if let place = merged.firstIndex(where: { $0.asset == change.asset }) {
        merged[place].free += change.free
        merged[place].locked += change.locked
      } else {
        merged.append(change)
      }
    }
    for change in merged where change.free != .zero || change.locked != .zero {
      let place = Int(change.asset)
      state.balances[place].free += change.free
      state.balances[place].locked += change.locked
      if state.isInternal { continue }
      events.append(
        .balance(
          BalanceEvent(
            account: account, asset: change.asset, time: time, cause: cause,
            change: change.free + change.locked, balance: state.balances[place])))
    }
  }
}

/// What is added to a balance.
struct BalanceChange {
  let asset: CurrencyIndex
  var free: Money
  var locked: Money

  init(_ asset: CurrencyIndex, free: Money = .zero, locked: Money = .zero) {
    self.asset = asset
    self.free = free
    self.locked = locked
  }
}
