/// The lines of several files as one continued capture. A file that is cut off ends with its last whole
/// line, whether it is compressed or not.
struct CaptureLines: ~Copyable {
  let files: [String]
  /// The file that the last line came from.
  private(set) var fileIndex = 0
  /// Lines of all files so far.
  private(set) var lineCount = 0
  /// The files so far that are cut off.
  private(set) var truncations: [CaptureTruncation] = []
  /// Whether the file that is read was found to be.
  private var isCutOff = false
  private var reader: GzipLineReader

  /// Opens the first of `files`, of which there is at least one.
  init(files: [String]) throws(FeedError) {
    precondition(!files.isEmpty, "a capture has at least one file")
    self.files = files
    reader = try GzipLineReader(path: files[0])
  }

  /// Whether the line last returned is its file's first.
  var isFirstOfFile: Bool { reader.lineNumber == 1 }

  /// The next line that is not empty; nil after the last file's last. Valid until the next call.
  mutating func next() throws(FeedError) -> UnsafeRawBufferPointer? {
    while true {
      if let line = try nextOfFile() {
        lineCount += 1
        if line.count > 0 { return line }
      } else {
        guard fileIndex + 1 < files.count else { return nil }
        fileIndex += 1
        reader = try GzipLineReader(path: files[fileIndex])
        isCutOff = false
      }
    }
  }

  /// A recording cannot be fetched again: what was written before its writer was killed is good.
  private mutating func nextOfFile() throws(FeedError) -> UnsafeRawBufferPointer? {
    if isCutOff { return nil }
    do throws(FeedError) {
      return try reader.next()
    } catch {
      guard case .truncatedGzip(let file, let line, let offset) = error else { throw error }
      truncations.append(CaptureTruncation(file: file, line: line, fileLength: offset))
      isCutOff = true
      return nil
    }
  }

  /// Takes back the line last returned, which cannot be read: one that nothing ends, and that nothing follows,
  /// was cut off, and the file ends before it. (One that can be read all the same is whole: the last line
  /// of a text need not be ended.)
  ///
  /// - Throws: `.malformed` for every other line.
  mutating func takeBack(
    _ line: UnsafeRawBufferPointer, for error: ScanError
  ) throws(FeedError) {
    guard !reader.isLineEnded else { throw malformed(error, line) }
    truncations.append(
      CaptureTruncation(
        file: files[fileIndex], line: reader.lineNumber - 1, fileLength: reader.fileOffset))
    isCutOff = true
    lineCount -= 1
  }

  /// The error for the line last returned.
  private func malformed(_ error: ScanError, _ line: UnsafeRawBufferPointer) -> FeedError {
    .malformed(
      file: files[fileIndex], line: reader.lineNumber,
      column: error.offset + 1, byteOffset: reader.lineOffset + error.offset,
      expected: error.expected,
      found: Self.excerpt(of: line, at: error.offset))
  }

  private static func excerpt(of line: UnsafeRawBufferPointer, at offset: Int) -> String {
    guard offset < line.count else { return "the end of the line" }
    let bytes = line[max(0, offset)..<min(line.count, offset + 24)]
    var text = "'"
    for byte in bytes {
      text.unicodeScalars.append(byte >= 0x20 && byte < 0x7F ? Unicode.Scalar(byte) : "?")
    }
    return text + (offset + 24 < line.count ? "...'" : "'")
  }
}
