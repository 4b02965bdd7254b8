import Exchange
import TradingModel

/// A price that an algo order waits for, and what comes then.
struct OKXTrigger: Equatable {
  /// In price units.
  var price: Int64
  var source: TriggerSource
  /// The limit of the order that comes; 0 for one at the market (-1 on the wire).
  var orderPrice: Int64

  /// `triggerPxType`.
  var sourceWord: String { source == .mark ? "mark" : "last" }
}

/// What an algo order was asked to do
/// (https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-post-place-algo-order).
struct OKXAlgoTerms {
  /// `trigger`, `conditional`, `oco` or `move_order_stop`.
  var orderType: String
  var instrument: InstrumentIndex
  var side: Side
  var positionSide = PositionSide.net
  var tradeMode = "cash"
  var isReduceOnly = false
  var tag = ""
  /// In quantity units; 0 where the whole position is closed (`closeFraction` 1), or as much as is filled of
  /// the order that it is attached to.
  var quantity: Int64 = 0
  var closesPosition = false
  /// Of `trigger`.
  var trigger: OKXTrigger?
  /// Of `conditional` (one of the two) and `oco` (both).
  var takeProfit: OKXTrigger?
  var stopLoss: OKXTrigger?
  /// Of `move_order_stop`: parts of a hundred millionth, as text, and the price that activates it.
  var callbackRate = Rate.zero
  var callbackRatio = ""
  var activation: Int64 = 0
}

/// An algo order: one or two orders of the exchange wait for it, under numbers of their own.
struct OKXAlgo {
  /// `state`; one that is attached is none yet.
  enum State: String {
    case attached = ""
    case live
    case effective
    case canceled
    case failed = "order_failed"
  }

  var id: OrderID
  var account: AccountIndex
  /// `algoClOrdId`.
  var clientID = ""
  var terms: OKXAlgoTerms
  /// At the exchange: the take-profit before the stop-loss.
  var legs: [OrderID] = []
  var state = State.live
  /// The order that it has become; nil while it waits.
  var triggered: OrderID?
  /// The last price when it was placed.
  var lastPrice: Int64
  var createTime: Timestamp
  var updateTime: Timestamp
  var triggerTime: Timestamp = 0
  /// Why it could not become an order.
  var failCode = ""
  /// Whether it was told as one that waits.
  var isAnnounced = false
  /// Its orders are being exchanged for others: their ends are not its own.
  var isAmending = false
  /// Of one that came with an order: what names it there (`attachAlgoId`).
  var attachID: String?

  /// What its orders at the exchange are to be, in the order of `legs`.
  func requests(clientID: String) -> [OrderRequest] {
    var made: [OrderRequest]
    if terms.orderType == "move_order_stop" {
      made = [request(.trailingStop)]
      made[0].callbackRate = terms.callbackRate
      made[0].triggerPrice = terms.activation
    } else {
      let triggers: [(trigger: OKXTrigger?, isTakeProfit: Bool)] = [
        (terms.takeProfit, true), (terms.stopLoss, false), (terms.trigger, isBelow),
      ]
      made = triggers.compactMap { entry in
        guard let trigger = entry.trigger else { return nil }
        let hasLimit = trigger.orderPrice != 0
        var made = request(
          entry.isTakeProfit
            ? (hasLimit ? .takeProfitLimit : .takeProfit) : (hasLimit ? .stopLossLimit : .stopLoss))
        made.triggerPrice = trigger.price
        made.triggerSource = trigger.source
        made.price = trigger.orderPrice
        return made
      }
    }
    if !clientID.isEmpty, !made.isEmpty { made[0].clientOrderID = Self.exchangeName(clientID) }
    return made
  }

  /// Whether a trigger's price lies where a take-profit's would: a buy's below the price, a sell's above.
  private var isBelow: Bool {
    guard let trigger = terms.trigger else { return false }
    return terms.side == .buy ? trigger.price < lastPrice : trigger.price > lastPrice
  }

  private func request(_ kind: OrderKind) -> OrderRequest {
    var request = OrderRequest(kind, terms.side, terms.instrument, quantity: terms.quantity)
    request.positionSide = terms.positionSide
    request.isReduceOnly = terms.isReduceOnly && terms.positionSide == .net
    request.closesPosition = terms.closesPosition
    request.selfTradePrevention = .cancelOldest
    return request
  }

  /// What the exchange calls an algo order's first order: the venue keeps the names of algo orders apart from
  /// those of orders, which have no `*`.
  static func exchangeName(_ clientID: String) -> String { "*" + clientID }
}
