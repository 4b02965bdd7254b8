// How one report changes one order. Every function here is pure in the order and its arguments, and
// built so that any permutation and repetition of the same reports ends in the same order: rows take
// the higher rank, terms the higher version, cumulative quantities the maximum.

extension Order {
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

  /// Brings row, pending requests and uncertainty in line with quantities and evidence.
  ///
  /// - Parameter now: when the order becomes uncertain by this, the time it is marked with.
  public mutating func settleRow(now: Timestamp) {
    if grossQuantity >= quantity, grossQuantity > 0, row != .denied {
      row = .filled
    } else if row == .filled, venueCumulativeQuantity < quantity {
      // A replace to a larger quantity, made before the last fill, was reported after it.
      row = .working
    }
    if row.isDone { pending = InlineArray(repeating: .none) }
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
