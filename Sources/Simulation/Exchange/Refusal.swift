/// Why a request was refused. Nothing has changed then.
public enum Refusal: UInt8, Error, Sendable, CaseIterable {
  case unknownSymbol = 1
  case unknownAccount = 2
  case unknownKey = 3
  case permissionDenied = 4
  /// The price is not on the tick grid.
  case priceTick = 5
  /// The price is below the instrument's least or above its largest, or not above zero.
  case priceRange = 6
  /// The price is too far from the reference.
  case priceBand = 7
  /// The quantity is not on the lot grid.
  case lotStep = 8
  case quantityBelowMin = 9
  case quantityAboveMax = 10
  case notionalBelowMin = 11
  case notionalAboveMax = 12
  /// The display quantity is off the grid, out of range, or has too many parts.
  case icebergParts = 13
  case insufficientBalance = 14
  case duplicateClientOrderID = 15
  /// A post-only order would have taken.
  case wouldTake = 16
  /// The trigger price was passed already.
  case wouldTrigger = 17
  case unknownOrder = 18
  /// The order is known, and has ended.
  case orderEnded = 19
  case tooManyOrders = 20
  case tooManyWaitingOrders = 21
  case marketClosed = 22
  case reduceOnlyRejected = 23
  case noLiquidity = 24
  /// Fields that contradict each other or the instrument; a missing or surplus one.
  case invalidCombination = 25
  /// A good-till-date order whose time has come.
  case expireTimePassed = 26
  /// The position side does not belong to the account's position mode.
  case positionSideMismatch = 27
  case leverageOutOfRange = 28
  /// Orders or positions are open that the change does not allow.
  case openOrdersOrPositions = 29
  /// The book is full.
  case venueCapacity = 30
  /// An amendment that changes nothing.
  case nothingToAmend = 31
  /// No position.
  case noPosition = 32
  /// An asset that the exchange does not know.
  case unknownAsset = 34
  /// An amount that is not above zero, or does not fit.
  case invalidAmount = 33
  /// The client id of a list is that of another one.
  case duplicateClientListID = 35
}
