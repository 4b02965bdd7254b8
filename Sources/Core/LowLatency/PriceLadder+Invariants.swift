extension PriceLadder {
  /// Stops the process unless list, tree, masks and counts agree. O(pages).
  public func checkInvariants() {
    var pages = 0
    var levels = 0
    var before: Node?
    var page = head
    while let current = page {
      pages += 1
      levels += current.pointee.mask.nonzeroBitCount
      precondition(current.pointee.mask != 0, "Invariant: a page has an occupied level")
      precondition(current.pointee.previous == before, "Invariant: pages link both ways")
      precondition(
        before.map { $0.pointee.key < current.pointee.key } ?? true,
        "Invariant: pages ascend by price")
      precondition(
        storage.page(current.pointee.key, under: root) == current,
        "Invariant: the tree finds every page")
      before = current
      page = current.pointee.next
    }
    precondition(tail == before, "Invariant: the last page is the tail")
    precondition(pages == storage.pagesInUse, "Invariant: the list has all pages")
    precondition(levels == levelCount, "Invariant: masks add up to the count")
    precondition(
      cachedKey == .max || storage.page(cachedKey, under: root) == cachedPage,
      "Invariant: the page touched last is in the tree")
    storage.checkInvariants(under: root)
  }
}

extension LadderStorage {
  /// Stops the process unless the tree is sound and no page or node is lost.
  func checkInvariants(under root: Node?) {
    precondition(root?.pointee.parent == nil, "Invariant: nothing stands above the root")
    let found = root.map(countTree) ?? (pages: 0, nodes: 0)
    precondition(found.pages == pagesInUse, "Invariant: the tree has all pages")
    precondition(found.nodes == nodesInUse, "Invariant: the tree has all nodes")
    precondition(count(freePages) + pagesInUse == pageCapacity, "Invariant: no page is lost")
    precondition(count(freeNodes) + nodesInUse == pageCapacity, "Invariant: no node is lost")
  }

  private func countTree(_ node: Node) -> (pages: Int, nodes: Int) {
    if node.pointee.height == 0 { return (1, 0) }
    precondition(node.pointee.mask.nonzeroBitCount > 1, "Invariant: a node has two children")
    var total = (pages: 0, nodes: 1)
    for digit in 0..<64 where node.pointee.mask >> UInt64(digit) & 1 == 1 {
      let child = node.children[digit]
      precondition(child.pointee.parent == node, "Invariant: a child knows its parent")
      precondition(child.pointee.height < node.pointee.height, "Invariant: heights fall")
      precondition(node.pointee.covers(child.pointee.key), "Invariant: a child belongs here")
      let below = countTree(child)
      total = (total.pages + below.pages, total.nodes + below.nodes)
    }
    return total
  }

  private func count(_ free: Node?) -> Int {
    var total = 0
    var node = free
    while let current = node {
      total += 1
      node = current.pointee.parent
    }
    return total
  }
}
