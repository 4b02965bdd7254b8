// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CMatching
import MatchingEngine

// The functions of `needletail_matching.h`, which documents them. `@implementation` has the compiler
// hold each against its declaration there.

/// The library's own version.
@c @implementation
public func ntm_version() -> UInt32 { NTM_VERSION }

/// A few words for a status.
@c @implementation
public func ntm_status_text(_ status: ntm_status) -> UnsafePointer<CChar>! {
  let text = Failure.text(status)
  // SAFETY: all texts are ASCII, and literals stand in memory for ever, with a zero at their end.
  return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// Makes a library.
@c @implementation
public func ntm_library_create(
  _ version: UInt32, _ book_capacity: UInt32,
  _ library: UnsafeMutablePointer<OpaquePointer?>?
) -> ntm_status {
  guard let library else { return Failure.null.status }
  let isServed = version >> 16 == NTM_VERSION >> 16 && version >> 8 <= NTM_VERSION >> 8
  guard isServed else { return Failure.version.status }
  guard book_capacity >= 1 && book_capacity <= NTM_BOOK_CAPACITY_MAX else {
    return Failure.range.status
  }
  let capacity = Int(book_capacity)
  guard BookConfig.systemGives(BookTable.byteCount(capacity: capacity)) else {
    return Failure.memory.status
  }
  let table = UnsafeMutablePointer<BookTable>.allocate(capacity: 1)
  table.initialize(to: BookTable(capacity: capacity))
  library.pointee = OpaquePointer(table)
  return ntm_status(NTM_OK)
}

/// Destroys a library and its books.
@c @implementation
public func ntm_library_destroy(_ library: OpaquePointer?) {
  guard let library else { return }
  // SAFETY: `library` is what `ntm_library_create` gave.
  let table = UnsafeMutablePointer<BookTable>(library)
  table.pointee.deallocate()
  table.deallocate()
}

/// Makes an empty book.
@c @implementation
public func ntm_book_create(
  _ library: OpaquePointer?, _ config: UnsafePointer<ntm_book_config>?,
  _ book: UnsafeMutablePointer<ntm_book>?
) -> ntm_status {
  guard let library, let config, let book else { return Failure.null.status }
  do throws(Failure) {
    let config = try BookConfig(config)
    guard config.fitsInMemory else { throw .memory }
    guard let handle = BookTable(library).open(config.makeBook) else { throw .capacity }
    book.pointee = handle
    return ntm_status(NTM_OK)
  } catch {
    return error.status
  }
}

/// Destroys a book.
@c @implementation
public func ntm_book_destroy(_ library: OpaquePointer?, _ book: ntm_book) -> ntm_status {
  guard let library else { return Failure.null.status }
  return BookTable(library).close(book) ? ntm_status(NTM_OK) : Failure.book.status
}

/// Ends the process unless the book is whole.
@c @implementation
public func ntm_check(_ library: OpaquePointer?, _ book: ntm_book) -> ntm_status {
  withBook(library, book) { open throws(Failure) in
    open.book.checkInvariants()
    return true
  }
}
