import LowLatency
import TradingModel

/// What a simulated venue's order gateway is made of.
public struct OrderGatewaySettings: Sendable {
  public var venue: VenueIndex
  public var latency = VenueLatency()
  public var faults = VenueFaults.none
  public var seed: UInt64
  /// When the venue opens and reports `connected`.
  public var startTime: Timestamp
  /// Orders and trades it remembers.
  public var orderCapacity = 16_384
  public var tradeCapacity = 16_384
  /// Trades that a snapshot repeats at most.
  public var repeatedTradeCount = 512
  /// Venue order ids and trade ids count up from here. The default, the start time in microseconds,
  /// keeps the ids of runs on one journal apart as long as each starts after the one before.
  public var firstID: UInt64

  public init(venue: VenueIndex, seed: UInt64, startTime: Timestamp) {
    self.venue = venue
    self.seed = seed
    self.startTime = startTime
    firstID = UInt64(max(0, startTime) / 1000) + 1
  }
}

/// A simulated venue's order connection: requests come in, are checked, carried out by the market of
/// their listing and answered, with latency and, where asked for, faults.
public final class OrderGateway {
  /// What the gateway has to do next.
  enum Task {
    case connect
    case disconnect
    case request(VenueRequest)
  }

  struct Waiting {
    var arrival: Timestamp
    var request: VenueRequest
  }

  public let settings: OrderGatewaySettings
  public private(set) var isConnected = false
  /// Reports that were made but not sent, and requests that were lost, by faults.
  public internal(set) var lostReportCount = 0
  public private(set) var lostRequestCount = 0

  var table: VenueOrderTable
  var answerLine: DelayLine
  var random: SeededRandom
  /// While a request's answers are lost.
  var isMute = false
  private var entryLine: DelayLine
  private var inbox: [Waiting] = []
  private var inboxHead = 0
  private var nextTransition: Timestamp
  private var nextVenueOrderID: VenueOrderID
  private var nextTradeID: TradeID

  public init(_ settings: OrderGatewaySettings) {
    self.settings = settings
    table = VenueOrderTable(
      orderCapacity: settings.orderCapacity, tradeCapacity: settings.tradeCapacity)
    var seeds = SeededRandom(seed: settings.seed)
    let latency = settings.latency
    entryLine = DelayLine(delay: latency.entry, jitter: latency.jitter, seed: seeds.next())
    answerLine = DelayLine(delay: latency.answer, jitter: latency.jitter, seed: seeds.next())
    random = seeds.split()
    nextTransition = settings.startTime
    nextVenueOrderID = settings.firstID
    nextTradeID = settings.firstID
    inbox.reserveCapacity(256)
  }

  // MARK: The venue's own record

  /// Orders that are open.
  public var openCount: Int { table.openCount }
  /// Trades of our orders so far.
  public var tradeCount: UInt64 { table.tradeCount }
  /// The order at `index`.
  public func order(at index: UInt32) -> VenueOrder { table[index] }
  /// Where the order with this client order id stands; nil when the venue does not know it.
  public func index(of orderID: OrderID) -> UInt32? { table.find(orderID) }
  /// Our trade with this number (1, 2, 3...); nil when it is forgotten or never was.
  public func trade(_ number: UInt64) -> VenueTrade? { table.trade(number) }

  /// The venue's next trade id.
  public func takeTradeID() -> TradeID {
    defer { nextTradeID += 1 }
    return nextTradeID
  }

  func takeVenueOrderID() -> VenueOrderID {
    defer { nextVenueOrderID += 1 }
    return nextVenueOrderID
  }

  // MARK: Time

  /// The earliest time at which the gateway has something to do.
  public var nextTime: Timestamp {
    inboxHead < inbox.count ? min(nextTransition, inbox[inboxHead].arrival) : nextTransition
  }

  /// When a request that leaves the core at `time` arrives.
  public func arrivalTime(sentAt time: Timestamp) -> Timestamp { entryLine.arrival(of: time) }

  /// Takes a request in, to be carried out at `arrival`.
  public func schedule(_ request: VenueRequest, arrival: Timestamp) {
    if inboxHead == inbox.count {
      inbox.removeAll(keepingCapacity: true)
      inboxHead = 0
    }
    inbox.append(Waiting(arrival: arrival, request: request))
    var place = inbox.count - 1
    while place > inboxHead, inbox[place - 1].arrival > arrival {
      inbox.swapAt(place, place - 1)
      place -= 1
    }
  }

  /// What is to be done at `nextTime`, which it was that is taken off the list.
  func takeTask() -> Task {
    let firstArrival = inboxHead < inbox.count ? inbox[inboxHead].arrival : .max
    if nextTransition <= firstArrival { return isConnected ? .disconnect : .connect }
    inboxHead += 1
    return .request(inbox[inboxHead - 1].request)
  }

  /// Opens the connection and says so.
  func connect(in turn: VenueTurn) {
    isConnected = true
    let interval = settings.faults.disconnectInterval
    nextTransition = interval == 0 ? .max : turn.time + max(1, randomWait(mean: interval))
    answer(VenueReport(kind: .connected, venue: settings.venue, venueTime: turn.time), in: turn)
  }

  /// Says that the connection is lost, and loses it.
  func disconnect(in turn: VenueTurn) {
    answer(VenueReport(kind: .disconnected, venue: settings.venue, venueTime: turn.time), in: turn)
    isConnected = false
    nextTransition = turn.time + max(1, settings.faults.disconnectDuration)
  }

  private func randomWait(mean: Int64) -> Int64 {
    Int64(min(random.exponential() * Double(mean), 1e18))
  }

  /// Whether something of this likelihood (parts per million) happens now.
  func happens(_ partsPerMillion: UInt32) -> Bool {
    partsPerMillion > 0 && random.next(below: 1_000_000) < UInt64(partsPerMillion)
  }

  /// Does the gateway's next task; `market` finds the market of a listing.
  ///
  /// - Returns: whether the connection came up or went down.
  public func work(
    at time: Timestamp, into deliveries: DeliveryQueue,
    market: (ListingIndex) -> (any OrderMarket)?
  ) -> Bool {
    let turn = VenueTurn(gateway: self, time: time, deliveries: deliveries)
    switch takeTask() {
    case .connect: connect(in: turn)
    case .disconnect: disconnect(in: turn)
    case .request(let request):
      if isConnected {
        carryOut(request, in: market(request.listing), turn)
      } else {
        lostRequestCount += 1
      }
      return false
    }
    return true
  }
}
