/// What can be asked of a venue on behalf of an account, under the names the command line uses.
public enum VenueAction: String, CaseIterable, Sendable {
  /// Enters one order.
  case place
  /// Changes the price or the total quantity of one order.
  case modify
  /// Cancels one order.
  case cancel
  /// Cancels all open orders of a symbol, or of the account.
  case cancelAll = "cancel-all"
  case placeBatch = "place-batch"
  case cancelBatch = "cancel-batch"
  /// Has the venue cancel everything unless it hears from us again in time.
  case deadManSwitch = "dead-man-switch"
  /// What became of one order?
  case query
  case openOrders = "open-orders"
  case fills
  case balances
  case positions
  /// What the key may do: a key that may withdraw is refused.
  case keyPermissions = "key-permissions"
  /// Opens the stream of the account's own events.
  case userStream = "user-stream"
  /// Keeps that stream open.
  case keepUserStream = "keep-user-stream"
  case closeUserStream = "close-user-stream"
  /// Logs a connection in, where orders are entered over it.
  case logOn = "log-on"
  case serverTime = "server-time"
  case instruments
  case depth

  /// Whether anybody may ask it: without a key.
  public var isPublic: Bool { [.serverTime, .instruments, .depth].contains(self) }
}

/// Over what a request travels.
public enum VenueChannel: String, CaseIterable, Sendable {
  case rest
  case webSocket = "websocket"
}

/// How a venue offers an action.
public enum ActionSupport: Equatable, Sendable {
  /// The venue does it in one request; the fastest channel first.
  case native([VenueChannel])
  /// The same, within limits: which.
  case restricted([VenueChannel], String)
  /// The adapter does it with other requests, and how.
  case emulated(String)
  /// It cannot be had, and why.
  case none(String)
}
