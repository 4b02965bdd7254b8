import Exchange
import VenueServer

/// Who asks, and whether the request is theirs and fresh
/// (https://bybit-exchange.github.io/docs/v5/guide#authentication).
enum BybitAuthentication {
  /// The key of a REST request whose headers are right.
  static func check(
    _ request: HTTPRequest, _ keys: [String: VenueKey], at now: ServerTime
  ) throws(BybitError) -> VenueKey {
    guard let id = request.headers["X-BAPI-API-KEY"], !id.isEmpty,
      let signature = request.headers["X-BAPI-SIGN"], !signature.isEmpty
    else { throw BybitError(10003, "API key is invalid.", status: 401) }
    let time = request.headers["X-BAPI-TIMESTAMP"] ?? ""
    let window = request.headers["X-BAPI-RECV-WINDOW"] ?? ""
    try checkTime(time, window, at: now)
    guard let key = keys[id] else { throw .invalidKey }
    let body = request.method == "GET" ? request.query ?? "" : request.bodyText
    let payload = time + id + window + body
    guard key.signed(payload, signature) else {
      throw BybitError(10004, "error sign! origin_string[\(payload)]")
    }
    return key
  }

  /// Less than a second ahead, and not older than the window of 5,000 ms or as sent.
  static func checkTime(_ time: String, _ window: String, at now: ServerTime) throws(BybitError) {
    let width = window.isEmpty ? 5_000 : Int64(window)
    let present = now.milliseconds
    if let sent = Int64(time), sent >= 0, let width, (0...86_400_000).contains(width),
      sent < present + 1_000, sent >= present - width
    {
      return
    }
    throw BybitError(
      10002,
      "invalid request, please check your server timestamp or recv_window param. "
        + "req_timestamp[\(time)],server_timestamp[\(present)],"
        + "recv_window[\(window.isEmpty ? "5000" : window)]")
  }

  /// The key of a log-in over WebSocket: key, time at which the log-in expires, signature of
  /// `GET/realtime` and that time.
  static func check(
    logIn arguments: [JSONValue], _ keys: [String: VenueKey], at now: ServerTime
  ) throws(BybitError) -> VenueKey {
    guard arguments.count == 3, let id = arguments[0].string,
      let expiry = arguments[1].scalarText, let time = Int64(expiry),
      let signature = arguments[2].string
    else { throw BybitError(10001, "Params Error") }
    guard time > now.milliseconds else { throw BybitError(10001, "Params Error") }
    guard let key = keys[id] else { throw BybitError(10003, "Invalid apikey") }
    guard key.signed("GET/realtime\(expiry)", signature) else {
      throw BybitError(10004, "Invalid sign")
    }
    return key
  }
}
