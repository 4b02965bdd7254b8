/// One HTTP request as it stood on the wire.
///
/// Path and query are kept undecoded: venues sign those very bytes. RFC 9112, section 3.
public struct HTTPRequest: Sendable {
  /// In upper case, as sent: `GET`, `POST`, `PUT`, `DELETE`.
  public var method: String
  /// From the first `/` to the `?`, undecoded.
  public var path: String
  /// What follows the `?`, undecoded; nil where there is no `?`.
  public var query: String?
  public var headers: HTTPHeaders
  /// Whole, after any chunked coding is undone; not decompressed.
  public var body: [UInt8]
  /// Which connection brought it: the same number for requests of one kept-alive connection.
  public var connection: UInt64
  var isVersion10 = false

  public init(
    method: String, path: String, query: String? = nil, headers: HTTPHeaders = HTTPHeaders(),
    body: [UInt8] = [], connection: UInt64 = 0
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.connection = connection
  }

  /// The client wants no further answer on this connection (RFC 9112, section 9.3).
  var closesConnection: Bool {
    let tokens = (headers["Connection"] ?? "").lowercased()
    return isVersion10 ? !tokens.contains("keep-alive") : tokens.contains("close")
  }
  /// A WebSocket handshake (RFC 6455, section 4.1).
  var isUpgrade: Bool {
    method == "GET" && headers["Upgrade"]?.lowercased() == "websocket"
  }

  /// Path and query as one text, undecoded: what clients of some venues sign.
  public var target: String { query.map { "\(path)?\($0)" } ?? path }
  /// The query's fields in order, duplicates kept.
  public var queryFields: FormFields { FormFields(query ?? "") }
  /// The body read as `application/x-www-form-urlencoded`, in order, duplicates kept.
  public var formFields: FormFields { FormFields(bodyText) }
  /// The body as text; bytes that are no UTF-8 become U+FFFD.
  public var bodyText: String { String(decoding: body, as: UTF8.self) }
}

/// One HTTP response. The server adds `Content-Length`, `Date` and `Connection`.
public struct HTTPResponse: Sendable {
  /// 100 to 599.
  public var status: Int
  public var headers: HTTPHeaders
  public var body: [UInt8]

  public init(status: Int = 200, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON text with its content type.
  public static func json(
    _ text: String, status: Int = 200, headers: HTTPHeaders = HTTPHeaders()
  ) -> HTTPResponse {
    var all = headers
    if all["Content-Type"] == nil { all.add("Content-Type", "application/json;charset=UTF-8") }
    return HTTPResponse(status: status, headers: all, body: [UInt8](text.utf8))
  }

  /// A JSON value with its content type.
  public static func json(
    _ value: JSONValue, status: Int = 200, headers: HTTPHeaders = HTTPHeaders()
  ) -> HTTPResponse {
    json(value.text, status: status, headers: headers)
  }
}

/// Header fields in order, duplicates kept. Names compare without regard to case (RFC 9110, 5.1).
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
  public private(set) var fields: [(name: String, value: String)] = []

  public init() {}
  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { (name: $0.0, value: $0.1) }
  }

  /// The first field of that name.
  public subscript(name: String) -> String? {
    let wanted = name.lowercased()
    return fields.first { $0.name.lowercased() == wanted }?.value
  }

  /// Every field of that name, in order.
  public func all(_ name: String) -> [String] {
    let wanted = name.lowercased()
    return fields.filter { $0.name.lowercased() == wanted }.map(\.value)
  }

  public mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }
}
