import TradingModel

// The codes of https://www.okx.com/docs-v5/en/#error-code that trading, its queries and its connections
// can meet. Those of algo orders, transfers, loans and other products are not used here.
extension OKXErrors {
  static let documented: [UInt64: VenueErrorMeaning] = {
    var meanings: [UInt64: VenueErrorMeaning] = [:]
    for (code, _, meaning) in list { meanings[code] = meaning }
    return meanings
  }()

  static let names: [UInt64: String] = {
    var names: [UInt64: String] = [:]
    for (code, name, _) in list { names[code] = name }
    return names
  }()

  typealias Entry = (code: UInt64, name: String, meaning: VenueErrorMeaning)

  static let list: [Entry] = general + keys + orders + limits + cancels + connections

  private static let refused = VenueErrorMeaning.reject(.other)
  private static let limited = VenueErrorMeaning.endpointLimited(until: 0)

  /// 500xx: the system, the account.
  private static let general: [Entry] = [
    (50000, "body for POST is empty", refused),
    (50001, "service temporarily unavailable", .askFirst),
    (50002, "JSON syntax error", refused),
    // "Does not indicate success or failure of order, please check order status."
    (50004, "endpoint request timeout", .askFirst),
    (50005, "API is offline or unavailable", .askFirst),
    (50006, "invalid content type", refused),
    (50007, "account blocked", .stop(.permission)),
    (50008, "user does not exist", .stop(.key)),
    (50009, "account is suspended due to ongoing liquidation", .reject(.venueClosed)),
    (50010, "user ID is empty", .stop(.key)),
    (50011, "rate limit reached", limited),
    (50012, "account status invalid", .stop(.permission)),
    (50013, "system is busy", .askFirst),
    (50014, "parameter is empty", refused),
    (50015, "one of two parameters is required", refused),
    (50016, "parameters do not match", refused),
    (50017, "position frozen due to ADL", .reject(.venueClosed)),
    (50018, "currency frozen due to ADL", .reject(.venueClosed)),
    (50019, "account frozen due to ADL", .reject(.venueClosed)),
    (50020, "position frozen due to liquidation", .reject(.venueClosed)),
    (50021, "currency frozen due to liquidation", .reject(.venueClosed)),
    (50022, "account frozen due to liquidation", .reject(.venueClosed)),
    (50023, "funding fee frozen", .reject(.venueClosed)),
    (50024, "parameters exclude each other", refused),
    (50025, "parameter count exceeds the limit", refused),
    // "System error, try again later": not that nothing of it was done.
    (50026, "system error", .askFirst),
    (50027, "account is restricted from trading", .stop(.permission)),
    (50028, "unable to take the order", refused),
    (50030, "no permission to use this endpoint", .stop(.permission)),
    (50032, "asset blocked by compliance", refused),
    (50035, "endpoint requires a key bound to an IP", .stop(.permission)),
    (50036, "expiry time is before the present time", .reject(.tooLate)),
    (50037, "order expired", .reject(.tooLate)),
    (50038, "feature unavailable in demo trading", refused),
    (50040, "too frequent operations", limited),
    (50044, "broker type needed", refused),
    (50061, "order rate limit of the account reached", limited),
    (50062, "feature currently unavailable", .reject(.venueClosed)),
    (50063, "activity expired", refused),
  ]

  /// 501xx and 600xx: the key, its signature, its time.
  private static let keys: [Entry] = [
    (50100, "API frozen", .stop(.permission)),
    (50101, "key does not match the environment", .stop(.key)),
    (50102, "timestamp request expired", .resynchronize),
    (50103, "header OK-ACCESS-KEY is empty", .stop(.key)),
    (50104, "header OK-ACCESS-PASSPHRASE is empty", .stop(.key)),
    (50105, "passphrase incorrect", .stop(.key)),
    (50106, "header OK-ACCESS-SIGN is empty", .stop(.signature)),
    (50107, "header OK-ACCESS-TIMESTAMP is empty", refused),
    (50108, "exchange ID does not exist", .stop(.key)),
    (50109, "exchange domain does not exist", .stop(.key)),
    (50110, "IP is not on the key's list", .stop(.key)),
    (50111, "invalid OK-ACCESS-KEY", .stop(.key)),
    (50112, "invalid OK-ACCESS-TIMESTAMP", .resynchronize),
    (50113, "invalid signature", .stop(.signature)),
    (50114, "invalid authorization", .stop(.key)),
    (50115, "invalid request method", refused),
    (50119, "API key does not exist", .stop(.key)),
    (50120, "key has not this permission", .stop(.permission)),
    (50121, "no access from this address", .stop(.permission)),
    (60001, "OK-ACCESS-KEY is empty", .stop(.key)),
    (60002, "OK-ACCESS-SIGN is empty", .stop(.signature)),
    (60003, "OK-ACCESS-PASSPHRASE is empty", .stop(.key)),
    (60004, "invalid timestamp", .resynchronize),
    (60005, "invalid OK-ACCESS-KEY", .stop(.key)),
    (60006, "timestamp request expired", .resynchronize),
    (60007, "invalid signature", .stop(.signature)),
    (60008, "login is not supported by public channels", .stop(.loggedOut)),
    (60009, "login failed", .stop(.key)),
    (60010, "already logged in", .stop(.loggedOut)),
    (60011, "not logged in", .stop(.loggedOut)),
    (60021, "several accounts are not supported", .stop(.loggedOut)),
    (60022, "bulk login partially succeeded", .stop(.loggedOut)),
    (60023, "too many log-ins", limited),
    (60024, "wrong passphrase", .stop(.key)),
    (60026, "key and token at once", .stop(.loggedOut)),
    (60031, "several log-ins are not supported", .stop(.loggedOut)),
    (60032, "API key does not exist", .stop(.key)),
    (60033, "key is not whitelisted", .stop(.key)),
  ]

  /// 510xx: the order itself.
  private static let orders: [Entry] = [
    (51000, "parameter error", refused),
    (51001, "instrument does not exist", refused),
    (51002, "instrument does not match the underlying index", refused),
    (51003, "an order id of either kind is required", refused),
    (51004, "amount exceeds the tier's limit", .reject(.quantityOutsideLimits)),
    (51005, "amount exceeds the limit", .reject(.quantityOutsideLimits)),
    (51006, "price is not within the price limit", .reject(.priceOutsideLimits)),
    (51007, "amount is below one contract", .reject(.quantityOutsideLimits)),
    (51008, "insufficient balance or margin", .reject(.insufficientBalance)),
    (51009, "order placement is blocked by the platform", refused),
    (51010, "account mode does not support this", refused),
    // An order with this id stands at the venue: ours, as ids are never used twice. Ask how it is.
    (51011, "duplicated order ID", .askFirst),
    (51012, "token does not exist", refused),
    (51014, "index does not exist", refused),
    (51015, "instrument does not match its type", refused),
    (51016, "duplicated client order ID", .askFirst),
    (51017, "borrow amount exceeds the limit", .reject(.insufficientBalance)),
    (51020, "amount is below the minimum", .reject(.quantityOutsideLimits)),
    (51021, "instrument is to be listed", .reject(.venueClosed)),
    (51022, "instrument suspended", .reject(.venueClosed)),
    (51023, "position does not exist", .reject(.reduceOnly)),
    (51024, "trading account blocked", .stop(.permission)),
    (51025, "order count exceeds the limit", .reject(.capacity)),
    (51026, "instrument type does not match the underlying", refused),
    (51027, "contract expired", .reject(.venueClosed)),
    (51028, "contract under delivery", .reject(.venueClosed)),
    (51029, "contract is being settled", .reject(.venueClosed)),
    (51030, "funding fee is being settled", .reject(.venueClosed)),
    (51031, "price is outside the closing range", .reject(.priceOutsideLimits)),
    (51100, "amount does not meet the minimum", .reject(.quantityOutsideLimits)),
    (51109, "no order in the opposite book", .reject(.noLiquidity)),
    (51110, "limit orders only after the call auction began", .reject(.venueClosed)),
    (51111, "batch too large", refused),
    (51112, "closing amount exceeds the position", .reject(.reduceOnly)),
    (51115, "cancel closing orders first", .reject(.reduceOnly)),
    (51116, "price exceeds the limit", .reject(.priceOutsideLimits)),
    (51118, "amount is below the minimum", .reject(.quantityOutsideLimits)),
    (51119, "insufficient balance", .reject(.insufficientBalance)),
    (51120, "quantity is below the minimum", .reject(.quantityOutsideLimits)),
    (51121, "quantity is not a multiple of the lot size", .reject(.offGrid)),
    (51122, "price is below the minimum", .reject(.priceOutsideLimits)),
    (51124, "limit orders only during the call auction", .reject(.venueClosed)),
    (51127, "available balance is 0", .reject(.insufficientBalance)),
    (51131, "insufficient balance", .reject(.insufficientBalance)),
    (51132, "position is below the minimum amount", .reject(.reduceOnly)),
    (51133, "reduce-only is unavailable here", .reject(.reduceOnly)),
    (51134, "closing failed", .reject(.reduceOnly)),
    (51135, "closing price exceeds the buy limit", .reject(.priceOutsideLimits)),
    (51136, "closing price is below the sell limit", .reject(.priceOutsideLimits)),
    (51137, "opening price exceeds the buy limit", .reject(.priceOutsideLimits)),
    (51138, "opening price is below the sell limit", .reject(.priceOutsideLimits)),
    (51139, "reduce-only is unavailable in simple mode", .reject(.reduceOnly)),
    // "Does not mean that the request was successful or failed".
    (51149, "order timed out", .askFirst),
    (51155, "restricted by local compliance", refused),
    (51169, "no position to reduce in this direction", .reject(.reduceOnly)),
    (51170, "reduce-only order has the position's side", .reject(.reduceOnly)),
    (51204, "limit order without a price", refused),
    (51205, "reduce-only is not available", .reject(.reduceOnly)),
    (51206, "more than one side of pending reduce-only orders", .reject(.reduceOnly)),
  ]

  /// Bounds on amounts and on how many orders.
  private static let limits: [Entry] = [
    (51101, "amount exceeds the most per order", .reject(.quantityOutsideLimits)),
    (51102, "pending orders exceed the limit", .reject(.capacity)),
    (51103, "pending orders of the underlying exceed the limit", .reject(.capacity)),
    (51104, "pending amount of the underlying exceeds the limit", .reject(.capacity)),
    (51105, "amount exceeds the contract's limit", .reject(.quantityOutsideLimits)),
    (51106, "amount exceeds the underlying's limit", .reject(.quantityOutsideLimits)),
    (51107, "holding exceeds the limit", .reject(.quantityOutsideLimits)),
    (51108, "position exceeds the limit for market closing", .reject(.quantityOutsideLimits)),
    (51113, "market closing too frequent", limited),
    (51117, "closing orders exceed the limit", .reject(.capacity)),
    (51129, "position limit reached", .reject(.quantityOutsideLimits)),
    (51174, "pending orders of the instrument exceed the limit", .reject(.capacity)),
    (51185, "order value exceeds the most per order", .reject(.quantityOutsideLimits)),
    (51201, "market order value exceeds the limit", .reject(.quantityOutsideLimits)),
    (51202, "market order amount exceeds the limit", .reject(.quantityOutsideLimits)),
    (51203, "amount exceeds the limit", .reject(.quantityOutsideLimits)),
  ]

  /// 514xx to 516xx: cancels, amendments, queries.
  private static let cancels: [Entry] = [
    (51400, "cancel: the order is filled, canceled or unknown", .reject(.unknownOrder)),
    (51401, "cancel: the order is canceled already", .reject(.tooLate)),
    (51402, "cancel: the order is completed", .reject(.tooLate)),
    (51403, "cancel: not for this type of order", refused),
    (51404, "cancel: unavailable in the call auction's second phase", .reject(.venueClosed)),
    (51405, "cancel: no pending orders", .reject(.unknownOrder)),
    (51406, "cancel: too many at once", refused),
    (51407, "cancel: an order id is required", refused),
    (51408, "cancel: instrument and order do not match", refused),
    (51409, "cancel: an instrument is required", refused),
    (51410, "cancel: under way already", .reject(.tooLate)),
    (51500, "amend: a price or an amount is required", refused),
    (51501, "amend: too many at once", refused),
    (51502, "amend: insufficient balance or margin", .reject(.insufficientBalance)),
    (51503, "amend: the order is filled, canceled or unknown", .reject(.unknownOrder)),
    (51506, "amend: not for this type of order", refused),
    (51508, "amend: unavailable in the call auction", .reject(.venueClosed)),
    (51509, "amend: the order is canceled", .reject(.tooLate)),
    (51510, "amend: the order is completed", .reject(.tooLate)),
    (51511, "amend: the price would take", .reject(.wouldTake)),
    (51512, "amend: amounts of one batch differ", refused),
    (51513, "amend: too many amendments of this order are under way", limited),
    (51600, "status not found", refused),
    (51601, "status and order id exclude each other", refused),
    (51602, "status or order id required", refused),
    (51603, "the order does not exist", .reject(.unknownOrder)),
    (51604, "initiate a download first", refused),
    // Nothing in the order was to be changed.
    (52000, "no updates", refused),
    (54000, "margin is unavailable", refused),
    (54008, "disabled by mass cancel", .reject(.venueClosed)),
    (54011, "pre-market contract is only to be reduced", .reject(.reduceOnly)),
    (54072, "contract is view-only", .reject(.venueClosed)),
    (54094, "cool-off period of the instrument", .reject(.venueClosed)),
  ]

  /// 600xx to 640xx: WebSocket connections.
  private static let connections: [Entry] = [
    (60012, "invalid request", refused),
    (60013, "invalid arguments", refused),
    (60014, "requests too frequent", limited),
    (60015, "connection closed after 30 seconds of silence", .stop(.loggedOut)),
    // The answer may have been lost in it.
    (60016, "buffer is full", .askFirst),
    (60017, "invalid path", refused),
    (60018, "no such channel or instrument", refused),
    (60019, "invalid operation", refused),
    (60020, "too many subscriptions of this key", .reject(.capacity)),
    (60025, "too many subscriptions of this token", .reject(.capacity)),
    (60027, "parameter is empty", refused),
    (60028, "operation not supported by this path", refused),
    (60029, "channel is for VIP5 and above", .stop(.permission)),
    (60030, "channel is for VIP4 and above", .stop(.permission)),
    // "Internal system error": nothing is said of what was done.
    (63999, "internal system error", .askFirst),
    (64000, "subscription by underlying is gone", refused),
    (64001, "channel is at the business path", refused),
    (64002, "channel is not at the business path", refused),
    (64003, "fee tier does not allow this channel", .stop(.permission)),
    (64004, "channel excludes another one", refused),
    (64007, "operation failed due to an internal error", .askFirst),
    (64008, "connection will be closed for an upgrade", .retry),
  ]
}
