import CPlatform
import Glibc

/// What is known of a terminal, or of its absence.
public struct Terminal: Sendable, Equatable {
  /// Whether the descriptor is a terminal.
  public var isTerminal: Bool
  /// Whether colour is wanted: a terminal, `NO_COLOR` not set, `TERM` not `dumb`.
  public var hasColour: Bool
  /// Whether lines can be drawn over: a terminal, and `TERM` not `dumb`.
  public var hasScreen: Bool

  private let descriptor: Int32

  /// Looks at `descriptor` (1 is standard output, 2 standard error) and the environment.
  public init(descriptor: Int32 = STDOUT_FILENO) {
    self.descriptor = descriptor
    let isDumb = Self.environment("TERM") == "dumb"
    isTerminal = isatty(descriptor) == 1
    hasScreen = isTerminal && !isDumb
    hasColour = hasScreen && (Self.environment("NO_COLOR") ?? "").isEmpty
  }

  /// Columns and rows now; 80 and 24 where they are not known.
  public var size: (columns: Int, rows: Int) {
    var columns: Int32 = 80
    var rows: Int32 = 24
    if !cplatform_terminal_size(descriptor, &columns, &rows) { return (80, 24) }
    return (Int(columns), Int(rows))
  }

  /// A variable of the environment.
  public static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

/// The escape sequences of a live screen (ECMA-48).
public enum Escape {
  /// Cursor to the first column of the first row.
  public static let home = "\u{1B}[H"
  /// Clears from the cursor to the end of its line.
  public static let clearLine = "\u{1B}[K"
  /// Clears from the cursor to the end of the screen.
  public static let clearBelow = "\u{1B}[J"
  /// Clears all of the screen; the cursor stays.
  public static let clearScreen = "\u{1B}[2J"
  /// Hides the cursor.
  public static let hideCursor = "\u{1B}[?25l"
  /// Shows the cursor.
  public static let showCursor = "\u{1B}[?25h"
  /// Goes to the alternate screen; what was shown is kept.
  public static let enterScreen = "\u{1B}[?1049h"
  /// Goes back from the alternate screen.
  public static let leaveScreen = "\u{1B}[?1049l"
  /// Ends colour and weight.
  public static let reset = "\u{1B}[0m"
  /// Bold from here on.
  public static let bold = "\u{1B}[1m"
  /// Dim from here on.
  public static let dim = "\u{1B}[2m"
  /// Red from here on.
  public static let red = "\u{1B}[31m"
  /// Green from here on.
  public static let green = "\u{1B}[32m"
  /// Yellow from here on.
  public static let yellow = "\u{1B}[33m"
  /// Cyan from here on.
  public static let cyan = "\u{1B}[36m"
}

/// A screen drawn again and again on a terminal. While the value lives the cursor is hidden and the
/// alternate screen shown; both are set right when it ends, and when a second signal ends the
/// process.
public struct LiveScreen: ~Copyable {
  private let descriptor: Int32
  private let terminal: Terminal

  /// Takes the terminal at `descriptor` over.
  public init(descriptor: Int32 = STDOUT_FILENO) {
    self.descriptor = descriptor
    terminal = Terminal(descriptor: descriptor)
    cplatform_set_exit_text(Escape.reset + Escape.showCursor + Escape.leaveScreen)
    writeText(Escape.enterScreen + Escape.hideCursor + Escape.clearScreen, to: descriptor)
  }

  deinit {
    writeText(Escape.reset + Escape.showCursor + Escape.leaveScreen, to: descriptor)
    cplatform_set_exit_text("")
  }

  /// Shows `lines` in place of what was there; those that do not fit in the height are left out.
  /// A line's own width is the caller's care.
  public func draw(_ lines: [String]) {
    var text = Escape.home
    for (index, line) in lines.prefix(terminal.size.rows).enumerated() {
      if index > 0 { text += "\r\n" }
      text += line + Escape.clearLine
    }
    writeText(text + Escape.clearBelow, to: descriptor)
  }
}

/// Writes all of `text`, or as much as the descriptor takes before an error. Returns whether it was
/// all.
@discardableResult
public func writeText(_ text: String, to descriptor: Int32) -> Bool {
  var text = text
  return text.withUTF8 { bytes in
    var start = 0
    while start < bytes.count {
      let count = write(descriptor, bytes.baseAddress! + start, bytes.count - start)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      start += count
    }
    return true
  }
}
