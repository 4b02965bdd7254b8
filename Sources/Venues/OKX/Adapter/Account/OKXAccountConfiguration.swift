/// How an account is set up, and what the key may do.
/// https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration
public struct OKXAccountConfiguration: Equatable, Sendable {
  /// 1 spot, 2 futures, 3 multi-currency margin, 4 portfolio margin; 0 where it is not told.
  public var level: UInt64 = 0
  /// Whether longs and shorts are kept apart (`long_short_mode`).
  public var isHedged = false
  public var mayRead = false
  public var mayTrade = false
  public var mayWithdraw = false
  /// Whether the key works from listed addresses only.
  public var isAddressBound = false

  /// Reads an answer.
  public init(_ answer: UnsafeRawBufferPointer) throws(ScanError) {
    var scanner = FieldScanner(answer)
    let envelope = try OKXEnvelope(&scanner)
    guard envelope.code == 0, envelope.data >= 0 else {
      throw ScanError(0, "an account's configuration with code 0")
    }
    scanner.offset = envelope.data
    try scanner.beginArray()
    try scanner.beginObject()
    var isFirst = true
    var permissions = FieldRange.none
    while let key = try scanner.nextKey(&isFirst) {
      let value = try OKXText.value(&scanner)
      if scanner.matches(key, "perm") {
        permissions = value
      } else if scanner.matches(key, "posMode") {
        isHedged = scanner.matches(value, "long_short_mode")
      } else if scanner.matches(key, "acctLv") {
        level = try OKXText.number(value, scanner)
      } else if scanner.matches(key, "ip") {
        isAddressBound = value.count > 0
      }
    }
    for word in OKXText.string(permissions, scanner).split(separator: ",") {
      switch word.drop(while: { $0 == " " }) {
      case "read_only": mayRead = true
      case "trade": mayTrade = true
      case "withdraw": mayWithdraw = true
      default: break
      }
    }
  }
}
