import Exchange
import TradingModel

// What happens to the orders that wait for algo orders.
extension OKXCore {
  /// Takes over what an event means for the algo order that an order belongs to.
  ///
  /// - Returns: whether the order is one of the venue's by now.
  func takeOfAlgo(_ event: ExchangeOrderEvent) -> Bool {
    let order = event.order
    guard let id = notes[order.id]?.algoID, let algo = algos[id] else { return true }
    if event.fill == nil { change(algo, event) }
    // What waits, or ended while it waited, is no order yet.
    return !isWaiting(order)
  }

  private func change(_ algo: OKXAlgo, _ event: ExchangeOrderEvent) {
    let isFirst = algo.legs.first == event.order.id
    switch event.kind {
    case .accepted where algo.state == .live:
      guard isFirst, !algo.isAnnounced else { return }
      algos[algo.id]?.isAnnounced = true
      publishAlgo(algo.id)
    case .activated where isFirst:
      algos[algo.id]?.state = .live
      algos[algo.id]?.isAnnounced = true
      algos[algo.id]?.createTime = event.time
      algos[algo.id]?.updateTime = event.time
      algos[algo.id]?.terms.quantity = event.order.quantity
      algos[algo.id]?.lastPrice = exchange.lastPrice(of: event.order.instrument)
      publishAlgo(algo.id)
    case .triggered:
      algos[algo.id]?.state = .effective
      algos[algo.id]?.triggered = event.order.id
      algos[algo.id]?.triggerTime = event.time
      algos[algo.id]?.updateTime = event.time
      publishAlgo(algo.id)
    case .canceled, .expired: end(algo, event)
    default: break
    }
  }

  private func end(_ algo: OKXAlgo, _ event: ExchangeOrderEvent) {
    if algo.isAmending { return }
    switch event.order.endReason {
    case .otherExecuted: return
    case .refusedAtActivation:
      // It never came to be; the order that it was attached to says why.
      if algo.state == .attached { algos[algo.id]?.failCode = failCode(event.order.refusal) }
      return
    case .insufficientBalance, .refusedAtTrigger:
      algos[algo.id]?.state = .failed
      algos[algo.id]?.failCode =
        event.order.endReason == .insufficientBalance ? "51008" : failCode(event.order.refusal)
    case .reduceOnly, .positionClosed:
      // A limit that came to the book was effective, whatever ends it there.
      guard algo.state == .live || event.order.workingTime == 0 && event.order.filled == 0 else {
        return
      }
      algos[algo.id]?.state = .failed
      algos[algo.id]?.failCode = "51169"
    default:
      // The other order of the two, and what the order that it has become is told by itself.
      guard algo.state == .live else { return }
      algos[algo.id]?.state = .canceled
    }
    algos[algo.id]?.updateTime = event.time
    publishAlgo(algo.id)
  }

  private func failCode(_ refusal: Refusal?) -> String {
    switch refusal {
    case .insufficientBalance: "51008"
    case .reduceOnlyRejected, .noPosition: "51169"
    default: "51000"
    }
  }
}
