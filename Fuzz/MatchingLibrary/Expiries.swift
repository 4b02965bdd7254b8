import CMatching

/// When orders of a book are to end, as they were entered; held against how they do end.
struct Expiries {
  private var times: [UInt64: Int64] = [:]

  /// Takes note of an order, if the book took it.
  mutating func entered(_ order: ntm_order, _ reports: UnsafeBufferPointer<ntm_report>) {
    guard let first = reports.first, first.kind == UInt8(NTM_REPORT_ACCEPTED.rawValue) else {
      return
    }
    let isDated = order.time_in_force == UInt8(NTM_TIME_GOOD_TILL_DATE.rawValue)
    times[order.order_id] = isDated ? order.expire_time : nil
  }

  /// Ends the process unless what ended did so in order of time, and nothing is left that should end.
  func check(_ library: OpaquePointer, _ book: ntm_book, _ reports: UnsafeBufferPointer<ntm_report>)
  {
    var now: Int64 = 0
    expect(ntm_time(library, book, &now) == 0, "a book tells its time")
    var last = Int64.min
    for report in reports where report.reason == UInt8(NTM_REASON_TIME_REACHED.rawValue) {
      let time = times[report.order_id] ?? .max
      expect(last <= time && time <= now, "orders end when their time comes, the earliest first")
      last = time
    }
    var order = ntm_order_view()
    for (id, time) in times where time <= now {
      expect(
        ntm_find_order(library, book, id, &order) == ntm_status(NTM_NONE),
        "no order outlives its time")
    }
  }
}
