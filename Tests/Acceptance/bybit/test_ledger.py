"""A play of chance by two accounts: every balance and position follows from the fills, to the last digit."""

import json
import random
import unittest
import urllib.request
from decimal import Decimal

import simulated
from pybit.exceptions import InvalidRequestError
from test_pybit_http import client, link

SYMBOLS = {"spot": [("BTCUSDT", "BTC", "0.01", "0.000001"), ("ETHUSDT", "ETH", "0.01", "0.00001")],
           "linear": [("BTCUSDT", "BTC", "0.1", "0.001"), ("ETHUSDT", "ETH", "0.01", "0.01")]}


def wallet(session):
    coins = session.get_wallet_balance(accountType="UNIFIED")["result"]["list"][0]["coin"]
    return {coin["coin"]: Decimal(coin["walletBalance"]) for coin in coins}


def executions(session, category):
    found, cursor = [], ""
    while True:
        page = session.get_executions(category=category, limit=100, cursor=cursor or None)["result"]
        found += page["list"]
        cursor = page["nextPageCursor"]
        if not cursor:
            return found[::-1]


class Ledger(unittest.TestCase):
    def play(self, sessions, chance, count):
        names, refusals = [], 0
        for _ in range(count):
            session = chance.choice(sessions)
            category = chance.choice(list(SYMBOLS))
            symbol, _, tick, lot = chance.choice(SYMBOLS[category])
            last = Decimal(session.get_tickers(category=category, symbol=symbol)["result"]["list"][0]["lastPrice"])
            quantity = simulated.on_step(Decimal(chance.uniform(50, 4000)) / last, lot)
            order = {"category": category, "symbol": symbol, "side": chance.choice(["Buy", "Sell"]),
                     "qty": quantity, "orderLinkId": link()}
            kind = chance.choice(["limit", "limit", "market", "ioc", "amend", "cancel"])
            try:
                if kind in ("amend", "cancel") and names:
                    owner, name = chance.choice(names)
                    if kind == "amend":
                        owner.amend_order(**name, qty=simulated.on_step(
                            Decimal(quantity) * Decimal("1.1"), lot if name["symbol"] == symbol else "0.01"))
                    else:
                        owner.cancel_order(**name)
                elif kind == "market":
                    session.place_order(**order, orderType="Market", marketUnit="baseCoin")
                else:
                    price = simulated.on_step(last * Decimal(chance.uniform(0.9995, 1.0005)), tick)
                    session.place_order(**order, orderType="Limit", price=price,
                                        timeInForce="IOC" if kind == "ioc" else "GTC")
                    names.append((session, {key: order[key] for key in ("category", "symbol", "orderLinkId")}))
            except InvalidRequestError:
                refusals += 1
        return refusals

    def test_balances_follow_from_fills(self):
        import logging
        logging.getLogger("pybit").setLevel(logging.CRITICAL)
        sessions = [client("main"), client("second")]
        before = [wallet(session) for session in sessions]
        refusals = self.play(sessions, random.Random(5), 400)
        self.assertLess(refusals, 200)
        for session in sessions:
            session.cancel_all_orders(category="spot")
            session.cancel_all_orders(category="linear", settleCoin="USDT")
        for session, start in zip(sessions, before):
            expected = dict(start)
            for fill in executions(session, "spot"):
                base = fill["symbol"].removesuffix("USDT")
                sign = 1 if fill["side"] == "Buy" else -1
                expected[base] += sign * Decimal(fill["execQty"])
                expected["USDT"] -= sign * Decimal(fill["execValue"])
                expected[fill["feeCurrency"]] -= Decimal(fill["execFee"])
            sizes = {}
            for fill in executions(session, "linear"):
                self.assertEqual(fill["execType"], "Trade")
                sign = 1 if fill["side"] == "Buy" else -1
                sizes[fill["symbol"]] = sizes.get(fill["symbol"], Decimal(0)) + sign * Decimal(fill["execQty"])
                expected["USDT"] -= Decimal(fill["execFee"])
            for symbol in ("BTCUSDT", "ETHUSDT"):
                position = session.get_positions(category="linear", symbol=symbol)["result"]["list"][0]
                signed = Decimal(position["size"]) * (-1 if position["side"] == "Sell" else 1)
                self.assertEqual(signed, sizes.get(symbol, Decimal(0)))
                expected["USDT"] += Decimal(position["cumRealisedPnl"])
            self.assertEqual(wallet(session), expected)
        with urllib.request.urlopen(simulated.READY["admin"] + "/admin/state?product=bybit") as answer:
            venue = json.load(answer)["bybit"]["venue"]
        self.assertEqual(venue["brokenInvariants"], [])
        counts = [len(account["fills"]) for account in venue["accounts"]]
        listed = [sum(len(executions(s, c)) for c in SYMBOLS) for s in sessions]
        self.assertEqual(counts, listed)
        self.assertGreater(min(counts), 50)


if __name__ == "__main__":
    unittest.main()
