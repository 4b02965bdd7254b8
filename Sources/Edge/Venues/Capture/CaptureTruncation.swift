/// A file of a capture that ends before its compressed data does, or within a line, as when the process that
/// wrote it was killed: its whole lines are used, the rest is lost.
public struct CaptureTruncation: Equatable, Sendable {
  public var file: String
  /// Number of the last whole line, from 1; 0 where there is none.
  public var line: Int
  /// The file's length as it is on disk. Bytes.
  public var fileLength: Int
}

extension CaptureTruncation: CustomStringConvertible {
  public var description: String {
    "\(file):\(line): the file breaks off behind this line, at byte \(fileLength) of the file, "
      + "as when its writer is killed; the lines up to here are used"
  }
}
