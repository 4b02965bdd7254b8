import Testing

@testable import VenueSimulation

/// Numbers as the venue reads and prints them, and its candles.
@Suite struct NumberTests {
  @Test func texts() {
    #expect(DecimalDigits.text(6_000_012, decimals: 2) == "60000.12000000")
    #expect(DecimalDigits.text(-5, decimals: 8) == "-0.00000005")
    #expect(DecimalDigits.text(0, decimals: 5) == "0.00000000")
    #expect(DecimalDigits.text(-317, decimals: 3, digits: 3) == "-0.317")
    #expect(DecimalDigits.text(12_345_678_999, decimals: 10) == "1.23456789")
  }

  @Test(arguments: [
    ("1", 1_00000000), ("0.00000001", 1), ("12.50", 12_50000000), ("1.000000000", 1_00000000),
  ])
  func units(_ text: String, _ units: Int64) throws {
    #expect(try DecimalDigits.units(text) == units)
  }

  @Test(arguments: ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "123456789012345678901"])
  func otherForms(_ text: String) {
    #expect(throws: DecimalDigits.Refusal.form) { try DecimalDigits.units(text) }
  }

  @Test func limitsOfNumbers() {
    #expect(throws: DecimalDigits.Refusal.precision) { try DecimalDigits.units("0.000000001") }
    #expect(throws: DecimalDigits.Refusal.size) { try DecimalDigits.units("99999999999") }
    #expect(DecimalDigits.exact(1_50000000, decimals: 1) == 15)
    #expect(DecimalDigits.exact(1_55000000, decimals: 1) == nil)
  }

  @Test func base64() {
    #expect(Base64.decode("Zm9vYg==") == Array("foob".utf8))
    #expect(Base64.decode("Zm9vYmE=") == Array("fooba".utf8))
    for text in ["", "Zm9", "Zm9v\n", "Z=9v", "Zm9vYg=a"] { #expect(Base64.decode(text) == nil) }
  }

  /// 2024-02-29T12:00:00Z lies in a month of 29 days; 2025-12-31 in one that ends with the year.
  @Test func monthsAndWeeks() {
    let month = CandleInterval.month
    #expect(month.start(of: 1_709_208_000) == 1_706_745_600)
    #expect(month.end(after: 1_706_745_600) == 1_709_251_200)
    #expect(month.start(of: 1_767_225_599) == 1_764_547_200)
    #expect(month.end(after: 1_764_547_200) == 1_767_225_600)
    #expect(CandleInterval.week.start(of: 1_709_208_000) == 1_708_905_600)
  }

  @Test func candlesFillTheirGaps() {
    var record = MarketRecord(startPrice: 100, startSecond: 60)
    func trade(_ id: UInt64, _ second: Int64, _ price: Int64, _ quantity: Int64) -> MarketTrade {
      MarketTrade(
        id: id, price: price, quantity: quantity, nanoseconds: second * 1_000_000_000,
        isBuyerMaker: id % 2 == 0, takerOrderID: 7)
    }
    record.add(trade(1, 70, 105, 2))
    record.add(trade(2, 71, 95, 3))
    record.add(trade(3, 190, 110, 1))
    let candles = record.candles(.minute, from: 0, to: 190)
    #expect(candles.map(\.start) == [60, 120, 180])
    #expect(candles.map(\.open) == [105, 95, 110])
    #expect(candles.map(\.close) == [95, 95, 110])
    #expect(candles.map(\.count) == [2, 0, 1])
    #expect(candles[0].high == 105 && candles[0].low == 95)
    #expect(candles[0].volume == 5 && candles[0].takerBuyVolume == 2)
    #expect(candles[1].firstTradeID == -1)
    #expect(record.aggregates.count == 3)
  }
}
