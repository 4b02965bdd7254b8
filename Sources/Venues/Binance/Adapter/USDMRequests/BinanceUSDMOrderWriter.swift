import Credentials
import TradingModel

/// Writes messages of the WebSocket API, over which USD-M orders are entered.
final class BinanceUSDMOrderWriter: OrderWriter {
  private var encoder: BinanceUSDMEncoder
  private var number: UInt64 = 0

  init(_ encoder: consuming BinanceUSDMEncoder) { self.encoder = encoder }

  override func add(_ listing: Listing, symbol: String) { encoder.add(listing, symbol: symbol) }

  override func write(
    _ request: VenueRequest, timestamp: UInt64, isSigned: Bool
  ) throws(RequestError) -> Int {
    number &+= 1
    return try encoder.webSocket(
      request, timestamp: timestamp, id: number, isLoggedOn: !isSigned
    ).count
  }
}

extension BinanceUSDM {
  public static func orderWriter(
    _ credential: VenueCredential, clientOrderIDPrefix: String, listingCapacity: Int
  ) throws(SigningKeyError) -> OrderWriter? {
    BinanceUSDMOrderWriter(
      BinanceUSDMEncoder(
        apiKey: credential.apiKey, signer: try credential.signer(),
        clientOrderIDPrefix: clientOrderIDPrefix, receiveWindow: 5_000, host: "",
        listingCapacity: listingCapacity))
  }
}
