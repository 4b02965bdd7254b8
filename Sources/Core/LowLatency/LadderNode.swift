/// The 64-byte header of a ladder's page, and of a node of the tree above the pages.
///
/// A page's number is its prices without their lowest 6 bits. Keys are page numbers moved up so
/// that they are not negative and that price 0 lies in the middle of a node at every height: then
/// spreads, which trade around 0, need no deep tree.
@usableFromInline
struct LadderNode: BitwiseCopyable {
  /// In a page, which of the 64 levels are occupied; in a node, which children exist.
  @usableFromInline var mask: UInt64
  /// The key of a page; of a node, the least key that belongs below it.
  @usableFromInline var key: UInt64
  /// 0 for a page. A node of height h branches on the h-th group of 6 bits of keys, and keys that
  /// differ from its own above that group do not belong below it.
  @usableFromInline var height: UInt64
  /// The node above; nil for the root. In free pages and nodes, the next free one.
  @usableFromInline var parent: UnsafeMutablePointer<LadderNode>?
  /// The page with the next lower and the next higher prices; unused in nodes.
  @usableFromInline var previous: UnsafeMutablePointer<LadderNode>?
  @usableFromInline var next: UnsafeMutablePointer<LadderNode>?

  @usableFromInline static let headerByteCount = 64
  @usableFromInline static let nodeByteCount = headerByteCount + 64 * 8
  // 2^57 makes page numbers positive; the rest is 32 in each of the nine lower groups of 6 bits.
  @usableFromInline static let bias: Int64 = (1 << 57) + 0x0020_8208_2082_0820

  @inlinable
  init(key: UInt64, height: UInt64) {
    mask = 0
    self.key = key
    self.height = height
  }

  @inlinable
  static func key(of price: Int64) -> UInt64 {
    UInt64(bitPattern: price &>> 6 &+ bias)
  }

  @inlinable
  static func place(of price: Int64) -> Int { Int(truncatingIfNeeded: price & 63) }

  @inlinable
  static func price(_ key: UInt64, _ place: Int) -> Int64 {
    (Int64(bitPattern: key) &- bias) &<< 6 | Int64(truncatingIfNeeded: place)
  }

  /// Which child of a node of `height` (1...10) leads to `key`.
  @inlinable
  static func digit(of key: UInt64, at height: UInt64) -> Int {
    Int(truncatingIfNeeded: key &>> (6 &* (height &- 1)) & 63)
  }

  /// Whether keys like `key` belong below this node. A page owns its own key only.
  @inlinable
  func covers(_ key: UInt64) -> Bool { (self.key ^ key) &>> (6 &* height) == 0 }
}

extension UnsafeMutablePointer<LadderNode> {
  /// The 64 children of a node; valid where the mask has a bit.
  @inlinable
  var children: UnsafeMutablePointer<UnsafeMutablePointer<LadderNode>> {
    // SAFETY: a node's children follow its header; see `LadderStorage`.
    (UnsafeMutableRawPointer(self) + LadderNode.headerByteCount)
      .assumingMemoryBound(to: UnsafeMutablePointer<LadderNode>.self)
  }

  @inlinable
  func setChild(_ digit: Int, _ child: UnsafeMutablePointer<LadderNode>) {
    children[digit] = child
    pointee.mask |= 1 &<< UInt64(digit)
    child.pointee.parent = self
  }
}
