import Exchange
import TradingModel
import VenueServer

/// A funding payment with what it was counted from.
struct BybitFunding {
  var payment: ExchangeFunding
  /// Of the position, signed.
  var quantity: Int64
  var mark: Int64

  /// As executions and the account's book call it: the second, then numbers that are the venue's own.
  var orderID: String {
    let side = quantity > 0 ? 1 : 2
    return "\(payment.time / 1_000_000_000)-\(payment.instrument)-\(payment.account)-\(side)-2"
  }

  var side: String { quantity > 0 ? "Buy" : quantity < 0 ? "Sell" : "None" }

  /// One for each second, instrument and account.
  var tradeID: String {
    let number = UInt64(payment.time / 1_000_000_000) * 1_024 + UInt64(payment.account) * 8
    return BybitIdentifiers.uuid(
      number + UInt64(payment.positionSide.rawValue), salt: 0xF000 + UInt64(payment.instrument))
  }
}

extension BybitCore {
  /// A payment among the executions, of the type "Funding"
  /// (https://bybit-exchange.github.io/docs/v5/enum#exectype): what is paid is the fee.
  func fundingMembers(_ funding: BybitFunding) -> Members {
    let payment = funding.payment
    let symbol = symbol(payment.instrument)
    let quantity = JSONValue.string(symbol.quantity(abs(funding.quantity)))
    let mark = JSONValue.string(symbol.price(funding.mark))
    let value = Int128(abs(funding.quantity)) * Int128(funding.mark)
    return [
      ("symbol", .string(symbol.name)), ("orderType", "UNKNOWN"), ("underlyingPrice", ""),
      ("orderLinkId", ""), ("side", .string(funding.side)), ("indexPrice", ""),
      ("orderId", .string(funding.orderID)), ("stopOrderType", "UNKNOWN"), ("leavesQty", "0"),
      ("execTime", .string("\(payment.time / 1_000_000)")),
      ("feeCurrency", .string(BybitSymbol.assets[Int(payment.asset)])), ("isMaker", false),
      ("execFee", .string(BybitText.text(-payment.amount))),
      ("feeRate", .string(BybitText.text(payment.rate))), ("execId", .string(funding.tradeID)),
      ("tradeIv", ""), ("blockTradeId", ""), ("markPrice", mark), ("execPrice", mark),
      ("markIv", ""), ("orderQty", "0"), ("orderPrice", "0"),
      ("execValue", .string(symbol.value(value))), ("execType", "Funding"), ("execQty", quantity),
      ("closedSize", "0"), ("seq", .integer(takeSequence())), ("createType", ""),
    ]
  }
}
