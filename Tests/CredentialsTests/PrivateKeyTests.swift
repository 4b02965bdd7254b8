import CAllocationCount
import COpenSSL
import Testing

@testable import Credentials

@Suite struct PrivateKeyTests {
  static let message = Array("timestamp=1754000000123&symbol=BTCUSDT".utf8)

  private func signer(_ pem: String) throws -> MessageSigner {
    try MessageSigner(pem: SecretBytes(pem))
  }

  @Test(arguments: [false, true]) func rsa(isTraditional: Bool) throws {
    let key = GeneratedKey("RSA", bits: 2048, isTraditional: isTraditional)
    #expect(key.pem.hasPrefix(isTraditional ? "-----BEGIN RSA" : "-----BEGIN PRIVATE"))
    let signer = try signer(key.pem)
    #expect(signer.algorithm == .rsaSHA256)
    #expect(signer.byteCount == 256)
    let first = signer.signature(Self.message)
    #expect(key.verifies(first, of: Self.message))
    #expect(signer.signature(Self.message) == first)
    #expect(!key.verifies(first, of: Self.message + [0]))
  }

  @Test func longRSA() throws {
    let key = GeneratedKey("RSA", bits: 4096)
    let signer = try signer(key.pem)
    #expect(signer.byteCount == 512)
    #expect(key.verifies(signer.signature(Self.message), of: Self.message))
  }

  @Test(arguments: [false, true]) func ecdsa(isTraditional: Bool) throws {
    let key = GeneratedKey("EC", curve: "P-256", isTraditional: isTraditional)
    let signer = try signer(key.pem)
    #expect(signer.algorithm == .ecdsaP256)
    #expect(signer.byteCount == 64)
    // Often enough that a number with a leading zero is among them.
    for _ in 0..<400 {
      let signature = signer.signature(Self.message)
      #expect(key.verifies(sequence(signature), of: Self.message))
    }
  }

  @Test func ed25519() throws {
    let key = GeneratedKey("ED25519")
    let signer = try signer(key.pem)
    #expect(signer.algorithm == .ed25519)
    #expect(key.verifies(signer.signature(Self.message), of: Self.message, hashes: false))
  }

  /// OpenSSL's form of the two numbers.
  private func sequence(_ numbers: [UInt8]) -> [UInt8] {
    var body: [UInt8] = []
    for half in [numbers[..<32], numbers[32...]] {
      var number = Array(half.drop { $0 == 0 })
      if number.first.map({ $0 >= 0x80 }) ?? true { number.insert(0, at: 0) }
      body += [2, UInt8(number.count)] + number
    }
    return [0x30, UInt8(body.count)] + body
  }

  // MARK: Keys that will not do

  private func refusal(_ pem: String, expected: SignatureAlgorithm? = nil) -> SigningKeyError? {
    do throws(SigningKeyError) {
      _ = try MessageSigner(pem: SecretBytes(pem), expected: expected)
      return nil
    } catch {
      return error
    }
  }

  @Test func refusesByName() {
    let rsa = GeneratedKey("RSA", bits: 2048)
    #expect(refusal("") == .empty)
    #expect(refusal("swtest-dev-secret") == .notPEM)
    #expect(refusal("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n") == .notPEM)
    #expect(refusal(String(rsa.pem.dropLast(200))) == .notPEM)
    #expect(refusal(rsa.locked()) == .encryptedPEM)
    #expect(
      refusal(rsa.pem, expected: .ed25519)
        == .otherAlgorithm(expected: .ed25519, found: .rsaSHA256))
    #expect(
      refusal(GeneratedKey("RSA", bits: 1024).pem) == .shortRSAKey(bits: 1024, minimum: 2048))
    #expect(refusal(GeneratedKey("EC", curve: "P-384").pem) == .unsupportedKey)
    #expect(refusal(GeneratedKey("X25519").pem) == .unsupportedKey)
  }

  @Test func refusesSecrets() {
    #expect(throws: SigningKeyError.empty) {
      _ = try MessageSigner(.hmacSHA512, secret: SecretBytes(""))
    }
    #expect(throws: SigningKeyError.seedLength(31)) {
      _ = try MessageSigner(ed25519Seed: SecretBytes(array: [UInt8](repeating: 1, count: 31)))
    }
    for text in ["no base64!", "Zg=", "Zg", "Zg==x", ""] {
      #expect(throws: SigningKeyError.notBase64) { try SecretBytes(text).decodedBase64() }
    }
  }

  /// No error tells anything of the text it came from.
  @Test func errorsAreSilentAboutKeys() {
    let rsa = GeneratedKey("RSA", bits: 1024)
    let lines = rsa.pem.split(separator: "\n").dropFirst().dropLast()
    for text in [rsa.pem, rsa.locked(), String(rsa.pem.dropLast(200)), lines.joined()] {
      let said = refusal(text).map { "\($0) \(String(reflecting: $0))" } ?? ""
      #expect(!said.isEmpty)
      for line in lines { #expect(!said.contains(line)) }
    }
  }

  /// A key put together from two: what it signs does not verify.
  @Test func refusesMixedKeys() throws {
    // SEC 1: version, 32 bytes of key, the curve's name, and another key's point.
    let one = GeneratedKey("EC", curve: "P-256", isTraditional: true)
    let two = GeneratedKey("EC", curve: "P-256", isTraditional: true)
    func der(_ key: GeneratedKey) throws -> [UInt8] {
      let body = key.pem.split(separator: "\n").dropFirst().dropLast().joined()
      return try SecretBytes(body).decodedBase64().array
    }
    let mixed = try Array(der(one)[..<39]) + Array(der(two)[39...])
    var room = [UInt8](repeating: 0, count: SignatureText.base64.byteCountMax(of: mixed.count))
    let count = mixed.withUnsafeBytes { bytes in
      room.withUnsafeMutableBytes { SignatureText.base64.write(bytes, to: $0.baseAddress!) }
    }
    let body = String(decoding: room[..<count], as: UTF8.self)
    let error = refusal("-----BEGIN EC PRIVATE KEY-----\n\(body)\n-----END EC PRIVATE KEY-----\n")
    #expect(error == .inconsistentKey || error == .notPEM)
  }

  // MARK: Memory

  @Test(arguments: [SignatureAlgorithm.hmacSHA256, .hmacSHA384, .hmacSHA512, .ed25519])
  func signsWithoutAllocating(algorithm: SignatureAlgorithm) throws {
    let key = [UInt8](repeating: 7, count: 32)
    let signer =
      try algorithm.isHMAC
      ? MessageSigner(algorithm, key: key)
      : MessageSigner(ed25519Seed: SecretBytes(array: key))
    var room = [UInt8](repeating: 0, count: 1024)
    var calls: UInt64 = 0
    var allocated: UInt64 = 0
    Self.message.withUnsafeBytes { message in
      room.withUnsafeMutableBytes { room in
        let place = room.baseAddress!
        // The first round sets up what is set up once; loops over arrays would allocate here.
        for round in 0..<100 {
          if round == 1 { callocation_count_start() }
          signer.sign(message, into: place)
          signer.sign(message, as: .hex, into: place)
          signer.sign(message, as: .base64, into: place)
          signer.sign(message, as: .base64url, into: place)
          signer.sign(message, as: .percentEncodedBase64, into: place)
        }
        callocation_count_stop(&calls, &allocated)
      }
    }
    #expect(calls == 0)
    #expect(allocated == 0)
  }
}
