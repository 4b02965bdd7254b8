import CMatching
import MatchingEngine
import Synchronization

/// A book with the reports of its last request.
struct OpenBook: ~Copyable {
  var book: MatchingBook
  var reports: ReportList
}

/// What a `ntm_library` is: a fixed number of places for books. No lock is needed, because each
/// place says by one atomic number whose it is, and only opening and closing a book write to it.
///
/// ```
///   handle   generation (32 bits) | place + 1 (32 bits)     so that 0 names nothing
///   tag      generation (32 bits) | free, changing, open    generation: of the place's last book
/// ```
struct BookTable {
  let capacity: Int
  private let slots: UnsafeMutablePointer<Slot>

  private struct Slot: ~Copyable {
    let tag = Atomic<UInt64>(State.free)
    /// Written while the state is `changing`, read while it is `open`.
    var book: UnsafeMutablePointer<OpenBook>?
  }

  private enum State {
    static let free: UInt64 = 0
    static let changing: UInt64 = 1
    static let open: UInt64 = 2
  }

  init(capacity: Int) {
    self.capacity = capacity
    slots = .allocate(capacity: capacity)
    for place in 0..<capacity { (slots + place).initialize(to: Slot()) }
  }

  /// Closes all books and gives the memory back.
  func deallocate() {
    for place in 0..<capacity {
      if slots[place].tag.load(ordering: .acquiring) & 3 == State.open {
        close(slots[place].book)
      }
    }
    slots.deinitialize(count: capacity)
    slots.deallocate()
  }

  /// How many bytes the places of `capacity` books take.
  static func byteCount(capacity: Int) -> Int { capacity * MemoryLayout<Slot>.stride }

  /// The open book that `handle` names; nil when there is none. O(1).
  @inline(__always)
  func find(_ handle: ntm_book) -> UnsafeMutablePointer<OpenBook>? {
    guard let place = place(handle) else { return nil }
    let tag = slots[place].tag.load(ordering: .acquiring)
    return tag == generation(handle) | State.open ? slots[place].book : nil
  }

  /// Claims a free place, and puts there what `make` gives; nil when there is none. O(capacity).
  func open(_ make: () -> UnsafeMutablePointer<OpenBook>) -> ntm_book? {
    for place in 0..<capacity {
      let tag = slots[place].tag.load(ordering: .relaxed)
      let generation = (tag >> 32 &+ 1) & 0xFFFF_FFFF
      guard tag & 3 == State.free, exchange(place, tag, generation << 32 | State.changing) else {
        continue
      }
      slots[place].book = make()
      slots[place].tag.store(generation << 32 | State.open, ordering: .releasing)
      return generation << 32 | UInt64(place + 1)
    }
    return nil
  }

  /// Ends the book that `handle` names; false when there is none.
  func close(_ handle: ntm_book) -> Bool {
    let generation = generation(handle)
    guard let place = place(handle),
      exchange(place, generation | State.open, generation | State.changing)
    else { return false }
    close(slots[place].book)
    slots[place].book = nil
    slots[place].tag.store(generation | State.free, ordering: .releasing)
    return true
  }

  @inline(__always)
  private func place(_ handle: ntm_book) -> Int? {
    let number = Int(handle & 0xFFFF_FFFF)
    return number >= 1 && number <= capacity ? number - 1 : nil
  }

  /// As it stands in a tag.
  @inline(__always)
  private func generation(_ handle: ntm_book) -> UInt64 { handle & 0xFFFF_FFFF_0000_0000 }

  private func exchange(_ place: Int, _ expected: UInt64, _ desired: UInt64) -> Bool {
    slots[place].tag.compareExchange(
      expected: expected, desired: desired, ordering: .acquiringAndReleasing
    ).exchanged
  }

  private func close(_ book: UnsafeMutablePointer<OpenBook>?) {
    book?.deinitialize(count: 1)
    book?.deallocate()
  }
}

extension BookTable {
  /// The table that a caller's `ntm_library` points to.
  ///
  /// SAFETY: `library` is what `ntm_library_create` gave.
  @inline(__always)
  init(_ library: OpaquePointer) {
    self = UnsafePointer<BookTable>(library).pointee
  }
}
