/// What a record is. Numbers are for ever; a retired one is never used again.
public enum RecordKind: UInt16, Sendable, CaseIterable {
  // Control stream, inputs: definitions.
  case runStart = 1
  case venueDefinition = 2
  case currencyDefinition = 3
  case listingDefinition = 4
  case strategyDefinition = 5
  case riskLimits = 6
  case accountBalance = 7
  case feedFile = 8
  /// The end of the definitions: the core is complete and trading may begin.
  case definitionsEnd = 9

  // Control stream, inputs: what happens.
  case command = 16
  case signal = 17
  case venueReport = 18
  case timer = 19
  case feedStatus = 20
  case fundingPayment = 21
  case positionAdjustment = 22

  // Market stream, inputs.
  case bookUpdate = 32
  case trade = 33
  case bestQuote = 34
  case contractUpdate = 35

  // Control stream, outputs.
  case venueRequest = 64
  case orderEvent = 65
  case fillEvent = 66
  case alert = 67
  case signalAnswer = 68
  case fundingEvent = 69

  // Control stream, proof: neither input nor output of the core.
  case outputHash = 96
  case runEnd = 97

  /// Market data goes to its own stream, and is left out where it can be read again from its source.
  @inlinable public var isMarket: Bool { rawValue >= 32 && rawValue < 64 }
}
