import LowLatency
import TradingModel

extension MatchingBook {
  /// All memory held, in bytes.
  var byteCount: Int {
    let arena = cellCount * MemoryLayout<BookCell>.stride
    let known = detailCount * MemoryLayout<OrderDetail>.stride
    let found = (Int(directMask) + 1) * MemoryLayout<UInt32>.stride + overflow.pointee.byteCount
    let paged = (0..<BookQueue.count).reduce(0) { $0 + ladders[$1].byteCount }
    let reported = reports.pointee.capacity * MemoryLayout<MatchReport>.stride
    let pages = BookQueue.count * Self.pagesKnown * MemoryLayout<UInt32>.stride
    return arena + known + found + pages + paged + reported + special.pointee.byteCount
      + MemoryLayout<MatchingBook>.stride
  }

  /// Memory for `count` values, from a cache line's start, touched.
  static func lines<Element: BitwiseCopyable>(
    _ count: Int, _ filler: Element
  ) -> UnsafeMutablePointer<Element> {
    let memory = memory(count, of: Element.self)
    memory.initialize(repeating: filler, count: count)
    return memory
  }

  /// Memory for `count` values, from a cache line's start, untouched.
  private static func memory<Element: BitwiseCopyable>(
    _ count: Int, of type: Element.Type
  ) -> UnsafeMutablePointer<Element> {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Element>.stride, alignment: 64)
    return bytes.bindMemory(to: Element.self, capacity: count)
  }

  /// Makes the arena longer by `count` cells; gives the first one's index.
  private mutating func addCells(_ count: Int) -> Int {
    precondition(cellCount + count < 1 << 28, "A book has fewer than 2^28 cells")
    let larger = Self.memory(cellCount + count, of: BookCell.self)
    larger.update(from: cells, count: cellCount)
    (larger + cellCount).initialize(
      repeating: BookCell(links: ListLinks(previous: 0, next: 0)), count: count)
    cells.deallocate()
    cells = larger
    cellCount += count
    return cellCount - count
  }

  /// Adds room for `count` resting orders; at first for one more, because one that comes in while the
  /// book is full needs a cell until it has matched.
  mutating func addOrders(_ wanted: Int) {
    let count = reservedOrders == 0 ? wanted + 1 : wanted
    let start = addCells(count)
    // What lies between the orders, at the places of pages, is never read, and not touched.
    let largerDetails = Self.memory(cellCount, of: OrderDetail.self)
    largerDetails.update(from: details, count: detailCount)
    (largerDetails + start).initialize(repeating: .none, count: count)
    details.deallocate()
    details = largerDetails
    detailCount = cellCount
    for index in stride(from: start + count - 1, through: start, by: -1) {
      cells[index].links.next = firstFreeOrder
      firstFreeOrder = UInt32(index)
    }
    reservedOrders += wanted
  }

  /// Adds room for `count` pages of 64 levels, each level an empty ring.
  mutating func addPages(_ count: Int) {
    let start = addCells(count * BookCell.pageCellCount)
    for page in stride(from: count - 1, through: 0, by: -1) {
      let head = start + page * BookCell.pageCellCount
      for index in head + 1...head + 64 {
        cells[index].links = ListLinks(previous: UInt32(index), next: UInt32(index))
      }
      cells[head].links.next = firstFreePage
      firstFreePage = UInt32(head)
    }
    pageCount += count
  }

  /// Doubles the room for resting orders, up to the capacity.
  @usableFromInline @inline(never)
  mutating func growOrders() {
    let count = min(reservedOrders, orderCapacity - reservedOrders)
    precondition(count > 0, "Invariant: an order is accepted only when one more can rest")
    addOrders(count)
    overflow.pointee.reserve(reservedOrders)
    orderGrowthCount += 1
  }

  @usableFromInline @inline(never)
  mutating func growPages() {
    // A page in use has an order, so that no more are ever needed than orders fit.
    let count = min(pageCount, orderCapacity + 1 - pageCount)
    precondition(count > 0, "Invariant: a page in use has an order")
    addPages(count)
    arenaPageGrowthCount += 1
  }
}
