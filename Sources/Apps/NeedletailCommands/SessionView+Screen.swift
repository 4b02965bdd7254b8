import Runtime
import TradingModel

// The live screen. Tables are laid out for 80 columns; what is left of a wider terminal goes to the
// depth of the books.
extension SessionView {
  /// The lines of a screen of that size.
  func screen(
    _ session: Session, _ rates: SessionRates, columns: Int, rows: Int
  ) -> [String] {
    var lines = [title(session, columns), ""]
    lines += books(session, columns)
    lines.append("")
    lines += positions(session, columns)
    lines.append("")
    lines += figures(session, rates)
    if rows > lines.count + 1 { lines.append(" " + coloured(session.directory, Escape.dim)) }
    let room = rows - lines.count
    if room > 0 {
      for news in session.observer.news.suffix(min(room, 6)) {
        lines.append(coloured(" " + news, Escape.dim))
      }
    }
    return lines.map { Self.cut($0, columns) }
  }

  /// `text` cut to what fits in a line; escape sequences take no room and are all kept.
  static func cut(_ text: String, _ columns: Int) -> String {
    var result = ""
    var width = 0
    var isEscape = false
    for character in text {
      if character == "\u{1B}" { isEscape = true }
      if isEscape {
        result.append(character)
        if character.isLetter { isEscape = false }
      } else if width < columns {
        result.append(character)
        width += 1
      }
    }
    return result
  }

  /// Room for the names of venues and instruments: what the longest ones need, within reason.
  private static func nameWidths(_ session: Session) -> (venue: Int, symbol: Int) {
    let venue = session.definitions.venues.map(\.count).max() ?? 0
    let symbol = session.definitions.listings.map(\.symbol.count).max() ?? 0
    return (min(14, max(6, venue)), min(14, max(10, symbol)))
  }

  private func title(_ session: Session, _ columns: Int) -> String {
    let name = " needletail \(session.mode)"
    let seed = session.running.engine.core.seed
    let pace = "\(session.settings.pace) pace"
    let rest = "  seed \(seed)  \(pace)  \(Self.clock(session.now - session.startTime))"
    let hint = "Ctrl-C ends "
    let used = name.count + rest.count + hint.count
    let gap = String(repeating: " ", count: max(1, columns - used))
    return coloured(name, Escape.bold) + rest + gap + coloured(hint, Escape.dim)
  }

  // MARK: Books

  private func books(_ session: Session, _ columns: Int) -> [String] {
    let (venueWidth, symbolWidth) = Self.nameWidths(session)
    let barWidth = max(8, min(60, columns - 48 - venueWidth - symbolWidth))
    var lines = [
      coloured(
        " " + Self.left("VENUE", venueWidth) + " " + Self.left("INSTRUMENT", symbolWidth)
          + Self.right("BID SIZE", 10) + Self.right("BID", 10) + "  " + Self.left("ASK", 9)
          + Self.left("ASK SIZE", 9) + Self.right("BPS", 5) + " DEPTH", Escape.dim)
    ]
    for definition in session.definitions.listings {
      let listing = definition.listing
      let names =
        " " + Self.left(session.definitions.venueName(of: listing.index), venueWidth) + " "
        + Self.left(definition.symbol, symbolWidth)
      lines.append(names + book(session, listing, barWidth))
    }
    return lines
  }

  private func book(_ session: Session, _ listing: Listing, _ barWidth: Int) -> String {
    session.running.engine.core.withBook(listing.index) { book in
      guard book.isSynced, let bid = book.bestBid, let ask = book.bestAsk else {
        return coloured("  " + (book.isSynced ? "empty" : "out of sequence"), Escape.yellow)
      }
      let middle = Double(bid.price + ask.price) / 2
      let spread = Double(ask.price - bid.price) / middle * 1e4
      // The quantity within 5 basis points of the middle.
      let reach = Int64(middle * 5e-4)
      let bids = book.quantity(upTo: Int64(middle) - reach, .buy)
      let asks = book.quantity(upTo: Int64(middle) + reach, .sell)
      return Self.right(listing.quantityText(bid.quantity), 10)
        + coloured(Self.right(fixedPrice(bid.price, listing), 10), Escape.green) + "  "
        + coloured(Self.left(fixedPrice(ask.price, listing), 9), Escape.red)
        + Self.left(listing.quantityText(ask.quantity), 9)
        + Self.right(Self.fixed(spread, 2), 5) + " " + depth(bids, asks, barWidth)
    }
  }

  /// A bar that bids and asks share by their depth.
  private func depth(_ bids: Int64, _ asks: Int64, _ width: Int) -> String {
    let sum = Double(bids) + Double(asks)
    guard sum > 0 else { return "" }
    let part = Int((Double(bids) / sum * Double(width)).rounded())
    return coloured(String(repeating: "█", count: part), Escape.green)
      + coloured(String(repeating: hasColour ? "█" : "░", count: width - part), Escape.red)
  }

  /// With all of the listing's decimals, so that digits stand still.
  private func fixedPrice(_ price: Int64, _ listing: Listing) -> String {
    let decimals = Int(listing.priceDecimals)
    let text = listing.priceText(price)
    guard decimals > 0 else { return text }
    guard let point = text.firstIndex(of: ".") else {
      return text + "." + String(repeating: "0", count: decimals)
    }
    let behind = text.distance(from: point, to: text.endIndex) - 1
    return text + String(repeating: "0", count: decimals - behind)
  }

  // MARK: Positions

  private func positions(_ session: Session, _ columns: Int) -> [String] {
    let (venueWidth, symbolWidth) = Self.nameWidths(session)
    var lines = [
      coloured(
        " " + Self.left("STRATEGY", 8) + " " + Self.left("VENUE", venueWidth) + " "
          + Self.left("INSTRUMENT", symbolWidth)
          + Self.right("OWN BID", 9) + Self.right("OWN ASK", 9) + Self.right("POSITION", 9)
          + Self.right("REALIZED", 9) + Self.right("OPEN", 9) + Self.right("FEES", 8),
        Escape.dim)
    ]
    for strategy in session.definitions.strategies {
      for listing in strategy.listings.compactMap({ session.definitions.listing($0) }) {
        lines.append(position(session, strategy, listing))
      }
    }
    lines += totals(session)
    return lines
  }

  private func position(
    _ session: Session, _ strategy: StrategyDefinition, _ listing: Listing
  ) -> String {
    let widths = Self.nameWidths(session)
    var own: (bid: Int64?, ask: Int64?) = (nil, nil)
    session.running.engine.core.forEachOpenOrder { order in
      guard order.strategy == strategy.index, order.listing == listing.index,
        !order.row.isDone, order.type == .limit
      else { return }
      if order.side == .buy {
        own.bid = max(own.bid ?? order.price, order.price)
      } else {
        own.ask = min(own.ask ?? order.price, order.price)
      }
    }
    let position = session.running.engine.core.position(
      strategy: strategy.index, listing: listing.index)
    let mark = session.running.engine.core.mark(listing.index)
    let open = mark.flatMap { position.unrealised(mark: $0, listing: listing) } ?? .zero
    let bid = own.bid.map { fixedPrice($0, listing) } ?? "-"
    let ask = own.ask.map { fixedPrice($0, listing) } ?? "-"
    return " " + Self.left(strategy.name, 8) + " "
      + Self.left(session.definitions.venueName(of: listing.index), widths.venue) + " "
      + Self.left(session.definitions.symbol(of: listing.index), widths.symbol)
      + coloured(Self.right(bid, 9), Escape.green) + coloured(Self.right(ask, 9), Escape.red)
      + Self.right(listing.quantityText(position.quantity), 9)
      + money(position.realised, 9) + money(open, 9) + Self.right(Self.cents(position.fees), 8)
  }

  private func money(_ amount: Money, _ width: Int) -> String {
    let text = Self.right(Self.cents(amount), width)
    if amount == .zero { return text }
    return coloured(text, amount > .zero ? Escape.green : Escape.red)
  }

  private func totals(_ session: Session) -> [String] {
    Self.profits(session).map { profit, currency in
      let text = Self.left(" P&L \(currency), net of fees and funding", 53)
      return coloured(text, Escape.bold) + " " + coloured(money(profit, 17), Escape.bold)
    }
  }

  // MARK: Figures

  private func figures(_ session: Session, _ rates: SessionRates) -> [String] {
    let counts = session.running.engine.core.counts
    let unknown = session.running.engine.core.unknownOrderCount
    let latency = session.latency
    let unknownText = " unknown \(unknown)"
    let label = { (text: String) in self.coloured(" " + Self.left(text, 9), Escape.dim) }
    var lines = [
      label("requests") + Self.fixed(rates.requestsPerSecond, 0) + "/s, orders "
        + "open \(session.running.engine.core.openOrderCount),"
        + (unknown > 0 ? coloured(unknownText, Escape.yellow) : unknownText)
        + ", refused \(counts.rejected + counts.denied), fills \(counts.fills) ("
        + Self.fixed(rates.fillsPerSecond, 1) + "/s)",
      label("latency") + "p50 \(Self.duration(latency.p50)), p99 \(Self.duration(latency.p99)), "
        + "max \(Self.duration(latency.max)); input to order, "
        + session.settings.waitName,
    ]
    if let summary = session.running.engine.journalSummary() {
      lines.append(
        label("journal") + "\(Self.bytes(summary.bytes)), \(summary.records) records, "
          + Self.fixed(rates.inputsPerSecond, 0) + " inputs/s")
    }
    let troubles = Self.troubles(session)
    if !troubles.isEmpty {
      lines.append(label("venues") + coloured(troubles.joined(separator: ", "), Escape.red))
    }
    let alerts = "\(counts.alerts)"
    lines.append(
      label("signals") + "\(counts.signals) answered, alerts "
        + (counts.alerts > 0 ? coloured(alerts, Escape.yellow) : alerts))
    return lines
  }
}
