import VenueServer

/// How much the venue lets through. The defaults are those of 2026
/// (`rateLimits` of https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits).
public struct BinanceLimitSettings: Sendable {
  /// Weight of one address in a minute.
  public var requestWeight = 6_000
  /// New orders of one account in ten seconds.
  public var ordersInTenSeconds = 100
  /// New orders of one account in a minute; nil where that is not counted.
  public var ordersInMinute: Int?
  /// New orders of one account in a day; nil where that is not counted.
  public var ordersInDay: Int? = 200_000
  /// Requests of one address in five minutes.
  public var rawRequests = 61_000
  /// How many requests after the first 429 of a minute bring a ban.
  public var requestsBeforeBan = 20
  /// The first ban; every further one is twice as long. Seconds.
  public var banSeconds: Int64 = 120
  /// Whether excess is told in the words of futures
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code).
  var hasWordsOfFutures = false

  public init() {}
}

/// The limits of one address: every client of a simulator on loopback has the same.
struct BinanceAddressLimits {
  let settings: BinanceLimitSettings
  var weight: IntervalCounter
  var raw: IntervalCounter
  private var overrunCount = 0
  private var overrunInterval: Int64 = -1
  private var banCount = 0
  private var bannedUntil: Int64 = 0

  init(_ settings: BinanceLimitSettings) {
    self.settings = settings
    weight = IntervalCounter(seconds: 60, limit: settings.requestWeight)
    raw = IntervalCounter(seconds: 300, limit: settings.rawRequests)
  }

  /// Counts a request of `amount`.
  ///
  /// - Throws: 429 where a limit is exceeded, 418 where too many requests came after that.
  mutating func take(_ amount: Int, at milliseconds: Int64) throws(BinanceError) {
    if milliseconds < bannedUntil { throw banned(at: milliseconds) }
    let rawCount = raw.add(1, at: milliseconds)
    let weightCount = weight.add(amount, at: milliseconds)
    guard weightCount > weight.limit || rawCount > raw.limit else { return }
    let minute = milliseconds / 60_000
    if minute != overrunInterval {
      overrunInterval = minute
      overrunCount = 0
    }
    overrunCount += 1
    if overrunCount > settings.requestsBeforeBan {
      bannedUntil = milliseconds + settings.banSeconds * 1000 << Int64(min(banCount, 11))
      banCount += 1
      overrunCount = 0
      throw banned(at: milliseconds)
    }
    throw overrun(isRaw: weightCount <= weight.limit, at: milliseconds)
  }

  private func overrun(isRaw: Bool, at milliseconds: Int64) -> BinanceError {
    let text =
      isRaw
      ? "Too many requests; current limit is \(raw.limit) requests per 5 MINUTE."
      : "Too much request weight used; current limit is \(weight.limit) request weight per 1 "
        + "MINUTE."
    let futures =
      "Too many requests; current limit of IP is \(weight.limit) requests per minute. Please use the "
      + "websocket for live updates to avoid polling the API."
    var error = BinanceError(
      -1003,
      settings.hasWordsOfFutures
        ? futures
        : text + " Please use WebSocket Streams for live updates to avoid polling the API.",
      status: 429)
    error.retryAfter = (isRaw ? raw : weight).secondsLeft(at: milliseconds)
    return error
  }

  private func banned(at milliseconds: Int64) -> BinanceError {
    let ban = "IP banned until \(bannedUntil). Please use"
    var error = BinanceError(
      -1003,
      settings.hasWordsOfFutures
        ? "Way too many requests; \(ban) the websocket for live updates to avoid bans."
        : "Way too much request weight used; \(ban) WebSocket Streams for live updates to avoid bans.",
      status: 418)
    error.retryAfter = Int((bannedUntil - milliseconds + 999) / 1000)
    return error
  }
}

/// The new orders of one account.
struct BinanceOrderLimits {
  /// What is counted, and in what words it is told.
  private struct Limit {
    var counter: IntervalCounter
    var interval: String
    var number: Int
    var header: String
  }

  private var limits: [Limit]

  init(_ settings: BinanceLimitSettings) {
    limits = [
      Limit(
        counter: IntervalCounter(seconds: 10, limit: settings.ordersInTenSeconds),
        interval: "SECOND", number: 10, header: "10s")
    ]
    if let most = settings.ordersInMinute {
      limits.append(
        Limit(
          counter: IntervalCounter(seconds: 60, limit: most), interval: "MINUTE", number: 1,
          header: "1m"))
    }
    if let most = settings.ordersInDay {
      limits.append(
        Limit(
          counter: IntervalCounter(seconds: 86_400, limit: most), interval: "DAY", number: 1,
          header: "1d"))
    }
  }

  /// Counts new orders.
  ///
  /// - Throws: -1015 with status 429, without `Retry-After`, where a limit would be exceeded.
  mutating func take(_ amount: Int, at milliseconds: Int64) throws(BinanceError) {
    for place in limits.indices {
      let limit = limits[place]
      if limits[place].counter.count(at: milliseconds) + amount > limit.counter.limit {
        throw BinanceError(
          -1015,
          "Too many new orders; current limit is \(limit.counter.limit) orders per "
            + "\(limit.number) \(limit.interval).", status: 429)
      }
    }
    for place in limits.indices { _ = limits[place].counter.add(amount, at: milliseconds) }
  }

  /// The entries of `rateLimits`, with counts.
  mutating func entries(at milliseconds: Int64) -> [JSONValue] {
    limits.indices.map { place in
      BinanceLimitEntry.json(
        "ORDERS", limits[place].interval, limits[place].number,
        limit: limits[place].counter.limit,
        count: limits[place].counter.count(at: milliseconds))
    }
  }

  /// The headers of answers to orders.
  mutating func headers(at milliseconds: Int64) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for place in limits.indices {
      headers.add(
        "x-mbx-order-count-\(limits[place].header)",
        "\(limits[place].counter.count(at: milliseconds))")
    }
    return headers
  }
}

/// One entry of a `rateLimits` list.
enum BinanceLimitEntry {
  static func json(
    _ kind: String, _ interval: String, _ number: Int, limit: Int, count: Int? = nil
  ) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("rateLimitType", .string(kind)), ("interval", .string(interval)),
      ("intervalNum", .integer(number)), ("limit", .integer(limit)),
    ]
    if let count { members.append(("count", .integer(count))) }
    return .object(members)
  }
}

extension BinanceAddressLimits {
  /// The entry of responses of the WebSocket API.
  mutating func entry(at milliseconds: Int64) -> JSONValue {
    BinanceLimitEntry.json(
      "REQUEST_WEIGHT", "MINUTE", 1, limit: weight.limit, count: weight.count(at: milliseconds))
  }
}
