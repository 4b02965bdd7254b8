import Testing
import TradingModel

@Suite struct DecimalTests {
  static func parse(_ text: String) -> Result<Decimal, DecimalError> {
    do throws(DecimalError) { return .success(try Decimal(text)) } catch { return .failure(error) }
  }

  @Test(arguments: [
    ("0", 0, 0, "0"), ("-0", 0, 0, "0"), ("+7", 7, 0, "7"), ("0.000", 0, 0, "0"),
    ("61737.63000000", 6_173_763, 2, "61737.63"), (".5", 5, 1, "0.5"), ("5.", 5, 0, "5"),
    ("-0.001", -1, 3, "-0.001"), ("007", 7, 0, "7"), ("100", 100, 0, "100"),
    ("1e-05", 1, 5, "0.00001"), ("1E5", 100_000, 0, "100000"), ("1.50e1", 15, 0, "15"),
    ("1.5e+0", 15, 1, "1.5"), ("0e1000", 0, 0, "0"), ("100e-2", 1, 0, "1"),
    ("0.1234567890123456789e1", 1_234_567_890_123_456_789, 18, "1.234567890123456789"),
    ("9223372036854775807", Int64.max, 0, "9223372036854775807"),
    ("-9223372036854775808", Int64.min, 0, "-9223372036854775808"),
    ("0.000000000000000001", 1, 18, "0.000000000000000001"),
    ("9.223372036854775807", Int64.max, 18, "9.223372036854775807"),
    ("1.00000000000000000000000000", 1, 0, "1"),
  ])
  func reads(_ text: String, units: Int64, decimals: Int, printed: String) throws {
    let value = try Decimal(text)
    #expect(value.units == units && value.decimals == decimals)
    #expect(value.description == printed)
  }

  @Test(arguments: [
    ("", DecimalError.empty), ("-", .empty), (".", .empty), ("+.", .empty), ("1e", .empty),
    ("1e-", .empty), ("x", .unexpectedCharacter(0x78, offset: 0)),
    ("1x", .unexpectedCharacter(0x78, offset: 1)), ("1.2.3", .unexpectedCharacter(0x2E, offset: 3)),
    ("--1", .unexpectedCharacter(0x2D, offset: 1)), ("e5", .unexpectedCharacter(0x65, offset: 0)),
    (".e5", .unexpectedCharacter(0x65, offset: 1)), (" 1", .unexpectedCharacter(0x20, offset: 0)),
    ("1e5 ", .unexpectedCharacter(0x20, offset: 3)),
    ("1e--5", .unexpectedCharacter(0x2D, offset: 3)),
    ("1,5", .unexpectedCharacter(0x2C, offset: 1)), ("9223372036854775808", .overflow),
    ("-9223372036854775809", .overflow), ("1e19", .overflow), ("1e1001", .overflow),
    ("99999999999999999999999", .overflow), ("1e-19", .tooManyDecimals),
    ("0.0000000000000000001", .tooManyDecimals),
  ])
  func refuses(_ text: String, error: DecimalError) {
    #expect(Self.parse(text) == .failure(error))
    #expect(!error.description.isEmpty)
  }

  @Test(arguments: UInt64(0)..<20)
  func printsAndReadsBack(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    for _ in 0..<500 {
      let value = Decimal(units: random.signed64(), decimals: Int(random.next() % 19))
      let back = try Decimal(value.description)
      #expect(back == value, "seed \(seed), \(value)")
      #expect(back.units == value.normalized.units && back.decimals == value.normalized.decimals)
      #expect(back.hashValue == value.hashValue)
    }
  }

  @Test(arguments: UInt64(0)..<20)
  func survivesAnyBytes(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let likely = Array("0123456789.+-eE 9".utf8)
    for round in 0..<2000 {
      let bytes = (0..<Int(random.next() % 30)).map { _ in
        round % 2 == 0 ? random.byte() : likely[Int(random.next() % UInt64(likely.count))]
      }
      bytes.withUnsafeBytes { buffer in
        if let value = try? DecimalText.parse(buffer) {
          #expect((try? Decimal(value.description)) == value)
        }
      }
    }
  }

  @Test(
    arguments: [
      (12, 1, 3, 1200, nil), (-12, 1, 0, 0, DecimalError.tooManyDecimals), (120, 2, 1, 12, nil),
      (Int64.max, 0, 1, 0, .overflow), (Int64.min, 3, 3, Int64.min, nil), (0, 18, 0, 0, nil),
    ] as [(Int64, Int, Int, Int64, DecimalError?)])
  func rescales(_ units: Int64, decimals: Int, target: Int, result: Int64, expected: DecimalError?)
  {
    do throws(DecimalError) {
      #expect(try Decimal(units: units, decimals: decimals).units(decimals: target) == result)
      #expect(expected == nil)
    } catch {
      #expect(error == expected)
    }
  }

  @Test func comparesValues() {
    let ordered: [Decimal] = [
      Decimal(units: .min), Decimal(units: .min, decimals: 18), Decimal(units: -1, decimals: 18),
      Decimal(units: 0, decimals: 5), Decimal(units: 99, decimals: 2), Decimal(units: 1),
      Decimal(units: 101, decimals: 2), Decimal(units: .max, decimals: 18), Decimal(units: .max),
    ]
    for (i, a) in ordered.enumerated() {
      for (j, b) in ordered.enumerated() {
        #expect((a < b) == (i < j) && (a == b) == (i == j), "\(a) \(b)")
      }
    }
    #expect(Decimal(units: 10, decimals: 1) == Decimal(units: 1))
    #expect(Set([Decimal(units: 10, decimals: 1), Decimal(units: 100, decimals: 2)]).count == 1)
  }

  @Test func powersOfTen() {
    var value: Int128 = 1
    for exponent in 0...38 {
      #expect(powerOfTen128(exponent) == value)
      if exponent <= 18 { #expect(Int128(powerOfTen(exponent)) == value) }
      if exponent < 38 { value *= 10 }
    }
  }

  @Test func printsEdges() {
    #expect(
      DecimalText.string(.min, decimals: 0) == "-170141183460469231731687303715884105728")
    #expect(DecimalText.string(.max, decimals: 38) == "1.70141183460469231731687303715884105727")
    #expect(DecimalText.string(-5, decimals: 2) == "-0.05")
    #expect(Money(amount: -1_500_000_000_000_000_000).description == "-1.5")
  }
}
