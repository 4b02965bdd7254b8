import Backtest
import Engine
import Glibc
import TradingModel
import VenueSimulator
import Venues

/// A backtest, ready to run: surveyed captures, listings in their units, definitions.
struct BacktestPlan {
  var definitions = RunDefinitions()
  var surveys: [CaptureSurvey] = []
  var scales: [SymbolScale] = []
  /// What the user should know about what was assumed.
  var notices: [String] = []
  /// Files that are cut off.
  var truncations: [CaptureTruncation] { surveys.flatMap(\.truncations) }
  /// Lines over all captures, for progress.
  var lineCount = 0
  var startTime = Timestamp.max
  var endTime = Timestamp.min

  /// An instruments file, and where it came from.
  private struct Instruments {
    var path: String
    var file: InstrumentFile
    /// Whether it was found, not named.
    var isBeside = false

    init(path: String) throws {
      self.path = path
      file = try InstrumentFile(path: path)
    }

    /// What `record` put beside the first of the files that has it; nil where none has.
    init?(beside files: [String]) throws {
      let paths = files.map { InstrumentFile.path(beside: $0) }
      guard let path = paths.first(where: { access($0, F_OK) == 0 }) else { return nil }
      try self.init(path: path)
      isBeside = true
    }
  }

  init(_ options: BacktestOptions) throws {
    let instruments = try options.instruments.map { try Instruments(path: $0) }
    for feed in options.feeds {
      let survey = try CaptureSurvey(kind: feed.kind, files: feed.files)
      try add(survey, feed, options, try instruments ?? Instruments(beside: feed.files))
    }
    addLimits()
  }

  private mutating func add(
    _ survey: CaptureSurvey, _ feed: FeedArgument, _ options: BacktestOptions,
    _ instruments: Instruments?
  ) throws {
    if let fault = survey.fault { throw fault }
    let index = ListingIndex(definitions.listings.count)
    // Among several feeds a symbol names the one that has it; a single feed must have it.
    let isNamed =
      options.feeds.count == 1 || survey.symbols.contains { $0.name == options.symbol }
    var scale = try survey.scale(symbol: isNamed ? options.symbol : nil, listing: index)
    // The survey knows which table it is.
    let venue = feed.name == feed.kind.name ? survey.kind.name : feed.name
    var symbol = scale.symbol.isEmpty ? options.symbol ?? "" : scale.symbol
    let listing: Listing
    if let instruments {
      if symbol.isEmpty { symbol = try onlySymbol(of: venue, instruments.file) }
      guard let found = try instruments.file.definition(feed: venue, survey.kind, symbol: symbol)
      else {
        throw UsageError(
          "\(instruments.path): the instruments file defines no '\(symbol)' of '\(venue)'")
      }
      if instruments.isBeside {
        notices.append(
          "\(symbol) is as \(instruments.path) says"
            + (found.makerFee == .zero && found.takerFee == .zero ? ", without fees" : ""))
      }
      let base = definitions.currency(found.base)
      let quote = definitions.currency(found.quote)
      listing = try found.listing(
        index: index, venue: definitions.venue(venue), instrument: UInt16(base), base: base,
        quote: quote, settlement: definitions.currency(found.settlement),
        priceDecimals: scale.priceDecimals, quantityDecimals: scale.quantityDecimals)
    } else {
      listing = try assumed(venue, survey.kind, scale, symbol, index)
    }
    scale.priceDecimals = Int(listing.priceDecimals)
    scale.quantityDecimals = Int(listing.quantityDecimals)
    definitions.listings.append(
      ListingDefinition(listing: listing, symbol: symbol.isEmpty ? venue : symbol))
    for file in survey.files {
      definitions.feedFiles.append(
        FeedFile(
          listing: index, byteSize: UInt64(file.byteCount), sha256: file.sha256,
          kind: survey.kind.name,
          path: file.path))
    }
    lineCount += survey.lineCount
    startTime = min(startTime, survey.firstReceiveTime)
    endTime = max(endTime, survey.lastReceiveTime)
    surveys.append(survey)
    scales.append(scale)
  }

  /// The symbol of a capture that names none: the only one that the file defines for its kind.
  private func onlySymbol(
    of venue: String, _ instruments: InstrumentFile
  ) throws -> String {
    let symbols = instruments.definitions.filter { $0.venue == venue }.map(\.symbol)
    guard symbols.count == 1 else {
      throw UsageError(
        "a \(venue) capture names no symbol; the instruments file has "
          + "\(symbols.isEmpty ? "none" : symbols.joined(separator: ", ")) of it: say --symbol")
    }
    return symbols[0]
  }

  /// A listing where nobody said what it is: the units of the text, a tick and lot of one unit, no
  /// fees. What would make money wrong rather than coarse is refused.
  private mutating func assumed(
    _ venue: String, _ kind: FeedKind, _ scale: SymbolScale, _ symbol: String,
    _ index: ListingIndex
  ) throws -> Listing {
    guard let assumed = kind.assumedInstrument(symbol) else {
      throw UsageError(
        "\(venue)\(symbol.isEmpty ? "" : ": \(symbol)") needs --instruments FILE: neither its name "
          + "nor a capture tells its currencies and a contract's size")
    }
    let (base, quote) = (assumed.base, assumed.quote)
    notices.append(
      "no --instruments: \(symbol.isEmpty ? venue : symbol) is taken as \(base)/\(quote), "
        + "tick 10^-\(scale.priceDecimals), lot 10^-\(scale.quantityDecimals), without fees")
    let baseIndex = definitions.currency(base)
    return Listing(
      index: index, venue: definitions.venue(venue), instrument: UInt16(baseIndex),
      base: baseIndex, quote: definitions.currency(quote),
      contractKind: assumed.kind, priceDecimals: scale.priceDecimals,
      quantityDecimals: scale.quantityDecimals)
  }

  /// A backtest measures a strategy: nothing is limited but what market data is good for. Every
  /// limit is stated, because a missing one refuses.
  private mutating func addLimits() {
    definitions.limits.append(
      RiskLimitsDefinition(scope: .firm, index: 0, checks: RiskLimitsDefinition.feedCheck))
    definitions.limits.append(RiskLimitsDefinition(scope: .strategy, index: 1))
    for definition in definitions.listings {
      definitions.limits.append(
        RiskLimitsDefinition(scope: .listing, index: definition.listing.index))
    }
  }

  /// Opens the captures, from their beginnings.
  func openSources(feedLatency: Int64) throws -> [CaptureSource] {
    var sources: [CaptureSource] = []
    for index in surveys.indices {
      let feed = try CaptureFeed(
        survey: surveys[index], following: [scales[index]],
        orderTick: definitions.listings[index].listing.tick)
      sources.append(CaptureSource(feed, latency: feedLatency))
    }
    return sources
  }

  /// The captures that a journal names, checked to be the same bytes.
  static func reopen(_ definitions: RunDefinitions) throws -> CaptureMerge {
    var sources: [CaptureSource] = []
    for definition in definitions.listings {
      let files = definitions.feedFiles.filter { $0.listing == definition.listing.index }
      guard let first = files.first, let kind = VenueRegistry.feedKind(first.kind) else {
        throw UsageError(
          "the journal names no feed of a kind this build knows for \(definition.symbol)")
      }
      let survey = try CaptureSurvey(kind: kind, files: files.map(\.path))
      for (file, found) in zip(files, survey.files) where file.sha256 != found.sha256 {
        throw UsageError(
          "\(file.path) is not the file of the run: its SHA-256 is "
            + "\(FileDigest.hexadecimal(found.sha256)), the journal says "
            + FileDigest.hexadecimal(file.sha256))
      }
      var scale = try survey.scale(
        symbol: survey.symbols.count > 1 ? definition.symbol : nil,
        listing: definition.listing.index)
      scale.priceDecimals = Int(definition.listing.priceDecimals)
      scale.quantityDecimals = Int(definition.listing.quantityDecimals)
      sources.append(
        CaptureSource(
          try CaptureFeed(
            survey: survey, following: [scale], orderTick: definition.listing.tick),
          latency: 0))
    }
    return CaptureMerge(sources)
  }
}
