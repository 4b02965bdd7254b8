import CMatching
import Foundation
import MatchingEngine
import MatchingLibrary
import Testing
import TradingModel

/// The header and the Swift types say the same.
@Suite struct HeaderTests {
  static let header = try! String(
    contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Sources/System/CMatching/include/needletail_matching.h"), encoding: .utf8)

  /// Every case of an enum stands in the header with its value, and nothing else does.
  private func expectSame<Case: CaseIterable & RawRepresentable<UInt8>>(
    _ type: Case.Type, _ prefix: String
  ) throws {
    var inSwift: [String: Int] = [:]
    for value in Case.allCases {
      inSwift[prefix + Self.upperSnake(String(describing: value))] = Int(value.rawValue)
    }
    #expect(try Self.constants(prefix) == inSwift)
    #expect(!inSwift.isEmpty)
  }

  @Test func enumsHaveTheSwiftValues() throws {
    try expectSame(Side.self, "NTM_SIDE_")
    try expectSame(OrderType.self, "NTM_TYPE_")
    try expectSame(TimeInForce.self, "NTM_TIME_")
    try expectSame(SelfTradePrevention.self, "NTM_STP_")
    try expectSame(PegReference.self, "NTM_PEG_")
    try expectSame(TradingPhase.self, "NTM_PHASE_")
    try expectSame(ReportKind.self, "NTM_REPORT_")
    try expectSame(MatchReason.self, "NTM_REASON_")
    try expectSame(BookOrderChangeKind.self, "NTM_ORDER_")
  }

  @Test func instructionsHaveTheSwiftBits() {
    #expect(NTM_POST_ONLY.rawValue == UInt32(OrderInstructions.postOnly.rawValue))
    #expect(NTM_REDUCE_ONLY.rawValue == UInt32(OrderInstructions.reduceOnly.rawValue))
    #expect(NTM_HIDDEN.rawValue == UInt32(OrderInstructions.hidden.rawValue))
    #expect(NTM_ALL_OR_NONE.rawValue == UInt32(OrderInstructions.allOrNone.rawValue))
    #expect(NTM_SLIDE.rawValue == UInt32(OrderInstructions.slide.rawValue))
  }

  @Test func reportHasTheSwiftLayout() {
    typealias C = ntm_report
    typealias S = MatchReport
    let pairs: [(Int?, Int?)] = [
      (MemoryLayout<C>.offset(of: \.kind), MemoryLayout<S>.offset(of: \.kind)),
      (MemoryLayout<C>.offset(of: \.side), MemoryLayout<S>.offset(of: \.side)),
      (MemoryLayout<C>.offset(of: \.reason), MemoryLayout<S>.offset(of: \.reason)),
      (MemoryLayout<C>.offset(of: \.trade_number), MemoryLayout<S>.offset(of: \.tradeNumber)),
      (MemoryLayout<C>.offset(of: \.owner), MemoryLayout<S>.offset(of: \.owner)),
      (MemoryLayout<C>.offset(of: \.maker_owner), MemoryLayout<S>.offset(of: \.makerOwner)),
      (MemoryLayout<C>.offset(of: \.order_id), MemoryLayout<S>.offset(of: \.orderID)),
      (MemoryLayout<C>.offset(of: \.maker_order_id), MemoryLayout<S>.offset(of: \.makerOrderID)),
      (MemoryLayout<C>.offset(of: \.price), MemoryLayout<S>.offset(of: \.price)),
      (MemoryLayout<C>.offset(of: \.quantity), MemoryLayout<S>.offset(of: \.quantity)),
      (MemoryLayout<C>.offset(of: \.leaves), MemoryLayout<S>.offset(of: \.leaves)),
      (MemoryLayout<C>.offset(of: \.maker_leaves), MemoryLayout<S>.offset(of: \.makerLeaves)),
    ]
    for (inC, inSwift) in pairs { #expect(inC != nil && inC == inSwift) }
    #expect(MemoryLayout<C>.size == 64 && MemoryLayout<S>.size == 64)
  }

  /// Arrays of these are filled by the book itself, in place.
  @Test func viewsHaveTheSwiftStrides() {
    #expect(MemoryLayout<ntm_level>.stride == MemoryLayout<LevelView>.stride)
    #expect(MemoryLayout<ntm_order_view>.stride == MemoryLayout<OrderView>.stride)
    #expect(MemoryLayout<ntm_level>.alignment == MemoryLayout<LevelView>.alignment)
    #expect(MemoryLayout<ntm_order_view>.alignment == MemoryLayout<OrderView>.alignment)
  }

  @Test func versionIsOne() {
    let parts = NTM_VERSION_MAJOR << 16 | NTM_VERSION_MINOR << 8 | NTM_VERSION_PATCH
    #expect(NTM_VERSION == UInt32(parts) && ntm_version() == NTM_VERSION)
  }

  @Test func everyStatusHasItsText() throws {
    let statuses = try Self.constants("NTM_ERROR_").values + [NTM_OK, NTM_NONE]
    let texts = statuses.map { String(cString: ntm_status_text(ntm_status($0))) }
    #expect(Set(texts).count == 11 && !texts.contains("no status"))
    for wrong: ntm_status in [.min, .max, 2, -10] {
      #expect(String(cString: ntm_status_text(wrong)) == "no status")
    }
  }

  /// The enum constants of the header whose names begin with `prefix`.
  private static func constants(_ prefix: String) throws -> [String: Int] {
    let pattern = try Regex(
      "\\b(\(prefix)[A-Z_]+) = (-?[0-9]+)", as: (Substring, Substring, Substring).self)
    var found: [String: Int] = [:]
    for match in header.matches(of: pattern) { found[String(match.1)] = Int(match.2) }
    return found
  }

  /// `orderIDIsZero` as `ORDER_ID_IS_ZERO`.
  private static func upperSnake(_ name: String) -> String {
    let letters = Array(name)
    var words = ""
    for (place, letter) in letters.enumerated() {
      let startsWord =
        letter.isUppercase && place > 0
        && (letters[place - 1].isLowercase
          || place + 1 < letters.count && letters[place + 1].isLowercase)
      words += (startsWord ? "_" : "") + letter.uppercased()
    }
    return words
  }
}
