"""The limits on requests as binance-connector meets them; last, because a ban shuts everybody out."""

import time
import unittest

import simulated
from binance.error import ClientError
from binance.spot import Spot

ADDRESS = {} if simulated.ISOLATED else {"base_url": simulated.REST}


class Limits(unittest.TestCase):
    def test_too_many_orders(self):
        key = simulated.key("main")
        client = Spot(key["apiKey"], key["secret"], **ADDRESS)
        with self.assertRaises(ClientError) as caught:
            for _ in range(210):
                try:
                    client.new_order("BNBUSDT", "BUY", "LIMIT", timeInForce="GTC", quantity="1", price="400")
                except ClientError as refusal:
                    # The number of open orders is limited too, and is not what is asked here.
                    if refusal.error_code != -1013:
                        raise
        self.assertEqual(caught.exception.status_code, 429)
        self.assertEqual(
            (caught.exception.error_code, caught.exception.error_message),
            (-1015, "Too many new orders; current limit is 100 orders per 10 SECOND."))
        self.assertNotIn("Retry-After", caught.exception.header)
        client.cancel_open_orders("BNBUSDT")

    def test_weight_and_ban(self):
        client = Spot(**ADDRESS)
        # The minute must not end meanwhile.
        seconds = time.time() % 60
        if seconds > 40:
            time.sleep(60.5 - seconds)
        with self.assertRaises(ClientError) as caught:
            for _ in range(30):
                client.depth("BTCUSDT", limit=5000)
        refusal = caught.exception
        self.assertEqual((refusal.status_code, refusal.error_code), (429, -1003))
        self.assertTrue(refusal.error_message.startswith("Too much request weight used; current limit is 6000"))
        self.assertLessEqual(1, int(refusal.header["Retry-After"]))
        self.assertLessEqual(int(refusal.header["Retry-After"]), 60)
        with self.assertRaises(ClientError) as caught:
            for _ in range(30):
                try:
                    client.ping()
                except ClientError as again:
                    if again.status_code != 429:
                        raise
        banned = caught.exception
        self.assertEqual((banned.status_code, banned.error_code), (418, -1003))
        self.assertIn("IP banned until", banned.error_message)
        self.assertGreater(int(banned.header["Retry-After"]), 60)


if __name__ == "__main__":
    unittest.main()
