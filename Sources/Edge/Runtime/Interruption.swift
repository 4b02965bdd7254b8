import CPlatform

/// SIGINT and SIGTERM as a flag: the first asks for an orderly end, the second leaves at once with
/// status 130. The handler touches one atomic number and nothing else.
public enum Interruption {
  /// The exit status of an interrupted run.
  public static let exitStatus: Int32 = 130

  /// Handles SIGINT and SIGTERM from here on, and ignores SIGPIPE: a closed pipe is an error of the
  /// write, not the end of the process.
  public static func handle() {
    let code = cplatform_handle_interruption()
    precondition(code == 0, "Invariant: SIGINT, SIGTERM and SIGPIPE can be handled")
  }

  /// Whether an orderly end was asked for. From any thread.
  public static var isRequested: Bool { cplatform_interruption_count() > 0 }

  /// Asks for an orderly end, as the first signal does.
  public static func request() { cplatform_request_interruption() }
}
