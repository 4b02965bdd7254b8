import Exchange
import TradingModel
import VenueServer

/// The venue's own records, for whoever compares.
extension BybitCore {
  /// The common records in the venue's own words: symbols as it lists them, the ids of orders and fills as
  /// its messages have them. Spot and perpetual have the same symbols, so every order, fill, payment and
  /// position names its product line as well: `venue`, "bybit-spot" or "bybit-linear".
  ///
  /// - Parameter venue: tells that product line alone; balances are those of the whole account.
  func state(of venue: String? = nil) -> JSONValue {
    let common = ExchangeRecords.json(exchange)
    guard case .object(var members) = common,
      let place = members.firstIndex(where: { $0.key == "accounts" })
    else { return common }
    let accounts = members[place].value.elements ?? []
    members[place].value = .array(accounts.map { inOwnWords($0, venue) })
    return .object(members)
  }

  private func inOwnWords(_ account: JSONValue, _ venue: String?) -> JSONValue {
    let members = (account.members ?? []).map { member -> (key: String, value: JSONValue) in
      guard ["orders", "fills", "funding", "positions"].contains(member.key) else { return member }
      let records = (member.value.elements ?? []).compactMap { record(ofCommon: $0) }
      return (
        member.key, .array(records.filter { venue == nil || $0["venue"]?.string == venue })
      )
    }
    return .object(members)
  }

  private func record(ofCommon record: JSONValue) -> JSONValue? {
    guard let name = record["symbol"]?.string, let instrument = exchange.instrument(name) else {
      return nil
    }
    let symbol = symbol(instrument)
    var members: Members = [("venue", .string("bybit-\(symbol.category.rawValue)"))]
    for (key, value) in record.members ?? [] {
      switch (key, value.scalarText.flatMap { UInt64($0) }) {
      case ("symbol", _): members.append((key, .string(symbol.name)))
      case ("orderId", let id?):
        members.append((key, .string(BybitIdentifiers.order(id, symbol.category))))
      case ("id", let id?):
        let text = BybitIdentifiers.execution(id, instrument, symbol.category)
        members.append((key, .string(text)))
      default: members.append((key, value))
      }
    }
    return .object(members)
  }
}
