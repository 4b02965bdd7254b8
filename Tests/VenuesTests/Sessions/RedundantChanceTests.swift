import LowLatency
import Testing
import TradingModel

@testable import Venues

/// Two lines by chance: whatever they do, a book that is called good is the venue's book at its number.
@Suite struct RedundantChanceTests {
  /// A book that is called good, and is not the venue's.
  private struct Wrong: Error {
    var style: LineStyle
    var step: Int
    var number: UInt64
  }

  private func check(_ venue: TwoLines, _ step: Int) throws {
    guard venue.state == .synced else { return }
    guard let truth = venue.truth[venue.book.sequence] else {
      throw Wrong(style: venue.style, step: step, number: venue.book.sequence)
    }
    if truth == venue.book { return }
    throw Wrong(style: venue.style, step: step, number: truth.sequence)
  }

  /// Both lines are up and everything has come.
  private func settle(_ venue: TwoLines) {
    for _ in 0..<40 {
      for index in 0..<2 {
        venue.open(index)
        while venue.bring(index) {}
      }
      venue.answerRequests()
      venue.pass(milliseconds: 1_000)
      venue.make()
    }
    for index in 0..<2 { while venue.bring(index) {} }
    venue.answerRequests()
  }

  @Test(arguments: LineStyle.allCases, Array(UInt64(0)..<12))
  func aGoodBookIsTheVenues(_ style: LineStyle, seed: UInt64) throws {
    let venue = TwoLines(style, seed: seed)
    var restarts = 0
    for step in 0..<1_000 {
      let index = Int(venue.random.next(below: 2))
      switch venue.random.next(below: 100) {
      case 0..<35: venue.make()
      case 35..<80: venue.bring(index)
      case 80..<84: while venue.bring(index) {}
      case 84..<87: venue.lose(index)
      case 87: venue.close(index)
      case 88..<92: venue.open(index)
      case 92..<96: venue.pass(milliseconds: 20)
      case 96:
        guard restarts < 1, style == .okx || style == .bybit, step > 300 else { break }
        restarts += 1
        venue.make(restarting: true)
      default: venue.answerRequests()
      }
      try check(venue, step)
    }
    settle(venue)
    try check(venue, -1)
    #expect(venue.state == .synced)
    #expect(venue.book.sequence == venue.now.sequence)
  }

  /// While one line is whole, the other may do what it wants: the core hears of nothing, and gets every
  /// update once.
  @Test(arguments: LineStyle.allCases, Array(UInt64(100)..<110))
  func oneWholeLineIsEnough(_ style: LineStyle, seed: UInt64) throws {
    let venue = TwoLines(style, seed: seed)
    let whole = Int(seed % 2)
    venue.open(whole)
    for _ in 0..<3 {
      venue.make()
      venue.bring(whole)
      venue.answerRequests()
    }
    while venue.bring(whole) {}
    #expect(venue.states == [.synced])
    let start = venue.sequences.count
    var restarts = 0
    for step in 0..<1_000 {
      switch venue.random.next(below: 100) {
      case 0..<30: venue.make()
      case 30..<55: venue.bring(whole)
      case 55..<80: venue.bring(1 - whole)
      case 80..<85: while venue.bring(1 - whole) {}
      case 85..<90: venue.lose(1 - whole)
      case 90..<92: venue.close(1 - whole)
      case 92..<96: venue.open(1 - whole)
      case 96:
        guard style == .okx || style == .bybit, step > 300, restarts == 0 else { break }
        restarts += 1
        venue.make(restarting: true)
      default:
        // The whole line is late, but not as late as what is given up.
        while venue.bring(whole) {}
        venue.pass(milliseconds: 20)
      }
      venue.answerRequests()
      try check(venue, step)
    }
    while venue.bring(whole) {}
    #expect(venue.states == [.synced])
    #expect(venue.book == venue.now)
    let told = venue.sequences[start...]
    if style != .bybit && style != .okx {
      #expect(zip(told, told.dropFirst()).allSatisfy { $0 < $1 })
    }
    let again = zip(told, told.dropFirst()).filter { $0 >= $1 }
    #expect(Set(told).count == told.count, "\(again)")
  }
}
