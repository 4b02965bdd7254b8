import Configuration
import Credentials
import Live
import Testing
import Venues

@testable import NeedletailCommands

/// `demo` never reaches a real market, whatever addresses it is given.
@Suite struct RealAddressTests {
  private static func configuration(
    _ venue: VenueDescription, _ environment: String?, _ addresses: [VenueAddress: String]
  ) throws -> VenueConfiguration {
    var text = "[[venue]]\nname = \"\(venue.name)\"\nsymbols = [\"X\"]\n"
    if let environment { text += "environment = \"\(environment)\"\n" }
    for (address, value) in addresses { text += "\(address.rawValue) = \"\(value)\"\n" }
    return try RunConfigurationFile(bytes: Array(text.utf8), file: "t").configuration.venues[0]
  }

  private static func addresses(_ environment: VenueEnvironment) -> [VenueAddress: String] {
    Dictionary(
      uniqueKeysWithValues: VenueAddress.allCases.compactMap { address in
        let text = environment.text(of: address)
        // What goes over REST instead is not configured as a stream.
        return address != .rest && text.hasPrefix("https") ? nil : (address, text)
      })
  }

  /// What `demo` makes of a configuration; nil where it is refused for a real address.
  private static func demo(
    _ venue: VenueDescription, _ environment: String?, _ addresses: [VenueAddress: String]
  ) throws -> VenueEnvironment? {
    do {
      return try LiveVenue.environment(
        configuration(venue, environment, addresses), venue, .demo)
    } catch let error as UsageError {
      #expect("\(error)".contains("real"), "\(error)")
      return nil
    }
  }

  private static var venues: [VenueDescription] {
    VenueRegistry.all.map { known in known.adapter.description }
  }
  private static let names: [String?] = [nil, "live", "demo", "test"]

  private static func environments(_ venue: VenueDescription) -> [String?] {
    names.filter { name in name == nil || venue.environments.contains { $0.name == name } }
  }

  @Test func realAddressesAreRefusedWhateverTheyAreCalled() throws {
    for venue in Self.venues {
      for real in venue.environments where real.isReal {
        for name in Self.environments(venue) {
          #expect(try Self.demo(venue, name, Self.addresses(real)) == nil, "\(venue.name)")
        }
      }
    }
  }

  /// One address is enough: capital letters, another port, a last dot or another path change nothing.
  @Test func oneRealAddressIsRefused() throws {
    for venue in Self.venues {
      for base in venue.environments where !base.isReal {
        for real in venue.environments where real.isReal {
          for address in VenueAddress.allCases where address != .publicStream {
            let text = real.text(of: address)
            let host = VenueEnvironment.host(of: text)
            let isShared = VenueEnvironment.host(of: base.text(of: address)) == host
            let name = host.prefix { $0 != ":" }
            for spelled in [host, "\(name.uppercased()):443", "\(name).:9443"] {
              var changed = Self.addresses(base)
              changed[address] = text.replacing(host, with: spelled)
              let made = try Self.demo(venue, base.name, changed)
              #expect((made != nil) == isShared, "\(venue.name) \(base.name) \(spelled)")
              #expect(made?.isReal != true)
              var alone: [VenueAddress: String] = [:]
              alone[address] = changed[address]
              #expect((try Self.demo(venue, base.name, alone) != nil) == isShared)
            }
          }
        }
      }
    }
  }

  @Test func otherHostsOfTheVenueThatNobodyKnowsAreRefused() throws {
    for venue in Self.venues {
      for real in venue.environments where real.isReal {
        let domain = VenueEnvironment.host(of: real.rest).split(separator: ".").suffix(2)
        let own = "https://another." + domain.joined(separator: ".")
        #expect(try Self.demo(venue, nil, [.rest: own]) == nil, "\(own)")
      }
    }
  }

  @Test func testNetworksAndSimulatorsAreTaken() throws {
    for venue in Self.venues {
      for base in venue.environments where !base.isReal {
        let plain = try Self.demo(venue, base.name, [:])
        #expect(plain?.rest == base.rest && plain?.orderEntry == base.orderEntry)
        #expect(try Self.demo(venue, base.name, Self.addresses(base)) != nil)
      }
      for name in Self.environments(venue) {
        let simulated = try Self.demo(
          venue, name,
          [
            .rest: "https://127.0.0.1:8443", .publicStream: "wss://127.0.0.1:8443/a",
            .userStream: "wss://127.0.0.1:8443/b", .orderEntry: "wss://127.0.0.1:8443/c",
          ])
        #expect(simulated?.isReal == false)
      }
    }
  }

  /// At a host that serves both markets, every signed request over REST is marked as not real: it differs
  /// from the same request to the real one.
  @Test func requestsToSharedHostsAreMarked() throws {
    var sharedCount = 0
    let anybody = VenueCredential(
      apiKey: "key", kind: .hmac, secret: SecretBytes("secret"), passphrase: SecretBytes("phrase"))
    for known in VenueRegistry.all {
      let venue = known.adapter.description
      for real in venue.environments where real.isReal {
        for base in venue.environments where !base.isReal && base.rest == real.rest {
          sharedCount += 1
          let made = try #require(
            try Self.demo(venue, base.name, [.rest: real.rest]))
          let marked = try known.adapter.requests(
            .balances, RequestInput(), anybody, made, timestamp: 1)
          let plain = try known.adapter.requests(
            .balances, RequestInput(), anybody, real, timestamp: 1)
          #expect(marked[0].url == plain[0].url && marked[0].headers.count > plain[0].headers.count)
        }
      }
    }
    #expect(sharedCount > 0)
  }
}
