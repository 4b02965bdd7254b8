import Testing

@testable import Transport

/// Cold requests against Python's own server.
@Suite struct ColdHTTPTests {
  private let certificates: TestCertificates

  init() throws { certificates = try TestCertificates.shared.get() }

  private func text(_ answer: ColdHTTPAnswer) -> String {
    String(decoding: answer.body, as: UTF8.self)
  }

  @Test func methodsBodiesAndCodings() throws {
    let server = try PythonPeers.http(certificates)
    let http = ColdHTTP(trust: .file(certificates.authority))
    let base = "https://localhost:\(server.port)"
    for path in ["/plain", "/gzip", "/chunked", "/close", "/plain"] {
      let answer = try http.ask("POST", base + path, body: Array(#"{"order":"héllo"}"#.utf8))
      #expect(answer.status == 200)
      #expect(text(answer) == #"{"order":"héllo"}"#)
    }
    #expect(try http.ask("DELETE", base + "/all") == ColdHTTPAnswer(status: 204, body: []))
    #expect(try http.ask("POST", base + "/plain") == ColdHTTPAnswer(status: 200, body: []))
    // The server knows no GET.
    #expect(try http.ask("GET", base + "/plain").status == 501)
  }

  @Test func saysWhoAsks() throws {
    let server = try PythonPeers.http(certificates)
    let url = "https://localhost:\(server.port)/agent"
    let http = ColdHTTP(trust: .file(certificates.authority), userAgent: "needletail/7.8")
    #expect(text(try http.ask("POST", url)) == "needletail/7.8")
  }

  @Test func halfAnAnswerIsNone() throws {
    let server = try PythonPeers.http(certificates)
    let http = ColdHTTP(trust: .file(certificates.authority))
    #expect(
      throws: ColdHTTPError.failed(
        address: "https://localhost:\(server.port)/cut",
        reason: "Transferred a partial file")
    ) {
      try http.ask("POST", "https://localhost:\(server.port)/cut", body: [1, 2, 3, 4])
    }
  }

  @Test func silenceEnds() throws {
    let server = try PythonPeers.http(certificates)
    let url = "https://localhost:\(server.port)/never"
    let impatient = ColdHTTP(trust: .file(certificates.authority), timeout: 300)
    #expect(throws: ColdHTTPError.failed(address: url, reason: "Timeout was reached")) {
      try impatient.ask("POST", url, body: [1])
    }
    #expect(throws: ColdHTTPError.stopped) {
      try ColdHTTP(trust: .file(certificates.authority)).ask(
        "POST", url, body: [1], mayStop: { true })
    }
  }

  @Test func nobodyIsBelievedWithoutAuthority() throws {
    let server = try PythonPeers.http(certificates)
    let url = "https://localhost:\(server.port)/plain"
    #expect(throws: ColdHTTPError.noTrust(address: "https://localhost:\(server.port)")) {
      try ColdHTTP(trust: nil).ask("POST", url)
    }
    #expect {
      try ColdHTTP(trust: .system).ask("POST", url)
    } throws: { error in
      guard case ColdHTTPError.untrusted(_, let reason) = error else { return false }
      return reason.contains("certificate")
    }
  }

  @Test(arguments: ["other", "expired", "self"]) func wrongCertificates(_ name: String) throws {
    let server = try certificates.server(name, ["-www"])
    #expect {
      try ColdHTTP(trust: .file(certificates.authority)).ask(
        "GET", "https://localhost:\(server.port)/")
    } throws: { error in
      guard case ColdHTTPError.untrusted(_, let reason) = error else { return false }
      return reason.contains("certificate")
    }
  }

  @Test func plainTextStaysOnThisMachine() {
    #expect(
      throws: ColdHTTPError.endpoint(
        .plainText(url: "http://api.example.com/", host: "api.example.com"))
    ) {
      try ColdHTTP(trust: .system).ask("GET", "http://api.example.com/")
    }
    #expect(
      throws: ColdHTTPError.failed(
        address: "http://127.0.0.1:1/", reason: "Couldn't connect to server")
    ) {
      // What is asked is not told: a signature may stand in it.
      try ColdHTTP(trust: nil).ask("GET", "http://127.0.0.1:1/?signature=1")
    }
  }
}
