import Engine
import Testing
import TradingModel

@testable import NeedletailCommands

@Suite struct SessionViewTests {
  private static func definitions(_ venues: [String]) -> RunDefinitions {
    var definitions = RunDefinitions()
    for (index, name) in venues.enumerated() {
      for symbol in 0..<2 {
        let place = ListingIndex(2 * index + symbol)
        definitions.listings.append(
          ListingDefinition(
            listing: Listing(
              index: place, venue: definitions.venue(name), instrument: InstrumentIndex(place),
              base: 0, quote: 1, contractKind: .spot, priceDecimals: 1, quantityDecimals: 0),
            symbol: "S\(symbol)"))
      }
    }
    return definitions
  }

  @Test func pricesNameTheirVenueWhereThereAreSeveral() {
    let one = SessionView.prices(Self.definitions(["a"])) { 10 + Int64($0) }
    #expect(one == " S0 1  S1 1.1 " || one == " S0 1.0  S1 1.1 ", "\(one)")
    let two = SessionView.prices(Self.definitions(["a", "b"])) { $0 == 1 ? nil : 10 + Int64($0) }
    #expect(two.split(separator: " ").filter { $0.hasSuffix(":") } == ["a:", "b:"])
    #expect(two.hasPrefix(" a: S0 1") && two.contains(" b: S0 1.2  S1 1.3 "), "\(two)")
  }
}
