import Testing

@testable import Venues

/// `needletail book` against the independent replay in `../shared/data/truth`.
@Suite(.enabled(if: Recordings.areThere, "no ../shared/data")) struct BookTruthTests {
  struct Case: CustomStringConvertible, Sendable {
    var kind: String
    var files: [String]
    var truth: String
    var description: String { kind }

    /// Truth counts order-by-order samples by record.
    var pointKey: String { kind == "cme-mbo" ? "record_number" : "update_number" }
  }

  static let cases = [
    Case(
      kind: "binance-usdm", files: ["binance_usdm/btcusdt_20240808.gz"],
      truth: "binance_usdm_btcusdt_20240808"),
    Case(
      kind: "binance-spot",
      files: ["binance_spot/btcusdt_20240808.gz", "binance_spot/btcusdt_20240809.gz"],
      truth: "binance_spot_btcusdt_20240808-09"),
    Case(
      kind: "binance-coinm", files: ["binance_coinm/btcusd_perp_20240808.gz"],
      truth: "binance_coinm_btcusd_perp_20240808"),
    Case(
      kind: "bybit", files: ["bybit/xrpusdt_ob500_20241201.gz"],
      truth: "bybit_xrpusdt_ob500_20241201"),
    Case(
      kind: "hyperliquid", files: ["hyperliquid/btc_20250126.gz"],
      truth: "hyperliquid_btc_20250126"),
    Case(
      kind: "cme-mbo", files: ["cme_mbo/esh4_mbo_20231225_part.csv"],
      truth: "cme_esh4_mbo_20231225_part"),
  ]

  @Test(arguments: cases)
  func equalsTruth(_ item: Case) throws {
    let truth = try Recordings.truth(item.truth)
    let samples = truth["samples"]?.items ?? []
    #expect(samples.count == 10)
    let points = samples.compactMap { $0[item.pointKey]?.text }
    let files = item.files.map { Recordings.feed($0) }.joined(separator: ",")
    let output = try BookOutput([
      "--feed", "\(item.kind):\(files)", "--at", points.joined(separator: ",") + ",last",
      "--levels", "10", "--orders",
    ])
    #expect(output.exitCode == 0)
    #expect(output.points.count == samples.count + 1)
    for (sample, point) in zip(samples, output.points) {
      #expect(point["update"]?.text == sample[item.pointKey]?.text)
      #expect(point["sequence"]?.text == (sample["seq"] ?? sample["sequence"])?.text)
      expectBest(point["bids"], sample["bid"])
      expectBest(point["asks"], sample["ask"])
    }
    let last = try #require(output.points.last)
    #expect(last["bids"]?.rows == truth["final_bids_top10"]?.rows)
    #expect(last["asks"]?.rows == truth["final_asks_top10"]?.rows)
    let totals = try #require(output.totals)
    #expect(totals["bid_levels"]?.text == truth["final_bid_levels"]?.text)
    #expect(totals["ask_levels"]?.text == truth["final_ask_levels"]?.text)
    if item.kind == "cme-mbo" {
      expectOrders(totals, truth)
    } else {
      expectUpdates(totals, truth)
    }
  }

  private func expectBest(_ levels: JSONNode?, _ sample: JSONNode?) {
    let wanted = sample?.items.compactMap(\.text) ?? []
    #expect((levels?.rows.first ?? ["-", "-", "-"]) == wanted)
  }

  private func expectUpdates(_ totals: JSONNode, _ truth: JSONNode) {
    #expect(totals["applied"]?.text == truth["applied_updates"]?.text)
    #expect(totals["gaps"]?.text == truth["sequence_gaps"]?.text)
    #expect(totals["gap_list"]?.items.count == 0)
    #expect(totals["synced"]?.bool == true)
    expectEqual(totals["dropped"], truth["dropped_old_updates"])
    expectEqual(totals["removals_of_absent_levels"], truth["removals_of_absent_levels"])
    expectEqual(totals["crossed"], truth["crossed_after_update"])
    expectEqual(totals["messages"]?["snapshot"], truth["snapshots"])
    if let counts = truth["counts"] {
      #expect(totals["lines"]?.text == truth["lines"]?.text)
      for kind in ["depth", "bookTicker", "trade", "snapshot"] {
        #expect(totals["messages"]?[kind]?.text == counts[kind]?.text, "\(kind)")
      }
      #expect((totals["messages"]?["other"]?.int ?? 0) == counts["other"]?.int)
    }
    if let trades = truth["trades"] {
      #expect(totals["trades"]?.text == trades["count"]?.text)
      #expect(totals["traded_quantity"]?.text == trades["sum_qty"]?.text)
      #expect(totals["traded_notional"]?.text == trades["sum_notional"]?.text)
    }
  }

  private func expectEqual(_ found: JSONNode?, _ wanted: JSONNode?) {
    guard let wanted else { return }
    #expect(found?.text == wanted.text)
  }

  private func expectOrders(_ totals: JSONNode, _ truth: JSONNode) {
    #expect(totals["applied"]?.text == truth["records"]?.text)
    #expect(totals["events"]?.text == truth["events"]?.text)
    #expect(totals["crossed"]?.text == truth["crossed_at_event_end"]?.text)
    #expect(totals["live_orders"]?.text == truth["final_live_orders"]?.text)
    #expect(totals["trades"]?.text == truth["actions"]?["T"]?.text)
    #expect(totals["traded_quantity"]?.text == truth["traded_size"]?.text)
    #expect(totals["filled_quantity"]?.text == truth["filled_size"]?.text)
    let notes = truth["notes"]
    #expect(totals["modifies_kept_priority"]?.text == notes?["modify_kept_priority"]?.text)
    #expect(totals["modifies_lost_priority"]?.text == notes?["modify_lost_priority"]?.text)
    #expect(totals["refused_orders"]?.text == "0")
  }

  @Test func csvTradesEqualTruth() throws {
    let truth = try Recordings.truth("csv_binance_spot_btcusdt_trades_20210108")
    let file = Recordings.feed("csv/binance_spot_btcusdt_trades_20210108.csv")
    for kind in ["csv", "csv-trades"] {
      let output = try BookOutput(["--feed", "\(kind):\(file)", "--symbol", "BTCUSDT"])
      #expect(output.exitCode == 0)
      #expect(output.totals?["trades"]?.text == truth["rows"]?.text)
      #expect(output.totals?["traded_quantity"]?.text == truth["sum_quantity"]?.text)
      #expect(output.totals?["traded_notional"]?.text == truth["sum_notional"]?.text)
      #expect(output.totals?["synced"]?.bool == false)
    }
  }

  @Test(arguments: [
    "csv_binance_spot_btcusdt_quotes_20210108", "csv_binance_usdm_btcusdt_quotes_20231201",
  ])
  func csvQuotesEqualTruth(_ name: String) throws {
    let truth = try Recordings.truth(name)
    let file = Recordings.feed("csv/\(name.dropFirst(4)).csv")
    let output = try BookOutput(["--feed", "csv:\(file)", "--at", "1,last"])
    #expect(output.exitCode == 0)
    #expect(output.totals?["applied"]?.text == truth["rows"]?.text)
    #expect(output.totals?["crossed"]?.text == truth["crossed_or_locked"]?.text)
    for (point, wanted) in zip(output.points, [truth["first"], truth["last"]]) {
      func exact(_ key: String) throws -> String {
        try (wanted?[key]?.text ?? "").decimalDescription()
      }
      #expect(try point["bids"]?.rows.first == [exact("bid_price"), exact("bid_qty")])
      #expect(try point["asks"]?.rows.first == [exact("ask_price"), exact("ask_qty")])
      let time = wanted?["ts_ns"]?.text ?? (wanted?["ts_ms"]?.text ?? "") + "000000"
      #expect(point["receive_time_ns"]?.text == time)
    }
  }
}
