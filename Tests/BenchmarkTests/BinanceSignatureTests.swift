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
  @Test(.enabled(if: SigningVector.areThere, "no ../shared/data"))
  func vectorsAreThere() { #expect(SigningVector.all.count >= 8) }

  @Test(arguments: SigningVector.all)
  func signsAsRecorded(vector: SigningVector) {
    let signer = MessageSigner(key: Array(SigningVector.secret.utf8))
    #expect(signature(signer, Array(vector.text.utf8)) == vector.signature)
  }

  /// RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
  @Test func signsAsTheStandardSays() {
    let cases: [([UInt8], String, String)] = [
      (
        [UInt8](repeating: 0x0B, count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        Array("Jefe".utf8), "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0xAA, count: 131),
        "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ]
    for (key, text, expected) in cases {
      #expect(signature(MessageSigner(key: key), Array(text.utf8)) == expected)
    }
  }

  private func signature(_ signer: MessageSigner, _ text: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: MessageSigner.byteCount)
    text.withUnsafeBytes { text in
      digest.withUnsafeMutableBytes { signer.sign(text, into: $0.baseAddress!) }
    }
    return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
