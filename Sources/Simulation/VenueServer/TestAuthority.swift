/// A certificate authority for tests, and one certificate valid for the hosts that it was made for.
///
/// ECDSA P-256, in a private temporary directory (mode 0700) that `remove()` takes away.
public struct TestAuthority: Sendable {
  /// The authority's own certificate, PEM: what clients are to trust (`SSL_CERT_FILE`,
  /// `REQUESTS_CA_BUNDLE`).
  public let certificatePath: String
  /// The server's certificate with its authority's, PEM.
  public let serverCertificatePath: String
  public let serverKeyPath: String

  /// Makes both; valid for `hosts` and for localhost, 127.0.0.1 and ::1.
  public init(hosts: [String]) throws(TestAuthorityError) {
    throw TestAuthorityError(step: "not yet")
  }

  /// Removes the directory.
  public func remove() {}
}

/// Which step of making certificates failed.
public struct TestAuthorityError: Error, Equatable, CustomStringConvertible {
  public var step: String
  public var description: String { "test certificates: \(step)" }
}
