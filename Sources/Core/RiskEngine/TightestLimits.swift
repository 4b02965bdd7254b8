import TradingModel

/// What binds the orders of one strategy in one listing: the tightest of their four scopes, worked
/// out when limits are set, so that a check reads it from one place.
///
/// Scopes without limits are unlimited here, and `isDefined` speaks for them.
struct TightestLimits: BitwiseCopyable {
  var orderQuantityMax: Int64
  var orderNotionalMax: Money
  var priceCollar: Rate
  var marginRate: Rate
  /// Of the strategy's own position: by its scope and the pair's.
  var ownPositionMax: Int64
  var ownPositionNotionalMax: Money
  /// Of the sum of positions in the listing: by the firm's scope and the listing's.
  var allPositionMax: Int64
  var allPositionNotionalMax: Money
  var checks: RiskChecks
  /// Whether limits stand where they must: for firm, strategy and listing. The pair's are a choice.
  var isDefined: Bool

  init(_ scopes: OrderScopes) {
    let firm = scopes.firm.pointee.limits
    let strategy = scopes.strategy.pointee.limits
    let listing = scopes.listing.pointee.limits
    let pair = scopes.pair.pointee.limits
    orderQuantityMax = min(
      min(firm.orderQuantityMax, strategy.orderQuantityMax),
      min(listing.orderQuantityMax, pair.orderQuantityMax))
    orderNotionalMax = min(
      min(firm.orderNotionalMax, strategy.orderNotionalMax),
      min(listing.orderNotionalMax, pair.orderNotionalMax))
    priceCollar = min(
      min(firm.priceCollar, strategy.priceCollar), min(listing.priceCollar, pair.priceCollar))
    marginRate = max(
      max(firm.marginRate, strategy.marginRate), max(listing.marginRate, pair.marginRate))
    ownPositionMax = min(strategy.positionMax, pair.positionMax)
    ownPositionNotionalMax = min(strategy.positionNotionalMax, pair.positionNotionalMax)
    allPositionMax = min(firm.positionMax, listing.positionMax)
    allPositionNotionalMax = min(firm.positionNotionalMax, listing.positionNotionalMax)
    checks = firm.checks.union(strategy.checks).union(listing.checks).union(pair.checks)
    isDefined =
      scopes.firm.pointee.isDefined && scopes.strategy.pointee.isDefined
      && scopes.listing.pointee.isDefined
  }
}

extension RiskEngine {
  /// Works out anew what binds every pair that `scope` is a scope of.
  /// - Complexity: O(pairs concerned): all of them for the firm, one for a pair.
  func tighten(_ scope: RiskScope) {
    var strategies = 0..<strategyCapacity
    var listings = 0..<listingCapacity
    switch scope {
    case .firm: break
    case .strategy(let strategy): strategies = Int(strategy)..<Int(strategy) + 1
    case .listing(let listing): listings = Int(listing)..<Int(listing) + 1
    case .pair(let strategy, let listing):
      strategies = Int(strategy)..<Int(strategy) + 1
      listings = Int(listing)..<Int(listing) + 1
    }
    for strategy in strategies {
      for listing in listings {
        tightest[strategy * listingCapacity + listing] = TightestLimits(
          scopes(StrategyIndex(strategy), ListingIndex(listing)))
      }
    }
  }
}
