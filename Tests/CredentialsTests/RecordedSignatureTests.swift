import Foundation
import Testing

@testable import Credentials

/// Requests that other programs signed, from `../shared/data/signing`, and what is known here of a
/// venue: how the text to sign is put together, with which hash, and where the signature stands.
struct RecordedSignature: CustomTestStringConvertible, Sendable {
  var venue: String
  var name: String
  var algorithm: SignatureAlgorithm
  var secret: [UInt8]
  var text: SignatureText
  var message: [UInt8]
  var expected: String
  var testDescription: String { "\(venue): \(name)" }

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/data/signing")

  /// Whether the recorded signatures are there; CI fails without them.
  static let areThere =
    FileManager.default.fileExists(atPath: folder.path)
    || ProcessInfo.processInfo.environment["CI"] != nil

  static let all: [RecordedSignature] = requests + documented + logins

  private static func json(_ name: String) -> Any? {
    guard let data = try? Data(contentsOf: folder.appending(path: name + ".json")) else {
      return nil
    }
    return try? JSONSerialization.jsonObject(with: data)
  }

  // MARK: Requests

  static let signedVenues = [
    "binance_spot", "binance_usdm", "deribit", "kraken_futures", "kraken_spot", "kucoin_futures",
    "kucoin_spot", "okx",
  ]

  private static var requests: [RecordedSignature] {
    signedVenues.flatMap { venue -> [RecordedSignature] in
      guard let file = json(venue) as? [String: Any],
        let vectors = file["vectors"] as? [[String: Any]],
        let credentials = file["credentials"] as? [String: String]
      else { return [] }
      return vectors.flatMap { vector -> [RecordedSignature] in
        guard let request = Request(vector) else { return [] }
        let name = vector["description"] as? String ?? ""
        return signed(request, venue: venue, credentials: credentials).map { found in
          var found = found
          found.name = name + found.name
          return found
        }
      }
    }
  }

  private struct Request {
    var method: String
    var path: String
    var query: String
    var headers: [String: String]
    var body: String
    /// Path and query as the first line of the request has them.
    var target: String { query.isEmpty ? path : path + "?" + query }

    init?(_ vector: [String: Any]) {
      guard let method = vector["http_method"] as? String, let address = vector["url"] as? String,
        let url = URL(string: address)
      else { return nil }
      self.method = method
      path = url.path(percentEncoded: true)
      query = url.query(percentEncoded: true) ?? ""
      headers = vector["headers"] as? [String: String] ?? [:]
      body = vector["body"] as? String ?? ""
    }
  }

  private static func signed(
    _ request: Request, venue: String, credentials: [String: String]
  ) -> [RecordedSignature] {
    let secret = credentials["secret"] ?? ""
    var result = RecordedSignature(
      venue: venue, name: "", algorithm: .hmacSHA256, secret: Array(secret.utf8), text: .base64,
      message: [], expected: "")
    switch venue {
    case "binance_spot", "binance_usdm":
      let text = request.body.isEmpty ? request.query : request.body
      guard let mark = text.range(of: "&signature=") else { return [] }
      result.text = .hex
      result.message = Array(text[..<mark.lowerBound].utf8)
      result.expected = String(text[mark.upperBound...])
    case "okx":
      let time = request.headers["OK-ACCESS-TIMESTAMP"] ?? ""
      result.message = Array((time + request.method + request.target + request.body).utf8)
      result.expected = request.headers["OK-ACCESS-SIGN"] ?? ""
    case "kucoin_spot", "kucoin_futures":
      let time = request.headers["KC-API-TIMESTAMP"] ?? ""
      result.message = Array((time + request.method + request.target + request.body).utf8)
      result.expected = request.headers["KC-API-SIGN"] ?? ""
      var phrase = result
      phrase.name = ", pass phrase"
      phrase.message = Array((credentials["password"] ?? "").utf8)
      phrase.expected = request.headers["KC-API-PASSPHRASE"] ?? ""
      return [result, phrase]
    case "kraken_spot":
      let nonce = request.body.prefix { $0 != "&" }.dropFirst("nonce=".count)
      result.algorithm = .hmacSHA512
      result.secret = Array(Data(base64Encoded: secret) ?? Data())
      result.message = Array(request.path.utf8) + sha256(Array((nonce + request.body).utf8))
      result.expected = request.headers["API-Sign"] ?? ""
    case "kraken_futures":
      let path = request.path.dropFirst("/derivatives".count)
      result.algorithm = .hmacSHA512
      result.secret = Array(Data(base64Encoded: secret) ?? Data())
      result.message = sha256(Array((request.query + request.body + path).utf8))
      result.expected = request.headers["Authent"] ?? ""
    case "deribit":
      var fields: [String: String] = [:]
      let line = request.headers["Authorization"]?.split(separator: " ").last ?? ""
      for part in line.split(separator: ",") {
        let pair = part.split(separator: "=", maxSplits: 1)
        fields[String(pair[0])] = String(pair[1])
      }
      let parts = [
        fields["ts"] ?? "", fields["nonce"] ?? "", request.method, request.target, request.body,
      ]
      result.text = .hex
      result.message = Array((parts.joined(separator: "\n") + "\n").utf8)
      result.expected = fields["sig"] ?? ""
    default: return []
    }
    return [result]
  }

  // MARK: Documented examples and log-ins

  private static var documented: [RecordedSignature] {
    (json("documented_examples") as? [[String: String]] ?? []).map { example in
      let venue = example["venue"] ?? ""
      let secret = example["secret"] ?? ""
      if let payload = example["payload"] {
        return RecordedSignature(
          venue: venue, name: "documentation", algorithm: .hmacSHA256, secret: Array(secret.utf8),
          text: .hex, message: Array(payload.utf8), expected: example["signature"] ?? "")
      }
      let data = (example["nonce"] ?? "") + (example["post_data"] ?? "")
      return RecordedSignature(
        venue: venue, name: "documentation", algorithm: .hmacSHA512,
        secret: Array(Data(base64Encoded: secret) ?? Data()), text: .base64,
        message: Array((example["path"] ?? "").utf8) + sha256(Array(data.utf8)),
        expected: example["signature"] ?? "")
    }
  }

  private static var logins: [RecordedSignature] {
    (json("ws_login") as? [[String: Any]] ?? []).compactMap { login in
      let venue = login["venue"] as? String ?? ""
      let credentials = login["credentials"] as? [String: String] ?? [:]
      let message = login["login_message"] as? [String: Any] ?? [:]
      var result = RecordedSignature(
        venue: venue, name: "log-in", algorithm: .hmacSHA256,
        secret: Array((credentials["secret"] ?? "").utf8), text: .base64, message: [], expected: "")
      if let arguments = (message["args"] as? [[String: String]])?.first {
        let time = arguments["timestamp"] ?? ""
        result.message = Array((time + "GET/users/self/verify").utf8)
        result.expected = arguments["sign"] ?? ""
      } else if let fields = message["params"] as? [String: Any] {
        let time = fields["timestamp"] as? Int ?? 0
        let nonce = fields["nonce"] as? String ?? ""
        let data = fields["data"] as? String ?? ""
        result.text = .hex
        result.message = Array("\(time)\n\(nonce)\n\(data)".utf8)
        result.expected = fields["signature"] as? String ?? ""
      } else {
        return nil
      }
      return result
    }
  }
}

@Suite struct RecordedSignatureTests {
  @Test(.enabled(if: RecordedSignature.areThere, "no ../shared/data")) func allAreThere() {
    for venue in RecordedSignature.signedVenues {
      #expect(RecordedSignature.all.count { $0.venue == venue } >= 8, "\(venue)")
    }
    #expect(RecordedSignature.all.count { $0.name == "documentation" } == 2)
    #expect(RecordedSignature.all.count { $0.name == "log-in" } == 2)
  }

  @Test(arguments: RecordedSignature.all) func signsTheSame(vector: RecordedSignature) throws {
    let signer = try MessageSigner(vector.algorithm, key: vector.secret)
    #expect(signer.text(vector.message, as: vector.text) == vector.expected)
  }
}
