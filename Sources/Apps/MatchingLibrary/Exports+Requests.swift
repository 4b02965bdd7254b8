// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CMatching
import MatchingEngine
import TradingModel

/// Enters an order.
@c @implementation
public func ntm_submit(
  _ library: OpaquePointer?, _ book: ntm_book, _ order: UnsafePointer<ntm_order>?
) -> ntm_status {
  request(library, book) { book, reports throws(Failure) in
    guard let order else { throw .null }
    let (entry, terms) = try CallerStruct.read(order).entryAndTerms()
    if terms.arePlain {
      book.submit(entry, into: &reports)
    } else {
      book.submit(entry, terms, into: &reports)
    }
  }
}

/// Gives an order a price and a total quantity.
@c @implementation
public func ntm_modify(
  _ library: OpaquePointer?, _ book: ntm_book, _ order_id: UInt64, _ price: Int64,
  _ quantity: Int64
) -> ntm_status {
  request(library, book) { book, reports in
    book.modify(order_id, price: price, quantity: quantity, into: &reports)
  }
}

/// Gives a waiting stop a price, a total quantity and a stop price.
@c @implementation
public func ntm_modify_stop(
  _ library: OpaquePointer?, _ book: ntm_book, _ order_id: UInt64, _ price: Int64,
  _ quantity: Int64, _ stop_price: Int64
) -> ntm_status {
  request(library, book) { book, reports in
    book.modify(
      order_id, price: price, quantity: quantity, stopPrice: stop_price, into: &reports)
  }
}

/// Gives an order a price and an open quantity, at the back.
@c @implementation
public func ntm_cancel_replace(
  _ library: OpaquePointer?, _ book: ntm_book, _ order_id: UInt64, _ price: Int64,
  _ leaves: Int64
) -> ntm_status {
  request(library, book) { book, reports in
    book.cancelReplace(order_id, price: price, leaves: leaves, into: &reports)
  }
}

/// Takes an order out.
@c @implementation
public func ntm_cancel(
  _ library: OpaquePointer?, _ book: ntm_book, _ order_id: UInt64
) -> ntm_status {
  request(library, book) { book, reports in book.cancel(order_id, into: &reports) }
}

/// Cancels orders of an owner or everybody, on a side or both.
@c @implementation
public func ntm_cancel_all(
  _ library: OpaquePointer?, _ book: ntm_book, _ owner: Int64, _ side: UInt8,
  _ count: UnsafeMutablePointer<UInt64>?
) -> ntm_status {
  request(library, book) { book, reports throws(Failure) in
    let ofOwner = OwnerID(exactly: owner)
    if ofOwner == nil && owner != Int64(NTM_EVERY_OWNER) { throw .range }
    let onSide = side == NTM_BOTH_SIDES ? nil : try Side.read(side)
    let number = book.cancelAll(owner: ofOwner, side: onSide, into: &reports)
    count?.pointee = UInt64(number)
  }
}

/// Sets the time.
@c @implementation
public func ntm_advance(
  _ library: OpaquePointer?, _ book: ntm_book, _ time: Int64
) -> ntm_status {
  request(library, book) { book, reports in book.advance(to: time, into: &reports) }
}

/// Ends day orders.
@c @implementation
public func ntm_end_day(_ library: OpaquePointer?, _ book: ntm_book) -> ntm_status {
  request(library, book) { book, reports in book.endDay(into: &reports) }
}

/// Tells an owner's position.
@c @implementation
public func ntm_set_position(
  _ library: OpaquePointer?, _ book: ntm_book, _ owner: UInt32, _ position: Int64
) -> ntm_status {
  request(library, book) { book, reports throws(Failure) in
    if owner == 0 { throw .range }
    book.setPosition(position, of: owner, into: &reports)
  }
}

/// Makes an owner's position unknown.
@c @implementation
public func ntm_forget_position(
  _ library: OpaquePointer?, _ book: ntm_book, _ owner: UInt32
) -> ntm_status {
  request(library, book) { book, reports throws(Failure) in
    if owner == 0 { throw .range }
    book.setPosition(nil, of: owner, into: &reports)
  }
}

/// Begins a phase.
@c @implementation
public func ntm_set_phase(
  _ library: OpaquePointer?, _ book: ntm_book, _ phase: UInt8, _ reference_price: Int64
) -> ntm_status {
  request(library, book) { book, reports throws(Failure) in
    guard let phase = TradingPhase(rawValue: phase) else { throw .enumValue }
    book.setPhase(phase, referencePrice: reference_price, into: &reports)
  }
}

/// Executes the auction.
@c @implementation
public func ntm_uncross(
  _ library: OpaquePointer?, _ book: ntm_book, _ reference_price: Int64
) -> ntm_status {
  request(library, book) { book, reports in
    book.uncross(referencePrice: reference_price, into: &reports)
  }
}
