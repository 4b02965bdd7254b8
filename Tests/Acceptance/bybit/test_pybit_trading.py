"""pybit's order entry over WebSocket against the simulated Bybit."""

import logging
import time
import unittest
from decimal import Decimal

import simulated
from pybit.unified_trading import WebSocketTrading
from test_pybit_http import client, link

logging.getLogger("pybit").setLevel(logging.CRITICAL)


@unittest.skipUnless(simulated.ISOLATED, "the library's hosts are fixed")
class OrderEntry(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        simulated.be_distant()
        key = simulated.key("main")
        cls.socket = WebSocketTrading(
            testnet=False, api_key=key["apiKey"], api_secret=key["secret"], private_auth_expire=5)
        simulated.wait(lambda: cls.socket.auth)
        cls.client = client()

    @classmethod
    def tearDownClass(cls):
        cls.socket.exit()

    def ask(self, call, **values):
        done, refused = [], []
        call(done.append, refused.append, **values)
        return simulated.wait(lambda: done or refused)[0]

    def price(self, category, share):
        last = self.client.get_tickers(category=category, symbol="BTCUSDT")["result"]["list"][0]["lastPrice"]
        return simulated.on_step(Decimal(last) * Decimal(share), "0.1")

    def test_order_life(self):
        for category in ("spot", "linear"):
            with self.subTest(category):
                name = {"category": category, "symbol": "BTCUSDT", "orderLinkId": link()}
                placed = self.ask(
                    self.socket.place_order, side="Buy", orderType="Limit", qty="0.01",
                    price=self.price(category, "0.9"), **name)
                self.assertEqual((placed["retCode"], placed["op"]), (0, "order.create"), placed)
                self.assertEqual(placed["data"]["orderLinkId"], name["orderLinkId"])
                limit = 20 if category == "spot" else 10
                self.assertEqual(int(placed["header"]["X-Bapi-Limit"]), limit)
                amended = self.ask(self.socket.amend_order, qty="0.02", **name)
                self.assertEqual(amended["retCode"], 0)
                order = self.client.get_open_orders(category=category, orderId=placed["data"]["orderId"])
                self.assertEqual(Decimal(order["result"]["list"][0]["qty"]), Decimal("0.02"))
                canceled = self.ask(self.socket.cancel_order, **name)
                self.assertEqual(canceled["data"]["orderId"], placed["data"]["orderId"])
                again = self.ask(self.socket.cancel_order, **name)
                self.assertEqual(again["retCode"], 170213 if category == "spot" else 110001)

    def test_refusals(self):
        order = dict(category="linear", symbol="BTCUSDT", side="Buy", orderType="Limit", qty="0.01")
        high = self.ask(self.socket.place_order, price=self.price("linear", "1.5"), **order)
        self.assertEqual((high["retCode"], high["data"]), (110003, {}))
        poor = self.ask(self.socket.place_order, price=self.price("linear", "0.99"), **{**order, "qty": "900"})
        self.assertEqual(poor["retCode"], 110007)

    def test_batches(self):
        price = self.price("linear", "0.9")
        made = self.ask(self.socket.place_batch_order, category="linear", request=[
            {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": quantity, "price": price}
            for quantity in ("0.01", "9999")])
        self.assertEqual([e["code"] for e in made["retExtInfo"]["list"]], [0, 10001])
        ids = [e["orderId"] for e in made["data"]["list"]]
        changed = self.ask(self.socket.amend_batch_order, category="linear", request=[
            {"symbol": "BTCUSDT", "orderId": ids[0], "qty": "0.02"}])
        self.assertEqual(changed["retExtInfo"]["list"], [{"code": 0, "msg": "OK"}])
        gone = self.ask(self.socket.cancel_batch_order, category="linear", request=[
            {"symbol": "BTCUSDT", "orderId": ids[0]}])
        self.assertEqual(gone["data"]["list"][0]["orderId"], ids[0])

    def test_zz_limit(self):
        answers = []
        time.sleep(1.05 - time.time() % 1)
        for _ in range(15):
            self.socket.cancel_order(
                answers.append, answers.append, category="linear", symbol="BTCUSDT", orderId="nothing")
        simulated.wait(lambda: len(answers) == 15)
        codes = [answer["retCode"] for answer in answers]
        self.assertEqual(codes.count(110001) + codes.count(10006), 15)
        self.assertIn(10006, codes)
        self.assertEqual({answer["header"]["X-Bapi-Limit"] for answer in answers}, {"10"})


if __name__ == "__main__":
    unittest.main()
