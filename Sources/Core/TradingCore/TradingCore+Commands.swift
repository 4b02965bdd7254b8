import Execution
import RiskEngine
import Strategies
import TradingModel

// What people and programs outside the core ask for.
extension TradingCore {
  mutating func obey(_ input: UnsafeRawPointer, _ outputs: inout RecordBuffer) {
    guard let command = Command(at: input) else { return }
    obeySwitches(input)
    let strategy = command.strategy == Command.any ? Self.house : command.strategy
    switch command.kind {
    case .submit:
      var intent = Intent(
        kind: .submit, strategy: strategy, listing: command.listing, side: command.side,
        type: command.type, timeInForce: command.timeInForce,
        instructions: command.instructions, instrument: command.instrument,
        price: command.price, quantity: command.quantity, token: command.token)
      if command.listing != Command.any {
        submit(intent, &outputs)
      } else if let like = (0..<listingCount.pointee).first(where: {
        listings[$0].instrument == command.instrument
      }) {
        intent.listing = ListingIndex(like)
        route(intent, &outputs)
      } else {
        _ = deny(intent, .capacity, &outputs)
      }
    case .modify:
      guard let order = orders.pointee.find(command.orderID) else {
        return tellUnknown(command, .requestReplace, &outputs)
      }
      modify(order, price: command.price, quantity: command.quantity, &outputs)
    case .cancel:
      guard let order = orders.pointee.find(command.orderID) else {
        return tellUnknown(command, .requestCancel, &outputs)
      }
      cancel(order, &outputs)
    case .cancelAll, .stopStrategy, .killSwitchOn, .killSwitchOff, .startStrategy: break
    }
  }

  private mutating func tellUnknown(
    _ command: Command, _ cause: OrderInput, _ outputs: inout RecordBuffer
  ) {
    alert(
      Alert(
        kind: .unknownOrder, cause: cause.rawValue, orderID: command.orderID,
        reference: command.token), &outputs)
  }

  /// The part of a command that is a fact: switches. Also done while recovering.
  mutating func obeySwitches(_ input: UnsafeRawPointer) {
    guard let command = Command(at: input) else { return }
    switch command.kind {
    case .cancelAll: sweep.add(strategy: command.strategy, listing: command.listing)
    case .killSwitchOn, .killSwitchOff:
      _ = try? risk.setState(command.kind == .killSwitchOn ? .halted : .active, for: .firm)
      refreshTradable()
    case .startStrategy, .stopStrategy:
      let starts = command.kind == .startStrategy
      for index in hosts.indices
      where command.strategy == Command.any || Int(command.strategy) == index {
        isRunning[index] = starts && hosts[index] != nil
        _ = try? risk.setState(
          starts ? .active : .halted, for: .strategy(StrategyIndex(index)))
      }
      if !starts { sweep.add(strategy: command.strategy, listing: command.listing) }
    default: break
    }
  }

  /// Sends the next cancels of a cancel-all.
  mutating func continueSweep(_ outputs: inout RecordBuffer) {
    guard sweep.isActive else { return }
    var left = capacity.sweepPerInput
    for strategy in 0..<capacity.strategies
    where sweep.strategy == Command.any || Int(sweep.strategy) == strategy {
      for listing in 0..<listingCount.pointee
      where sweep.listing == Command.any || Int(sweep.listing) == listing {
        var cursor = orders.pointee.first(
          strategy: StrategyIndex(strategy), listing: ListingIndex(listing))
        while let order = cursor {
          cursor = orders.pointee.next(after: order)
          if left == 0 || outputs.room < 4096 { return endSweepWhenDone() }
          if cancel(order, &outputs) { left -= 1 }
        }
      }
    }
    endSweepWhenDone()
  }

  /// Ends the sweep when nothing in its reach may still be asked to cancel.
  mutating func endSweepWhenDone() {
    guard sweep.isActive else { return }
    for strategy in 0..<capacity.strategies
    where sweep.strategy == Command.any || Int(sweep.strategy) == strategy {
      for listing in 0..<listingCount.pointee
      where sweep.listing == Command.any || Int(sweep.listing) == listing {
        var cursor = orders.pointee.first(
          strategy: StrategyIndex(strategy), listing: ListingIndex(listing))
        while let order = cursor {
          cursor = orders.pointee.next(after: order)
          if Self.mayCancel(order.pointee) { return }
        }
      }
    }
    sweep.isActive = false
  }

  static func mayCancel(_ order: borrowing Order) -> Bool {
    guard !order.row.isDone, order.row != .new, !order.hasPending(.cancel) else { return false }
    for index in 0..<Order.pendingCountMax where order.pending[index].kind == .none { return true }
    return false
  }
}
