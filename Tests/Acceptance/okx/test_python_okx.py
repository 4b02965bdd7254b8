"""python-okx's REST clients against the simulated OKX."""

import time
import unittest
from decimal import Decimal

import simulated
from okx.Account import AccountAPI
from okx.MarketData import MarketAPI
from okx.PublicData import PublicAPI
from okx.Status import StatusAPI
from okx.Trade import TradeAPI

SPOT = "BTC-USDT"
SWAP = "BTC-USDT-SWAP"


def client(kind, account="main", permissions=("read", "trade"), **overrides):
    key = dict(simulated.key(account, permissions), **overrides)
    return kind(key["apiKey"], key["secret"], key["passphrase"], flag="0", domain=simulated.REST)


def public(kind):
    return kind(flag="0", domain=simulated.REST)


def balances(account):
    details = account.get_account_balance()["data"][0]["details"]
    return {entry["ccy"]: Decimal(entry["cashBal"]) for entry in details}


class Venue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trade = client(TradeAPI)
        cls.account = client(AccountAPI)
        cls.market = public(MarketAPI)
        cls.public = public(PublicAPI)

    def tearDown(self):
        for order in self.trade.get_order_list()["data"]:
            self.trade.cancel_order(order["instId"], ordId=order["ordId"])

    def data(self, answer):
        """The data of an answer that must be one of success."""
        self.assertEqual((answer["code"], answer["msg"]), ("0", ""), answer)
        return answer["data"]

    def one(self, answer):
        entries = self.data(answer)
        self.assertEqual(len(entries), 1, answer)
        return entries[0]

    def refused(self, code, answer):
        """The code of the one order of a request."""
        self.assertEqual((answer["code"], answer["data"][0]["sCode"]), ("1", code), answer)
        return answer["data"][0]["sMsg"]

    def best(self, instrument, side):
        return Decimal(self.data(self.market.get_orderbook(instrument))[0][side][0][0])

    def away(self, instrument, share="0.9"):
        """A buy price that rests."""
        return simulated.price(self.best(instrument, "bids") * Decimal(share))


class PublicData(Venue):
    def test_time_and_status(self):
        ours = time.time() * 1000
        self.assertLess(abs(int(self.one(self.public.get_system_time())["ts"]) - ours), 5000)
        self.assertEqual(self.data(public(StatusAPI).status()), [])

    def test_instruments(self):
        spot = {entry["instId"]: entry for entry in self.data(self.public.get_instruments("SPOT"))}
        self.assertEqual(set(spot), {"BTC-USDT", "ETH-USDT"})
        self.assertEqual(
            [spot[SPOT][name] for name in ("baseCcy", "quoteCcy", "tickSz", "lotSz", "minSz", "state")],
            ["BTC", "USDT", "0.1", "0.00000001", "0.00001", "live"])
        swap = self.one(self.public.get_instruments("SWAP", instId=SWAP))
        self.assertEqual(
            [swap[name] for name in ("ctVal", "ctValCcy", "ctType", "settleCcy", "lotSz", "uly")],
            ["0.01", "BTC", "linear", "USDT", "0.01", "BTC-USDT"])
        self.assertEqual(self.public.get_instruments("SPOT", instId="NO-PE")["code"], "51001")

    def test_market(self):
        book = self.one(self.market.get_orderbook(SPOT, sz="50"))
        asks = [Decimal(level[0]) for level in book["asks"]]
        bids = [Decimal(level[0]) for level in book["bids"]]
        self.assertEqual((asks, bids), (sorted(asks), sorted(bids, reverse=True)))
        self.assertGreater(asks[0], bids[0])
        self.assertEqual(len(book["asks"][0]), 4)
        time.sleep(1)
        trades = self.data(self.market.get_trades(SWAP, limit="20"))
        ids = [int(trade["tradeId"]) for trade in trades]
        self.assertEqual(ids, sorted(ids, reverse=True))
        ticker = self.one(self.market.get_ticker(SWAP))
        self.assertGreater(Decimal(ticker["askPx"]), Decimal(ticker["bidPx"]))
        self.assertEqual(len(self.data(self.market.get_tickers("SPOT"))), 2)
        candles = self.data(self.market.get_candlesticks(SPOT, bar="1s", limit="3"))
        self.assertEqual([len(candle) for candle in candles], [9] * len(candles))
        starts = [int(candle[0]) for candle in candles]
        self.assertEqual(starts, sorted(starts, reverse=True))

    def test_contracts(self):
        funding = self.one(self.public.get_funding_rate(SWAP))
        self.assertEqual(int(funding["nextFundingTime"]) - int(funding["fundingTime"]), 8 * 3600 * 1000)
        mark = self.one(self.public.get_mark_price("SWAP", instId=SWAP))
        self.assertGreater(Decimal(mark["markPx"]), 0)
        limit = self.one(self.public.get_price_limit(SWAP))
        self.assertGreater(Decimal(limit["buyLmt"]), Decimal(limit["sellLmt"]))
        self.assertEqual(self.public.get_funding_rate(SPOT)["code"], "51000")


class Orders(Venue):
    def test_order_life(self):
        price = self.away(SPOT)
        placed = self.one(self.trade.place_order(
            SPOT, "cash", "buy", "limit", "0.01", px=price, clOrdId="life1", tag="mine"))
        self.assertEqual((placed["sCode"], placed["clOrdId"], placed["tag"]), ("0", "life1", "mine"))
        order = self.one(self.trade.get_order(SPOT, ordId=placed["ordId"]))
        self.assertEqual(
            [order[name] for name in ("state", "px", "sz", "accFillSz", "avgPx", "clOrdId", "tdMode", "side")],
            ["live", price, "0.01", "0", "", "life1", "cash", "buy"])
        self.assertEqual(
            [entry["ordId"] for entry in self.data(self.trade.get_order_list("SPOT"))], [placed["ordId"]])
        amended = self.one(self.trade.amend_order(SPOT, clOrdId="life1", newSz="0.02", reqId="r1"))
        self.assertEqual((amended["ordId"], amended["reqId"]), (placed["ordId"], "r1"))
        self.assertEqual(self.one(self.trade.get_order(SPOT, clOrdId="life1"))["sz"], "0.02")
        self.assertEqual(self.one(self.trade.cancel_order(SPOT, ordId=placed["ordId"]))["sCode"], "0")
        order = self.one(self.trade.get_order(SPOT, ordId=placed["ordId"]))
        self.assertEqual((order["state"], order["cancelSource"]), ("canceled", "1"))
        self.assertEqual(
            self.data(self.trade.get_orders_history("SPOT", limit="1"))[0]["ordId"], placed["ordId"])

    def test_fills_explain_balances(self):
        before = balances(self.account)
        placed = self.one(self.trade.place_order(SPOT, "cash", "buy", "market", "1500.5"))
        order = self.one(self.trade.get_order(SPOT, ordId=placed["ordId"]))
        self.assertIn(order["state"], ("filled", "canceled"))
        self.assertEqual((order["sz"], order["tgtCcy"], order["feeCcy"]), ("1500.5", "quote_ccy", "BTC"))
        fills = self.data(self.trade.get_fills(instType="SPOT", ordId=placed["ordId"]))
        self.assertEqual(sum(Decimal(fill["fillSz"]) for fill in fills), Decimal(order["accFillSz"]))
        self.assertEqual(sum(Decimal(fill["fee"]) for fill in fills), Decimal(order["fee"]))
        self.assertTrue(all(fill["execType"] == "T" and Decimal(fill["fee"]) < 0 for fill in fills))
        after = balances(self.account)
        paid = sum(Decimal(fill["fillPx"]) * Decimal(fill["fillSz"]) for fill in fills)
        self.assertLessEqual(paid, Decimal("1500.5"))
        self.assertEqual(before["USDT"] - after["USDT"], paid)
        self.assertEqual(
            after["BTC"] - before["BTC"], Decimal(order["accFillSz"]) + Decimal(order["fee"]))

    def test_size_in_base(self):
        placed = self.one(self.trade.place_order(
            SPOT, "cash", "buy", "market", "0.001", tgtCcy="base_ccy"))
        order = self.one(self.trade.get_order(SPOT, ordId=placed["ordId"]))
        self.assertEqual((order["state"], order["accFillSz"]), ("filled", "0.001"))

    def test_kinds(self):
        high = simulated.price(self.best(SPOT, "asks") * Decimal("1.02"))
        post = self.one(self.trade.place_order(SPOT, "cash", "buy", "post_only", "0.001", px=high))
        order = self.one(self.trade.get_order(SPOT, ordId=post["ordId"]))
        self.assertEqual((order["state"], order["cancelSource"], order["accFillSz"]), ("canceled", "31", "0"))
        ioc = self.one(self.trade.place_order(SPOT, "cash", "buy", "ioc", "0.001", px=self.away(SPOT)))
        order = self.one(self.trade.get_order(SPOT, ordId=ioc["ordId"]))
        self.assertEqual((order["state"], order["cancelSource"]), ("canceled", "14"))
        fok = self.one(self.trade.place_order(SPOT, "cash", "buy", "fok", "9", px=self.away(SPOT)))
        order = self.one(self.trade.get_order(SPOT, ordId=fok["ordId"]))
        self.assertEqual((order["state"], order["cancelSource"]), ("canceled", "13"))

    def test_batches(self):
        price = self.away(SPOT)
        orders = [
            {"instId": SPOT, "tdMode": "cash", "side": "buy", "ordType": "limit", "px": price, "sz": size,
             "clOrdId": f"batch{size.replace('.', '')}"}
            for size in ("0.001", "0.000001", "0.002")]
        answer = self.trade.place_multiple_orders(orders)
        self.assertEqual(answer["code"], "2")
        self.assertEqual([entry["sCode"] for entry in answer["data"]], ["0", "51020", "0"])
        changes = [
            {"instId": SPOT, "ordId": entry["ordId"], "newSz": "0.003"}
            for entry in answer["data"] if entry["sCode"] == "0"]
        self.assertEqual([e["sCode"] for e in self.data(self.trade.amend_multiple_orders(changes))], ["0", "0"])
        names = [{"instId": SPOT, "ordId": change["ordId"]} for change in changes]
        self.assertEqual([e["sCode"] for e in self.data(self.trade.cancel_multiple_orders(names))], ["0", "0"])
        answer = self.trade.cancel_multiple_orders(names)
        self.assertEqual((answer["code"], [e["sCode"] for e in answer["data"]]), ("1", ["51401", "51401"]))

    def test_refusals(self):
        price = self.away(SPOT)

        def place(size="0.001", px=price, side="buy", kind="limit", **more):
            return self.trade.place_order(SPOT, more.pop("tdMode", "cash"), side, kind, size, px=px, **more)

        self.assertIn("Insufficient USDT", self.refused("51008", place("300")))
        self.assertIn("Insufficient BTC", self.refused("51008", place("100", side="sell", px="70000")))
        self.refused("51020", place("0.000001"))
        self.refused("51121", place("0.000000001"))
        self.refused("51000", place(px="50000.55"))
        self.refused("51000", place(kind="strange"))
        self.refused("51000", place(clOrdId="not good"))
        self.refused("51000", place(tdMode="cross"))
        self.refused("51137", place(px="90000"))
        self.refused("51001", self.trade.place_order("NO-PE", "cash", "buy", "limit", "1", px="1"))
        self.one(place(clOrdId="twice"))
        self.refused("51016", place(clOrdId="twice"))
        self.refused("51400", self.trade.cancel_order(SPOT, ordId="1"))
        self.refused("51503", self.trade.amend_order(SPOT, ordId="1", newSz="1"))
        self.assertEqual(self.trade.get_order(SPOT, ordId="1")["code"], "51603")

    def test_keys(self):
        def code(answer):
            return answer["code"]

        self.assertEqual(code(client(AccountAPI, secret="wrong").get_account_config()), "50113")
        self.assertEqual(code(client(AccountAPI, apiKey="wrong").get_account_config()), "50111")
        self.assertEqual(code(client(AccountAPI, passphrase="wrong").get_account_config()), "50105")
        self.assertEqual(code(public(AccountAPI).get_account_config()), "50103")
        reader = client(TradeAPI, permissions=("read",))
        self.assertEqual(code(reader.place_order(SPOT, "cash", "buy", "limit", "1", px="1")), "50120")
        permissions = self.one(client(AccountAPI, permissions=("read",)).get_account_config())["perm"]
        self.assertEqual(permissions, "read_only")
        withdrawing = client(AccountAPI, "second", ("read", "trade", "withdraw"))
        self.assertIn("withdraw", self.one(withdrawing.get_account_config())["perm"].split(","))


class Swaps(Venue):
    def tearDown(self):
        super().tearDown()
        for position in self.account.get_positions()["data"]:
            self.trade.close_positions(position["instId"], position["mgnMode"], posSide=position["posSide"])

    def test_position_life(self):
        self.assertEqual(self.one(self.account.set_leverage("5", "cross", instId=SWAP))["lever"], "5")
        before = balances(self.account)
        bought = self.one(self.trade.place_order(SWAP, "cross", "buy", "market", "3"))
        order = self.one(self.trade.get_order(SWAP, ordId=bought["ordId"]))
        self.assertEqual((order["state"], order["lever"], order["feeCcy"]), ("filled", "5", "USDT"))
        position = self.one(self.account.get_positions("SWAP"))
        self.assertEqual(
            [position[name] for name in ("instId", "pos", "posSide", "mgnMode", "lever", "ccy")],
            [SWAP, "3", "net", "cross", "5", "USDT"])
        self.assertAlmostEqual(Decimal(position["avgPx"]), Decimal(order["avgPx"]), 12)
        self.assertEqual(Decimal(position["fee"]), Decimal(order["fee"]))
        value = Decimal(order["avgPx"]) * 3 * Decimal("0.01")
        self.assertAlmostEqual(Decimal(position["imr"]), value / 5, 6)
        sold = self.one(self.trade.place_order(SWAP, "cross", "sell", "market", "3", reduceOnly="true"))
        order = self.one(self.trade.get_order(SWAP, ordId=sold["ordId"]))
        fills = self.data(self.trade.get_fills(instType="SWAP", ordId=sold["ordId"]))
        self.assertEqual(sum(Decimal(fill["fillPnl"]) for fill in fills), Decimal(order["pnl"]))
        self.assertEqual(self.data(self.account.get_positions("SWAP")), [])
        after = balances(self.account)
        fees = Decimal(order["fee"]) + Decimal(position["fee"])
        self.assertEqual(after["USDT"] - before["USDT"], Decimal(order["pnl"]) + fees)

    def test_close(self):
        self.one(self.trade.place_order(SWAP, "cross", "sell", "market", "1"))
        self.assertEqual(self.one(self.account.get_positions())["pos"], "-1")
        self.assertEqual(self.one(self.trade.close_positions(SWAP, "cross"))["posSide"], "net")
        self.assertEqual(self.data(self.account.get_positions()), [])
        self.assertEqual(self.trade.close_positions(SWAP, "cross")["code"], "51023")

    def test_long_and_short(self):
        self.assertEqual(self.one(self.account.set_position_mode("long_short_mode"))["posMode"], "long_short_mode")
        try:
            self.refused("51000", self.trade.place_order(SWAP, "cross", "buy", "market", "1"))
            self.one(self.trade.place_order(SWAP, "cross", "buy", "market", "2", posSide="long"))
            self.one(self.trade.place_order(SWAP, "cross", "sell", "market", "1", posSide="short"))
            held = {entry["posSide"]: entry["pos"] for entry in self.data(self.account.get_positions())}
            self.assertEqual(held, {"long": "2", "short": "1"})
            self.assertEqual(self.account.set_position_mode("net_mode")["code"], "59000")
            for side in ("long", "short"):
                self.one(self.trade.close_positions(SWAP, "cross", posSide=side))
        finally:
            self.one(self.account.set_position_mode("net_mode"))

    def test_refusals(self):
        self.assertIn("margin", self.refused(
            "51008", self.trade.place_order(SWAP, "cross", "buy", "limit", "900000", px=self.away(SWAP))))
        self.refused("51169", self.trade.place_order(SWAP, "cross", "sell", "market", "1", reduceOnly="true"))
        self.refused("51006", self.trade.place_order(SWAP, "cross", "buy", "limit", "1", px="90000"))
        self.assertEqual(self.account.set_leverage("500", "cross", instId=SWAP)["code"], "59102")


class Conditional(Venue):
    def test_algo_life(self):
        trigger = self.away(SWAP)
        placed = self.one(self.trade.place_algo_order(
            SWAP, "cross", "sell", "trigger", "2", algoClOrdId="algo1", triggerPx=trigger, orderPx="-1"))
        self.assertEqual((placed["sCode"], placed["algoClOrdId"]), ("0", "algo1"))
        pending = self.one(self.trade.order_algos_list(ordType="trigger"))
        self.assertEqual(
            [pending[name] for name in ("algoId", "state", "triggerPx", "ordPx", "sz", "ordId")],
            [placed["algoId"], "live", trigger, "-1", "2", ""])
        self.assertEqual(self.trade.get_order(SWAP, clOrdId="algo1")["code"], "51603")
        self.assertEqual(self.data(self.trade.get_order_list()), [])
        canceled = self.one(self.trade.cancel_algo_order([{"instId": SWAP, "algoId": placed["algoId"]}]))
        self.assertEqual(canceled["sCode"], "0")
        history = self.data(self.trade.order_algos_history("trigger", state="canceled"))
        self.assertEqual(history[0]["algoId"], placed["algoId"])

    def test_stop_loss_side(self):
        high = simulated.price(self.best(SWAP, "asks") * Decimal("1.1"))
        self.refused("51280", self.trade.place_algo_order(
            SWAP, "cross", "sell", "conditional", "1", slTriggerPx=high, slOrdPx="-1"))


class Pairs(Venue):
    """A take-profit and a stop-loss, of which one ends the other."""

    def setUp(self):
        self.level = self.best(SWAP, "bids")
        self.second = client(TradeAPI, "second")

    def tearDown(self):
        super().tearDown()
        for kind in ("oco", "conditional"):
            for algo in self.trade.order_algos_list(ordType=kind)["data"]:
                self.trade.cancel_algo_order([{"instId": SWAP, "algoId": algo["algoId"]}])
        for made in (self.trade, self.second):
            made.close_positions(SWAP, "cross")

    def at(self, share):
        return simulated.price(self.level * Decimal(share))

    def pair(self, **more):
        terms = {"tpTriggerPx": self.at("1.2"), "tpOrdPx": "-1", "slTriggerPx": self.at("0.8"), "slOrdPx": "-1"}
        return self.trade.place_algo_order(SWAP, "cross", "sell", "oco", "2", **dict(terms, **more))

    def details(self, number):
        return self.one(self.trade.get_algo_order_details(algoId=number))

    def wait(self, number, state):
        """Lets another account sell until the algo order is in a state."""
        for _ in range(60):
            algo = self.details(number)
            if algo["state"] == state:
                return algo
            self.second.place_order(SWAP, "cross", "sell", "ioc", "100", px=self.at("0.999"))
            time.sleep(0.1)
        self.fail(algo)

    def test_life(self):
        placed = self.one(self.pair(algoClOrdId="pair"))
        self.assertEqual((placed["sCode"], placed["algoClOrdId"]), ("0", "pair"))
        pending = self.one(self.trade.order_algos_list(ordType="oco"))
        self.assertEqual(
            [pending[name] for name in ("algoId", "state", "ordType", "tpTriggerPx", "slTriggerPx", "tpOrdPx")],
            [placed["algoId"], "live", "oco", self.at("1.2"), self.at("0.8"), "-1"])
        self.assertIn("algoClOrdId", self.refused("51065", self.pair(algoClOrdId="pair")))
        amended = self.one(self.trade.amend_algo_order(
            SWAP, algoClOrdId="pair", reqId="r1", newSz="3", newSlTriggerPx=self.at("0.99"), newSlOrdPx=self.at("0.98")))
        self.assertEqual((amended["algoId"], amended["reqId"], amended["sCode"]), (placed["algoId"], "r1", "0"))
        details = self.details(placed["algoId"])
        self.assertEqual(
            [details[name] for name in ("sz", "tpTriggerPx", "slTriggerPx", "slOrdPx")],
            ["3", self.at("1.2"), self.at("0.99"), self.at("0.98")])
        self.refused("51500", self.trade.amend_algo_order(SWAP, placed["algoId"]))
        canceled = self.one(self.trade.cancel_algo_order([{"instId": SWAP, "algoId": placed["algoId"]}]))
        self.assertEqual(canceled["sCode"], "0")
        self.assertEqual(self.details(placed["algoId"])["state"], "canceled")
        self.assertEqual(self.data(self.trade.order_algos_list(ordType="oco")), [])
        self.refused("51503", self.trade.amend_algo_order(SWAP, placed["algoId"], newSz="4"))

    def test_refusals(self):
        self.refused("51279", self.pair(tpTriggerPx=self.at("0.9")))
        self.refused("51280", self.pair(slTriggerPx=self.at("1.1")))
        self.refused("50014", self.pair(slOrdPx=""))
        self.refused("51000", self.pair(tpTriggerPxType="index"))
        self.refused("51250", self.pair(slOrdPx=self.at("0.5")))
        self.refused("51121", self.trade.place_algo_order(
            SWAP, "cross", "sell", "oco", "0.001", tpTriggerPx=self.at("1.2"), tpOrdPx="-1",
            slTriggerPx=self.at("0.8"), slOrdPx="-1"))

    def test_one_ends_the_other(self):
        self.one(self.trade.place_order(SWAP, "cross", "buy", "market", "2"))
        placed = self.one(self.pair(slTriggerPx=self.at("0.9995"), reduceOnly="true"))
        done = self.wait(placed["algoId"], "effective")
        self.assertEqual((done["actualSide"], done["actualSz"], done["ordIdList"]), ("sl", "2", [done["ordId"]]))
        order = self.one(self.trade.get_order(SWAP, ordId=done["ordId"]))
        self.assertEqual((order["algoId"], order["state"], order["side"]), (placed["algoId"], "filled", "sell"))
        self.assertEqual(self.data(self.trade.order_algos_list(ordType="oco")), [])
        history = self.data(self.trade.order_algos_history("oco", state="effective"))
        self.assertEqual(history[0]["algoId"], placed["algoId"])

    def attached(self, **more):
        return dict(
            {"attachAlgoClOrdId": "attached", "tpTriggerPx": self.at("1.2"), "tpOrdPx": "-1",
             "slTriggerPx": self.at("0.8"), "slOrdPx": "-1"}, **more)

    def test_attached(self):
        placed = self.one(self.trade.place_order(
            SWAP, "cross", "buy", "limit", "1", px=self.at("0.95"), attachAlgoOrds=[self.attached()]))
        order = self.one(self.trade.get_order(SWAP, ordId=placed["ordId"]))
        attached = order["attachAlgoOrds"][0]
        self.assertEqual((attached["attachAlgoClOrdId"], attached["slTriggerPx"]), ("attached", self.at("0.8")))
        self.assertEqual(self.data(self.trade.order_algos_list(ordType="oco")), [])
        # Gone with an order that was not filled.
        self.one(self.trade.cancel_order(SWAP, ordId=placed["ordId"]))
        self.assertEqual(self.data(self.trade.order_algos_list(ordType="oco")), [])

        self.one(self.trade.place_order(
            SWAP, "cross", "buy", "market", "1", attachAlgoOrds=[self.attached()]))
        algo = self.one(self.trade.order_algos_list(ordType="oco"))
        self.assertEqual(
            [algo[name] for name in ("algoClOrdId", "state", "sz", "side", "tpTriggerPx")],
            ["attached", "live", "1", "sell", self.at("1.2")])
        self.assertNotEqual(algo["algoId"], attached["attachAlgoId"])

    def test_attached_refusals(self):
        def place(**more):
            return self.trade.place_order(
                SWAP, "cross", "buy", "limit", "1", px=self.at("0.95"), attachAlgoOrds=[self.attached(**more)])

        self.refused("51046", place(tpTriggerPx=self.at("0.9")))
        self.refused("51047", place(slTriggerPx=self.at("0.96")))
        self.refused("51178", place(tpTriggerPx="", tpOrdPx="", slTriggerPx="", slOrdPx=""))
        self.refused("50014", place(slOrdPx=""))


class Settings(Venue):
    def test_fees_and_bills(self):
        fees = self.one(self.account.get_fee_rates("SPOT"))
        self.assertEqual((fees["maker"], fees["taker"]), ("-0.0008", "-0.001"))
        self.one(self.trade.place_order(SPOT, "cash", "buy", "market", "100"))
        self.assertEqual(self.data(self.account.get_account_bills())[0]["type"], "2")

    def test_configuration(self):
        config = self.one(self.account.get_account_config())
        self.assertEqual((config["acctLv"], config["posMode"]), ("2", "net_mode"))
        self.assertEqual(config["perm"], "read_only,trade")


if __name__ == "__main__":
    unittest.main()
