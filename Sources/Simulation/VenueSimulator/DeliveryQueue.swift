import TradingModel

/// Everything on its way to the core: whole records, in the order in which they arrive.
///
/// A binary heap over (arrival time, counter), so records of one arrival time come out in the order
/// in which they were pushed. The records lie in slots of power-of-two sizes which are used again;
/// more memory than `init` took is taken only when more is under way at once than ever before.
public final class DeliveryQueue {
  struct Entry: BitwiseCopyable {
    var arrival: Timestamp
    var counter: UInt64
    var slot: UnsafeMutableRawPointer
    var sizeClass: Int

    @inline(__always)
    func isBefore(_ other: Entry) -> Bool {
      arrival != other.arrival ? arrival < other.arrival : counter < other.counter
    }
  }

  // Slots of 256 bytes hold every record but long book updates.
  private static let slotByteCountMin = 256
  private static let sizeClassCount = 24

  private var heap: [Entry] = []
  private var freeSlots: [[UnsafeMutableRawPointer]]
  private var blocks: [UnsafeMutableRawPointer] = []
  private var counter: UInt64 = 0

  /// How many records were ever pushed.
  public var pushedCount: UInt64 { counter }
  /// How often more slots were taken than `init` did.
  public private(set) var growthCount = 0

  /// Takes memory for `capacity` records of up to 256 bytes and `longCapacity` of up to 4 KiB.
  public init(capacity: Int = 4096, longCapacity: Int = 64) {
    precondition(capacity > 0 && longCapacity >= 0, "A queue holds at least one record")
    heap.reserveCapacity(capacity + longCapacity)
    freeSlots = Array(repeating: [], count: Self.sizeClassCount)
    takeSlots(sizeClass: 0, count: capacity)
    if longCapacity > 0 { takeSlots(sizeClass: 4, count: longCapacity) }
  }

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// How many records are under way.
  public var count: Int { heap.count }
  public var isEmpty: Bool { heap.isEmpty }
  /// When the next record arrives; `Timestamp.max` when none is under way.
  public var nextTime: Timestamp { heap.first?.arrival ?? .max }
  /// The record that arrives next; good until the queue is next changed.
  public var next: UnsafeRawPointer? { heap.first.map { UnsafeRawPointer($0.slot) } }

  // MARK: In

  /// Puts a record of `length` bytes under way and writes its header, whose time is `arrival`.
  ///
  /// - Returns: the record, whose body the caller must fill before the queue is used again.
  public func push(
    kind: RecordKind, byteCount length: Int, arrival: Timestamp
  ) -> UnsafeMutableRawPointer {
    precondition(length >= RecordHeader.byteCount && length % 8 == 0, "a whole record")
    let slot = insert(byteCount: length, arrival: arrival)
    RecordHeader(byteCount: length, kind: kind, isOutput: false, sequence: 0, time: arrival)
      .store(at: slot)
    return slot
  }

  /// Puts a copy of a whole record under way; the copy's header carries `arrival` and sequence 0.
  public func push(copying record: UnsafeRawPointer, arrival: Timestamp) {
    var header = RecordHeader(at: record)
    let length = Int(header.byteCount)
    let slot = insert(byteCount: length, arrival: arrival)
    slot.copyMemory(from: record, byteCount: length)
    header.sequence = 0
    header.time = arrival
    header.store(at: slot)
  }

  /// Puts a venue's report under way.
  public func push(_ report: VenueReport, arrival: Timestamp) {
    report.store(
      at: push(kind: .venueReport, byteCount: VenueReport.byteCount, arrival: arrival))
  }

  /// Puts a printed trade under way.
  public func push(_ trade: Trade, arrival: Timestamp) {
    trade.store(at: push(kind: .trade, byteCount: Trade.byteCount, arrival: arrival))
  }

  /// Puts a feed's change of state under way.
  public func push(_ status: FeedStatus, arrival: Timestamp) {
    status.store(at: push(kind: .feedStatus, byteCount: FeedStatus.byteCount, arrival: arrival))
  }

  // MARK: Out

  /// Moves the next record to the end of `buffer`; false, and nothing changes, when there is none or
  /// it does not fit.
  public func pop(into buffer: inout RecordBuffer) -> Bool {
    guard let first = heap.first else { return false }
    let length = Int(RecordHeader(at: first.slot).byteCount)
    guard buffer.append(copying: first.slot, byteCount: length) else { return false }
    removeNext()
    return true
  }

  /// Forgets the record that arrives next; there must be one.
  public func removeNext() {
    let first = heap[0]
    freeSlots[first.sizeClass].append(first.slot)
    let last = heap.removeLast()
    if !heap.isEmpty { siftDown(last) }
  }

  // MARK: Heap

  private func insert(byteCount length: Int, arrival: Timestamp) -> UnsafeMutableRawPointer {
    let sizeClass = Self.sizeClass(length)
    if freeSlots[sizeClass].isEmpty {
      growthCount += 1
      takeSlots(sizeClass: sizeClass, count: max(1, 64 >> sizeClass))
    }
    let slot = freeSlots[sizeClass].removeLast()
    counter += 1
    siftUp(Entry(arrival: arrival, counter: counter, slot: slot, sizeClass: sizeClass))
    return slot
  }

  private func siftUp(_ entry: Entry) {
    heap.append(entry)
    var place = heap.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      if !entry.isBefore(heap[parent]) { break }
      heap[place] = heap[parent]
      place = parent
    }
    heap[place] = entry
  }

  private func siftDown(_ entry: Entry) {
    var place = 0
    let end = heap.count
    while true {
      var child = 2 * place + 1
      if child >= end { break }
      if child + 1 < end, heap[child + 1].isBefore(heap[child]) { child += 1 }
      if !heap[child].isBefore(entry) { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = entry
  }

  // MARK: Slots

  private static func sizeClass(_ length: Int) -> Int {
    if length <= slotByteCountMin { return 0 }
    return Int.bitWidth - ((length - 1) / slotByteCountMin).leadingZeroBitCount
  }

  private func takeSlots(sizeClass: Int, count: Int) {
    let slotByteCount = Self.slotByteCountMin << sizeClass
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: slotByteCount * count, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: slotByteCount * count)
    blocks.append(block)
    freeSlots[sizeClass].reserveCapacity(freeSlots[sizeClass].count + count)
    // The lowest address is used first: neighbours in time are neighbours in memory.
    for index in (0..<count).reversed() {
      freeSlots[sizeClass].append(block + index * slotByteCount)
    }
  }
}
