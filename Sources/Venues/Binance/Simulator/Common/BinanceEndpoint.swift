import Exchange
import VenueServer

/// What a request must bring with it
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security).
enum BinanceSecurity {
  /// Nothing.
  case none
  /// A key.
  case key
  /// A key, a time and a signature, and the permission to read.
  case userData
  /// The same, and the permission to trade.
  case trade

  var isSigned: Bool { self == .userData || self == .trade }
  var permissions: Permissions { self == .trade ? [.trade] : self == .none ? [] : [.read] }
}

/// A request that the venue knows, over REST and over the WebSocket API.
struct BinanceEndpoint<Action: Hashable & Sendable> {
  var method: String
  var path: String
  /// Its names in the WebSocket API; none where it is not offered there.
  var names: [String] = []
  var security = BinanceSecurity.none
  var rules: [BinanceParameterRule] = []
  var action: Action
  var weight = 1
  /// Weight in place of `weight` when no `symbol` is sent.
  var weightWithoutSymbol: Int?

  /// The parameters of REST, with those of the security.
  var restRules: [BinanceParameterRule] {
    guard security.isSigned else { return rules }
    return rules + [
      .may("recvWindow", .decimal), .need("timestamp", .integer), .need("signature", .text),
    ]
  }

  /// The parameters of the WebSocket API. Key and signature may be missing in a session that logged on.
  var webSocketRules: [BinanceParameterRule] {
    var all = rules + [.may("returnRateLimits", .boolean)]
    if security != .none { all.append(.may("apiKey", .text)) }
    if security.isSigned {
      all += [
        .may("recvWindow", .decimal), .need("timestamp", .integer), .may("signature", .text),
      ]
    }
    return all
  }
}

/// One request, checked: what is asked for, by whom, and how the answer is wanted.
struct BinanceCall {
  var parameters: BinanceParameters
  /// The account of the key; -1 where none is asked for.
  var account: AccountIndex = -1
  /// The key itself; nil in the WebSocket API.
  var key: VenueKey?
  var unit: TimeUnit
}

/// The requests of a product, by what they are asked for with.
struct BinanceEndpoints<Action: Hashable & Sendable> {
  let byPath: [String: [BinanceEndpoint<Action>]]
  let byName: [String: BinanceEndpoint<Action>]

  init(_ all: [BinanceEndpoint<Action>]) {
    byPath = Dictionary(grouping: all, by: \.path)
    byName = Dictionary(
      all.flatMap { endpoint in endpoint.names.map { ($0, endpoint) } },
      uniquingKeysWith: { first, _ in first })
  }
}
