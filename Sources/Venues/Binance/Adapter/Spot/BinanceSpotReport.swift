import TradingModel

/// `status` (REST) or `X` (stream) of an order.
/// https://developers.binance.com/docs/binance-spot-api-docs/enums, "Order status".
public enum BinanceOrderStatus: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Not said (an `ACK`), or a word that is not documented.
  case unknown = 0
  case new = 1
  /// In an order list, until the order before it is filled.
  case pendingNew = 2
  case partiallyFilled = 3
  case filled = 4
  case canceled = 5
  case pendingCancel = 6
  case rejected = 7
  case expired = 8
  /// Ended by self-trade prevention.
  case expiredInMatch = 9
}

/// `x` of an execution report: what happened.
/// https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream, "Execution types".
public enum BinanceExecutionType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// No execution report, or a word that is not documented.
  case unknown = 0
  case new = 1
  case canceled = 2
  /// Amended in its place.
  case replaced = 3
  case rejected = 4
  case trade = 5
  case expired = 6
  /// Ended or made smaller by self-trade prevention.
  case tradePrevention = 7
}

/// `type` (REST) or `o` (stream) of an order.
public enum BinanceOrderType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case unknown = 0
  case limit = 1
  case market = 2
  case stopLoss = 3
  case stopLossLimit = 4
  case takeProfit = 5
  case takeProfitLimit = 6
  case limitMaker = 7

  /// Whether it waits for a stop price.
  public var isConditional: Bool {
    switch self {
    case .stopLoss, .stopLossLimit, .takeProfit, .takeProfitLimit: true
    case .unknown, .limit, .market, .limitMaker: false
    }
  }
}

/// What Binance spot said of one order or one trade: the report for the engine, and what a report
/// does not hold. Plain: no memory of its own.
///
/// The report is whole only where `isFollowed`: without a listing there are no units to count in, and
/// its prices and quantities are 0. It is for the engine where `ownership` is `.own`; one that is
/// `.unnamed` becomes so when the venue's order id is found among ours.
///
/// `report.version` is what the client order id tells: 1 of an answer to the new order, the version in
/// an id that has one, else 0. Who knows which request was answered sets it.
///
/// A cancel-replace ends one of the venue's orders and enters another, while the engine's order goes
/// on: the end of the first comes as `.canceled` all the same, here and over the stream. Who asked for
/// it keeps that report back, and adds what the first order filled to the quantity of the second.
public struct BinanceSpotReport: BitwiseCopyable, Sendable {
  public var report: VenueReport
  public var ownership = OrderOwnership.unnamed
  /// Whether the symbol is one of the run's listings.
  public var isFollowed = false
  /// Whether `report.fee` and its currency are those of the venue. Without it the fee was charged in
  /// an asset that the run does not have: `fee` and `feeAsset` tell, and the report's fee is zero.
  public var isFeeBooked = true
  public var status = BinanceOrderStatus.unknown
  public var execution = BinanceExecutionType.unknown
  public var type = BinanceOrderType.unknown
  /// Whether the order stands in the book (`w`, `isWorking`).
  public var isOnBook = false
  /// The version in our client order id; 0 where it has none. Above 1 the venue's order is one that
  /// took the place of an earlier one of the same engine order: its cumulative quantity counts only
  /// its own fills, and `report.cumulativeQuantity` is -1.
  public var nameVersion: RequestVersion = 0
  /// What those earlier orders filled, as the name tells; 0 where it does not.
  public var filledBefore: Int64 = 0
  /// Of the order list it is part of; -1 for none.
  public var listID: Int64 = -1
  /// The order's own id: the original one where the message also names the request's.
  public var clientOrderID = VenueText()
  /// The id of the cancel or amend that led to this (`c` beside `C`); empty where there was none.
  public var requestClientOrderID = VenueText()
  /// The symbol, where it is not followed.
  public var symbol = VenueText()
  /// As charged; positive is paid.
  public var fee = Money.zero
  /// The asset of the fee; empty where there was none.
  public var feeAsset = VenueText()
  /// Why it was refused or ended (`r`, `eR`, `expiryReason`), in the venue's word; empty for `NONE`.
  public var reason = VenueText()
  public var stopPrice: Int64 = 0
  /// The quantity as the venue's order has it, and what of it traded; -1 where it does not say.
  public var quantity: Int64 = 0
  public var cumulativeQuantity: Int64 = -1
  /// What self-trade prevention took off the quantity.
  public var preventedQuantity: Int64 = 0
  /// When the order was entered; 0 where the message does not say.
  public var creationTime: Timestamp = 0

  init(venue: VenueIndex) { report = VenueReport(kind: .accepted, venue: venue, venueTime: 0) }
}

/// What was asked, when an order is answered with: it decides which report the answer is.
public enum BinanceOrderAnswer: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// `POST /api/v3/order`: accepted, or ended at once.
  case placed
  /// `DELETE /api/v3/order` and `/openOrders`.
  case canceled
  /// `PUT /api/v3/order/amend/keepPriority`.
  case amended
  /// `GET /api/v3/order`, `/openOrders`, `/allOrders`.
  case queried
}
