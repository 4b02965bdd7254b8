// Definitions to bytes and back. They are few and carry text, so arrays are fine here.

extension RunStart {
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(kind: .runStart, fixedByteCount: 80, time: time)
    record.fields { base in
      base.store32(Self.formatVersion, 40)
      base.store8(mode.rawValue, 44)
      base.store64(runID, 48)
      base.store64(seed, 56)
      base.store64(orderIDBase, 64)
      base.store64(stateVersion, 72)
    }
    record.append(buildID)
    return record.bytes
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    var fields = try RecordFields(at: base, kind: .runStart, fixedByteCount: 80)
    guard base.load32(40) == Self.formatVersion else {
      throw .formatVersion(found: base.load32(40), expected: Self.formatVersion)
    }
    guard let mode = RunMode(rawValue: base.load8(44)) else {
      throw .unknownCode(kind: .runStart, offset: 44, value: base.load8(44))
    }
    self.init(
      mode: mode, runID: base.load64(48), seed: base.load64(56), orderIDBase: base.load64(64),
      stateVersion: base.load64(72), buildID: try fields.text())
  }
}

extension VenueDefinition {
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(kind: .venueDefinition, fixedByteCount: 48, time: time)
    record.fields { $0.store16(index, 40) }
    record.append(name)
    return record.bytes
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    var fields = try RecordFields(at: base, kind: .venueDefinition, fixedByteCount: 48)
    self.init(index: base.load16(40), name: try fields.text())
  }
}

extension CurrencyDefinition {
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(kind: .currencyDefinition, fixedByteCount: 48, time: time)
    record.fields { $0.store16(index, 40) }
    record.append(code)
    return record.bytes
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    var fields = try RecordFields(at: base, kind: .currencyDefinition, fixedByteCount: 48)
    self.init(index: base.load16(40), code: try fields.text())
  }
}

extension ListingDefinition {
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(kind: .listingDefinition, fixedByteCount: 128, time: time)
    record.fields { base in
      base.store16(listing.index, 40)
      base.store16(listing.venue, 42)
      base.store16(listing.instrument, 44)
      base.store16(listing.base, 46)
      base.store16(listing.quote, 48)
      base.store16(listing.settlement, 50)
      base.store8(listing.contractKind.rawValue, 52)
      base.store8(listing.priceDecimals, 53)
      base.store8(listing.quantityDecimals, 54)
      base.store8(listing.contractSize.decimals, 55)
      base.storeSigned64(listing.contractSize.units, 56)
      base.storeSigned64(listing.tick, 64)
      base.storeSigned64(listing.lot, 72)
      base.storeSigned64(listing.quantityMin, 80)
      base.storeSigned64(listing.quantityMax, 88)
      base.storeSigned128(listing.notionalMin.amount, 96)
      base.storeSigned64(listing.makerFee.parts, 112)
      base.storeSigned64(listing.takerFee.parts, 120)
    }
    record.append(symbol)
    return record.bytes
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    var fields = try RecordFields(at: base, kind: .listingDefinition, fixedByteCount: 128)
    guard let kind = ContractKind(rawValue: base.load8(52)) else {
      throw .unknownCode(kind: .listingDefinition, offset: 52, value: base.load8(52))
    }
    for offset in 53...55 where base.load8(offset) > 18 {
      throw .unknownCode(kind: .listingDefinition, offset: offset, value: base.load8(offset))
    }
    // The rest of the engine divides by these.
    for offset in [56, 64, 72] where base.loadSigned64(offset) <= 0 {
      throw .outOfRange(
        kind: .listingDefinition, offset: offset, value: base.loadSigned64(offset))
    }
    var listing = Listing(
      index: base.load16(40), venue: base.load16(42), instrument: base.load16(44),
      base: base.load16(46), quote: base.load16(48), contractKind: kind,
      priceDecimals: Int(base.load8(53)), quantityDecimals: Int(base.load8(54)),
      contractSize: Decimal(units: base.loadSigned64(56), decimals: Int(base.load8(55))),
      tick: base.loadSigned64(64), lot: base.loadSigned64(72), quantityMin: base.loadSigned64(80),
      quantityMax: base.loadSigned64(88), notionalMin: Money(amount: base.loadSigned128(96)),
      makerFee: Rate(parts: base.loadSigned64(112)), takerFee: Rate(parts: base.loadSigned64(120)))
    listing.settlement = base.load16(50)
    self.init(listing: listing, symbol: try fields.text())
  }
}

extension StrategyDefinition {
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(kind: .strategyDefinition, fixedByteCount: 48, time: time)
    record.fields { base in
      base.store16(index, 40)
      base.store16(UInt16(listings.count), 42)
      base.store32(stateVersion, 44)
    }
    record.append(name)
    record.append(settings)
    record.append(listings)
    return record.bytes
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    var fields = try RecordFields(at: base, kind: .strategyDefinition, fixedByteCount: 48)
    self.init(
      index: base.load16(40), stateVersion: base.load32(44), name: try fields.text(),
      settings: try fields.text(), listings: try fields.numbers(count: Int(base.load16(42))))
  }
}

extension AccountBalance {
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(kind: .accountBalance, fixedByteCount: 64, time: time)
    record.fields { base in
      base.store16(venue, 40)
      base.store16(currency, 42)
      base.storeSigned128(total.amount, 48)
    }
    return record.bytes
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    _ = try RecordFields(at: base, kind: .accountBalance, fixedByteCount: 64)
    self.init(
      venue: base.load16(40), currency: base.load16(42),
      total: Money(amount: base.loadSigned128(48)))
  }
}

extension FeedFile {
  public func encoded(time: Timestamp) -> [UInt8] {
    precondition(sha256.count == 32, "a SHA-256 has 32 bytes")
    var record = RecordBytes(kind: .feedFile, fixedByteCount: 88, time: time)
    record.fields { base in
      base.store64(byteSize, 40)
      for index in 0..<32 { base.store8(sha256[index], 48 + index) }
      base.store16(listing, 80)
    }
    record.append(kind)
    record.append(path)
    return record.bytes
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    var fields = try RecordFields(at: base, kind: .feedFile, fixedByteCount: 88)
    self.init(
      listing: base.load16(80), byteSize: base.load64(40),
      sha256: (0..<32).map { base.load8(48 + $0) }, kind: try fields.text(),
      path: try fields.text())
  }
}

extension RiskLimitsDefinition {
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(kind: .riskLimits, fixedByteCount: Self.byteCount, time: time)
    record.fields { base in
      base.store8(scope.rawValue, 40)
      base.store16(index, 42)
      base.storeSigned64(orderQuantityMax, 48)
      base.storeSigned64(positionMax, 56)
      base.storeSigned64(openOrdersMax, 64)
      base.storeSigned64(ordersPerWindow, 72)
      base.storeSigned64(windowNanoseconds, 80)
      base.storeSigned64(priceCollar.parts, 88)
      base.storeSigned128(orderNotionalMax.amount, 96)
      base.storeSigned128(openNotionalMax.amount, 112)
      base.storeSigned128(positionNotionalMax.amount, 128)
      base.storeSigned64(marginRate.parts, 144)
      base.store8(checks, 152)
    }
    return record.bytes
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    _ = try RecordFields(at: base, kind: .riskLimits, fixedByteCount: Self.byteCount)
    guard let scope = RiskLimitsScope(rawValue: base.load8(40)) else {
      throw .unknownCode(kind: .riskLimits, offset: 40, value: base.load8(40))
    }
    self.init(
      scope: scope, index: base.load16(42), orderQuantityMax: base.loadSigned64(48),
      positionMax: base.loadSigned64(56), openOrdersMax: base.loadSigned64(64),
      ordersPerWindow: base.loadSigned64(72), windowNanoseconds: base.loadSigned64(80),
      priceCollar: Rate(parts: base.loadSigned64(88)),
      orderNotionalMax: Money(amount: base.loadSigned128(96)),
      openNotionalMax: Money(amount: base.loadSigned128(112)),
      positionNotionalMax: Money(amount: base.loadSigned128(128)),
      marginRate: Rate(parts: base.loadSigned64(144)), checks: base.load8(152))
  }
}

extension OutputHash {
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(kind: .outputHash, fixedByteCount: Self.byteCount, time: time)
    record.fields { base in store(at: base) }
    return record.bytes
  }

  /// Writes the body.
  public func store(at base: UnsafeMutableRawPointer) {
    base.store64(hash, 40)
    base.store64(outputs, 48)
    base.store64(inputs, 56)
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    _ = try RecordFields(at: base, kind: .outputHash, fixedByteCount: Self.byteCount)
    self.init(hash: base.load64(40), outputs: base.load64(48), inputs: base.load64(56))
  }
}

extension RunEnd {
  public func encoded(time: Timestamp) -> [UInt8] {
    var record = RecordBytes(kind: .runEnd, fixedByteCount: Self.byteCount, time: time)
    record.fields { base in
      base.store64(stateHash, 40)
      base.store64(outputHash, 48)
      base.store64(inputs, 56)
      base.store64(outputs, 64)
    }
    return record.bytes
  }

  public init(at base: UnsafeRawPointer) throws(RecordError) {
    _ = try RecordFields(at: base, kind: .runEnd, fixedByteCount: Self.byteCount)
    self.init(
      stateHash: base.load64(40), outputHash: base.load64(48), inputs: base.load64(56),
      outputs: base.load64(64))
  }
}
