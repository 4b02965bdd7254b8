import Foundation

/// Certificates made by the openssl tool in a temporary folder, once for all tests.
struct TestCertificates: Sendable {
  /// ca.pem signs good.pem (localhost, 127.0.0.1), other.pem (venue.example) and expired.pem;
  /// self.pem signs itself; key.pem is the key of all but ca.pem.
  let folder: URL
  var authority: String { folder.appending(path: "ca.pem").path }

  static let shared = Result { try TestCertificates() }

  private init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "needletail-transport-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    try runTool(
      new + ["-x509", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test", "-days", "30"],
      in: folder)
    try runTool(
      new + ["-keyout", "key.pem", "-out", "leaf.csr", "-subj", "/CN=localhost"], in: folder)
    try runTool(
      ["openssl", "req", "-x509", "-key", "key.pem", "-out", "self.pem", "-days", "30"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], in: folder)
    try sign("good", names: "DNS:localhost,IP:127.0.0.1", days: 30)
    try sign("other", names: "DNS:venue.example", days: 30)
    try sign("expired", names: "DNS:localhost", days: -1)
  }

  private func sign(_ name: String, names: String, days: Int) throws {
    try "subjectAltName=\(names)\n".write(
      to: folder.appending(path: "\(name).cnf"), atomically: true, encoding: .utf8)
    try runTool(
      ["openssl", "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key"]
        + [
          "-CAcreateserial", "-extfile", "\(name).cnf", "-days", "\(days)", "-out", "\(name).pem",
        ],
      in: folder)
  }

  /// openssl's own server with one of the certificates; -rev answers each line turned round.
  func server(_ certificate: String, _ options: [String] = ["-rev"], output: URL? = nil) throws
    -> ServerProcess
  {
    try ServerProcess(
      ["openssl", "s_server", "-accept", "127.0.0.1:PORT", "-cert", "\(certificate).pem"]
        + ["-key", "key.pem", "-quiet"] + options, in: folder, output: output)
  }
}
