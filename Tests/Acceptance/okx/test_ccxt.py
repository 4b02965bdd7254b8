"""ccxt against the simulated OKX."""

import unittest
from decimal import Decimal

import ccxt
import simulated

SPOT = "BTC/USDT"
SWAP = "BTC/USDT:USDT"


def exchange(account="main", **overrides):
    key = simulated.key(account)
    made = ccxt.okx({
        "apiKey": key["apiKey"],
        "secret": key["secret"],
        "password": key["passphrase"],
        # The library's own switch for taking certificates from the environment.
        "requests_trust_env": True,
        "options": {"fetchMarkets": {"types": ["spot", "swap"]}},
        **overrides,
    })
    made.has["fetchCurrencies"] = False
    if not simulated.ISOLATED:
        made.urls["api"]["rest"] = simulated.REST
    return made


class Unified(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.exchange = exchange()
        cls.exchange.load_markets()

    def tearDown(self):
        for symbol in (SPOT, SWAP):
            for order in self.exchange.fetch_open_orders(symbol):
                self.exchange.cancel_order(order["id"], symbol)
        for position in self.exchange.fetch_positions([SWAP]):
            self.exchange.close_position(SWAP, params={"marginMode": position["marginMode"]})

    def away(self, symbol):
        book = self.exchange.fetch_order_book(symbol, 5)
        return float(self.exchange.price_to_precision(symbol, book["bids"][0][0] * 0.9))

    def test_markets(self):
        spot, swap = self.exchange.market(SPOT), self.exchange.market(SWAP)
        self.assertTrue(spot["spot"] and spot["active"])
        self.assertEqual((spot["precision"]["price"], spot["precision"]["amount"]), (0.1, 1e-8))
        self.assertTrue(swap["linear"] and swap["contract"])
        self.assertEqual((swap["contractSize"], swap["limits"]["amount"]["min"]), (0.01, 0.01))

    def test_order_life(self):
        price = self.away(SPOT)
        order = self.exchange.create_order(SPOT, "limit", "buy", 0.05, price, {"clientOrderId": "byccxt"})
        self.assertEqual((order["clientOrderId"]), "byccxt")
        fetched = self.exchange.fetch_order(order["id"], SPOT)
        self.assertEqual(
            (fetched["status"], fetched["remaining"], fetched["price"], fetched["type"]), ("open", 0.05, price, "limit"))
        self.exchange.edit_order(order["id"], SPOT, "limit", "buy", 0.04, price)
        fetched = self.exchange.fetch_order(order["id"], SPOT)
        self.assertEqual((fetched["status"], fetched["amount"]), ("open", 0.04))
        self.exchange.cancel_order(order["id"], SPOT)
        self.assertEqual(self.exchange.fetch_order(order["id"], SPOT)["status"], "canceled")
        self.assertIn(order["id"], [o["id"] for o in self.exchange.fetch_canceled_orders(SPOT)])

    def test_trades_and_balance(self):
        before = self.exchange.fetch_balance()
        order = self.exchange.create_order(SPOT, "market", "sell", 0.02)
        order = self.exchange.fetch_order(order["id"], SPOT)
        self.assertEqual((order["status"], order["filled"]), ("closed", 0.02))
        trades = self.exchange.fetch_my_trades(SPOT, params={"ordId": order["id"]})
        self.assertEqual(sum(Decimal(str(trade["amount"])) for trade in trades), Decimal("0.02"))
        after = self.exchange.fetch_balance()
        cash = [
            {entry["ccy"]: Decimal(entry["cashBal"]) for entry in balance["info"]["data"][0]["details"]}
            for balance in (before, after)]
        brought = sum(
            Decimal(t["info"]["fillPx"]) * Decimal(t["info"]["fillSz"]) + Decimal(t["info"]["fee"]) for t in trades)
        self.assertEqual(cash[1]["BTC"], cash[0]["BTC"] - Decimal("0.02"))
        self.assertEqual(cash[1]["USDT"] - cash[0]["USDT"], brought)

    def test_swap(self):
        self.exchange.set_leverage(10, SWAP, {"mgnMode": "cross"})
        order = self.exchange.create_order(SWAP, "market", "buy", 2)
        order = self.exchange.fetch_order(order["id"], SWAP)
        self.assertEqual((order["status"], order["filled"]), ("closed", 2))
        position = self.exchange.fetch_position(SWAP)
        self.assertEqual(
            (position["side"], position["contracts"], position["leverage"], position["marginMode"]),
            ("long", 2, 10, "cross"))
        self.assertAlmostEqual(position["entryPrice"], order["average"], 6)
        self.assertGreater(self.exchange.fetch_funding_rate(SWAP)["fundingRate"], 0)

    def test_stop(self):
        price = self.away(SWAP)
        order = self.exchange.create_order(SWAP, "market", "sell", 1, None, {"triggerPrice": price})
        open_orders = self.exchange.fetch_open_orders(SWAP, params={"trigger": True})
        self.assertEqual([(o["id"], o["triggerPrice"]) for o in open_orders], [(order["id"], price)])
        self.exchange.cancel_order(order["id"], SWAP, {"trigger": True})
        self.assertEqual(self.exchange.fetch_open_orders(SWAP, params={"trigger": True}), [])

    def test_pair(self):
        price = self.away(SWAP)
        high = float(self.exchange.price_to_precision(SWAP, price * 1.5))
        order = self.exchange.create_order(
            SWAP, "market", "sell", 1, None, {"stopLossPrice": price, "takeProfitPrice": high})
        pending = self.exchange.fetch_open_orders(SWAP, params={"ordType": "oco"})
        self.assertEqual(
            [(o["id"], o["type"], o["stopLossPrice"], o["takeProfitPrice"]) for o in pending],
            [(order["id"], "oco", price, high)])
        low = float(self.exchange.price_to_precision(SWAP, price / 0.9 * 0.98))
        self.exchange.edit_order(
            order["id"], SWAP, "oco", "sell", 2, None, {"stopLossPrice": low, "newSlOrdPx": low})
        edited = self.exchange.fetch_open_orders(SWAP, params={"ordType": "oco"})[0]
        self.assertEqual(
            (edited["amount"], edited["stopLossPrice"], edited["takeProfitPrice"], edited["info"]["slOrdPx"]),
            (2, low, high, self.exchange.price_to_precision(SWAP, low)))
        self.exchange.cancel_order(order["id"], SWAP, {"trigger": True})
        self.assertEqual(self.exchange.fetch_open_orders(SWAP, params={"ordType": "oco"}), [])
        with self.assertRaises(ccxt.ExchangeError):
            self.exchange.create_order(SWAP, "market", "sell", 1, None, {"stopLossPrice": high, "takeProfitPrice": high})

    def test_attached(self):
        price = self.away(SWAP)
        stop = float(self.exchange.price_to_precision(SWAP, price * 0.9))
        profit = float(self.exchange.price_to_precision(SWAP, price * 1.5))
        terms = {"stopLoss": {"triggerPrice": stop}, "takeProfit": {"triggerPrice": profit}}
        order = self.exchange.create_order(SWAP, "limit", "buy", 1, price, terms)
        fetched = self.exchange.fetch_order(order["id"], SWAP)
        self.assertEqual(
            (fetched["status"], fetched["stopLossPrice"], fetched["takeProfitPrice"]), ("open", stop, profit))
        self.exchange.cancel_order(order["id"], SWAP)
        self.exchange.create_order(SWAP, "market", "buy", 1, None, terms)
        pending = self.exchange.fetch_open_orders(SWAP, params={"ordType": "oco"})
        self.assertEqual(
            [(o["side"], o["amount"], o["stopLossPrice"], o["takeProfitPrice"]) for o in pending],
            [("sell", 1, stop, profit)])
        self.exchange.cancel_order(pending[0]["id"], SWAP, {"trigger": True})
        terms["stopLoss"]["triggerPrice"] = profit
        with self.assertRaises(ccxt.ExchangeError):
            self.exchange.create_order(SWAP, "limit", "buy", 1, price, terms)

    def test_batches(self):
        price = self.away(SPOT)
        terms = {"symbol": SPOT, "type": "limit", "side": "buy", "price": price}
        placed = self.exchange.create_orders([dict(terms, amount=amount) for amount in (0.01, 0.000001, 0.02)])
        self.assertEqual([order["id"] is not None and order["id"] != "" for order in placed], [True, False, True])
        numbers = [placed[0]["id"], placed[2]["id"]]
        self.assertEqual(
            sorted(o["amount"] for o in self.exchange.fetch_open_orders(SPOT)), [0.01, 0.02])
        canceled = self.exchange.cancel_orders(numbers, SPOT)
        self.assertEqual([order["id"] for order in canceled], numbers)
        self.assertEqual(self.exchange.fetch_open_orders(SPOT), [])

    def test_public_data(self):
        self.assertGreater(self.exchange.fetch_ticker(SPOT)["last"], 0)
        candles = self.exchange.fetch_ohlcv(SPOT, "1m", limit=3)
        self.assertEqual([b[0] - a[0] for a, b in zip(candles, candles[1:])], [60_000] * (len(candles) - 1))
        self.assertIsInstance(self.exchange.fetch_trades(SPOT, limit=5), list)
        self.assertGreater(self.exchange.fetch_time(), 0)

    def test_fees(self):
        fee = self.exchange.fetch_trading_fee(SPOT)
        self.assertEqual((fee["maker"], fee["taker"]), (0.0008, 0.001))

    def test_refusals(self):
        with self.assertRaises(ccxt.InsufficientFunds):
            self.exchange.create_order(SPOT, "limit", "sell", 100, 70000)
        with self.assertRaises(ccxt.OrderNotFound):
            self.exchange.cancel_order("1", SPOT)
        with self.assertRaises(ccxt.OrderNotFound):
            self.exchange.fetch_order("1", SPOT)
        with self.assertRaises(ccxt.InvalidOrder):
            self.exchange.create_order(SPOT, "limit", "buy", 0.001, 90000)
        with self.assertRaises(ccxt.AuthenticationError):
            exchange(secret="wrong").fetch_balance()


if __name__ == "__main__":
    unittest.main()
