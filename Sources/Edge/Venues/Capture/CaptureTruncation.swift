/// A file of a capture that ends before its compressed data does, as when the process that wrote it was
/// killed: its whole lines are used, the rest is lost.
public struct CaptureTruncation: Equatable, Sendable {
  public var file: String
  /// Number of the last whole line, from 1; 0 where there is none.
  public var line: Int
  /// Where the file ends. Bytes.
  public var compressedOffset: Int
}

extension CaptureTruncation: CustomStringConvertible {
  public var description: String {
    "\(file):\(line): the file breaks off behind this line, at compressed byte \(compressedOffset), "
      + "as when its writer is killed; the lines up to here are used"
  }
}
