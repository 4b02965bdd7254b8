import TradingModel
import Venues

extension RunResult {
  /// The object as one line of JSON.
  func json() -> String {
    var text = "{\"mode\": \(quoted(mode)), \"seed\": \"\(seed)\", \"duration_ns\": \(duration), "
    text += "\"inputs\": \(counts.inputs), \"outputs\": \(counts.outputs), "
    text += "\"orders\": \(ordersJSON()), \"fills\": \(counts.fills), "
    text += "\"fill_ratio\": \"\(fillRatio)\", "
    text += "\"pnl\": \(profits.first.map(profitJSON) ?? "null"), "
    if profits.count > 1 {
      text += "\"pnl_by_currency\": [\(profits.map(profitJSON).joined(separator: ", "))], "
    }
    text += "\"positions\": [\(positions.map(positionJSON).joined(separator: ", "))], "
    text += "\"balances\": [\(balances.map(balanceJSON).joined(separator: ", "))], "
    text += "\"signals\": \(counts.signals), \"alerts\": \(counts.alerts), "
    text += "\"latency_ns\": {\"submit\": {\"p50\": \(latency.p50), \"p99\": \(latency.p99), "
    text += "\"p99_9\": \(latency.p999), \"max\": \(latency.max)}}, "
    text += "\"journal\": {\"directory\": \(quoted(journalDirectory)), "
    text += "\"records\": \(journalRecords), \"bytes\": \(journalBytes)}, "
    text += "\"client_order_ids\": \(quoted(clientOrderIDPrefix)), "
    text += "\"differences\": [\(differences.map(quoted).joined(separator: ", "))], "
    if let truncations {
      text += "\"truncated\": [\(truncations.map(truncationJSON).joined(separator: ", "))], "
    }
    if !venues.isEmpty {
      text += "\"venues\": [\(venues.map(\.json).joined(separator: ", "))], "
    }
    text += "\"state_hash\": \"\(hexadecimal(stateHash))\", "
    text += "\"output_hash\": \"\(hexadecimal(outputHash))\"}"
    return text
  }

  private func ordersJSON() -> String {
    "{\"submitted\": \(counts.submitted), \"accepted\": \(counts.accepted), "
      + "\"filled\": \(counts.filled), \"partially_filled\": \(counts.partiallyFilled), "
      + "\"canceled\": \(counts.canceled), \"expired\": \(counts.expired), "
      + "\"rejected\": \(counts.rejected), \"denied\": \(counts.denied), "
      + "\"unknown\": \(unknownOrders)}"
  }

  private func profitJSON(_ profit: ProfitAndLoss) -> String {
    "{\"currency\": \(quoted(profit.currency)), \"realized\": \"\(profit.realized)\", "
      + "\"unrealized\": \"\(profit.unrealized)\", \"fees\": \"\(profit.fees)\", "
      + "\"funding\": \"\(profit.funding)\", "
      + "\"total\": \"\(profit.total)\"}"
  }

  private func positionJSON(_ position: HeldPosition) -> String {
    "{\"venue\": \(quoted(position.venue)), \"instrument\": \(quoted(position.instrument)), "
      + "\"quantity\": \"\(position.quantity)\", "
      + "\"average_price\": \"\(position.averagePrice)\"}"
  }

  private func balanceJSON(_ balance: HeldBalance) -> String {
    "{\"venue\": \(quoted(balance.venue)), \"currency\": \(quoted(balance.currency)), "
      + "\"total\": \"\(balance.total)\"}"
  }

  private func truncationJSON(_ truncation: CaptureTruncation) -> String {
    "{\"file\": \(quoted(truncation.file)), \"line\": \(truncation.line)}"
  }

  /// The result in a few lines for people.
  func summary() -> String {
    var lines = [
      "\(mode) over \(seconds(duration)) s, seed \(seed): \(counts.inputs) inputs, "
        + "\(counts.outputs) outputs",
      "orders   \(counts.submitted) submitted, \(counts.accepted) accepted, "
        + "\(counts.filled) filled, \(counts.canceled) canceled, "
        + "\(counts.rejected) rejected, \(counts.denied) denied, \(unknownOrders) unknown",
      "fills    \(counts.fills), fill ratio \(fillRatio)",
    ]
    for profit in profits {
      lines.append(
        "P&L      \(profit.total) \(profit.currency) = realized \(profit.realized) "
          + "+ unrealized \(profit.unrealized) - fees \(profit.fees)"
          + (profit.funding == .zero ? "" : " + funding \(profit.funding)"))
    }
    for position in positions {
      lines.append(
        "position \(position.quantity) \(position.instrument) at \(position.venue), "
          + "average price \(position.averagePrice)")
    }
    if latency.max > 0 {
      lines.append(
        "latency  input to recorded order p50 \(latency.p50) ns, p99 \(latency.p99) ns, "
          + "p99.9 \(latency.p999) ns, max \(latency.max) ns")
    }
    if !journalDirectory.isEmpty {
      lines.append(
        "journal  \(journalDirectory): \(journalRecords) records, \(journalBytes) bytes")
    }
    for venue in venues {
      if let cause = venue.stopCause { lines.append("STOPPED  \(venue.venue): \(cause)") }
    }
    for difference in differences { lines.append("DIFFERENT \(difference)") }
    lines.append("hashes   state \(hexadecimal(stateHash)), outputs \(hexadecimal(outputHash))")
    return lines.joined(separator: "\n") + "\n"
  }

  private func seconds(_ nanoseconds: Int64) -> String {
    DecimalText.string(Int128(nanoseconds / 1_000_000), decimals: 3)
  }
}

/// A text as a JSON string.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    default:
      if scalar.value < 0x20 {
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result + "\""
}
