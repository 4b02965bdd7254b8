import Foundation
import Testing

@testable import Credentials

@Suite struct InputTests {
  /// A pipe that holds `text` and has no more to come.
  private func input(_ text: String, _ body: (SecretInput) throws -> Void) throws {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    _ = text.withCString { write(ends[1], $0, strlen($0)) }
    close(ends[1])
    defer { close(ends[0]) }
    try body(SecretInput(descriptor: ends[0]))
  }

  @Test func readsLineByLine() throws {
    try input("one\r\ntwo\n\nlast") { (input: SecretInput) throws in
      #expect(try input.line("a").array == Array("one".utf8))
      #expect(try input.line("b").array == Array("two".utf8))
      #expect(try input.line("c").count == 0)
      #expect(try input.line("d").array == Array("last".utf8))
      #expect(throws: SecretInputError.ended(what: "e")) { try input.line("e") }
    }
    try input(String(repeating: "x", count: SecretLine.byteCountMax + 1)) {
      (input: SecretInput) throws in
      #expect(throws: SecretInputError.tooLong(what: "a")) { try input.line("a") }
    }
  }

  @Test func readsWholeKeys() throws {
    let pem = GeneratedKey("ED25519").pem
    try input(pem + "next\n") { (input: SecretInput) throws in
      let read = try secretOrPEM("secret") {
        (what: String) throws(SecretInputError) -> SecretBytes in try input.line(what)
      }
      #expect(read.array == Array(pem.utf8))
      #expect(try input.line("next").array == Array("next".utf8))
    }
  }

  @Test func passphraseComesFromTheFirstPlaceThatHasOne() throws {
    try input("from descriptor\n") { (input: SecretInput) throws in
      let phrase = try FilePassphrase.read(from: input, variable: { _ in "no" }, isNew: false)
      #expect(phrase.array == Array("from descriptor".utf8))
    }
    let phrase = try FilePassphrase.read(
      from: nil, variable: { $0 == "NEEDLETAIL_PASSPHRASE" ? "from there" : nil }, isNew: true)
    #expect(phrase.array == Array("from there".utf8))
    try input("\n") { (input: SecretInput) throws in
      #expect(throws: SecretInputError.self) {
        try FilePassphrase.read(from: input, variable: { _ in nil }, isNew: false)
      }
    }
  }

  // MARK: At a terminal

  /// Types `keys` at a new terminal, and gives what was read and what was shown.
  private func typed(
    _ keys: String, isHidden: Bool
  ) throws -> (answer: Result<[UInt8], SecretInputError>, shown: String, isRestored: Bool) {
    // ioctl_tty(2): TIOCSPTLCK lets the other end be opened, TIOCGPTN tells its number.
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    defer { close(master) }
    var lock: Int32 = 0
    var number: UInt32 = 0
    let isReady =
      ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0
    try #require(isReady)
    let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    try #require(slave >= 0)
    defer { close(slave) }
    // What is typed before the question is echoed by the terminal itself, so it is silent before.
    var mode = termios()
    tcgetattr(slave, &mode)
    mode.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    tcsetattr(slave, TCSANOW, &mode)
    _ = keys.withCString { write(master, $0, strlen($0)) }
    let answer: Result<[UInt8], SecretInputError>
    do throws(SecretInputError) {
      answer = .success(
        try SecretTerminal(descriptor: slave).line("Secret", isHidden: isHidden).array)
    } catch {
      answer = .failure(error)
    }
    var after = termios()
    tcgetattr(slave, &after)
    // What is shown comes through piece by piece; the end of the line is the last of it.
    var shown = ""
    while !shown.unicodeScalars.contains("\n") {
      var room = [UInt8](repeating: 0, count: 4096)
      let count = read(master, &room, room.count)
      if count <= 0 { break }
      shown += String(decoding: room[..<count], as: UTF8.self)
    }
    return (answer, shown, after.c_lflag == mode.c_lflag)
  }

  @Test func secretsAreNotShown() throws {
    let result = try typed("hush\r", isHidden: true)
    #expect(try result.answer.get() == Array("hush".utf8))
    #expect(result.shown.hasPrefix("Secret: "))
    #expect(!result.shown.contains("hush"))
    #expect(result.isRestored)
  }

  @Test func otherAnswersAreShown() throws {
    let result = try typed("seen\r", isHidden: false)
    #expect(try result.answer.get() == Array("seen".utf8))
    #expect(result.shown.contains("seen"))
  }

  @Test func linesCanBeEdited() throws {
    #expect(try typed("ab\u{7F}cä\u{7F}d\r", isHidden: true).answer.get() == Array("acd".utf8))
    #expect(try typed("wrong\u{15}right\r", isHidden: true).answer.get() == Array("right".utf8))
    #expect(try typed("\u{7F}\u{7F}x\r", isHidden: true).answer.get() == Array("x".utf8))
  }

  @Test(arguments: ["abc\u{3}", "\u{4}"]) func interrupts(keys: String) throws {
    let result = try typed(keys, isHidden: true)
    #expect(throws: SecretInputError.interrupted) { try result.answer.get() }
    #expect(result.isRestored)
  }
}
