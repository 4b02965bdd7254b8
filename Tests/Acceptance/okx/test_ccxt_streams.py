"""ccxt's WebSocket client against the simulated OKX."""

import asyncio
import os
import unittest

import ccxt.pro
import simulated

SPOT = "BTC/USDT"


def exchange():
    key = simulated.key()
    made = ccxt.pro.okx({
        "apiKey": key["apiKey"],
        "secret": key["secret"],
        "password": key["passphrase"],
        # The library's own parameter for the authority.
        "cafile": os.environ["SSL_CERT_FILE"],
        "options": {"fetchMarkets": {"types": ["spot", "swap"]}},
    })
    made.has["fetchCurrencies"] = False
    if not simulated.ISOLATED:
        made.urls["api"]["rest"] = simulated.REST
        made.urls["api"]["ws"] = simulated.stream("public").removesuffix("/public")
    return made


class Unified(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        await asyncio.sleep(0.5)
        self.exchange = exchange()
        await self.exchange.load_markets()

    async def asyncTearDown(self):
        await self.exchange.close()

    async def test_order_book(self):
        for _ in range(20):
            book = await asyncio.wait_for(self.exchange.watch_order_book(SPOT), 10)
        self.assertGreater(book["asks"][0][0], book["bids"][0][0])
        self.assertGreater(len(book["bids"]), 20)

    async def test_market(self):
        trades = await asyncio.wait_for(self.exchange.watch_trades(SPOT), 20)
        self.assertEqual(trades[0]["symbol"], SPOT)
        ticker = await asyncio.wait_for(self.exchange.watch_ticker(SPOT), 10)
        self.assertGreater(ticker["ask"], ticker["bid"])

    async def test_orders(self):
        book = await self.exchange.fetch_order_book(SPOT, 5)
        price = float(self.exchange.price_to_precision(SPOT, book["bids"][0][0] * 0.9))
        watching = asyncio.ensure_future(self.exchange.watch_orders(SPOT))
        await asyncio.sleep(1)
        placed = await asyncio.wait_for(
            self.exchange.create_order_ws(SPOT, "limit", "buy", 0.01, price), 10)
        orders = await asyncio.wait_for(watching, 10)
        self.assertEqual([(o["id"], o["status"]) for o in orders], [(placed["id"], "open")])
        watching = asyncio.ensure_future(self.exchange.watch_orders(SPOT))
        await asyncio.wait_for(self.exchange.cancel_order_ws(placed["id"], SPOT), 10)
        orders = await asyncio.wait_for(watching, 10)
        self.assertEqual(orders[0]["status"], "canceled")

    async def test_batch_of_cancels(self):
        book = await self.exchange.fetch_order_book(SPOT, 5)
        price = float(self.exchange.price_to_precision(SPOT, book["bids"][0][0] * 0.9))
        placed = [
            await asyncio.wait_for(self.exchange.create_order_ws(SPOT, "limit", "buy", 0.01, price), 10)
            for _ in range(3)]
        numbers = [order["id"] for order in placed]
        canceled = await asyncio.wait_for(self.exchange.cancel_orders_ws(numbers, SPOT), 10)
        self.assertEqual([order["id"] for order in canceled], numbers)
        self.assertEqual(await self.exchange.fetch_open_orders(SPOT), [])

    async def test_balance(self):
        watching = asyncio.ensure_future(self.exchange.watch_balance())
        balance = await asyncio.wait_for(watching, 10)
        self.assertGreater(balance["USDT"]["total"], 0)


if __name__ == "__main__":
    unittest.main()
