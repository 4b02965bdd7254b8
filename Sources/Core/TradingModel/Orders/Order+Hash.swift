extension Order {
  /// Takes every field that a decision may depend on into a state hash; not the links.
  public func hash(into hash: inout RecordHash) {
    hash.combine(id)
    hash.combine(parent)
    hash.combine(venueOrderID)
    hash.combine(token)
    hash.combine(createdAt)
    hash.combine(updatedAt)
    hash.combine(unknownSince)
    hash.combine(price)
    hash.combine(quantity)
    hash.combine(stopPrice)
    hash.combine(UInt64(termsVersion) << 32 | UInt64(lastVersion))
    hash.combine(UInt64(venueOrderIDVersion))
    hash.combine(suspensionTime)
    hash.combine(cumulativeQuantity)
    hash.combine(grossQuantity)
    hash.combine(venueCumulativeQuantity)
    hash.combine(cumulativeValue)
    for index in 0..<Self.pendingCountMax {
      let request = pending[index]
      hash.combine(
        UInt64(request.version) << 16 | UInt64(request.kind.rawValue) << 8
          | (request.isLost ? 1 : 0))
      hash.combine(request.sentAt)
      hash.combine(request.price)
      hash.combine(request.quantity)
    }
    for field: UInt64 in [
      UInt64(listing), UInt64(strategy), UInt64(venue), UInt64(side.rawValue),
      UInt64(type.rawValue), UInt64(timeInForce.rawValue), UInt64(instructions.rawValue),
      UInt64(reportedRow.rawValue), UInt64(uncertainty.rawValue), UInt64(absenceCount),
      isTriggered ? 1 : 0, isSuspended ? 1 : 0, wasAlive ? 1 : 0, isConfirmedDone ? 1 : 0,
      UInt64(lastReason.rawValue), UInt64(queryCount), UInt64(snapshotNumber),
    ] {
      hash.combine(field)
    }
    hash.combine(lastSentAt)
  }
}
