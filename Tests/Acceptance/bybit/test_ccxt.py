"""ccxt against the simulated Bybit: REST, and its streams."""

import asyncio
import unittest
import uuid
from decimal import Decimal

import ccxt
import ccxt.pro
import simulated

SPOT = "BTC/USDT"
PERPETUAL = "BTC/USDT:USDT"


def options(account, **overrides):
    key = simulated.key(account)
    return {
        "apiKey": key["apiKey"],
        "secret": key["secret"],
        # The library's own switch for taking certificates from the environment.
        "requests_trust_env": True,
        "options": {"fetchMarkets": {"types": ["spot", "linear"]}, "loadAllOptions": False},
        **overrides,
    }


def exchange(account="main", **overrides):
    made = ccxt.bybit(options(account, **overrides))
    made.has["fetchCurrencies"] = False
    if not simulated.ISOLATED:
        for name in ("public", "private", "spot", "v2"):
            made.urls["api"][name] = simulated.REST
    return made


class Unified(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.exchange = exchange()
        cls.exchange.load_markets()

    def tearDown(self):
        for symbol in (SPOT, PERPETUAL):
            self.exchange.cancel_all_orders(symbol)

    def far(self, symbol):
        last = self.exchange.fetch_ticker(symbol)["last"]
        return float(self.exchange.price_to_precision(symbol, last * 0.9))

    def order(self, id, symbol):
        return self.exchange.fetch_order(id, symbol, {"acknowledged": True})

    def test_markets(self):
        spot, perpetual = self.exchange.market(SPOT), self.exchange.market(PERPETUAL)
        self.assertTrue(spot["spot"] and spot["active"] and perpetual["swap"] and perpetual["linear"])
        self.assertEqual((spot["precision"]["price"], spot["precision"]["amount"]), (0.01, 0.000001))
        self.assertEqual((perpetual["precision"]["price"], perpetual["precision"]["amount"]), (0.1, 0.001))
        self.assertEqual(perpetual["limits"]["leverage"]["max"], 100)

    def test_order_life(self):
        for symbol in (SPOT, PERPETUAL):
            with self.subTest(symbol):
                name = uuid.uuid4().hex
                price = self.far(symbol)
                made = self.exchange.create_order(symbol, "limit", "buy", 0.01, price, {"clientOrderId": name})
                order = self.order(made["id"], symbol)
                self.assertEqual(
                    (order["status"], order["clientOrderId"], order["remaining"], order["price"]),
                    ("open", name, 0.01, price))
                self.exchange.edit_order(made["id"], symbol, "limit", "buy", 0.02, price)
                open_orders = self.exchange.fetch_open_orders(symbol)
                self.assertEqual([(o["id"], o["amount"]) for o in open_orders], [(made["id"], 0.02)])
                self.exchange.cancel_order(made["id"], symbol)
                self.assertEqual(self.order(made["id"], symbol)["status"], "canceled")
                closed = self.exchange.fetch_canceled_orders(symbol)
                self.assertIn(made["id"], [o["id"] for o in closed])

    def test_spot_trades_and_balance(self):
        before = self.exchange.fetch_balance()
        made = self.exchange.create_order(SPOT, "market", "sell", 0.05)
        trades = self.exchange.fetch_my_trades(SPOT, params={"orderId": made["id"]})
        self.assertAlmostEqual(sum(t["amount"] for t in trades), 0.05, 12)
        self.assertEqual({t["fee"]["currency"] for t in trades}, {"USDT"})
        after = self.exchange.fetch_balance()
        self.assertEqual(
            Decimal(str(after["BTC"]["total"])), Decimal(str(before["BTC"]["total"])) - Decimal("0.05"))

    def test_position(self):
        self.exchange.set_leverage(5, PERPETUAL)
        self.exchange.create_order(PERPETUAL, "market", "sell", 0.02)
        position = self.exchange.fetch_position(PERPETUAL)
        self.assertEqual((position["side"], position["contracts"], position["leverage"]), ("short", 0.02, 5.0))
        self.exchange.create_order(PERPETUAL, "market", "buy", 0.02, params={"reduceOnly": True})
        self.assertEqual(self.exchange.fetch_positions([PERPETUAL])[0]["contracts"] or 0, 0)
        rate = self.exchange.fetch_funding_rate(PERPETUAL)
        self.assertEqual((rate["fundingRate"], rate["interval"]), (0.0001, "8h"))

    def test_conditional_order(self):
        trigger = self.far(PERPETUAL)
        made = self.exchange.create_order(
            PERPETUAL, "market", "sell", 0.01, None, {"triggerPrice": trigger, "triggerDirection": "descending"})
        order = self.order(made["id"], PERPETUAL)
        self.assertEqual((order["status"], order["triggerPrice"]), ("open", trigger))
        self.exchange.cancel_order(made["id"], PERPETUAL, {"trigger": True})

    def test_exits(self):
        def at(share):
            last = self.exchange.fetch_ticker(PERPETUAL)["last"]
            return float(self.exchange.price_to_precision(PERPETUAL, last * share))

        def exits():
            orders = self.exchange.fetch_open_orders(PERPETUAL, params={"trigger": True})
            return {order["info"]["stopOrderType"]: order for order in orders}

        profit, loss = at(1.03), at(0.97)
        with self.assertRaisesRegex(ccxt.BadRequest, "TakeProfit:.* set for Buy position should be higher"):
            self.exchange.create_order(
                PERPETUAL, "market", "buy", 0.02, None, {"takeProfit": {"triggerPrice": loss}})
        self.exchange.create_order(
            PERPETUAL, "market", "buy", 0.02, None,
            {"takeProfit": {"triggerPrice": profit}, "stopLoss": {"triggerPrice": loss}})
        made = exits()
        self.assertEqual(
            {(kind, o["side"], o["type"], o["amount"], o["status"], o["reduceOnly"]) for kind, o in made.items()},
            {(kind, "sell", "market", 0.02, "open", True) for kind in ("TakeProfit", "StopLoss")})
        self.assertEqual(
            (made["TakeProfit"]["takeProfitPrice"], made["StopLoss"]["stopLossPrice"]), (profit, loss))
        position = self.exchange.fetch_position(PERPETUAL)
        self.assertEqual((position["takeProfitPrice"], position["stopLossPrice"]), (profit, loss))
        # What the library gives the address for trading stops: a part of the position, and what trails.
        self.exchange.create_order(
            PERPETUAL, "market", "sell", 0.01, None, {"takeProfitPrice": at(1.02), "stopLossPrice": at(0.98)})
        self.exchange.create_order(PERPETUAL, "market", "sell", 0.02, None, {"trailingAmount": "500"})
        made = exits()
        self.assertEqual(
            {kind: order["amount"] for kind, order in made.items()},
            {"TakeProfit": 0.02, "StopLoss": 0.02, "PartialTakeProfit": 0.01, "PartialStopLoss": 0.01,
             "TrailingStop": 0.02})
        with self.assertRaisesRegex(ccxt.ExchangeError, "34040.*not modified"):
            self.exchange.create_order(PERPETUAL, "market", "sell", 0.02, None, {"trailingAmount": "500"})
        self.exchange.cancel_order(made["TrailingStop"]["id"], PERPETUAL, {"trigger": True})
        self.exchange.create_order(PERPETUAL, "market", "sell", 0.02, None, {"reduceOnly": True})
        self.assertEqual(exits(), {})
        ended = self.exchange.fetch_canceled_orders(PERPETUAL)
        self.assertIn(made["PartialStopLoss"]["id"], [order["id"] for order in ended])
        with self.assertRaisesRegex(ccxt.BadRequest, "zero position"):
            self.exchange.create_order(PERPETUAL, "market", "sell", 0.02, None, {"trailingAmount": "500"})

    def test_public_data(self):
        for symbol in (SPOT, PERPETUAL):
            book = self.exchange.fetch_order_book(symbol, 20)
            self.assertEqual(book["bids"], sorted(book["bids"], reverse=True))
            self.assertGreater(book["asks"][0][0], book["bids"][0][0])
            candles = self.exchange.fetch_ohlcv(symbol, "1m", limit=3)
            self.assertEqual([b[0] - a[0] for a, b in zip(candles, candles[1:])], [60_000] * (len(candles) - 1))
            self.assertIsInstance(self.exchange.fetch_trades(symbol, limit=5), list)

    def test_refusals(self):
        price = self.far(PERPETUAL)
        with self.assertRaises(ccxt.InsufficientFunds):
            self.exchange.create_order(PERPETUAL, "limit", "buy", 900, price)
        with self.assertRaises(ccxt.InsufficientFunds):
            self.exchange.create_order(SPOT, "limit", "buy", 50, price)
        for symbol in (SPOT, PERPETUAL):
            with self.assertRaises(ccxt.OrderNotFound):
                self.exchange.cancel_order("1", symbol)
        with self.assertRaises(ccxt.InvalidOrder):
            self.exchange.create_order(PERPETUAL, "limit", "buy", 0.01, price * 2)
        wrong = exchange(secret="0" * 36)
        wrong.markets = None
        wrong.load_markets()
        with self.assertRaises(ccxt.AuthenticationError):
            wrong.fetch_balance()
        late = exchange()
        late.load_markets()
        late.options["timeDifference"] = 120_000
        with self.assertRaises(ccxt.InvalidNonce):
            late.fetch_balance()


@unittest.skipUnless(simulated.ISOLATED, "the library's hosts are fixed")
class Streams(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.exchange = ccxt.pro.bybit(options("main", cafile=simulated.READY["ca"]))
        self.addAsyncCleanup(self.exchange.close)
        self.exchange.has["fetchCurrencies"] = False
        await self.exchange.load_markets()

    async def test_books_and_trades(self):
        for symbol in (SPOT, PERPETUAL):
            time = 0
            for _ in range(5):
                book = await asyncio.wait_for(self.exchange.watch_order_book(symbol, 50), 10)
                self.assertGreater(book["asks"][0][0], book["bids"][0][0])
                self.assertGreaterEqual(book["timestamp"], time)
                time = book["timestamp"]
            ticker = await asyncio.wait_for(self.exchange.watch_ticker(symbol), 10)
            self.assertGreater(ticker["last"], 0)
            trades = await asyncio.wait_for(self.exchange.watch_trades(symbol), 20)
            self.assertEqual(trades[0]["symbol"], symbol)

    async def test_orders_over_the_stream(self):
        seen = []

        async def watch():
            while True:
                seen.extend(o["status"] for o in await self.exchange.watch_orders(PERPETUAL))

        watching = asyncio.create_task(watch())
        await asyncio.sleep(1)
        last = (await self.exchange.fetch_ticker(PERPETUAL))["last"]
        price = float(self.exchange.price_to_precision(PERPETUAL, last * 0.9))
        made = await asyncio.wait_for(
            self.exchange.create_order_ws(PERPETUAL, "limit", "buy", 0.01, price), 10)
        await asyncio.wait_for(self.exchange.cancel_order_ws(made["id"], PERPETUAL), 10)
        for _ in range(100):
            if "canceled" in seen:
                break
            await asyncio.sleep(0.05)
        watching.cancel()
        self.assertEqual((seen[0], seen[-1]), ("open", "canceled"))


if __name__ == "__main__":
    unittest.main()
