import Foundation
import Testing

@testable import Credentials

/// A directory that goes with the value.
final class Scratch {
  let directory: String

  init() {
    var template = Array((NSTemporaryDirectory() + "/credentials.XXXXXX").utf8CString)
    directory = String(cString: mkdtemp(&template))
  }

  func path(_ name: String) -> String { directory + "/" + name }

  deinit { try? FileManager.default.removeItem(atPath: directory) }
}

extension KeyDerivationCost {
  /// The least that Argon2id does, for tests that derive a key hundreds of times.
  static let small = KeyDerivationCost(operations: 1, memoryByteCount: 8192)
}

@Suite struct SecretsFileTests {
  private let scratch = Scratch()
  private let phrase = SecretBytes("correct horse")
  private var file: SecretsFile { SecretsFile(path: scratch.path("secrets")) }

  private func mistake(_ body: () throws(SecretsFileError) -> Void) -> SecretsFileError? {
    do throws(SecretsFileError) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private func bytes() throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: file.path)))
  }

  private func put(_ bytes: [UInt8], mode: mode_t = 0o600) throws {
    try Data(bytes).write(to: URL(filePath: file.path))
    chmod(file.path, mode)
  }

  private func expectEqual(_ one: Credential, _ other: Credential) {
    #expect(one.name == other.name)
    #expect(one.venue == other.venue)
    #expect(one.kind == other.kind)
    #expect(one.apiKey == other.apiKey)
    #expect(one.secret.isEqual(to: other.secret))
    #expect(one.passphrase?.array == other.passphrase?.array)
    #expect(one.subAccount == other.subAccount)
  }

  // MARK: Round trips

  @Test func keepsEveryField() throws {
    let all = [
      try sample(), try sample(name: "two", subAccount: "desk ä"),
      try sample(venue: "another", secret: GeneratedKey("RSA", bits: 2048).pem),
      try sample(venue: "a-third", secret: GeneratedKey("ED25519").pem),
      try Credential(venue: "b", apiKey: "k", secret: SecretBytes("s")),
    ]
    try file.write(all, passphrase: phrase, cost: .interactive)
    let read = try file.read(passphrase: phrase)
    #expect(read.count == all.count)
    for (one, other) in zip(all, read) { expectEqual(one, other) }
    try file.write([], passphrase: phrase, cost: .small)
    #expect(try file.read(passphrase: phrase).isEmpty)
  }

  @Test func setsAndRemoves() throws {
    #expect(try !file.set(sample(), passphrase: phrase, cost: .small))
    #expect(try !file.set(sample(name: "two"), passphrase: phrase, cost: .small))
    #expect(try !file.set(sample(venue: "another"), passphrase: phrase, cost: .small))
    #expect(try file.set(sample(secret: "changed"), passphrase: phrase, cost: .small))
    var all = try file.read(passphrase: phrase)
    #expect(all.map(\.name) == ["default", "two", "default"])
    #expect(all[0].secret.array == Array("changed".utf8))
    #expect(
      try file.remove(venue: "some-venue", name: "two", passphrase: phrase, cost: .small))
    #expect(
      try !file.remove(venue: "some-venue", name: "two", passphrase: phrase, cost: .small))
    all = try file.read(passphrase: phrase)
    #expect(all.map(\.venue) == ["some-venue", "another"])
  }

  @Test func nothingOfItIsInTheClear() throws {
    try file.write([sample()], passphrase: phrase, cost: .small)
    let first = try bytes()
    let text = String(decoding: first, as: UTF8.self)
    for part in [plainSecret, plainKey, plainPhrase, "some-venue", "default"] {
      #expect(!text.contains(part))
    }
    // A fresh salt and nonce each time: nothing behind them is the same.
    try file.write([sample()], passphrase: phrase, cost: .small)
    let second = try bytes()
    #expect(first[..<32] == second[..<32])
    #expect(first[32..<48] != second[32..<48])
    #expect(first[48..<72] != second[48..<72])
    #expect(first[128...] != second[128...])
  }

  // MARK: Damage

  @Test func wrongPassphraseIsToldApart() throws {
    try file.write([sample()], passphrase: phrase, cost: .small)
    for wrong in ["correct horsf", "correct hors", "correct horse "] {
      #expect(
        mistake { () throws(SecretsFileError) in _ = try file.read(passphrase: SecretBytes(wrong)) }
          == .wrongPassphrase(path: file.path))
    }
    #expect(
      mistake { () throws(SecretsFileError) in _ = try file.read(passphrase: SecretBytes("")) }
        == .emptyPassphrase)
  }

  @Test func everyFlippedByteIsFound() throws {
    try file.write([sample(), sample(name: "two")], passphrase: phrase, cost: .small)
    let good = try bytes()
    for index in good.indices {
      var bad = good
      bad[index] ^= 1 << UInt8(index % 8)
      let found = mistake { () throws(SecretsFileError) in
        _ = try SecretsFormat.opened(bad, passphrase: phrase, path: "f")
      }
      let expected: SecretsFileError =
        switch index {
        case 0..<8: .notSecretsFile(path: "f")
        case 8..<12:
          .unknownVersion(path: "f", version: 1 ^ (1 << UInt32(index % 8 + 8 * (index - 8))))
        case 12..<128: .damagedHeader(path: "f")
        default: .damagedBody(path: "f")
        }
      #expect(found == expected, "byte \(index)")
    }
  }

  /// Whoever sets the header's sum right again is found out by the pass phrase's proof, or by the
  /// encryption, which covers the header too.
  @Test func everyForgedHeaderIsFound() throws {
    try file.write([sample()], passphrase: phrase, cost: .small)
    let good = try bytes()
    for index in 12..<112 {
      var bad = good
      bad[index] ^= 1
      SecretsFormat.resum(&bad)
      let found = mistake { () throws(SecretsFileError) in
        _ = try SecretsFormat.opened(bad, passphrase: phrase, path: "f")
      }
      #expect(found != nil, "byte \(index)")
      if (32..<72).contains(index) || (80..<112).contains(index) {
        #expect(found == .wrongPassphrase(path: "f"), "byte \(index)")
      }
    }
  }

  @Test func everyCutIsFound() throws {
    try file.write([sample()], passphrase: phrase, cost: .small)
    let good = try bytes()
    for count in 0..<good.count {
      let found = mistake { () throws(SecretsFileError) in
        _ = try SecretsFormat.opened(Array(good[..<count]), passphrase: phrase, path: "f")
      }
      let expected: SecretsFileError =
        count < 8
        ? .notSecretsFile(path: "f")
        : .wrongLength(path: "f", byteCount: count, expected: count < 144 ? 144 : good.count)
      #expect(found == expected, "\(count) bytes")
    }
    #expect(
      mistake { () throws(SecretsFileError) in
        _ = try SecretsFormat.opened(good + [0], passphrase: phrase, path: "f")
      } == .wrongLength(path: "f", byteCount: good.count + 1, expected: good.count))
  }

  /// Bodies that the right key encrypted and that still do not hold what they should.
  @Test func everyCutBodyIsRefused() throws {
    let body = try SecretsBody.encoded([sample(), sample(name: "two")])
    for count in 0..<body.count {
      let cut = SecretBytes(array: Array(body.array[..<count]))
      let found = mistake { () throws(SecretsFileError) in
        _ = try SecretsBody.decoded(cut, path: "f")
      }
      #expect(found != nil, "\(count) bytes")
      #expect(!said(found as Any).contains(plainSecret))
    }
    for index in 0..<body.count {
      var bad = body.array
      bad[index] ^= 0x80
      _ = try? SecretsBody.decoded(SecretBytes(array: bad), path: "f")
    }
  }

  // MARK: The file itself

  @Test func modeIsSetAndChecked() throws {
    let before = umask(0)
    defer { umask(before) }
    try file.write([sample()], passphrase: phrase, cost: .small)
    var status = stat()
    #expect(stat(file.path, &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o600)
    for mode: mode_t in [0o640, 0o604, 0o620, 0o601, 0o666] {
      chmod(file.path, mode)
      #expect(
        mistake { () throws(SecretsFileError) in _ = try file.read(passphrase: phrase) }
          == .openToOthers(path: file.path, mode: UInt32(mode)))
    }
    chmod(file.path, 0o400)
    #expect(try file.read(passphrase: phrase).count == 1)
  }

  @Test func directoriesAreMadeForTheOwner() throws {
    let deep = SecretsFile(path: scratch.path("a/b/secrets"))
    #expect(!deep.exists)
    try deep.set(sample(), passphrase: phrase, cost: .small)
    #expect(deep.exists)
    var status = stat()
    #expect(stat(scratch.path("a/b"), &status) == 0)
    #expect(status.st_mode & 0o077 == 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path("a/b"))
    #expect(left == ["secrets"])
  }

  @Test func linksStay() throws {
    let real = SecretsFile(path: scratch.path("real"))
    try real.write([], passphrase: phrase, cost: .small)
    #expect(symlink("real", file.path) == 0)
    try file.set(sample(), passphrase: phrase, cost: .small)
    var status = stat()
    #expect(lstat(file.path, &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFLNK)
    #expect(try real.read(passphrase: phrase).count == 1)
  }

  @Test func othersThanFilesAreRefused() throws {
    func read() -> SecretsFileError? {
      mistake { () throws(SecretsFileError) in _ = try file.read(passphrase: phrase) }
    }
    #expect(read() == .notFound(path: file.path))
    #expect(
      mistake { () throws(SecretsFileError) in
        _ = try file.remove(venue: "v", name: "n", passphrase: phrase)
      } == .notFound(path: file.path))
    #expect(mkfifo(file.path, 0o600) == 0)
    #expect(read() == .notRegularFile(path: file.path))
    unlink(file.path)
    try put([UInt8](repeating: 0, count: SecretsFile.byteCountMax + 1))
    #expect(read() == .tooLarge(path: file.path, byteCountMax: SecretsFile.byteCountMax))
    try put([])
    #expect(read() == .notSecretsFile(path: file.path))
    try put(Array("[secrets]\nkey = 1\n".utf8))
    #expect(read() == .notSecretsFile(path: file.path))
  }

  /// A file that cannot be read is never written over.
  @Test func settingKeepsWhatItCannotRead() throws {
    try file.write([sample()], passphrase: phrase, cost: .small)
    let before = try bytes()
    let other = SecretBytes("another")
    let credential = try sample(name: "two")
    #expect(
      mistake { () throws(SecretsFileError) in
        try file.set(credential, passphrase: other, cost: .small)
      } == .wrongPassphrase(path: file.path))
    #expect(try bytes() == before)
  }

  @Test func costsAreKeptInTheHeader() throws {
    #expect(KeyDerivationCost.moderate.isAcceptable)
    #expect(KeyDerivationCost.moderate.memoryByteCount == 256 << 20)
    #expect(!KeyDerivationCost(operations: 1, memoryByteCount: 5 << 30).isAcceptable)
    #expect(!KeyDerivationCost(operations: 1000, memoryByteCount: 8192).isAcceptable)
    try file.write([], passphrase: phrase, cost: .small)
    let header = try bytes()
    #expect(header[16] == 1)
    #expect(header[24..<28] == [0, 0x20, 0, 0])
    // A header that asks for too much is refused before any memory is taken.
    var greedy = header
    greedy[30] = 1
    SecretsFormat.resum(&greedy)
    #expect(
      mistake { () throws(SecretsFileError) in
        _ = try SecretsFormat.opened(greedy, passphrase: phrase, path: "f")
      } == .damagedHeader(path: "f"))
  }

  @Test func usualPaths() {
    func path(_ variables: [String: String]) -> String? {
      SecretsFile.usualPath { variables[$0] }
    }
    #expect(path(["XDG_CONFIG_HOME": "/x", "HOME": "/h"]) == "/x/needletail/secrets")
    #expect(path(["XDG_CONFIG_HOME": "x", "HOME": "/h"]) == "/h/.config/needletail/secrets")
    #expect(path(["HOME": "/h"]) == "/h/.config/needletail/secrets")
    #expect(path([:]) == nil)
  }
}
