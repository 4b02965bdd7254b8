import Testing

@testable import VenueServer

@Suite struct JSONTests {
  @Test func textsSurviveTheRoundTrip() throws {
    let texts = [
      #"{}"#, #"[]"#, #"null"#, #"true"#, #"-0.10"#, #"1e-7"#, #"0"#, #""""#,
      #"{"b":"0.10","a":[1,2.50,{"x":null}],"b":false}"#,
      #""\"\\\n\r\t\u0001é€""#,
      #"[12345678901234567890.123456789012345678]"#,
    ]
    for text in texts { #expect(try JSONValue.parse(text).text == text) }
  }

  @Test func escapesAreRead() throws {
    #expect(try JSONValue.parse(#""\u0041\u00e9\/\b\f""#).string == "Aé/\u{8}\u{c}")
    #expect(try JSONValue.parse(#""\ud83d\ude00 \ud83d x""#).string == "😀 \u{FFFD} x")
    #expect(try JSONValue.parse(" [ 1 , 2 ]\n").elements?.count == 2)
  }

  @Test(arguments: [
    ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("01", 1), ("1.", 2),
    ("-", 1), ("nul", 0), ("\"\u{1}\"", 1), ("\"abc", 4), ("\"\\x\"", 2), ("\"\\u12g4\"", 5),
    ("[1 2]", 3), ("1 1", 2), ("+1", 0), (String(repeating: "[", count: 65), 64),
  ])
  func whatIsNoJSONIsRefused(text: String, offset: Int) {
    #expect(throws: JSONError.self) { try JSONValue.parse(text) }
    do throws(JSONError) {
      _ = try JSONValue.parse(text)
    } catch {
      #expect(error.offset == offset, "\(error)")
    }
  }

  @Test func membersAreFound() {
    let value: JSONValue = [
      "symbol": "BTCUSDT", "price": .number("0.10"), "count": 3, "on": true, "none": nil,
      "list": [1, "2"],
    ]
    #expect(value["symbol"]?.string == "BTCUSDT")
    #expect(value["price"]?.scalarText == "0.10" && value["symbol"]?.scalarText == "BTCUSDT")
    #expect(value["count"]?.integer == 3 && value["price"]?.integer == nil)
    #expect(value["on"]?.boolean == true && value["none"]?.isNull == true)
    #expect(value["list"]?.elements == [1, "2"] && value["other"] == nil)
    #expect(value.members?.map(\.key) == ["symbol", "price", "count", "on", "none", "list"])
  }
}
