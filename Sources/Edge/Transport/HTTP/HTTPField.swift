/// A field of a request: its name and value (RFC 9110, section 5).
public struct HTTPField: Hashable, Sendable {
  public var name: String
  public var value: String
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
