import Glibc
import Runtime

/// `needletail bench matching --books N`, for programs and for people.
struct ManyBooksReport {
  let books: ManyBooks
  let messageCount: Int
  let runs: [ManyBooks.Run]

  /// Bytes that an idle book may cost.
  static let idleBytesMax = 64 << 10

  private var rates: [Double] { runs.map(\.rate).sorted() }
  private var medianRate: Double { rates[rates.count / 2] }
  // Of the first run: later ones may get memory that the process still has.
  private var first: ManyBooks.Run { runs[0] }

  var json: String {
    let (least, most) = (Int(rates[0]), Int(rates[rates.count - 1]))
    let throughput =
      "{\"name\": \"matching \(books.bookCount) books\", \"unit\": \"ops/s\", "
      + "\"p50\": \(Int(medianRate)), \"p99\": \(least), \"p99_9\": \(least), \"max\": \(most), "
      + "\"median\": \(Int(medianRate)), \"runs\": \(runs.count), \"target\": null, "
      + "\"met\": true, \"allocated_bytes_per_op\": null}"
    let idle =
      "{\"name\": \"idle book\", \"unit\": \"bytes\", \"p50\": \(first.idleBytes), "
      + "\"p99\": \(first.idleBytes), \"p99_9\": \(first.idleBytes), \"max\": \(first.idleBytes), "
      + "\"median\": \(first.idleBytes), \"runs\": 1, \"target\": \(Self.idleBytesMax), "
      + "\"met\": \(first.idleBytes < Self.idleBytesMax), \"allocated_bytes_per_op\": null}"
    return "{\"suite\": \"matching books\", \"seed\": \"\(books.seed)\", "
      + "\"books\": \(books.bookCount), \"active\": \(books.activeCount), "
      + "\"messages\": \(messageCount), \"resident_bytes\": \(first.playedBytes), "
      + "\"order_growths\": \(first.orderGrowthCount), "
      + "\"page_growths\": \(first.pageGrowthCount),\n\"results\": [\n\(throughput),\n\(idle)],\n"
      + "\"advice\": []}\n"
  }

  var text: String {
    """
    \(books.bookCount) books, \(books.activeCount) of them busy, seed \(books.seed)
    messages      \(messageCount), \(ManyBooks.ordersEach) new orders a busy book
    throughput    \(millions(medianRate)) M messages/s, median of \(runs.count) \
    (\(millions(rates[0])) to \(millions(rates[rates.count - 1]))), second half, one thread
    idle book     \(first.idleBytes) bytes resident (below \(Self.idleBytesMax): \
    \(first.idleBytes < Self.idleBytesMax ? "yes" : "no")); room for \(ManyBooks.reservedOrders) \
    orders, \(ManyBooks.levelPages * 2) pages of 64 prices, \(ManyBooks.identifierSpan) ids
    when played   \(first.playedBytes >> 20) MiB resident for all books; memory grew \
    \(first.orderGrowthCount) times for orders, \(first.pageGrowthCount) for prices

    """
  }

  private func millions(_ rate: Double) -> String {
    let tenths = Int((rate / 1e5).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

/// Measures and writes the report.
func measureBooks(_ options: MatchingOptions, count: Int) {
  let books = ManyBooks(
    bookCount: count, activeCount: min(options.activeBooks ?? max(1, count / 10), count),
    seed: options.seed)
  let turns = books.turns()
  let runs = (0..<options.runs).map { _ in books.run(turns) }
  let report = ManyBooksReport(books: books, messageCount: turns.count, runs: runs)
  writeText(options.json ? report.json : report.text, to: STDOUT_FILENO)
}
