/// Plain values one behind the other, in memory that grows by doubling, and so settles.
public struct PlainRun<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  public private(set) var count = 0

  /// - Parameter capacity: how many there is room for at first, above zero.
  public init(capacity: Int = 16) {
    precondition(capacity > 0, "a run has room for one at least")
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// The value at `index`, which is below `count`.
  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "a run's values are counted from 0")
      return base[index]
    }
    set {
      precondition(index >= 0 && index < count, "a run's values are counted from 0")
      base[index] = newValue
    }
  }

  public mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  /// Room is kept.
  public mutating func removeAll() { count = 0 }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.initialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }
}
