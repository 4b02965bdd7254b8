import Glibc

/// Why no secret could be read.
public enum SecretInputError: Error, Equatable, Sendable {
  /// The input ended before the line that was wanted; `what` names it.
  case ended(what: String)
  case tooLong(what: String)
  case system(what: String, reason: String)
  /// Control-C, or Control-D on an empty line.
  case interrupted
  /// There is no terminal to ask at.
  case noTerminal(what: String)
  case empty(what: String)
  /// A new pass phrase was not typed the same way twice.
  case different
}

extension SecretInputError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ended(let what): "the input ended where \(what) was expected"
    case .tooLong(let what): "\(what) has more than \(SecretLine.byteCountMax) bytes"
    case .system(let what, let reason): "reading \(what): \(reason)"
    case .interrupted: "interrupted"
    case .noTerminal(let what): "there is no terminal to ask for \(what)"
    case .empty(let what): "\(what) is empty"
    case .different: "the two pass phrases differ; nothing was changed"
    }
  }
}

/// Secret lines from a descriptor that is no terminal: standard input, or one that a parent process
/// opened. Reads no byte behind the line that it gives.
public struct SecretInput: Sendable {
  private let descriptor: Int32

  public init(descriptor: Int32) { self.descriptor = descriptor }

  /// The next line, without its end.
  ///
  /// - Parameter what: names it in errors.
  public func line(_ what: String) throws(SecretInputError) -> SecretBytes {
    var line = SecretLine()
    var isAtEnd = false
    while true {
      var byte: UInt8 = 0
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw .system(what: what, reason: String(cString: strerror(errno))) }
      if count == 0 {
        isAtEnd = true
        break
      }
      if byte == 0x0A { break }
      if byte != 0x0D, !line.append(byte) { throw .tooLong(what: what) }
    }
    if isAtEnd, line.count == 0 { throw .ended(what: what) }
    return line.bytes
  }
}

/// Questions at a terminal. Answers that are secret are not shown while they are typed.
public struct SecretTerminal: ~Copyable {
  private let descriptor: Int32
  private let isOwned: Bool

  /// The terminal that controls the process, whatever standard input is.
  ///
  /// - Throws: `.noTerminal`.
  public init(what: String) throws(SecretInputError) {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { throw .noTerminal(what: what) }
    descriptor = terminal
    isOwned = true
  }

  /// A terminal that somebody else opened and closes.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    isOwned = false
  }

  deinit { if isOwned { close(descriptor) } }

  /// Asks, and reads one line. While it is read the terminal is in a mode of its own; it is set
  /// right before this returns or throws.
  ///
  /// - Parameters:
  ///   - what: the question, without its colon.
  ///   - isHidden: whether nothing is shown of the answer.
  public func line(
    _ what: String, isHidden: Bool = true
  ) throws(SecretInputError) -> SecretBytes {
    var usual = termios()
    guard tcgetattr(descriptor, &usual) == 0 else { throw .noTerminal(what: what) }
    var mode = usual
    // Signals stay off too: Control-C comes as a byte, so the mode is always set right again.
    mode.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
    mode.c_iflag |= tcflag_t(ICRNL)
    guard tcsetattr(descriptor, TCSADRAIN, &mode) == 0 else { throw .noTerminal(what: what) }
    defer { tcsetattr(descriptor, TCSADRAIN, &usual) }
    show(what + ": ")
    var line = SecretLine()
    defer { show("\r\n") }
    while true {
      var byte: UInt8 = 0
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw .system(what: what, reason: String(cString: strerror(errno))) }
      if count == 0 { throw .ended(what: what) }
      switch byte {
      case 0x0A, 0x0D: return line.bytes
      case 0x03: throw .interrupted
      case 0x04:
        if line.count == 0 { throw .interrupted }
      case 0x08, 0x7F:
        if !isHidden, line.count > 0 { show("\u{8} \u{8}") }
        line.removeLast()
      case 0x15:
        if !isHidden {
          for _ in 0..<line.count { show("\u{8} \u{8}") }
        }
        line.removeAll()
      default:
        guard line.append(byte) else { throw .tooLong(what: what) }
        if !isHidden { write(descriptor, &byte, 1) }
      }
    }
  }

  /// Shows a line of text.
  public func tell(_ text: String) { show(text + "\r\n") }

  private func show(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
  }
}

/// One line, or all lines of a PEM block when the first one begins it.
public func secretOrPEM(
  _ what: String, line: (String) throws(SecretInputError) -> SecretBytes
) throws(SecretInputError) -> SecretBytes {
  let first = try line(what)
  guard first.withBytes({ $0.starts(with: "-----BEGIN".utf8) }) else { return first }
  var block = SecretLine()
  var next = first
  while true {
    guard block.append(line: next) else { throw .tooLong(what: what) }
    if next.withBytes({ $0.starts(with: "-----END".utf8) }) { return block.bytes }
    next = try line("the rest of the PEM key")
  }
}
