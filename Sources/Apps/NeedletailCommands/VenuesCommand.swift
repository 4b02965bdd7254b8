import Glibc
import Runtime
import Strategies
import TradingModel
import Venues

/// `needletail venues`: the capability table.
enum VenuesCommand {
  static let usage = CommandUsage(
    name: "venues", summary: "print what each venue offers",
    arguments: "[VENUE]", argumentCount: 0...1,
    options: [.flag("json", "one JSON document with everything that is known of the venues")],
    examples: ["needletail venues", "needletail venues \(VenueRegistry.exampleName) --json"])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    var venues = VenueRegistry.all.map { $0.adapter.description }
    if let name = options.arguments.first {
      venues = venues.filter { $0.name == name }
      if venues.isEmpty { throw UsageError.unknown("venue", name, among: VenueRegistry.names) }
    }
    writeText(options.has("json") ? json(venues) : table(venues), to: STDOUT_FILENO)
    return ExitStatus.done
  }

  // MARK: For people

  private static func table(_ venues: [VenueDescription]) -> String {
    venues.map { venue in
      var text = "\(venue.name): \(venue.title)\n"
      for action in VenueAction.allCases {
        let name = action.rawValue.padded(to: 18)
        switch venue.support(of: action) {
        case .native(let channels):
          text += "  \(name)\(channels.map(\.rawValue).joined(separator: ", "))\n"
        case .restricted(let channels, let limits):
          text += "  \(name)\(channels.map(\.rawValue).joined(separator: ", ")); \(limits)\n"
        case .emulated(let how): text += "  \(name)emulated: \(how)\n"
        case .none(let why): text += "  \(name)-  \(why)\n"
        }
      }
      text += "  \("order types".padded(to: 18))\(names(venue.orderTypes))\n"
      text += "  \("times in force".padded(to: 18))\(names(venue.timesInForce))\n"
      text += "  \("keys".padded(to: 18))\(venue.keyKinds.map(\.rawValue).joined(separator: ", "))"
      text += venue.keyPermissionsEndpoint.map { "; \($0) tells what a key may do\n" } ?? "\n"
      text += "  \("book".padded(to: 18))\(venue.bookRule)\n"
      for limit in venue.rateLimits {
        text += "  \("limit".padded(to: 18))\(limit.limit) \(limit.kind.rawValue) in "
        text += "\(limit.interval / 1_000_000_000) s by \(limit.scope.rawValue)\n"
      }
      if let seconds = venue.deadManSeconds {
        text +=
          "  \("dead-man seconds".padded(to: 18))\(seconds.lowerBound) to \(seconds.upperBound)\n"
      }
      if let most = venue.marketSymbolCountMax {
        text += "  \("limit".padded(to: 18))\(most) symbols of one market session\n"
      }
      for environment in venue.environments {
        text += "  \(environment.name.padded(to: 18))\(environment.rest) "
        text += "\(environment.publicStream) \(environment.orderEntry)\n"
      }
      return text + "  \("documentation".padded(to: 18))\(venue.documentation)\n"
    }.joined(separator: "\n")
  }

  private static func names<Value>(_ values: [Value]) -> String {
    values.map { OptionName.of($0) }.joined(separator: ", ")
  }

  // MARK: For programs

  private static func json(_ venues: [VenueDescription]) -> String {
    "{\"venues\": [" + venues.map(json).joined(separator: ",\n") + "]}\n"
  }

  private static func json(_ venue: VenueDescription) -> String {
    let actions = VenueAction.allCases.map { action in
      "\(quoted(action.rawValue)): \(json(venue.support(of: action)))"
    }
    let environments = venue.environments.map { environment in
      "{\"name\": \(quoted(environment.name)), \"real\": \(environment.isReal), "
        + "\"rest\": \(quoted(environment.rest)), "
        + "\"public_stream\": \(quoted(environment.publicStream)), "
        + "\"user_stream\": \(quoted(environment.userStream)), "
        + "\"order_entry\": \(quoted(environment.orderEntry))}"
    }
    let limits = venue.rateLimits.map { limit in
      "{\"kind\": \(quoted(limit.kind.rawValue)), \"limit\": \(limit.limit), "
        + "\"interval_ns\": \(limit.interval), \"aligned\": \(limit.isAligned), "
        + "\"scope\": \(quoted(limit.scope.rawValue))}"
    }
    return "{\"name\": \(quoted(venue.name)), \"title\": \(quoted(venue.title)), "
      + "\"contracts\": \(list(venue.contractKinds.map { "\($0)" })), "
      + "\"actions\": {\(actions.joined(separator: ", "))}, "
      + "\"order_types\": \(list(venue.orderTypes.map { OptionName.of($0) })), "
      + "\"times_in_force\": \(list(venue.timesInForce.map { OptionName.of($0) })), "
      + "\"post_only\": \(venue.instructions.contains(.postOnly)), "
      + "\"reduce_only\": \(venue.instructions.contains(.reduceOnly)), "
      + "\"keys\": \(list(venue.keyKinds.map(\.rawValue))), "
      + "\"tells_key_permissions\": \(venue.tellsKeyPermissions), "
      + "\"key_permissions_endpoint\": \(venue.keyPermissionsEndpoint.map(quoted) ?? "null"), "
      + "\"book_rule\": \(quoted(venue.bookRule)), "
      + "\"untold_ban_seconds\": \(venue.untoldBanSeconds), "
      + "\"dead_man_seconds\": \(bounds(venue.deadManSeconds)), "
      + "\"rate_limits\": [\(limits.joined(separator: ", "))], "
      + "\"market_symbols_max\": \(venue.marketSymbolCountMax.map { "\($0)" } ?? "null"), "
      + "\"environments\": [\(environments.joined(separator: ", "))], "
      + "\"documentation\": \(quoted(venue.documentation))}"
  }

  private static func json(_ support: ActionSupport) -> String {
    switch support {
    case .native(let channels):
      "{\"support\": \"native\", \"channels\": \(list(channels.map(\.rawValue)))}"
    case .restricted(let channels, let limits):
      "{\"support\": \"restricted\", \"channels\": \(list(channels.map(\.rawValue))), "
        + "\"limits\": \(quoted(limits))}"
    case .emulated(let how): "{\"support\": \"emulated\", \"how\": \(quoted(how))}"
    case .none(let why): "{\"support\": \"none\", \"why\": \(quoted(why))}"
    }
  }

  private static func bounds(_ range: ClosedRange<Int>?) -> String {
    range.map { "{\"min\": \($0.lowerBound), \"max\": \($0.upperBound)}" } ?? "null"
  }

  private static func list(_ names: [String]) -> String {
    "[" + names.map(quoted).joined(separator: ", ") + "]"
  }
}

extension String {
  /// With spaces behind it up to `width`, at least one.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
