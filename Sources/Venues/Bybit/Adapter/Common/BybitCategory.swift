/// A product of Bybit v5 (https://bybit-exchange.github.io/docs/v5/enum, "category"). Symbols are the
/// same in both: `BTCUSDT` is a pair of coins in one and a perpetual contract in the other.
public enum BybitCategory: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case spot = 0
  /// Perpetuals and futures settled in USDT or USDC.
  case linear = 1

  /// As requests and messages spell it.
  public var text: StaticString { self == .spot ? "spot" : "linear" }

  /// As disconnect protection calls the product that it is part of.
  var protectedProduct: StaticString { self == .spot ? "SPOT" : "DERIVATIVES" }

  /// As the command line and configuration call the venue.
  public var venueName: String { self == .spot ? "bybit-spot" : "bybit-linear" }
}
