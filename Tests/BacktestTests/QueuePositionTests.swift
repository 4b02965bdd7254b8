import LowLatency
import Testing
import TradingModel

@testable import Backtest

@Suite struct QueuePositionTests {
  /// Behind 10; a trade of 4 leaves 6 ahead; one of 8 uses them up and 2 reach us.
  @Test func tradesUseUpWhoIsAhead() {
    var position = QueuePosition(behind: 10)
    #expect(position.trade(volume: 4, taken: 0, at: 1, bookTime: 0) == 0)
    #expect(position.ahead == 6)
    #expect(position.trade(volume: 8, taken: 0, at: 2, bookTime: 0) == 2)
    #expect(position.ahead == 0)
  }

  /// 10 ahead, 10 more behind; 8 of the 20 go. Proportional: 8 x 10 / 20 = 4 were ahead.
  /// Conservative: all behind, until fewer than 10 are left in all.
  @Test func cancelsMoveByTheModel() {
    var proportional = QueuePosition(behind: 10)
    proportional.update(to: 20, at: 1, by: .proportional)
    #expect(proportional.ahead == 10)
    proportional.update(to: 12, at: 2, by: .proportional)
    #expect(proportional.ahead == 6)

    var conservative = QueuePosition(behind: 10)
    conservative.update(to: 20, at: 1, by: .conservative)
    conservative.update(to: 12, at: 2, by: .conservative)
    #expect(conservative.ahead == 10)
    conservative.update(to: 7, at: 3, by: .conservative)
    #expect(conservative.ahead == 7)
  }

  /// 3 of 10 ahead, 1 goes: 1 x 3 / 10 rounds down to nothing, against us.
  @Test func roundsAgainstUs() {
    var position = QueuePosition(behind: 3)
    position.update(to: 10, at: 1, by: .proportional)
    position.update(to: 9, at: 2, by: .proportional)
    #expect(position.ahead == 3)
  }

  /// 10 ahead of 20; a trade of 4 is printed, then the level shows 13: 4 of the 7 that went are the
  /// trade, 3 were canceled out of 16 that stood, 6 of them ahead: 3 x 6 / 16 = 1. 5 are ahead.
  @Test func tradesExplainDecreases() {
    var position = QueuePosition(behind: 10)
    position.update(to: 20, at: 1, by: .proportional)
    #expect(position.trade(volume: 4, taken: 0, at: 2, bookTime: 1) == 0)
    #expect(position.ahead == 6)
    position.update(to: 13, at: 3, by: .proportional)
    #expect(position.ahead == 5)
    // The trade explains nothing more: of 13, 13 go, and with them all who were ahead.
    position.update(to: 0, at: 4, by: .proportional)
    #expect(position.ahead == 0)
  }

  /// A level of 10 with 4 ahead loses 6 to one trade. Whether the trade is printed before the update
  /// or after it, 4 ahead go and 2 reach us.
  @Test(arguments: QueueModel.allCases)
  func tradeAndUpdateInEitherOrder(model: QueueModel) {
    var tradeFirst = QueuePosition(behind: 4)
    tradeFirst.update(to: 10, at: 1, by: model)
    #expect(tradeFirst.trade(volume: 6, taken: 0, at: 2, bookTime: 1) == 2)
    tradeFirst.update(to: 4, at: 3, by: model)

    var updateFirst = QueuePosition(behind: 4)
    updateFirst.update(to: 10, at: 1, by: model)
    updateFirst.update(to: 4, at: 3, by: model)
    // 6 x 4 / 10 = 2 under the proportional model; the print takes that back.
    #expect(updateFirst.ahead == (model == .proportional ? 2 : 4))
    #expect(updateFirst.trade(volume: 6, taken: 0, at: 2, bookTime: 3) == 2)
    #expect(tradeFirst.ahead == 0 && updateFirst.ahead == 0)
  }

  /// Random trades and updates told in either order end in the same place.
  @Test(arguments: UInt64(0)..<200)
  func orderOfTellingDoesNotMatter(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var told = QueuePosition(behind: random.integer(in: 0...50))
    var level = random.integer(in: 50...100)
    told.update(to: level, at: 0, by: .proportional)
    var late = told
    for step in 1...20 {
      let time = Int64(step) * 2
      let volume = random.integer(in: 1...max(1, level / 3))
      level -= min(level, volume)
      let first = told.trade(volume: volume, taken: 0, at: time, bookTime: time - 1)
      told.update(to: level, at: time + 1, by: .proportional)
      late.update(to: level, at: time + 1, by: .proportional)
      let second = late.trade(volume: volume, taken: 0, at: time, bookTime: time + 1)
      #expect(first == second && told.ahead == late.ahead)
      if level == 0 { break }
    }
  }

  @Test func unknownPlacesWait() {
    var position = QueuePosition(behind: nil)
    #expect(position.trade(volume: 1000, taken: 0, at: 1, bookTime: 0) == 0)
    position.update(to: 30, at: 2, by: .proportional)
    #expect(position.ahead == 30)
  }

  @Test func snapshotsKeepPlaces() {
    var position = QueuePosition(behind: 10)
    position.resync(to: 25)
    #expect(position.ahead == 10)
    position.resync(to: 6)
    #expect(position.ahead == 6)
  }

  /// 6 of 10 taken. More: 6 stay taken. Down to half: 3 stay. 5 of 10 to 5 of 7: 3.5, rounded to 4.
  @Test func consumedDepthFollowsItsLevel() {
    var depth = ConsumedDepth()
    depth.take(6, at: 100, displayed: 10)
    depth.update(price: 100, to: 14)
    #expect(depth.taken(at: 100) == 6)
    depth.update(price: 100, to: 7)
    #expect(depth.taken(at: 100) == 3)
    depth.take(2, at: 100, displayed: 7)
    depth.update(price: 100, to: 5)
    #expect(depth.taken(at: 100) == 4)
    depth.update(price: 99, to: 0)
    depth.update(price: 100, to: 0)
    #expect(depth.isEmpty)
    depth.take(4, at: 5, displayed: 4)
    depth.take(4, at: 3, displayed: 9)
    depth.resync { $0 == 3 ? 2 : 0 }
    #expect(depth.taken(at: 3) == 2 && depth.taken(at: 5) == 0)
  }
}
