/// One side of a book: a map from prices (whole ticks, any `Int64`) to a fixed-size `Level`, in
/// price order, with memory in proportion to the prices in use.
///
/// Levels lie in pages of 64 neighbouring prices with a mask of the occupied ones. The pages are
/// leaves of a 64-ary radix tree without single-child nodes (so at most one node a page, and no
/// chain of nodes for a far price), and they form a list in price order:
///
/// ```
///   root ──► node (branches on 6 bits of the page number) ──► node ... ──► page: mask, 64 levels
///                                                            page ◄──► page ◄──► page
/// ```
///
/// A price in the page touched last costs a compare and an index. Neighbours within a page are one
/// mask operation, across pages one link. Another page costs a descent, at most 10 nodes, in
/// practice 1 to 3. Pages never move: a pointer to a level is good while it stays occupied. A page
/// whose last level goes is used again, last-in, first-out. More pages than `pageCapacity` are
/// taken from the heap when needed, and `growthCount` says how often that happened.
public struct PriceLadder<Level: BitwiseCopyable>: ~Copyable {
  @usableFromInline typealias Node = UnsafeMutablePointer<LadderNode>

  /// How many prices are occupied.
  @inlinable public var count: Int { levelCount }
  /// How many pages hold them.
  @inlinable public var pageCount: Int { storage.pagesInUse }
  /// How often more memory was taken than `init` did.
  @inlinable public var growthCount: Int { storage.growthCount }
  /// All memory held, in bytes.
  @inlinable public var byteCount: Int { storage.byteCount }

  @usableFromInline let empty: Level
  @usableFromInline var storage: LadderStorage
  @usableFromInline var root: Node?
  @usableFromInline var head: Node?
  @usableFromInline var tail: Node?
  @usableFromInline var levelCount = 0
  // The page touched last; `.max` is the key of no page.
  @usableFromInline var cachedKey = UInt64.max
  @usableFromInline var cachedPage: Node?

  /// Takes and touches memory for `pageCapacity` (at least 1) pages: for each 64 levels and some
  /// 640 bytes. `empty` is what a newly occupied price starts with.
  @inlinable
  public init(pageCapacity: Int, empty: Level) {
    precondition(pageCapacity > 0, "A ladder starts with at least one page")
    precondition(MemoryLayout<Level>.alignment <= 64, "Levels lie in 64-byte aligned pages")
    self.empty = empty
    storage = LadderStorage(
      pageByteCount: LadderNode.headerByteCount + 64 * MemoryLayout<Level>.stride,
      pageCapacity: pageCapacity)
  }

  deinit { storage.deallocate() }

  // MARK: One price

  /// The level at `price`; nil when it is not occupied. Makes its page the one touched last.
  @inlinable @inline(__always)
  public mutating func pointer(at price: Int64) -> UnsafeMutablePointer<Level>? {
    let key = LadderNode.key(of: price)
    if key != cachedKey {
      guard let page = storage.page(key, under: root) else { return nil }
      cachedKey = key
      cachedPage = page
    }
    return level(LadderNode.place(of: price), in: cachedPage.unsafelyUnwrapped)
  }

  /// A copy of the level at `price`; nil when it is not occupied.
  @inlinable
  public func level(at price: Int64) -> Level? {
    let key = LadderNode.key(of: price)
    guard let page = key == cachedKey ? cachedPage : storage.page(key, under: root) else {
      return nil
    }
    return level(LadderNode.place(of: price), in: page)?.pointee
  }

  /// Occupies `price` with the empty level and gives it; an occupied price is left as it is.
  @inlinable
  public mutating func insert(at price: Int64) -> UnsafeMutablePointer<Level> {
    let key = LadderNode.key(of: price)
    if key != cachedKey {
      cachedPage = storage.page(key, under: root) ?? insertPage(key)
      cachedKey = key
    }
    let page = cachedPage.unsafelyUnwrapped
    let place = LadderNode.place(of: price)
    let bit: UInt64 = 1 &<< UInt64(place)
    let found = levels(of: page) + place
    if page.pointee.mask & bit == 0 {
      page.pointee.mask |= bit
      found.pointee = empty
      levelCount &+= 1
    }
    return found
  }

  /// Frees `price`; false, and nothing changed, when it is not occupied.
  @inlinable
  @discardableResult
  public mutating func remove(at price: Int64) -> Bool {
    guard pointer(at: price) != nil else { return false }
    let page = cachedPage.unsafelyUnwrapped
    page.pointee.mask &= ~(1 &<< UInt64(LadderNode.place(of: price)))
    levelCount &-= 1
    if page.pointee.mask == 0 { removePage(page) }
    return true
  }

  /// Frees every price; the memory stays. O(pages).
  public mutating func removeAll() {
    while let page = head {
      page.pointee.mask = 0
      removePage(page)
    }
    levelCount = 0
  }

  // MARK: Order

  /// Whether no price is occupied.
  @inlinable public var isEmpty: Bool { levelCount == 0 }

  /// The lowest occupied price (a best ask); nil when there is none.
  @inlinable
  public var first: Int64? {
    guard let page = head else { return nil }
    return LadderNode.price(page.pointee.key, page.pointee.mask.trailingZeroBitCount)
  }

  /// The highest occupied price (a best bid); nil when there is none.
  @inlinable
  public var last: Int64? {
    guard let page = tail else { return nil }
    return LadderNode.price(page.pointee.key, 63 &- page.pointee.mask.leadingZeroBitCount)
  }

  /// The level at the lowest occupied price; nil when there is none.
  @inlinable
  public var firstLevel: UnsafeMutablePointer<Level>? {
    guard let page = head else { return nil }
    return levels(of: page) + page.pointee.mask.trailingZeroBitCount
  }

  /// The level at the highest occupied price; nil when there is none.
  @inlinable
  public var lastLevel: UnsafeMutablePointer<Level>? {
    guard let page = tail else { return nil }
    return levels(of: page) + (63 &- page.pointee.mask.leadingZeroBitCount)
  }

  /// The lowest occupied price above `price`, which need not be occupied; nil when there is none.
  @inlinable
  public func next(after price: Int64) -> Int64? {
    let key = LadderNode.key(of: price)
    guard let page = key == cachedKey ? cachedPage : storage.firstPage(notBelow: key, under: root)
    else { return nil }
    if page.pointee.key == key {
      let above = page.pointee.mask & (~1 &<< UInt64(LadderNode.place(of: price)))
      if above != 0 { return LadderNode.price(key, above.trailingZeroBitCount) }
      guard let behind = page.pointee.next else { return nil }
      return LadderNode.price(behind.pointee.key, behind.pointee.mask.trailingZeroBitCount)
    }
    return LadderNode.price(page.pointee.key, page.pointee.mask.trailingZeroBitCount)
  }

  /// The highest occupied price below `price`, which need not be occupied; nil when there is none.
  @inlinable
  public func previous(before price: Int64) -> Int64? {
    let key = LadderNode.key(of: price)
    guard let page = key == cachedKey ? cachedPage : storage.lastPage(notAbove: key, under: root)
    else { return nil }
    if page.pointee.key == key {
      let below = page.pointee.mask & ((1 &<< UInt64(LadderNode.place(of: price))) &- 1)
      if below != 0 { return LadderNode.price(key, 63 &- below.leadingZeroBitCount) }
      guard let before = page.pointee.previous else { return nil }
      return LadderNode.price(
        before.pointee.key, 63 &- before.pointee.mask.leadingZeroBitCount)
    }
    return LadderNode.price(page.pointee.key, 63 &- page.pointee.mask.leadingZeroBitCount)
  }

  // MARK: Pages

  @inlinable
  func levels(of page: Node) -> UnsafeMutablePointer<Level> {
    // SAFETY: a page's levels follow its header; see `LadderStorage`. Levels are bitwise copyable
    // and each is written when its price becomes occupied, before it is read.
    (UnsafeMutableRawPointer(page) + LadderNode.headerByteCount)
      .assumingMemoryBound(to: Level.self)
  }

  @inlinable
  func level(_ place: Int, in page: Node) -> UnsafeMutablePointer<Level>? {
    page.pointee.mask &>> UInt64(place) & 1 == 1 ? levels(of: page) + place : nil
  }

  @inlinable
  mutating func insertPage(_ key: UInt64) -> Node {
    let behind = storage.firstPage(notBelow: key, under: root)
    let before = behind == nil ? tail : behind?.pointee.previous
    let page = storage.takePage(key)
    page.pointee.previous = before
    page.pointee.next = behind
    if let before { before.pointee.next = page } else { head = page }
    if let behind { behind.pointee.previous = page } else { tail = page }
    storage.attach(page, under: &root)
    return page
  }

  @inlinable
  mutating func removePage(_ page: Node) {
    let (before, behind) = (page.pointee.previous, page.pointee.next)
    if let before { before.pointee.next = behind } else { head = behind }
    if let behind { behind.pointee.previous = before } else { tail = before }
    if cachedKey == page.pointee.key { cachedKey = .max }
    storage.detach(page, under: &root)
  }
}
