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


def point_to_simulator(made):
    """Only where the venue's names cannot lead to the simulator."""
    if not simulated.ISOLATED:
        made.API_URL = simulated.REST + "/api"
        made.MARGIN_API_URL = simulated.REST + "/sapi"
        made.ws_api._url = simulated.WS_API
    return made


def client(account="main", kind="HMAC", permissions=("read", "trade")):
    key = simulated.key(account, kind, permissions)
    if kind == "HMAC":
        return point_to_simulator(Client(key["apiKey"], key["secret"], ping=False))
    return point_to_simulator(
        Client(key["apiKey"], private_key=simulated.private_key(account, kind), ping=False)
    )


def best(made, side):
    """The best price and quantity of a side."""
    price, quantity = made.get_order_book(symbol=SYMBOL, limit=5)[side][0]
    return Decimal(price), Decimal(quantity)


def balances(made):
    return {
        entry["asset"]: (Decimal(entry["free"]), Decimal(entry["locked"]))
        for entry in made.get_account()["balances"]
    }


class Account(unittest.TestCase):
    """A client whose orders are canceled behind every test."""

    @classmethod
    def setUpClass(cls):
        cls.client = client()

    def tearDown(self):
        for order in self.client.get_open_orders():
            self.client.cancel_order(symbol=order["symbol"], orderId=order["orderId"])

    def refused(self, code, text, call, *arguments, status=400, **parameters):
        with self.assertRaises(BinanceAPIException) as caught:
            call(*arguments, **parameters)
        self.assertEqual((caught.exception.code, caught.exception.message), (code, text))
        self.assertEqual(caught.exception.status_code, status)
        return caught.exception

    def far_bid(self, part="0.9"):
        return simulated.on_step(best(self.client, "bids")[0] * Decimal(part), "0.01")

    def far_ask(self, part="1.1"):
        return simulated.on_step(best(self.client, "asks")[0] * Decimal(part), "0.01")


class Trading(Account):
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

    def test_market_data(self):
        trades = self.client.get_recent_trades(symbol=SYMBOL, limit=20)
        deadline = time.monotonic() + 30
        while len(trades) < 20 and time.monotonic() < deadline:
            time.sleep(0.2)
            trades = self.client.get_recent_trades(symbol=SYMBOL, limit=20)
        self.assertEqual([b["id"] - a["id"] for a, b in zip(trades, trades[1:])], [1] * 19)
        for trade in trades:
            self.assertEqual(Decimal(trade["price"]) * Decimal(trade["qty"]), Decimal(trade["quoteQty"]))
        older = self.client.get_historical_trades(symbol=SYMBOL, fromId=trades[0]["id"], limit=20)
        self.assertEqual(older, trades)
        aggregates = self.client.get_aggregate_trades(symbol=SYMBOL, limit=500)
        for before, after in zip(aggregates, aggregates[1:]):
            self.assertEqual((before["a"] + 1, before["l"] + 1), (after["a"], after["f"]))
        singles = self.client.get_historical_trades(symbol=SYMBOL, fromId=aggregates[0]["f"], limit=1000)
        for aggregate in aggregates:
            parts = [t for t in singles if aggregate["f"] <= t["id"] <= aggregate["l"]]
            if len(parts) == aggregate["l"] - aggregate["f"] + 1:
                self.assertEqual(sum(Decimal(t["qty"]) for t in parts), Decimal(aggregate["q"]))
        ticker = self.client.get_symbol_ticker(symbol=SYMBOL)
        self.assertGreater(Decimal(ticker["price"]), 0)
        self.assertEqual(len(self.client.get_orderbook_tickers()), len(simulated.PRODUCT["symbols"]))
        self.assertEqual(self.client.get_ticker(symbol=SYMBOL)["symbol"], SYMBOL)
        self.assertEqual(self.client.get_avg_price(symbol=SYMBOL)["mins"], 5)

    def test_candles_are_the_trades(self):
        # A candle of a whole second that is over, against the single trades of that second.
        deadline = time.monotonic() + 30
        while True:
            now = self.client.get_server_time()["serverTime"] // 1000 * 1000
            candles = self.client.get_klines(symbol=SYMBOL, interval="1s", startTime=now - 5000, endTime=now - 1)
            traded = [candle for candle in candles if candle[8] > 1]
            if traded:
                break
            self.assertLess(time.monotonic(), deadline, "nothing is traded")
            time.sleep(0.5)
        candle = traded[-1]
        trades = [
            trade for trade in self.client.get_recent_trades(symbol=SYMBOL, limit=1000)
            if candle[0] <= trade["time"] <= candle[6]
        ]
        prices = [Decimal(trade["price"]) for trade in trades]
        self.assertEqual(len(trades), candle[8])
        self.assertEqual([Decimal(text) for text in candle[1:5]], [prices[0], max(prices), min(prices), prices[-1]])
        self.assertEqual(sum(Decimal(t["qty"]) for t in trades), Decimal(candle[5]))
        self.assertEqual(sum(Decimal(t["quoteQty"]) for t in trades), Decimal(candle[7]))

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
        locked = Decimal(self.client.get_asset_balance("USDT")["locked"])
        self.assertEqual(locked, Decimal(order["price"]) * Decimal("0.01"))
        canceled = self.client.cancel_order(symbol=SYMBOL, orderId=order["orderId"])
        self.assertEqual((canceled["status"], canceled["origClientOrderId"]), ("CANCELED", "first-order"))
        self.assertEqual(self.client.get_order(symbol=SYMBOL, orderId=order["orderId"])["status"], "CANCELED")
        self.assertEqual(Decimal(self.client.get_asset_balance("USDT")["locked"]), 0)

    def test_every_order_type(self):
        bid, ask = best(self.client, "bids")[0], best(self.client, "asks")[0]
        common = {"symbol": SYMBOL, "quantity": "0.001"}

        def at(price, part):
            return simulated.on_step(price * Decimal(part), "0.01")

        waiting = [
            {"side": "BUY", "type": "STOP_LOSS", "stopPrice": at(ask, "1.2")},
            {"side": "SELL", "type": "STOP_LOSS_LIMIT", "stopPrice": at(bid, "0.8"), "price": at(bid, "0.79"),
             "timeInForce": "GTC"},
            {"side": "SELL", "type": "TAKE_PROFIT", "stopPrice": at(ask, "1.2")},
            {"side": "BUY", "type": "TAKE_PROFIT_LIMIT", "stopPrice": at(bid, "0.8"), "price": at(bid, "0.81"),
             "timeInForce": "GTC"},
        ]
        for parameters in waiting:
            order = self.client.create_order(newOrderRespType="RESULT", **common, **parameters)
            self.assertEqual((order["status"], order["workingTime"]), ("NEW", -1), parameters["type"])
            found = self.client.get_order(symbol=SYMBOL, orderId=order["orderId"])
            self.assertEqual((found["type"], found["isWorking"]), (parameters["type"], False))
            self.assertEqual(Decimal(found["stopPrice"]), Decimal(parameters["stopPrice"]))
        maker = self.client.create_order(side="BUY", type="LIMIT_MAKER", price=at(bid, "0.9"), **common)
        self.assertEqual(set(maker), {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"})
        iceberg = self.client.create_order(
            symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01", icebergQty="0.002",
            price=at(bid, "0.9"),
        )
        self.assertEqual(iceberg["icebergQty"], "0.00200000")
        immediate = self.client.create_order(
            side="BUY", type="LIMIT", timeInForce="IOC", price=at(bid, "0.9"), **common)
        self.assertEqual((immediate["status"], immediate["timeInForce"]), ("EXPIRED", "IOC"))
        killed = self.client.create_order(
            side="BUY", type="LIMIT", timeInForce="FOK", price=at(bid, "0.9"), **common)
        self.assertEqual((killed["status"], killed["executedQty"]), ("EXPIRED", "0.00000000"))

    def test_market_orders_and_trades_and_balances(self):
        before = balances(self.client)
        bought = self.client.order_market_buy(symbol=SYMBOL, quantity="0.05")
        self.assertEqual(bought["status"], "FILLED")
        spent = self.client.order_market_buy(symbol=SYMBOL, quoteOrderQty="1000")
        self.assertIn(spent["status"], ("FILLED", "EXPIRED"))
        self.assertLessEqual(Decimal(spent["cummulativeQuoteQty"]), 1000)
        self.assertGreater(Decimal(spent["cummulativeQuoteQty"]), 990)
        sold = self.client.order_market_sell(symbol=SYMBOL, quantity="0.02")
        after = balances(self.client)
        change = {"BTC": Decimal(0), "USDT": Decimal(0)}
        for order in (bought, spent, sold):
            sign = 1 if order["side"] == "BUY" else -1
            change["BTC"] += sign * Decimal(order["executedQty"])
            change["USDT"] -= sign * Decimal(order["cummulativeQuoteQty"])
            self.assertEqual(sum(Decimal(fill["qty"]) for fill in order["fills"]), Decimal(order["executedQty"]))
            trades = self.client.get_my_trades(symbol=SYMBOL, orderId=order["orderId"])
            self.assertEqual(
                [(t["id"], t["price"], t["qty"], t["commission"], t["commissionAsset"]) for t in trades],
                [(f["tradeId"], f["price"], f["qty"], f["commission"], f["commissionAsset"])
                 for f in order["fills"]],
            )
            for fill in order["fills"]:
                change[fill["commissionAsset"]] -= Decimal(fill["commission"])
        for asset in ("BTC", "USDT"):
            self.assertEqual(after[asset][0] - before[asset][0], change[asset], asset)

    def test_cancel_replace(self):
        first = self.client.order_limit_buy(symbol=SYMBOL, quantity="0.01", price=self.far_bid())
        answer = self.client.cancel_replace_order(
            symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.02", price=self.far_bid("0.8"),
            cancelReplaceMode="STOP_ON_FAILURE", cancelOrderId=first["orderId"],
        )
        self.assertEqual((answer["cancelResult"], answer["newOrderResult"]), ("SUCCESS", "SUCCESS"))
        self.assertEqual(answer["cancelResponse"]["orderId"], first["orderId"])
        self.assertEqual(answer["newOrderResponse"]["origQty"], "0.02000000")
        self.refused(
            -2022, "Order cancel-replace failed.", self.client.cancel_replace_order, symbol=SYMBOL, side="BUY",
            type="LIMIT", timeInForce="GTC", quantity="0.02", price=self.far_bid("0.8"),
            cancelReplaceMode="STOP_ON_FAILURE", cancelOrderId=first["orderId"],
        )
        partly = self.refused(
            -2021, "Order cancel-replace partially failed.", self.client.cancel_replace_order, status=409,
            symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.02", price=self.far_bid("0.8"),
            cancelReplaceMode="ALLOW_FAILURE", cancelOrderId=first["orderId"],
        )
        data = partly.response.json()["data"]
        self.assertEqual((data["cancelResult"], data["newOrderResult"]), ("FAILURE", "SUCCESS"))
        self.assertEqual(data["cancelResponse"], {"code": -2011, "msg": "Unknown order sent."})

    def test_amend_keeps_the_order(self):
        first = self.client.order_limit_buy(symbol=SYMBOL, quantity="0.01", price=self.far_bid())
        answer = self.client._put(
            "order/amend/keepPriority", True,
            data={"symbol": SYMBOL, "orderId": first["orderId"], "newQty": "0.004", "newClientOrderId": "smaller"},
        )
        self.assertEqual(answer["amendedOrder"]["orderId"], first["orderId"])
        self.assertEqual(answer["amendedOrder"]["origClientOrderId"], first["clientOrderId"])
        found = self.client.get_order(symbol=SYMBOL, origClientOrderId="smaller")
        self.assertEqual((found["orderId"], found["origQty"]), (first["orderId"], "0.00400000"))
        self.refused(-2013, "Order does not exist.", self.client.get_order, symbol=SYMBOL,
                     origClientOrderId=first["clientOrderId"])
        self.refused(
            -2038, "Order amend (quantity increase) is not supported.", self.client._put,
            "order/amend/keepPriority", True,
            data={"symbol": SYMBOL, "orderId": first["orderId"], "newQty": "0.02"},
        )

    def test_refusals(self):
        client_ = self.client
        price = self.far_bid()
        order = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        refused = self.refused
        refused(-1121, "Invalid symbol.", client_.get_order_book, symbol="NOTHING")
        refused(-1121, "Invalid symbol.", client_.create_order, **{**order, "symbol": "NOTHING"},
                quantity="1", price="1")
        refused(-1013, "Filter failure: PRICE_FILTER", client_.create_order, **order, quantity="0.01",
                price="50000.001")
        refused(-1013, "Filter failure: LOT_SIZE", client_.create_order, **order, quantity="0.010001", price=price)
        refused(-1013, "Filter failure: NOTIONAL", client_.create_order, **order, quantity="0.00001", price=price)
        refused(-1013, "Filter failure: PERCENT_PRICE_BY_SIDE", client_.create_order, **order, quantity="1",
                price="100")
        refused(-1111, "Parameter 'quantity' has too much precision.", client_.create_order, **order,
                quantity="0.010000001", price=price)
        refused(-2010, "Account has insufficient balance for requested action.", client_.create_order, **order,
                quantity="100", price=price)
        refused(-1102, "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed.",
                client_.create_order, symbol=SYMBOL, side="BUY", type="LIMIT", quantity="1", price=price)
        refused(-1106, "Parameter 'timeInForce' sent when not required.", client_.create_order, symbol=SYMBOL,
                side="BUY", type="MARKET", timeInForce="GTC", quantity="1")
        refused(-1116, "Invalid orderType.", client_.create_order, symbol=SYMBOL, side="BUY", type="PEG",
                quantity="1")
        refused(-1117, "Invalid side.", client_.create_order, symbol=SYMBOL, side="HOLD", type="MARKET",
                quantity="1")
        refused(-1104, "Not all sent parameters were read; read '3' parameter(s) but was sent '4'.",
                client_._get, "account", True, data={"unknown": "1"})
        ask = simulated.on_step(best(client_, "asks")[0] * Decimal("1.01"), "0.01")
        refused(-2010, "Order would immediately match and take.", client_.create_order, symbol=SYMBOL, side="BUY",
                type="LIMIT_MAKER", quantity="0.01", price=ask)
        refused(-2010, "Stop price would trigger immediately.", client_.create_order, symbol=SYMBOL, side="SELL",
                type="STOP_LOSS", quantity="0.01", stopPrice=ask)
        client_.create_order(**order, quantity="0.01", price=price, newClientOrderId="twice")
        refused(-2010, "Duplicate order sent.", client_.create_order, **order, quantity="0.01", price=price,
                newClientOrderId="twice")
        refused(-2011, "Unknown order sent.", client_.cancel_order, symbol=SYMBOL, orderId=1)
        refused(-2013, "Order does not exist.", client_.get_order, symbol=SYMBOL, origClientOrderId="never")
        refused(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
                client_.get_order, symbol=SYMBOL)

    def test_strangers_are_refused(self):
        key = simulated.key("main")
        wrong_secret = client()
        wrong_secret.API_SECRET = key["secret"][::-1]
        self.refused(-1022, "Signature for this request is not valid.", wrong_secret.get_account)
        late = client()
        late.timestamp_offset = -60_000
        self.refused(-1021, "Timestamp for this request is outside of the recvWindow.", late.get_account)
        early = client()
        early.timestamp_offset = 5_000
        self.refused(-1021, "Timestamp for this request was 1000ms ahead of the server's time.", early.get_account)
        reader = client(permissions=("read",))
        self.assertTrue(reader.get_account()["canTrade"])
        self.refused(-2015, "Invalid API-key, IP, or permissions for action.", reader.order_market_buy,
                     symbol=SYMBOL, quantity="0.01", status=401)
        self.assertFalse(reader.get_account_api_permissions()["enableWithdrawals"])
        unknown = point_to_simulator(Client("A" * 64, key["secret"], ping=False))
        self.refused(-2015, "Invalid API-key, IP, or permissions for action.", unknown.get_account, status=401)
        malformed = point_to_simulator(Client("short", key["secret"], ping=False))
        self.refused(-2014, "API-key format invalid.", malformed.get_account, status=401)

    def test_every_key_type_signs(self):
        for kind in ("Ed25519", "RSA"):
            signer = client(kind=kind)
            self.assertEqual(signer.get_account()["uid"], self.client.get_account()["uid"], kind)
            order = signer.order_limit_buy(symbol=SYMBOL, quantity="0.01", price=self.far_bid())
            self.assertEqual(signer.cancel_order(symbol=SYMBOL, orderId=order["orderId"])["status"], "CANCELED")

    def test_own_orders_do_not_meet(self):
        bid, ask = best(self.client, "bids")[0], best(self.client, "asks")[0]
        price = simulated.on_step((bid + ask) / 2, "0.01")
        if not bid < Decimal(price) < ask:
            price = str(bid)
        resting = self.client.create_order(
            symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.001", price=price)
        taker = self.client.create_order(
            symbol=SYMBOL, side="SELL", type="LIMIT", timeInForce="IOC", quantity="5", price=price,
            selfTradePreventionMode="EXPIRE_MAKER")
        found = self.client.get_order(symbol=SYMBOL, orderId=resting["orderId"])
        self.assertIn(found["status"], ("EXPIRED_IN_MATCH", "FILLED"))
        if found["status"] == "EXPIRED_IN_MATCH":
            self.assertEqual(found["preventedQuantity"], "0.00100000")
            matches = self.client._get(
                "myPreventedMatches", True, data={"symbol": SYMBOL, "orderId": resting["orderId"]})
            self.assertEqual([entry["takerOrderId"] for entry in matches], [taker["orderId"]])


class Lists(Account):
    """Orders that cancel or trigger each other."""

    def tearDown(self):
        for entry in self.client.get_open_oco_orders():
            self.client.v3_delete_order_list(symbol=entry["symbol"], orderListId=entry["orderListId"])
        super().tearDown()

    def bracket(self, **more):
        """A sell above the price and a stop below it."""
        return self.client.create_oco_order(**{
            "symbol": SYMBOL, "side": "SELL", "quantity": "0.01", "aboveType": "LIMIT_MAKER",
            "abovePrice": self.far_ask(), "belowType": "STOP_LOSS_LIMIT", "belowStopPrice": self.far_bid(),
            "belowPrice": self.far_bid("0.89"), "belowTimeInForce": "GTC", **more})

    def test_place_query_cancel_a_list(self):
        locked = balances(self.client)["BTC"][1]
        made = self.bracket(listClientOrderId="bracket")
        self.assertEqual(
            (made["contingencyType"], made["listStatusType"], made["listOrderStatus"]),
            ("OCO", "EXEC_STARTED", "EXECUTING"))
        self.assertEqual([report["type"] for report in made["orderReports"]], ["STOP_LOSS_LIMIT", "LIMIT_MAKER"])
        self.assertEqual(balances(self.client)["BTC"][1] - locked, Decimal("0.01"))
        found = self.client.v3_get_order_list(origClientOrderId="bracket")
        self.assertEqual(found["orders"], made["orders"])
        self.assertEqual([entry["orderListId"] for entry in self.client.get_open_oco_orders()],
                         [made["orderListId"]])
        order = self.client.get_order(symbol=SYMBOL, orderId=made["orders"][0]["orderId"])
        self.assertEqual((order["orderListId"], order["status"]), (made["orderListId"], "NEW"))
        # A cancel of one is a cancel of both.
        canceled = self.client.cancel_order(symbol=SYMBOL, orderId=made["orders"][1]["orderId"])
        self.assertEqual((canceled["orderListId"], canceled["listOrderStatus"]), (made["orderListId"], "ALL_DONE"))
        self.assertEqual([report["status"] for report in canceled["orderReports"]], ["CANCELED", "CANCELED"])
        self.assertEqual(self.client.get_open_oco_orders(), [])
        self.assertIn(made["orderListId"], [e["orderListId"] for e in self.client.v3_get_all_order_list()])
        self.assertEqual(balances(self.client)["BTC"][1], locked)

    def test_what_is_no_list_is_refused(self):
        refused = self.refused
        refused(-2010, "The relationship of the prices for the orders is not correct.", self.bracket,
                abovePrice=self.far_bid("0.95"))
        refused(-1166, "A limit order in a sell OCO must be above.", self.bracket, aboveType="STOP_LOSS",
                belowType="LIMIT_MAKER")
        refused(-1165, "A limit order in a buy OCO must be below.", self.bracket, side="BUY")
        refused(-1168, "At least one OCO order must be contingent.", self.bracket, belowType="LIMIT_MAKER")
        refused(-1158, "Order type not supported in OCO.", self.bracket, aboveType="MARKET")
        refused(-1102, "Mandatory parameter 'belowTimeInForce' was not sent, was empty/null, or malformed.",
                self.client.create_oco_order, symbol=SYMBOL, side="SELL", quantity="0.01", aboveType="LIMIT_MAKER",
                abovePrice=self.far_ask(), belowType="STOP_LOSS_LIMIT", belowStopPrice=self.far_bid(),
                belowPrice=self.far_bid())
        refused(-2010, "Account has insufficient balance for requested action.", self.bracket, quantity="1000")
        refused(-2011, "Unknown order sent.", self.client.v3_delete_order_list, symbol=SYMBOL, orderListId=99_999)
        refused(-2013, "Order list does not exist.", self.client.v3_get_order_list, orderListId=99_999)
        self.assertEqual(self.client.get_open_oco_orders(), [])

    def test_one_triggers_a_pair(self):
        ask = best(self.client, "asks")[0]
        made = self.client.v3_post_order_list_otoco(
            symbol=SYMBOL, workingType="LIMIT", workingSide="BUY", workingQuantity="0.001",
            workingPrice=simulated.on_step(ask * Decimal("1.01"), "0.01"), workingTimeInForce="GTC",
            pendingSide="SELL", pendingQuantity="0.0009", pendingAboveType="LIMIT_MAKER",
            pendingAbovePrice=self.far_ask(), pendingBelowType="STOP_LOSS", pendingBelowStopPrice=self.far_bid())
        self.assertEqual(made["contingencyType"], "OTO")
        self.assertEqual([report["status"] for report in made["orderReports"]],
                         ["FILLED", "PENDING_NEW", "PENDING_NEW"])
        for entry in made["orders"][1:]:
            self.assertEqual(self.client.get_order(symbol=SYMBOL, orderId=entry["orderId"])["status"], "NEW")
        waiting = self.client.v3_post_order_list_oto(
            symbol=SYMBOL, workingType="LIMIT_MAKER", workingSide="BUY", workingQuantity="0.001",
            workingPrice=self.far_bid(), pendingType="MARKET", pendingSide="SELL", pendingQuantity="0.001")
        pending = waiting["orders"][1]["orderId"]
        self.assertEqual(self.client.get_order(symbol=SYMBOL, orderId=pending)["status"], "PENDING_NEW")
        self.assertEqual(len(self.client.get_open_oco_orders()), 2)


class Streams(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        key = simulated.key("main")
        self.client = point_to_simulator(AsyncClient(key["apiKey"], key["secret"]))
        self.sockets = BinanceSocketManager(self.client)
        if not simulated.ISOLATED:
            self.sockets.STREAM_URL = simulated.STREAMS + "/"

    async def asyncTearDown(self):
        for order in await self.client.get_open_orders():
            await self.client.cancel_order(symbol=order["symbol"], orderId=order["orderId"])
        await self.client.close_connection()

    async def test_local_book_equals_the_venue(self):
        async with DepthCacheManager(
            self.client, SYMBOL, bm=self.sockets, limit=5000, conv_type=Decimal, ws_interval=100
        ) as manager:
            compared = 0
            deadline = time.monotonic() + 60
            while compared < 3:
                self.assertLess(time.monotonic(), deadline, "no snapshot of an update's id was met")
                book = await asyncio.wait_for(manager.recv(), 20)
                # The library starts with a snapshot of the past; updates then overwrite what differs.
                snapshot = await self.client.get_order_book(symbol=SYMBOL, limit=1000)
                if snapshot["lastUpdateId"] != manager._last_update_id:
                    continue
                for side, local in (("bids", book.get_bids()), ("asks", book.get_asks())):
                    venue = [[Decimal(price), Decimal(quantity)] for price, quantity in snapshot[side]]
                    self.assertEqual(local[: len(venue)], venue, side)
                compared += 1

    async def test_market_streams(self):
        names = ["btcusdt@trade", "btcusdt@aggTrade", "btcusdt@bookTicker", "btcusdt@depth20@100ms",
                 "btcusdt@ticker", "btcusdt@miniTicker", "btcusdt@kline_1m", "btcusdt@avgPrice"]
        seen = {}
        async with self.sockets.multiplex_socket(names) as stream:
            deadline = time.monotonic() + 60
            while set(seen) != set(names):
                self.assertLess(time.monotonic(), deadline, f"missing {set(names) - set(seen)}")
                message = await asyncio.wait_for(stream.recv(), 20)
                seen.setdefault(message["stream"], message["data"])
        self.assertEqual(seen["btcusdt@kline_1m"]["k"]["i"], "1m")
        self.assertEqual(len(seen["btcusdt@depth20@100ms"]["bids"]), 20)
        book = seen["btcusdt@bookTicker"]
        self.assertLess(Decimal(book["b"]), Decimal(book["a"]))

    async def collect(self, stream, until):
        """Events up to the first that `until` takes."""
        events = []
        while True:
            event = await asyncio.wait_for(stream.recv(), 20)
            self.assertNotEqual(event.get("e"), "error", event)
            events.append(event)
            if until(event):
                return events

    async def test_user_events_are_the_trades(self):
        async with self.sockets.user_socket() as stream:
            order = await self.client.order_market_buy(symbol=SYMBOL, quantity="0.7")
            events = await self.collect(stream, lambda event: event.get("X") == order["status"])
            events += await self.collect(stream, lambda event: event["e"] == "outboundAccountPosition")
            reports = [event for event in events if event["e"] == "executionReport"]
            self.assertEqual([report["x"] for report in reports[:1]], ["NEW"])
            self.assertEqual(reports[-1]["X"], order["status"])
            trades = await self.client.get_my_trades(symbol=SYMBOL, orderId=order["orderId"])
            self.assertEqual(
                [(r["t"], r["L"], r["l"], r["n"], r["N"], r["Y"], r["m"]) for r in reports if r["x"] == "TRADE"],
                [(t["id"], t["price"], t["qty"], t["commission"], t["commissionAsset"], t["quoteQty"],
                  t["isMaker"]) for t in trades],
            )
            self.assertEqual(reports[-1]["Z"], order["cummulativeQuoteQty"])
            account = await self.client.get_account()
            known = {entry["asset"]: (entry["free"], entry["locked"]) for entry in account["balances"]}
            last = [event for event in events if event["e"] == "outboundAccountPosition"][-1]
            for balance in last["B"]:
                self.assertEqual((balance["f"], balance["l"]), known[balance["a"]])

    async def bracket_at_the_market(self):
        """A sell a little above the best price, and a stop far below. The market moves: it may take several."""
        for _ in range(20):
            book = await self.client.get_order_book(symbol=SYMBOL, limit=5)
            bid, ask = Decimal(book["bids"][0][0]), Decimal(book["asks"][0][0])
            price = simulated.on_step(ask * Decimal("1.0002"), "0.01")
            try:
                return price, await self.client.create_oco_order(
                    symbol=SYMBOL, side="SELL", quantity="0.001", aboveType="LIMIT_MAKER", abovePrice=price,
                    belowType="STOP_LOSS", belowStopPrice=simulated.on_step(bid * Decimal("0.9"), "0.01"))
            except BinanceAPIException as refusal:
                self.assertEqual(refusal.code, -2010, refusal)
        self.fail("the market runs away")

    async def test_user_events_of_a_list(self):
        """The limit order is filled: the stop ends, and the list with it."""
        key = simulated.key("second")
        buyer = point_to_simulator(AsyncClient(key["apiKey"], key["secret"]))
        try:
            async with self.sockets.user_socket() as stream:
                price, made = await self.bracket_at_the_market()
                stop, limit = (entry["orderId"] for entry in made["orders"])
                events = await self.collect(stream, lambda event: event["e"] == "listStatus")
                self.assertEqual(
                    [(e["i"], e["x"], e["g"]) for e in events if e["e"] == "executionReport"],
                    [(stop, "NEW", made["orderListId"]), (limit, "NEW", made["orderListId"])])
                self.assertEqual((events[-1]["c"], events[-1]["l"], events[-1]["L"]),
                                 ("OCO", "EXEC_STARTED", "EXECUTING"))
                deadline = time.monotonic() + 30
                while (await self.client.get_order(symbol=SYMBOL, orderId=limit))["status"] != "FILLED":
                    self.assertLess(time.monotonic(), deadline, "nobody sells so much")
                    await buyer.order_limit_buy(symbol=SYMBOL, timeInForce="IOC", quantity="0.5", price=price)
                events = await self.collect(
                    stream, lambda event: event["e"] == "listStatus" and event["L"] == "ALL_DONE")
                reports = [event for event in events if event["e"] == "executionReport"]
                self.assertEqual((reports[0]["i"], reports[0]["x"], reports[0]["X"]), (stop, "EXPIRED", "EXPIRED"))
                self.assertEqual((reports[-1]["i"], reports[-1]["X"]), (limit, "FILLED"))
                self.assertEqual({entry["i"] for entry in events[-1]["O"]}, {stop, limit})
                self.assertEqual(await self.client.get_open_oco_orders(), [])
        finally:
            await buyer.close_connection()

    async def test_user_events_of_a_cancel(self):
        async with self.sockets.user_socket() as stream:
            book = await self.client.get_order_book(symbol=SYMBOL, limit=5)
            price = simulated.on_step(Decimal(book["bids"][0][0]) * Decimal("0.9"), "0.01")
            order = await self.client.order_limit_buy(
                symbol=SYMBOL, quantity="0.01", price=price, newClientOrderId="to-cancel")
            await self.client.cancel_order(
                symbol=SYMBOL, orderId=order["orderId"], newClientOrderId="the-cancel")
            events = await self.collect(stream, lambda event: event.get("x") == "CANCELED")
            report = events[-1]
            self.assertEqual((report["c"], report["C"], report["i"]), ("the-cancel", "to-cancel", order["orderId"]))
            placed = next(event for event in events if event["e"] == "executionReport")
            self.assertEqual((placed["x"], placed["c"], placed["w"]), ("NEW", "to-cancel", True))
            position = next(event for event in events if event["e"] == "outboundAccountPosition")
            usdt = next(entry for entry in position["B"] if entry["a"] == "USDT")
            self.assertEqual(Decimal(usdt["l"]), Decimal(price) * Decimal("0.01"))


class RequestsOverWebSocket(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        key = simulated.key("main")
        self.client = point_to_simulator(AsyncClient(key["apiKey"], key["secret"]))

    async def asyncTearDown(self):
        await self.client.close_connection()

    async def test_orders(self):
        self.assertEqual(await self.client.ws_ping(), {})
        self.assertLess(abs((await self.client.ws_get_time())["serverTime"] - time.time() * 1000), 2000)
        book = await self.client.ws_get_order_book(symbol=SYMBOL, limit=5)
        price = simulated.on_step(Decimal(book["bids"][0][0]) * Decimal("0.9"), "0.01")
        order = await self.client.ws_create_order(
            symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01", price=price)
        self.assertEqual(order["status"], "NEW")
        found = await self.client.ws_get_order(symbol=SYMBOL, orderId=order["orderId"])
        self.assertEqual(found["clientOrderId"], order["clientOrderId"])
        canceled = await self.client.ws_cancel_order(symbol=SYMBOL, orderId=order["orderId"])
        self.assertEqual(canceled["status"], "CANCELED")
        with self.assertRaises(BinanceAPIException) as caught:
            await self.client.ws_cancel_order(symbol=SYMBOL, orderId=order["orderId"])
        self.assertEqual((caught.exception.code, caught.exception.status_code), (-2011, 400))
        account = await self.client.ws_get_account()
        self.assertIn("balances", account)


if __name__ == "__main__":
    unittest.main()
