"""python-okx's WebSocket clients against the simulated OKX."""

import asyncio
import json
import time
import unittest
import zlib
from decimal import Decimal

import simulated
from okx.Account import AccountAPI
from okx.MarketData import MarketAPI
from okx.Trade import TradeAPI
from okx.websocket.WsPrivateAsync import WsPrivateAsync
from okx.websocket.WsPublicAsync import WsPublicAsync

SPOT = "BTC-USDT"
SWAP = "BTC-USDT-SWAP"
# Order entry over WebSocket takes an instrument's code alone.
SPOT_CODE, SWAP_CODE = 10301, 10459


class Book:
    """A book by the venue's rule: a snapshot, then differences that follow one another."""

    def __init__(self):
        self.sides = {"bids": {}, "asks": {}}
        self.sequence = None
        self.updates = 0
        self.checked = 0

    def take(self, message):
        data = message["data"][0]
        if message["action"] == "snapshot":
            self.sides = {"bids": {}, "asks": {}}
            assert data["prevSeqId"] == -1
        else:
            assert data["prevSeqId"] == self.sequence, (data["prevSeqId"], self.sequence)
            self.updates += 1
        self.sequence = data["seqId"]
        for name, levels in self.sides.items():
            for price, size, _, count in data[name]:
                if size == "0":
                    assert levels.pop(price, None) is not None
                else:
                    assert int(count) > 0
                    levels[price] = size
        self.check(data["checksum"])

    def sorted(self, name):
        return sorted(self.sides[name].items(), key=lambda level: Decimal(level[0]), reverse=name == "bids")

    def check(self, checksum):
        bids, asks = self.sorted("bids")[:25], self.sorted("asks")[:25]
        parts = []
        for place in range(25):
            for side in (bids, asks):
                if place < len(side):
                    parts += side[place]
        value = zlib.crc32(":".join(parts).encode())
        assert (value if value < 1 << 31 else value - (1 << 32)) == checksum
        self.checked += 1


class Inbox:
    """What a client was sent, in order."""

    def __init__(self):
        self.messages = []

    def __call__(self, message):
        self.messages.append(message if message == "pong" else json.loads(message))

    def of(self, channel):
        return [m for m in self.messages if m != "pong" and m.get("arg", {}).get("channel") == channel and "data" in m]

    def events(self, kind):
        return [m for m in self.messages if m != "pong" and m.get("event") == kind]

    def replies(self, name):
        return [m for m in self.messages if m != "pong" and m.get("id") == name and "op" in m]

    async def wait(self, what, seconds=10):
        """The first thing that `what` finds."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            found = what()
            if found:
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(f"nothing came; there was {self.messages[-5:]}")


class Streams(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        # The venue lets three connections a second in.
        await asyncio.sleep(0.5)
        self.inbox = Inbox()
        self.running = []

    async def asyncTearDown(self):
        for client, task in self.running:
            # Closed while it is read: what was not read would hold the closing up.
            await client.stop()
            task.cancel()

    async def start(self, client):
        task = await client.start()
        self.running.append((client, task))
        return client

    async def public(self, kind="public"):
        return await self.start(WsPublicAsync(simulated.stream(kind)))

    async def private(self, account="main", permissions=("read", "trade"), **overrides):
        key = dict(simulated.key(account, permissions), **overrides)
        client = WsPrivateAsync(key["apiKey"], key["passphrase"], key["secret"], simulated.stream("private"))
        await self.start(client)
        client.callback = self.inbox
        await client.login()
        return client


class PublicStreams(Streams):
    async def test_books(self):
        client = await self.public()
        arguments = [{"channel": name, "instId": SPOT} for name in ("books", "books-l2-tbt", "books50-l2-tbt")]
        await client.subscribe(arguments + [{"channel": "books", "instId": SWAP}], self.inbox)
        await self.inbox.wait(lambda: len(self.inbox.of("books")) > 50, 20)
        for name, instrument in (("books", SPOT), ("books", SWAP), ("books-l2-tbt", SPOT), ("books50-l2-tbt", SPOT)):
            book = Book()
            for message in self.inbox.of(name):
                if message["arg"]["instId"] == instrument:
                    book.take(message)
            self.assertGreater(book.updates, 10, (name, instrument))
            self.assertGreater(Decimal(book.sorted("asks")[0][0]), Decimal(book.sorted("bids")[0][0]))
            self.assertLessEqual(len(book.sides["bids"]), 50 if name.startswith("books50") else 400)

    async def test_late_listener_gets_the_same_book(self):
        first = await self.public()
        await first.subscribe([{"channel": "books", "instId": SPOT}], self.inbox)
        await self.inbox.wait(lambda: len(self.inbox.of("books")) > 5)
        late = Inbox()
        second = await self.public()
        await second.subscribe([{"channel": "books", "instId": SPOT}], late)
        await late.wait(lambda: len(late.of("books")) > 10)
        book = Book()
        for message in late.of("books"):
            book.take(message)
        await second.unsubscribe([{"channel": "books", "instId": SPOT}], late)
        await late.wait(lambda: late.events("unsubscribe"))
        seen = len(late.of("books"))
        await asyncio.sleep(0.5)
        self.assertEqual(len(late.of("books")), seen)

    async def test_tops_follow_the_market(self):
        client = await self.public()
        names = ["books5", "bbo-tbt", "trades", "tickers"]
        await client.subscribe([{"channel": name, "instId": SWAP} for name in names], self.inbox)
        for name in names:
            await self.inbox.wait(lambda: len(self.inbox.of(name)) > 3, 20)
        acknowledged = [event["arg"]["channel"] for event in self.inbox.events("subscribe")]
        self.assertEqual(acknowledged, names)
        top = self.inbox.of("bbo-tbt")[-1]["data"][0]
        self.assertEqual((len(top["bids"]), len(top["asks"])), (1, 1))
        self.assertLessEqual(len(self.inbox.of("books5")[-1]["data"][0]["asks"]), 5)
        ids = [int(message["data"][0]["tradeId"]) for message in self.inbox.of("trades")]
        self.assertEqual(ids, sorted(set(ids)))
        sequences = [message["data"][0]["seqId"] for message in self.inbox.of("bbo-tbt")]
        self.assertEqual(sequences, sorted(sequences))

    async def test_contracts_and_instruments(self):
        client = await self.public()
        await client.subscribe(
            [{"channel": "mark-price", "instId": SWAP}, {"channel": "funding-rate", "instId": SWAP},
             {"channel": "instruments", "instType": "SWAP"}, {"channel": "index-tickers", "instId": "BTC-USDT"}],
            self.inbox)
        await self.inbox.wait(lambda: len(self.inbox.of("mark-price")) > 2)
        self.assertEqual(self.inbox.of("funding-rate")[0]["data"][0]["instId"], SWAP)
        self.assertEqual(len(self.inbox.of("instruments")[0]["data"]), 2)
        self.assertTrue(self.inbox.of("index-tickers"))

    async def test_candles(self):
        client = await self.public("business")
        await client.subscribe([{"channel": "candle1s", "instId": SPOT}], self.inbox)
        await self.inbox.wait(lambda: [m for m in self.inbox.of("candle1s") if m["data"][0][8] == "1"])

    async def test_refusals(self):
        client = await self.public()
        await client.subscribe([{"channel": "trades", "instId": "NO-PE"}], self.inbox, id="7")
        error = (await self.inbox.wait(lambda: self.inbox.events("error")))[0]
        self.assertEqual((error["code"], error["id"]), ("60018", "7"))
        await client.subscribe([{"channel": "orders", "instType": "SPOT"}], self.inbox)
        await self.inbox.wait(lambda: len(self.inbox.events("error")) == 2)
        await client.websocket.send("what")
        error = (await self.inbox.wait(lambda: self.inbox.events("error")[2:]))[0]
        self.assertEqual(error["code"], "60012")
        await client.websocket.send("ping")
        await self.inbox.wait(lambda: "pong" in self.inbox.messages)


class PrivateStreams(Streams):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        key = simulated.key("main")
        login = (key["apiKey"], key["secret"], key["passphrase"])
        self.trade = TradeAPI(*login, flag="0", domain=simulated.REST)
        self.account = AccountAPI(*login, flag="0", domain=simulated.REST)
        self.market = MarketAPI(flag="0", domain=simulated.REST)

    async def asyncTearDown(self):
        for order in self.trade.get_order_list()["data"]:
            self.trade.cancel_order(order["instId"], ordId=order["ordId"])
        await super().asyncTearDown()

    async def listening(self, *channels):
        client = await self.private()
        await self.inbox.wait(lambda: self.inbox.events("login"))
        await client.send("subscribe", list(channels))
        await self.inbox.wait(lambda: len(self.inbox.events("subscribe")) == len(channels))
        return client

    def price(self, share="0.9"):
        best = Decimal(self.market.get_orderbook(SPOT)["data"][0]["bids"][0][0])
        return simulated.price(best * Decimal(share))

    async def test_login(self):
        await self.private()
        event = (await self.inbox.wait(lambda: self.inbox.events("login")))[0]
        self.assertEqual((event["code"], event["msg"]), ("0", ""))

    async def test_bad_logins(self):
        for overrides, code in (({"secret": "no"}, "60007"), ({"passphrase": "no"}, "60024"), ({"apiKey": "no"}, "60005")):
            self.inbox.messages.clear()
            await asyncio.sleep(0.4)
            await self.private(**overrides)
            # The library itself tells the end of the connection as an error.
            error = (await self.inbox.wait(
                lambda: [e for e in self.inbox.events("error") if e["code"] != "ConnClosed"]))[0]
            self.assertEqual(error["code"], code)

    async def test_needs_login(self):
        client = WsPrivateAsync("", "", "", simulated.stream("private"))
        await self.start(client)
        client.callback = self.inbox
        await client.send("subscribe", [{"channel": "account"}])
        await self.inbox.wait(lambda: self.inbox.events("error"))
        self.assertEqual(self.inbox.events("error")[0]["code"], "60011")
        await client.place_order([{"instId": SPOT}], id="1")
        self.assertEqual((await self.inbox.wait(lambda: self.inbox.replies("1")))[0]["code"], "60011")

    async def test_order_life(self):
        client = await self.listening({"channel": "orders", "instType": "ANY"})
        price = self.price()
        order = {"instIdCode": SPOT_CODE, "tdMode": "cash", "side": "buy", "ordType": "limit", "px": price, "sz": "0.01",
                 "clOrdId": "ws1"}
        await client.place_order([order], id="p")
        reply = (await self.inbox.wait(lambda: self.inbox.replies("p")))[0]
        self.assertEqual((reply["op"], reply["code"], reply["data"][0]["sCode"]), ("order", "0", "0"))
        self.assertLessEqual(int(reply["inTime"]), int(reply["outTime"]))
        number = reply["data"][0]["ordId"]
        pushed = (await self.inbox.wait(lambda: self.inbox.of("orders")))[0]["data"][0]
        self.assertEqual(
            [pushed[name] for name in ("ordId", "clOrdId", "state", "px", "sz", "fillSz", "tradeId")],
            [number, "ws1", "live", price, "0.01", "0", ""])
        await client.amend_order([{"instIdCode": SPOT_CODE, "clOrdId": "ws1", "newSz": "0.02", "reqId": "q1"}], id="a")
        await self.inbox.wait(lambda: self.inbox.replies("a"))
        pushed = (await self.inbox.wait(lambda: self.inbox.of("orders")[1:]))[0]["data"][0]
        self.assertEqual(
            (pushed["sz"], pushed["reqId"], pushed["amendResult"], pushed["state"]), ("0.02", "q1", "0", "live"))
        await client.cancel_order([{"instIdCode": SPOT_CODE, "ordId": number}], id="c")
        await self.inbox.wait(lambda: self.inbox.replies("c"))
        pushed = (await self.inbox.wait(lambda: self.inbox.of("orders")[2:]))[0]["data"][0]
        self.assertEqual((pushed["state"], pushed["cancelSource"]), ("canceled", "1"))
        await client.cancel_order([{"instId": SPOT, "ordId": number}], id="named")
        reply = (await self.inbox.wait(lambda: self.inbox.replies("named")))[0]
        self.assertEqual((reply["code"], reply["data"][0]["sCode"]), ("1", "50014"))
        await client.cancel_order([{"instIdCode": SPOT_CODE, "ordId": number}], id="again")
        reply = (await self.inbox.wait(lambda: self.inbox.replies("again")))[0]
        self.assertEqual((reply["code"], reply["data"][0]["sCode"]), ("1", "51401"))

    async def test_batches_by_code_of_the_instrument(self):
        client = await self.listening({"channel": "orders", "instType": "SWAP"})
        price = self.price()
        orders = [{"instIdCode": SWAP_CODE, "tdMode": "cross", "side": "buy", "ordType": "limit", "px": price, "sz": size}
                  for size in ("1", "0.001", "2")]
        await client.batch_orders(orders, id="p")
        reply = (await self.inbox.wait(lambda: self.inbox.replies("p")))[0]
        self.assertEqual((reply["code"], [entry["sCode"] for entry in reply["data"]]), ("2", ["0", "51121", "0"]))
        names = [{"instIdCode": SWAP_CODE, "ordId": entry["ordId"]} for entry in reply["data"] if entry["ordId"]]
        await client.batch_amend_orders([dict(name, newPx=str(Decimal(price) - 1)) for name in names], id="a")
        self.assertEqual((await self.inbox.wait(lambda: self.inbox.replies("a")))[0]["code"], "0")
        await client.batch_cancel_orders(names, id="c")
        self.assertEqual((await self.inbox.wait(lambda: self.inbox.replies("c")))[0]["code"], "0")
        await self.inbox.wait(lambda: len(self.inbox.of("orders")) == 6)
        await client.mass_cancel([{"instType": "OPTION", "instFamily": "BTC-USD"}], id="m")
        reply = (await self.inbox.wait(lambda: self.inbox.replies("m")))[0]
        self.assertEqual((reply["code"], reply["data"]), ("0", [{"result": True}]))

    async def test_batches_that_fail(self):
        client = await self.listening({"channel": "orders", "instType": "SWAP"})
        order = {"instIdCode": SWAP_CODE, "tdMode": "cross", "side": "buy", "ordType": "limit", "px": self.price(), "sz": "1"}

        async def ask(send, arguments, name):
            await send(arguments, id=name)
            return (await self.inbox.wait(lambda: self.inbox.replies(name)))[0]

        reply = await ask(client.batch_orders, [dict(order, sz="0.001"), dict(order, px="90000")], "failed")
        self.assertEqual((reply["code"], reply["msg"]), ("1", ""))
        self.assertEqual(
            [(entry["sCode"], entry["ordId"]) for entry in reply["data"]], [("51121", ""), ("51006", "")])
        reply = await ask(client.batch_orders, [order] * 21, "long")
        self.assertEqual((reply["code"], reply["data"]), ("50025", []))
        unknown = {"instIdCode": SWAP_CODE, "ordId": "1"}
        reply = await ask(client.batch_cancel_orders, [unknown, unknown], "gone")
        self.assertEqual((reply["code"], [entry["sCode"] for entry in reply["data"]]), ("1", ["51400", "51400"]))
        reply = await ask(client.batch_amend_orders, [dict(unknown, newSz="2")] * 2, "none")
        self.assertEqual((reply["code"], [entry["sCode"] for entry in reply["data"]]), ("1", ["51503", "51503"]))

    async def test_fills_account_and_positions(self):
        client = await self.listening(
            {"channel": "orders", "instType": "SWAP"}, {"channel": "account"},
            {"channel": "positions", "instType": "ANY"}, {"channel": "balance_and_position"}, {"channel": "fills"})
        cash = Decimal(next(
            entry["cashBal"] for entry in self.inbox.of("account")[0]["data"][0]["details"] if entry["ccy"] == "USDT"))
        self.assertEqual(self.inbox.of("balance_and_position")[0]["data"][0]["eventType"], "snapshot")
        order = {"instIdCode": SWAP_CODE, "tdMode": "cross", "side": "buy", "ordType": "market", "sz": "2"}
        await client.place_order([order], id="b")
        number = (await self.inbox.wait(lambda: self.inbox.replies("b")))[0]["data"][0]["ordId"]
        done = await self.inbox.wait(
            lambda: [m for m in self.inbox.of("orders") if m["data"][0]["state"] == "filled"])
        fills = [m["data"][0] for m in self.inbox.of("orders") if m["data"][0]["tradeId"]]
        self.assertTrue(all(fill["ordId"] == number for fill in fills))
        self.assertEqual(sum(Decimal(fill["fillSz"]) for fill in fills), 2)
        fees = sum(Decimal(fill["fillFee"]) for fill in fills)
        self.assertEqual(fees, Decimal(done[0]["data"][0]["fee"]))
        tape = self.inbox.of("fills")
        self.assertEqual([fill["tradeId"] for fill in fills], [m["data"][0]["tradeId"] for m in tape])
        update = (await self.inbox.wait(lambda: [
            m for m in self.inbox.of("balance_and_position") if m["data"][0]["eventType"] == "filled"]))[-1]["data"][0]
        self.assertEqual(update["posData"][0]["pos"], "2")
        self.assertEqual(Decimal(update["balData"][0]["cashBal"]), cash + fees)
        self.assertEqual(self.inbox.of("positions")[-1]["data"][0]["pos"], "2")
        self.assertEqual(self.trade.close_positions(SWAP, "cross")["code"], "0")
        await self.inbox.wait(lambda: self.inbox.of("positions")[-1]["data"][0]["pos"] == "0")

    async def test_maker_fill_from_another_account(self):
        """A resting order that another account takes: both sides agree to the last digit."""
        best = self.market.get_orderbook(SPOT)["data"][0]
        bid, ask = Decimal(best["bids"][0][0]), Decimal(best["asks"][0][0])
        await self.listening({"channel": "orders", "instType": "SPOT", "instId": SPOT})
        resting = self.trade.place_order(SPOT, "cash", "buy", "limit", "0.5", px=str(max(bid, ask - Decimal("0.1"))))
        key = simulated.key("second")
        other = TradeAPI(key["apiKey"], key["secret"], key["passphrase"], flag="0", domain=simulated.REST)
        other.place_order(SPOT, "cash", "sell", "market", "2")
        await self.inbox.wait(lambda: [
            m for m in self.inbox.of("orders") if m["data"][0]["ordId"] == resting["data"][0]["ordId"]
            and m["data"][0]["execType"] == "M" and m["data"][0]["state"] == "filled"])
        fill = self.inbox.of("orders")[-1]["data"][0]
        self.assertEqual(Decimal(fill["fillFee"]), -Decimal(fill["fillSz"]) * Decimal("0.0008"))

    async def test_conditional_orders(self):
        key = simulated.key("main")
        client = WsPrivateAsync(key["apiKey"], key["passphrase"], key["secret"], simulated.stream("business"))
        await self.start(client)
        client.callback = self.inbox
        await client.login()
        await self.inbox.wait(lambda: self.inbox.events("login"))
        await client.send("subscribe", [{"channel": "orders-algo", "instType": "SWAP"}])
        await self.inbox.wait(lambda: self.inbox.events("subscribe"))
        ask = Decimal(self.market.get_orderbook(SWAP)["data"][0]["asks"][0][0])
        placed = self.trade.place_algo_order(
            SWAP, "cross", "buy", "trigger", "1", triggerPx=simulated.price(ask + 1), orderPx="-1")
        number = placed["data"][0]["algoId"]
        other = simulated.key("second")
        other = TradeAPI(other["apiKey"], other["secret"], other["passphrase"], flag="0", domain=simulated.REST)

        def effective():
            return [m for m in self.inbox.of("orders-algo") if m["data"][0]["state"] == "effective"]

        # Buys until the price has come to the trigger.
        for _ in range(40):
            if effective():
                break
            other.place_order(SWAP, "cross", "buy", "ioc", "100", px=simulated.price(ask + 5))
            await asyncio.sleep(0.2)
        effective = await self.inbox.wait(effective)
        entry = effective[0]["data"][0]
        self.assertEqual((entry["algoId"], entry["actualSide"]), (number, "buy"))
        self.assertEqual(self.inbox.of("orders-algo")[0]["data"][0]["state"], "live")
        order = self.trade.get_order(SWAP, ordId=entry["ordId"])["data"][0]
        self.assertEqual((order["algoId"], order["state"], order["accFillSz"]), (number, "filled", "1"))
        for made in (self.trade, other):
            made.close_positions(SWAP, "cross")

    async def test_pairs(self):
        key = simulated.key("main")
        client = WsPrivateAsync(key["apiKey"], key["passphrase"], key["secret"], simulated.stream("business"))
        await self.start(client)
        client.callback = self.inbox
        await client.login()
        await self.inbox.wait(lambda: self.inbox.events("login"))
        await client.send("subscribe", [{"channel": "orders-algo", "instType": "SWAP"}])
        await self.inbox.wait(lambda: self.inbox.events("subscribe"))
        bid = Decimal(self.market.get_orderbook(SWAP)["data"][0]["bids"][0][0])
        terms = {"tpTriggerPx": simulated.price(bid * 2), "tpOrdPx": "-1",
                 "slTriggerPx": simulated.price(bid / 2), "slOrdPx": "-1"}
        order = self.trade.place_order(
            SWAP, "cross", "buy", "market", "1", attachAlgoOrds=[dict(terms, attachAlgoClOrdId="streamed")])
        self.assertEqual(order["code"], "0")
        live = (await self.inbox.wait(lambda: self.inbox.of("orders-algo")))[0]["data"][0]
        self.assertEqual(
            [live[name] for name in ("state", "ordType", "algoClOrdId", "sz", "tpTriggerPx", "amendResult")],
            ["live", "oco", "streamed", "1", terms["tpTriggerPx"], ""])
        number = {"instId": SWAP, "algoId": live["algoId"]}
        self.trade.amend_algo_order(**number, reqId="r7", newSlTriggerPx=simulated.price(bid / 4))
        amended = (await self.inbox.wait(lambda: self.inbox.of("orders-algo")[1:]))[0]["data"][0]
        self.assertEqual(
            [amended[name] for name in ("state", "amendResult", "reqId", "slTriggerPx")],
            ["live", "0", "r7", simulated.price(bid / 4)])
        self.trade.cancel_algo_order([number])
        canceled = (await self.inbox.wait(lambda: self.inbox.of("orders-algo")[2:]))[0]["data"][0]
        self.assertEqual((canceled["state"], canceled["algoId"]), ("canceled", live["algoId"]))
        self.trade.close_positions(SWAP, "cross")

    async def test_cancel_all_after(self):
        await self.listening({"channel": "orders", "instType": "SPOT"})
        self.trade.place_order(SPOT, "cash", "buy", "limit", "0.01", px=self.price())
        answer = self.trade._request_with_params("POST", "/api/v5/trade/cancel-all-after", {"timeOut": "10"})
        self.assertEqual(int(answer["data"][0]["triggerTime"]) - int(answer["data"][0]["ts"]), 10_000)
        canceled = await self.inbox.wait(
            lambda: [m for m in self.inbox.of("orders") if m["data"][0]["state"] == "canceled"], 15)
        self.assertEqual(canceled[0]["data"][0]["cancelSource"], "20")


if __name__ == "__main__":
    unittest.main()
