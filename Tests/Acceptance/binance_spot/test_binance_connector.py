"""binance-connector against the simulated Binance spot: REST, streams with a listen key, WebSocket API."""

import json
import queue
import time
import unittest
from decimal import Decimal

import simulated
from binance.error import ClientError
from binance.spot import Spot
from binance.websocket.spot.websocket_api import SpotWebsocketAPIClient
from binance.websocket.spot.websocket_stream import SpotWebsocketStreamClient

SYMBOL = "ETHUSDT"
ADDRESS = {} if simulated.ISOLATED else {"base_url": simulated.REST}


def client(account="main", kind="HMAC", **options):
    key = simulated.key(account, kind)
    if kind == "HMAC":
        return Spot(key["apiKey"], key["secret"], **ADDRESS, **options)
    return Spot(key["apiKey"], private_key=simulated.private_key(account, kind), **ADDRESS, **options)


def far_bid(made, symbol=SYMBOL, part="0.9"):
    return simulated.on_step(Decimal(made.depth(symbol, limit=5)["bids"][0][0]) * Decimal(part), "0.01")


class Messages:
    """What a connection brings, parsed, in order."""

    def __init__(self):
        self.all = queue.Queue()

    def __call__(self, _, text):
        self.all.put(json.loads(text))

    def until(self, accept, seconds=30):
        seen = []
        deadline = time.monotonic() + seconds
        while True:
            message = self.all.get(timeout=max(0.01, deadline - time.monotonic()))
            seen.append(message)
            if accept(message):
                return seen


class Rest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client()

    def tearDown(self):
        if self.client.get_open_orders(SYMBOL):
            self.client.cancel_open_orders(SYMBOL)

    def refused(self, code, text, call, *arguments, **parameters):
        with self.assertRaises(ClientError) as caught:
            call(*arguments, **parameters)
        self.assertEqual((caught.exception.error_code, caught.exception.error_message), (code, text))
        return caught.exception

    def test_general(self):
        self.assertEqual(self.client.ping(), {})
        self.assertLess(abs(self.client.time()["serverTime"] - time.time() * 1000), 2000)
        info = self.client.exchange_info(symbols=["BTCUSDT", SYMBOL])
        self.assertEqual([entry["symbol"] for entry in info["symbols"]], ["BTCUSDT", SYMBOL])
        kinds = {(entry["rateLimitType"], entry["interval"]) for entry in info["rateLimits"]}
        self.assertIn(("REQUEST_WEIGHT", "MINUTE"), kinds)
        self.assertIn(("ORDERS", "DAY"), kinds)

    def test_weights_and_counts_are_told(self):
        counted = client(show_limit_usage=True)
        first = int(counted.ping()["limit_usage"]["x-mbx-used-weight-1m"])
        second = int(counted.depth(SYMBOL, limit=1000)["limit_usage"]["x-mbx-used-weight-1m"])
        self.assertIn(second - first, (50, second - first if second < first else 50))
        answer = counted.new_order(
            SYMBOL, "BUY", "LIMIT", timeInForce="GTC", quantity="0.1", price=far_bid(self.client))
        self.assertGreaterEqual(int(answer["limit_usage"]["x-mbx-order-count-10s"]), 1)
        day = {entry["interval"]: entry["count"] for entry in self.client.get_order_rate_limit()}
        self.assertEqual(day["DAY"], int(answer["limit_usage"]["x-mbx-order-count-1d"]))

    def test_lists(self):
        made = self.client.new_oco_order(
            SYMBOL, "BUY", "0.1", "STOP_LOSS_LIMIT", "LIMIT_MAKER", aboveStopPrice="3500", abovePrice="3510",
            aboveTimeInForce="GTC", belowPrice=far_bid(self.client), listClientOrderId="pair")
        self.assertEqual([report["type"] for report in made["orderReports"]], ["STOP_LOSS_LIMIT", "LIMIT_MAKER"])
        found = self.client.get_oco_order(orderListId=made["orderListId"])
        self.assertEqual((found["listClientOrderId"], found["orders"]), ("pair", made["orders"]))
        self.assertEqual(len(self.client.get_oco_open_orders()), 1)
        waiting = self.client.new_oto_order(
            SYMBOL, "LIMIT", "BUY", far_bid(self.client), "0.1", "MARKET", "SELL", "0.1", workingTimeInForce="GTC")
        self.assertEqual([report["status"] for report in waiting["orderReports"]], ["NEW", "PENDING_NEW"])
        canceled = self.client.cancel_oco_order(SYMBOL, orderListId=made["orderListId"])
        self.assertEqual([report["status"] for report in canceled["orderReports"]], ["CANCELED", "CANCELED"])
        # What is canceled with others stands in one entry.
        rest = self.client.cancel_open_orders(SYMBOL)
        self.assertEqual([entry["orderListId"] for entry in rest], [waiting["orderListId"]])
        self.assertEqual(
            [entry["listOrderStatus"] for entry in self.client.get_oco_orders(fromId=made["orderListId"])],
            ["ALL_DONE", "ALL_DONE"])
        self.refused(-2010, "The relationship of the prices for the orders is not correct.",
                     self.client.new_oco_order, SYMBOL, "BUY", "0.1", "STOP_LOSS", "LIMIT_MAKER",
                     aboveStopPrice="3500", belowPrice="3400")

    def test_orders_by_every_key_type(self):
        for kind in ("HMAC", "Ed25519", "RSA"):
            signer = client(kind=kind)
            order = signer.new_order(
                SYMBOL, "SELL", "LIMIT", timeInForce="GTC", quantity="0.5", price="3500",
                newClientOrderId=f"by-{kind}")
            self.assertEqual(order["clientOrderId"], f"by-{kind}")
            found = signer.get_order(SYMBOL, orderId=order["orderId"])
            self.assertEqual((found["status"], found["price"]), ("NEW", "3500.00000000"))
            answer = signer.cancel_and_replace(
                SYMBOL, "SELL", "LIMIT", "STOP_ON_FAILURE", timeInForce="GTC", quantity="0.4", price="3600",
                cancelOrderId=order["orderId"])
            replaced = answer["newOrderResponse"]["orderId"]
            self.assertEqual([entry["orderId"] for entry in signer.get_open_orders(SYMBOL)], [replaced])
            canceled = signer.cancel_open_orders(SYMBOL)
            self.assertEqual([(entry["orderId"], entry["status"]) for entry in canceled], [(replaced, "CANCELED")])
        self.assertEqual(self.client.new_order_test(
            SYMBOL, "BUY", "LIMIT", timeInForce="GTC", quantity="0.1", price=far_bid(self.client)), {})

    def test_history(self):
        order = self.client.new_order(SYMBOL, "BUY", "MARKET", quantity="0.3")
        self.assertEqual(order["status"], "FILLED")
        trades = self.client.my_trades(SYMBOL, orderId=order["orderId"])
        self.assertEqual(sum(Decimal(trade["qty"]) for trade in trades), Decimal("0.3"))
        orders = self.client.get_orders(SYMBOL, orderId=order["orderId"])
        self.assertEqual(orders[0], self.client.get_order(SYMBOL, orderId=order["orderId"]))
        rates = self.client.query_commission_rates(SYMBOL)["standardCommission"]
        for trade in trades:
            # Fees are cut at eight decimals.
            fee = Decimal(trade["qty"]) * Decimal(rates["taker"])
            self.assertEqual(Decimal(trade["commission"]), fee.quantize(Decimal("0.00000001"), "ROUND_DOWN"))

    def test_fees_in_the_token(self):
        second = client("second")
        order = second.new_order(SYMBOL, "SELL", "MARKET", quantity="0.4")
        self.assertEqual({fill["commissionAsset"] for fill in order["fills"]}, {"BNB"})
        self.assertTrue(second.query_commission_rates(SYMBOL)["discount"]["enabledForAccount"])

    def test_refusals(self):
        self.refused(-1121, "Invalid symbol.", self.client.depth, "NOPE")
        self.refused(
            -1100,
            "Illegal characters found in parameter 'symbol'; legal range is '^[\\w\\-._&&[^a-z]]{1,50}$'.",
            self.client.depth, "ethusdt$")
        self.refused(-1120, "Invalid interval.", self.client.klines, SYMBOL, "7m")
        self.refused(-2011, "Unknown order sent.", self.client.cancel_open_orders, "BNBUSDT")
        self.refused(-1125, "This listenKey does not exist.", self.client.renew_listen_key, "nothing")
        self.refused(-1130, "Data sent for parameter 'limit' is not valid.", self.client.trades, SYMBOL, limit=0)
        refusal = self.refused(
            -2021, "Order cancel-replace partially failed.", self.client.cancel_and_replace, SYMBOL, "SELL",
            "LIMIT", "ALLOW_FAILURE", timeInForce="GTC", quantity="0.4", price="3600", cancelOrderId=1)
        self.assertEqual(refusal.status_code, 409)
        self.assertEqual(refusal.error_data["newOrderResponse"]["price"], "3600.00000000")
        self.refused(-1013, "Filter failure: MAX_NUM_ALGO_ORDERS", self.many_stops)

    def many_stops(self):
        for _ in range(6):
            self.client.new_order(SYMBOL, "BUY", "STOP_LOSS", quantity="0.1", stopPrice="3500")

    def test_microseconds(self):
        exact = client(time_unit="MICROSECOND")
        self.assertEqual(len(str(exact.time()["serverTime"])), 16)
        self.assertEqual(len(str(exact.trades(SYMBOL, limit=1)[0]["time"])), 16)


class MarketStreams(unittest.TestCase):
    def connect(self, **options):
        messages = Messages()
        address = {} if simulated.ISOLATED else {"stream_url": simulated.STREAMS}
        made = SpotWebsocketStreamClient(on_message=messages, **address, **options)
        self.addCleanup(made.stop)
        return made, messages

    def test_subscriptions(self):
        made, messages = self.connect()
        made.book_ticker(SYMBOL, id=1)
        self.assertEqual(messages.until(lambda m: "id" in m)[-1], {"result": None, "id": 1})
        made.list_subscribe(id=2)
        self.assertEqual(messages.until(lambda m: m.get("id") == 2)[-1]["result"], ["ethusdt@bookTicker"])
        made.book_ticker(SYMBOL, id=3, action=made.ACTION_UNSUBSCRIBE)
        messages.until(lambda m: m.get("id") == 3)
        made.send({"method": "SUBSCRIBE", "params": ["nonsense"], "id": 4})
        self.assertEqual(
            messages.until(lambda m: m.get("id") == 4)[-1],
            {"error": {"code": 2, "msg": "Invalid request: invalid stream"}, "id": 4})

    def test_differences_follow_each_other(self):
        made, messages = self.connect(is_combined=True)
        made.diff_book_depth(SYMBOL, speed=100)
        updates = []
        while len(updates) < 20:
            message = messages.until(lambda m: "stream" in m)[-1]
            self.assertEqual(message["stream"], "ethusdt@depth@100ms")
            updates.append(message["data"])
        for before, after in zip(updates, updates[1:]):
            self.assertEqual(after["U"], before["u"] + 1)

    def test_user_stream_by_listen_key(self):
        rest = client("second")
        listen_key = rest.new_listen_key()["listenKey"]
        self.assertEqual(rest.new_listen_key()["listenKey"], listen_key)
        made, messages = self.connect()
        made.user_data(listen_key, id=1)
        messages.until(lambda m: m.get("id") == 1)
        order = rest.new_order(SYMBOL, "BUY", "LIMIT", timeInForce="GTC", quantity="0.2", price=far_bid(rest))
        event = messages.until(lambda m: m.get("e") == "executionReport")[-1]
        self.assertEqual((event["x"], event["i"], event["q"]), ("NEW", order["orderId"], "0.20000000"))
        rest.cancel_order(SYMBOL, orderId=order["orderId"])
        event = messages.until(lambda m: m.get("x") == "CANCELED")[-1]
        self.assertEqual(event["C"], order["clientOrderId"])
        self.assertEqual(rest.renew_listen_key(listen_key), {})
        self.assertEqual(rest.close_listen_key(listen_key), {})
        with self.assertRaises(ClientError):
            rest.renew_listen_key(listen_key)


class WebSocketAPI(unittest.TestCase):
    def test_requests(self):
        key = simulated.key("main")
        messages = Messages()
        address = {} if simulated.ISOLATED else {"stream_url": simulated.WS_API}
        made = SpotWebsocketAPIClient(
            api_key=key["apiKey"], api_secret=key["secret"], on_message=messages, **address)
        self.addCleanup(made.stop)

        def answer(call, *arguments, **parameters):
            call(*arguments, id="request", **parameters)
            return messages.until(lambda m: m.get("id") == "request")[-1]

        self.assertEqual(answer(made.ping_connectivity)["result"], {})
        book = answer(made.order_book, symbol=SYMBOL, limit=5)["result"]
        price = simulated.on_step(Decimal(book["bids"][0][0]) * Decimal("0.9"), "0.01")
        placed = answer(
            made.new_order, symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.1", price=price)
        self.assertEqual((placed["status"], placed["result"]["status"]), (200, "NEW"))
        kinds = [entry["rateLimitType"] for entry in placed["rateLimits"]]
        self.assertEqual(kinds, ["ORDERS", "ORDERS", "REQUEST_WEIGHT"])
        number = placed["result"]["orderId"]
        self.assertEqual(
            answer(made.get_open_orders, symbol=SYMBOL)["result"][-1]["orderId"], number)
        self.assertEqual(
            answer(made.cancel_order, SYMBOL, orderId=number)["result"]["status"], "CANCELED")
        refused = answer(made.cancel_order, SYMBOL, orderId=number)
        self.assertEqual((refused["status"], refused["error"]), (400, {"code": -2011, "msg": "Unknown order sent."}))
        self.assertIn("balances", answer(made.account)["result"])
        self.assertEqual(answer(made.my_trades, symbol="BNBUSDT")["result"], [])
        limits = answer(made.order_rate_limit)["result"]
        self.assertEqual([entry["interval"] for entry in limits], ["SECOND", "DAY"])


if __name__ == "__main__":
    unittest.main()
