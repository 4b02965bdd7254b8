import TradingModel

/// The funding payments already booked, by listing and payment id: what makes one that is told again
/// harmless.
///
/// Holds the last `capacity`; older ones are forgotten in the order they came. A payment comes a few
/// times a day, so they are searched one by one, the latest first.
public struct PaymentLedger: ~Copyable {
  private struct Key: BitwiseCopyable, Equatable {
    var paymentID: UInt64
    var listing: ListingIndex
  }

  private let keys: UnsafeMutablePointer<Key>
  private let capacity: Int
  /// Payments taken in since the start.
  public private(set) var count = 0

  /// - Parameter capacity: payments remembered, above zero.
  public init(capacity: Int) {
    precondition(capacity > 0, "a payment ledger has room")
    self.capacity = capacity
    keys = .allocate(capacity: capacity)
    keys.initialize(repeating: Key(paymentID: 0, listing: 0), count: capacity)
  }

  deinit { keys.deallocate() }

  /// Remembers a payment; false when it is remembered already.
  ///
  /// - Complexity: O(payments remembered).
  public mutating func insert(_ payment: FundingPayment) -> Bool {
    let key = Key(paymentID: payment.paymentID, listing: payment.listing)
    var index = count
    while index > max(0, count - capacity) {
      index -= 1
      if keys[index % capacity] == key { return false }
    }
    keys[count % capacity] = key
    count += 1
    return true
  }

  /// Takes the ledger into a state hash, in the order the payments came.
  public func hash(into hash: inout RecordHash) {
    hash.combine(UInt64(count))
    for index in max(0, count - capacity)..<count {
      hash.combine(keys[index % capacity].paymentID)
      hash.combine(UInt64(keys[index % capacity].listing))
    }
  }
}
