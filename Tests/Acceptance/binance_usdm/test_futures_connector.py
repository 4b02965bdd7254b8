"""binance-futures-connector against the simulated Binance USD-M futures."""

import json
import queue
import time
import unittest
from decimal import Decimal

import simulated
from binance.error import ClientError
from binance.um_futures import UMFutures
from binance.websocket.um_futures.websocket_client import UMFuturesWebsocketClient

SYMBOL = "ETHUSDT"


def client(account="main", **options):
    key = simulated.key(account)
    if not simulated.ISOLATED:
        options["base_url"] = simulated.REST
    return UMFutures(key=key["apiKey"], secret=key["secret"], **options)


class Messages(queue.Queue):
    """What a connection of the library received."""

    def __call__(self, _, text):
        self.put(json.loads(text))

    def until(self, wanted, seconds=30):
        deadline = time.monotonic() + seconds
        seen = []
        while True:
            seen.append(self.get(timeout=max(0.1, deadline - time.monotonic())))
            if wanted(seen[-1]):
                return seen


def far_bid(made, part="0.96"):
    return simulated.on_step(Decimal(made.depth(SYMBOL, limit=5)["bids"][0][0]) * Decimal(part), "0.01")


class Rest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client()

    def tearDown(self):
        self.client.cancel_open_orders(SYMBOL)

    def refused(self, code, text, call, *arguments, **parameters):
        with self.assertRaises(ClientError) as caught:
            call(*arguments, **parameters)
        self.assertEqual((caught.exception.error_code, caught.exception.error_message), (code, text))

    def test_general(self):
        self.assertEqual(self.client.ping(), {})
        kinds = {(e["rateLimitType"], e["interval"], e["limit"]) for e in self.client.exchange_info()["rateLimits"]}
        self.assertEqual(
            kinds, {("REQUEST_WEIGHT", "MINUTE", 2400), ("ORDERS", "MINUTE", 1200), ("ORDERS", "SECOND", 300)})
        self.assertEqual(self.client.mark_price(SYMBOL)["symbol"], SYMBOL)
        self.assertEqual(self.client.commission_rate(SYMBOL)["takerCommissionRate"], "0.000500")
        self.assertEqual(self.client.funding_rate(SYMBOL), [])

    def test_weights_and_counts_are_told(self):
        counted = client(show_limit_usage=True)
        answer = counted.new_order(
            SYMBOL, "BUY", "LIMIT", timeInForce="GTC", quantity="0.1", price=far_bid(self.client))
        usage = answer["limit_usage"]
        self.assertGreaterEqual(int(usage["x-mbx-order-count-10s"]), 1)
        self.assertGreaterEqual(int(usage["x-mbx-order-count-1m"]), 1)
        self.assertIn("x-mbx-used-weight-1m", usage)

    def test_orders(self):
        order = self.client.new_order(
            SYMBOL, "BUY", "LIMIT", timeInForce="GTC", quantity="0.5", price=far_bid(self.client),
            newClientOrderId="by-connector")
        self.assertEqual((order["status"], order["clientOrderId"]), ("NEW", "by-connector"))
        self.assertEqual(self.client.query_order(SYMBOL, orderId=order["orderId"])["origQty"], "0.500")
        self.assertEqual(self.client.get_open_orders(SYMBOL, orderId=order["orderId"])["status"], "NEW")
        changed = self.client.modify_order(
            SYMBOL, "BUY", quantity="0.4", price=far_bid(self.client, "0.97"), orderId=order["orderId"])
        self.assertEqual((changed["orderId"], changed["origQty"]), (order["orderId"], "0.400"))
        batch = self.client.new_batch_order([
            {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTX", "quantity": "0.1",
             "price": far_bid(self.client)} for _ in range(3)])
        self.assertEqual([entry["timeInForce"] for entry in batch], ["GTX"] * 3)
        self.assertEqual(len(self.client.get_orders(symbol=SYMBOL)), 4)
        canceled = self.client.cancel_batch_order(
            SYMBOL, orderIdList=[entry["orderId"] for entry in batch], origClientOrderIdList=None)
        self.assertEqual([entry["status"] for entry in canceled], ["CANCELED"] * 3)
        self.assertEqual(
            self.client.cancel_open_orders(SYMBOL),
            {"code": 200, "msg": "The operation of cancel all open order is done."})
        self.assertEqual(self.client.get_orders(symbol=SYMBOL), [])
        self.assertEqual(self.client.get_all_orders(SYMBOL)[-1]["status"], "CANCELED")

    def test_account(self):
        account = self.client.account()
        usdt = next(entry for entry in account["assets"] if entry["asset"] == "USDT")
        self.assertEqual(usdt["walletBalance"], account["totalWalletBalance"])
        self.assertEqual(self.client.balance()[0]["asset"], "USDT")
        self.assertEqual(self.client.change_leverage(SYMBOL, 5)["leverage"], 5)
        self.assertEqual(self.client.get_position_mode(), {"dualSidePosition": False})
        order = self.client.new_order(SYMBOL, "SELL", "MARKET", quantity="1", newOrderRespType="RESULT")
        trades = [t for t in self.client.get_account_trades(symbol=SYMBOL) if t["orderId"] == order["orderId"]]
        self.assertEqual(sum(Decimal(t["qty"]) for t in trades), 1)
        risk = next(p for p in self.client.get_position_risk(symbol=SYMBOL))
        self.assertEqual(risk["positionAmt"], "-1.000")
        self.client.new_order(SYMBOL, "BUY", "MARKET", quantity="5", reduceOnly="true", newOrderRespType="RESULT")
        self.assertEqual(
            [p["positionAmt"] for p in self.client.get_position_risk(symbol=SYMBOL) if p["positionAmt"] != "0.000"],
            [])
        kinds = {entry["incomeType"] for entry in self.client.get_income_history(symbol=SYMBOL)}
        self.assertLessEqual({"COMMISSION", "REALIZED_PNL"}, kinds)

    def test_refusals(self):
        self.refused(
            -4120,
            "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.",
            self.client.new_order, SYMBOL, "SELL", "STOP_MARKET", quantity="0.1", stopPrice="1000")
        self.refused(-4059, "No need to change position side.", self.client.change_position_mode, "false")
        self.refused(-1120, "Invalid interval.", self.client.klines, SYMBOL, "7m")
        self.refused(-4021, "7 is not valid depth limit.", self.client.depth, SYMBOL, limit=7)
        self.refused(
            -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed.",
            self.client.new_order, SYMBOL, "BUY", "LIMIT", timeInForce="GTC", quantity="0.1")


class Streams(unittest.TestCase):
    def connect(self, **options):
        messages = Messages()
        address = {} if simulated.ISOLATED else {"stream_url": simulated.STREAMS}
        made = UMFuturesWebsocketClient(on_message=messages, **address, **options)
        self.addCleanup(made.stop)
        return made, messages

    def test_subscriptions(self):
        made, messages = self.connect()
        made.book_ticker(SYMBOL, id=1)
        self.assertEqual(messages.until(lambda m: "id" in m)[-1], {"result": None, "id": 1})
        event = messages.until(lambda m: m.get("e") == "bookTicker")[-1]
        self.assertEqual(event["s"], SYMBOL)
        made.list_subscribe(id=2)
        self.assertEqual(messages.until(lambda m: m.get("id") == 2)[-1]["result"], ["ethusdt@bookTicker"])

    def test_differences_follow_each_other(self):
        made, messages = self.connect(is_combined=True)
        made.diff_book_depth(SYMBOL, speed=100)
        updates = []
        while len(updates) < 10:
            message = messages.until(lambda m: "stream" in m)[-1]
            self.assertEqual(message["stream"], "ethusdt@depth@100ms")
            updates.append(message["data"])
        for before, after in zip(updates, updates[1:]):
            self.assertEqual(after["pu"], before["u"])

    def test_user_stream(self):
        rest = client("second")
        listen_key = rest.new_listen_key()["listenKey"]
        self.assertEqual(rest.new_listen_key()["listenKey"], listen_key)
        made, messages = self.connect()
        made.user_data(listen_key, id=1)
        messages.until(lambda m: m.get("id") == 1)
        order = rest.new_order(SYMBOL, "BUY", "LIMIT", timeInForce="GTC", quantity="0.2", price=far_bid(rest))
        event = messages.until(lambda m: m.get("e") == "ORDER_TRADE_UPDATE")[-1]
        self.assertEqual(
            (event["o"]["x"], event["o"]["i"], event["o"]["q"]), ("NEW", order["orderId"], "0.200"))
        rest.cancel_order(SYMBOL, orderId=order["orderId"])
        messages.until(lambda m: m.get("o", {}).get("x") == "CANCELED")
        rest.change_leverage(SYMBOL, 7)
        config = messages.until(lambda m: m.get("e") == "ACCOUNT_CONFIG_UPDATE")[-1]
        self.assertEqual(config["ac"], {"s": SYMBOL, "l": 7})
        self.assertEqual(rest.renew_listen_key(listen_key), {"listenKey": listen_key})
        self.assertEqual(rest.close_listen_key(listen_key), {})
        with self.assertRaises(ClientError) as caught:
            rest.renew_listen_key(listen_key)
        self.assertEqual(caught.exception.error_code, -1125)


if __name__ == "__main__":
    unittest.main()
