/// The neighbours of a node in an intrusive list, by index; `ListLinks.none` is no neighbour.
public struct ListLinks: Equatable, BitwiseCopyable, Sendable {
  /// The index that names no node.
  @inlinable public static var none: UInt32 { .max }

  /// The node in front, nearer the head.
  public var previous: UInt32
  /// The node behind, nearer the tail.
  public var next: UInt32

  /// Links to `previous` and `next`; to nothing by default.
  @inlinable
  public init(previous: UInt32 = ListLinks.none, next: UInt32 = ListLinks.none) {
    self.previous = previous
    self.next = next
  }
}

/// The first and last node of an intrusive list, by index; both `ListLinks.none` when empty.
public struct ListEnds: Equatable, BitwiseCopyable, Sendable {
  /// The first node.
  public var head: UInt32
  /// The last node.
  public var tail: UInt32

  /// The ends of an empty list.
  @inlinable
  public init() {
    head = ListLinks.none
    tail = ListLinks.none
  }

  /// Whether the list has no node.
  @inlinable public var isEmpty: Bool { head == ListLinks.none }
}

/// A fixed-size struct with room for the links of one list.
public protocol ListNode: BitwiseCopyable {
  /// Written by `IntrusiveList` only, while the node is in a list.
  var links: ListLinks { get set }
}

/// Doubly linked lists through nodes that lie in one array (a slab's `base`), addressed by index.
///
/// Every function is O(1). Indices must be below the array's count and a node must be in one
/// list at a time; nothing here checks that, `checkInvariants` finds it out.
public enum IntrusiveList<Node: ListNode> {
  /// Makes `index` the last node.
  @inlinable
  public static func pushBack(
    _ index: UInt32, to ends: inout ListEnds, in nodes: UnsafeMutablePointer<Node>
  ) {
    nodes[Int(index)].links = ListLinks(previous: ends.tail, next: ListLinks.none)
    if ends.tail == ListLinks.none {
      ends.head = index
    } else {
      nodes[Int(ends.tail)].links.next = index
    }
    ends.tail = index
  }

  /// Makes `index` the first node.
  @inlinable
  public static func pushFront(
    _ index: UInt32, to ends: inout ListEnds, in nodes: UnsafeMutablePointer<Node>
  ) {
    nodes[Int(index)].links = ListLinks(previous: ListLinks.none, next: ends.head)
    if ends.head == ListLinks.none {
      ends.tail = index
    } else {
      nodes[Int(ends.head)].links.previous = index
    }
    ends.head = index
  }

  /// Takes `index`, which is in this list, out of it; its own links keep their old values.
  @inlinable
  public static func remove(
    _ index: UInt32, from ends: inout ListEnds, in nodes: UnsafeMutablePointer<Node>
  ) {
    let links = nodes[Int(index)].links
    if links.previous == ListLinks.none {
      ends.head = links.next
    } else {
      nodes[Int(links.previous)].links.next = links.next
    }
    if links.next == ListLinks.none {
      ends.tail = links.previous
    } else {
      nodes[Int(links.next)].links.previous = links.previous
    }
  }

  /// Takes the first node out and names it; nil when the list is empty.
  @inlinable
  public static func popFront(
    from ends: inout ListEnds, in nodes: UnsafeMutablePointer<Node>
  ) -> UInt32? {
    let index = ends.head
    if index == ListLinks.none { return nil }
    remove(index, from: &ends, in: nodes)
    return index
  }

  /// Stops the process unless forward and backward links agree, over at most `countMax` nodes;
  /// gives the count. O(nodes).
  @discardableResult
  public static func checkInvariants(
    _ ends: ListEnds, in nodes: UnsafeMutablePointer<Node>, countMax: Int
  ) -> Int {
    var count = 0
    var before = ListLinks.none
    var index = ends.head
    while index != ListLinks.none {
      precondition(nodes[Int(index)].links.previous == before, "Invariant: links agree both ways")
      count += 1
      precondition(count <= countMax, "Invariant: a list has no cycle")
      before = index
      index = nodes[Int(index)].links.next
    }
    precondition(ends.tail == before, "Invariant: the tail is the last node")
    return count
  }
}
