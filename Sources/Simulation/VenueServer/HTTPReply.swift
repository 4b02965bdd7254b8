/// The place of one answer: a front keeps it and sends when it knows. One that is let go unanswered
/// leaves its client waiting.
public final class HTTPReply {
  /// An answer was sent; later ones are ignored.
  public private(set) var isAnswered = false
  private let deliver: (HTTPResponse) -> Void

  init(_ deliver: @escaping (HTTPResponse) -> Void) { self.deliver = deliver }

  /// Answers the request. Nothing happens where the client is gone or was answered already.
  public func send(_ response: HTTPResponse) {
    if isAnswered { return }
    isAnswered = true
    deliver(response)
  }

  /// Answers with a JSON text.
  public func send(json text: String, status: Int = 200, headers: HTTPHeaders = HTTPHeaders()) {
    send(.json(text, status: status, headers: headers))
  }
}
