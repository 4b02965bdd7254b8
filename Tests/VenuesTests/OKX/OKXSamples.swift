import Foundation
import Testing
import TradingModel

@testable import Venues

/// Messages and decoders of OKX's tests.
enum OKXSamples {
  static var folder: String { "\(Recordings.folder)/venues/okx" }

  static func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
  }

  static func bytes(_ file: String) throws -> [UInt8] {
    Array(try #require(FileManager.default.contents(atPath: "\(folder)/\(file)")))
  }

  static let scales = [
    SymbolScale(symbol: "BTC-USDT", listing: 3, priceDecimals: 2, quantityDecimals: 8),
    SymbolScale(symbol: "BTC-USDT-SWAP", listing: 5, priceDecimals: 2, quantityDecimals: 2),
    SymbolScale(symbol: "COINALPHA-HBOT", listing: 6, priceDecimals: 2, quantityDecimals: 8),
    SymbolScale(symbol: "LINK-USDT-SWAP", listing: 7, priceDecimals: 3, quantityDecimals: 1),
    SymbolScale(symbol: "XRP-USDT-SWAP", listing: 8, priceDecimals: 5, quantityDecimals: 0),
    SymbolScale(symbol: "COINALPHA-HBOT-SWAP", listing: 9, priceDecimals: 2, quantityDecimals: 0),
  ]

  static func names() -> OKXNames {
    OKXNames(
      venue: 2, symbols: scales, currencies: [("BTC", 1), ("USDT", 2)],
      clientOrderIDPrefixes: ["nt-"])
  }

  /// Runs `body` over bytes that are copied to a room of exactly their size.
  static func run(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(ScanError) -> Void
  ) -> ScanError? {
    let copy = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, bytes.count), alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    do throws(ScanError) {
      try body(UnsafeRawBufferPointer(rebasing: copy[..<bytes.count]))
      return nil
    } catch {
      return error
    }
  }

  /// A pushed or asked order.
  static func order(_ changes: [String: String] = [:]) -> String {
    var fields = [
      "instType": "SPOT", "instId": "BTC-USDT", "ordId": "312269865356374016", "clOrdId": "ntX10",
      "px": "60000.1", "sz": "1.5", "ordType": "limit", "side": "buy", "state": "live",
      "accFillSz": "0", "fillPx": "", "fillSz": "0", "tradeId": "", "fillTime": "",
      "fillFee": "0", "fillFeeCcy": "", "fee": "0", "feeCcy": "BTC", "execType": "",
      "cancelSource": "", "reqId": "", "amendResult": "", "code": "0", "msg": "",
      "uTime": "1700000001000", "cTime": "1700000001000", "avgPx": "0", "tdMode": "cash",
    ]
    for (name, value) in changes { fields[name] = value }
    let text = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
    return "{" + text.joined(separator: ",") + "}"
  }

  static func push(_ orders: String..., channel: String = "orders") -> String {
    "{\"arg\":{\"channel\":\"\(channel)\",\"instType\":\"ANY\",\"uid\":\"1\"},\"data\":["
      + orders.joined(separator: ",") + "]}"
  }
}
