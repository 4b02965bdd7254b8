import Foundation
import Testing

@testable import Benchmarks
@testable import NeedletailCommands

struct BenchReportTests {
  /// The whole suite once, at its smallest: nothing is timed here, only the shape is looked at.
  @Test func writesTheObjectOfTheCommandLine() throws {
    var scale = BenchScale.quick
    scale.operations = 300
    let report = try coreReport(scale, #require(CoreBench.venue))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(object["suite"] as? String == "core")
    #expect(object["advice"] is [String])
    let machine = try #require(object["machine"] as? [String: Any])
    #expect(
      Set(machine.keys).isSuperset(of: ["cpu", "cores", "kernel", "swift", "date"]))
    let results = try #require(object["results"] as? [[String: Any]])
    let keys: Set = [
      "name", "unit", "p50", "p99", "p99_9", "max", "median", "runs", "target", "met",
      "allocated_bytes_per_op", "threads", "wait", "load", "counts",
    ]
    for result in results {
      #expect(Set(result.keys).isSuperset(of: keys))
      #expect(["ns/op", "ops/s"].contains(result["unit"] as? String))
      #expect((result["runs"] as? Int ?? 0) >= 5)
    }
    let names = results.compactMap { $0["name"] as? String }
    #expect(Set(names).count == names.count)
    for name in ["order.submit", "order.submit.signed", "order.cancel", "order.modify", "fill"] {
      #expect(names.contains(name))
    }
  }

  #if !DEBUG
    /// No hot path takes memory once it is warm. (Without optimisation some do.)
    @Test func hotPathsAllocateNothing() throws {
      var scale = BenchScale.quick
      scale.operations = 300
      let report = try coreReport(scale, #require(CoreBench.venue))
      for result in report.results where result.benchCase.mustNotAllocate {
        #expect(result.allocatedBytesPerOperation == 0, "\(result.benchCase.name)")
      }
    }
  #endif

  @Test func comparesByRatio() throws {
    let old = "{\"name\": \"fill\", \"median\": 50.0, \"runs\": 5}\n"
    let baseline = try #require(BenchBaseline(old))
    let result = BenchResult(
      benchCase: BenchCase(name: "fill", counts: ""),
      runs: [RunSample(rate: 100, operations: 1)], allocatedBytesPerOperation: 0)
    #expect(baseline.ratio(of: result) == " x2.00 ")
    #expect(BenchBaseline("nothing") == nil)
  }

  @Test func refusesWhatItDoesNotKnow() {
    #expect(CoreBench.run(arguments: ["--fast"]) == 2)
    #expect(CoreBench.run(arguments: ["matching"]) == 2)
    #expect(CoreBench.run(arguments: ["core", "--save"]) == 2)
    #expect(CoreBench.run(arguments: ["core", "--compare", "/nowhere"]) == 2)
  }
}
