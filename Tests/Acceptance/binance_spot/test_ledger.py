"""A long play of two accounts by binance-connector; at its end every balance follows from the fills."""

import json
import os
import random
import unittest
import urllib.request
from decimal import Decimal

import simulated
from binance.error import ClientError
from binance.spot import Spot

ADDRESS = {} if simulated.ISOLATED else {"base_url": simulated.REST}
MODES = ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]
# What may be refused in a play of chance; anything else is a fault.
EXPECTED = {-1013, -2010, -2011, -2021, -2022, -2038}


class Player:
    def __init__(self, name, rules, chance):
        key = simulated.key(name)
        self.api = Spot(key["apiKey"], key["secret"], **ADDRESS)
        self.rules = rules
        self.chance = chance

    def texts(self, symbol):
        """A price near the middle and a quantity of some value, on their steps."""
        filters = self.rules[symbol]
        book = self.api.book_ticker(symbol)
        middle = (Decimal(book["bidPrice"]) + Decimal(book["askPrice"])) / 2
        value = Decimal(self.chance.choice(["0.002", "0.02"] if symbol.endswith("BTC") else ["20", "300", "2000"]))
        price = middle * (1 + Decimal(self.chance.randint(-20, 20)) / 10_000)
        return (
            simulated.on_step(price, filters["PRICE_FILTER"]["tickSize"]),
            simulated.on_step(value / middle + Decimal(filters["LOT_SIZE"]["stepSize"]), filters["LOT_SIZE"]["stepSize"]),
        )

    def act(self):
        symbol = self.chance.choice(sorted(self.rules))
        side = self.chance.choice(["BUY", "SELL"])
        price, quantity = self.texts(symbol)
        action = self.chance.random()
        if action < 0.5:
            self.api.new_order(
                symbol, side, "LIMIT", timeInForce=self.chance.choice(["GTC", "GTC", "IOC", "FOK"]),
                quantity=quantity, price=price, selfTradePreventionMode=self.chance.choice(MODES))
        elif action < 0.6:
            self.api.new_order(symbol, side, "MARKET", quantity=quantity)
        elif action < 0.65:
            amount = "0.002" if symbol.endswith("BTC") else "50"
            self.api.new_order(symbol, side, "MARKET", quoteOrderQty=amount)
        elif action < 0.72:
            self.api.new_order(
                symbol, side, self.chance.choice(["STOP_LOSS", "TAKE_PROFIT"]), quantity=quantity, stopPrice=price)
        elif action < 0.8:
            self.api.new_order(
                symbol, side, "LIMIT", timeInForce="GTC", quantity=str(Decimal(quantity) * 4), icebergQty=quantity,
                price=price)
        elif action < 0.92:
            self.change(symbol, price, quantity)
        else:
            self.api.new_order(symbol, side, "LIMIT_MAKER", quantity=quantity, price=price)

    def change(self, symbol, price, quantity):
        orders = self.api.get_open_orders(symbol)
        if not orders:
            return
        order = self.chance.choice(orders)
        action = self.chance.random()
        if action < 0.4:
            self.api.cancel_order(symbol, orderId=order["orderId"])
        elif action < 0.7:
            self.api.cancel_and_replace(
                symbol, order["side"], "LIMIT", "STOP_ON_FAILURE", timeInForce="GTC", quantity=quantity, price=price,
                cancelOrderId=order["orderId"])
        elif action < 0.9:
            less = simulated.on_step(
                Decimal(order["origQty"]) * Decimal("0.7"), self.rules[symbol]["LOT_SIZE"]["stepSize"])
            self.api.sign_request(
                "PUT", "/api/v3/order/amend/keepPriority",
                {"symbol": symbol, "orderId": order["orderId"], "newQty": less})
        else:
            self.api.cancel_open_orders(symbol)

    def trades(self, symbol):
        first = 0
        while True:
            page = self.api.my_trades(symbol, fromId=first, limit=1000)
            yield from page
            if len(page) < 1000:
                return
            first = page[-1]["id"] + 1


class Ledger(unittest.TestCase):
    def test_balances_follow_from_the_fills(self):
        chance = random.Random(17)
        names = [account["name"] for account in simulated.PRODUCT["accounts"]]
        symbols = Spot(**ADDRESS).exchange_info()["symbols"]
        rules = {
            entry["symbol"]: {item["filterType"]: item for item in entry["filters"]} for entry in symbols
        }
        players = [Player(name, rules, chance) for name in names]
        begin = [
            {entry["asset"]: Decimal(entry["free"]) for entry in player.api.account()["balances"]} for player in players
        ]
        for _ in range(1500):
            try:
                chance.choice(players).act()
            except ClientError as refusal:
                self.assertIn(refusal.error_code, EXPECTED, refusal)
        for player in players:
            for symbol in sorted(rules):
                if player.api.get_open_orders(symbol):
                    player.api.cancel_open_orders(symbol)
        with urllib.request.urlopen(simulated.READY["admin"] + "/admin/state") as answer:
            records = json.load(answer)[os.environ["NEEDLETAIL_PRODUCT"]]["venue"]
        self.assertEqual(records["brokenInvariants"], [])
        for player, ledger, record in zip(players, begin, records["accounts"]):
            count = 0
            for entry in symbols:
                for trade in player.trades(entry["symbol"]):
                    sign = 1 if trade["isBuyer"] else -1
                    ledger[entry["baseAsset"]] += sign * Decimal(trade["qty"])
                    ledger[entry["quoteAsset"]] -= sign * Decimal(trade["quoteQty"])
                    ledger[trade["commissionAsset"]] -= Decimal(trade["commission"])
                    count += 1
            self.assertGreater(count, 100)
            self.assertEqual(count, len(record["fills"]))
            for balance in player.api.account()["balances"]:
                self.assertEqual(Decimal(balance["free"]), ledger[balance["asset"]], balance["asset"])
                self.assertEqual(Decimal(balance["locked"]), 0)


if __name__ == "__main__":
    unittest.main()
