"""The limits on requests as binance-futures-connector meets them; last, because a ban shuts everybody out."""

import time
import unittest

import simulated
from binance.error import ClientError
from binance.um_futures import UMFutures

ADDRESS = {} if simulated.ISOLATED else {"base_url": simulated.REST}


class Limits(unittest.TestCase):
    def test_too_many_orders(self):
        key = simulated.key("main")
        client = UMFutures(key=key["apiKey"], secret=key["secret"], **ADDRESS)
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTX", "quantity": "0.1",
                 "price": "100000"}
        with self.assertRaises(ClientError) as caught:
            for _ in range(130):
                client.new_batch_order([order] * 5)
        self.assertEqual(caught.exception.status_code, 429)
        self.assertEqual(
            (caught.exception.error_code, caught.exception.error_message),
            (-1015, "Too many new orders; current limit is 300 orders per 10 SECOND."))

    def test_weight_and_ban(self):
        client = UMFutures(**ADDRESS)
        # The minute must not end meanwhile.
        seconds = time.time() % 60
        if seconds > 40:
            time.sleep(60.5 - seconds)
        with self.assertRaises(ClientError) as caught:
            for _ in range(130):
                client.depth("BTCUSDT", limit=1000)
        refusal = caught.exception
        self.assertEqual((refusal.status_code, refusal.error_code), (429, -1003))
        self.assertIn("2400", refusal.error_message)
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
