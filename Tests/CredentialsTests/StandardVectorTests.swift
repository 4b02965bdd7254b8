import Testing

@testable import Credentials

/// Examples printed in the standards.
@Suite struct StandardVectorTests {
  struct HMACCase: Sendable, CustomTestStringConvertible {
    var name: String
    var key: [UInt8]
    var message: [UInt8]
    var sha256: String
    var sha384: String
    var sha512: String
    var testDescription: String { name }
  }

  /// RFC 4231, test cases 1, 2, 3, 6 (a key longer than any block).
  static let hmacCases = [
    HMACCase(
      name: "1", key: [UInt8](repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
      sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      sha384: "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
        + "faea9ea9076ede7f4af152e8b2fa9cb6",
      sha512: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"),
    HMACCase(
      name: "2", key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
      sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      sha384: "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
        + "8e2240ca5e69e2c78b3239ecfab21649",
      sha512: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
    HMACCase(
      name: "3", key: [UInt8](repeating: 0xAA, count: 20),
      message: [UInt8](repeating: 0xDD, count: 50),
      sha256: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
      sha384: "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
        + "2a5ab39dc13814b94e3ab6e101a34f27",
      sha512: "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
        + "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"),
    HMACCase(
      name: "6", key: [UInt8](repeating: 0xAA, count: 131),
      message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      sha384: "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
        + "0c2ef6ab4030fe8296248df163f44952",
      sha512: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"),
  ]

  @Test(arguments: hmacCases) func hmac(_ example: HMACCase) throws {
    let short = try MessageSigner(.hmacSHA256, key: example.key)
    #expect(short.text(example.message) == example.sha256)
    // A signer signs as often as it is asked.
    #expect(short.text(example.message) == example.sha256)
    let middle = try MessageSigner(.hmacSHA384, key: example.key)
    #expect(middle.text(example.message) == example.sha384)
    let long = try MessageSigner(.hmacSHA512, key: example.key)
    #expect(long.text(example.message) == example.sha512)
  }

  /// RFC 8032, section 7.1, tests 1, 2, 3 and SHA(abc).
  @Test(arguments: [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
    (
      "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
    ),
  ])
  func ed25519(seed: String, message: String, expected: String) throws {
    let signer = try MessageSigner(ed25519Seed: SecretBytes(array: bytes(hex: seed)))
    #expect(signer.text(bytes(hex: message)) == expected)
    // The same seed in PKCS#8 (RFC 8410, section 7): a fixed beginning, then the seed.
    let der = bytes(hex: "302e020100300506032b657004220420" + seed)
    let fromPEM = try MessageSigner(pem: SecretBytes(pem(der)), expected: .ed25519)
    #expect(fromPEM.text(bytes(hex: message)) == expected)
  }

  /// FIPS 180-4's "abc", by the NIST example values.
  @Test func digests() {
    #expect(
      hex(sha256(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hex(sha512(Array("abc".utf8)))
        == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
  }

  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func base64(plain: String, expected: String) throws {
    #expect(spelled(Array(plain.utf8), .base64) == expected)
    let bare = expected.filter { $0 != "=" }
    #expect(spelled(Array(plain.utf8), .base64url) == bare)
    let escaped = bare + String(repeating: "%3D", count: expected.count - bare.count)
    #expect(spelled(Array(plain.utf8), .percentEncodedBase64) == escaped)
    if !plain.isEmpty {
      #expect(try SecretBytes(expected).decodedBase64().array == Array(plain.utf8))
    }
  }

  /// Every byte at every place of a word, and texts that end within one.
  @Test func everyByteInHex() {
    let all = (0...255).map { UInt8($0) }
    for start in 0..<4 {
      #expect(spelled(Array(all[start...]), .hex) == hex(Array(all[start...])))
    }
  }

  /// The bytes may lie at the end of the room for their own text.
  @Test(arguments: SignatureText.allCases) func spellsTowardsItself(text: SignatureText) {
    for count in 1..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 0xFB &* ($0 + 1) ^ 0xFF) }
      let most = text.byteCountMax(of: count)
      var room = [UInt8](repeating: 0, count: most - count) + bytes
      let length = room.withUnsafeMutableBytes { room in
        text.write(UnsafeRawBufferPointer(rebasing: room[(most - count)...]), to: room.baseAddress!)
      }
      #expect(String(decoding: room[..<length], as: UTF8.self) == spelled(bytes, text))
    }
    let marks = [UInt8](repeating: 0xFF, count: 64)
    var room = [UInt8](repeating: 0, count: text.byteCountMax(of: 64) - 64) + marks
    let length = room.withUnsafeMutableBytes { room in
      text.write(
        UnsafeRawBufferPointer(rebasing: room[(room.count - 64)...]), to: room.baseAddress!)
    }
    #expect(String(decoding: room[..<length], as: UTF8.self) == spelled(marks, text))
  }

  @Test func lastLettersOfBase64() {
    let all: [UInt8] = [0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFF]
    #expect(spelled(all, .base64) == "++++////")
    #expect(spelled(all, .base64url) == "----____")
    #expect(spelled(all, .percentEncodedBase64) == "%2B%2B%2B%2B%2F%2F%2F%2F")
    #expect(spelled(all, .hex) == "fbefbeffffff")
  }

  private func spelled(_ bytes: [UInt8], _ text: SignatureText) -> String {
    var room = [UInt8](repeating: 0, count: max(1, text.byteCountMax(of: bytes.count)))
    let count = bytes.withUnsafeBytes { bytes in
      room.withUnsafeMutableBytes { text.write(bytes, to: $0.baseAddress!) }
    }
    return String(decoding: room[..<count], as: UTF8.self)
  }

  private func pem(_ der: [UInt8]) -> String {
    "-----BEGIN PRIVATE KEY-----\n" + spelled(der, .base64) + "\n-----END PRIVATE KEY-----\n"
  }
}
