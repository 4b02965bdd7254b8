"""Limits on requests, as python-okx's clients meet them."""

import unittest

import simulated
from okx.Account import AccountAPI
from okx.Trade import TradeAPI


class Limits(unittest.TestCase):
    def test_requests_of_a_user(self):
        key = simulated.key()
        account = AccountAPI(key["apiKey"], key["secret"], key["passphrase"], flag="0", domain=simulated.REST)
        codes = [account.get_account_config()["code"] for _ in range(6)]
        self.assertEqual(codes, ["0"] * 5 + ["50011"])
        other = simulated.key("second")
        account = AccountAPI(other["apiKey"], other["secret"], other["passphrase"], flag="0", domain=simulated.REST)
        self.assertEqual(account.get_account_config()["code"], "0")

    def test_orders_of_an_instrument(self):
        key = simulated.key()
        trade = TradeAPI(key["apiKey"], key["secret"], key["passphrase"], flag="0", domain=simulated.REST)
        codes = [trade.cancel_order("BTC-USDT", ordId="1")["code"] for _ in range(61)]
        self.assertEqual(set(codes[:60]), {"1"})
        self.assertEqual(codes[60], "50011")
        self.assertEqual(trade.cancel_order("ETH-USDT", ordId="1")["code"], "1")


if __name__ == "__main__":
    unittest.main()
