import Exchange
import TradingModel
import VenueServer

/// The dead-man switch of one product of an account: the venue cancels its orders when every private
/// connection that subscribed to the product's `dcp` topic is gone, and none came back in time.
/// https://bybit-exchange.github.io/docs/v5/order/dcp,
/// https://bybit-exchange.github.io/docs/v5/websocket/private/dcp
struct BybitProtection {
  var category: BybitCategory
  /// Nanoseconds.
  var window: Int64 = 10_000_000_000
  /// When the last connection that cares for it ended; nil while there is one, or before the first.
  var since: Int64?

  /// As requests name it.
  var product: String { category == .spot ? "SPOT" : "DERIVATIVES" }
  /// What a connection subscribes to.
  var topic: String { Self.topic(category) }

  static func topic(_ category: BybitCategory) -> String {
    category == .spot ? "dcp.spot" : "dcp.future"
  }
}

extension BybitCore {
  /// Gives an account the switch, which the venue does on application.
  func protect(_ account: AccountIndex) {
    protections[account] = BybitCategory.allCases.map { BybitProtection(category: $0) }
  }

  /// What the venue answers an account that was not given the switch is not documented: here it is that the
  /// key may not do this.
  func setProtection(_ call: BybitCall) throws(BybitError) {
    guard var all = protections[call.account] else { throw .permissionDenied }
    let product = call.parameters["product"] ?? "OPTIONS"
    guard ["SPOT", "DERIVATIVES", "OPTIONS"].contains(product) else { throw .invalid("product") }
    guard let seconds = call.parameters.integer("timeWindow"), (3...300).contains(seconds) else {
      throw .invalid("timeWindow")
    }
    for index in all.indices where all[index].product == product {
      all[index].window = seconds * 1_000_000_000
    }
    protections[call.account] = all
  }

  /// https://bybit-exchange.github.io/docs/v5/account/dcp-info
  func protectionInformation(_ call: BybitCall) -> JSONValue {
    let list = (protections[call.account] ?? []).map { protection in
      JSONValue.object([
        ("product", .string(protection.product)), ("dcpStatus", "ON"),
        ("timeWindow", .string("\(protection.window / 1_000_000_000)")),
      ])
    }
    return ["dcpInfos": .array(list)]
  }

  /// Somebody cares for a product again, or nobody does any more.
  ///
  /// - Parameter since: when the last connection that did ended; nil where there is one.
  func setProtection(_ topic: String, of account: AccountIndex, since: Int64?) {
    guard let place = protections[account]?.firstIndex(where: { $0.topic == topic }) else { return }
    protections[account]?[place].since = since
  }

  /// Cancels the orders of products for which nobody has cared for too long.
  func cancelOfDisconnected() {
    for account in protections.keys.sorted() {
      for (place, protection) in (protections[account] ?? []).enumerated() {
        guard let since = protection.since, now.monotonic - since >= protection.window else {
          continue
        }
        protections[account]?[place].since = nil
        for order in exchange.openOrders(of: account)
        where symbol(order.instrument).category == protection.category {
          notes[order.id]?.cancelType = "CancelByDCP"
          _ = exchange.cancel(.venue(order.id), by: account)
        }
        process(exchange.takeEvents())
      }
    }
  }
}
