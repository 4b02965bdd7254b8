import Portfolio
import Testing
import TradingModel

struct BalanceTableTests {
  @Test func anUnknownBalancePaysForNothing() throws {
    var table = BalanceTable(venueCapacity: 1, currencyCapacity: 2)
    #expect(table.available(venue: 0, currency: usd) == nil)
    #expect(throws: BalanceError.unknown) {
      try table.reserve(Money(amount: 1), venue: 0, currency: usd)
    }
    #expect(try table.setTotal(Money(amount: 5), venue: 0, currency: usd) == .covered)
    #expect(table.available(venue: 0, currency: usd) == Money(amount: 5))
    #expect(table.available(venue: 1, currency: usd) == nil)
    #expect(table.balance(venue: 0, currency: 9) == Balance())
  }

  @Test func reservesToTheLastUnit() throws {
    var table = BalanceTable(venueCapacity: 1, currencyCapacity: 2)
    _ = try table.credit(Money(amount: 10), venue: 0, currency: usd)
    #expect(throws: BalanceError.insufficient) {
      try table.reserve(Money(amount: 11), venue: 0, currency: usd)
    }
    try table.reserve(Money(amount: 10), venue: 0, currency: usd)
    #expect(throws: BalanceError.insufficient) {
      try table.reserve(Money(amount: 1), venue: 0, currency: usd)
    }
    #expect(throws: BalanceError.releaseAboveReserved) {
      try table.release(Money(amount: 11), venue: 0, currency: usd)
    }
    #expect(try table.debit(Money(amount: 4), venue: 0, currency: usd) == .belowReserved)
    #expect(table.available(venue: 0, currency: usd) == Money(amount: -4))
    try table.reserve(.zero, venue: 0, currency: usd)
    #expect(try table.debit(Money(amount: 7), venue: 0, currency: usd) == .negative)
    try table.release(Money(amount: 10), venue: 0, currency: usd)
    #expect(table.balance(venue: 0, currency: usd).total == Money(amount: -1))
  }

  @Test func refusesWhatMakesNoSense() throws {
    var table = BalanceTable(venueCapacity: 1, currencyCapacity: 2)
    #expect(throws: BalanceError.amountNegative) {
      try table.credit(Money(amount: -1), venue: 0, currency: usd)
    }
    #expect(throws: BalanceError.capacity) {
      try table.debit(Money(amount: 1), venue: 0, currency: 2)
    }
    #expect(throws: BalanceError.capacity) {
      try table.setTotal(Money(amount: 1), venue: 1, currency: 0)
    }
    _ = try table.setTotal(Money(amount: .max), venue: 0, currency: usd)
    #expect(throws: BalanceError.overflow) {
      try table.credit(Money(amount: 1), venue: 0, currency: usd)
    }
    for error in [
      BalanceError.capacity, .amountNegative, .unknown, .insufficient, .releaseAboveReserved,
      .overflow,
    ] {
      #expect(!error.description.isEmpty)
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func agreesWithTwoSums(seed: UInt64) throws {
    var chance = Chance(seed)
    var table = BalanceTable(venueCapacity: 3, currencyCapacity: 3)
    var total = [Int128](repeating: 0, count: 9)
    var reserved = [Int128](repeating: 0, count: 9)
    for place in 0..<9 {
      _ = try table.credit(.zero, venue: UInt16(place / 3), currency: UInt16(place % 3))
    }
    for _ in 0..<2_000 {
      let place = Int(chance.next() % 9)
      let (venue, currency) = (VenueIndex(place / 3), CurrencyIndex(place % 3))
      let amount = Int128(chance.int(0...100))
      switch chance.next() % 4 {
      case 0:
        let fits = amount == 0 || amount <= total[place] - reserved[place]
        do throws(BalanceError) {
          try table.reserve(Money(amount: amount), venue: venue, currency: currency)
          #expect(fits)
          reserved[place] += amount
        } catch {
          #expect(!fits && error == .insufficient)
        }
      case 1:
        let fits = amount <= reserved[place]
        do throws(BalanceError) {
          try table.release(Money(amount: amount), venue: venue, currency: currency)
          #expect(fits)
          reserved[place] -= amount
        } catch {
          #expect(!fits && error == .releaseAboveReserved)
        }
      case 2:
        total[place] += amount
        _ = try table.credit(Money(amount: amount), venue: venue, currency: currency)
      default:
        total[place] -= amount
        let state = try table.debit(Money(amount: amount), venue: venue, currency: currency)
        #expect((state == .negative) == (total[place] < 0))
        #expect((state == .covered) == (total[place] >= 0 && total[place] >= reserved[place]))
      }
      let balance = table.balance(venue: venue, currency: currency)
      #expect(balance.total.amount == total[place] && balance.reserved.amount == reserved[place])
    }
  }

  @Test func hashTakesKnownBalancesOnly() throws {
    var small = BalanceTable(venueCapacity: 1, currencyCapacity: 2)
    var large = BalanceTable(venueCapacity: 4, currencyCapacity: 9)
    _ = try small.credit(Money(amount: 1), venue: 0, currency: usd)
    _ = try large.credit(Money(amount: 1), venue: 0, currency: usd)
    var a = RecordHash()
    var b = RecordHash()
    small.hash(into: &a)
    large.hash(into: &b)
    #expect(a == b)
    #expect(a != RecordHash())
  }
}
