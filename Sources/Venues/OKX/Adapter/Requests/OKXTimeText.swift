import TradingModel

/// Moments as OKX signs them.
/// https://www.okx.com/docs-v5/en/#overview-rest-authentication-making-requests
enum OKXTimeText {
  /// Bytes of `2020-12-08T09:08:57.715Z`.
  static let byteCount = 24

  /// Writes a moment, ns since the epoch and not before it, as ISO 8601 in UTC with milliseconds.
  ///
  /// The day is found as in Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
  static func write(_ time: Timestamp, _ writer: inout RequestWriter) {
    let milliseconds = max(0, time) / 1_000_000
    let seconds = milliseconds / 1_000
    let days = seconds / 86_400
    let ofDay = seconds % 86_400
    // Years begin in March here, and eras of 400 years on 1 March 0000.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let ofEra = shifted % 146_097
    let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * ofYear + 2) / 153
    let day = ofYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    number(year, digits: 4, &writer)
    writer.write("-")
    number(month, digits: 2, &writer)
    writer.write("-")
    number(day, digits: 2, &writer)
    writer.write("T")
    number(ofDay / 3_600, digits: 2, &writer)
    writer.write(":")
    number(ofDay / 60 % 60, digits: 2, &writer)
    writer.write(":")
    number(ofDay % 60, digits: 2, &writer)
    writer.write(".")
    number(milliseconds % 1_000, digits: 3, &writer)
    writer.write("Z")
  }

  private static func number(_ value: Int64, digits: Int, _ writer: inout RequestWriter) {
    var power = powerOfTen(digits - 1)
    while power > 0 {
      writer.write(byte: UInt8(truncatingIfNeeded: value / power % 10) | 0x30)
      power /= 10
    }
  }
}
