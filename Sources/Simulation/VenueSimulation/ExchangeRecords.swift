import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// The exchange's own records as `/admin/state` gives them, in one form for all venues, so that one
/// program compares any of them with what a client believes.
///
/// Numbers are decimal texts in the instrument's base units (contracts times their size), prices in the
/// quote asset, times are left out. `status` is one of NEW, PARTIALLY_FILLED, FILLED, CANCELED, EXPIRED,
/// REJECTED, UNTRIGGERED and PENDING_NEW.
enum ExchangeRecords {
  /// What a venue knows better than its exchange.
  struct Overrides {
    /// The client order id that an order has now; nil where it has the one it came with.
    var clientOrderID: (ExchangeOrder) -> String? = { _ in nil }
    /// The quantity asked for, in quantity units, where it is not the exchange's.
    var quantity: (ExchangeOrder) -> Int64? = { _ in nil }
  }

  /// All of it: accounts from 1 on (0 is the generated market's), then the hash and what is wrong.
  static func json(_ exchange: SimulatedExchange, _ overrides: Overrides = Overrides()) -> JSONValue
  {
    var accounts: [JSONValue] = []
    for account in 1..<max(1, exchange.accountCount) {
      accounts.append([
        "account": .integer(account),
        "balances": .array(balances(of: account, exchange)),
        "orders": .array(
          exchange.orders(of: account).map { order($0, exchange, overrides) }),
        "fills": .array(exchange.fills(of: account).map { fill($0, exchange) }),
        "funding": .array(
          exchange.fundingPayments(of: account).map { payment($0, exchange) }),
        "positions": .array(
          exchange.positions(of: account).filter { $0.quantity != 0 }
            .map { position($0, exchange) }),
      ])
    }
    return [
      "accounts": .array(accounts),
      "stateHash": .string(String(exchange.stateHash(), radix: 16)),
      "brokenInvariants": .array(exchange.brokenInvariants().map { .string($0) }),
    ]
  }

  static func statusWord(_ order: ExchangeOrder) -> String {
    switch order.state {
    case .waiting: "UNTRIGGERED"
    case .pendingNew: "PENDING_NEW"
    case .open: order.filled > 0 ? "PARTIALLY_FILLED" : "NEW"
    case .filled: "FILLED"
    case .canceled: "CANCELED"
    case .expired: "EXPIRED"
    }
  }

  private static func balances(of account: AccountIndex, _ exchange: SimulatedExchange)
    -> [JSONValue]
  {
    exchange.balances(of: account).enumerated().map { index, balance in
      [
        "asset": .string(exchange.settings.assets[index].name),
        "free": .string(text(balance.free)), "locked": .string(text(balance.locked)),
      ]
    }
  }

  private static func order(
    _ order: ExchangeOrder, _ exchange: SimulatedExchange, _ overrides: Overrides
  ) -> JSONValue {
    let instrument = exchange.settings.instruments[Int(order.instrument)]
    return [
      "symbol": .string(instrument.symbol),
      "clientOrderId": .string(overrides.clientOrderID(order) ?? order.clientOrderID),
      "orderId": .integer(order.id),
      "status": .string(statusWord(order)),
      "side": .string(order.side == .buy ? "BUY" : "SELL"),
      "price": .string(price(order.request.price, instrument.listing)),
      "origQty": .string(
        quantity(overrides.quantity(order) ?? order.quantity, instrument.listing)),
      "executedQty": .string(quantity(order.filled, instrument.listing)),
      "contractSize": .string(instrument.listing.contractSize.description),
    ]
  }

  private static func fill(_ fill: ExchangeFill, _ exchange: SimulatedExchange) -> JSONValue {
    let instrument = exchange.settings.instruments[Int(fill.instrument)]
    return [
      "symbol": .string(instrument.symbol), "id": .integer(fill.tradeID),
      "orderId": .integer(fill.orderID),
      "price": .string(price(fill.price, instrument.listing)),
      "qty": .string(quantity(fill.quantity, instrument.listing)),
      "contractSize": .string(instrument.listing.contractSize.description),
      "commission": .string(text(fill.fee)),
      "commissionAsset": .string(exchange.settings.assets[Int(fill.feeAsset)].name),
    ]
  }

  private static func payment(
    _ payment: ExchangeFunding, _ exchange: SimulatedExchange
  ) -> JSONValue {
    [
      "symbol": .string(exchange.settings.instruments[Int(payment.instrument)].symbol),
      "paymentId": .integer(payment.id), "amount": .string(text(payment.amount)),
      "asset": .string(exchange.settings.assets[Int(payment.asset)].name),
    ]
  }

  private static func position(
    _ position: ExchangePosition, _ exchange: SimulatedExchange
  ) -> JSONValue {
    let instrument = exchange.settings.instruments[Int(position.instrument)]
    let average = exchange.averagePrice(of: position)
    return [
      "symbol": .string(instrument.symbol),
      "quantity": .string(quantity(position.quantity, instrument.listing)),
      "entryPrice": .string(average.map(text) ?? "0"),
      "side": .string(
        position.side == .net ? "BOTH" : position.side == .long ? "LONG" : "SHORT"),
    ]
  }

  // MARK: Texts

  private static func price(_ units: Int64, _ listing: Listing) -> String {
    DecimalText.string(Int128(units), decimals: Int(listing.priceDecimals))
  }

  /// Of contracts times their size, which is the base quantity (of inverse ones the quote's).
  private static func quantity(_ units: Int64, _ listing: Listing) -> String {
    DecimalText.string(
      Int128(units) * Int128(listing.contractSize.units),
      decimals: Int(listing.quantityDecimals) + Int(listing.contractSize.decimals))
  }

  /// Exact, without zeros at the end.
  private static func text(_ money: Money) -> String { money.description }
}
