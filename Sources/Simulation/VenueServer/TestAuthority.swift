import Glibc

/// A certificate authority for tests, and one certificate valid for the hosts that it was made for.
///
/// ECDSA P-256, in a private temporary directory (mode 0700) that `remove()` takes away. The
/// authority's key is forgotten as soon as it has signed: nobody can make it vouch for more.
public struct TestAuthority: Sendable {
  /// The authority's own certificate, PEM: what clients are to trust (`SSL_CERT_FILE`,
  /// `REQUESTS_CA_BUNDLE`).
  public let certificatePath: String
  /// The server's certificate with its authority's, PEM.
  public let serverCertificatePath: String
  /// The server's key, PEM.
  public let serverKeyPath: String
  /// Where they stand.
  public let directory: String

  /// Makes both, valid from an hour ago for 30 days, for `hosts` (DNS names or wildcards) and for
  /// localhost, 127.0.0.1 and ::1.
  public init(hosts: [String]) throws(TestAuthorityError) {
    for host in hosts {
      guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else {
        throw TestAuthorityError("a host name: '\(host)'")
      }
    }
    let authority = try CertificateBuilder.authority()
    let names = (hosts + ["localhost"]).map { "DNS:\($0)" } + ["IP:127.0.0.1", "IP:::1"]
    let server = try CertificateBuilder.server(names: names, signer: authority)

    directory = try Self.makeDirectory()
    certificatePath = directory + "/ca.pem"
    serverCertificatePath = directory + "/server.pem"
    serverKeyPath = directory + "/server.key"
    do throws(TestAuthorityError) {
      let certificate = try authority.certificateText()
      try Self.write(certificate, to: certificatePath)
      try Self.write(try server.certificateText() + certificate, to: serverCertificatePath)
      try Self.write(try server.keyText(), to: serverKeyPath)
    } catch {
      remove()
      throw error
    }
  }

  /// Removes the directory and what is in it. Idempotent.
  public func remove() {
    for path in [certificatePath, serverCertificatePath, serverKeyPath] { unlink(path) }
    rmdir(directory)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "*"):
      true
    default: false
    }
  }

  private static func makeDirectory() throws(TestAuthorityError) -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/needletail-tls-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestAuthorityError("a directory in \(parent)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func write(_ text: [UInt8], to path: String) throws(TestAuthorityError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw TestAuthorityError("opening \(path)") }
    defer { Glibc.close(file) }
    guard Glibc.write(file, text, text.count) == text.count else {
      throw TestAuthorityError("writing \(path)")
    }
  }
}

/// What failed while certificates were made.
public struct TestAuthorityError: Error, Equatable, CustomStringConvertible {
  public var step: String
  init(_ step: String) { self.step = step }
  public var description: String { "test certificates: failed at \(step)" }
}
