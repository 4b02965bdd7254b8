import TradingModel

// The parameters of each request, in the order in which they are signed.
extension BinanceOrderEncoder {
  @inline(__always)
  func writeParameters(
    _ request: VenueRequest, timestamp: UInt64, _ writer: inout RequestWriter
  ) throws(BinanceRequestError) {
    writer.write("timestamp=")
    writer.write(timestamp)
    if request.listing != .max {
      writer.write("&symbol=")
      writer.write(names.symbol(request.listing))
    }
    switch request.kind {
    case .newOrder: try writeNewOrder(request, &writer)
    case .replace: writeReplace(request, &writer)
    case .cancel, .queryOrder: writeIdentity(request, &writer)
    case .querySnapshot: break
    }
    writer.write("&recvWindow=")
    writer.write(receiveWindow)
  }

  @inline(__always)
  private func writeNewOrder(
    _ request: VenueRequest, _ writer: inout RequestWriter
  ) throws(BinanceRequestError) {
    writeSide(request.side, &writer)
    writer.write("&newClientOrderId=")
    writeClientOrderID(request.orderID, &writer)
    writer.write("&newOrderRespType=")
    writer.write(UnsafeRawBufferPointer(responseType))
    let type: StaticString
    switch request.type {
    case .market: type = "&type=MARKET&quantity="
    case .limit: type = "&type=LIMIT&quantity="
    case .stop: type = "&type=STOP_MARKET&quantity="
    case .stopLimit: type = "&type=STOP&quantity="
    case .trailingStop, .pegged: throw .orderType(request.type)
    }
    writer.write(type)
    writer.write(request.quantity, decimals: names.quantityDecimals(request.listing))
    if request.type == .limit || request.type == .stopLimit {
      writer.write("&price=")
      writer.write(request.price, decimals: names.priceDecimals(request.listing))
    }
    if request.type == .stop || request.type == .stopLimit {
      writer.write("&stopPrice=")
      writer.write(request.stopPrice, decimals: names.priceDecimals(request.listing))
    }
    if request.type == .limit || request.type == .stopLimit {
      writer.write(try Self.timeInForce(request))
    }
    if request.instructions.contains(.reduceOnly) { writer.write("&reduceOnly=true") }
  }

  private static func timeInForce(
    _ request: VenueRequest
  ) throws(BinanceRequestError) -> StaticString {
    switch request.timeInForce {
    case .goodTillCancel:
      return request.instructions.contains(.postOnly) ? "&timeInForce=GTX" : "&timeInForce=GTC"
    case .immediateOrCancel: return "&timeInForce=IOC"
    case .fillOrKill: return "&timeInForce=FOK"
    case .day, .goodTillDate: throw .timeInForce(request.timeInForce)
    }
  }

  @inline(__always)
  private func writeReplace(_ request: VenueRequest, _ writer: inout RequestWriter) {
    writeSide(request.side, &writer)
    writeIdentity(request, &writer)
    writer.write("&quantity=")
    writer.write(request.quantity, decimals: names.quantityDecimals(request.listing))
    writer.write("&price=")
    writer.write(request.price, decimals: names.priceDecimals(request.listing))
  }

  @inline(__always)
  private func writeSide(_ side: Side, _ writer: inout RequestWriter) {
    if side == .buy { writer.write("&side=BUY") } else { writer.write("&side=SELL") }
  }

  /// The order by the venue's id where it is known, else by ours.
  @inline(__always)
  private func writeIdentity(_ request: VenueRequest, _ writer: inout RequestWriter) {
    if request.venueOrderID != 0 {
      writer.write("&orderId=")
      writer.write(request.venueOrderID)
    } else {
      writer.write("&origClientOrderId=")
      writeClientOrderID(request.orderID, &writer)
    }
  }

  @inline(__always)
  private func writeClientOrderID(_ id: OrderID, _ writer: inout RequestWriter) {
    writer.write(UnsafeRawBufferPointer(prefix))
    writer.write(base36: id)
  }
}
