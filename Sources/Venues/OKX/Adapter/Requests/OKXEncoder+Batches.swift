import TradingModel

// Several orders in one operation over the connection: a head, the orders, an end. Allocates nothing.
// https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-place-multiple-orders
// https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-amend-multiple-orders
// https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-cancel-multiple-orders
extension OKXEncoder {
  /// The operation that takes several requests of a kind; nil where there is none.
  static func batchRoute(_ kind: VenueRequestKind) -> OKXRoute? {
    switch kind {
    case .newOrder: .placeBatch
    case .replace: .amendBatch
    case .cancel: .cancelBatch
    case .queryOrder, .querySnapshot: nil
    }
  }

  /// Begins an operation in place of what was written before.
  ///
  /// - Parameters:
  ///   - id: comes back with the answer.
  ///   - deadline: ns since the epoch, after which the venue refuses new orders and changes; nil for none.
  mutating func beginBatch(_ route: OKXRoute, id: UInt64, deadline: Timestamp?) {
    batch = RequestWriter(at: body)
    batchCount = 0
    batch.write("{\"id\":\"")
    batch.write(id)
    batch.write("\",\"op\":\"")
    batch.write(route.operation)
    if let deadline {
      batch.write("\",\"expTime\":\"")
      batch.write(UInt64(max(0, deadline / 1_000_000)))
    }
    batch.write("\",\"args\":[")
  }

  /// Adds a request, which is of the operation's kind; one that cannot be written leaves no trace.
  mutating func addToBatch(_ request: VenueRequest) throws(RequestError) {
    precondition(batchCount < Self.batchCountMax, "a batch has at most 20 orders")
    _ = try fill(request, isOperation: true)
    guard parameters.isComplete else { throw .tooLong }
    if batchCount > 0 { batch.write(",") }
    parameters.writeJSON(&batch)
    batchCount += 1
  }

  /// Adds an order that `json` wrote.
  mutating func addToBatch(written order: String) {
    precondition(batchCount < Self.batchCountMax, "a batch has at most 20 orders")
    if batchCount > 0 { batch.write(",") }
    var order = order
    order.withUTF8 { batch.write(UnsafeRawBufferPointer($0)) }
    batchCount += 1
  }

  /// The whole operation; valid until something else is written.
  mutating func endBatch() -> UnsafeRawBufferPointer {
    batch.write("]}")
    return written(body, batch)
  }

  /// One order of a batch as text, for requests by hand.
  mutating func json(_ request: VenueRequest, isOperation: Bool) throws(RequestError) -> String {
    _ = try fill(request, isOperation: isOperation)
    guard parameters.isComplete else { throw .tooLong }
    var writer = RequestWriter(at: body)
    parameters.writeJSON(&writer)
    return String(decoding: written(body, writer), as: UTF8.self)
  }
}
