import Exchange
import VenueServer

/// A product of the simulated venue as its front needs it: what it can be asked, and what it does.
protocol BinanceProduct: AnyObject {
  associatedtype Action: Hashable, Sendable
  static var endpoints: BinanceEndpoints<Action> { get }
  /// Paths of the WebSocket API.
  static var requestPaths: Set<String> { get }
  /// Whether requests of the WebSocket API subscribe to users' events, as spot's do.
  static var hasUserSubscriptions: Bool { get }
  /// What stands before the method of a WebSocket API request and may be left out.
  static var methodPrefixes: [String] { get }
  /// Whether parameters that nobody knows are refused (-1104).
  static var refusesUnknownParameters: Bool { get }

  var keys: BinanceKeyRing { get }
  var streams: BinanceStreams { get }
  var now: ServerTime { get }

  /// Lets the venue live until `now`.
  func advance(to now: ServerTime)
  /// Sets what lies between two funding times; a product without contracts has none.
  func setFundingInterval(_ interval: Int64)
  /// Carries out a request.
  ///
  /// - Throws: the venue's error; nothing has changed then, but what the error's `data` tells.
  func perform(_ action: Action, _ call: BinanceCall) throws(BinanceError) -> JSONValue
  func weight(of endpoint: BinanceEndpoint<Action>, _ fields: [BinanceField]) -> Int
  /// Whether an action's answer tells how many orders were counted.
  func countsOrders(_ action: Action) -> Bool
  /// The headers that tell it, over REST.
  func orderCountHeaders(of account: AccountIndex) -> HTTPHeaders
  /// The same as `rateLimits` of the WebSocket API.
  func orderCountEntries(of account: AccountIndex) -> [JSONValue]

  /// Whether a name has a stream's form.
  func isStream(_ name: String) -> Bool
  /// In what a request wants its times.
  static func timeUnit(_ text: String?) throws(BinanceError) -> TimeUnit
  /// What an address of market or user streams asks for; nil where it is none.
  func streamNames(_ request: HTTPRequest) -> [String]?
  /// Whether a stream, or an account's own, is pushed at the address that was asked for.
  static func pushes(_ stream: String, at path: String) -> Bool

  /// Called every 100 ms, and every second.
  func publishFast()
  func publishSlow()
  func makeID(_ count: Int) -> String
  func state() -> JSONValue
}

// Of products that stream everything at one address, and know no funding.
extension BinanceProduct {
  static func pushes(_ stream: String, at path: String) -> Bool { true }
  func setFundingInterval(_ interval: Int64) {}
}
