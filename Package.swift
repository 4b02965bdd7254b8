// swift-tools-version: 6.2
import Foundation
import PackageDescription

// Each list below imports only what stands above it; `docs/architecture.md` draws the same picture.

/// Pure: no clock, no I/O, no randomness, no libm, no Foundation.
let core: [Target] = [
  room("TradingModel", "Core", []),
  room("LowLatency", "Core", []),
  room("MatchingEngine", "Core", ["TradingModel", "LowLatency"]),
  room("MarketData", "Core", ["TradingModel", "LowLatency"]),
  room("RiskEngine", "Core", ["TradingModel", "LowLatency"]),
  room("Portfolio", "Core", ["TradingModel", "LowLatency"]),
  room("Execution", "Core", ["TradingModel", "LowLatency", "MarketData"]),
  room(
    "Strategies", "Core", ["TradingModel", "LowLatency", "MarketData", "Portfolio", "Execution"]),
  room(
    "TradingCore", "Core",
    [
      "TradingModel", "LowLatency", "MarketData", "RiskEngine", "Portfolio", "Execution",
      "Strategies",
    ]),
]

/// C libraries and thin C shims, each with its pkg-config name and apt package.
let system: [Target] = [
  .systemLibrary(
    name: "CZlib", path: "Sources/System/CZlib", pkgConfig: "zlib",
    providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(
    name: "COpenSSL", path: "Sources/System/COpenSSL", pkgConfig: "openssl",
    providers: [.apt(["libssl-dev"])]),
  .systemLibrary(
    name: "CCurl", path: "Sources/System/CCurl", pkgConfig: "libcurl",
    providers: [.apt(["libcurl4-openssl-dev"])]),
  .systemLibrary(
    name: "CSodium", path: "Sources/System/CSodium", pkgConfig: "libsodium",
    providers: [.apt(["libsodium-dev"])]),
  // Debian's package has no pkg-config file.
  .systemLibrary(
    name: "CWslay", path: "Sources/System/CWslay", providers: [.apt(["libwslay-dev"])]),
  .systemLibrary(
    name: "CWebSockets", path: "Sources/System/CWebSockets", pkgConfig: "libwebsockets",
    providers: [.apt(["libwebsockets-dev"])]),
  // libwebsockets behind one callback and opaque handles.
  .target(
    name: "CWebSocketsShim", dependencies: ["CWebSockets"], path: "Sources/System/CWebSocketsShim"),
  .systemLibrary(
    name: "CSimdJSON", path: "Sources/System/CSimdJSON", pkgConfig: "simdjson",
    providers: [.apt(["libsimdjson-dev"])]),
  // The yardstick of our decoders, in C++; benchmarks alone link it.
  .target(
    name: "CSimdJSONShim", dependencies: ["CSimdJSON"], path: "Sources/System/CSimdJSONShim"),
  // Gives OpenSSL memory for its small pieces when the program is loaded.
  .target(
    name: "COpenSSLMemory", dependencies: ["COpenSSL"], path: "Sources/System/COpenSSLMemory"),
  .target(name: "CPlatform", path: "Sources/System/CPlatform"),
  // The layouts of the public matching-engine comparison.
  .target(name: "CComparison", path: "Sources/System/CComparison"),
  // The header of libneedletail_matching.
  .target(name: "CMatching", path: "Sources/System/CMatching"),
  // Only for processes that measure: it stands in for the allocator of whatever links it.
  .target(name: "CAllocationCount", path: "Sources/System/CAllocationCount"),
]

/// The world: files, sockets, clocks, threads.
let edge: [Target] = [
  room("Journal", "Edge", ["TradingModel", "LowLatency", "CPlatform"]),
  room("Runtime", "Edge", ["TradingModel", "LowLatency", "CPlatform"]),
  room(
    "Transport", "Edge",
    ["LowLatency", "CZlib", "COpenSSL", "COpenSSLMemory", "CCurl", "CWslay"]),
  room("Engine", "Edge", ["TradingModel", "LowLatency", "TradingCore", "Journal"]),
  room("Credentials", "Edge", ["COpenSSL", "CSodium"]),
  room("Configuration", "Edge", ["TradingModel"]),
  venuesRoom(
    "Venues", home: "Edge/Venues", part: "Adapter",
    ["TradingModel", "LowLatency", "MarketData", "Credentials", "CZlib", "COpenSSL"]),
  room(
    "Links", "Edge", ["TradingModel", "LowLatency", "Runtime", "Transport", "Venues"]),
  room(
    "Live", "Edge",
    [
      "TradingModel", "LowLatency", "TradingCore", "Engine", "Runtime", "Transport", "Credentials",
      "Venues", "Links",
    ]),
]

let simulation: [Target] = [
  room("MatchingFlow", "Simulation", ["LowLatency", "CComparison"]),
  room(
    "VenueSimulator", "Simulation",
    ["TradingModel", "LowLatency", "MatchingEngine", "MarketData"]),
  room("VenueServer", "Simulation", ["LowLatency", "COpenSSL", "CWebSocketsShim"]),
  room(
    "Exchange", "Simulation",
    ["TradingModel", "LowLatency", "MatchingEngine", "VenueSimulator"]),
  venuesRoom(
    "VenueSimulation", home: "Simulation/VenueSimulation", part: "Simulator",
    [
      "TradingModel", "LowLatency", "MatchingEngine", "VenueSimulator", "Exchange", "VenueServer",
      "COpenSSL",
    ]),
  room(
    "Backtest", "Simulation",
    [
      "TradingModel", "LowLatency", "MarketData", "TradingCore", "Engine", "Journal", "Venues",
      "Links", "Live", "VenueSimulator",
    ]),
]

let apps: [Target] = [
  // libneedletail_comparison; `.ci/build-libraries` links it.
  room(
    "MatchingComparison", "Apps",
    ["TradingModel", "LowLatency", "MatchingEngine", "CPlatform", "CComparison"]),
  // libneedletail_matching; `.ci/build-libraries` links it.
  room("MatchingLibrary", "Apps", ["TradingModel", "MatchingEngine", "CMatching"]),
  room(
    "MatchingBenchmarks", "Apps",
    [
      "TradingModel", "LowLatency", "MatchingEngine", "MatchingComparison", "MatchingFlow",
      "Runtime", "CPlatform", "CComparison",
    ]),
  // The matching benchmark without the rest of the program, for profilers.
  .executableTarget(
    name: "needletail-matching", dependencies: ["MatchingBenchmarks"],
    path: "Sources/Apps/needletail-matching"),
  // Plain orders beside others, for `.ci/plain-path` to count instructions.
  .executableTarget(
    name: "needletail-plain-path",
    dependencies: [
      "TradingModel", "LowLatency", "MatchingEngine", "MatchingFlow", "CComparison",
      "CAllocationCount",
    ],
    path: "Sources/Apps/needletail-plain-path"),
  room(
    "Benchmarks", "Apps",
    [
      "TradingModel", "LowLatency", "MarketData", "RiskEngine", "Portfolio", "Execution",
      "Strategies", "TradingCore", "Engine", "Journal", "Runtime", "Venues", "CPlatform",
      // Benchmarks count allocations, so the program that holds them counts.
      "CAllocationCount", "CSimdJSONShim",
    ]),
  // The lines of `needletail match`, without the rest of the program.
  room("MatchLines", "Apps", ["TradingModel", "LowLatency", "MatchingEngine"]),
  room(
    "NeedletailCommands", "Apps",
    [
      "TradingModel", "LowLatency", "MatchingEngine", "MarketData", "RiskEngine", "Portfolio",
      "Execution", "Strategies", "TradingCore", "Engine", "Journal", "Runtime", "Credentials",
      "Configuration", "Transport", "Venues", "Links", "Live", "VenueSimulator", "VenueServer",
      "VenueSimulation",
      "Backtest", "CPlatform", "Benchmarks", "MatchingBenchmarks",
      "MatchLines",
    ]),
  .target(
    name: "Needletail",
    dependencies: [
      "TradingModel", "LowLatency", "MarketData", "Portfolio", "Execution", "Strategies",
      "NeedletailCommands",
    ], path: "Sources/Apps/Library"),
  .executableTarget(
    name: "NeedletailTool", dependencies: ["NeedletailCommands"],
    path: "Sources/Apps/needletail"),
  // `needletail bench` alone, for profilers.
  .executableTarget(
    name: "needletail-bench", dependencies: ["NeedletailCommands"],
    path: "Sources/Apps/needletail-bench"),
]

let tests: [Target] = [
  // What tests of several rooms need.
  .target(name: "TestSupport", path: "Tests/Support"),
  testRoom(
    "MatchingComparison", ["LowLatency", "MatchingEngine", "MatchingFlow", "CComparison"]),
  testRoom(
    "MatchingLibrary", ["TradingModel", "LowLatency", "MatchingEngine", "CMatching"]),
  testRoom("TradingModel", []),
  testRoom("LowLatency", []),
  testRoom("MarketData", ["TradingModel", "LowLatency"]),
  testRoom("Credentials", ["COpenSSL", "CAllocationCount"]),
  testRoom("Configuration", ["TradingModel"]),
  testRoom("Venues", ["TradingModel", "LowLatency", "MarketData", "NeedletailCommands"]),
  testRoom("MatchingEngine", ["TradingModel", "LowLatency"]),
  testRoom("RiskEngine", ["TradingModel"]),
  testRoom("Portfolio", ["TradingModel"]),
  testRoom("Journal", ["TradingModel", "CAllocationCount", "TestSupport"]),
  testRoom("Execution", ["TradingModel", "MarketData"]),
  testRoom("Strategies", ["TradingModel", "MarketData", "Execution", "TradingCore"]),
  testRoom(
    "TradingCore",
    [
      "TradingModel", "MarketData", "Execution", "RiskEngine", "Portfolio", "Strategies", "Runtime",
      "Exchange", "CAllocationCount",
    ]),
  testRoom(
    "Engine",
    ["TradingModel", "TradingCore", "Strategies", "Journal", "Execution", "TestSupport"]),
  testRoom("Runtime", ["CAllocationCount"]),
  .testTarget(
    name: "TransportTests",
    dependencies: ["Transport", "LowLatency", "Runtime", "CAllocationCount"],
    path: "Tests/TransportTests", exclude: ["Peers"]),
  testRoom("VenueSimulator", ["TradingModel", "LowLatency", "MatchingEngine", "MarketData"]),
  .testTarget(
    name: "VenueServerTests", dependencies: ["VenueServer", "LowLatency"],
    path: "Tests/VenueServerTests", exclude: ["Clients"]),
  testRoom(
    "Links",
    [
      "TradingModel", "Transport", "Credentials", "Venues", "VenueServer", "VenueSimulation",
    ]),
  testRoom("Exchange", ["TradingModel", "LowLatency", "MatchingEngine", "VenueSimulator"]),
  testRoom("VenueSimulation", ["TradingModel", "Exchange", "VenueServer", "COpenSSL"]),
  testRoom(
    "Live",
    ["TradingModel", "LowLatency", "Links", "Venues", "VenueSimulator", "Backtest"]),
  testRoom("Backtest", ["TradingModel", "LowLatency", "MarketData", "VenueSimulator"]),
  testRoom("MatchLines", ["TradingModel", "LowLatency", "MatchingEngine"]),
  .testTarget(
    name: "CommandTests",
    dependencies: [
      "NeedletailCommands", "MatchLines", "TradingModel", "Strategies", "TradingCore", "Engine",
      "Journal", "Credentials", "Configuration", "Transport", "Venues", "Links", "Live",
      "LowLatency", "Runtime", "VenueServer", "TestSupport",
    ], path: "Tests/CommandTests"),
  .testTarget(
    name: "BenchmarkTests",
    dependencies: ["Benchmarks", "NeedletailCommands", "Venues", "LowLatency"],
    path: "Tests/BenchmarkTests"),
]

/// The tests named in NEEDLETAIL_TESTS, all when it is not set: `.ci/sanitize` builds only some.
let chosenTests = Context.environment["NEEDLETAIL_TESTS"]?.split(separator: " ").map(String.init)

let package = Package(
  name: "needletail",
  products: [
    .executable(name: "needletail", targets: ["NeedletailTool"]),
    .library(name: "Needletail", targets: ["Needletail"]),
  ],
  targets: core + system + edge + simulation + apps
    + tests.filter { chosenTests?.contains($0.name) ?? true },
  swiftLanguageModes: [.v6]
)

/// A target whose sources stand in `Sources/<floor>/<name>`.
func room(_ name: String, _ floor: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(floor)/\(name)")
}

/// A module of the venues' folders called `part`, and of the room at `home`: what concerns one venue
/// stands in its folder alone, and one more venue changes nothing here. (SwiftPM remembers what this
/// said: behind a new folder it needs `--manifest-cache none` once.)
func venuesRoom(
  _ name: String, home: String, part: String, _ dependencies: [Target.Dependency]
) -> Target {
  let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Sources")
  func folders(_ path: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: sources.appendingPathComponent(path).path)
    return (names ?? []).sorted().map { path.isEmpty ? $0 : "\(path)/\($0)" }
  }
  let parts = folders("Venues").flatMap { folders($0) }
  let taken = [home] + parts.filter { $0.hasSuffix("/\(part)") }
  let floor = String(home.prefix { $0 != "/" })
  let others =
    folders("").filter { $0 != floor && $0 != "Venues" } + folders(floor) + parts
  return .target(
    name: name, dependencies: dependencies, path: "Sources",
    exclude: others.filter { !taken.contains($0) }, sources: taken)
}

/// The tests of one module, in `Tests/<name>Tests`.
func testRoom(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + [.byName(name: name)],
    path: "Tests/\(name)Tests")
}
