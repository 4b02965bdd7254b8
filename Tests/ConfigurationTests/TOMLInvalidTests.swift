import Configuration
import Testing

/// What TOML 1.0 refuses, with the place and the words of the refusal.
@Suite struct TOMLInvalidTests {
  /// A document, `LINE:COLUMN`, and a part of the message.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var document: String
    var place: String
    var part: String

    init(_ document: String, _ place: String, _ part: String) {
      self.document = document
      self.place = place
      self.part = part
    }

    var testDescription: String { document.debugDescription }
  }

  private func check(_ refusal: Refusal) {
    guard let error = mistake(Array(refusal.document.utf8)) else {
      Issue.record("was taken")
      return
    }
    #expect("\(error.place)" == refusal.place, "\(error)")
    #expect("\(error)".contains(refusal.part), "\(error)")
  }

  @Test(arguments: [
    Refusal("key = # nothing", "1:7", "expected a value, found '#'"),
    Refusal("key =", "1:6", "found the end of the document"),
    Refusal("key =\n1", "1:6", "found the end of the line"),
    Refusal("first = 1 second = 2", "1:11", "expected the end of the line, found 's'"),
    Refusal("= 1", "1:1", "expected a key"),
    Refusal("key", "1:4", "expected '.' or '='"),
    Refusal("a b = 1", "1:3", "expected '.' or '='"),
    Refusal("a..b = 1", "1:3", "expected a key behind the dot"),
    Refusal("a. = 1", "1:4", "expected a key behind the dot"),
    Refusal(".a = 1", "1:1", "expected a key"),
    Refusal("é = 1", "1:1", "expected a key, found 'é'"),
    Refusal("a = 1\na = 2", "2:1", "the key 'a' stands already at 1:1"),
    Refusal("a = 1\n\"a\" = 2", "2:1", "'a' stands already"),
    Refusal("a.b = 1\na.b = 2", "2:3", "'a.b' stands already at 1:3"),
    Refusal("a = 1\na.b = 2", "2:1", "'a' is an integer at 1:1 and takes nothing more"),
    Refusal("a.b = 1\na = 2", "2:1", "'a' stands already at 1:1"),
    Refusal("\"\"\"a\"\"\" = 1", "1:3", "expected '.' or '='"),
    Refusal("\"a\n\" = 1", "1:3", "the string begun at 1:1 has no end"),
    Refusal("a = yes", "1:5", "found 'yes'"),
    Refusal("a = True", "1:5", "found 'True'"),
    Refusal("\u{feff}a = 1", "1:1", "expected a key"),
  ])
  func keysAndLines(refusal: Refusal) { check(refusal) }

  @Test(arguments: [
    Refusal("a = \"open", "1:10", "the string begun at 1:5 has no end"),
    Refusal("a = 'open\n'", "1:10", "the string begun at 1:5 has no end"),
    Refusal("a = \"\"\"open\"\"\n", "2:1", "the string begun at 1:5 has no end"),
    Refusal("a = '''open''\n", "2:1", "the string begun at 1:5 has no end"),
    Refusal("a = \"\"\"x\"\"\"\"\"\"", "1:14", "expected the end of the line"),
    Refusal("a = '''x''''''", "1:14", "expected the end of the line"),
    Refusal(#"a = "\q""#, "1:6", #"'\q' is no escape"#),
    Refusal(#"a = "\é""#, "1:6", #"'\é' is no escape"#),
    Refusal(#"a = "\e""#, "1:6", #"'\e' is no escape"#),
    Refusal(#"a = "\x41""#, "1:6", #"'\x' is no escape"#),
    Refusal("a = \"\\\n\"", "1:6", #"'\' is no escape"#),
    Refusal("a = \"\"\"\\ x\"\"\"", "1:8", #"'\ ' is no escape"#),
    Refusal("a = \"\\", "1:6", #"'\' is no escape"#),
    Refusal(#"a = "\u12""#, "1:10", "expected 4 hexadecimal digits"),
    Refusal(#"a = "\U0001F60""#, "1:15", "expected 8 hexadecimal digits"),
    Refusal(#"a = "\uD800""#, "1:6", #"'\uD800' is no Unicode character"#),
    Refusal(#"a = "\uDFFF""#, "1:6", "is no Unicode character"),
    Refusal(#"a = "\U00110000""#, "1:6", "is no Unicode character"),
    Refusal(#"a = "\UFFFFFFFF""#, "1:6", "is no Unicode character"),
    Refusal("a = \"\u{0}\"", "1:6", "the control character 0x00"),
    Refusal("a = '\u{7f}'", "1:6", "the control character 0x7F"),
    Refusal("a = \"\"\"\u{1f}\"\"\"", "1:8", "the control character 0x1F"),
    Refusal("a = '''\u{b}'''", "1:8", "the control character 0x0B"),
    Refusal("# \u{1}", "1:3", "the control character 0x01"),
    Refusal("# a\rb = 1", "1:4", "a carriage return must be followed by a line feed"),
    Refusal("a = 1\rb = 2", "1:6", "a carriage return must be followed by a line feed"),
    Refusal("a = \"\"\"x\ry\"\"\"", "1:9", "a carriage return must be followed by a line feed"),
    Refusal("\u{0}", "1:1", "the control character 0x00"),
  ])
  func strings(refusal: Refusal) { check(refusal) }

  @Test(arguments: [
    "01", "+01", "-00", "1__0", "_1", "1_", "0x", "0xG", "0x_1", "0x1_", "0x1__2", "+0x1",
    "-0b1", "0X1", "0O7", "0B1", "0o8", "0b2", "0_1", "1.", ".5", "1.e5", "1e", "1e+", "1._5",
    "1_.5", "1.5_", "1e_5", "1e5_", "01.5", "1.2.3", "1e5.5", "+", "-", "++1", "+-1", "1a",
    "Inf", "NaN", "+Inf", "infinity", "inf_", "0b", "0o", "1,000", "--1", "0xinf",
  ])
  func numbers(text: String) throws {
    let error = try #require(mistake(Array("x = \(text)".utf8)))
    #expect(error.place.line == 1 && error.place.column >= 5)
  }

  @Test(arguments: [
    "9223372036854775808", "-9223372036854775809", "0x8000000000000000",
    "99999999999999999999999999", "0xffffffffffffffffff",
  ])
  func integersBeyond64Bits(text: String) throws {
    let error = try #require(mistake(Array("x = \(text)".utf8)))
    #expect(error.problem == .integerOutOfRange(text))
  }

  @Test(arguments: [
    "1979-5-27", "1979-05-7", "1979-13-01", "1979-00-01", "1979-02-29", "1900-02-29",
    "1979-04-31", "1979-05-00", "1979-05-27T", "1979-05-27T07", "1979-05-27T07:32",
    "1979-05-27T24:00:00", "1979-05-27T07:60:00", "1979-05-27T07:32:61", "07:32", "7:32:00",
    "07:32:00.", "07:32:00Z", "1979-05-27T07:32:00.Z", "1979-05-27T07:32:00+24:00",
    "1979-05-27T07:32:00+01:60", "1979-05-27T07:32:00+01", "1979-05-27T07:32:00+0100",
    "1979-05-27  07:32:00", "1979-05-27X07:32:00", "1979-05-27 7:32:00", "19790-05-27",
    "1979-05-27Z", "1979-05-27T07:32:00ZZ", "1979-05-27_", "1979-05", "1979-",
  ])
  func dates(text: String) throws {
    #expect(mistake(Array("x = \(text)".utf8)) != nil)
  }

  @Test(arguments: [
    Refusal("x = [1", "1:7", "expected ',' or ']'"),
    Refusal("x = [1 2]", "1:8", "expected ',' or ']'"),
    Refusal("x = [,1]", "1:6", "expected a value"),
    Refusal("x = [1,,2]", "1:8", "expected a value"),
    Refusal("x = {a=1,}", "1:10", "expected a key"),
    Refusal("x = {,}", "1:6", "expected a key"),
    Refusal("x = {a=1\n}", "1:9", "expected ',' or '}'"),
    Refusal("x = {\na=1}", "1:6", "expected a key"),
    Refusal("x = {a=1 # no\n}", "1:10", "expected ',' or '}'"),
    Refusal("x = {a=1 b=2}", "1:10", "expected ',' or '}'"),
    Refusal("x = {a=1,a=2}", "1:10", "'a' stands already at 1:6"),
    Refusal("x = {a={b=1}, a.c=2}", "1:15", "'a' is a table at 1:6"),
    Refusal("x = {a.b=1, a=2}", "1:13", "'a' stands already"),
    Refusal("x = {a=1}\nx.b = 2", "2:1", "'x' is a table at 1:1 and takes nothing more"),
    Refusal("x = {a=1}\n[x.b]", "2:2", "'x' is a table at 1:1"),
    Refusal("x = {a=1}\n[x]", "2:2", "'x' is a table at 1:1"),
    Refusal("x = []\n[[x]]", "2:3", "'x' is an array at 1:1"),
    Refusal("x = [{a=1}]\n[x.b]", "2:2", "'x' is an array at 1:1"),
    Refusal("x = [{a=1}]\nx.b = 1", "2:1", "'x' is an array at 1:1"),
  ])
  func arraysAndInlineTables(refusal: Refusal) { check(refusal) }

  @Test(arguments: [
    Refusal("[]", "1:2", "expected the name of a table, found ']'"),
    Refusal("[a", "1:3", "expected '.' or ']'"),
    Refusal("[a]]", "1:4", "expected the end of the line"),
    Refusal("[a] b=1", "1:5", "expected the end of the line"),
    Refusal("[a.]", "1:4", "expected a key behind the dot"),
    Refusal("[a b]", "1:4", "expected '.' or ']'"),
    Refusal("[[a]", "1:5", "expected ']]'"),
    Refusal("[[a] ]", "1:5", "expected ']]'"),
    Refusal("[ [a]]", "1:3", "expected the name of a table"),
    Refusal("[a\n]", "1:3", "expected '.' or ']'"),
    Refusal("[a]\n[a]", "2:2", "the table [a] stands already at 1:1"),
    Refusal("[a.b]\n[a]\n[a.b]", "3:4", "the table [a.b] stands already at 1:1"),
    Refusal("[a]\nb=1\n[a.b]", "3:4", "'a.b' is an integer at 2:1"),
    Refusal("a=1\n[a]", "2:2", "'a' is an integer at 1:1"),
    Refusal("[f]\napple.color=1\n[f.apple]", "3:4", "the table [f.apple] stands already at 2:1"),
    Refusal(
      "[f]\napple.taste.sweet=1\n[f.apple.taste]", "3:10", "[f.apple.taste] stands already"),
    Refusal("[a.b.c]\nz=9\n[a]\nb.c.t=1", "4:1", "'b' is a table at 1:4"),
    Refusal("[a.b]\n[a]\nb.c=1", "3:1", "'b' is a table"),
    Refusal("a.b=1\n[a]", "2:2", "the table [a] stands already at 1:1"),
    Refusal("[a]\n[[a]]", "2:3", "'a' is a table at 1:2"),
    Refusal("[[a]]\n[a]", "2:2", "'a' is an array of tables at 1:3"),
    Refusal("[a.b]\n[[a]]", "2:3", "'a' is a table"),
    Refusal("[[f]]\n[[f.v]]\n[f.v]", "3:4", "'f.v' is an array of tables"),
    Refusal("[[f]]\n[f.p]\n[[f.p]]", "3:5", "'f.p' is a table"),
    Refusal("[f.p]\n[[f]]", "2:3", "'f' is a table"),
    Refusal("a.b=1\n[[a.b]]", "2:5", "'a.b' is an integer"),
    Refusal("[[a.b]]\n[a]\nb.y=2", "3:1", "'b' is an array of tables"),
  ])
  func tables(refusal: Refusal) { check(refusal) }

  @Test(
    arguments: [
      ([0xff], "1:5"), ([0x80], "1:5"), ([0xc3], "1:5"), ([0xc0, 0xaf], "1:5"),
      ([0xe0, 0x80, 0x80], "1:5"), ([0xed, 0xa0, 0x80], "1:5"), ([0xf0, 0x80, 0x80, 0x80], "1:5"),
      ([0xf4, 0x90, 0x80, 0x80], "1:5"), ([0xf5, 0x80, 0x80, 0x80], "1:5"),
      ([0xc3, 0xa9, 0xe2, 0x82], "1:6"), ([0x0a, 0xfe], "2:1"), ([0xe2, 0x28, 0xa1], "1:5"),
    ] as [([UInt8], String)])
  func encoding(bytes: [UInt8], place: String) throws {
    let error = try #require(mistake(Array("x='a".utf8) + bytes + Array("'".utf8)))
    #expect("\(error.place)" == place)
    guard case .invalidUTF8 = error.problem else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func depthIsBounded() throws {
    let deep = [
      "x = " + String(repeating: "[", count: 100_000),
      "x = " + String(repeating: "{a=", count: 100_000),
      String(repeating: "a.", count: 100_000) + "b = 1",
      "[" + String(repeating: "a.", count: 100_000) + "b]",
      "[" + String(repeating: "a.", count: 40) + "b]\n" + String(repeating: "c.", count: 40)
        + "d=1",
      "[" + String(repeating: "a.", count: 40) + "b]\nx="
        + String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
    ]
    for document in deep {
      #expect(mistake(Array(document.utf8))?.problem == .tooDeep)
    }
    let fine = "x = " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    #expect(mistake(Array(fine.utf8)) == nil)
  }
}
