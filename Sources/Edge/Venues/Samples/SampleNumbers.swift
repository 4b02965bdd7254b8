import Credentials
import LowLatency
import TradingModel

/// Numbers for messages that nobody sent, as they are written: prices around one that wanders, sizes, times
/// that go on. Equal calls give equal numbers.
struct SampleNumbers {
  /// Messages of one sample: more than a processor learns by heart.
  static let count = 64
  /// What the client order ids of samples begin with; a number of ours follows.
  static let prefix = "n00002a-"

  let priceDecimals: Int
  let quantityDecimals: Int
  /// Digits that quantities are written with, where those are more.
  let writtenDecimals: Int
  private var random = SeededRandom(seed: 11)
  /// In units of the last price decimal.
  private var middle: Int64
  /// Milliseconds since the epoch.
  private(set) var time: UInt64 = 1_763_740_800_000
  /// Goes up by one each time it is read.
  private var last: UInt64 = 46_203_118_000

  /// - Parameters:
  ///   - price: in whole units of the quote currency.
  ///   - writtenDecimals: of quantities and prices, where the venue pads them with zeros.
  init(price: Int64, priceDecimals: Int, quantityDecimals: Int, writtenDecimals: Int = 0) {
    self.priceDecimals = priceDecimals
    self.quantityDecimals = quantityDecimals
    self.writtenDecimals = writtenDecimals
    middle = price * powerOfTen(priceDecimals)
  }

  /// The messages of one sample.
  mutating func messages(_ write: (inout SampleNumbers) -> String) -> [[UInt8]] {
    (0..<Self.count).map { _ in
      time += UInt64(random.integer(in: 1...200))
      middle += random.integer(in: -50...50)
      return Array(write(&self).utf8)
    }
  }

  /// A number that venues count up.
  mutating func next() -> UInt64 {
    last += 1
    return last
  }

  /// A client order id of ours.
  mutating func clientOrderID(_ prefix: String = Self.prefix) -> String {
    prefix + String(next() % 100_000, radix: 36)
  }

  /// A price so many units of its last decimal from the middle.
  func price(_ distance: Int64 = 0) -> String { text(middle + distance, priceDecimals) }

  /// A quantity, above nothing.
  mutating func quantity() -> String {
    text(random.integer(in: 1...3 * powerOfTen(quantityDecimals)), quantityDecimals)
  }

  /// What one order has, and a part of it that is filled.
  mutating func orderQuantity() -> (whole: String, part: String) {
    let units = random.integer(in: 2...3 * powerOfTen(quantityDecimals))
    return (
      text(units, quantityDecimals), text(random.integer(in: 1...units - 1), quantityDecimals)
    )
  }

  /// Ten levels of a side, best first, some of them gone, each as `write` puts price and quantity.
  mutating func levels(_ side: Side, _ write: (String, String) -> String) -> String {
    var texts: [String] = []
    var distance: Int64 = 0
    for _ in 0..<10 {
      distance += random.integer(in: 1...30)
      let isGone = random.next(below: 4) == 0
      texts.append(
        write(
          price(side == .buy ? -distance : distance),
          isGone ? text(0, quantityDecimals) : quantity()))
    }
    return "[" + texts.joined(separator: ",") + "]"
  }

  private func text(_ units: Int64, _ decimals: Int) -> String {
    let digits = String(units)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
    let zeros = String(repeating: "0", count: max(0, writtenDecimals - decimals))
    if decimals == 0 && zeros.isEmpty { return padded }
    return padded.dropLast(decimals) + "." + padded.suffix(decimals) + zeros
  }
}

extension VenueCredential {
  /// As long as real ones; what they sign is sent nowhere.
  static var sample: VenueCredential {
    VenueCredential(
      apiKey: String(repeating: "k", count: 64), kind: .hmac,
      secret: SecretBytes(String(repeating: "s", count: 64)),
      passphrase: SecretBytes("passphrase"))
  }
}

extension AccountNames {
  /// An account with one listing and two currencies.
  static func sample(
    _ symbol: String, _ kind: ContractKind, base: String, quote: String, _ numbers: SampleNumbers
  ) -> AccountNames {
    AccountNames(
      venue: 0,
      listings: [
        (
          Listing(
            index: 0, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: kind,
            priceDecimals: numbers.priceDecimals, quantityDecimals: numbers.quantityDecimals),
          symbol
        )
      ], currencies: [(base, 0), (quote, 1)], clientOrderIDPrefix: SampleNumbers.prefix)
  }
}
