import Configuration
import Testing

/// What TOML 1.0 takes, rule by rule: <https://toml.io/en/v1.0.0>.
@Suite struct TOMLValidTests {
  @Test(arguments: [
    ("", "{}"),
    ("# only a comment", "{}"),
    (" \t\n\r\n#x\r\n", "{}"),
    ("key = \"value\" # behind", #"{key: "value"}"#),
    ("a=1\nA=2", "{a: 1, A: 2}"),
    ("bare_key-1 = 1\n1234 = 2\n-_- = 3", "{bare_key-1: 1, 1234: 2, -_-: 3}"),
    (#""127.0.0.1" = 1"#, "{127.0.0.1: 1}"),
    ("'quoted \"value\"' = 1", #"{quoted "value": 1}"#),
    (#""" = "blank""#, #"{: "blank"}"#),
    (#""k\u0065y" = 1"#, "{key: 1}"),
    ("a.b.c = 1\na.b.d = 2\na.e = 3", "{a: {b: {c: 1, d: 2}, e: 3}}"),
    ("a . b\t. 'c' = 1", "{a: {b: {c: 1}}}"),
    ("3.14 = \"pi\"", #"{3: {14: "pi"}}"#),
    (
      "apple.type = 1\norange.type = 2\napple.skin = 3",
      "{apple: {type: 1, skin: 3}, orange: {type: 2}}"
    ),
    ("true = 1\ninf = 2\n1979-05-27 = 3", "{true: 1, inf: 2, 1979-05-27: 3}"),
  ])
  func keys(document: String, values: String) throws {
    #expect(try written(parse(document)) == values)
  }

  @Test(arguments: [
    (#""I'm a \"string\".""#, #"I'm a "string"."#),
    (#""\b\t\n\f\r\\""#, "\u{8}\t\n\u{c}\r\\"),
    (#""\u00E9\U0001F600\uD7FF\uE000\U0010FFFF""#, "é😀\u{d7ff}\u{e000}\u{10ffff}"),
    ("\"tab\there\"", "tab\there"),
    (#""""#, ""),
    ("''", ""),
    (#"'C:\Users\n'"#, #"C:\Users\n"#),
    ("\"\"\"\"\"\"", ""),
    ("''''''", ""),
    ("\"\"\"\none\ntwo\"\"\"", "one\ntwo"),
    ("\"\"\"\r\none\r\ntwo\"\"\"", "one\ntwo"),
    ("\"\"\"\n\nx\"\"\"", "\nx"),
    ("\"\"\"a \\\n   b\"\"\"", "a b"),
    ("\"\"\"a \\  \t\r\n\n \t b\"\"\"", "a b"),
    ("\"\"\"\\\n\"\"\"", ""),
    ("\"\"\"a\"b\"\"c\"\"\"", "a\"b\"\"c"),
    ("\"\"\"a\"\"\"\"", "a\""),
    ("\"\"\"a\"\"\"\"\"", "a\"\""),
    ("\"\"\"\"\"x\"\"\"", "\"\"x"),
    ("\"\"\"a\\\"\"\"\"", "a\""),
    ("'''\nI [dw]on't \\d'''", "I [dw]on't \\d"),
    ("'''a''''", "a'"),
    ("'''a'''''", "a''"),
    ("'é😀'", "é😀"),
  ])
  func strings(value: String, text: String) throws {
    #expect(try parse("x = \(value)")["x"]?.content == .string(text))
  }

  @Test(arguments: [
    ("0", 0), ("+0", 0), ("-0", 0), ("+99", 99), ("-17", -17), ("1_000", 1000),
    ("5_3_4", 534), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
    ("0xDEADBEEF", 0xdead_beef), ("0xdead_beef", 0xdead_beef), ("0x00_0f", 15),
    ("0o755", 493), ("0o01234567", 342391), ("0b11010110", 214), ("0x0", 0),
    ("0x7fffffffffffffff", Int64.max), ("0xe1", 225),
  ])
  func integers(text: String, value: Int64) throws {
    #expect(try parse("x = \(text)")["x"]?.content == .integer(value))
  }

  @Test(arguments: [
    ("+1.0", "1.0"), ("3.1415", "3.1415"), ("-0.01", "-0.01"), ("5e+22", "5e22"),
    ("1e06", "1e06"), ("-2E-2", "-2e-2"), ("6.626e-34", "6.626e-34"),
    ("224_617.445_991_228", "224617.445991228"), ("0.0", "0.0"), ("-0.0", "-0.0"),
    ("0e0", "0e0"), ("inf", "inf"), ("+inf", "inf"), ("-inf", "-inf"), ("nan", "nan"),
    ("-nan", "-nan"), ("1e1_0", "1e10"),
    ("0.10000000000000000000000001", "0.10000000000000000000000001"),
  ])
  func floats(text: String, exact: String) throws {
    #expect(try parse("x = \(text)")["x"]?.content == .float(exact))
  }

  @Test(arguments: [
    ("1979-05-27T07:32:00Z", TOMLDateKind.offsetDateTime),
    ("1979-05-27t00:32:00.999999-07:00", .offsetDateTime),
    ("1979-05-27 07:32:00z", .offsetDateTime), ("1979-05-27 07:32:00+23:59", .offsetDateTime),
    ("1979-05-27T07:32:00", .localDateTime), ("1979-05-27 00:32:00.5", .localDateTime),
    ("1979-05-27", .localDate), ("2000-02-29", .localDate), ("2024-02-29", .localDate),
    ("0000-01-01", .localDate), ("07:32:00", .localTime), ("00:32:00.999999", .localTime),
    ("1990-12-31T23:59:60Z", .offsetDateTime),
  ])
  func dates(text: String, kind: TOMLDateKind) throws {
    #expect(try parse("x = \(text) # behind")["x"]?.content == .date(kind, text))
  }

  @Test(arguments: [
    ("[]", "[]"), ("[1, 2]", "[1, 2]"), ("[1,2,]", "[1, 2]"),
    ("[ [1], [\"a\", 'b'], [1.0, true] ]", #"[[1], ["a", "b"], [f1.0, true]]"#),
    ("[ # here\n 1, # there\n\n 2 # and\n , # there\r\n]", "[1, 2]"),
    ("[{a = 1}, {}]", "[{a: 1}, {}]"),
    ("{}", "{}"), ("{ }", "{}"), ("{a=1,b = 'x'}", #"{a: 1, b: "x"}"#),
    ("{ a.b = 1, a.c = [\n1,\n2\n] }", "{a: {b: 1, c: [1, 2]}}"),
    ("{ a = { b = { } } }", "{a: {b: {}}}"),
  ])
  func arraysAndInlineTables(value: String, values: String) throws {
    #expect(try written(parse("x = \(value)")) == "{x: \(values)}")
  }

  @Test(arguments: [
    ("[a]\n[b]\nc=1", "{a: {}, b: {c: 1}}"),
    ("[ j . \"ʞ\" . 'l' ]", "{j: {ʞ: {l: {}}}}"),
    ("[x.y.z.w]\n[x]\na=1", "{x: {y: {z: {w: {}}}, a: 1}}"),
    ("[a.b]\n[c]\n[a.d]\n", "{a: {b: {}, d: {}}, c: {}}"),
    ("top=1\n[a]", "{top: 1, a: {}}"),
    (
      "[fruit]\napple.color=1\napple.taste.sweet=true\n[fruit.apple.texture]\nsmooth=true",
      "{fruit: {apple: {color: 1, taste: {sweet: true}, texture: {smooth: true}}}}"
    ),
    ("[[p]]\na=1\n[[p]]\n[[p]]\na=3", "{p: [{a: 1}, {}, {a: 3}]}"),
    (
      "[[f]]\nn=1\n[f.ph]\nc=1\n[[f.v]]\nn=2\n[[f.v]]\n[[f]]\n[[f.v]]\nn=4",
      "{f: [{n: 1, ph: {c: 1}, v: [{n: 2}, {}]}, {v: [{n: 4}]}]}"
    ),
    ("[[a.b]]\nx=1\n[a]\ny=2", "{a: {b: [{x: 1}], y: 2}}"),
    ("[a] # behind\nb=1", "{a: {b: 1}}"),
    ("[[a]]\nb.c=1\n[[a]]\nb.c=2", "{a: [{b: {c: 1}}, {b: {c: 2}}]}"),
  ])
  func tables(document: String, values: String) throws {
    #expect(try written(parse(document)) == values)
  }

  @Test func valuesAndKeysKnowTheirPlaces() throws {
    let table = try parse("'é' = 'ü'\r\n\n[b.c]\n  'ÿ😀' . d = [1,\n 22]\n[[e]]\n[[e]]\n")
    let first = try #require(table.entry("é"))
    #expect(first.keyPlace == TOMLPlace(line: 1, column: 1))
    #expect(first.value.place == TOMLPlace(line: 1, column: 7))
    guard case .table(let b)? = table["b"]?.content, case .table(let c)? = b["c"]?.content,
      case .table(let dotted)? = c["ÿ😀"]?.content, let d = dotted.entry("d"),
      case .array(let items) = d.value.content, case .array(let tables)? = table["e"]?.content
    else {
      Issue.record("the document's shape")
      return
    }
    #expect(c.place == TOMLPlace(line: 3, column: 1))
    #expect(d.keyPlace == TOMLPlace(line: 4, column: 10))
    #expect(items.map(\.place) == [TOMLPlace(line: 4, column: 15), TOMLPlace(line: 5, column: 2)])
    #expect(tables.map(\.place.line) == [6, 7])
  }
}
