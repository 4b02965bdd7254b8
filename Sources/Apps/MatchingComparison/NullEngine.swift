import CComparison

/// An engine that matches nothing: it publishes reports that another engine made before. What it
/// reaches is what handing 64-byte reports to another core allows.
public struct NullEngine: ~Copyable {
  private var writer: ReportWriter

  /// Publishes into `queue`, which `engine_get_transport`'s `create` made.
  public init(queue: UnsafeMutableRawPointer) {
    writer = ReportWriter(.ring(OwnTransport.ring(queue).pointee))
  }

  /// Publishes the next `count` reports.
  @inline(never)
  public mutating func publish(_ reports: UnsafePointer<me_report_t>, count: Int) {
    for index in 0..<count { writer.copy(reports + index) }
  }

  /// Makes everything written visible to the reader.
  public mutating func flush() { writer.flush() }
}
