"""ccxt against the simulated Binance spot."""

import unittest
from decimal import Decimal

import ccxt
import simulated

SYMBOL = "ETH/BTC"


def exchange(account="main", **overrides):
    key = simulated.key(account)
    made = ccxt.binance({
        "apiKey": key["apiKey"],
        "secret": key["secret"],
        # The library's own switch for taking certificates from the environment.
        "requests_trust_env": True,
        "options": {
            "defaultType": "spot", "fetchCurrencies": False, "fetchMargins": False,
            "fetchMarkets": {"types": ["spot"]},
            "adjustForTimeDifference": True,
        },
        **overrides,
    })
    if not simulated.ISOLATED:
        for name in ("public", "private"):
            made.urls["api"][name] = simulated.REST + "/api/v3"
        made.urls["api"]["sapi"] = simulated.REST + "/sapi/v1"
    return made


class Unified(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.exchange = exchange()
        cls.exchange.load_markets()

    def tearDown(self):
        for order in self.exchange.fetch_open_orders(SYMBOL):
            self.exchange.cancel_order(order["id"], SYMBOL)

    def test_markets(self):
        market = self.exchange.market(SYMBOL)
        self.assertTrue(market["spot"] and market["active"])
        self.assertEqual((market["precision"]["price"], market["precision"]["amount"]), (0.00001, 0.001))
        self.assertEqual(market["limits"]["cost"]["min"], 0.0001)

    def test_lists(self):
        """The library has lists by their requests only; their orders it reads as any others."""
        made = self.exchange.private_post_orderlist_oco({
            "symbol": "ETHBTC", "side": "SELL", "quantity": "1", "aboveType": "LIMIT_MAKER", "abovePrice": "0.06",
            "belowType": "STOP_LOSS", "belowStopPrice": "0.03"})
        orders = {order["id"]: order for order in self.exchange.fetch_open_orders(SYMBOL)}
        self.assertEqual(set(orders), {entry["orderId"] for entry in made["orders"]})
        self.assertEqual({order["status"] for order in orders.values()}, {"open"})
        self.assertEqual({order["info"]["orderListId"] for order in orders.values()}, {made["orderListId"]})
        self.assertEqual(self.exchange.fetch_balance()["ETH"]["used"], 1.0)
        ended = self.exchange.private_delete_orderlist({"symbol": "ETHBTC", "orderListId": made["orderListId"]})
        self.assertEqual(ended["listOrderStatus"], "ALL_DONE")
        self.assertEqual(
            {self.exchange.fetch_order(number, SYMBOL)["status"] for number in orders}, {"canceled"})
        with self.assertRaises(ccxt.InvalidOrder):
            self.exchange.private_post_orderlist_oco({
                "symbol": "ETHBTC", "side": "SELL", "quantity": "1", "aboveType": "LIMIT_MAKER",
                "abovePrice": "0.03", "belowType": "STOP_LOSS", "belowStopPrice": "0.02"})

    def test_order_life(self):
        book = self.exchange.fetch_order_book(SYMBOL, 20)
        self.assertEqual(book["bids"], sorted(book["bids"], reverse=True))
        self.assertGreater(book["asks"][0][0], book["bids"][0][0])
        price = float(self.exchange.price_to_precision(SYMBOL, book["bids"][0][0] * 0.9))
        order = self.exchange.create_order(SYMBOL, "limit", "buy", 1.5, price, {"clientOrderId": "by-ccxt"})
        self.assertEqual((order["status"], order["clientOrderId"], order["remaining"]), ("open", "by-ccxt", 1.5))
        changed = self.exchange.edit_order(order["id"], SYMBOL, "limit", "buy", 1.25, price)
        self.assertEqual((changed["status"], changed["amount"]), ("open", 1.25))
        self.assertEqual(self.exchange.fetch_order(order["id"], SYMBOL)["status"], "canceled")
        self.assertEqual([o["id"] for o in self.exchange.fetch_open_orders(SYMBOL)], [changed["id"]])
        self.assertEqual(self.exchange.cancel_order(changed["id"], SYMBOL)["status"], "canceled")

    def test_trades_and_balance(self):
        before = self.exchange.fetch_balance()
        order = self.exchange.create_order(SYMBOL, "market", "sell", 2)
        self.assertEqual(order["status"], "closed")
        trades = self.exchange.fetch_my_trades(SYMBOL, params={"orderId": order["id"]})
        self.assertEqual(sum(Decimal(str(trade["amount"])) for trade in trades), 2)
        after = self.exchange.fetch_balance()
        self.assertEqual(Decimal(str(after["ETH"]["free"])), Decimal(str(before["ETH"]["free"])) - 2)
        brought = sum(Decimal(t["info"]["quoteQty"]) - Decimal(t["info"]["commission"]) for t in trades)
        change = [
            next(Decimal(entry["free"]) for entry in balance["info"]["balances"] if entry["asset"] == "BTC")
            for balance in (before, after)
        ]
        self.assertEqual(change[1] - change[0], brought)

    def test_public_data(self):
        self.assertGreater(self.exchange.fetch_ticker(SYMBOL)["last"], 0)
        candles = self.exchange.fetch_ohlcv(SYMBOL, "1m", limit=3)
        self.assertEqual([b[0] - a[0] for a, b in zip(candles, candles[1:])], [60_000] * (len(candles) - 1))
        self.assertIsInstance(self.exchange.fetch_trades(SYMBOL, limit=5), list)

    def test_refusals(self):
        with self.assertRaises(ccxt.InsufficientFunds):
            self.exchange.create_order(SYMBOL, "limit", "sell", 5000, 0.05)
        with self.assertRaises(ccxt.OrderNotFound):
            self.exchange.cancel_order("1", SYMBOL)
        with self.assertRaises(ccxt.OrderNotFound):
            self.exchange.fetch_order("1", SYMBOL)
        with self.assertRaises(ccxt.OrderImmediatelyFillable):
            self.exchange.create_order(SYMBOL, "limit", "buy", 1, 0.06, {"postOnly": True})
        with self.assertRaisesRegex(ccxt.BadRequest, "Filter failure: NOTIONAL"):
            self.exchange.create_order(SYMBOL, "limit", "buy", 0.001, 0.03)
        wrong = exchange(secret="0" * 64)
        wrong.load_markets()
        with self.assertRaises(ccxt.AuthenticationError):
            wrong.fetch_balance()
        late = exchange()
        late.load_markets()
        late.options["timeDifference"] = 120_000
        with self.assertRaises(ccxt.InvalidNonce):
            late.fetch_balance()


if __name__ == "__main__":
    unittest.main()
