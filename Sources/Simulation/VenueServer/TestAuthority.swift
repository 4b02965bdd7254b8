import Glibc

/// A certificate authority for tests, and one certificate valid for the hosts that it was made for.
///
/// ECDSA P-256, in a private temporary directory (mode 0700) that `remove()` takes away, or kept where
/// a later run finds the same again. The
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
  private let isKept: Bool

  /// Those that stand in `directory`, which are believed to be for the same hosts; made there where
  /// there are none, valid for ten years. `remove()` leaves them.
  public init(hosts: [String], keptIn directory: String) throws(TestAuthorityError) {
    if access(directory + "/ca.pem", R_OK) != 0 {
      let made = try TestAuthority(hosts: hosts, days: 3650, in: Self.directory(of: directory))
      guard rename(made.directory, directory) == 0 else {
        made.remove()
        throw TestAuthorityError("renaming \(made.directory) to \(directory)")
      }
    }
    self.init(directory, isKept: true)
  }

  private init(_ directory: String, isKept: Bool) {
    self.directory = directory
    self.isKept = isKept
    certificatePath = directory + "/ca.pem"
    serverCertificatePath = directory + "/server.pem"
    serverKeyPath = directory + "/server.key"
  }

  /// Makes both, valid from an hour ago for 30 days, for `hosts` (DNS names or wildcards) and for
  /// localhost, 127.0.0.1 and ::1.
  public init(hosts: [String]) throws(TestAuthorityError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    try self.init(hosts: hosts, days: 30, in: parent)
  }

  private init(hosts: [String], days: Int, in parent: String) throws(TestAuthorityError) {
    for host in hosts {
      guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else {
        throw TestAuthorityError("a host name: '\(host)'")
      }
    }
    let authority = try CertificateBuilder.authority(days: days)
    let names = (hosts + ["localhost"]).map { "DNS:\($0)" } + ["IP:127.0.0.1", "IP:::1"]
    let server = try CertificateBuilder.server(
      names: names, days: days, signer: authority)

    self.init(try Self.makeDirectory(in: parent), isKept: false)
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

  /// Removes the directory and what is in it, unless it is kept. Idempotent.
  public func remove() {
    if isKept { return }
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

  /// The directory that `path` stands in.
  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func makeDirectory(in parent: String) throws(TestAuthorityError) -> String {
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
