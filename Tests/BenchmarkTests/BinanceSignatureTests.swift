import Foundation
import Testing
import TradingModel

@testable import Venues

/// One of the recorded signatures: another implementation's, for made-up credentials.
struct SigningVector: CustomTestStringConvertible {
  let description: String
  let method: String
  let path: String
  let text: String
  let signature: String
  var testDescription: String { description }

  static let secret = "swtest-dev-secret-fedcba9876543210fedcba9876543210"
  static let account = BinanceAccount(
    apiKey: "swtest-dev-apikey-0123456789abcdef", secret: secret,
    clientOrderIDPrefix: "sw0rder00000000", receiveWindow: 10_000, responseType: "RESULT")

  /// `../shared/data/signing/binance_usdm.json`, beside the package.
  private static let file = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/data/signing/binance_usdm.json")

  /// Whether the recorded signatures are there; CI fails without them.
  static let areThere =
    FileManager.default.fileExists(atPath: file.path)
    || ProcessInfo.processInfo.environment["CI"] != nil

  static let all: [SigningVector] = {
    guard let data = try? Data(contentsOf: file),
      let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let vectors = object["vectors"] as? [[String: Any]]
    else { return [] }
    return vectors.compactMap(SigningVector.init)
  }()

  /// A vector whose request carries its signature last, in the body or the query.
  private init?(_ vector: [String: Any]) {
    guard let description = vector["description"] as? String,
      let method = vector["http_method"] as? String, let address = vector["url"] as? String,
      let url = URL(string: address)
    else { return nil }
    let signed = vector["body"] as? String ?? url.query(percentEncoded: true) ?? ""
    guard let mark = signed.range(of: "&signature=") else { return nil }
    self.description = description
    self.method = method
    path = url.path(percentEncoded: true)
    text = String(signed[..<mark.lowerBound])
    signature = String(signed[mark.upperBound...])
  }

  static func named(_ description: String) -> SigningVector? {
    all.first { $0.description == description }
  }
}

struct BinanceSignatureTests {
  /// What the signatures themselves are is tested with `Credentials`.
  @Test(.enabled(if: SigningVector.areThere, "no ../shared/data"))
  func vectorsAreThere() { #expect(SigningVector.all.count >= 8) }
}
