// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CMatching
import MatchingEngine

/// The reports of the last request.
@c @implementation
public func ntm_reports(
  _ library: OpaquePointer?, _ book: ntm_book,
  _ reports: UnsafeMutablePointer<UnsafePointer<ntm_report>?>?,
  _ count: UnsafeMutablePointer<UInt64>?
) -> ntm_status {
  withBook(library, book) { open throws(Failure) in
    guard let reports, let count else { throw .null }
    reports.pointee = UnsafePointer(open.reports.reports)
    count.pointee = UInt64(open.reports.count)
    return true
  }
}

/// Copies reports of the last request.
@c @implementation
public func ntm_copy_reports(
  _ library: OpaquePointer?, _ book: ntm_book, _ first: UInt64,
  _ target: UnsafeMutablePointer<ntm_report>?, _ capacity: UInt64,
  _ count: UnsafeMutablePointer<UInt64>?
) -> ntm_status {
  withBook(library, book) { open throws(Failure) in
    guard let count else { throw .null }
    let target = try places(target, capacity)
    let range = range(from: first, below: open.reports.count, count: target.count)
    for place in range { target[place - range.lowerBound] = open.reports.reports[place] }
    count.pointee = UInt64(range.count)
    return true
  }
}

/// Copies waiting level changes.
@c @implementation
public func ntm_level_changes(
  _ library: OpaquePointer?, _ book: ntm_book, _ first: UInt64,
  _ target: UnsafeMutablePointer<ntm_level_change>?, _ capacity: UInt64,
  _ count: UnsafeMutablePointer<UInt64>?, _ missed: UnsafeMutablePointer<UInt8>?
) -> ntm_status {
  answer(library, book, count) { book throws(Failure) in
    let target = try places(target, capacity)
    let range = range(from: first, below: book.changeCount, count: target.count)
    for place in range {
      target[place - range.lowerBound] = ntm_level_change(book.change(at: place))
    }
    missed?.pointee = book.hasMissedChanges ? 1 : 0
    return UInt64(range.count)
  }
}

/// How many level changes wait.
@c @implementation
public func ntm_level_change_count(
  _ library: OpaquePointer?, _ book: ntm_book, _ count: UnsafeMutablePointer<UInt64>?
) -> ntm_status { answer(library, book, count) { book in UInt64(book.changeCount) } }

/// Forgets the waiting level changes.
@c @implementation
public func ntm_clear_level_changes(_ library: OpaquePointer?, _ book: ntm_book) -> ntm_status {
  withBook(library, book) { open throws(Failure) in
    open.book.clearChanges()
    return true
  }
}

/// Copies waiting changes of single orders.
@c @implementation
public func ntm_order_changes(
  _ library: OpaquePointer?, _ book: ntm_book, _ first: UInt64,
  _ target: UnsafeMutablePointer<ntm_order_change>?, _ capacity: UInt64,
  _ count: UnsafeMutablePointer<UInt64>?, _ missed: UnsafeMutablePointer<UInt8>?
) -> ntm_status {
  answer(library, book, count) { book throws(Failure) in
    let target = try places(target, capacity)
    let range = range(from: first, below: book.orderChangeCount, count: target.count)
    for place in range {
      target[place - range.lowerBound] = ntm_order_change(book.orderChange(at: place))
    }
    missed?.pointee = book.hasMissedOrderChanges ? 1 : 0
    return UInt64(range.count)
  }
}

/// How many changes of single orders wait.
@c @implementation
public func ntm_order_change_count(
  _ library: OpaquePointer?, _ book: ntm_book, _ count: UnsafeMutablePointer<UInt64>?
) -> ntm_status { answer(library, book, count) { book in UInt64(book.orderChangeCount) } }

/// Forgets the waiting changes of single orders.
@c @implementation
public func ntm_clear_order_changes(_ library: OpaquePointer?, _ book: ntm_book) -> ntm_status {
  withBook(library, book) { open throws(Failure) in
    open.book.clearOrderChanges()
    return true
  }
}
