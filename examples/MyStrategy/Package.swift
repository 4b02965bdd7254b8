// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "my-engine",
  dependencies: [.package(name: "needletail", path: "../..")],
  targets: [
    .executableTarget(
      name: "my-engine", dependencies: [.product(name: "Needletail", package: "needletail")])
  ],
  swiftLanguageModes: [.v6]
)
