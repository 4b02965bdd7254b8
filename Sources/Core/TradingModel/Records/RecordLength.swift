extension RecordKind {
  /// The length of a record of this kind; of one with texts or levels, the length of what stands in
  /// front of them. No record of the kind is shorter.
  public var fixedByteCount: Int {
    switch self {
    case .runStart: 80
    case .venueDefinition, .currencyDefinition, .strategyDefinition: 48
    case .listingDefinition: 128
    case .riskLimits: RiskLimitsDefinition.byteCount
    case .accountBalance: 64
    case .feedFile: 88
    case .definitionsEnd: RecordHeader.byteCount
    case .command: Command.byteCount
    case .signal: Signal.byteCount
    case .venueReport: VenueReport.byteCount
    case .timer: TimerTick.byteCount
    case .feedStatus: FeedStatus.byteCount
    case .fundingPayment: FundingPayment.byteCount
    case .positionAdjustment: PositionAdjustment.byteCount
    case .bookUpdate: BookUpdate.levelsOffset
    case .trade: Trade.byteCount
    case .bestQuote: BestQuote.byteCount
    case .contractUpdate: ContractUpdate.byteCount
    case .venueRequest: VenueRequest.byteCount
    case .orderEvent: OrderEvent.byteCount
    case .fillEvent: FillEvent.byteCount
    case .alert: Alert.byteCount
    case .signalAnswer: SignalAnswer.byteCount
    case .fundingEvent: FundingEvent.byteCount
    case .outputHash: OutputHash.byteCount
    case .runEnd: RunEnd.byteCount
    }
  }

  /// Whether texts, numbers or levels follow the fixed part.
  public var isVariable: Bool {
    switch self {
    case .runStart, .venueDefinition, .currencyDefinition, .listingDefinition, .strategyDefinition,
      .feedFile, .bookUpdate:
      true
    default: false
    }
  }

  /// Whether the core decides it: its header carries `RecordHeader.outputFlag`.
  @inlinable public var isOutput: Bool { rawValue >= 64 && rawValue < 96 }
}

/// The check of a record's length where bytes come from outside. What passes may be decoded: no
/// decoder then reads behind the record's end, whatever its other bytes are.
public enum RecordLength {
  /// Checks the record at `base`, of which `available` bytes may be read, and returns its kind.
  public static func check(
    _ base: UnsafeRawPointer, available: Int
  ) throws(RecordError) -> RecordKind {
    guard available >= RecordHeader.byteCount else {
      throw .tooShort(
        kind: .definitionsEnd, byteCount: available, needed: RecordHeader.byteCount)
    }
    let header = RecordHeader(at: base)
    guard let kind = RecordKind(rawValue: header.kind) else { throw .unknownKind(header.kind) }
    let count = Int(header.byteCount)
    guard count <= available else {
      throw .tooShort(kind: kind, byteCount: available, needed: count)
    }
    guard count >= kind.fixedByteCount, count % 8 == 0 else {
      throw .wrongByteCount(kind: kind, byteCount: count, expected: kind.fixedByteCount)
    }
    var expected = count
    if kind == .bookUpdate {
      expected = BookUpdate.byteCount(levelCount: BookUpdate(at: base).levelCount)
    } else if !kind.isVariable {
      expected = kind.fixedByteCount
    }
    guard count == expected else {
      throw .wrongByteCount(kind: kind, byteCount: count, expected: expected)
    }
    return kind
  }
}
