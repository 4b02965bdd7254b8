import Exchange
import TradingModel
import VenueServer

/// Signatures of requests: base64 of HMAC-SHA256 over time, method, path and body
/// (https://www.okx.com/docs-v5/en/#overview-rest-authentication-signature).
enum OKXSignature {
  static func of(_ payload: String, secret: String) -> String {
    Base64.encode(VenueKey.hmac(Array(payload.utf8), Array(secret.utf8)))
  }

  /// How far a request's time may be from the venue's, in milliseconds.
  static let window: Int64 = 30_000

  /// The account and key of a signed request.
  ///
  /// - Throws: what is missing or wrong, in the order in which the venue looks at it.
  static func check(
    _ request: HTTPRequest, _ exchange: SimulatedExchange, at now: ServerTime
  ) throws(OKXError) -> (account: AccountIndex, key: APIKey) {
    func header(_ name: String, _ code: String) throws(OKXError) -> String {
      guard let value = request.headers[name], !value.isEmpty else {
        throw .emptyHeader(code, name)
      }
      return value
    }
    let id = try header("OK-ACCESS-KEY", "50103")
    let passphrase = try header("OK-ACCESS-PASSPHRASE", "50104")
    let signature = try header("OK-ACCESS-SIGN", "50106")
    let timestamp = try header("OK-ACCESS-TIMESTAMP", "50107")
    guard let time = OKXTime.milliseconds(timestamp) else { throw .badTimestamp }
    guard abs(now.milliseconds - time) <= window else { throw .expiredTimestamp }
    guard let (account, key) = exchange.key(id) else { throw .unknownKey }
    let payload = timestamp + request.method + request.target + request.bodyText
    guard of(payload, secret: key.secret) == signature else { throw .badSignature }
    guard key.passphrase == passphrase else { throw .wrongPassphrase }
    return (account, key)
  }
}

/// The venue's spellings of times.
enum OKXTime {
  /// Milliseconds since the epoch of `2020-12-08T09:08:57.715Z`, or of seconds with decimals.
  static func milliseconds(_ text: String) -> Int64? {
    if let seconds = try? Decimal(text) {
      guard seconds.units > 0, let value = try? seconds.units(decimals: 3) else { return nil }
      return value
    }
    let parts = text.utf8.split { !(0x30...0x39).contains($0) }
      .map { Int64(String(decoding: $0, as: UTF8.self)) ?? -1 }
    guard text.utf8.count == 24, text.hasSuffix("Z"), parts.count == 7,
      (1...12).contains(parts[1]), (1...31).contains(parts[2]), parts[3] < 24, parts[4] < 60,
      parts[5] < 61
    else { return nil }
    let days = days(year: parts[0], month: parts[1], day: parts[2])
    return (((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]) * 1000 + parts[6]
  }

  /// Days since the epoch, by Howard Hinnant's civil-days method
  /// (https://howardhinnant.github.io/date_algorithms.html).
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Nanoseconds as the venue's milliseconds.
  static func text(_ nanoseconds: Int64) -> String { "\(nanoseconds / 1_000_000)" }
  static func json(_ nanoseconds: Int64) -> JSONValue { .string(text(nanoseconds)) }
}
