"""pybit's HTTP client against the simulated Bybit."""

import unittest
import uuid
from decimal import Decimal

import simulated
from pybit.exceptions import FailedRequestError, InvalidRequestError
from pybit.unified_trading import HTTP


def client(account="main", kind="HMAC", permissions=("read", "trade"), **overrides):
    key = simulated.key(account, kind, permissions)
    options = {"api_key": key["apiKey"]}
    if kind == "RSA":
        with open(key["privateKeyPath"]) as file:
            options.update(api_secret=file.read(), rsa_authentication=True)
    else:
        options["api_secret"] = key["secret"]
    options.update(overrides)
    return simulated.trusting(HTTP(**options))


def link():
    return uuid.uuid4().hex


class Market(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = simulated.trusting(HTTP())

    def test_time_and_instruments(self):
        seconds = int(self.client.get_server_time()["result"]["timeSecond"])
        self.assertGreater(seconds, 1_700_000_000)
        first = self.client.get_instruments_info(category="linear", limit=1)["result"]
        second = self.client.get_instruments_info(
            category="linear", limit=1, cursor=first["nextPageCursor"])["result"]
        self.assertEqual(
            [i["symbol"] for i in first["list"] + second["list"]], ["BTCUSDT", "ETHUSDT"])
        self.assertEqual(second["nextPageCursor"], "")
        spot = self.client.get_instruments_info(category="spot", symbol="BTCUSDT")["result"]["list"]
        self.assertEqual([s["lotSizeFilter"]["basePrecision"] for s in spot], ["0.000001"])

    def test_book_trades_candles_tickers(self):
        for category in ("spot", "linear"):
            book = self.client.get_orderbook(category=category, symbol="BTCUSDT", limit=20)["result"]
            bids = [Decimal(p) for p, _ in book["b"]]
            asks = [Decimal(p) for p, _ in book["a"]]
            self.assertEqual(bids, sorted(bids, reverse=True))
            self.assertEqual(asks, sorted(asks))
            self.assertLess(bids[0], asks[0])
            self.assertEqual((len(bids), len(asks)), (20, 20))
            ticker = self.client.get_tickers(category=category, symbol="BTCUSDT")["result"]["list"][0]
            self.assertGreater(Decimal(ticker["lastPrice"]), 0)
            trades = self.client.get_public_trade_history(category=category, symbol="BTCUSDT", limit=5)
            self.assertLessEqual(len(trades["result"]["list"]), 5)
            candles = self.client.get_kline(category=category, symbol="BTCUSDT", interval=1, limit=3)
            self.assertEqual(len(candles["result"]["list"][0]), 7)
        rates = self.client.get_funding_rate_history(category="linear", symbol="BTCUSDT", limit=2)
        times = [int(r["fundingRateTimestamp"]) for r in rates["result"]["list"]]
        self.assertEqual(times[0] - times[1], 8 * 3_600_000)

    def test_refusals(self):
        with self.assertRaises(InvalidRequestError) as caught:
            self.client.get_orderbook(category="linear", symbol="NOPEUSDT")
        self.assertEqual(caught.exception.status_code, 10001)
        with self.assertRaises(InvalidRequestError) as caught:
            self.client.get_tickers(category="future")
        self.assertEqual(caught.exception.status_code, 10001)


class Trading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client()

    def tearDown(self):
        self.client.cancel_all_orders(category="spot")
        self.client.cancel_all_orders(category="linear", settleCoin="USDT")

    def price(self, category, share, symbol="BTCUSDT"):
        ticker = self.client.get_tickers(category=category, symbol=symbol)["result"]["list"][0]
        step = "0.1" if category == "linear" and symbol == "BTCUSDT" else "0.01"
        return simulated.on_step(Decimal(ticker["lastPrice"]) * Decimal(share), step)

    def place(self, category="linear", **values):
        order = {"category": category, "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit",
                 "qty": "0.01", "orderLinkId": link(), **values}
        if order["orderType"] == "Limit":
            order.setdefault("price", self.price(category, "0.9"))
        return self.client.place_order(**order)["result"]

    def order(self, category, **named):
        return self.client.get_open_orders(category=category, **named)["result"]["list"][0]

    def assertRefused(self, code, call, **values):
        with self.assertRaises(InvalidRequestError) as caught:
            call(**values)
        self.assertEqual(caught.exception.status_code, code, caught.exception.message)

    def test_order_life(self):
        for category, quantity, amended in (("spot", "0.01", "0.008"), ("linear", "0.010", "0.008")):
            with self.subTest(category):
                placed = self.place(category, qty=quantity)
                order = self.order(category, symbol="BTCUSDT", orderId=placed["orderId"])
                self.assertEqual(
                    (order["orderStatus"], order["orderLinkId"], Decimal(order["leavesQty"])),
                    ("New", placed["orderLinkId"], Decimal("0.01")))
                self.client.amend_order(
                    category=category, symbol="BTCUSDT", orderLinkId=placed["orderLinkId"], qty=amended)
                order = self.order(category, symbol="BTCUSDT", orderLinkId=placed["orderLinkId"])
                self.assertEqual(Decimal(order["qty"]), Decimal(amended))
                listed = self.client.get_open_orders(category=category, symbol="BTCUSDT")["result"]["list"]
                self.assertEqual([o["orderId"] for o in listed], [placed["orderId"]])
                canceled = self.client.cancel_order(
                    category=category, symbol="BTCUSDT", orderId=placed["orderId"])["result"]
                self.assertEqual(canceled, placed)
                order = self.order(category, orderId=placed["orderId"])
                self.assertEqual((order["orderStatus"], order["cancelType"]), ("Cancelled", "CancelByUser"))
                history = self.client.get_order_history(category=category, orderId=placed["orderId"])
                self.assertEqual(history["result"]["list"][0]["orderStatus"], "Cancelled")
                gone = 170213 if category == "spot" else 110001
                self.assertRefused(
                    gone, self.client.cancel_order, category=category, symbol="BTCUSDT",
                    orderId=placed["orderId"])
                self.assertRefused(
                    gone, self.client.amend_order, category=category, symbol="BTCUSDT",
                    orderId=placed["orderId"], qty="0.02")

    def test_spot_fills_and_wallet(self):
        def wallet():
            coins = self.client.get_wallet_balance(accountType="UNIFIED")["result"]["list"][0]["coin"]
            return {c["coin"]: Decimal(c["walletBalance"]) for c in coins}

        before = wallet()
        placed = self.place("spot", orderType="Market", qty="0.05", marketUnit="baseCoin")
        order = self.order("spot", orderId=placed["orderId"])
        self.assertEqual(order["orderStatus"], "Filled")
        fills = self.client.get_executions(category="spot", orderId=placed["orderId"])["result"]["list"]
        self.assertEqual(sum(Decimal(f["execQty"]) for f in fills), Decimal("0.05"))
        self.assertEqual({(f["feeCurrency"], f["feeRate"], f["isMaker"]) for f in fills}, {("BTC", "0.001", False)})
        after = wallet()
        fees = sum(Decimal(f["execFee"]) for f in fills)
        spent = sum(Decimal(f["execValue"]) for f in fills)
        self.assertEqual(after["BTC"] - before["BTC"], Decimal("0.05") - fees)
        self.assertEqual(before["USDT"] - after["USDT"], spent)
        self.assertEqual(Decimal(order["cumExecValue"]), spent)

    def test_spot_market_by_amount(self):
        placed = self.place("spot", orderType="Market", qty="500")
        order = self.order("spot", orderId=placed["orderId"])
        self.assertEqual((order["marketUnit"], order["qty"]), ("quoteCoin", "500"))
        self.assertIn(order["orderStatus"], ("Filled", "PartiallyFilledCanceled"))
        self.assertGreater(Decimal(order["cumExecValue"]), 495)
        self.assertLessEqual(Decimal(order["cumExecValue"]), 500)

    def test_position(self):
        opened = self.place("linear", orderType="Market", qty="0.05")
        self.assertEqual(self.order("linear", orderId=opened["orderId"])["orderStatus"], "Filled")
        position = self.client.get_positions(category="linear", symbol="BTCUSDT")["result"]["list"][0]
        self.assertEqual((position["side"], Decimal(position["size"])), ("Buy", Decimal("0.05")))
        self.assertGreater(Decimal(position["avgPrice"]), 0)
        self.assertRefused(
            110017, self.place, qty="0.01", side="Buy", orderType="Market", reduceOnly=True)
        closed = self.place("linear", orderType="Market", side="Sell", qty="0.05", reduceOnly=True)
        fills = self.client.get_executions(category="linear", orderId=closed["orderId"])["result"]["list"]
        self.assertEqual(sum(Decimal(f["closedSize"]) for f in fills), Decimal("0.05"))
        self.assertEqual({f["feeRate"] for f in fills}, {"0.00055"})
        held = self.client.get_positions(category="linear", settleCoin="USDT")["result"]["list"]
        self.assertEqual(held, [])
        log = self.client.get_transaction_log(category="linear", limit=50)["result"]["list"]
        self.assertEqual({entry["type"] for entry in log}, {"TRADE"})

    def test_stop_and_time_in_force(self):
        stop = self.place("linear", orderType="Market", side="Sell", triggerDirection=2,
                          triggerPrice=self.price("linear", "0.8"))
        order = self.order("linear", orderId=stop["orderId"])
        self.assertEqual(
            (order["orderStatus"], order["stopOrderType"], order["triggerDirection"]),
            ("Untriggered", "Stop", 2))
        self.client.amend_order(category="linear", symbol="BTCUSDT", orderId=stop["orderId"],
                                triggerPrice=self.price("linear", "0.81"))
        self.client.cancel_order(category="linear", symbol="BTCUSDT", orderId=stop["orderId"])
        self.assertEqual(self.order("linear", orderId=stop["orderId"])["orderStatus"], "Deactivated")
        self.assertRefused(110093, self.place, orderType="Market", side="Sell", triggerDirection=2,
                           triggerPrice=self.price("linear", "1.04"))
        for category, word in (("linear", "Cancelled"), ("spot", "Rejected")):
            maker = self.place(category, price=self.price(category, "1.04"), timeInForce="PostOnly")
            order = self.order(category, orderId=maker["orderId"])
            self.assertEqual(
                (order["orderStatus"], order["rejectReason"]), (word, "EC_PostOnlyWillTakeLiquidity"))
        taker = self.place("linear", timeInForce="IOC")
        order = self.order("linear", orderId=taker["orderId"])
        self.assertEqual(
            (order["orderStatus"], order["rejectReason"]), ("Cancelled", "EC_NoImmediateQtyToFill"))
        whole = self.place("linear", timeInForce="FOK")
        self.assertEqual(
            self.order("linear", orderId=whole["orderId"])["rejectReason"], "EC_NoEnoughQtyToFill")

    def test_batches(self):
        price = self.price("linear", "0.9")
        orders = [{"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": quantity,
                   "price": price, "orderLinkId": link()} for quantity in ("0.01", "5000", "0.02")]
        made = self.client.place_batch_order(category="linear", request=orders)
        codes = [entry["code"] for entry in made["retExtInfo"]["list"]]
        self.assertEqual(codes, [0, 10001, 0])
        entries = made["result"]["list"]
        self.assertEqual([bool(entry["orderId"]) for entry in entries], [True, False, True])
        self.assertEqual([e["orderLinkId"] for e in entries], [o["orderLinkId"] for o in orders])
        ids = [entry["orderId"] for entry in entries if entry["orderId"]]
        amended = self.client.amend_batch_order(category="linear", request=[
            {"symbol": "BTCUSDT", "orderId": ids[0], "qty": "0.03"}])
        self.assertEqual(amended["retExtInfo"]["list"], [{"code": 0, "msg": "OK"}])
        canceled = self.client.cancel_batch_order(category="linear", request=[
            {"symbol": "BTCUSDT", "orderId": ids[0]}, {"symbol": "BTCUSDT", "orderId": "nothing"}])
        self.assertEqual([e["code"] for e in canceled["retExtInfo"]["list"]], [0, 110001])
        left = self.client.cancel_all_orders(category="linear", symbol="BTCUSDT")["result"]
        self.assertEqual([entry["orderId"] for entry in left["list"]], ids[1:])

    def test_pages(self):
        placed = [self.place("linear", side="Buy")["orderId"] for _ in range(3)]
        first = self.client.get_open_orders(category="linear", symbol="BTCUSDT", limit=2)["result"]
        rest = self.client.get_open_orders(
            category="linear", symbol="BTCUSDT", limit=2, cursor=first["nextPageCursor"])["result"]
        self.assertEqual([o["orderId"] for o in first["list"] + rest["list"]], placed[::-1])

    def test_refusals(self):
        cases = [
            (110094, {"qty": "0.001", "price": "100"}), (10001, {"qty": "0.0015"}),
            (10001, {"qty": "0"}), (10001, {"price": "30000.05"}), (10001, {"side": "Up"}),
            (110003, {"price": self.price("linear", "1.2")}), (110007, {"qty": "500"}),
            (10001, {"symbol": "NOPEUSDT"}), (10001, {"positionIdx": 1}),
            (110017, {"reduceOnly": True, "side": "Sell", "price": self.price("linear", "1.02")}),
        ]
        for code, values in cases:
            with self.subTest(code=code, **values):
                self.assertRefused(code, self.place, category="linear", **values)
        price = self.price("spot", "0.9")
        cases = [
            (170140, {"qty": "0.00005"}), (170136, {"qty": "0.000001"}), (170137, {"qty": "0.0000015"}),
            (170134, {"price": "30000.005"}), (170193, {"price": self.price("spot", "1.2")}),
            (170131, {"qty": "50", "price": price}), (170121, {"symbol": "NOPEUSDT"}),
            (170117, {"side": "Up"}), (170116, {"orderType": "Stop"}), (170130, {"qty": "many"}),
        ]
        for code, values in cases:
            with self.subTest(code=code, **values):
                self.assertRefused(code, self.place, category="spot", **values)
        twice = link()
        self.place("linear", orderLinkId=twice)
        self.assertRefused(110072, self.place, category="linear", orderLinkId=twice)
        twice = link()
        self.place("spot", orderLinkId=twice)
        self.assertRefused(170141, self.place, category="spot", orderLinkId=twice)


class Account(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client("second")

    def test_settings(self):
        self.client.set_leverage(category="linear", symbol="ETHUSDT", buyLeverage="7", sellLeverage="7")
        position = self.client.get_positions(category="linear", symbol="ETHUSDT")["result"]["list"][0]
        self.assertEqual((position["leverage"], position["size"], position["side"]), ("7", "0", ""))
        with self.assertRaises(InvalidRequestError) as caught:
            self.client.set_leverage(category="linear", symbol="ETHUSDT", buyLeverage="7", sellLeverage="7")
        self.assertEqual(caught.exception.status_code, 110043)
        self.client.switch_position_mode(category="linear", coin="USDT", mode=3)
        both = self.client.get_positions(category="linear", symbol="ETHUSDT")["result"]["list"]
        self.assertEqual([p["positionIdx"] for p in both], [1, 2])
        self.client.switch_position_mode(category="linear", coin="USDT", mode=0)
        info = self.client.get_account_info()["result"]
        self.assertEqual((info["marginMode"], info["unifiedMarginStatus"]), ("REGULAR_MARGIN", 5))
        rates = self.client.get_fee_rates(category="linear", symbol="BTCUSDT")["result"]["list"]
        self.assertEqual([(r["takerFeeRate"], r["makerFeeRate"]) for r in rates], [("0.00055", "0.0002")])

    def test_key_permissions(self):
        self.assertEqual(self.client.get_api_key_information()["result"]["readOnly"], 0)
        may = client("second", permissions=("read", "trade", "withdraw"))
        self.assertIn("Withdraw", may.get_api_key_information()["result"]["permissions"]["Wallet"])
        reader = client("main", permissions=("read",))
        self.assertEqual(reader.get_api_key_information()["result"]["readOnly"], 1)
        with self.assertRaises(InvalidRequestError) as caught:
            reader.place_order(category="spot", symbol="BTCUSDT", side="Buy", orderType="Market", qty="10")
        self.assertEqual(caught.exception.status_code, 10005)

    def test_signatures(self):
        signed = client("main", "RSA")
        self.assertEqual(signed.get_account_info()["retCode"], 0)
        signed.set_leverage(category="linear", symbol="ETHUSDT", buyLeverage="3", sellLeverage="3")
        for code, wrong in ((10004, {"api_secret": "x" * 36}), (10003, {"api_key": "y" * 18})):
            with self.assertRaises(InvalidRequestError) as caught:
                client("main", **wrong).get_account_info()
            self.assertEqual(caught.exception.status_code, code)
        # The client asks again with longer windows, which do not help a request from far away.
        with self.assertRaises(FailedRequestError):
            client("main", recv_window=-1, retry_delay=0, max_retries=1).get_account_info()

    def test_dead_man_switch(self):
        main = client("main")
        self.assertEqual(main.set_dcp(timeWindow=40)["retCode"], 0)
        self.assertEqual(main.get_account_info()["result"]["dcpStatus"], "ON")
        # The venue gives it on application only, and this account has not applied.
        with self.assertRaises(InvalidRequestError) as caught:
            self.client.set_dcp(timeWindow=40)
        self.assertEqual(caught.exception.status_code, 10005)


if __name__ == "__main__":
    unittest.main()
