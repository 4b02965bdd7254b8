import TradingModel

/// The place of an account in an exchange, in order of `addAccount`.
public typealias AccountIndex = Int

/// What an API key may do.
public struct Permissions: OptionSet, Sendable, Hashable {
  /// The sum of the options.
  public let rawValue: UInt8
  /// Options from their sum.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Views of the account.
  public static let read = Permissions(rawValue: 1)
  /// Orders.
  public static let trade = Permissions(rawValue: 2)
  /// Withdrawals.
  public static let withdraw = Permissions(rawValue: 4)
}

/// A key of an account. Fronts check signatures with the secret; this room does nothing with it.
public struct APIKey: Equatable, Sendable {
  /// Its public name, unique at the exchange.
  public var id: String
  /// What requests are signed with.
  public var secret: String
  /// What some venues ask beside; else empty.
  public var passphrase: String
  /// What it may do; fronts look at it.
  public var permissions: Permissions

  /// A key from its parts.
  public init(
    id: String, secret: String, passphrase: String = "", permissions: Permissions = [.read, .trade]
  ) {
    self.id = id
    self.secret = secret
    self.passphrase = passphrase
    self.permissions = permissions
  }
}

/// How an account holds contracts.
public enum PositionMode: UInt8, Sendable {
  /// One signed position for each contract.
  case oneWay = 0
  /// A long and a short position for each contract.
  case hedge = 1
}

/// Which position of a contract an order or a position is about.
public enum PositionSide: UInt8, Sendable, CaseIterable {
  /// The signed one of one-way mode; spot orders too.
  case net = 0
  /// The long one of hedge mode.
  case long = 1
  /// The short one of hedge mode.
  case short = 2
}

/// What stands behind a position.
public enum MarginMode: UInt8, Sendable {
  /// The whole balance of the settlement asset.
  case cross = 0
  /// Its own margin.
  case isolated = 1
}

/// How much of an asset an account has.
public struct ExchangeBalance: Equatable, Sendable {
  /// What can be used. Of spot never below zero; losses and funding of contracts can take it there.
  public var free: Money
  /// What open orders and positions hold.
  public var locked: Money
  /// Both.
  public var total: Money { free + locked }

  /// A balance from its parts.
  public init(free: Money = .zero, locked: Money = .zero) {
    self.free = free
    self.locked = locked
  }
}

/// A position in a contract.
public struct ExchangePosition: Equatable, Sendable {
  public var account: AccountIndex
  public var instrument: InstrumentIndex
  public var side: PositionSide
  /// Signed, in quantity units: below zero is short (of the `.short` side too).
  public var quantity: Int64
  /// What it cost, in the settlement asset: of a linear one the sum of price x quantity x contract size,
  /// signed as the quantity; of an inverse one the sum of quantity x contract size / price with the other
  /// sign. When a part is closed its share leaves, rounded half to even at 10^-18.
  public var cost: Money
  /// Profit and loss of what was closed, since the start; fees and funding are not in it.
  public var realized: Money
  /// Funding received less paid, since the start.
  public var funding: Money
  /// Margin that is locked for it, in the settlement asset; `addedMargin` is part of it.
  public var margin: Money
  /// Of an isolated position: margin that was added by hand.
  public var addedMargin: Money
  public var leverage: Int
  public var marginMode: MarginMode
  public var updateTime: Timestamp
}
