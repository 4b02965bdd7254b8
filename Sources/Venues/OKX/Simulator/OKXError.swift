import Exchange
import VenueServer

/// Why the venue refuses, in its own codes and words
/// (https://www.okx.com/docs-v5/en/#error-code).
struct OKXError: Error, Equatable {
  var code: String
  var message: String
  /// Of the HTTP response.
  var status = 200
  /// Seconds, where the venue tells them.
  var retryAfter: Int?

  init(_ code: String, _ message: String, status: Int = 200) {
    self.code = code
    self.message = message
    self.status = status
  }

  /// The envelope of a response that carries nothing else.
  var json: JSONValue {
    // What the gateway itself refuses has no data.
    status == 401
      ? ["msg": .string(message), "code": .string(code)]
      : ["code": .string(code), "data": [], "msg": .string(message)]
  }
}

// General and log-in errors of REST.
extension OKXError {
  static let emptyBody = OKXError("50000", "Body for POST request cannot be empty.", status: 400)
  static let unavailable = OKXError(
    "50001", "Service temporarily unavailable. Try again later.", status: 503)
  static let badJSON = OKXError("50002", "JSON syntax error", status: 400)
  static let timedOut = OKXError(
    "50004",
    "API endpoint request timeout. (does not mean that the request was successful or "
      + "failed, please check the request result.)", status: 400)
  static let badContentType = OKXError(
    "50006", #"Invalid Content-Type. Use "application/json"."#, status: 400)
  static let tooManyRequests = OKXError("50011", "Too Many Requests", status: 429)
  static let serverFault = OKXError("50026", "System error. Try again later.", status: 500)
  static let invalidExpireTime = OKXError("50036", "Invalid expTime.", status: 400)
  static let tooManyOrders = OKXError(
    "50061", "You've reached the maximum order rate limit for this account.")
  static let expiredTimestamp = OKXError("50102", "Timestamp request expired", status: 401)
  static let wrongPassphrase = OKXError(
    "50105", #"Request header "OK-ACCESS-PASSPHRASE" incorrect."#, status: 401)
  static let unknownKey = OKXError("50111", "Invalid OK-ACCESS-KEY", status: 401)
  static let badTimestamp = OKXError("50112", "Invalid OK-ACCESS-TIMESTAMP", status: 401)
  static let badSignature = OKXError("50113", "Invalid Sign", status: 401)
  static let badMethod = OKXError("50115", "Invalid request method", status: 405)
  static let noPermission = OKXError(
    "50120", "This API key doesn't have permission to use this function", status: 401)

  static func emptyHeader(_ code: String, _ name: String) -> OKXError {
    OKXError(code, #"Request header "\#(name)" can not be empty."#, status: 401)
  }
  static func empty(_ name: String) -> OKXError {
    OKXError("50014", "Parameter \(name) cannot be empty.", status: 400)
  }
  static func either(_ name: String, or other: String) -> OKXError {
    OKXError("50015", "Either parameter \(name) or \(other) is required.", status: 400)
  }
  static func parameter(_ name: String) -> OKXError {
    OKXError("51000", "Parameter \(name) error", status: 400)
  }

  /// What faults make of a request.
  init(_ failure: ServerFailure) {
    switch failure {
    case .serverError(let status, let isCarriedOut):
      self = isCarriedOut ? .timedOut : .serverFault
      self.status = status
    case .maintenance: self = .unavailable
    case .banned(let seconds):
      self = .tooManyRequests
      retryAfter = seconds
    }
  }
}

// Errors of instruments and orders.
extension OKXError {
  static let unknownInstrument = OKXError(
    "51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")
  static let noOrderName = OKXError("51000", "Parameter ordId or clOrdId error")
  static let timedOutOrder = OKXError("51149", "Order timed out. Please try again later.")
  static let unknownOrder = OKXError("51603", "Order does not exist")
  static let notCancelable = OKXError(
    "51400",
    "Order cancellation failed as the order has been filled, canceled or does not exist.")
  static let canceledBefore = OKXError(
    "51401", "Cancellation failed as the order is already canceled.")
  static let filledBefore = OKXError(
    "51402", "Cancellation failed as the order is already completed.")
  static let nothingToAmend = OKXError(
    "51500", "You must enter a price, quantity, or TP/SL for the order.")
  static let notAmendable = OKXError(
    "51503",
    "Order modification failed as the order has been filled, canceled or does not exist.")
  static let algoNameTaken = OKXError("51065", "algoClOrdId already exists.")
  static let algoStateForbids = OKXError(
    "51059", "Strategy for the current state does not support this operation")
  static let noAlgoPosition = OKXError("51058", "No available position for this algo order")
  static let algoPriceOutOfRange = OKXError(
    "51250", "Algo order price is out of the available range.")
  static let noLimitTakeProfit = OKXError(
    "51094", "You can't place TP limit orders in spot, margin, or options trading.")
  static let attachedToReducing = OKXError(
    "51100",
    "Unable to place order. Take profit/Stop loss conditions cannot be added to reduce-only "
      + "orders.")
  static let emptyAttachment = OKXError(
    "51178",
    "tpTriggerPx&tpOrdPx or slTriggerPx&slOrdPx can't be empty when using attachAlgoClOrdId.")
  static let unknownAttachment = OKXError(
    "51527",
    "Order modification failed. At least 1 of the attached TP/SL orders does not exist.")
  static let nothingAttached = OKXError(
    "51538",
    "You need to use attachAlgoOrds if you used attachAlgoOrds when placing an order. "
      + "attachAlgoOrds is not supported if you did not use attachAlgoOrds when placing this order."
  )
  static let noPosition = OKXError("51023", "Position does not exist")
  static let engaged = OKXError(
    "59000", "Your settings failed as you have positions, bot or open orders.")
  static let leverageAboveMax = OKXError(
    "59102", "Leverage exceeds the maximum limit. Please lower the leverage.")
  static let leverageTooLow = OKXError(
    "59103",
    "Leverage is too low and no sufficient margin in your account. Please increase "
      + "leverage.")

  static func attachedTo(_ type: String, _ target: String) -> OKXError {
    OKXError(
      "51044", "The order type \(type), \(target) is not allowed to set stop loss and take profit")
  }
  static func attachedNameTaken(_ name: String) -> OKXError {
    OKXError("51068", "\(name) already exists within algoClOrdId and attachAlgoClOrdId.")
  }

  /// What is attached lies on the wrong side of an order's price, or of the best price for one at the market.
  static func attachedPrice(isTakeProfit: Bool, isBuy: Bool, isLimit: Bool) -> OKXError {
    let code = (isLimit ? 51_046 : 51_050) + (isBuy ? 0 : 2) + (isTakeProfit ? 0 : 1)
    let what = isTakeProfit ? "take profit" : "stop loss"
    let reference = isLimit ? "order price" : isBuy ? "best ask price" : "best bid price"
    return OKXError(
      "\(code)",
      "The \(what) trigger price must be \(isBuy == isTakeProfit ? "higher" : "lower") than the "
        + reference)
  }

  static func insufficient(_ asset: String) -> OKXError {
    OKXError("51008", "Order failed. Insufficient \(asset) balance in account")
  }
  static func insufficientMargin(_ asset: String) -> OKXError {
    OKXError("51008", "Order failed. Insufficient \(asset) margin in account")
  }
}
