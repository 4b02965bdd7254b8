import CMatching
import MatchingLibrary

/// Plays one input: calls on a library with a few pairs of books, each checked as it goes.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = FuzzInput(UnsafeBufferPointer(start: start, count: count))
  var made: OpaquePointer?
  expect(ntm_library_create(NTM_VERSION, 5, &made) == 0, "a library can be made")
  let library = made!
  var pairs: [BookPair] = []
  open(&pairs, library, &input)
  var callCount = 0
  while !input.isAtEnd {
    let place = input.below(8) % pairs.count
    play(&pairs[place], &input)
    callCount += 1
    if callCount % 8 == 0 { pairs[place].check() }
    switch input.byte() {
    case 255: open(&pairs, library, &input)
    case 254 where pairs.count > 1: pairs.remove(at: place).close()
    case 253: refuse(library, &input)
    default: break
    }
  }
  for pair in pairs { pair.check() }
  // Half of the books end with the library.
  if pairs.count > 1 { pairs[0].close() }
  ntm_library_destroy(library)
  return 0
}

/// One more pair; the third finds no room for both.
private func open(_ pairs: inout [BookPair], _ library: OpaquePointer, _ input: inout FuzzInput) {
  if let pair = BookPair(library, seed: UInt64(input.byte()), memory: input.byte()) {
    pairs.append(pair)
  } else {
    expect(pairs.count == 2, "a library holds as many books as it was made for")
  }
}

/// Calls that must come to nothing.
private func refuse(_ library: OpaquePointer, _ input: inout FuzzInput) {
  let handle = input.word()
  expect(handle >> 33 == 0 || ntm_check(library, handle) < 0, "a made-up handle is refused")
  var config = ntm_book_config()
  config.struct_size = UInt32(MemoryLayout<ntm_book_config>.size)
  // At least one field is out of range.
  config.order_capacity = input.word() | 1 << 40
  config.level_pages = input.word()
  config.report_capacity = input.word()
  var book: ntm_book = 0
  expect(ntm_book_create(library, &config, &book) < 0 && book == 0, "a bad book is not made")
}

private func play(_ pair: inout BookPair, _ input: inout FuzzInput) {
  let choice = pair.isPlain ? input.below(22) : input.below(32)
  switch choice {
  case 0..<12:
    submit(&pair, pair.isPlain ? input.plainOrder() : input.order(), tail: input.byte())
  case 12..<22: change(&pair, &input, choice)
  case 22: cancelAll(&pair, &input)
  case 23: pair.advance(to: input.time())
  case 24..<31: govern(&pair, &input, choice)
  default: look(pair, &input)
  }
}

/// Modifies and cancels.
private func change(_ pair: inout BookPair, _ input: inout FuzzInput, _ choice: Int) {
  let library = pair.library
  let id = input.orderID()
  if choice < 15 { return pair.request("cancel \(id)") { ntm_cancel(library, $0, id) } }
  let (price, quantity) = (input.price(), input.quantity())
  switch choice {
  case 15:
    let stop = input.price()
    pair.request("modify_stop \(id) \(price) \(quantity) \(stop)") {
      ntm_modify_stop(library, $0, id, price, quantity, stop)
    }
  case 16, 17:
    pair.request("cancel_replace \(id) \(price) \(quantity)") {
      ntm_cancel_replace(library, $0, id, price, quantity)
    }
  default:
    pair.request("modify \(id) \(price) \(quantity)") {
      ntm_modify(library, $0, id, price, quantity)
    }
  }
}

/// Days, positions and phases.
private func govern(_ pair: inout BookPair, _ input: inout FuzzInput, _ choice: Int) {
  let library = pair.library
  switch choice {
  case 24: pair.request("end_day") { ntm_end_day(library, $0) }
  case 25, 26:
    let (owner, position) = (input.owner(), input.position())
    pair.request("set_position \(owner) \(position)") {
      ntm_set_position(library, $0, owner, position)
    }
  case 27:
    let owner = input.owner()
    pair.request("forget_position \(owner)") { ntm_forget_position(library, $0, owner) }
  case 28, 29:
    let (phase, price) = (input.code([0, 1, 0, 1, 0, 2, 3]), input.price())
    pair.request("set_phase \(phase) \(price)") { ntm_set_phase(library, $0, phase, price) }
  default:
    let price = input.price()
    pair.request("uncross \(price)") { ntm_uncross(library, $0, price) }
  }
}

/// Enters an order that stands in memory as long as its `struct_size` may say.
private func submit(_ pair: inout BookPair, _ order: ntm_order, tail: UInt8) {
  withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { memory in
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    memory[200] = tail & 1
    memory.storeBytes(of: order, as: ntm_order.self)
    let start = memory.baseAddress!.assumingMemoryBound(to: ntm_order.self)
    pair.submit(order, at: start)
  }
}

private func cancelAll(_ pair: inout BookPair, _ input: inout FuzzInput) {
  let owner = input.byte() < 128 ? Int64(NTM_EVERY_OWNER) : Int64(input.owner())
  let side = input.code([0, 1, 2])
  let library = pair.library
  pair.request("cancel_all \(owner) \(side)") { ntm_cancel_all(library, $0, owner, side, nil) }
}

/// Views of both books.
private func look(_ pair: BookPair, _ input: inout FuzzInput) {
  let library = pair.library
  let (id, owner, price) = (input.orderID(), input.owner(), input.price())
  pair.ask { book in
    var order = ntm_order_view()
    let status = ntm_find_order(library, book, id, &order)
    expect(order.displayed <= order.leaves, "no more is shown than there is")
    return (status, [order.price, order.leaves, order.filled, order.displayed, order.stop_price])
  }
  pair.ask { book in
    var position = ntm_queue_position()
    let status = ntm_find_queue_position(library, book, id, &position)
    return (status, [Int64(position.orders_ahead), position.quantity_ahead])
  }
  pair.ask { book in
    var position: Int64 = 0
    return (ntm_position(library, book, owner, &position), position)
  }
  pair.ask { book in
    var found = ntm_indication()
    let status = ntm_indicate(library, book, price, &found)
    return (status, [found.price, found.quantity, found.imbalance])
  }
  pair.ask { book in
    var quantity: Int64 = 0
    let status = ntm_quantity_at(library, book, 0, price, &quantity)
    return (status, quantity)
  }
  pair.ask { book in
    var best = [ntm_level](repeating: ntm_level(), count: 2)
    let statuses = [
      ntm_best_bid(library, book, &best[0]), ntm_best_ask(library, book, &best[1]),
    ]
    return (statuses[0], [best[0].price, best[1].price, Int64(statuses[1])])
  }
}
