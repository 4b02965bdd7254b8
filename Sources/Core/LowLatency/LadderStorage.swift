/// The pages and nodes of a `PriceLadder`: their memory, and the tree that finds a page by key.
///
/// Memory comes in chunks: a 64-byte header (next chunk, byte count), then pages, then as many
/// nodes (a tree without single-child nodes has fewer nodes than leaves).
@usableFromInline
struct LadderStorage {
  @usableFromInline typealias Node = UnsafeMutablePointer<LadderNode>

  @usableFromInline let pageByteCount: Int
  @usableFromInline var chunks: UnsafeMutableRawPointer?
  @usableFromInline var freePages: Node?
  @usableFromInline var freeNodes: Node?
  @usableFromInline var pageCapacity = 0
  @usableFromInline var pagesInUse = 0
  @usableFromInline var nodesInUse = 0
  @usableFromInline var growthCount = 0
  @usableFromInline var byteCount = 0

  @usableFromInline
  init(pageByteCount: Int, pageCapacity: Int) {
    self.pageByteCount = (pageByteCount + 63) & ~63
    addChunk(pageCount: pageCapacity)
  }

  @usableFromInline
  func deallocate() {
    var chunk = chunks
    while let current = chunk {
      chunk = current.load(as: UnsafeMutableRawPointer?.self)
      current.deallocate()
    }
  }

  // MARK: Memory

  mutating func addChunk(pageCount: Int) {
    let size = 64 + pageCount * (pageByteCount + LadderNode.nodeByteCount)
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    chunk.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    chunk.storeBytes(of: chunks, as: UnsafeMutableRawPointer?.self)
    chunks = chunk
    byteCount += size
    pageCapacity += pageCount
    let nodes = chunk + 64 + pageCount * pageByteCount
    for index in stride(from: pageCount - 1, through: 0, by: -1) {
      let page = (chunk + 64 + index * pageByteCount).bindMemory(to: LadderNode.self, capacity: 1)
      page.initialize(to: LadderNode(key: 0, height: 0))
      page.pointee.parent = freePages
      freePages = page
      let node = (nodes + index * LadderNode.nodeByteCount)
        .bindMemory(to: LadderNode.self, capacity: 1)
      node.initialize(to: LadderNode(key: 0, height: 1))
      node.pointee.parent = freeNodes
      freeNodes = node
    }
  }

  /// A page with no level occupied, in no tree; doubles the memory when there is none.
  @usableFromInline
  mutating func takePage(_ key: UInt64) -> Node {
    if freePages == nil {
      growthCount += 1
      addChunk(pageCount: pageCapacity)
    }
    let page = freePages.unsafelyUnwrapped
    freePages = page.pointee.parent
    page.pointee = LadderNode(key: key, height: 0)
    pagesInUse += 1
    return page
  }

  mutating func takeNode(key: UInt64, height: UInt64) -> Node {
    guard let node = freeNodes else {
      preconditionFailure("Invariant: a ladder has fewer nodes than pages")
    }
    freeNodes = node.pointee.parent
    node.pointee = LadderNode(key: (key >> (6 * height)) << (6 * height), height: height)
    nodesInUse += 1
    return node
  }

  // MARK: Search

  /// The page with this key; nil when there is none.
  @usableFromInline
  func page(_ key: UInt64, under root: Node?) -> Node? {
    guard var node = root else { return nil }
    while node.pointee.height > 0 {
      let digit = LadderNode.digit(of: key, at: node.pointee.height)
      if node.pointee.mask &>> UInt64(digit) & 1 == 0 { return nil }
      node = node.children[digit]
    }
    return node.pointee.key == key ? node : nil
  }

  /// The page with the least key that is not below `key`; nil when there is none.
  @usableFromInline
  func firstPage(notBelow key: UInt64, under root: Node?) -> Node? {
    guard let edge = neighbor(of: key, under: root) else { return nil }
    return edge.pointee.key >= key ? edge : edge.pointee.next
  }

  /// The page with the greatest key that is not above `key`; nil when there is none.
  @usableFromInline
  func lastPage(notAbove key: UInt64, under root: Node?) -> Node? {
    guard let edge = neighbor(of: key, under: root) else { return nil }
    return edge.pointee.key <= key ? edge : edge.pointee.previous
  }

  /// The page with this key, or one next to where it would be; nil when there is no page at all.
  func neighbor(of key: UInt64, under root: Node?) -> Node? {
    guard var node = root else { return nil }
    while node.pointee.height > 0 {
      if !node.pointee.covers(key) {
        return key < node.pointee.key ? leftmost(node) : rightmost(node)
      }
      let digit = LadderNode.digit(of: key, at: node.pointee.height)
      let lower = node.pointee.mask & ((1 &<< UInt64(digit)) &- 1)
      if node.pointee.mask &>> UInt64(digit) & 1 == 1 {
        node = node.children[digit]
      } else if lower != 0 {
        return rightmost(node.children[63 - lower.leadingZeroBitCount])
      } else {
        return leftmost(node)
      }
    }
    return node
  }

  func leftmost(_ top: Node) -> Node {
    var node = top
    while node.pointee.height > 0 { node = node.children[node.pointee.mask.trailingZeroBitCount] }
    return node
  }

  func rightmost(_ top: Node) -> Node {
    var node = top
    while node.pointee.height > 0 {
      node = node.children[63 - node.pointee.mask.leadingZeroBitCount]
    }
    return node
  }

  // MARK: Change

  /// Puts `page`, whose key has no page yet, into the tree.
  @usableFromInline
  mutating func attach(_ page: Node, under root: inout Node?) {
    guard var node = root else {
      root = page
      return
    }
    let key = page.pointee.key
    while node.pointee.covers(key) {
      let digit = LadderNode.digit(of: key, at: node.pointee.height)
      if node.pointee.mask >> UInt64(digit) & 1 == 0 { return node.setChild(digit, page) }
      node = node.children[digit]
    }
    // The keys part above `node`: a new node takes its place and gets both as children.
    let difference = node.pointee.key ^ key
    let height = UInt64((63 - difference.leadingZeroBitCount) / 6 + 1)
    let fork = takeNode(key: key, height: height)
    replace(node, with: fork, under: &root)
    fork.setChild(LadderNode.digit(of: node.pointee.key, at: height), node)
    fork.setChild(LadderNode.digit(of: key, at: height), page)
  }

  /// Takes `page` out of the tree, with the node above it when that has one child left, and
  /// keeps their memory for reuse.
  @usableFromInline
  mutating func detach(_ page: Node, under root: inout Node?) {
    if let parent = page.pointee.parent {
      let digit = LadderNode.digit(of: page.pointee.key, at: parent.pointee.height)
      parent.pointee.mask &= ~(1 << UInt64(digit))
      if parent.pointee.mask.nonzeroBitCount == 1 {
        let child = parent.children[parent.pointee.mask.trailingZeroBitCount]
        replace(parent, with: child, under: &root)
        parent.pointee.parent = freeNodes
        freeNodes = parent
        nodesInUse -= 1
      }
    } else {
      root = nil
    }
    page.pointee.parent = freePages
    freePages = page
    pagesInUse -= 1
  }

  /// Puts `node` where `old` stands in the tree.
  func replace(_ old: Node, with node: Node, under root: inout Node?) {
    if let parent = old.pointee.parent {
      parent.setChild(LadderNode.digit(of: old.pointee.key, at: parent.pointee.height), node)
    } else {
      root = node
      node.pointee.parent = nil
    }
  }
}
