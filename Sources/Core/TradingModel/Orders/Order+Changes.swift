// How one report changes one order. Every function here is pure in the order and its arguments, and
// built so that any permutation and repetition of the same reports ends in the same order: rows take
// the higher rank, terms and venue ids the higher version, suspensions the later venue time,
// cumulative quantities the maximum.

extension Order {
  /// Moves the row by the transition table.
  ///
  /// The answer tells what is done about `input` in the row as it was, and the row now. The table
  /// also moves what a row that is `filled` by quantity hides.
  /// - Parameter version: the request that `input` speaks of; 0 where none.
  public mutating func take(_ input: OrderInput, version: RequestVersion = 0) -> Transition {
    let disposition = OrderTransitions.cell(row, input).disposition
    if disposition == .quarantine {
      uncertainty.insert(.contradiction)
    } else if input == .notSent, version > 1 {
      // A cancel or replace that never left says nothing about the order itself.
      return Transition(disposition: .apply, next: row)
    } else {
      reportedRow = OrderTransitions.cell(reportedRow, input).next
    }
    return Transition(disposition: disposition, next: row)
  }

  /// Puts a request under way; false when four are under way already.
  public mutating func addPending(_ request: PendingRequest) -> Bool {
    for index in 0..<Self.pendingCountMax where pending[index].kind == .none {
      pending[index] = request
      lastVersion = max(lastVersion, request.version)
      return true
    }
    return false
  }

  /// The answer to request `version` came; version 0 answers none.
  public mutating func clearPending(version: RequestVersion) {
    guard version != 0 else { return }
    for index in 0..<Self.pendingCountMax where pending[index].version == version {
      pending[index] = .none
    }
  }

  /// A sign of life as of request `version`: that and every earlier lost request is thereby answered.
  public mutating func clearLostPending(upTo version: RequestVersion) {
    for index in 0..<Self.pendingCountMax
    where pending[index].kind != .none && pending[index].isLost && pending[index].version <= version
    {
      pending[index] = .none
    }
  }

  /// The answer to request `version` is overdue or cannot come; 0 means every request under way.
  public mutating func markLost(version: RequestVersion) {
    for index in 0..<Self.pendingCountMax where pending[index].kind != .none {
      if version == 0 || pending[index].version == version {
        // A lost query changes nothing about the order: it is simply asked again.
        if pending[index].kind == .query {
          pending[index] = .none
        } else {
          pending[index].isLost = true
        }
      }
    }
  }

  /// Takes terms that the venue confirmed for request `version`, unless newer ones are in force.
  public mutating func confirmTerms(price: Int64, quantity: Int64, version: RequestVersion) {
    guard version >= termsVersion else { return }
    termsVersion = version
    if quantity > 0 {
      self.quantity = quantity
      self.price = price
    }
  }

  /// Takes the terms that an answer to a query shows, where they are those of a replace under way:
  /// that replace took effect, and is answered. Others change nothing, because an answer that was on
  /// its way while a replace took effect shows the terms before it.
  ///
  /// - Returns: whether the terms are those in force now.
  public mutating func confirmTerms(ofStatus price: Int64, quantity: Int64) -> Bool {
    var version: RequestVersion = 0
    for index in 0..<Self.pendingCountMax where pending[index].kind == .replace {
      if pending[index].price == price, pending[index].quantity == quantity {
        version = max(version, pending[index].version)
      }
    }
    if version > 0 {
      confirmTerms(price: price, quantity: quantity, version: version)
      clearPending(version: version)
    }
    return self.price == price && self.quantity == quantity
  }

  /// Takes the venue's id of the order from a report on request `version`; the highest version
  /// stands, and the higher id where versions are equal.
  public mutating func noteVenueOrderID(_ id: VenueOrderID, version: RequestVersion) {
    guard id != 0, (version, id) > (venueOrderIDVersion, venueOrderID) else { return }
    venueOrderID = id
    venueOrderIDVersion = version
  }

  /// Takes a suspension or resumption as of `venueTime`; the newest stands, the suspension where
  /// times are equal.
  public mutating func noteSuspension(_ suspended: Bool, at venueTime: Timestamp) {
    guard venueTime >= suspensionTime else { return }
    isSuspended = venueTime > suspensionTime ? suspended : isSuspended || suspended
    suspensionTime = venueTime
  }

  /// Takes note of the venue's own cumulative quantity; -1 says nothing.
  public mutating func noteVenueCumulative(_ quantity: Int64) {
    venueCumulativeQuantity = max(venueCumulativeQuantity, quantity)
  }

  /// Books a fill of this order.
  public mutating func addFill(price: Int64, quantity: Int64) {
    cumulativeQuantity += quantity
    grossQuantity += quantity
    cumulativeValue += Int128(price) * Int128(quantity)
  }

  /// Takes a booked fill back; what was reported stays counted in `grossQuantity`.
  public mutating func bustFill(price: Int64, quantity: Int64) {
    cumulativeQuantity -= quantity
    cumulativeValue -= Int128(price) * Int128(quantity)
  }

  /// Drops the requests that nothing will answer any more, and derives the uncertainty.
  ///
  /// - Parameter now: when the order becomes uncertain by this, the time it is marked with.
  public mutating func settleRow(now: Timestamp) {
    if row.isDone, !mayReopen { pending = InlineArray(repeating: .none) }
    refreshUncertainty(now: now)
  }

  /// Derives the causes that follow from pending requests and quantities; contradiction and
  /// disconnection stay until evidence clears them.
  public mutating func refreshUncertainty(now: Timestamp) {
    var causes = uncertainty.intersection([.contradiction, .disconnected])
    for index in 0..<Self.pendingCountMax where pending[index].isLost { causes.insert(.answerLost) }
    if missingQuantity > 0 { causes.insert(.fillsMissing) }
    if row.isDone { causes.remove(.disconnected) }
    if causes.isEmpty {
      unknownSince = 0
    } else if uncertainty.isEmpty || unknownSince == 0 {
      unknownSince = now
    }
    uncertainty = causes
  }
}
