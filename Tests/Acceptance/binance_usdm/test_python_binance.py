"""python-binance against the simulated Binance USD-M futures."""

import asyncio
import time
import unittest
from decimal import Decimal

import simulated
from binance import AsyncClient, BinanceSocketManager, Client
from binance.exceptions import BinanceAPIException

SYMBOL = "BTCUSDT"


def point_to_simulator(made):
    """Only where the venue's names cannot lead to the simulator."""
    if not simulated.ISOLATED:
        made.FUTURES_URL = simulated.REST + "/fapi"
        made.ws_future._url = simulated.WS_API
    return made


def client(account="main", kind="HMAC", permissions=("read", "trade")):
    key = simulated.key(account, kind, permissions)
    if kind == "HMAC":
        return point_to_simulator(Client(key["apiKey"], key["secret"], ping=False))
    return point_to_simulator(
        Client(key["apiKey"], private_key=simulated.private_key(account, kind), ping=False)
    )


def best(made, side):
    """The best price of a side."""
    return Decimal(made.futures_order_book(symbol=SYMBOL, limit=5)[side][0][0])


class Trading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client()

    def tearDown(self):
        self.client.futures_cancel_all_open_orders(symbol=SYMBOL)
        self.client.futures_cancel_all_algo_open_orders(symbol=SYMBOL)
        for position in self.client.futures_position_information(symbol=SYMBOL):
            amount = Decimal(position["positionAmt"])
            if amount:
                close = {} if position["positionSide"] != "BOTH" else {"reduceOnly": "true"}
                self.client.futures_create_order(
                    symbol=SYMBOL, side="SELL" if amount > 0 else "BUY", type="MARKET",
                    positionSide=position["positionSide"], quantity=str(abs(amount)), **close)

    def refused(self, code, text, call, status=400, **parameters):
        with self.assertRaises(BinanceAPIException) as caught:
            call(**parameters)
        self.assertEqual((caught.exception.code, caught.exception.message), (code, text))
        self.assertEqual(caught.exception.status_code, status)

    def far_bid(self, part="0.96"):
        return simulated.on_step(best(self.client, "bids") * Decimal(part), "0.1")

    def far_ask(self, part="1.04"):
        return simulated.on_step(best(self.client, "asks") * Decimal(part), "0.1")

    def order(self, **parameters):
        return self.client.futures_create_order(
            **{"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01",
               **parameters})

    def test_market_data(self):
        self.assertEqual(self.client.futures_ping(), {})
        self.assertLess(abs(self.client.futures_time()["serverTime"] - time.time() * 1000), 2000)
        info = self.client.futures_exchange_info()
        self.assertEqual([entry["symbol"] for entry in info["symbols"]], simulated.PRODUCT["symbols"])
        filters = {entry["filterType"]: entry for entry in info["symbols"][0]["filters"]}
        self.assertEqual(filters["PRICE_FILTER"]["tickSize"], "0.10")
        self.assertEqual(filters["LOT_SIZE"]["stepSize"], "0.001")
        trades = self.client.futures_recent_trades(symbol=SYMBOL, limit=20)
        deadline = time.monotonic() + 30
        while len(trades) < 20 and time.monotonic() < deadline:
            time.sleep(0.2)
            trades = self.client.futures_recent_trades(symbol=SYMBOL, limit=20)
        self.assertEqual([b["id"] - a["id"] for a, b in zip(trades, trades[1:])], [1] * 19)
        for trade in trades:
            self.assertEqual(Decimal(trade["price"]) * Decimal(trade["qty"]), Decimal(trade["quoteQty"]))
        self.assertEqual(
            self.client.futures_historical_trades(symbol=SYMBOL, fromId=trades[0]["id"], limit=20), trades)
        aggregates = self.client.futures_aggregate_trades(symbol=SYMBOL)
        for before, after in zip(aggregates, aggregates[1:]):
            self.assertEqual((before["a"] + 1, before["l"] + 1), (after["a"], after["f"]))
        mark = self.client.futures_mark_price(symbol=SYMBOL)
        bid, ask = best(self.client, "bids"), best(self.client, "asks")
        self.assertLess(abs(Decimal(mark["markPrice"]) - bid), bid / 100)
        self.assertGreater(mark["nextFundingTime"], mark["time"])
        self.assertLess(bid, ask)
        self.assertEqual(len(self.client.futures_klines(symbol=SYMBOL, interval="1m", limit=2)[-1]), 12)
        self.assertEqual(self.client.futures_ticker(symbol=SYMBOL)["symbol"], SYMBOL)
        self.assertEqual(len(self.client.futures_orderbook_ticker()), len(simulated.PRODUCT["symbols"]))

    def test_order_life(self):
        order = self.order(price=self.far_bid(), newClientOrderId="life-1")
        self.assertEqual((order["status"], order["executedQty"], order["origQty"]), ("NEW", "0.000", "0.010"))
        found = self.client.futures_get_order(symbol=SYMBOL, origClientOrderId="life-1")
        self.assertEqual((found["orderId"], found["time"]), (order["orderId"], found["updateTime"]))
        self.assertEqual(
            [entry["orderId"] for entry in self.client.futures_get_open_orders(symbol=SYMBOL)], [order["orderId"]])
        modified = self.client.futures_modify_order(
            symbol=SYMBOL, orderId=order["orderId"], side="BUY", quantity="0.02", price=self.far_bid("0.97"))
        self.assertEqual(
            (modified["orderId"], modified["origQty"], modified["status"]), (order["orderId"], "0.020", "NEW"))
        self.refused(-5027, "No need to modify the order.", self.client.futures_modify_order,
                     symbol=SYMBOL, orderId=order["orderId"], side="BUY", quantity="0.02", price=modified["price"])
        canceled = self.client.futures_cancel_order(symbol=SYMBOL, orderId=order["orderId"])
        self.assertEqual((canceled["status"], canceled["clientOrderId"]), ("CANCELED", "life-1"))
        self.refused(-2011, "Unknown order sent.", self.client.futures_cancel_order,
                     symbol=SYMBOL, orderId=order["orderId"])
        self.refused(-2013, "Order does not exist.", self.client.futures_get_order, symbol=SYMBOL, orderId=1)

    def test_position_and_money(self):
        wallet = Decimal(self.client.futures_account()["totalWalletBalance"])
        bought = self.client.futures_create_order(
            symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.3", newOrderRespType="RESULT")
        self.assertEqual((bought["status"], bought["executedQty"]), ("FILLED", "0.300"))
        trades = self.client.futures_account_trades(symbol=SYMBOL, orderId=bought["orderId"])
        self.assertEqual(sum(Decimal(t["qty"]) for t in trades), Decimal("0.3"))
        value = sum(Decimal(t["quoteQty"]) for t in trades)
        self.assertEqual(value, Decimal(bought["cumQuote"]))
        position = self.client.futures_position_information(symbol=SYMBOL)[0]
        self.assertEqual(position["positionAmt"], "0.300")
        self.assertLess(abs(Decimal(position["entryPrice"]) - value / Decimal("0.3")), Decimal("0.00000001"))
        fee = sum(Decimal(t["commission"]) for t in trades)
        self.assertEqual(fee, sum(
            (Decimal(t["quoteQty"]) * Decimal("0.0005")).quantize(Decimal("1e-8"), "ROUND_DOWN") for t in trades))
        self.assertEqual(Decimal(self.client.futures_account()["totalWalletBalance"]), wallet - fee)
        self.refused(-2022, "ReduceOnly Order is rejected.", self.client.futures_create_order,
                     symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.1", reduceOnly="true")
        sold = self.client.futures_create_order(
            symbol=SYMBOL, side="SELL", type="MARKET", quantity="0.3", reduceOnly="true", newOrderRespType="RESULT")
        closing = self.client.futures_account_trades(symbol=SYMBOL, orderId=sold["orderId"])
        realized = sum(Decimal(t["realizedPnl"]) for t in closing)
        self.assertLess(abs(realized - (Decimal(sold["cumQuote"]) - value)), Decimal("0.000001"))
        wallet += realized - fee - sum(Decimal(t["commission"]) for t in closing)
        balance = next(b for b in self.client.futures_account_balance() if b["asset"] == "USDT")
        self.assertLess(abs(Decimal(balance["balance"]) - wallet), Decimal("0.000001"))
        income = self.client.futures_income_history(symbol=SYMBOL, incomeType="COMMISSION", limit=1000)
        self.assertLessEqual({str(t["id"]) for t in trades + closing}, {entry["tradeId"] for entry in income})

    def test_algo_orders(self):
        # The library sends conditional orders to the algo service.
        order = self.client.futures_create_order(
            symbol=SYMBOL, side="SELL", type="STOP_MARKET", quantity="0.02", stopPrice=self.far_bid())
        self.assertEqual((order["algoStatus"], order["orderType"]), ("NEW", "STOP_MARKET"))
        self.assertEqual(self.client.futures_get_open_orders(symbol=SYMBOL), [])
        self.assertEqual(
            [entry["algoId"] for entry in self.client.futures_get_open_algo_orders(symbol=SYMBOL)],
            [order["algoId"]])
        canceled = self.client.futures_cancel_algo_order(algoId=order["algoId"])
        self.assertEqual((canceled["code"], canceled["msg"]), ("200", "success"))
        self.assertEqual(
            self.client.futures_get_algo_order(clientAlgoId=order["clientAlgoId"])["algoStatus"], "CANCELED")
        self.refused(-2021, "Order would immediately trigger.", self.client.futures_create_order,
                     symbol=SYMBOL, side="SELL", type="STOP_MARKET", quantity="0.02", stopPrice=self.far_ask())
        # One that is met soon.
        deadline = time.monotonic() + 60
        while True:
            last = Decimal(self.client.futures_symbol_ticker(symbol=SYMBOL)["price"])
            try:
                order = self.client.futures_create_order(
                    symbol=SYMBOL, side="SELL", type="STOP_MARKET", quantity="0.002",
                    stopPrice=simulated.on_step(last - Decimal("1"), "0.1"))
                break
            except BinanceAPIException as refusal:
                # The market was faster.
                self.assertEqual(refusal.code, -2021)
                self.assertLess(time.monotonic(), deadline)
        while True:
            found = self.client.futures_get_algo_order(algoId=order["algoId"])
            if found["algoStatus"] != "NEW":
                break
            self.assertLess(time.monotonic(), deadline, "the stop is never triggered")
            time.sleep(0.2)
        self.assertEqual(found["algoStatus"], "FINISHED")
        became = self.client.futures_get_order(symbol=SYMBOL, orderId=found["actualOrderId"])
        self.assertEqual((became["type"], became["executedQty"]), ("MARKET", "0.002"))

    def test_batches(self):
        bid = self.far_bid()
        orders = self.client.futures_place_batch_order(batchOrders=[
            {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": bid,
             "newClientOrderId": "batch-1"},
            {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.0001", "price": bid},
            {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTX", "quantity": "0.01",
             "price": self.far_ask()},
        ])
        self.assertEqual(orders[0]["clientOrderId"], "batch-1")
        self.assertEqual([entry.get("code") for entry in orders], [None, -1111, -5022])
        answer = self.client.futures_cancel_orders(symbol=SYMBOL, orderidlist=[orders[0]["orderId"], 1])
        self.assertEqual((answer[0]["status"], answer[1]["code"]), ("CANCELED", -2011))

    def test_countdown(self):
        order = self.order(price=self.far_bid())
        answer = self.client.futures_countdown_cancel_all(symbol=SYMBOL, countdownTime=1000)
        self.assertEqual(answer["symbol"], SYMBOL)
        deadline = time.monotonic() + 10
        while self.client.futures_get_open_orders(symbol=SYMBOL):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.assertEqual(
            self.client.futures_get_order(symbol=SYMBOL, orderId=order["orderId"])["status"], "CANCELED")

    def test_position_modes_and_leverage(self):
        self.assertEqual(self.client.futures_change_leverage(symbol=SYMBOL, leverage=10)["leverage"], 10)
        self.refused(-4028, "Leverage 126 is not valid", self.client.futures_change_leverage,
                     symbol=SYMBOL, leverage=126)
        self.assertEqual(self.client.futures_change_margin_type(symbol="ETHUSDT", marginType="ISOLATED")["code"], 200)
        self.refused(-4046, "No need to change margin type.", self.client.futures_change_margin_type,
                     symbol="ETHUSDT", marginType="ISOLATED")
        self.client.futures_change_margin_type(symbol="ETHUSDT", marginType="CROSSED")
        second = client("second")
        self.assertEqual(second.futures_change_position_mode(dualSidePosition="true")["code"], 200)
        try:
            self.assertTrue(second.futures_get_position_mode()["dualSidePosition"])
            self.refused(-4061, "Order's position side does not match user's setting.",
                         second.futures_create_order, symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.01")
            for side, position in (("BUY", "LONG"), ("SELL", "SHORT")):
                second.futures_create_order(
                    symbol=SYMBOL, side=side, positionSide=position, type="MARKET", quantity="0.01")
            held = {p["positionSide"]: p["positionAmt"] for p in second.futures_position_information(symbol=SYMBOL)}
            self.assertEqual(held, {"LONG": "0.010", "SHORT": "-0.010"})
            for side, position in (("SELL", "LONG"), ("BUY", "SHORT")):
                second.futures_create_order(
                    symbol=SYMBOL, side=side, positionSide=position, type="MARKET", quantity="0.01")
        finally:
            self.assertEqual(second.futures_change_position_mode(dualSidePosition="false")["code"], 200)

    def test_refusals(self):
        self.refused(-1121, "Invalid symbol.", self.client.futures_order_book, symbol="NOPE")
        self.refused(-4014, "Price not increased by tick size.", self.order,
                     price=str(Decimal(self.far_bid()) + Decimal("0.05")))
        self.refused(-1111, "Precision is over the maximum defined for this asset.", self.order,
                     price=self.far_bid(), quantity="0.0015")
        self.refused(-4164, "Order's notional must be no smaller than 100 (unless you choose reduce only).",
                     self.order, price=self.far_bid(), quantity="0.001")
        self.refused(-2019, "Margin is insufficient.", self.order, price=self.far_bid(), quantity="900")
        self.refused(-4005, "Quantity greater than max quantity.", self.order, price=self.far_bid(), quantity="2000")
        self.refused(-1116, "Invalid orderType.", self.order, type="OCO")
        with self.assertRaises(BinanceAPIException) as caught:
            self.order(price=self.far_ask("1.3"))
        self.assertEqual(caught.exception.code, -4016)
        self.order(price=self.far_bid(), newClientOrderId="twice")
        self.refused(-4116, "ClientOrderId is duplicated.", self.order, price=self.far_bid(), newClientOrderId="twice")
        self.refused(-5021, "Due to the order could not be filled immediately, the FOK order has been rejected. "
                     "The order will not be recorded in the order history", self.order,
                     price=self.far_bid(), timeInForce="FOK")
        reader = client(permissions=("read",))
        self.assertIn("assets", reader.futures_account())
        self.refused(-2015, "Invalid API-key, IP, or permissions for action.", reader.futures_create_order, status=401,
                     symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.01")
        key = simulated.key("main")
        wrong = point_to_simulator(Client(key["apiKey"], "0" * 64, ping=False))
        self.refused(-1022, "Signature for this request is not valid.", wrong.futures_account)
        late = client()
        late.timestamp_offset = -70_000
        self.refused(-1021, "Timestamp for this request is outside of the recvWindow.", late.futures_account)

    def test_every_key_type_signs(self):
        for kind in ("Ed25519", "RSA"):
            signer = client(kind=kind)
            order = signer.futures_create_order(
                symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01", price=self.far_bid())
            self.assertEqual(
                signer.futures_cancel_order(symbol=SYMBOL, orderId=order["orderId"])["status"], "CANCELED")


class Streams(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        key = simulated.key("main")
        self.client = point_to_simulator(AsyncClient(key["apiKey"], key["secret"]))
        self.sockets = BinanceSocketManager(self.client)
        if not simulated.ISOLATED:
            self.sockets.FSTREAM_URL = simulated.STREAMS + "/"

    async def asyncTearDown(self):
        await self.client.futures_cancel_all_open_orders(symbol=SYMBOL)
        await self.client.close_connection()

    async def test_market_streams(self):
        routes = {
            "public": ["btcusdt@bookTicker", "btcusdt@depth20@100ms"],
            "market": ["btcusdt@aggTrade", "btcusdt@markPrice@1s", "btcusdt@ticker", "btcusdt@kline_1m",
                       "btcusdt@trade"],
        }
        seen = {}
        for route, names in routes.items():
            async with self.sockets.futures_multiplex_socket(names, category=route) as stream:
                deadline = time.monotonic() + 60
                while not set(names) <= set(seen):
                    self.assertLess(time.monotonic(), deadline, f"missing {set(names) - set(seen)}")
                    message = await asyncio.wait_for(stream.recv(), 20)
                    self.assertIn(message["stream"], names)
                    seen.setdefault(message["stream"], message["data"])
        self.assertEqual(len(seen["btcusdt@depth20@100ms"]["b"]), 20)
        self.assertEqual(seen["btcusdt@markPrice@1s"]["e"], "markPriceUpdate")

    async def test_streams_of_another_route_are_silent(self):
        names = ["btcusdt@markPrice@1s", "btcusdt@bookTicker"]
        heard = set()
        async with self.sockets.futures_multiplex_socket(names, category="public") as stream:
            end = time.monotonic() + 4
            while time.monotonic() < end:
                heard.add((await asyncio.wait_for(stream.recv(), 20))["stream"])
        self.assertEqual(heard, {"btcusdt@bookTicker"})

    async def test_local_book_equals_the_venue(self):
        async with self.sockets.futures_multiplex_socket(["btcusdt@depth@100ms"], category="public") as stream:
            buffered = [(await asyncio.wait_for(stream.recv(), 20))["data"]]
            book, compared, last = None, 0, None
            deadline = time.monotonic() + 60
            while compared < 3:
                self.assertLess(time.monotonic(), deadline, "no snapshot of an update's id was met")
                if book is None:
                    snapshot = await self.client.futures_order_book(symbol=SYMBOL, limit=1000)
                    book = {side: {p: q for p, q in snapshot[side]} for side in ("bids", "asks")}
                    begin = snapshot["lastUpdateId"]
                buffered.append((await asyncio.wait_for(stream.recv(), 20))["data"])
                for update in buffered:
                    if update["u"] < begin:
                        continue
                    if last is None:
                        self.assertLessEqual(update["pu"], begin)
                    else:
                        self.assertEqual(update["pu"], last)
                    last = update["u"]
                    for side, name in (("bids", "b"), ("asks", "a")):
                        for price, quantity in update[name]:
                            if Decimal(quantity):
                                book[side][price] = quantity
                            else:
                                book[side].pop(price, None)
                buffered = []
                snapshot = await self.client.futures_order_book(symbol=SYMBOL, limit=100)
                if last is None or snapshot["lastUpdateId"] != last:
                    continue
                for side in ("bids", "asks"):
                    own = sorted(book[side].items(), key=lambda e: Decimal(e[0]), reverse=side == "bids")
                    self.assertEqual([list(e) for e in own[:100]], snapshot[side])
                compared += 1

    async def collect(self, stream, until):
        """Events up to the first that `until` takes."""
        events = []
        while True:
            event = await asyncio.wait_for(stream.recv(), 20)
            event = event.get("data", event)
            self.assertNotEqual(event.get("e"), "error", event)
            events.append(event)
            if until(event):
                return events

    async def test_user_events_are_the_trades(self):
        async with self.sockets.futures_user_socket() as stream:
            for side in ("BUY", "SELL"):
                order = await self.client.futures_create_order(
                    symbol=SYMBOL, side=side, type="MARKET", quantity="0.4", newOrderRespType="RESULT")
                events = await self.collect(
                    stream, lambda e: e["e"] == "ORDER_TRADE_UPDATE" and e["o"]["X"] == "FILLED")
                reports = [e["o"] for e in events if e["e"] == "ORDER_TRADE_UPDATE"]
                self.assertEqual(reports[0]["x"], "NEW")
                trades = await self.client.futures_account_trades(symbol=SYMBOL, orderId=order["orderId"])
                self.assertEqual(
                    [(r["t"], r["L"], r["l"], r["n"], r["N"], r["rp"], r["m"]) for r in reports if r["x"] == "TRADE"],
                    [(t["id"], t["price"], t["qty"], t["commission"], t["commissionAsset"], t["realizedPnl"],
                      t["maker"]) for t in trades])
                self.assertEqual([e["t"] for e in events if e["e"] == "TRADE_LITE"], [t["id"] for t in trades])
                update = [e for e in events if e["e"] == "ACCOUNT_UPDATE"][-1]["a"]
                account = await self.client.futures_account()
                self.assertEqual((update["m"], update["B"][0]["wb"]), ("ORDER", account["totalWalletBalance"]))
                held = await self.client.futures_position_information(symbol=SYMBOL)
                self.assertEqual(update["P"][0]["pa"], held[0]["positionAmt"] if held else "0.000")

    async def test_user_events_of_a_modification_and_a_cancel(self):
        async with self.sockets.futures_user_socket() as stream:
            book = await self.client.futures_order_book(symbol=SYMBOL, limit=5)
            price = simulated.on_step(Decimal(book["bids"][0][0]) * Decimal("0.96"), "0.1")
            order = await self.client.futures_create_order(
                symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01", price=price)
            await self.client.futures_modify_order(
                symbol=SYMBOL, orderId=order["orderId"], side="BUY", quantity="0.008", price=price)
            await self.client.futures_cancel_order(symbol=SYMBOL, orderId=order["orderId"])
            events = await self.collect(stream, lambda e: e["e"] == "ORDER_TRADE_UPDATE" and e["o"]["x"] == "CANCELED")
            reports = [e["o"] for e in events if e["e"] == "ORDER_TRADE_UPDATE"]
            self.assertEqual(
                [(r["x"], r["X"], r["q"]) for r in reports],
                [("NEW", "NEW", "0.010"), ("AMENDMENT", "NEW", "0.008"), ("CANCELED", "CANCELED", "0.008")])


class RequestsOverWebSocket(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        key = simulated.key("main")
        self.client = point_to_simulator(AsyncClient(key["apiKey"], key["secret"]))

    async def asyncTearDown(self):
        await self.client.close_connection()

    async def test_orders(self):
        book = await self.client.ws_futures_get_order_book(symbol=SYMBOL, limit=5)
        price = simulated.on_step(Decimal(book["bids"][0][0]) * Decimal("0.96"), "0.1")
        order = await self.client.ws_futures_create_order(
            symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01", price=price)
        self.assertEqual(order["status"], "NEW")
        changed = await self.client.ws_futures_edit_order(
            symbol=SYMBOL, orderId=order["orderId"], side="BUY", quantity="0.02", price=price)
        self.assertEqual((changed["orderId"], changed["origQty"]), (order["orderId"], "0.020"))
        found = await self.client.ws_futures_get_order(symbol=SYMBOL, orderId=order["orderId"])
        self.assertEqual(found["origQty"], "0.020")
        canceled = await self.client.ws_futures_cancel_order(symbol=SYMBOL, orderId=order["orderId"])
        self.assertEqual(canceled["status"], "CANCELED")
        with self.assertRaises(BinanceAPIException) as caught:
            await self.client.ws_futures_cancel_order(symbol=SYMBOL, orderId=order["orderId"])
        self.assertEqual((caught.exception.code, caught.exception.status_code), (-2011, 400))
        self.assertEqual(
            (await self.client.ws_futures_account_balance())[0]["asset"], "USDT")
        self.assertIn("positions", await self.client.ws_futures_v2_account_status())


if __name__ == "__main__":
    unittest.main()
