/// The lines of `needletail bench core`, with the ledger's figures.
enum CoreCases {
  private static let journal = "journal copy of the input and all outputs"

  static let orderLives: [BenchCase] = [
    BenchCase(
      name: "order.submit",
      counts: "command, risk (all limits), direct route, order table, events, \(journal), "
        + "one request to a venue encoded, unsigned; 260 orders live",
      target: .init(p50: 1_000, p99: 3_000, p999: 10_000), source: "OMS-1"),
    BenchCase(
      name: "order.submit.signed", counts: "as order.submit, with its HMAC-SHA256",
      target: .init(p50: 1_400, p99: 3_400, p999: 10_400), source: "OMS-1"),
    BenchCase(
      name: "order.modify",
      counts: "command, risk of the worse terms, order table, events, \(journal), request encoded",
      target: .init(p50: 500), source: "OMS-1"),
    BenchCase(
      name: "order.modify.signed", counts: "as order.modify, with its HMAC-SHA256",
      target: .init(p50: 900), source: "OMS-1"),
    BenchCase(
      name: "order.cancel",
      counts: "command, order table, events, \(journal), request encoded",
      target: .init(p50: 500), source: "OMS-1"),
    BenchCase(
      name: "order.cancel.signed", counts: "as order.cancel, with its HMAC-SHA256",
      target: .init(p50: 900), source: "OMS-1"),
    BenchCase(
      name: "fill",
      counts: "fill report, order, position and P&L, balance, risk, two events, \(journal)",
      target: .init(p50: 200), source: "section 7"),
    BenchCase(
      name: "order.status",
      counts: "accepted, replaced and canceled reports: order, risk, event, \(journal)",
      target: .init(p50: 200), source: "OMS-1"),
  ]

  static let quotes: [BenchCase] = [
    BenchCase(
      name: "tick.quotes",
      counts: "book update of 6 to 12 levels, maker, two replaces through risk, \(journal), "
        + "both requests encoded",
      target: .init(p99: 5_000), source: "MM-4"),
    BenchCase(
      name: "tick.quotes.signed", counts: "as tick.quotes, with two HMAC-SHA256",
      target: .init(p99: 5_000), source: "MM-4"),
    BenchCase(
      name: "tick.quiet",
      counts: "book update of 6 levels behind the best, maker, no new quote, \(journal)"),
  ]

  static let bookOne = BenchCase(
    name: "book.update.1", counts: "one binary update of one level into a followed book",
    target: .init(p50: 30), batch: 16, source: "MD-4")
  static let bookTwenty = BenchCase(
    name: "book.update.20", counts: "one binary update of 20 levels into a followed book",
    target: .init(p50: 600), source: "MD-4")
  static let bookRate = BenchCase(
    name: "book.levels", unit: .rate, counts: "level changes, 20 an update",
    target: .init(rate: 10_000_000), source: "MD-4")
  static let risk = BenchCase(
    name: "risk.check", counts: "the full set of limits at four scopes, an order that passes",
    target: .init(p50: 100, p99: 300), source: "RISK-1")
  static let riskRate = BenchCase(
    name: "risk.checks", unit: .rate, counts: "risk.check back to back",
    target: .init(rate: 10_000_000), source: "RISK-1")
  static let position = BenchCase(
    name: "position.update", counts: "one fill into position, P&L and fees",
    target: .init(p50: 100), batch: 4, source: "section 7")
  static let encode = BenchCase(
    name: "encode.order", counts: "one order request to a venue, unsigned", batch: 4)
  static let encodeSigned = BenchCase(
    name: "encode.order.signed", counts: "one order request to a venue with its HMAC-SHA256")
  static let journalAppend = BenchCase(
    name: "journal.append", counts: "one 104-byte record sealed and copied", batch: 8)
  static let journalRate = BenchCase(
    name: "journal.records", unit: .rate, counts: "journal.append back to back",
    target: .init(rate: 2_000_000), source: "DUR-1")
  static let pathCanceled = BenchCase(
    name: "orders.canceled", unit: .rate,
    counts: "whole orders: submit, accepted, cancel, canceled; 2 requests encoded, unsigned; "
      + "9 records journalled",
    target: .init(rate: 1_000_000), source: "OMS-1")
  static let pathSigned = BenchCase(
    name: "orders.canceled.signed", unit: .rate, counts: "as orders.canceled, requests signed")
  static let pathFilled = BenchCase(
    name: "orders.filled", unit: .rate,
    counts: "whole orders: submit, accepted, filled; 1 request encoded, unsigned; "
      + "8 records journalled",
    target: .init(rate: 1_000_000), source: "OMS-1")
  static let replay = BenchCase(
    name: "replay.records", unit: .rate,
    counts: "records read, checked, decided again and compared, end hash included",
    target: .init(rate: 2_000_000), source: "DUR-1", mustNotAllocate: false)
  static let recovery = BenchCase(
    name: "recovery.records", unit: .rate, counts: "records read, checked and applied",
    target: .init(rate: 2_000_000), source: "DUR-1", mustNotAllocate: false)
}
