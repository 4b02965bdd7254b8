import Testing
import TradingModel

@testable import Venues

/// What errors mean.
@Suite struct BinanceErrorTests {
  private func meaning(_ code: Int64, _ text: String = "", status: Int = 400) -> VenueErrorMeaning {
    BinanceErrors.meaning(code: code, status: status, message: VenueMessageText(text))
  }

  /// Every code of https://developers.binance.com/docs/binance-spot-api-docs/errors.
  static let documented: [Int64] =
    [
      -1000, -1001, -1002, -1003, -1006, -1007, -1008, -1010, -1013, -1014, -1015, -1016, -1020,
      -1021, -1022, -1033, -1034, -1035,
    ] + [
      -1100, -1101, -1102, -1103, -1104, -1105, -1106, -1108, -1111, -1112, -1114, -1115, -1116,
      -1117, -1118, -1119, -1120, -1121, -1122, -1125, -1127, -1128, -1130, -1134, -1135, -1139,
      -1145, -1151, -1152, -1153, -1155, -1158, -1160, -1161, -1165, -1166, -1168, -1169, -1170,
      -1171, -1172, -1173, -1174, -1175, -1176, -1177, -1178, -1179, -1180, -1181, -1182, -1183,
      -1184, -1185, -1186, -1187, -1188, -1189, -1190, -1191, -1194, -1196, -1197, -1198, -1199,
    ] + [-1210, -1211, -1220, -1221, -1222, -1223, -1224, -1225] + [
      -2010, -2011, -2013, -2014, -2015, -2016, -2021, -2022, -2026, -2035, -2036, -2038, -2039,
      -2042,
    ]

  @Test func everyDocumentedCodeIsListedOnce() {
    for code in Self.documented { #expect(BinanceErrors.name(of: code) != nil, "\(code)") }
    #expect(Set(BinanceErrors.list.map { $0.code }).count == BinanceErrors.list.count)
  }

  /// Any code, any status: a meaning; and one that nobody knows never decides about an order.
  @Test func total() {
    for status in [0, 200, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 504, 999, -1] {
      for code in (-3000...300) {
        let meaning = meaning(Int64(code), status: status)
        if status >= 500 { #expect(meaning == .askFirst) }
        let isKnown = BinanceErrors.name(of: Int64(code)) != nil
        if !isKnown, ![401, 403, 418, 429].contains(status) {
          #expect(meaning == .askFirst, "\(code) with \(status)")
        }
      }
    }
    for code in [Int64.min, .max, 0, 200] { #expect(meaning(code) == .askFirst) }
  }

  @Test func unknownOutcomes() {
    for code in [-1000, -1001, -1006, -1007, -1161, -2021] as [Int64] {
      #expect(meaning(code) == .askFirst, "\(code)")
    }
    #expect(meaning(-2010, "Account has insufficient balance", status: 502) == .askFirst)
    #expect(meaning(-1008, status: 503) == .askFirst && meaning(-1008, status: 429) == .retry)
  }

  @Test func theClockTheKeyAndTheLimits() {
    #expect(meaning(-1021) == .resynchronize)
    #expect(meaning(-1022) == .stop(.signature))
    #expect(meaning(-2014) == .stop(.key) && meaning(-2015, status: 401) == .stop(.key))
    #expect(meaning(-1002) == .stop(.permission))
    #expect(meaning(0, status: 403) == .stop(.firewall))
    #expect(
      meaning(-1003, "Too many requests queued.", status: 429)
        == .rateLimited(until: 0, by: .address))
    #expect(meaning(-1015, status: 429) == .endpointLimited(until: 0))
    let ban = "Way too much request weight used; IP banned until 1659146400000. Please use"
    #expect(
      meaning(-1003, ban, status: 418)
        == .rateLimited(until: 1_659_146_400_000_000_000, by: .address))
    #expect(
      meaning(-1003, "IP banned until 16591464", status: 418)
        == .rateLimited(until: 0, by: .address))
    #expect(meaning(-1003, "IP banned until ", status: 418) == .rateLimited(until: 0, by: .address))
    // Of one connection, and of the account.
    #expect(meaning(-1181) == .rateLimited(until: 0, by: .key))
    #expect(meaning(-1034) == .rateLimited(until: 0, by: .key))
    let later = BinanceErrors.meaning(code: -1003, status: 429, until: 5)
    #expect(later == .rateLimited(until: 5, by: .address))
  }

  @Test func refusalsByTheirText() {
    let texts: [(Int64, String, VenueReason)] = [
      (-2010, "Account has insufficient balance for requested action.", .insufficientBalance),
      (-2010, "Order would immediately match and take.", .wouldTake),
      (-2010, "Market is closed.", .venueClosed),
      (-2010, "Order would trigger immediately.", .priceOutsideLimits),
      (-2010, "The relationship of the prices for the orders is not correct.", .priceOutsideLimits),
      (-2010, "Something that nobody has read", .other),
      (-2011, "Unknown order sent.", .unknownOrder),
      (-2011, "Order was not canceled due to cancel restrictions.", .tooLate),
      (-2038, "Order amend (quantity increase) is not supported.", .quantityOutsideLimits),
      (-1013, "Filter failure: PRICE_FILTER", .priceOutsideLimits),
      (-1013, "Filter failure: PERCENT_PRICE_BY_SIDE", .priceOutsideLimits),
      (-1013, "Filter failure: LOT_SIZE", .quantityOutsideLimits),
      (-1013, "Filter failure: MARKET_LOT_SIZE", .quantityOutsideLimits),
      (-1013, "Filter failure: MIN_NOTIONAL", .quantityOutsideLimits),
      (-1013, "Filter failure: NOTIONAL", .quantityOutsideLimits),
      (-1013, "Filter failure: MAX_NUM_ORDERS", .capacity),
      (-1013, "Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS", .capacity),
      (-1013, "Filter failure: MAX_POSITION", .quantityOutsideLimits),
      (-1111, "Parameter 'price' has too much precision.", .offGrid),
      (-2013, "Order does not exist.", .unknownOrder),
    ]
    for (code, text, reason) in texts {
      #expect(meaning(code, text) == .reject(reason), "\(text)")
      #expect(VenueErrorMeaning.reject(reason).reason == reason)
    }
    // It stands at the venue, so it may fill.
    #expect(meaning(-2010, "Duplicate order sent.") == .askFirst)
    #expect(meaning(-2010, "This action is disabled on this account.") == .stop(.permission))
  }

  @Test func errorsAsReports() {
    func kind(
      _ code: Int64, _ request: VenueRequestKind, status: Int = 400
    ) -> VenueReportKind? {
      BinanceErrors.reportKind(of: meaning(code, status: status), to: request, code: code)
    }
    #expect(kind(-1013, .newOrder) == .rejected && kind(-1013, .replace) == .replaceRejected)
    #expect(kind(-2011, .cancel) == .cancelRejected)
    #expect(kind(-2013, .queryOrder) == .notFound && kind(-2026, .queryOrder) == .statusCanceled)
    // Behind a 5xx even "not there" is said by a venue that may not know: the code says it did look.
    #expect(kind(-1007, .newOrder) == .answerLost && kind(0, .newOrder, status: 504) == .answerLost)
    #expect(kind(-1021, .newOrder) == nil && kind(-1008, .newOrder) == nil)
    #expect(kind(-2015, .newOrder) == .rejected && kind(-2015, .queryOrder) == .answerLost)
    #expect(kind(-1003, .newOrder, status: 429) == .rejected)
    #expect(VenueErrorMeaning.rateLimited(until: 0, by: .address).reason == .rateLimited)
  }
}
