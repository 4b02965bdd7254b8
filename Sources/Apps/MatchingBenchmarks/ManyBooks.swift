import CComparison
import Glibc
import LowLatency
import MatchingEngine
import MatchingFlow
import Runtime
import TradingModel

/// Many books in one process, some of them busy: messages a second, and memory.
///
/// The busy books lie evenly among the idle ones. Each plays a `normal` flow of its own; whose turn
/// it is is drawn for every message, as an exchange's symbols take turns.
struct ManyBooks {
  let bookCount: Int
  let activeCount: Int
  let seed: UInt64
  /// New orders of each busy book.
  static let ordersEach = 1_000

  /// What each book starts with; all of it grows when it has to.
  static let reservedOrders = 64
  static let levelPages = 1
  static let identifierSpan = 256

  /// A message and the place of its book.
  struct Turn {
    var book: Int
    var message: FlowMessage
  }

  /// What one run came to.
  struct Run {
    /// Messages a second in the second half, when the books have the memory that they need.
    var rate = 0.0
    /// Resident bytes that one idle book costs, its share of the allocator's memory included.
    var idleBytes = 0
    /// Resident bytes of all books when the flow was played.
    var playedBytes = 0
    /// How often books took more memory for orders, and for pages of prices.
    var orderGrowthCount = 0
    var pageGrowthCount = 0
  }

  static func book() -> MatchingBook {
    MatchingBook(
      orderCapacity: 1 << 20, levelPages: levelPages, reservedOrders: reservedOrders,
      identifierSpan: identifierSpan)
  }

  /// The messages of all busy books in the order they come. O(messages).
  func turns() -> [Turn] {
    var random = SeededRandom(seed: seed)
    let flows = (0..<activeCount).map {
      OrderFlow.messages(.normal, seed: seed &+ UInt64($0), orderCount: Self.ordersEach)
    }
    var next = [Int](repeating: 0, count: activeCount)
    var waiting = Array(0..<activeCount)
    var turns: [Turn] = []
    turns.reserveCapacity(flows.reduce(0) { $0 + $1.count })
    while !waiting.isEmpty {
      let place = Int(random.next(below: UInt64(waiting.count)))
      let flow = waiting[place]
      turns.append(
        Turn(book: flow * bookCount / activeCount, message: flows[flow][next[flow]]))
      next[flow] += 1
      if next[flow] == flows[flow].count {
        waiting[place] = waiting[waiting.count - 1]
        waiting.removeLast()
      }
    }
    return turns
  }

  /// Makes all books, plays `turns` and gives the books' memory back.
  func run(_ turns: [Turn]) -> Run {
    var run = Run()
    let before = Self.residentBytes
    let books = UnsafeMutablePointer<MatchingBook>.allocate(capacity: bookCount)
    for place in 0..<bookCount { (books + place).initialize(to: Self.book()) }
    run.idleBytes = (Self.residentBytes - before) / bookCount
    var sink = CountingSink()
    turns.withUnsafeBufferPointer { turns in
      // The first half fills the books, which takes memory; the second half is measured.
      let half = turns.count / 2
      Self.play(UnsafeBufferPointer(rebasing: turns[..<half]), books, &sink)
      let begin = Clock.monotonic
      Self.play(UnsafeBufferPointer(rebasing: turns[half...]), books, &sink)
      run.rate = Double(turns.count - half) * 1e9 / Double(Clock.monotonic - begin)
    }
    run.playedBytes = Self.residentBytes - before
    for place in 0..<bookCount {
      run.orderGrowthCount += books[place].orderGrowthCount
      run.pageGrowthCount += books[place].pageGrowthCount
    }
    precondition(sink.count > turns.count / 2, "Invariant: every message is answered")
    books.deinitialize(count: bookCount)
    books.deallocate()
    return run
  }

  @inline(never)
  private static func play(
    _ turns: UnsafeBufferPointer<Turn>, _ books: UnsafeMutablePointer<MatchingBook>,
    _ sink: inout CountingSink
  ) {
    for turn in turns {
      let book = books + turn.book
      let message = turn.message.payload
      switch turn.message.kind {
      case .newOrder:
        book.pointee.submit(
          .limit(
            message.side == 0 ? .buy : .sell, message.order_id, price: message.price_ticks,
            quantity: Int64(message.quantity),
            timeInForce: message.ioc == 0 ? .goodTillCancel : .immediateOrCancel), into: &sink)
      case .cancel: book.pointee.cancel(message.order_id, into: &sink)
      case .modify:
        book.pointee.cancelReplace(
          message.order_id, price: message.price_ticks, leaves: Int64(message.quantity),
          into: &sink)
      }
    }
  }

  /// What the process has in memory, in bytes; 0 where the system does not tell.
  private static var residentBytes: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, 256, file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    let fields = text.split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
  }
}

/// Takes reports and keeps their number and a sum over them.
private struct CountingSink: ~Copyable, ReportSink {
  var count = 0
  var sum: Int64 = 0

  @inline(__always)
  mutating func receive(_ report: MatchReport) {
    count &+= 1
    sum &+= report.quantity ^ report.price
  }
}
