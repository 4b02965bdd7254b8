"""pybit's streams against the simulated Bybit."""

import copy
import time
import unittest
from decimal import Decimal

import simulated
from pybit.unified_trading import HTTP, WebSocket
from test_pybit_http import client, link


def setUpModule():
    simulated.be_distant()


def streams(channel, account=None, **overrides):
    options = {"channel_type": channel, "testnet": False}
    if account:
        key = simulated.key(account)
        options.update(api_key=key["apiKey"], api_secret=key["secret"], private_auth_expire=5)
    return WebSocket(**{**options, **overrides})


@unittest.skipUnless(simulated.ISOLATED, "the library's hosts are fixed")
class Public(unittest.TestCase):
    def collect(self, channel, subscribe, count, seconds=15):
        messages = []
        socket = streams(channel)
        self.addCleanup(socket.exit)
        # The library gives every callback the same book.
        subscribe(socket, lambda message: messages.append(copy.deepcopy(message)))
        simulated.wait(lambda: len(messages) >= count, seconds)
        return messages

    def test_books(self):
        for channel in ("spot", "linear"):
            for depth in (1, 50, 200, 1000):
                with self.subTest(channel=channel, depth=depth):
                    messages = self.collect(
                        channel, lambda s, f: s.orderbook_stream(depth, "BTCUSDT", f), 8)
                    ids = [m["data"]["u"] for m in messages]
                    self.assertEqual(ids, list(range(ids[0], ids[0] + len(ids))))
                    sequences = [m["data"]["seq"] for m in messages]
                    self.assertEqual(sequences, sorted(sequences))
                    for message in messages:
                        bids = sorted(Decimal(p) for p, _ in message["data"]["b"])
                        asks = sorted(Decimal(p) for p, _ in message["data"]["a"])
                        self.assertLess(bids[-1], asks[0])
                        self.assertLessEqual(max(len(bids), len(asks)), depth)
                        self.assertLessEqual(message["cts"], message["ts"])

    def test_followed_book_is_the_venues(self):
        # The update id of contracts in REST answers is that of depth 1000.
        rest = simulated.trusting(HTTP())
        books = {}
        socket = streams("linear")
        self.addCleanup(socket.exit)
        socket.orderbook_stream(
            1000, "ETHUSDT", lambda m: books.__setitem__(m["data"]["u"], {
                "b": sorted(((Decimal(p), q) for p, q in m["data"]["b"]), reverse=True),
                "a": sorted((Decimal(p), q) for p, q in m["data"]["a"])}))
        simulated.wait(lambda: len(books) > 3)
        compared = 0
        for _ in range(10):
            answer = rest.get_orderbook(category="linear", symbol="ETHUSDT", limit=200)["result"]
            followed = simulated.wait(lambda: books.get(answer["u"]))
            for side in ("b", "a"):
                levels = [(Decimal(p), q) for p, q in answer[side]]
                self.assertEqual(followed[side][:len(levels)], levels)
                compared += len(levels)
            time.sleep(0.2)
        self.assertGreater(compared, 500)

    def test_trades(self):
        spot = self.collect("spot", lambda s, f: s.trade_stream("BTCUSDT", f), 2)[0]["data"][0]
        linear = self.collect("linear", lambda s, f: s.trade_stream("BTCUSDT", f), 2)[0]["data"][0]
        self.assertEqual({*linear} - {*spot}, {"L"})
        self.assertIn(linear["S"], ("Buy", "Sell"))
        rest = simulated.trusting(HTTP())
        known = rest.get_public_trade_history(category="linear", symbol="BTCUSDT", limit=1000)
        self.assertIn(linear["i"], [t["execId"] for t in known["result"]["list"]])

    def test_tickers_and_candles(self):
        for channel in ("spot", "linear"):
            messages = self.collect(channel, lambda s, f: s.ticker_stream("ETHUSDT", f), 3)
            self.assertGreater(Decimal(messages[-1]["data"]["lastPrice"]), 0)
            self.assertEqual("markPrice" in messages[-1]["data"], channel == "linear")
            candle = self.collect(channel, lambda s, f: s.kline_stream(1, "ETHUSDT", f), 1)[0]["data"][0]
            self.assertEqual(candle["end"] - candle["start"], 59_999)

    def test_unsubscribe(self):
        messages = []
        socket = streams("linear")
        self.addCleanup(socket.exit)
        socket.orderbook_stream(1, "BTCUSDT", messages.append)
        simulated.wait(lambda: messages)
        socket.unsubscribe("orderbook.1.BTCUSDT")
        simulated.wait(lambda: not socket.get_subscription_topics())


@unittest.skipUnless(simulated.ISOLATED, "the library's hosts are fixed")
class Private(unittest.TestCase):
    def setUp(self):
        self.socket = streams("private", "main")
        self.addCleanup(self.socket.exit)
        self.messages = {name: [] for name in ("order", "execution", "fast", "position", "wallet")}
        self.socket.order_stream(self.messages["order"].append)
        self.socket.execution_stream(self.messages["execution"].append)
        self.socket.fast_execution_stream(self.messages["fast"].append)
        self.socket.position_stream(self.messages["position"].append)
        self.socket.wallet_stream(self.messages["wallet"].append)
        time.sleep(0.3)
        self.client = client()

    def entries(self, topic):
        return [entry for message in self.messages[topic] for entry in message["data"]]

    def of(self, topic, name):
        return [entry for entry in self.entries(topic) if entry["orderLinkId"] == name]

    def test_order_life(self):
        for category in ("spot", "linear"):
            with self.subTest(category):
                name = link()
                last = self.client.get_tickers(category=category, symbol="BTCUSDT")["result"]["list"][0]
                price = simulated.on_step(Decimal(last["lastPrice"]) * Decimal("0.9"), "0.1")
                order = dict(category=category, symbol="BTCUSDT", orderLinkId=name)
                self.client.place_order(side="Buy", orderType="Limit", qty="0.01", price=price, **order)
                self.client.amend_order(qty="0.02", **order)
                self.client.cancel_order(**order)
                states = simulated.wait(lambda: len(self.of("order", name)) == 3 and self.of("order", name))
                self.assertEqual(
                    [(o["orderStatus"], Decimal(o["qty"])) for o in states],
                    [("New", Decimal("0.01")), ("New", Decimal("0.02")), ("Cancelled", Decimal("0.02"))])
                self.assertEqual(states[-1]["category"], category)
                self.assertTrue(self.messages["wallet"])

    def test_fills(self):
        name = link()
        self.client.place_order(
            category="linear", symbol="BTCUSDT", side="Buy", orderType="Market", qty="0.05", orderLinkId=name)
        simulated.wait(lambda: self.of("order", name) and self.of("order", name)[-1]["orderStatus"] == "Filled")
        simulated.wait(lambda: sum(Decimal(e["execQty"]) for e in self.of("execution", name)) == Decimal("0.05"))
        simulated.wait(lambda: self.entries("position"))
        position = self.entries("position")[-1]
        self.assertEqual((position["side"], position["category"]), ("Buy", "linear"))
        fast = simulated.wait(lambda: self.of("fast", name))
        self.assertEqual([e["execId"] for e in fast], [e["execId"] for e in self.of("execution", name)])
        balance = simulated.wait(lambda: self.entries("wallet"))[-1]
        self.assertEqual(balance["accountType"], "UNIFIED")
        fees = sum(Decimal(e["execFee"]) for e in self.of("execution", name))
        self.assertEqual(Decimal(self.of("order", name)[-1]["cumExecFee"]), fees)
        closing = link()
        self.client.place_order(
            category="linear", symbol="BTCUSDT", side="Sell", orderType="Market", qty="0.05",
            reduceOnly=True, orderLinkId=closing)
        simulated.wait(lambda: self.entries("position")[-1]["size"] == "0")
        self.assertEqual(sum(Decimal(e["closedSize"]) for e in self.of("execution", closing)), Decimal("0.05"))

    def test_outcomes_come_over_the_stream(self):
        name = link()
        last = self.client.get_tickers(category="linear", symbol="BTCUSDT")["result"]["list"][0]
        price = simulated.on_step(Decimal(last["lastPrice"]) * Decimal("1.03"), "0.1")
        answer = self.client.place_order(
            category="linear", symbol="BTCUSDT", side="Buy", orderType="Limit", qty="0.01", price=price,
            timeInForce="PostOnly", orderLinkId=name)
        self.assertEqual(answer["retCode"], 0)
        order = simulated.wait(lambda: self.of("order", name))[-1]
        self.assertEqual(
            (order["orderStatus"], order["rejectReason"], order["cumExecQty"]),
            ("Cancelled", "EC_PostOnlyWillTakeLiquidity", "0"))


@unittest.skipUnless(simulated.ISOLATED, "the library's hosts are fixed")
class LogIn(unittest.TestCase):
    def test_wrong_secret_is_refused(self):
        problems = []

        class Watched(WebSocket):
            def _process_auth_message(self, message):
                problems.append(message)

        socket = Watched(channel_type="private", testnet=False, api_key=simulated.key("main")["apiKey"],
                         api_secret="wrong")
        self.addCleanup(socket.exit)
        message = simulated.wait(lambda: problems)[0]
        self.assertEqual((message["success"], message["op"]), (False, "auth"))


if __name__ == "__main__":
    unittest.main()
