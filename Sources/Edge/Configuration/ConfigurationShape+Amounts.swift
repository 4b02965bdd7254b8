import TradingModel

extension ConfigurationShape where Value == [HeldAmount] {
  /// A table of currencies, each with an exact amount of at least 0; at least one. As plain text they are
  /// parted by commas: `USDT=100000,BTC=1`.
  public static var amounts: Self {
    let amount = ConfigurationShape<Decimal>.decimal(atLeast: Decimal(units: 0))
    return ConfigurationShape(
      expected:
        "a table of currencies with decimal numbers of at least 0, such as "
        + "{ USDT = \"100000\", BTC = \"1\" }",
      fromText: { text in
        checked(
          text.split(separator: ",", omittingEmptySubsequences: false).map { item in
            let parts = item.split(
              separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count == 2 ? amount.fromText(String(parts[1])) : nil)
          })
      },
      fromFile: { content in
        guard case .table(let table) = content else { return nil }
        return checked(table.entries.map { ($0.key, amount.fromFile($0.value.content)) })
      },
      spelled: { amounts in
        "{ " + amounts.map { "\($0.currency) = \"\($0.amount)\"" }.joined(separator: ", ") + " }"
      })
  }

  /// Nil unless all are amounts of different currencies, of letters and digits.
  private static func checked(_ items: [(String, Decimal?)]) -> [HeldAmount]? {
    var amounts: [HeldAmount] = []
    for (currency, amount) in items {
      guard let amount, !currency.isEmpty, currency.utf8.allSatisfy({ isLetterOrDigit($0) }),
        !amounts.contains(where: { $0.currency == currency })
      else { return nil }
      amounts.append(HeldAmount(currency: currency, amount: amount))
    }
    return amounts.isEmpty ? nil : amounts
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
  }
}
