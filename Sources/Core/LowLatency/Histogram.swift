/// Counts of unsigned values (nanoseconds, as a rule) in log-linear buckets: exact below 64, then
/// 64 buckets for each power of two, so a reported value is at most 1/64 (1.6 %) too high.
///
/// The whole 64-bit range fits in 3,776 buckets (30 KB), taken and touched once. Not for two
/// threads at once: each thread records into its own, and they are merged.
public struct Histogram: ~Copyable {
  @usableFromInline static let bucketCount = 64 + 58 * 64
  @usableFromInline let counts: UnsafeMutablePointer<UInt64>
  @usableFromInline var total: UInt64 = 0
  @usableFromInline var sum: UInt128 = 0
  @usableFromInline var least = UInt64.max
  @usableFromInline var greatest: UInt64 = 0

  /// An empty histogram.
  @inlinable
  public init() {
    counts = .allocate(capacity: Self.bucketCount)
    counts.initialize(repeating: 0, count: Self.bucketCount)
  }

  deinit { counts.deallocate() }

  /// How many values were recorded.
  @inlinable public var count: UInt64 { total }
  /// The least value recorded, exactly; 0 when there is none.
  @inlinable public var min: UInt64 { total == 0 ? 0 : least }
  /// The greatest value recorded, exactly; 0 when there is none.
  @inlinable public var max: UInt64 { greatest }
  /// The mean of all values, from their exact sum; 0 when there is none.
  @inlinable public var mean: Double { total == 0 ? 0 : Double(sum) / Double(total) }

  /// Counts `value`. O(1).
  @inlinable
  public mutating func record(_ value: UInt64) { record(value, times: 1) }

  /// Counts `value` as often as `times` says. O(1).
  @inlinable
  public mutating func record(_ value: UInt64, times: UInt64) {
    if times == 0 { return }
    counts[Self.bucket(of: value)] &+= times
    total &+= times
    sum &+= UInt128(value) &* UInt128(times)
    if value < least { least = value }
    if value > greatest { greatest = value }
  }

  /// Adds all that `other` has recorded.
  public mutating func merge(_ other: borrowing Histogram) {
    for bucket in 0..<Self.bucketCount { counts[bucket] &+= other.counts[bucket] }
    total &+= other.total
    sum &+= other.sum
    least = Swift.min(least, other.least)
    greatest = Swift.max(greatest, other.greatest)
  }

  /// Forgets all values.
  public mutating func reset() {
    counts.update(repeating: 0, count: Self.bucketCount)
    total = 0
    sum = 0
    least = .max
    greatest = 0
  }

  /// The value that `percent` (0 ... 100) of all values do not exceed: the upper end of the bucket
  /// it falls in, within the exact least and greatest; 0 when nothing is recorded. O(buckets).
  public func percentile(_ percent: Double) -> UInt64 {
    precondition(percent >= 0 && percent <= 100, "A percentile is between 0 and 100")
    if total == 0 { return 0 }
    let rank = Swift.max(1, UInt64((Double(total) * (percent / 100)).rounded(.up)))
    var seen: UInt64 = 0
    for bucket in 0..<Self.bucketCount {
      seen &+= counts[bucket]
      if seen >= rank { return Swift.max(least, Swift.min(greatest, Self.range(of: bucket).upper)) }
    }
    return greatest
  }

  /// How many buckets there are, recorded in or not: places for `bucket(at:)`.
  public var bucketCount: Int { Self.bucketCount }

  /// The least and greatest value and the count of bucket `place` (0 ..< `bucketCount`), in
  /// ascending order of values.
  public func bucket(at place: Int) -> (lower: UInt64, upper: UInt64, count: UInt64) {
    precondition(place >= 0 && place < Self.bucketCount, "A bucket is below the bucket count")
    let range = Self.range(of: place)
    return (range.lower, range.upper, counts[place])
  }

  /// Stops the process unless the buckets add up to the count. O(buckets).
  public func checkInvariants() {
    var seen: UInt64 = 0
    for bucket in 0..<Self.bucketCount { seen += counts[bucket] }
    precondition(seen == total, "Invariant: every value is in a bucket")
    precondition(total == 0 || least <= greatest, "Invariant: min is not above max")
  }

  @inlinable
  static func bucket(of value: UInt64) -> Int {
    if value < 64 { return Int(value) }
    let exponent = 63 &- value.leadingZeroBitCount
    let position = Int(truncatingIfNeeded: value &>> UInt64(exponent &- 6)) & 63
    return (exponent &- 5) &<< 6 | position
  }

  static func range(of bucket: Int) -> (lower: UInt64, upper: UInt64) {
    if bucket < 64 { return (UInt64(bucket), UInt64(bucket)) }
    let shift = UInt64(bucket / 64 - 1)
    let lower = (64 | UInt64(bucket % 64)) << shift
    return (lower, lower + ((1 << shift) - 1))
  }
}
