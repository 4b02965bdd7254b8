import Exchange
import VenueServer

/// Who asks, and whether the request is theirs and fresh
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security).
enum BinanceAuthentication {
  /// Checks a signed request's time, then its signature.
  ///
  /// - Parameter payloads: what may have been signed.
  static func check(
    _ parameters: BinanceParameters, _ key: VenueKey, payloads: [String], at now: ServerTime
  ) throws(BinanceError) {
    try checkTime(parameters, at: now)
    guard let signature = parameters["signature"] else { throw .missing("signature") }
    guard isWellFormed(signature, key.scheme) else {
      throw .illegal(
        "signature", key.scheme == .hmac ? "^[A-Fa-f0-9]{64}$" : "^[A-Za-z0-9+/]*={0,2}$")
    }
    guard payloads.contains(where: { key.signed($0, signature) }) else { throw .badSignature }
  }

  private static func isWellFormed(_ signature: String, _ scheme: KeyScheme) -> Bool {
    switch scheme {
    case .hmac:
      signature.utf8.count == 64 && signature.utf8.allSatisfy { FormDigits.isHexadecimal($0) }
    case .ed25519, .rsa:
      signature.utf8.allSatisfy {
        FormDigits.isLetterOrDigit($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
          || $0 == UInt8(ascii: "=")
      }
    }
  }

  /// The time must not be more than a second ahead, nor older than the window of 5,000 ms or as sent,
  /// at most 60,000. Times of 16 digits are microseconds.
  static func checkTime(_ parameters: BinanceParameters, at now: ServerTime) throws(BinanceError) {
    guard let timestamp = parameters.integer("timestamp"), timestamp > 0 else {
      throw .missing("timestamp")
    }
    var window: Int64 = 5_000_000
    if let sent = parameters.decimal("recvWindow") {
      window = sent / 100_000  // 10^-8 milliseconds as microseconds
      if window > 60_000_000 {
        throw BinanceError(-1131, "recvWindow must be less than 60000.")
      }
    }
    let isMicroseconds = timestamp > 100_000_000_000_000
    guard isMicroseconds || timestamp < .max / 1_000 else { throw .overflow("timestamp") }
    let microseconds = isMicroseconds ? timestamp : timestamp * 1_000
    let present = now.wall / 1_000
    if microseconds >= present + 1_000_000 {
      throw BinanceError(
        -1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    }
    if present - microseconds > window {
      throw BinanceError(-1021, "Timestamp for this request is outside of the recvWindow.")
    }
  }

  /// What REST requests sign: query and body as they were sent, one behind the other, without the
  /// signature.
  static func payload(_ request: HTTPRequest) -> String {
    withoutSignature(request.query ?? "") + withoutSignature(request.bodyText)
  }

  private static func withoutSignature(_ text: String) -> String {
    guard text.contains("signature=") else { return text }
    return text.split(separator: "&", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("signature=") }.joined(separator: "&")
  }
}
