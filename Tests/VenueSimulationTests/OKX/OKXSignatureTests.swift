import Foundation
import Testing
import VenueServer

@testable import VenueSimulation

@Suite(.enabled(if: OKXRecorded.isThere, "no ../shared/data"))
struct OKXSignatureTests {
  @Test func requestsOfAnotherLibrary() throws {
    let file = try OKXRecorded.json("signing/okx.json")
    let secret = try #require(file["credentials"]?["secret"]?.string)
    let vectors = try #require(file["vectors"]?.elements)
    #expect(vectors.count > 5)
    for vector in vectors {
      let url = try #require(vector["url"]?.string)
      let headers = try #require(vector["headers"])
      guard let signature = headers["OK-ACCESS-SIGN"]?.string else { continue }
      let payload =
        (headers["OK-ACCESS-TIMESTAMP"]?.string ?? "") + (vector["http_method"]?.string ?? "")
        + url.dropFirst("https://www.okx.com".count) + (vector["body"]?.string ?? "")
      #expect(OKXSignature.of(payload, secret: secret) == signature, "\(url)")
    }
  }

  @Test func logins() throws {
    let all = try #require(try OKXRecorded.json("signing/ws_login.json").elements)
    let file = try #require(all.first { $0["venue"]?.string == "okx" })
    let secret = try #require(file["credentials"]?["secret"]?.string)
    let login = try #require(file["login_message"]?["args"]?.elements?.first)
    let time = try #require(login["timestamp"]?.string)
    #expect(
      OKXSignature.of(time + "GET/users/self/verify", secret: secret) == login["sign"]?.string)
  }

  @Test func times() {
    #expect(OKXTime.milliseconds("2025-07-31T22:13:20.123Z") == 1_754_000_000_123)
    #expect(OKXTime.milliseconds("1754000000.123") == 1_754_000_000_123)
    #expect(OKXTime.milliseconds("1754000000") == 1_754_000_000_000)
    for bad in ["", "now", "2025-13-31T22:13:20.123Z", "2025-07-31T22:13:20Z", "-5"] {
      #expect(OKXTime.milliseconds(bad) == nil, "\(bad)")
    }
  }

  @Test func everyPartIsChecked() throws {
    let venue = try OKXSimulated()
    func code(_ change: (inout HTTPHeaders) -> Void, path: String = "/api/v5/account/config")
      throws -> (Int, String?)
    {
      let key = try venue.key()
      let time = "2025-08-01T00:00:00.000Z"
      var headers: HTTPHeaders = [
        "OK-ACCESS-KEY": key.id, "OK-ACCESS-PASSPHRASE": key.passphrase,
        "OK-ACCESS-SIGN": OKXSignature.of(time + "GET" + path, secret: key.secret),
        "OK-ACCESS-TIMESTAMP": time, "x-simulated-trading": "0",
      ]
      change(&headers)
      let response = venue.send("GET", path, headers)
      return (response.status, try JSONValue.parse(response.body)["code"]?.string)
    }
    func without(_ name: String, _ value: String = "") -> (inout HTTPHeaders) -> Void {
      { headers in
        var rest = HTTPHeaders()
        for field in [
          "OK-ACCESS-KEY", "OK-ACCESS-PASSPHRASE", "OK-ACCESS-SIGN", "OK-ACCESS-TIMESTAMP",
        ] {
          let kept = field == name ? value : headers[field] ?? ""
          if !kept.isEmpty { rest.add(field, kept) }
        }
        headers = rest
      }
    }
    #expect(try code { _ in } == (200, "0"))
    #expect(try code(without("OK-ACCESS-KEY")) == (401, "50103"))
    #expect(try code(without("OK-ACCESS-KEY", "other")) == (401, "50111"))
    #expect(try code(without("OK-ACCESS-PASSPHRASE")) == (401, "50104"))
    #expect(try code(without("OK-ACCESS-PASSPHRASE", "other")) == (401, "50105"))
    #expect(try code(without("OK-ACCESS-SIGN")) == (401, "50106"))
    #expect(try code(without("OK-ACCESS-SIGN", "other")) == (401, "50113"))
    #expect(try code(without("OK-ACCESS-TIMESTAMP")) == (401, "50107"))
    #expect(try code(without("OK-ACCESS-TIMESTAMP", "now")) == (401, "50112"))
    #expect(
      try code(without("OK-ACCESS-TIMESTAMP", "2025-08-01T00:00:30.001Z")) == (401, "50102"))
    #expect(
      try code(without("OK-ACCESS-TIMESTAMP", "2025-08-01T00:00:29.000Z")) == (401, "50113"))
    #expect(try code(without(""), path: "/api/v5/account/balance") == (200, "0"))
  }
}
