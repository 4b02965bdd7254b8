extension ServerFaults {
  /// Each field's name in JSON, with its place.
  private enum Place {
    case time(WritableKeyPath<ServerFaults, Int64>)
    case probability(WritableKeyPath<ServerFaults, UInt32>)
    case status(WritableKeyPath<ServerFaults, Int>)
    case flag(WritableKeyPath<ServerFaults, Bool>)
  }

  private static var places: [(name: String, place: Place)] {
    [
      ("latency", .time(\.latency)), ("jitter", .time(\.jitter)),
      ("dropped_requests", .probability(\.droppedRequests)),
      ("dropped_replies", .probability(\.droppedReplies)),
      ("cut_replies", .probability(\.cutReplies)),
      ("server_errors", .probability(\.serverErrors)),
      ("server_errors_carried_out", .probability(\.serverErrorsCarriedOut)),
      ("server_error_status", .status(\.serverErrorStatus)),
      ("duplicated_pushes", .probability(\.duplicatedPushes)),
      ("reordered_pushes", .probability(\.reorderedPushes)),
      ("reorder_delay", .time(\.reorderDelay)),
      ("disconnect_interval", .time(\.disconnectInterval)),
      ("banned_until", .time(\.bannedUntil)), ("maintenance", .flag(\.isInMaintenance)),
      ("clock_offset", .time(\.clockOffset)),
    ]
  }

  /// Every field: probabilities in parts per million, times in nanoseconds.
  public var json: JSONValue {
    .object(
      Self.places.map { name, place in
        switch place {
        case .time(let path): (name, .integer(self[keyPath: path]))
        case .probability(let path): (name, .integer(self[keyPath: path]))
        case .status(let path): (name, .integer(self[keyPath: path]))
        case .flag(let path): (name, .boolean(self[keyPath: path]))
        }
      })
  }

  /// Sets the fields that an object names and leaves the others.
  ///
  /// - Throws: the field that is unknown or holds what it cannot; nothing is changed then.
  public mutating func apply(_ object: JSONValue) throws(ServerFaultsError) {
    guard let members = object.members else {
      throw ServerFaultsError(field: "faults", expected: "an object")
    }
    var changed = self
    for (name, value) in members { try changed.set(name, value) }
    self = changed
  }

  private mutating func set(_ name: String, _ value: JSONValue) throws(ServerFaultsError) {
    guard let place = Self.places.first(where: { $0.name == name })?.place else {
      throw ServerFaultsError(
        field: name, expected: "one of \(Self.places.map(\.name).joined(separator: ", "))")
    }
    switch place {
    case .time(let path):
      let isSigned = name == "clock_offset"
      guard let time = value.integer, isSigned || (0...1 << 61).contains(time) else {
        throw ServerFaultsError(field: name, expected: "whole nanoseconds, at least 0")
      }
      self[keyPath: path] = time
    case .probability(let path):
      guard let parts = value.integer, (0...1_000_000).contains(parts) else {
        throw ServerFaultsError(field: name, expected: "parts per million, 0 to 1000000")
      }
      self[keyPath: path] = UInt32(parts)
    case .status(let path):
      guard let status = value.integer, (500...599).contains(status) else {
        throw ServerFaultsError(field: name, expected: "a status, 500 to 599")
      }
      self[keyPath: path] = Int(status)
    case .flag(let path):
      guard let flag = value.boolean else {
        throw ServerFaultsError(field: name, expected: "true or false")
      }
      self[keyPath: path] = flag
    }
  }
}

/// A field of faults that cannot be set so.
public struct ServerFaultsError: Error, Equatable, CustomStringConvertible {
  public var field: String
  public var expected: String
  public var description: String { "\(field): expected \(expected)" }
}
