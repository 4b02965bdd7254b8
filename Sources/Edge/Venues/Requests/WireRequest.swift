/// A request as it would be sent, for people and tests: `needletail request ... --dry-run`.
public struct WireRequest: Equatable, Sendable {
  /// `GET`, `POST`...; empty for a message over a connection that is open already.
  public var method: String
  public var url: String
  /// In the order in which they are sent.
  public var headers: [(name: String, value: String)]
  public var body: String

  public init(
    method: String, url: String, headers: [(name: String, value: String)], body: String
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  public static func == (a: WireRequest, b: WireRequest) -> Bool {
    a.method == b.method && a.url == b.url && a.body == b.body
      && a.headers.elementsEqual(b.headers) { $0 == $1 }
  }

  /// Reads a whole HTTP/1.1 request as an encoder writes them.
  ///
  /// - Parameter origin: `https://host[:port]`, put in front of the target.
  init(http bytes: UnsafeRawBufferPointer, origin: String) {
    let text = String(decoding: bytes, as: UTF8.self)
    let end = text.firstRange(of: "\r\n\r\n") ?? text.endIndex..<text.endIndex
    var lines = text[..<end.lowerBound].split(separator: "\r\n")[...]
    let words = (lines.popFirst() ?? "").split(separator: " ")
    method = words.first.map(String.init) ?? ""
    url = origin + (words.count > 1 ? String(words[1]) : "")
    headers = lines.map { line in
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      return (String(line[..<colon]), String(line[colon...].dropFirst().drop { $0 == " " }))
    }
    body = String(text[end.upperBound...])
  }
}
