"""pybit sets, changes, triggers and cancels take-profits, stop-losses and trailing stops of the simulated Bybit."""

import logging
import time
import unittest
from decimal import Decimal

import simulated
from pybit.exceptions import InvalidRequestError
from pybit.unified_trading import WebSocket, WebSocketTrading
from test_pybit_http import client, link

logging.getLogger("pybit").setLevel(logging.CRITICAL)
SYMBOL = {"category": "linear", "symbol": "BTCUSDT"}


class Exits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client()
        cls.other = client("second")

    def setUp(self):
        self.addCleanup(self.close)

    def close(self):
        self.client.cancel_all_orders(category="linear", settleCoin="USDT")
        if self.position()["size"] != "0":
            self.client.place_order(
                side="Sell" if self.position()["side"] == "Buy" else "Buy", orderType="Market", qty="0",
                reduceOnly=True, closeOnTrigger=True, **SYMBOL)

    def price(self, share):
        ticker = self.client.get_tickers(**SYMBOL)["result"]["list"][0]
        return simulated.on_step(Decimal(ticker["lastPrice"]) * Decimal(share), "0.1")

    def open(self, **values):
        placed = self.client.place_order(
            **{**SYMBOL, "side": "Buy", "orderType": "Market", "qty": "0.03", "orderLinkId": link(), **values})
        return placed["result"]

    def position(self):
        return self.client.get_positions(**SYMBOL)["result"]["list"][0]

    def exits(self):
        orders = self.client.get_open_orders(orderFilter="StopOrder", **SYMBOL)["result"]["list"]
        return {order["stopOrderType"]: order for order in orders}

    def ended(self, order):
        found = self.client.get_order_history(category="linear", orderId=order["orderId"])["result"]["list"]
        return found[0] if found else None

    def stop(self, **values):
        return self.client.set_trading_stop(**{**SYMBOL, "tpslMode": "Full", "positionIdx": 0, **values})

    def assertRefused(self, code, call, text="", **values):
        with self.assertRaises(InvalidRequestError) as caught:
            call(**values)
        self.assertEqual(caught.exception.status_code, code, caught.exception.message)
        self.assertIn(text, caught.exception.message)

    def meet(self, trigger, rises):
        """Lets the other account trade until the last price is at or beyond `trigger`."""
        def is_met():
            last = Decimal(self.client.get_tickers(**SYMBOL)["result"]["list"][0]["lastPrice"])
            if (last >= trigger) if rises else (last <= trigger):
                return True
            # Beyond the trigger, because nothing need stand at that very price.
            beyond = simulated.on_step(trigger * Decimal("1.002" if rises else "0.998"), "0.1")
            self.other.place_order(
                side="Buy" if rises else "Sell", orderType="Limit", timeInForce="IOC", qty="3",
                price=beyond, **SYMBOL)
            # Ten orders a second are allowed.
            time.sleep(0.15)
            return False

        simulated.wait(is_met, 20)

    def test_of_an_order(self):
        price, profit, loss = (self.price(share) for share in ("0.97", "1.02", "0.95"))
        placed = self.open(orderType="Limit", price=price, takeProfit=profit, stopLoss=loss,
                           slTriggerBy="MarkPrice")

        def order():
            return self.client.get_open_orders(orderId=placed["orderId"], **SYMBOL)["result"]["list"][0]

        waiting = order()
        self.assertEqual(
            (Decimal(waiting["takeProfit"]), Decimal(waiting["stopLoss"]), waiting["tpTriggerBy"],
             waiting["slTriggerBy"], waiting["tpslMode"]),
            (Decimal(profit), Decimal(loss), "LastPrice", "MarkPrice", "Full"))
        self.assertEqual(self.exits(), {})
        self.client.amend_order(orderId=placed["orderId"], takeProfit="0", **SYMBOL)
        self.assertEqual((order()["takeProfit"], Decimal(order()["stopLoss"])), ("", Decimal(loss)))
        self.assertRefused(
            10001, self.client.amend_order, "base_price", orderId=placed["orderId"], stopLoss=profit, **SYMBOL)

    def test_whole_position(self):
        profit, loss = self.price("1.03"), self.price("0.97")
        opened = self.open(takeProfit=profit, stopLoss=loss)
        made = simulated.wait(self.exits)
        self.assertEqual(set(made), {"TakeProfit", "StopLoss"})
        for order in made.values():
            self.assertEqual(
                (order["orderStatus"], order["side"], order["orderLinkId"], order["parentOrderLinkId"],
                 order["reduceOnly"], order["closeOnTrigger"], order["tpslMode"]),
                ("Untriggered", "Sell", "", opened["orderLinkId"], True, True, "Full"))
        self.assertEqual(
            [made[kind]["createType"] for kind in ("TakeProfit", "StopLoss")],
            ["CreateByTakeProfit", "CreateByStopLoss"])
        held = self.position()
        self.assertEqual((Decimal(held["takeProfit"]), Decimal(held["stopLoss"])), (Decimal(profit), Decimal(loss)))
        self.open(qty="0.02")
        self.assertEqual({Decimal(order["qty"]) for order in self.exits().values()}, {Decimal("0.05")})
        # What is set again as it was is refused.
        self.assertRefused(34040, self.stop, "not modified", takeProfit=profit, stopLoss=loss)
        self.stop(takeProfit=self.price("1.04"))
        self.assertEqual(self.exits()["TakeProfit"]["orderId"], made["TakeProfit"]["orderId"])
        self.stop(stopLoss="0")
        self.assertEqual((set(self.exits()), self.position()["stopLoss"]), ({"TakeProfit"}, ""))
        # What closes the position ends them.
        self.open(side="Sell", qty="0.05", reduceOnly=True)
        self.assertEqual(self.exits(), {})
        ended = self.ended(made["TakeProfit"])
        self.assertEqual((ended["orderStatus"], ended["cancelType"]), ("Deactivated", "CancelByTpSlTsClear"))

    def test_trigger(self):
        self.open()
        trigger = Decimal(self.price("1.001"))
        self.stop(takeProfit=str(trigger), stopLoss=self.price("0.96"))
        made = self.exits()
        self.meet(trigger, rises=True)
        filled = simulated.wait(lambda: self.ended(made["TakeProfit"]))
        self.assertEqual(
            (filled["orderStatus"], filled["stopOrderType"], Decimal(filled["cumExecQty"])),
            ("Filled", "TakeProfit", Decimal("0.03")))
        self.assertEqual(simulated.wait(lambda: self.ended(made["StopLoss"]))["cancelType"], "CancelByTpSlTsClear")
        self.assertEqual(self.position()["size"], "0")
        fills = self.client.get_executions(category="linear", orderId=filled["orderId"])["result"]["list"]
        self.assertEqual(
            {(f["stopOrderType"], f["createType"], f["isMaker"]) for f in fills},
            {("TakeProfit", "CreateByTakeProfit", False)})
        self.assertEqual(sum(Decimal(f["closedSize"]) for f in fills), Decimal("0.03"))

    def test_partial(self):
        self.open()
        trigger = Decimal(self.price("0.999"))
        pair = dict(tpslMode="Partial", tpSize="0.01", slSize="0.01", takeProfit=self.price("1.03"),
                    tpOrderType="Limit", tpLimitPrice=self.price("1.03"), stopLoss=str(trigger))
        self.stop(**pair)
        made = self.exits()
        self.assertEqual(set(made), {"PartialTakeProfit", "PartialStopLoss"})
        self.assertEqual(
            [(o["orderType"], Decimal(o["qty"])) for o in (made["PartialTakeProfit"], made["PartialStopLoss"])],
            [("Limit", Decimal("0.01")), ("Market", Decimal("0.01"))])
        self.assertEqual((self.position()["takeProfit"], self.position()["stopLoss"]), ("", ""))
        self.meet(trigger, rises=False)
        self.assertEqual(simulated.wait(lambda: self.ended(made["PartialStopLoss"]))["orderStatus"], "Filled")
        other = simulated.wait(lambda: self.ended(made["PartialTakeProfit"]))
        self.assertEqual(
            (other["orderStatus"], other["cancelType"]), ("Deactivated", "CancelByOCOTpCanceledBySlTriggered"))
        self.assertEqual(Decimal(self.position()["size"]), Decimal("0.02"))
        # A cancel of one of a pair is a cancel of both.
        self.stop(**{**pair, "stopLoss": self.price("0.96")})
        self.client.cancel_order(orderId=self.exits()["PartialStopLoss"]["orderId"], **SYMBOL)
        self.assertEqual(self.exits(), {})

    def test_trailing(self):
        self.open()
        self.stop(trailingStop=self.price("0.02"))
        made = self.exits()["TrailingStop"]
        self.assertEqual((made["createType"], made["triggerDirection"]), ("CreateByTrailingStop", 2))
        before = Decimal(made["triggerPrice"])
        self.meet(Decimal(self.price("1.002")), rises=True)
        simulated.wait(lambda: Decimal(self.exits()["TrailingStop"]["triggerPrice"]) > before)
        distance = self.position()["trailingStop"]
        self.stop(trailingStop=distance, activePrice=self.price("1.04"))
        waiting = self.exits()["TrailingStop"]
        self.assertEqual(
            (waiting["createType"], waiting["triggerDirection"]), ("CreateByTrailingProfit", 1))
        self.stop(trailingStop="0")
        self.assertEqual((self.exits(), self.position()["trailingStop"]), ({}, "0"))

    def test_spot(self):
        spot = {"category": "spot", "symbol": "BTCUSDT"}
        last = Decimal(self.client.get_tickers(**spot)["result"]["list"][0]["lastPrice"])
        price, profit, loss = (simulated.on_step(last * Decimal(share), "0.01") for share in ("1.01", "1.03", "0.98"))
        terms = dict(takeProfit=profit, stopLoss=loss, tpOrderType="Limit", tpLimitPrice=profit, slOrderType="Market")
        placed = self.open(orderType="Limit", price=price, qty="0.01", timeInForce="IOC", **terms, **spot)

        def made():
            return self.client.get_open_orders(orderFilter="BidirectionalTpslOrder", **spot)["result"]["list"]

        order = simulated.wait(made)[0]
        self.assertEqual(len(made()), 1)
        self.assertEqual(
            (order["side"], order["orderStatus"], Decimal(order["takeProfit"]), Decimal(order["stopLoss"]),
             order["ocoTriggerBy"]),
            ("Sell", "Untriggered", Decimal(profit), Decimal(loss), "OcoTriggerByUnknown"))
        self.assertNotIn("tpslMode", order)
        fills = self.client.get_executions(category="spot", orderId=placed["orderId"])["result"]["list"]
        brought = sum(Decimal(f["execQty"]) - Decimal(f["execFee"]) for f in fills)
        self.assertEqual(Decimal(order["qty"]), Decimal(simulated.on_step(brought, "0.000001")))
        self.assertRefused(170213, self.client.cancel_order, orderId=order["orderId"], **spot)
        self.client.cancel_all_orders(category="spot", orderFilter="BidirectionalTpslOrder")
        self.assertEqual(made(), [])
        ended = self.client.get_order_history(orderId=order["orderId"], **spot)["result"]["list"][0]
        self.assertEqual(ended["orderStatus"], "Deactivated")
        self.assertRefused(170130, self.open, qty="100", takeProfit=profit, **spot)

    def test_refusals(self):
        self.assertRefused(10001, self.stop, "zero position", takeProfit=self.price("1.1"))
        high, low = self.price("1.03"), self.price("0.97")
        self.assertRefused(
            10001, self.open, "set for Buy position should be higher than base_price", takeProfit=low)
        self.assertRefused(10001, self.open, "set for Buy position should lower than base_price", stopLoss=high)
        self.assertRefused(
            10001, self.open, "PartialStopLoss:", side="Sell", stopLoss=low, tpslMode="Partial")
        self.assertRefused(
            110057, self.open, side="Sell", orderType="Limit", price=high, reduceOnly=True, takeProfit=low)
        self.open()
        self.assertRefused(10001, self.stop, "tpOrderType", takeProfit=high, tpOrderType="Limit", tpLimitPrice=high)
        self.assertRefused(
            110058, self.stop, tpslMode="Partial", takeProfit=high, tpSize="0.5")
        self.assertRefused(10001, self.stop, positionIdx=1, takeProfit=high)
        made = self.client.place_batch_order(category="linear", request=[
            {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": self.price("0.9"),
             "takeProfit": profit} for profit in (high, self.price("0.8"))])
        self.assertEqual([entry["code"] for entry in made["retExtInfo"]["list"]], [0, 10001])


@unittest.skipUnless(simulated.ISOLATED, "the library's hosts are fixed")
class Streams(unittest.TestCase):
    def test_order_entry_and_events(self):
        simulated.be_distant()
        time.sleep(1.05)
        key = simulated.key("main")
        options = dict(testnet=False, api_key=key["apiKey"], api_secret=key["secret"], private_auth_expire=5)
        entry = WebSocketTrading(**options)
        self.addCleanup(entry.exit)
        socket = WebSocket(channel_type="private", **options)
        self.addCleanup(socket.exit)
        orders, positions = [], []
        socket.order_stream(lambda message: orders.extend(message["data"]))
        socket.position_stream(lambda message: positions.extend(message["data"]))
        simulated.wait(lambda: entry.auth)
        rest = client()
        last = Decimal(rest.get_tickers(**SYMBOL)["result"]["list"][0]["lastPrice"])
        profit, loss = (simulated.on_step(last * Decimal(share), "0.1") for share in ("0.96", "1.04"))
        answers = []
        entry.place_order(
            answers.append, answers.append, side="Sell", orderType="Market", qty="0.02", orderLinkId=link(),
            takeProfit=profit, stopLoss=loss, **SYMBOL)
        self.assertEqual(simulated.wait(lambda: answers)[0]["retCode"], 0)

        def made(kind, status):
            return simulated.wait(lambda: next(
                (o for o in orders if (o["stopOrderType"], o["orderStatus"]) == (kind, status)), None))

        for kind, price in (("TakeProfit", profit), ("StopLoss", loss)):
            order = made(kind, "Untriggered")
            self.assertEqual((order["side"], Decimal(order["triggerPrice"])), ("Buy", Decimal(price)))
            self.assertEqual(order["createType"], "CreateBy" + kind)
        simulated.wait(lambda: [p for p in positions if p["takeProfit"] and p["stopLoss"]])
        rest.place_order(side="Buy", orderType="Market", qty="0.02", reduceOnly=True, **SYMBOL)
        for kind in ("TakeProfit", "StopLoss"):
            self.assertEqual(made(kind, "Deactivated")["cancelType"], "CancelByTpSlTsClear")
        simulated.wait(lambda: positions[-1]["takeProfit"] == "" and positions[-1]["size"] == "0")


if __name__ == "__main__":
    unittest.main()
