"""python-binance against the simulated Binance spot."""

import asyncio
import time
import unittest
from decimal import Decimal

import simulated
from binance import AsyncClient, BinanceSocketManager, Client
from binance.exceptions import BinanceAPIException
from binance.ws.depthcache import DepthCacheManager

SYMBOL = "BTCUSDT"


def client(account="main", kind="HMAC"):
    key = simulated.key(account, kind)
    if kind == "HMAC":
        made = Client(key["apiKey"], key["secret"], ping=False)
    else:
        made = Client(key["apiKey"], private_key=simulated.private_key(account, kind), ping=False)
    if not simulated.ISOLATED:
        made.API_URL = simulated.REST + "/api"
        made.MARGIN_API_URL = simulated.REST + "/sapi"
    return made


class Trading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client()

    def tearDown(self):
        if self.client.get_open_orders(symbol=SYMBOL):
            self.client._delete("openOrders", True, data={"symbol": SYMBOL})

    def refused(self, code, text, call, *arguments, **parameters):
        with self.assertRaises(BinanceAPIException) as caught:
            call(*arguments, **parameters)
        self.assertEqual((caught.exception.code, caught.exception.message), (code, text))
        return caught.exception

    def far_bid(self, part="0.9"):
        book = self.client.get_order_book(symbol=SYMBOL, limit=5)
        return simulated.on_step(Decimal(book["bids"][0][0]) * Decimal(part), "0.01")

    def test_time_and_ping(self):
        self.assertEqual(self.client.ping(), {})
        self.assertLess(abs(self.client.get_server_time()["serverTime"] - time.time() * 1000), 2000)
        self.assertEqual(self.client.get_system_status(), {"status": 0, "msg": "normal"})

    def test_symbols_and_filters(self):
        info = self.client.get_exchange_info()
        self.assertEqual({entry["symbol"] for entry in info["symbols"]}, set(simulated.PRODUCT["symbols"]))
        filters = {entry["filterType"]: entry for entry in self.client.get_symbol_info(SYMBOL)["filters"]}
        self.assertEqual(filters["PRICE_FILTER"]["tickSize"], "0.01000000")
        self.assertEqual(filters["LOT_SIZE"]["stepSize"], "0.00001000")

    def test_place_query_cancel(self):
        order = self.client.order_limit_buy(
            symbol=SYMBOL, quantity="0.01", price=self.far_bid(), newClientOrderId="first-order"
        )
        self.assertEqual((order["status"], order["fills"]), ("NEW", []))
        self.assertEqual(order["origQty"], "0.01000000")
        found = self.client.get_order(symbol=SYMBOL, origClientOrderId="first-order")
        self.assertEqual(found["orderId"], order["orderId"])
        self.assertTrue(found["isWorking"])
        self.assertEqual([entry["orderId"] for entry in self.client.get_open_orders()], [order["orderId"]])
        canceled = self.client.cancel_order(symbol=SYMBOL, orderId=order["orderId"])
        self.assertEqual((canceled["status"], canceled["origClientOrderId"]), ("CANCELED", "first-order"))
        self.assertEqual(self.client.get_order(symbol=SYMBOL, orderId=order["orderId"])["status"], "CANCELED")


if __name__ == "__main__":
    unittest.main()
