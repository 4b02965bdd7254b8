import TradingModel

/// What one full pass over a capture finds: what it holds, and in which units.
///
/// Captures carry no instrument definitions, so the decimals of a symbol's units are the most that
/// its texts use. The digests name the files in a journal.
public struct CaptureSurvey: Sendable {
  /// One file of the capture.
  public struct File: Equatable, Sendable {
    public var path: String
    /// Bytes on disk, and their SHA-256.
    public var byteCount: Int
    public var sha256: [UInt8]
    /// The symbols its messages name.
    public var symbols: [String]
  }

  /// One symbol of the capture; the name is empty where messages name none.
  public struct Symbol: Equatable, Sendable {
    public var name: String
    /// The most significant decimals of its prices and quantities.
    public var priceDecimals: Int
    public var quantityDecimals: Int
  }

  /// The kind; `.csv` was resolved by the header.
  public private(set) var kind: FeedKind
  public private(set) var files: [File] = []
  /// In the order in which they first appear.
  public private(set) var symbols: [Symbol] = []
  /// Messages of each `MessageKind`, by its raw value.
  public private(set) var messageCounts: [Int]
  /// Lines of all files.
  public private(set) var lineCount = 0
  /// What stopped the survey, if anything did: a feed reads as far, and then throws the same.
  public private(set) var fault: FeedError?
  /// Files that are cut off: a feed reads their whole lines, as the survey did.
  public private(set) var truncations: [CaptureTruncation] = []
  /// Receive times of the first and the last message; 0 when there is none.
  public private(set) var firstReceiveTime: Timestamp = 0
  public private(set) var lastReceiveTime: Timestamp = 0

  /// Reads all `files` once.
  ///
  /// - Parameter progress: called now and then with the lines read so far.
  /// - Throws: `.unreadable`, `.empty`; or a fault that stands before the first message. A later
  ///   fault ends the survey and is kept in `fault`.
  /// - Complexity: O(bytes).
  public init(
    kind: FeedKind, files paths: [String], progress: ((Int) -> Void)? = nil
  ) throws(FeedError) {
    self.kind = kind
    messageCounts = Array(repeating: 0, count: MessageKind.allCases.count)
    // Every file is opened before any is read through: a misspelt name shows at once.
    for path in paths { _ = try GzipLineReader(path: path) }
    for path in paths where fault == nil { try surveyFile(path, progress) }
    if symbols.isEmpty || messageCounts.dropLast().allSatisfy({ $0 == 0 }) {
      throw fault ?? .empty(file: paths.first ?? "")
    }
  }

  /// Messages of one kind.
  public func messageCount(_ kind: MessageKind) -> Int { messageCounts[Int(kind.rawValue)] }

  /// The units of the wanted symbol, which need not be named where there is only one.
  ///
  /// - Throws: `.symbolNeeded`, `.unknownSymbol`.
  public func scale(
    symbol wanted: String?, listing: ListingIndex = 0
  ) throws(FeedError) -> SymbolScale {
    let names = symbols.map(\.name)
    var found = symbols.first
    if kind.namesSymbols {
      if let wanted {
        found = symbols.first { $0.name == wanted }
        if found == nil { throw .unknownSymbol(wanted, known: names) }
      } else if symbols.count > 1 {
        throw .symbolNeeded(known: names)
      }
    }
    guard let found else { throw .empty(file: files.first?.path ?? "") }
    return SymbolScale(
      symbol: found.name, listing: listing, priceDecimals: found.priceDecimals,
      quantityDecimals: found.quantityDecimals)
  }

  private mutating func surveyFile(
    _ path: String, _ progress: ((Int) -> Void)?
  ) throws(FeedError) {
    let (digest, byteCount) = try FileDigest.sha256(of: path)
    var lines = try CaptureLines(files: [path])
    var decoder = MessageDecoder(kind: kind)
    var scales = SymbolScales()
    var message = VenueMessage()
    // Where a message names no symbol, its decimals belong to whatever the file is about.
    let unnamed = scales.find(UnsafeRawBufferPointer(start: nil, count: 0))
    do throws(FeedError) {
      while let line = try lines.next() {
        do throws(ScanError) {
          let isMessage = try decoder.decode(
            line, isFirst: lines.isFirstOfFile, fallback: unnamed, &scales, into: &message)
          if isMessage { note(message) }
        } catch {
          try lines.takeBack(line, for: error)
        }
        if lines.lineCount & 0x3FFF == 0 { progress?(lineCount + lines.lineCount) }
      }
    } catch {
      fault = error
    }
    truncations += lines.truncations
    lineCount += lines.lineCount
    kind = decoder.kind
    let names = merge(scales.entries)
    files.append(File(path: path, byteCount: byteCount, sha256: digest, symbols: names))
  }

  private mutating func note(_ message: borrowing VenueMessage) {
    messageCounts[Int(message.kind.rawValue)] += 1
    guard message.kind != .other else { return }
    if firstReceiveTime == 0 { firstReceiveTime = message.receiveTime }
    lastReceiveTime = message.receiveTime
  }

  /// Takes the symbols of one file in.
  private mutating func merge(_ entries: [SymbolScale]) -> [String] {
    let unnamed = entries[0]
    let named = kind.namesSymbols ? Array(entries.dropFirst()) : entries
    for entry in named {
      let price = max(entry.priceDecimals, unnamed.priceDecimals)
      let quantity = max(entry.quantityDecimals, unnamed.quantityDecimals)
      if let index = symbols.firstIndex(where: { $0.name == entry.symbol }) {
        symbols[index].priceDecimals = max(symbols[index].priceDecimals, price)
        symbols[index].quantityDecimals = max(symbols[index].quantityDecimals, quantity)
      } else {
        symbols.append(
          Symbol(name: entry.symbol, priceDecimals: price, quantityDecimals: quantity))
      }
    }
    return named.map(\.symbol)
  }
}
