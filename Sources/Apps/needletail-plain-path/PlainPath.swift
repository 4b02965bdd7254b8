import CAllocationCount
import CComparison
import Glibc
import LowLatency
import MatchingEngine
import MatchingFlow
import TradingModel

/// Plays one flow of plain orders on a book in which other orders stand too, so that the instructions
/// of the plain ones can be counted: only `measured` is theirs. `.ci/plain-path` runs it under
/// callgrind. It also counts the memory that the second half of all takes, which should be none.
@main
struct PlainPath {
  /// What stands in the book beside the plain orders.
  enum Company: String, CaseIterable {
    case none
    /// Icebergs, hidden and good-till-date orders, deep in the book.
    case resting
    /// The same near the market, where plain orders trade with them.
    case met
    /// Stops that wait.
    case stops
    /// Pegged orders.
    case pegs
    /// All of these near the market, and reduce-only orders of an owner whose position is known.
    case all
  }

  private static let messagesPerVisitor = 20
  private static let visitorCount = 50

  static func main() {
    guard CommandLine.arguments.count == 2,
      let company = Company(rawValue: CommandLine.arguments[1])
    else {
      let known = Company.allCases.map(\.rawValue).joined(separator: " | ")
      print("usage: needletail-plain-path \(known)")
      exit(2)
    }
    let messages = OrderFlow.messages(.normal, seed: 1, orderCount: 50_000)
    var book = MatchingBook(
      orderCapacity: 1 << 20, levelPages: 512, reservedOrders: 1 << 14, identifierSpan: 1 << 18)
    var reports = ReportCount()
    var visitors = Visitors(company: company, countMax: visitorCount)
    var (calls, bytes): (UInt64, UInt64) = (0, 0)
    messages.withUnsafeBufferPointer { messages in
      var start = 0
      while start < messages.count {
        if start == messages.count / 2 / messagesPerVisitor * messagesPerVisitor {
          callocation_count_start()
        }
        let end = min(start + messagesPerVisitor, messages.count)
        measured(&book, messages.baseAddress! + start, end - start, &reports)
        visitors.take(their: messages.baseAddress! + start, &book, &reports)
        start = end
      }
      callocation_count_stop(&calls, &bytes)
    }
    print(
      "\(messages.count) plain messages, \(reports.count) reports, \(book.orderCount) rest,",
      "\(reports.triggered) triggered, \(calls) allocations, \(bytes) bytes")
  }

  /// What the instructions are counted of.
  @inline(never)
  static func measured(
    _ book: inout MatchingBook, _ messages: UnsafePointer<FlowMessage>, _ count: Int,
    _ reports: inout ReportCount
  ) {
    for index in 0..<count {
      let message = messages + index
      let orderID = message.pointee.payload.order_id * 2
      switch message.pointee.kind {
      case .newOrder:
        let order = message.newOrder.pointee
        book.submit(
          .limit(
            order.side == 0 ? .buy : .sell, orderID, price: order.price_ticks,
            quantity: Int64(order.quantity),
            timeInForce: order.ioc == 0 ? .goodTillCancel : .immediateOrCancel), into: &reports)
      case .cancel: book.cancel(orderID, into: &reports)
      case .modify:
        let order = message.modify.pointee
        book.cancelReplace(
          orderID, price: order.new_price_ticks, leaves: Int64(order.new_quantity), into: &reports)
      }
    }
  }
}

/// Counts reports, so that they cost next to nothing.
struct ReportCount: ReportSink {
  var count = 0
  var triggered = 0
  mutating func receive(_ report: MatchReport) {
    count &+= 1
    if report.kind == .triggered { triggered &+= 1 }
  }
}

/// Orders that come, stay behind the market, and go.
struct Visitors {
  let company: PlainPath.Company
  let countMax: Int
  private var arrived: UInt64 = 0

  init(company: PlainPath.Company, countMax: Int) {
    self.company = company
    self.countMax = countMax
  }

  /// Lets the next one in, near a plain order's price, and the eldest out.
  mutating func take(
    their message: UnsafePointer<FlowMessage>, _ book: inout MatchingBook,
    _ reports: inout ReportCount
  ) {
    guard company != .none, message.pointee.kind == .newOrder else { return }
    let near = message.newOrder.pointee
    let side: Side = near.side == 0 ? .buy : .sell
    arrived += 1
    if arrived > countMax { book.cancel(id(arrived - UInt64(countMax)), into: &reports) }
    if company == .all && arrived % 10 == 0 {
      book.setPosition(Int64(arrived % 40) - 20, of: 1, into: &reports)
      book.advance(to: Int64(arrived), into: &reports)
    }
    let kinds: InlineArray<5, PlainPath.Company> = [.met, .stops, .pegs, .met, .stops]
    enter(
      company == .all ? kinds[Int(arrived) % kinds.count] : company, side, near.price_ticks, &book,
      &reports)
  }

  private func enter(
    _ kind: PlainPath.Company, _ side: Side, _ price: Int64, _ book: inout MatchingBook,
    _ reports: inout ReportCount
  ) {
    let isNear = company == .met || company == .all
    var terms = OrderTerms()
    var entry = OrderEntry.limit(
      side, id(arrived), price: price - side.sign * (isNear ? 5 : 40), quantity: 10, owner: 1)
    switch kind {
    case .none, .all: break
    case .resting, .met:
      switch arrived % 4 {
      case 0: terms.displayQuantity = 3
      case 1: entry.instructions = .hidden
      case 2 where company == .all: entry.instructions = .reduceOnly
      default:
        entry.timeInForce = .goodTillDate
        terms.expireTime = Int64(arrived) + (company == .all ? 30 : 1_000_000)
      }
    case .stops:
      entry.type = .stop
      terms.stopPrice = price + side.sign * (isNear ? 10 : 100_000)
    case .pegs:
      entry.type = .pegged
      entry.price = side == .buy ? .max : .min
      terms.peg = .primary
      terms.pegOffset = -side.sign * (isNear ? 2 : 30)
    }
    book.submit(entry, terms, into: &reports)
  }

  /// Plain orders have the even numbers.
  private func id(_ number: UInt64) -> OrderID { number * 2 + 1 }
}
