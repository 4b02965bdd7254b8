import RiskEngine
import TradingModel

extension SignalAnswer {
  /// What became of the signal, for people.
  var explanation: String {
    switch outcome {
    case .ordered: orderID == 0 ? "ordered" : "order \(orderID)"
    case .nothingToDo: "nothing to do"
    case .duplicate: "refused, its id came before"
    case .tooOld: "refused, too old"
    case .confidenceTooLow: "refused, confidence too low"
    case .stopOnWrongSide: "refused, stop-loss on the wrong side of the market"
    case .takeProfitOnWrongSide: "refused, take-profit on the wrong side of the market"
    case .quantityInvalid: "refused, quantity not on the lot grid"
    case .unknownListing: "refused, the strategy does not trade this listing"
    case .noMarket: "refused, no usable market"
    case .refused: "refused by risk: \(RiskRefusal(rawValue: refusal)?.description ?? "no reason")"
    case .unknownStrategy: "refused, no such strategy is running"
    case .fromTheFuture: "refused, from the future"
    case .positionOpen: "refused, the position would be too large"
    case .priceInvalid: "refused, price not on the tick grid"
    }
  }
}
