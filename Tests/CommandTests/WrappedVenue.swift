import Credentials
import TradingModel
import Venues

@testable import NeedletailCommands

/// A venue that is the registry's first one in all that it does not do otherwise.
protocol WrappedVenue: VenueAdapter {}

/// Takes every cancel of all orders and does nothing.
enum StubbornVenue: WrappedVenue {
  static func requests(
    _ action: VenueAction, _ input: RequestInput, _ credential: VenueCredential,
    _ environment: VenueEnvironment, timestamp: UInt64
  ) throws -> [WireRequest] {
    try base.requests(
      action == .cancelAll ? .serverTime : action, input, credential, environment,
      timestamp: timestamp)
  }
}

/// Knows the key when it is asked at the start, and refuses the session's signatures.
enum RevokingVenue: WrappedVenue {
  static func tradingSession(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames,
    budget: SharedBudget
  ) throws(SigningKeyError) -> any OrderSession {
    var other = credential
    other.secret = SecretBytes("another")
    return try base.tradingSession(environment, other, account, budget: budget)
  }
}

extension WrappedVenue {
  static var base: any VenueAdapter.Type { VenueRegistry.all[0].adapter }

  static var description: VenueDescription { base.description }
  static var feedKinds: [FeedKind] { base.feedKinds }

  static func requests(
    _ action: VenueAction, _ input: RequestInput, _ credential: VenueCredential,
    _ environment: VenueEnvironment, timestamp: UInt64
  ) throws -> [WireRequest] {
    try base.requests(action, input, credential, environment, timestamp: timestamp)
  }

  static func refusal(in answer: UnsafeRawBufferPointer, status: Int) -> VenueErrorMeaning? {
    base.refusal(in: answer, status: status)
  }

  static func serverTime(in answer: UnsafeRawBufferPointer) throws -> Timestamp? {
    try base.serverTime(in: answer)
  }

  static func definitions(
    in answer: UnsafeRawBufferPointer, of symbols: [String]
  ) throws -> [InstrumentDefinition] { try base.definitions(in: answer, of: symbols) }

  static func keyPermissions(in answer: UnsafeRawBufferPointer) throws -> KeyPermissions {
    try base.keyPermissions(in: answer)
  }

  static func balances(in answer: UnsafeRawBufferPointer) throws -> [VenueBalance] {
    try base.balances(in: answer)
  }

  static func decodingSamples() throws -> [DecodingSample] { try base.decodingSamples() }

  static func openOrders(in answer: UnsafeRawBufferPointer) throws -> OpenOrderPage {
    try base.openOrders(in: answer)
  }

  static func marketSession(
    _ environment: VenueEnvironment, following symbols: [SymbolScale], budget: SharedBudget,
    silenceMax: Int64, recorder: (any FrameRecorder)?
  ) -> any VenueSession {
    base.marketSession(
      environment, following: symbols, budget: budget, silenceMax: silenceMax, recorder: recorder)
  }

  static func tradingSession(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames,
    budget: SharedBudget
  ) throws(SigningKeyError) -> any OrderSession {
    try base.tradingSession(environment, credential, account, budget: budget)
  }
}
