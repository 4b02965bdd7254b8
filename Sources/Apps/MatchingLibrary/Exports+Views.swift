// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CMatching
import MatchingEngine
import TradingModel

/// The best displayed bid.
@c @implementation
public func ntm_best_bid(
  _ library: OpaquePointer?, _ book: ntm_book, _ level: UnsafeMutablePointer<ntm_level>?
) -> ntm_status { answer(library, book, level) { book in book.bestBid.map { ntm_level($0) } } }

/// The best displayed ask.
@c @implementation
public func ntm_best_ask(
  _ library: OpaquePointer?, _ book: ntm_book, _ level: UnsafeMutablePointer<ntm_level>?
) -> ntm_status { answer(library, book, level) { book in book.bestAsk.map { ntm_level($0) } } }

/// The displayed levels of a side.
@c @implementation
public func ntm_depth(
  _ library: OpaquePointer?, _ book: ntm_book, _ side: UInt8,
  _ target: UnsafeMutablePointer<ntm_level>?, _ capacity: UInt64,
  _ count: UnsafeMutablePointer<UInt64>?
) -> ntm_status {
  answer(library, book, count) { book throws(Failure) in
    let side = try Side.read(side)
    return UInt64(
      convertInPlace(try places(target, capacity), { book.depth(side, into: $0) }, ntm_level.init))
  }
}

/// The quantity displayed at a price.
@c @implementation
public func ntm_quantity_at(
  _ library: OpaquePointer?, _ book: ntm_book, _ side: UInt8, _ price: Int64,
  _ quantity: UnsafeMutablePointer<Int64>?
) -> ntm_status {
  answer(library, book, quantity) { book throws(Failure) in
    book.quantity(at: price, try Side.read(side))
  }
}

/// An order that rests, or a stop that waits.
@c @implementation
public func ntm_find_order(
  _ library: OpaquePointer?, _ book: ntm_book, _ order_id: UInt64,
  _ order: UnsafeMutablePointer<ntm_order_view>?
) -> ntm_status {
  answer(library, book, order) { book in book.order(order_id).map { ntm_order_view($0) } }
}

/// Where a displayed order stands at its price.
@c @implementation
public func ntm_find_queue_position(
  _ library: OpaquePointer?, _ book: ntm_book, _ order_id: UInt64,
  _ position: UnsafeMutablePointer<ntm_queue_position>?
) -> ntm_status {
  answer(library, book, position) { book in
    book.queuePosition(of: order_id).map {
      ntm_queue_position(
        orders_ahead: UInt64($0.ordersAhead), quantity_ahead: $0.quantityAhead)
    }
  }
}

/// The orders displayed at a price.
@c @implementation
public func ntm_orders_at(
  _ library: OpaquePointer?, _ book: ntm_book, _ side: UInt8, _ price: Int64,
  _ target: UnsafeMutablePointer<ntm_order_view>?, _ capacity: UInt64,
  _ count: UnsafeMutablePointer<UInt64>?
) -> ntm_status {
  answer(library, book, count) { book throws(Failure) in
    let side = try Side.read(side)
    return UInt64(
      convertInPlace(
        try places(target, capacity), { book.orders(at: price, side, into: $0) },
        ntm_order_view.init))
  }
}

/// The book's figures.
@c @implementation
public func ntm_book_statistics(
  _ library: OpaquePointer?, _ book: ntm_book,
  _ statistics: UnsafeMutablePointer<ntm_statistics>?
) -> ntm_status {
  withBook(library, book) { open throws(Failure) in
    guard let statistics else { throw .null }
    let size = try CallerStruct.size(UnsafePointer(statistics))
    let tail = UnsafeMutableRawBufferPointer(start: statistics, count: size)
    for place in MemoryLayout<ntm_statistics>.size..<size { tail[place] = 0 }
    statistics.pointee = ntm_statistics(open, structSize: UInt32(size))
    return true
  }
}

/// A hash over all that can influence reports to come.
@c @implementation
public func ntm_state_hash(
  _ library: OpaquePointer?, _ book: ntm_book, _ hash: UnsafeMutablePointer<UInt64>?
) -> ntm_status { answer(library, book, hash) { book in book.stateHash() } }

/// The book's time.
@c @implementation
public func ntm_time(
  _ library: OpaquePointer?, _ book: ntm_book, _ time: UnsafeMutablePointer<Int64>?
) -> ntm_status { answer(library, book, time) { book in book.time } }

/// The book's phase.
@c @implementation
public func ntm_phase(
  _ library: OpaquePointer?, _ book: ntm_book, _ phase: UnsafeMutablePointer<UInt8>?
) -> ntm_status { answer(library, book, phase) { book in book.phase.rawValue } }

/// An owner's position.
@c @implementation
public func ntm_position(
  _ library: OpaquePointer?, _ book: ntm_book, _ owner: UInt32,
  _ position: UnsafeMutablePointer<Int64>?
) -> ntm_status { answer(library, book, position) { book in book.position(of: owner) } }

/// What an auction would do now.
@c @implementation
public func ntm_indicate(
  _ library: OpaquePointer?, _ book: ntm_book, _ reference_price: Int64,
  _ indication: UnsafeMutablePointer<ntm_indication>?
) -> ntm_status {
  answer(library, book, indication) { book in
    book.indication(referencePrice: reference_price).map {
      ntm_indication(price: $0.price, quantity: $0.quantity, imbalance: $0.imbalance)
    }
  }
}
