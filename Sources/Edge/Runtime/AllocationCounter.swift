import CPlatform

/// Counts what the calling thread takes from the allocator, in processes that link
/// `CAllocationCount`. Does not itself allocate.
public enum AllocationCounter {
  /// What was taken between `start` and `stop`.
  public struct Count: Equatable, Sendable {
    /// Calls of malloc, calloc, realloc, posix_memalign, aligned_alloc, memalign and mmap.
    public var calls: UInt64
    /// Bytes asked for.
    public var bytes: UInt64
    /// A count of this many calls and bytes.
    public init(calls: UInt64, bytes: UInt64) {
      self.calls = calls
      self.bytes = bytes
    }
  }

  /// Whether this process can count; if not, every count is zero and means nothing.
  public static var isAvailable: Bool { cplatform_allocation_count_is_linked() }

  /// Begins at zero, for the calling thread.
  public static func start() { cplatform_allocation_count_start() }

  /// Ends the calling thread's count and returns it.
  public static func stop() -> Count {
    var count = Count(calls: 0, bytes: 0)
    cplatform_allocation_count_stop(&count.calls, &count.bytes)
    return count
  }
}
