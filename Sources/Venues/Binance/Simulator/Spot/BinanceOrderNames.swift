/// What the parameters of one order are called in a request: as in `POST /api/v3/order`, or with the name of
/// the order's place in a list in front ("abovePrice").
struct BinanceOrderNames {
  private var prefix = ""
  /// Names that are not made from the prefix.
  private var others: [String: String] = [:]

  /// Those of a single order.
  static let single = BinanceOrderNames()

  /// Those of an order in a list; `others` are by their usual names.
  init(_ prefix: String = "", others: [String: String] = [:]) {
    self.prefix = prefix
    self.others = others
  }

  /// "newClientOrderId" is "aboveClientOrderId", "price" "abovePrice".
  func callAsFunction(_ name: String) -> String {
    if let other = others[name] { return other }
    if prefix.isEmpty { return name }
    let own = name == "newClientOrderId" ? "clientOrderId" : name
    return prefix + own.prefix(1).uppercased() + own.dropFirst()
  }
}
