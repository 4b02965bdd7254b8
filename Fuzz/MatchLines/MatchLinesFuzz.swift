import LowLatency
import MatchLines
import MatchingEngine
import TradingModel

/// Any bytes, as lines of `needletail match`: each is a request or a typed error, a request survives
/// writing and reading, and the book that took them all is whole.
@c(LLVMFuzzerTestOneInput)
public func fuzzMatchLines(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeBufferPointer(start: data, count: count)
  var session = MatchSession(defaults: MatchSetup(capacity: 16, seed: 1))
  for line in bytes.split(separator: 0x0A) {
    guard let read = try? session.take(Array(line)) else { continue }
    if case .request(let request) = read { checkRoundTrip(request, session.output.scales) }
    session.output.bytes.removeAll(keepingCapacity: true)
  }
  session.book.checkInvariants()
  return 0
}

private func checkRoundTrip(_ request: MatchRequest, _ scales: MatchScales) {
  var writer = MatchLineWriter(scales: scales)
  writer.write(request)
  let read = try? MatchLineReader.line(Array(writer.bytes.dropLast()), scales)
  precondition(read == .request(request), "Reading what was written gives the same request")
}
