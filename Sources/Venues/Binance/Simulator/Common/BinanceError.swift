import Exchange
import VenueServer

/// An answer that tells what is wrong with a request.
///
/// Codes and texts: https://developers.binance.com/docs/binance-spot-api-docs/errors
struct BinanceError: Error {
  /// The HTTP status, and the `status` of the WebSocket API.
  var status = 400
  var code: Int
  var message: String
  /// What some errors carry beside.
  var data: JSONValue?
  /// Seconds of the `Retry-After` header.
  var retryAfter: Int?

  init(_ code: Int, _ message: String, status: Int = 400, data: JSONValue? = nil) {
    self.code = code
    self.message = message
    self.status = status
    self.data = data
  }

  /// The error's JSON object, as REST answers with it.
  var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("code", .integer(code)), ("msg", .string(message)),
    ]
    if let data { members.append(("data", data)) }
    return .object(members)
  }
}

extension BinanceError {
  static let invalidSymbol = BinanceError(-1121, "Invalid symbol.")
  static let unknownOrder = BinanceError(-2011, "Unknown order sent.")
  static let orderDoesNotExist = BinanceError(-2013, "Order does not exist.")
  static let badKeyFormat = BinanceError(-2014, "API-key format invalid.", status: 401)
  static let rejectedKey = BinanceError(
    -2015, "Invalid API-key, IP, or permissions for action.", status: 401)
  static let badSignature = BinanceError(-1022, "Signature for this request is not valid.")
  static let noListenKey = BinanceError(-1125, "This listenKey does not exist.")

  static func missing(_ name: String) -> BinanceError {
    BinanceError(
      -1102, "Mandatory parameter '\(name)' was not sent, was empty/null, or malformed.")
  }
  static func missing(_ first: String, or second: String) -> BinanceError {
    BinanceError(
      -1102, "Param '\(first)' or '\(second)' must be sent, but both were empty/null!")
  }
  static func empty(_ name: String) -> BinanceError {
    BinanceError(-1105, "Parameter '\(name)' was empty.")
  }
  static func notRequired(_ name: String) -> BinanceError {
    BinanceError(-1106, "Parameter '\(name)' sent when not required.")
  }
  static func illegal(_ name: String, _ range: String) -> BinanceError {
    BinanceError(
      -1100, "Illegal characters found in parameter '\(name)'; legal range is '\(range)'.")
  }
  static func overflow(_ name: String) -> BinanceError {
    BinanceError(-1108, "Parameter '\(name)' overflowed.")
  }
  static func precision(_ name: String) -> BinanceError {
    BinanceError(-1111, "Parameter '\(name)' has too much precision.")
  }
  static func notValid(_ name: String) -> BinanceError {
    BinanceError(-1130, "Data sent for parameter '\(name)' is not valid.")
  }
  static func filter(_ name: String) -> BinanceError {
    BinanceError(-1013, "Filter failure: \(name)")
  }
  static func newOrder(_ message: String) -> BinanceError { BinanceError(-2010, message) }
}

extension BinanceError {
  /// What the venue says where the exchange refuses.
  init(_ refusal: Refusal, isMarket: Bool = false) {
    switch refusal {
    case .unknownSymbol: self = .invalidSymbol
    case .unknownAccount, .unknownKey, .permissionDenied: self = .rejectedKey
    case .priceTick, .priceRange: self = .filter("PRICE_FILTER")
    case .priceBand: self = .filter("PERCENT_PRICE_BY_SIDE")
    case .lotStep, .quantityBelowMin: self = .filter("LOT_SIZE")
    case .quantityAboveMax: self = .filter(isMarket ? "MARKET_LOT_SIZE" : "LOT_SIZE")
    case .notionalBelowMin, .notionalAboveMax: self = .filter("NOTIONAL")
    case .icebergParts: self = .filter("ICEBERG_PARTS")
    case .insufficientBalance:
      self = .newOrder("Account has insufficient balance for requested action.")
    case .duplicateClientOrderID, .duplicateClientListID: self = .newOrder("Duplicate order sent.")
    case .wouldTake: self = .newOrder("Order would immediately match and take.")
    case .wouldTrigger: self = .newOrder("Stop price would trigger immediately.")
    case .unknownOrder, .orderEnded, .unknownAsset: self = .unknownOrder
    case .tooManyOrders: self = .filter("MAX_NUM_ORDERS")
    case .tooManyWaitingOrders: self = .filter("MAX_NUM_ALGO_ORDERS")
    case .marketClosed: self = BinanceError(-1013, "Market is closed.")
    case .noLiquidity:
      self = .newOrder("Order book liquidity is less than symbol minimum quantity.")
    case .venueCapacity:
      self = BinanceError(
        -1008,
        "Server is currently overloaded with other requests. Please try again in a few minutes.",
        status: 503)
    case .nothingToAmend, .invalidAmount:
      self = BinanceError(-2038, "The requested action would change no state; rejecting.")
    case .invalidCombination, .expireTimePassed, .reduceOnlyRejected, .positionSideMismatch,
      .leverageOutOfRange, .openOrdersOrPositions, .noPosition:
      self = BinanceError(-1014, "Unsupported order combination.")
    }
  }
}

extension Refusal {
  /// Whether it comes from a filter, which the venue looks at before anything else happens.
  var isBinanceFilter: Bool {
    switch self {
    case .priceTick, .priceRange, .priceBand, .lotStep, .quantityBelowMin, .quantityAboveMax,
      .notionalBelowMin, .notionalAboveMax, .icebergParts:
      true
    default: false
    }
  }
}

extension BinanceError {
  /// What the venue says in a state that faults bring about.
  init(_ failure: ServerFailure, at now: ServerTime) {
    switch failure {
    case .serverError(let status, isCarriedOut: true):
      self.init(
        -1007,
        "Timeout waiting for response from backend server. Send status unknown; execution status "
          + "unknown.", status: status)
    case .serverError(let status, isCarriedOut: false):
      self.init(
        -1001, "Internal error; unable to process your request. Please try again.", status: status)
    case .maintenance:
      self.init(-1016, "This service is no longer available.", status: 503)
    case .banned(let seconds):
      self.init(
        -1003,
        "Way too much request weight used; IP banned until "
          + "\(now.milliseconds + Int64(seconds) * 1000). Please use WebSocket Streams for live "
          + "updates to avoid bans.", status: 418)
      retryAfter = seconds
    }
  }
}
