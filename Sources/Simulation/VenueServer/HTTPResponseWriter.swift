extension HTTPResponse {
  /// The response as it goes on the wire (RFC 9112, section 4). `seconds` since 1970 dates it.
  func bytes(to method: String, seconds: Int64, closesConnection: Bool) -> [UInt8] {
    var head = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
    for field in headers.fields { head += "\(field.name): \(field.value)\r\n" }
    if headers["Date"] == nil { head += "Date: \(Self.date(seconds))\r\n" }
    if closesConnection { head += "Connection: close\r\n" }
    let hasNoBody = status == 204 || status == 304 || status < 200
    if !hasNoBody { head += "Content-Length: \(body.count)\r\n" }
    head += "\r\n"
    var all = [UInt8](head.utf8)
    if !hasNoBody, method != "HEAD" { all += body }
    return all
  }

  /// RFC 9110, section 15; clients read the number only.
  static func reason(_ status: Int) -> String {
    switch status {
    case 100: "Continue"
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 418: "I'm a teapot"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Status"
    }
  }

  /// RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func date(_ seconds: Int64) -> String {
    let days = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
    let second = Int(seconds) - days * 86_400
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7 + 7) % 7]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let (year, month, day) = civil(days)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let time = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    return "\(weekday), \(two(day)) \(months[month - 1]) \(year) \(time) GMT"
  }

  /// The Gregorian day of a number of days since 1970-01-01, by eras of 400 years that begin in
  /// March, where leap days come last (https://howardhinnant.github.io/date_algorithms.html).
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let leaps = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leaps) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
