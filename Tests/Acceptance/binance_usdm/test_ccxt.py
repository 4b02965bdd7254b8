"""ccxt against the simulated Binance USD-M futures."""

import asyncio
import os
import unittest
from decimal import Decimal

import ccxt
import ccxt.pro
import simulated

SYMBOL = "ETH/USDT:USDT"


def exchange(account="main", kind=ccxt.binanceusdm, **overrides):
    key = simulated.key(account)
    made = kind({
        "apiKey": key["apiKey"],
        "secret": key["secret"],
        # The library's own switches for taking certificates from the environment.
        "requests_trust_env": True,
        "aiohttp_trust_env": True,
        "cafile": os.environ["SSL_CERT_FILE"],
        "options": {
            "fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["linear"]},
            "adjustForTimeDifference": True,
        },
        **overrides,
    })
    if not simulated.ISOLATED:
        for name in list(made.urls["api"]):
            if name.startswith("fapi"):
                version = name[-2:] if name[-2:] in ("V2", "V3") else "v1"
                made.urls["api"][name] = f"{simulated.REST}/fapi/{version.lower()}"
    return made


class Unified(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.exchange = exchange()
        cls.exchange.load_markets()

    def tearDown(self):
        self.exchange.cancel_all_orders(SYMBOL)

    def test_markets(self):
        market = self.exchange.market(SYMBOL)
        self.assertTrue(market["swap"] and market["linear"] and market["active"])
        self.assertEqual((market["precision"]["price"], market["precision"]["amount"]), (0.01, 0.001))
        self.assertEqual((market["limits"]["cost"]["min"], market["contractSize"]), (20.0, 1.0))

    def far_bid(self, part=0.96):
        book = self.exchange.fetch_order_book(SYMBOL, 20)
        self.assertEqual(book["bids"], sorted(book["bids"], reverse=True))
        return float(self.exchange.price_to_precision(SYMBOL, book["bids"][0][0] * part))

    def test_order_life(self):
        price = self.far_bid()
        order = self.exchange.create_order(SYMBOL, "limit", "buy", 1.5, price, {"clientOrderId": "by-ccxt"})
        self.assertEqual((order["status"], order["clientOrderId"], order["remaining"]), ("open", "by-ccxt", 1.5))
        changed = self.exchange.edit_order(order["id"], SYMBOL, "limit", "buy", 1.25, price)
        self.assertEqual((changed["id"], changed["status"], changed["amount"]), (order["id"], "open", 1.25))
        self.assertEqual([o["id"] for o in self.exchange.fetch_open_orders(SYMBOL)], [order["id"]])
        self.assertEqual(self.exchange.cancel_order(order["id"], SYMBOL)["status"], "canceled")
        self.assertEqual(self.exchange.fetch_order(order["id"], SYMBOL)["status"], "canceled")

    def test_conditional_orders(self):
        order = self.exchange.create_order(
            SYMBOL, "market", "sell", 0.5, None, {"stopLossPrice": self.far_bid()})
        waiting = self.exchange.fetch_open_orders(SYMBOL, params={"trigger": True})
        self.assertEqual([entry["id"] for entry in waiting], [order["id"]])
        self.exchange.cancel_order(order["id"], SYMBOL, {"trigger": True})
        self.assertEqual(self.exchange.fetch_open_orders(SYMBOL, params={"trigger": True}), [])

    def test_position_and_balance(self):
        before = self.exchange.fetch_balance()["USDT"]["total"]
        order = self.exchange.create_order(SYMBOL, "market", "sell", 2, params={"newOrderRespType": "RESULT"})
        self.assertEqual(order["status"], "closed")
        position = self.exchange.fetch_positions([SYMBOL])[0]
        self.assertEqual((position["side"], position["contracts"]), ("short", 2.0))
        trades = [t for t in self.exchange.fetch_my_trades(SYMBOL) if t["order"] == order["id"]]
        self.assertEqual(sum(Decimal(str(trade["amount"])) for trade in trades), 2)
        closed = self.exchange.create_order(
            SYMBOL, "market", "buy", 2, params={"reduceOnly": True, "newOrderRespType": "RESULT"})
        trades += [t for t in self.exchange.fetch_my_trades(SYMBOL) if t["order"] == closed["id"]]
        change = sum(
            Decimal(t["info"]["realizedPnl"]) - Decimal(t["info"]["commission"]) for t in trades)
        after = self.exchange.fetch_balance()["USDT"]["total"]
        self.assertLess(abs(Decimal(str(after)) - Decimal(str(before)) - change), Decimal("0.00001"))

    def test_public_data(self):
        self.assertGreater(self.exchange.fetch_ticker(SYMBOL)["last"], 0)
        funding = self.exchange.fetch_funding_rate(SYMBOL)
        self.assertEqual(funding["fundingRate"], 0.0001)
        candles = self.exchange.fetch_ohlcv(SYMBOL, "1m", limit=3)
        self.assertEqual([b[0] - a[0] for a, b in zip(candles, candles[1:])], [60_000] * (len(candles) - 1))

    def test_settings(self):
        self.assertEqual(int(self.exchange.set_leverage(10, SYMBOL)["leverage"]), 10)
        self.exchange.set_margin_mode("isolated", SYMBOL)
        self.exchange.set_margin_mode("cross", SYMBOL)
        fee = self.exchange.fetch_trading_fee(SYMBOL)
        self.assertEqual((fee["maker"], fee["taker"]), (0.0002, 0.0005))

    def test_refusals(self):
        with self.assertRaises(ccxt.InsufficientFunds):
            self.exchange.create_order(SYMBOL, "limit", "buy", 9000, self.far_bid())
        with self.assertRaises(ccxt.OrderNotFound):
            self.exchange.cancel_order("1", SYMBOL)
        with self.assertRaises(ccxt.OrderNotFound):
            self.exchange.fetch_order("1", SYMBOL)
        with self.assertRaises(ccxt.OrderNotFillable):
            self.exchange.create_order(SYMBOL, "limit", "buy", 1, self.far_bid(1.03), {"postOnly": True})
        wrong = exchange(secret="0" * 64)
        wrong.load_markets()
        with self.assertRaises(ccxt.AuthenticationError):
            wrong.fetch_balance()


class Watching(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.exchange = exchange(kind=ccxt.pro.binanceusdm)
        if not simulated.ISOLATED:
            self.exchange.urls["api"]["ws"]["linear"] = simulated.STREAMS + "/ws"
        await self.exchange.load_markets()

    async def asyncTearDown(self):
        await self.exchange.close()

    async def test_book_and_orders(self):
        book = await asyncio.wait_for(self.exchange.watch_order_book(SYMBOL), 30)
        self.assertGreater(book["asks"][0][0], book["bids"][0][0])
        watched = asyncio.ensure_future(self.exchange.watch_orders(SYMBOL))
        await asyncio.sleep(2)
        price = float(self.exchange.price_to_precision(SYMBOL, book["bids"][0][0] * 0.96))
        order = await self.exchange.create_order(SYMBOL, "limit", "buy", 1, price)
        seen = await asyncio.wait_for(watched, 30)
        self.assertEqual((seen[0]["id"], seen[0]["status"]), (order["id"], "open"))
        await self.exchange.cancel_order(order["id"], SYMBOL)


if __name__ == "__main__":
    unittest.main()
