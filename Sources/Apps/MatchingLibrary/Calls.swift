import CMatching
import MatchingEngine

// What the exported functions have in common: finding the book, and turning errors into a status.

/// Runs `body` on an open book.
@inline(__always)
func withBook(
  _ library: OpaquePointer?, _ handle: ntm_book,
  _ body: (inout OpenBook) throws(Failure) -> Bool
) -> ntm_status {
  guard let library else { return Failure.null.status }
  guard let open = BookTable(library).find(handle) else { return Failure.book.status }
  do throws(Failure) {
    return try body(&open.pointee) ? ntm_status(NTM_OK) : ntm_status(NTM_NONE)
  } catch {
    return error.status
  }
}

/// Runs a request, which has reports, on an open book. Those of the request before are forgotten
/// first, so that nobody takes them for the answer to one that could not be read.
@inline(__always)
func request(
  _ library: OpaquePointer?, _ handle: ntm_book,
  _ body: (inout MatchingBook, inout ReportList) throws(Failure) -> Void
) -> ntm_status {
  withBook(library, handle) { open throws(Failure) in
    open.reports.removeAll()
    try body(&open.book, &open.reports)
    return true
  }
}

/// Writes what `value` gives to a caller's memory; nil is `NTM_NONE`.
@inline(__always)
func answer<Value>(
  _ library: OpaquePointer?, _ handle: ntm_book, _ target: UnsafeMutablePointer<Value>?,
  _ value: (borrowing MatchingBook) throws(Failure) -> Value?
) -> ntm_status {
  withBook(library, handle) { open throws(Failure) in
    guard let target else { throw .null }
    guard let value = try value(open.book) else { return false }
    target.pointee = value
    return true
  }
}

/// A caller's array; `NULL` is one without places.
@inline(__always)
func places<Value>(
  _ target: UnsafeMutablePointer<Value>?, _ capacity: UInt64
) throws(Failure) -> UnsafeMutableBufferPointer<Value> {
  if target == nil && capacity != 0 { throw .null }
  return UnsafeMutableBufferPointer(start: target, count: Int(clamping: capacity))
}

/// The places from `first` on that are below `end`, at most `count` of them.
func range(from first: UInt64, below end: Int, count: Int) -> Range<Int> {
  let first = min(Int(clamping: first), end)
  return first..<first + min(count, end - first)
}
