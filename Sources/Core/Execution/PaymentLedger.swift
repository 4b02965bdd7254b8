import TradingModel

/// The funding payments already booked, by listing and payment id: what makes one that is told again
/// harmless.
///
/// Holds the last `capacity`; older ones are forgotten in the order they came. Each leaves its time
/// behind, and a payment of its listing that is not known and not later may be one of the forgotten: it
/// is booked no more. A payment comes a few times a day, so they are searched one by one, the latest
/// first.
public struct PaymentLedger: ~Copyable {
  /// What a payment is to the ledger.
  public enum Outcome: Equatable, Sendable {
    /// It was not known and is now: it is to be booked.
    case booked
    /// It is known, so that it is booked already.
    case repeated
    /// It is not known, and as old as one that was forgotten: nobody can say whether it is booked.
    case tooOld
  }

  private struct Entry: BitwiseCopyable {
    var paymentID: UInt64
    var venueTime: Timestamp
    var listing: ListingIndex
  }

  private let entries: UnsafeMutablePointer<Entry>
  /// By listing: the latest time of a payment that was forgotten; `none` before one was.
  private let floors: UnsafeMutablePointer<Timestamp>
  private let capacity: Int
  private let listingCapacity: Int
  private static let none = Timestamp.min
  /// Payments taken in since the start.
  public private(set) var count = 0

  /// Takes and clears the memory: 24 bytes a payment, 8 a listing.
  ///
  /// - Parameters:
  ///   - capacity: payments remembered, above zero.
  ///   - listingCapacity: listings there is room for; their indices are below it.
  public init(capacity: Int, listingCapacity: Int) {
    precondition(capacity > 0 && listingCapacity > 0, "a payment ledger has room")
    self.capacity = capacity
    self.listingCapacity = listingCapacity
    entries = .allocate(capacity: capacity)
    entries.initialize(
      repeating: Entry(paymentID: 0, venueTime: 0, listing: 0), count: capacity)
    floors = .allocate(capacity: listingCapacity)
    floors.initialize(repeating: Self.none, count: listingCapacity)
  }

  deinit {
    entries.deallocate()
    floors.deallocate()
  }

  /// Remembers a payment, of a listing within capacity, that is to be booked; any other leaves the
  /// ledger as it is.
  ///
  /// - Complexity: O(payments remembered).
  public mutating func insert(_ payment: FundingPayment) -> Outcome {
    precondition(Int(payment.listing) < listingCapacity, "a payment's listing is within capacity")
    var index = count
    while index > max(0, count - capacity) {
      index -= 1
      let entry = entries[index % capacity]
      if entry.paymentID == payment.paymentID, entry.listing == payment.listing {
        return .repeated
      }
    }
    let floor = floors[Int(payment.listing)]
    if floor != Self.none, payment.venueTime <= floor { return .tooOld }
    if count >= capacity { forget(entries[count % capacity]) }
    entries[count % capacity] = Entry(
      paymentID: payment.paymentID, venueTime: payment.venueTime, listing: payment.listing)
    count += 1
    return .booked
  }

  private mutating func forget(_ entry: Entry) {
    let listing = Int(entry.listing)
    floors[listing] = max(floors[listing], entry.venueTime, Self.none + 1)
  }

  /// Takes the ledger into a state hash, in the order the payments came.
  public func hash(into hash: inout RecordHash) {
    hash.combine(UInt64(count))
    for index in max(0, count - capacity)..<count {
      hash.combine(entries[index % capacity].paymentID)
      hash.combine(entries[index % capacity].venueTime)
      hash.combine(UInt64(entries[index % capacity].listing))
    }
    for listing in 0..<listingCapacity where floors[listing] != Self.none {
      hash.combine(UInt64(listing))
      hash.combine(floors[listing])
    }
  }
}
