import TradingModel

/// What a request by hand names, whatever the venue: the arguments of `needletail request`.
public struct RequestInput: Sendable {
  public var symbol: String?
  public var side: Side?
  public var type: OrderType = .limit
  public var timeInForce: TimeInForce = .goodTillCancel
  public var instructions: OrderInstructions = []
  public var quantity: Decimal?
  public var price: Decimal?
  public var stopPrice: Decimal?
  /// Ours, whole: prefix and number.
  public var clientOrderID: String?
  public var venueOrderID: UInt64?
  /// Several orders: `place-batch` and `cancel-batch`.
  public var clientOrderIDs: [String] = []
  /// The same by the venue's ids: `cancel-batch`, of venues whose ids are numbers.
  public var venueOrderIDs: [UInt64] = []
  /// The venue's number of the instrument, of venues whose connections want it in place of the symbol.
  public var instrumentCode: UInt64?
  /// Seconds: of the dead-man switch.
  public var timeout: UInt64?
  /// How many rows; how deep a book.
  public var limit: UInt64?
  /// Milliseconds since the epoch.
  public var startTime: UInt64?
  /// The venue's number of the first fill asked for.
  public var firstTradeID: UInt64?
  /// Where the answer before said that its next part begins: `OpenOrderPage.next`.
  public var page: String?
  /// What an emulated `cancel-all` has to cancel, as it was asked for.
  public var openOrders: [OpenOrder] = []
  public var channel: VenueChannel = .rest
  /// Milliseconds after its timestamp in which the venue still takes the request.
  public var receiveWindow: UInt64 = 5_000

  public init() {}
}

/// Why a request cannot be written.
public enum RequestError: Error, Equatable, Sendable {
  /// The action needs this argument.
  case missing(String)
  /// The argument has a value that the venue does not take.
  case unsuitable(String, reason: String)
  /// The venue does not offer the action (over this channel).
  case notOffered(VenueAction, reason: String)
  /// The venue has no request for the action: it takes several, each after the answer before.
  case inSteps(VenueAction, how: String)
  /// The listing was never given to the encoder.
  case unknownListing(ListingIndex)
  case orderType(OrderType)
  case timeInForce(TimeInForce)
  case instructions(OrderInstructions)
  case tooLong
}

extension RequestError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let name): "--\(name) is missing"
    case .unsuitable(let name, let reason): "--\(name): \(reason)"
    case .notOffered(let action, let reason): "'\(action.rawValue)' is not offered: \(reason)"
    case .inSteps(let action, let how): "'\(action.rawValue)' takes several requests: \(how)"
    case .unknownListing(let index): "listing \(index) has no symbol at this venue"
    case .orderType(let type): "the venue has no order type '\(OptionName.of(type))'"
    case .timeInForce(let value): "the venue has no time in force '\(OptionName.of(value))'"
    case .instructions(let value): "the venue does not take '\(value)' with this order"
    case .tooLong: "the request is longer than requests can be"
    }
  }
}
