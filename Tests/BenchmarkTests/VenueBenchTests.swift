import Foundation
import LowLatency
import Testing
import Venues

@testable import Benchmarks
@testable import NeedletailCommands

struct VenueBenchTests {
  private static func samples(_ venue: String) throws -> [DecodingSample] {
    try #require(VenueRegistry.find(venue)).adapter.decodingSamples()
  }

  @Test(arguments: VenueRegistry.names)
  func samplesTellWhatTheyPromise(venue: String) throws {
    let samples = try Self.samples(venue)
    #expect(samples.map(\.kind) == SampleKind.allCases)
    for sample in samples {
      #expect(Set(sample.messages).count == sample.messages.count && sample.messages.count > 8)
      for message in sample.messages {
        let text = String(decoding: message, as: UTF8.self)
        #expect(message.withUnsafeBytes { sample.decode($0) }, "\(text)")
        #expect((try? JSONSerialization.jsonObject(with: Data(message))) != nil, "\(text)")
        // Part of a message is none.
        #expect(!message.dropLast(2).withUnsafeBytes { sample.decode($0) }, "\(text)")
      }
      // Nor is one of another kind taken for it; but a fill may tell the order's state as well.
      for other in samples
      where other.kind != sample.kind && (other.kind, sample.kind) != (.fill, .order) {
        #expect(
          !other.messages[0].withUnsafeBytes { sample.decode($0) },
          "\(other.kind) as \(sample.kind)")
      }
    }
  }

  @Test func figuresAreOneObject() throws {
    let suite = DecodingSuite(isQuick: true)
    let sample = try Self.samples(VenueRegistry.exampleName)[0]
    let figure = VenueFigure(VenueRegistry.exampleName, try suite.measure(sample))
    let report = VenueBenchReport(figures: [figure])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(object["suite"] as? String == "venues")
    let machine = try #require(object["machine"] as? [String: Any])
    #expect(Set(machine.keys).isSuperset(of: ["cpu", "cores", "kernel", "swift", "date"]))
    let result = try #require((object["results"] as? [[String: Any]])?.first)
    let keys: Set = [
      "name", "venue", "unit", "p50", "p99", "p99_9", "max", "median", "operations", "target",
      "target_of", "met", "allocated_bytes_per_op", "bytes", "megabytes_per_second",
      "simdjson_p50", "reference", "note",
    ]
    #expect(Set(result.keys) == keys.union(["runs"]))
    #expect(result["target"] as? Double == 250)
    #expect((result["reference"] as? String)?.hasPrefix("simdjson ") == true)
    #expect(report.table.contains("decode best quote"))
  }

  #if !DEBUG
    /// Without optimisation some take memory.
    @Test(arguments: VenueRegistry.names)
    func decodersAllocateNothing(venue: String) throws {
      let suite = DecodingSuite(isQuick: true)
      for sample in try Self.samples(venue) {
        #expect(try suite.measure(sample).allocatedBytes == 0, "\(sample.kind)")
      }
    }
  #endif

  @Test func aTargetIsMissedByTimeOrMemory() throws {
    var figure = VenueFigure("x", "y", Histogram(), note: "")
    // Nothing is asked, so nothing is met.
    #expect(figure.isMet && figure.json.contains("\"met\": null"))
    figure.max = 60
    figure.target = 50
    #expect(figure.isMet && figure.json.contains("\"met\": true"))
    figure.targeted = "max"
    #expect(!figure.isMet)
    figure.target = nil
    figure.allocatedBytes = 16
    #expect(!figure.isMet && figure.json.contains("\"met\": false"))
  }

  @Test func refusesWhatItDoesNotKnow() {
    #expect(VenueBench.run(arguments: ["--fast"]) == 2)
    #expect(VenueBench.run(arguments: ["--venue", "nowhere"]) == 2)
    #expect(VenueBench.run(arguments: ["--rate", "5"]) == 2)
  }
}
