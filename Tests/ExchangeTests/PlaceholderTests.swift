import Testing

@testable import Exchange

@Suite struct Placeholder { @Test func compiles() {} }
