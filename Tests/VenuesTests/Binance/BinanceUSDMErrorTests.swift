import Testing
import TradingModel

@testable import Venues

/// What errors of USD-M futures mean.
@Suite struct BinanceUSDMErrorTests {
  private func meaning(
    _ code: Int64, _ text: String = "", status: Int = 400
  ) -> VenueErrorMeaning {
    BinanceUSDMErrors.meaning(code: code, status: status, message: VenueMessageText(text))
  }

  @Test func everyCodeIsListedOnce() {
    #expect(Set(BinanceUSDMErrors.list.map { $0.code }).count == BinanceUSDMErrors.list.count)
    #expect(BinanceUSDMErrors.list.count >= 200)
    for code in [-1000, -1125, -2019, -2028, -4000, -4088, -4164, -4403, -5021, -5041] as [Int64] {
      #expect(BinanceUSDMErrors.name(of: code) != nil, "\(code)")
    }
  }

  /// Any code, any status: a meaning; and one that nobody knows never decides about an order.
  @Test func total() {
    for status in [0, 200, 400, 401, 403, 404, 418, 429, 500, 502, 503, 504, 999, -1] {
      for code in stride(from: Int64(-6000), through: 300, by: 1) {
        let meaning = meaning(code, status: status)
        let isKnown = BinanceUSDMErrors.name(of: code) != nil
        if status >= 500, code != -1008 {
          #expect(meaning == .askFirst)
        } else if !isKnown, ![401, 403, 418, 429].contains(status) {
          #expect(meaning == .askFirst, "\(code) with \(status)")
        }
      }
    }
    for code in [Int64.min, .max] { #expect(meaning(code) == .askFirst) }
  }

  @Test func unavailableHasThreeKinds() {
    #expect(
      meaning(-1000, "Unknown error, please check your request or try again later.", status: 503)
        == .askFirst)
    #expect(meaning(0, "Service Unavailable.", status: 503) == .retry)
    #expect(meaning(-1008, "Request throttled by system-level protection.", status: 503) == .retry)
  }

  @Test func meaningsOfTrading() {
    #expect(meaning(-5022) == .reject(.wouldTake) && meaning(-5021) == .reject(.notFillable))
    #expect(meaning(-2019) == .reject(.insufficientBalance))
    #expect(meaning(-2022) == .reject(.reduceOnly))
    #expect(meaning(-4164) == .reject(.quantityOutsideLimits))
    #expect(meaning(-4014) == .reject(.offGrid) && meaning(-1111) == .reject(.offGrid))
    #expect(meaning(-4016) == .reject(.priceOutsideLimits))
    #expect(meaning(-2011, "Unknown order sent.") == .reject(.unknownOrder))
    #expect(meaning(-2013) == .reject(.unknownOrder))
    #expect(meaning(-4116) == .askFirst && meaning(-1007) == .askFirst)
    #expect(meaning(-1021) == .resynchronize && meaning(-5028) == .resynchronize)
    #expect(meaning(-1022) == .stop(.signature) && meaning(-2015, status: 401) == .stop(.key))
    #expect(
      meaning(-1003, "IP banned until 1659146400000.", status: 418)
        == .rateLimited(until: 1_659_146_400_000_000_000, by: .address))
    #expect(meaning(-1015) == .endpointLimited(until: 0))
  }
}
