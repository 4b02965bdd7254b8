"""A play of chance with python-okx's clients: every balance and position follows from the fills, to the
last digit, and the simulator's own records are the same."""

import json
import random
import unittest
import urllib.request
from decimal import Decimal

import simulated
from okx.Account import AccountAPI
from okx.MarketData import MarketAPI
from okx.Trade import TradeAPI

INSTRUMENTS = {
    "BTC-USDT": ("0.1", ["0.001", "0.0123", "0.2"], None),
    "ETH-USDT": ("0.01", ["0.01", "0.123456", "2"], None),
    "BTC-USDT-SWAP": ("0.1", ["0.5", "3", "20"], "0.01"),
    "ETH-USDT-SWAP": ("0.01", ["0.5", "3", "20"], "0.1"),
}


class Player:
    def __init__(self, name, chance):
        key = simulated.key(name)
        login = (key["apiKey"], key["secret"], key["passphrase"])
        self.chance = chance
        self.trade = TradeAPI(*login, flag="0", domain=simulated.REST)
        self.account = AccountAPI(*login, flag="0", domain=simulated.REST)
        self.market = MarketAPI(flag="0", domain=simulated.REST)
        self.start = self.cash()

    def cash(self):
        details = self.account.get_account_balance()["data"][0]["details"]
        return {entry["ccy"]: Decimal(entry["cashBal"]) for entry in details}

    def act(self):
        instrument = self.chance.choice(list(INSTRUMENTS))
        tick, sizes, contract = INSTRUMENTS[instrument]
        book = self.market.get_orderbook(instrument)["data"][0]
        side = self.chance.choice(["buy", "sell"])
        best = Decimal(book["asks" if side == "buy" else "bids"][0][0])
        away = self.chance.randint(-30, 5) * Decimal(tick)
        kind = self.chance.choice(["limit", "limit", "post_only", "ioc", "fok", "market"])
        self.trade.place_order(
            instrument, "cross" if contract else "cash", side, kind, self.chance.choice(sizes),
            px="" if kind == "market" else str(best + (away if side == "buy" else -away)),
            tgtCcy="base_ccy" if kind == "market" and not contract else "")
        if self.chance.random() < 0.3:
            pending = self.trade.get_order_list()["data"]
            if pending:
                order = self.chance.choice(pending)
                if self.chance.random() < 0.5:
                    self.trade.cancel_order(order["instId"], ordId=order["ordId"])
                else:
                    self.trade.amend_order(order["instId"], ordId=order["ordId"], newSz=str(Decimal(order["sz"]) * 2))

    def end(self):
        for order in self.trade.get_order_list()["data"]:
            self.trade.cancel_order(order["instId"], ordId=order["ordId"])

    def fills(self):
        """All fills, page by page, newest first."""
        fills = self.trade.get_fills()["data"]
        while True:
            more = self.trade.get_fills(after=fills[-1]["billId"])["data"] if fills else []
            if not more:
                return fills
            fills += more


class Ledger(unittest.TestCase):
    def test_balances_follow_from_fills(self):
        chance = random.Random(5)
        players = {name: Player(name, chance) for name in ("main", "second")}
        for _ in range(250):
            chance.choice(list(players.values())).act()
        for player in players.values():
            player.end()
        with urllib.request.urlopen(simulated.READY["admin"] + "/admin/state") as answer:
            records = json.load(answer)["okx"]["venue"]
        self.assertEqual(records["brokenInvariants"], [])
        for place, player in enumerate(players.values()):
            self.check(player, records["accounts"][place])

    def check(self, player, record):
        fills = player.fills()
        self.assertGreater(len(fills), 30)
        cash = dict(player.start)
        held = {}
        for fill in fills:
            contract = INSTRUMENTS[fill["instId"]][2]
            price, size = Decimal(fill["fillPx"]), Decimal(fill["fillSz"])
            signed = size if fill["side"] == "buy" else -size
            cash[fill["feeCcy"]] += Decimal(fill["fee"])
            if contract:
                cash["USDT"] += Decimal(fill["fillPnl"])
                held[fill["instId"]] = held.get(fill["instId"], 0) + signed
            else:
                base = fill["instId"].split("-")[0]
                cash[base] += signed
                cash["USDT"] -= signed * price
        self.assertEqual(player.cash(), cash)
        positions = {entry["instId"]: Decimal(entry["pos"]) for entry in player.account.get_positions()["data"]}
        self.assertEqual(positions, {name: size for name, size in held.items() if size})
        self.assertEqual(
            {entry["asset"]: Decimal(entry["free"]) + Decimal(entry["locked"]) for entry in record["balances"]}, cash)
        self.assertEqual(
            {entry["symbol"]: Decimal(entry["quantity"]) for entry in record["positions"]},
            {name: size * Decimal(INSTRUMENTS[name][2]) for name, size in positions.items()})
        self.assertEqual(
            [(entry["symbol"], str(entry["id"]), str(entry["orderId"])) for entry in record["fills"]],
            [(fill["instId"], fill["tradeId"], fill["ordId"]) for fill in reversed(fills)])


if __name__ == "__main__":
    unittest.main()
