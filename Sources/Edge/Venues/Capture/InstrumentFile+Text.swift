import TradingModel

extension InstrumentFile {
  /// Where the definition of a recorded symbol lies: beside its capture.
  public static func path(beside capture: String) -> String {
    let end = ".gz"
    let name = capture.hasSuffix(end) ? String(capture.dropLast(end.count)) : capture
    return name + ".instruments.json"
  }

  /// The text of an instruments file. Fees of zero are left out, as where nobody tells them.
  public static func text(of definitions: [InstrumentDefinition]) -> String {
    "[" + definitions.map(object).joined(separator: ",\n ") + "]\n"
  }

  private static func object(_ definition: InstrumentDefinition) -> String {
    var fields = [
      ("venue", definition.venue), ("symbol", definition.symbol), ("base", definition.base),
      ("quote", definition.quote), ("settlement", definition.settlement),
      ("kind", "\(definition.kind)"), ("tick", "\(definition.tick)"), ("lot", "\(definition.lot)"),
      ("contract_size", "\(definition.contractSize)"),
      ("min_quantity", "\(definition.quantityMin)"),
    ]
    if let most = definition.quantityMax { fields.append(("max_quantity", "\(most)")) }
    if definition.notionalMin.units > 0 {
      fields.append(("min_notional", "\(definition.notionalMin)"))
    }
    for (key, fee) in [("maker_fee", definition.makerFee), ("taker_fee", definition.takerFee)]
    where fee != .zero {
      fields.append((key, "\(Decimal(units: fee.parts, decimals: Rate.decimals))"))
    }
    return "{" + fields.map { "\"\($0)\": \(quoted($1))" }.joined(separator: ", ") + "}"
  }

  /// What would have to be escaped is in no name, and an instruments file takes no escapes: `?` stands for
  /// it.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      let isPlain = scalar != "\"" && scalar != "\\" && scalar.value >= 0x20
      result.unicodeScalars.append(isPlain ? scalar : "?")
    }
    return result + "\""
  }
}
