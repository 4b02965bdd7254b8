import Credentials
import Testing
import TradingModel

@testable import NeedletailCommands
@testable import Venues

/// What holds for requests by hand of every venue.
@Suite struct RequestTests {
  private static let time: UInt64 = 1_700_000_000_000
  static let venueNames = VenueRegistry.names

  private func venue(_ name: String) throws -> any VenueAdapter.Type {
    try #require(VenueRegistry.find(name)).adapter
  }

  private func credential(
    key: String = "key", passphrase: String? = "pass"
  ) -> VenueCredential {
    VenueCredential(
      apiKey: key, kind: .hmac, secret: SecretBytes("secret"),
      passphrase: passphrase.map { SecretBytes($0) })
  }

  private func requests(
    _ venue: any VenueAdapter.Type, _ action: VenueAction, _ input: RequestInput,
    _ credential: VenueCredential
  ) throws -> [WireRequest] {
    try venue.requests(
      action, input, credential, venue.description.environments[0], timestamp: Self.time)
  }

  /// An order that every venue takes.
  private func order() throws -> RequestInput {
    var input = RequestInput()
    input.symbol = "BTCUSDT"
    input.side = .buy
    input.quantity = try Decimal("0.001")
    input.price = try Decimal("60000")
    input.clientOrderID = "abc1"
    return input
  }

  /// What `name` is refused for.
  private func refused(_ name: String, _ body: () throws -> [WireRequest]) -> String? {
    do {
      return "written: \(try body())"
    } catch RequestError.unsuitable(let option, _) where option == name {
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: venueNames)
  func aSymbolIsNeitherEmptyNorEndless(name: String) throws {
    let venue = try venue(name)
    for symbol in ["", String(repeating: "A", count: 65), "BTC USDT", "BTC\r\nX: 1"] {
      for action: VenueAction in [.place, .cancel, .query, .depth, .openOrders] {
        var input = try order()
        input.symbol = symbol
        let failure = refused("symbol") { try requests(venue, action, input, credential()) }
        #expect(failure == nil, "\(action) of '\(symbol)'")
      }
    }
    var input = try order()
    input.symbol = String(repeating: "A", count: 64)
    #expect(try requests(venue, .place, input, credential()).count == 1)
  }

  @Test(arguments: venueNames)
  func aPriceAndAQuantityAreAboveZero(name: String) throws {
    let venue = try venue(name)
    var input = try order()
    input.quantity = try Decimal("0")
    #expect(refused("quantity") { try requests(venue, .place, input, credential()) } == nil)
    input = try order()
    input.price = try Decimal("0.000")
    for action: VenueAction in [.place, .modify] {
      #expect(refused("price") { try requests(venue, action, input, credential()) } == nil)
    }
  }

  @Test(arguments: venueNames)
  func aClientOrderIDIsTheVenues(name: String) throws {
    let venue = try venue(name)
    for id in ["", "has space", "\u{e9}", "a\r\nb", String(repeating: "a", count: 37)] {
      for action: VenueAction in [.place, .cancel] {
        var input = try order()
        input.clientOrderID = id
        let failure = refused("client-order-id") {
          try requests(venue, action, input, credential())
        }
        #expect(failure == nil, "\(action) of '\(id)'")
      }
    }
  }

  @Test(arguments: venueNames)
  func aKeyIsThereAndOneLine(name: String) throws {
    let venue = try venue(name)
    #expect(throws: RequestError.missing("key")) {
      try requests(venue, .place, try order(), credential(key: ""))
    }
    for key in ["a\r\nX-Other: 1", "a\n", "caf\u{e9}", "a\u{0}"] {
      #expect(
        refused("key") { try requests(venue, .place, try order(), credential(key: key)) } == nil)
    }
    guard venue.description.hasPassphrase else { return }
    for passphrase in [nil, ""] {
      #expect(throws: RequestError.missing("passphrase")) {
        try requests(venue, .place, try order(), credential(passphrase: passphrase))
      }
    }
    #expect(
      refused("passphrase") {
        try requests(venue, .place, try order(), credential(passphrase: "a\r\nb"))
      } == nil)
  }

  @Test(arguments: venueNames)
  func whatIsPublicNeedsNoKey(name: String) throws {
    let venue = try venue(name)
    for action in VenueAction.allCases where action.isPublic {
      for request in try requests(venue, action, try order(), .nobody) {
        #expect(
          request.headers.allSatisfy { field in ["Host", "Content-Type"].contains(field.name) },
          "\(action): \(request.headers)")
      }
    }
  }

  /// Where batches are offered, several orders fit into one.
  @Test(arguments: venueNames)
  func batchesHoldSeveralOrders(name: String) throws {
    let venue = try venue(name)
    for action: VenueAction in [.placeBatch, .cancelBatch] {
      var input = try order()
      input.clientOrderIDs = ["one1", "two2", "three3"]
      if case .none = venue.description.support(of: action) {
        #expect(throws: RequestError.self) { try requests(venue, action, input, credential()) }
        continue
      }
      let wire = try requests(venue, action, input, credential())
      try #require(wire.count == 1)
      for id in input.clientOrderIDs { #expect((wire[0].url + wire[0].body).contains(id)) }
      input.clientOrderIDs = ["one1", "one1"]
      #expect(
        refused("client-order-ids") { try requests(venue, action, input, credential()) } == nil)
      input.clientOrderIDs = ["one1", ""]
      #expect(
        refused("client-order-id") { try requests(venue, action, input, credential()) } == nil)
      input.clientOrderIDs = []
      input.clientOrderID = nil
      #expect(throws: RequestError.self) { try requests(venue, action, input, credential()) }
    }
  }

  @Test(arguments: venueNames)
  func theTableNamesWhatTellsAKeysRights(name: String) throws {
    let venue = try venue(name)
    guard let endpoint = venue.description.keyPermissionsEndpoint else { return }
    let wire = try requests(venue, .keyPermissions, RequestInput(), credential())[0]
    let words = endpoint.split(separator: " ")
    try #require(words.count == 2 && words[0] == wire.method)
    let origin = words[1].hasPrefix("/") ? venue.description.environments[0].rest : ""
    #expect(wire.url.prefix { $0 != "?" } == origin + words[1])
  }

  @Test func refusalsNameTypesAsOptionsDo() {
    #expect(
      "\(RequestError.instructions(.reduceOnly))"
        == "the venue does not take 'reduce-only' with this order")
    #expect("\(RequestError.orderType(.stopLimit))" == "the venue has no order type 'stop-limit'")
  }

  // MARK: The command

  private func options(_ words: [String]) throws -> CommandOptions {
    try CommandOptions(words, usage: RequestCommand.usage) { _ in nil }
  }

  @Test func listsAreReadFromOptions() throws {
    let input = try RequestCommand.input(
      try options([
        "VENUE", "cancel-batch", "--client-order-ids", "a,b,,c", "--order-ids=7,8",
        "--instrument-code", "9",
      ]))
    #expect(input.clientOrderIDs == ["a", "b", "", "c"])
    #expect(input.venueOrderIDs == [7, 8] && input.instrumentCode == 9)
    #expect(throws: UsageError.self) {
      try RequestCommand.input(try options(["VENUE", "cancel-batch", "--order-ids", "7,x"]))
    }
  }

  @Test func onlyPrivateActionsWantASecret() throws {
    let options = try options(["VENUE", "ACTION", "--key", "k"])
    for action in VenueAction.allCases {
      if action.isPublic {
        #expect(try RequestCommand.credential(options, action).apiKey.isEmpty)
      } else {
        #expect(throws: UsageError.self) { try RequestCommand.credential(options, action) }
      }
    }
  }
}
