import Testing
import TradingModel

@testable import MatchLines

private func mistake(_ line: String, _ setup: MatchSetup = MatchSetup()) -> MatchLineError? {
  do throws(MatchLineError) {
    _ = try MatchLineReader.line(Array(line.utf8), MatchScales(setup))
    return nil
  } catch {
    return error
  }
}

@Suite struct ReaderTests {
  @Test(arguments: [
    "", "  ", "# a comment", "\t# one", #"{"comment":"a \"text\" \u00e9 \ud83d\ude00"}"#,
  ])
  func linesWithoutRequests(line: String) throws {
    #expect(try MatchLineReader.line(Array(line.utf8), MatchScales()) == .nothing)
  }

  @Test(arguments: [
    (#"{"op":"cancel","order_id":18446744073709551615}"#, MatchRequest.cancel(.max)),
    (#" { "op" : "cancel" , "order_id" : "7" , "comment" : "x" } "#, .cancel(7)),
    (#"{"op":"advance","time_ns":-9223372036854775808}"#, .advance(to: .min)),
    (#"{"op":"indication","reference_price":"100.0"}"#, .indication(referencePrice: 100)),
  ])
  func numbersMayStandInQuotes(line: String, request: MatchRequest) throws {
    #expect(try MatchLineReader.line(Array(line.utf8), MatchScales()) == .request(request))
  }

  @Test(
    arguments: [
      ("[]", MatchLineError.Fault.syntax, 1, nil),
      (#"{"op":"check""#, .syntax, 14, nil),
      (#"{"op":"check"} x"#, .syntax, 16, nil),
      (#"{"op":"check","op":"hash"}"#, .syntax, 15, nil),
      (#"{"op":"cancel","order_id":01}"#, .syntax, 27, nil),
      (#"{"op":"check","comment":1}"#, .syntax, 25, nil),
      (#"{"op":"check","comment":"\x"}"#, .syntax, 26, nil),
      (#"{"op":"check","comment":"\ud800"}"#, .syntax, 26, nil),
      ("{}", .missingField, 1, "op"),
      (#"{"op":"nwe"}"#, .unknownOperation, 7, "op"),
      (#"{"op":1}"#, .unknownOperation, 7, "op"),
      (#"{"op":"cancel","oder_id":1}"#, .unknownField, 16, "oder_id"),
      (#"{"op":"cancel"}"#, .missingField, 1, "order_id"),
      (#"{"op":"cancel","order_id":null}"#, .wrongValue, 27, "order_id"),
      (#"{"op":"cancel","order_id":true}"#, .wrongValue, 27, "order_id"),
      (#"{"op":"cancel","order_id":"+1"}"#, .wrongValue, 27, "order_id"),
      (#"{"op":"cancel","order_id":1.5}"#, .wrongValue, 27, "order_id"),
      (#"{"op":"cancel","order_id":-1}"#, .outOfRange, 27, "order_id"),
      (#"{"op":"cancel","order_id":18446744073709551616}"#, .outOfRange, 27, "order_id"),
      (#"{"op":"cancel_all","side":"bye"}"#, .wrongValue, 27, "side"),
      (#"{"op":"cancel_all","owner":4294967296}"#, .outOfRange, 28, "owner"),
      (#"{"op":"statistics","memory":1}"#, .wrongValue, 29, "memory"),
      (#"{"op":"book","depth":-1}"#, .outOfRange, 22, "depth"),
      (#"{"op":"uncross","reference_price":1e3}"#, .wrongValue, 35, "reference_price"),
      (#"{"op":"uncross","reference_price":"1."}"#, .wrongValue, 35, "reference_price"),
      (
        #"{"op":"uncross","reference_price":9223372036854775808}"#, .outOfRange, 35,
        "reference_price"
      ),
      (#"{"op":"uncross","reference_price":0.5}"#, .offGrid, 35, "reference_price"),
      (#"{"op":"instrument","tick":"0"}"#, .wrongValue, 27, "tick"),
      (#"{"op":"instrument","lot":"1234567890"}"#, .wrongValue, 26, "lot"),
      (#"{"op":"instrument","capacity":0}"#, .outOfRange, 31, "capacity"),
      (#"{"op":"new","order_id":1,"side":"buy","quantity":1}"#, .missingField, 1, "price"),
      (
        #"{"op":"new","order_id":1,"side":"buy","order_type":"stop","quantity":1}"#,
        .missingField, 1, "stop_price"
      ),
    ] as [(String, MatchLineError.Fault, Int, String?)])
  func mistakesHaveTheirPlace(
    line: String, fault: MatchLineError.Fault, column: Int, field: String?
  ) throws {
    let error = try #require(mistake(line))
    #expect(error.fault == fault, "\(error)")
    #expect(error.column == column, "\(error)")
    #expect(error.field == field)
  }

  @Test func mistakesSayWhatWasExpected() {
    #expect(
      mistake(#"{"op":"orders","sde":"buy"}"#)?.description
        == #"16: sde: expected a key of orders (did you mean "side"?); known are op, comment, "#
        + "side, price")
    #expect(
      mistake(#"{"op":"orders","side":"sel"}"#)?.description
        == #"23: side: expected one of buy, sell (did you mean "sell"?), found "sel""#)
    #expect(
      mistake(
        #"{"op":"orders","price":100.255}"#, MatchSetup(tick: Decimal(units: 5, decimals: 2)))?
        .description == "24: price: expected a multiple of the tick, which is 0.05, found 100.255")
  }

  @Test func aLineThatIsTooLong() {
    let line = [UInt8](repeating: 0x20, count: MatchLineReader.lineMax + 1)
    #expect(throws: MatchLineError.self) { try MatchLineReader.line(line, MatchScales()) }
  }

  @Test func anInstrumentComesFirst() throws {
    var session = MatchSession()
    try session.take(Array("# comments do not count".utf8))
    try session.take(Array(#"{"op":"instrument","tick":"0.5"}"#.utf8))
    #expect(throws: MatchLineError.self) { try session.apply(.instrument(MatchSetup())) }
    try session.take(
      Array(#"{"op":"new","order_id":1,"side":"buy","price":"1.5","quantity":2}"#.utf8))
    #expect(session.book.order(1)?.price == 3)
  }

  @Test func aBadLineLeavesTheBookAsItWas() throws {
    var session = MatchSession()
    let hash = session.book.stateHash()
    let line = Array(#"{"op":"new","order_id":1,"side":"buy","price":1.5,"quantity":2}"#.utf8)
    #expect(throws: MatchLineError.self) { try session.take(line) }
    #expect(session.book.stateHash() == hash)
    #expect(session.output.bytes.isEmpty)
  }
}
