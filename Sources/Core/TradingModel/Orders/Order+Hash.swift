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
    hash.combine(UInt64(listing) << 32 | UInt64(strategy) << 16 | UInt64(venue))
    hash.combine(
      UInt64(side.rawValue) | UInt64(type.rawValue) << 8 | UInt64(timeInForce.rawValue) << 16
        | UInt64(instructions.rawValue) << 24 | UInt64(row.rawValue) << 32
        | UInt64(uncertainty.rawValue) << 40 | UInt64(absenceCount) << 48)
    hash.combine(
      (isTriggered ? 1 : 0) | (isSuspended ? 2 : 0) | (wasAlive ? 4 : 0)
        | (isConfirmedDone ? 8 : 0) | UInt64(lastReason.rawValue) << 8 | UInt64(queryCount) << 16
        | UInt64(snapshotNumber) << 32 as UInt64)
    hash.combine(lastSentAt)
    hash.combine(reservedQuantity)
    hash.combine(reservedValue.amount)
  }
}
