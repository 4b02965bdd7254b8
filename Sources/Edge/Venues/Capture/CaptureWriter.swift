import CZlib
import Glibc
import TradingModel

/// Why a capture cannot be written.
public struct CaptureWriterError: Error, Equatable, Sendable, CustomStringConvertible {
  public var path: String
  public var reason: String
  public var description: String { "\(path): \(reason)" }
}

/// Writes frames as they come into gzip files that `book` and `backtest` read: a file for each symbol,
/// `<venue>_<symbol>_<time>.gz`, a line for each frame, `<receive time, ns> <frame>`. Every
/// `rotation` a new file is begun; a file that goes on where another ends is read with it, in order. What
/// the symbol is lies beside each file, where it is known: `InstrumentFile.path(beside:)`.
///
/// What was written is safe against the process's end within a second (`flush`); a file that was cut
/// off is read up to there.
public final class CaptureWriter: FrameRecorder {
  private struct File {
    var handle: gzFile
    var path: String
    /// When its turn is over.
    var end: Timestamp
  }

  /// Frames written so far.
  public private(set) var frameCount = 0
  /// Files begun so far, in that order.
  public private(set) var paths: [String] = []
  /// The first fault; nothing is written behind it.
  public private(set) var failure: CaptureWriterError?
  private let directory: String
  private let venue: String
  private let symbols: [String]
  private let rotation: Timestamp
  private let definitions: [InstrumentDefinition]
  private var files: [File?]
  private var line: [UInt8] = []

  /// - Parameters:
  ///   - directory: made if it is not there.
  ///   - rotation: nanoseconds after which a new file is begun; 0 for never.
  ///   - definitions: of the symbols, as far as they are known.
  /// - Throws: where the directory cannot be made.
  public init(
    directory: String, venue: String, symbols: [String], rotation: Timestamp,
    definitions: [InstrumentDefinition] = []
  ) throws(CaptureWriterError) {
    if mkdir(directory, 0o777) != 0, errno != EEXIST {
      throw CaptureWriterError(path: directory, reason: String(cString: strerror(errno)))
    }
    self.directory = directory
    self.venue = venue
    self.symbols = symbols
    self.rotation = rotation
    self.definitions = definitions
    files = Array(repeating: nil, count: symbols.count)
    line.reserveCapacity(1 << 16)
  }

  deinit { close() }

  public func record(symbol: Int, _ frame: UnsafeRawBufferPointer, received: Timestamp) {
    guard failure == nil else { return }
    do throws(CaptureWriterError) {
      try open(symbol, received)
      line.removeAll(keepingCapacity: true)
      line += "\(received) ".utf8
      // Between values a line's end is a space; within a string JSON has none.
      for byte in frame { line.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte) }
      line.append(0x0A)
      try write(symbol)
      frameCount += 1
    } catch {
      failure = error
    }
  }

  private func open(_ symbol: Int, _ time: Timestamp) throws(CaptureWriterError) {
    if let file = files[symbol] {
      if time < file.end { return }
      try close(symbol)
    }
    let end = rotation > 0 ? (time / rotation + 1) * rotation : .max
    let path = "\(directory)/\(venue)_\(symbols[symbol].lowercased())_\(Self.stamp(time)).gz"
    guard let handle = gzopen(path, "wbx6") else {
      throw CaptureWriterError(path: path, reason: String(cString: strerror(errno)))
    }
    gzbuffer(handle, 1 << 18)
    files[symbol] = File(handle: handle, path: path, end: end)
    paths.append(path)
    if let definition = definitions.first(where: { $0.symbol == symbols[symbol] }) {
      try write(definition, InstrumentFile.path(beside: path))
    }
  }

  private func write(
    _ definition: InstrumentDefinition, _ path: String
  ) throws(CaptureWriterError) {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    defer { if descriptor >= 0 { Glibc.close(descriptor) } }
    var rest = Array(InstrumentFile.text(of: [definition]).utf8)[...]
    while !rest.isEmpty {
      let count = descriptor < 0 ? -1 : Glibc.write(descriptor, Array(rest), rest.count)
      if count < 0, errno == EINTR, descriptor >= 0 { continue }
      guard count > 0 else {
        throw CaptureWriterError(path: path, reason: String(cString: strerror(errno)))
      }
      rest = rest.dropFirst(count)
    }
  }

  private func write(_ symbol: Int) throws(CaptureWriterError) {
    guard let file = files[symbol] else { return }
    let count = line.withUnsafeBytes { gzwrite(file.handle, $0.baseAddress, UInt32($0.count)) }
    guard count == line.count else { throw Self.error(file) }
  }

  /// Makes what was written readable in the files.
  public func flush() {
    for file in files {
      guard let file, failure == nil else { continue }
      if gzflush(file.handle, Z_SYNC_FLUSH) != Z_OK { failure = Self.error(file) }
    }
  }

  /// Ends all files.
  public func close() {
    for symbol in files.indices {
      do throws(CaptureWriterError) {
        try close(symbol)
      } catch {
        failure = failure ?? error
      }
    }
  }

  private func close(_ symbol: Int) throws(CaptureWriterError) {
    guard let file = files[symbol] else { return }
    files[symbol] = nil
    let code = gzclose(file.handle)
    guard code == Z_OK else {
      throw CaptureWriterError(
        path: file.path, reason: "zlib says \(code): \(String(cString: strerror(errno)))")
    }
  }

  private static func error(_ file: File) -> CaptureWriterError {
    var code: Int32 = 0
    let text = gzerror(file.handle, &code).map { String(cString: $0) } ?? ""
    let reason = code == Z_ERRNO ? String(cString: strerror(errno)) : text
    return CaptureWriterError(path: file.path, reason: reason)
  }

  /// `20240808T235413Z`.
  private static func stamp(_ time: Timestamp) -> String {
    var seconds = time_t(time / 1_000_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))Z"
  }
}
