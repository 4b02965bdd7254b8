"""The venue's limits on requests, as pybit meets them."""

import logging
import socket
import ssl
import threading
import time
import unittest
import urllib.parse

import simulated
from pybit.exceptions import FailedRequestError
from test_pybit_http import client

logging.getLogger("pybit").setLevel(logging.CRITICAL)


class Limits(unittest.TestCase):
    def test_1_account_limit(self):
        session = client(retry_codes={0}, return_response_headers=True)
        order = {"category": "linear", "symbol": "BTCUSDT", "orderId": "nothing"}
        session.ignore_codes = {110001, 10006}
        time.sleep(1 - time.time() % 1)
        answers = [session.cancel_order(**order) for _ in range(14)]
        codes = [body["retCode"] for body, _, _ in answers]
        self.assertEqual(codes[:10], [110001] * 10)
        self.assertIn(10006, codes)
        headers = [h for _, _, h in answers]
        self.assertEqual([h["X-Bapi-Limit"] for h in headers], ["10"] * 14)
        self.assertEqual([h["X-Bapi-Limit-Status"] for h in headers][:3], ["9", "8", "7"])
        refused = codes.index(10006)
        self.assertGreater(int(headers[refused]["X-Bapi-Limit-Reset-Timestamp"]), answers[refused][0]["time"])

    def test_2_library_waits(self):
        session = client()
        started = time.monotonic()
        for _ in range(25):
            session.get_fee_rates(category="spot", symbol="BTCUSDT")
        self.assertGreater(time.monotonic() - started, 2)

    def test_3_address_limit(self):
        # Pipelined, so that a slow machine sends as many in five seconds, too.
        url = urllib.parse.urlsplit(simulated.REST)
        trust = ssl.create_default_context(cafile=simulated.READY["ca"])
        request = f"GET /v5/market/time HTTP/1.1\r\nHost: {url.hostname}\r\n\r\n".encode()
        with socket.create_connection((url.hostname, url.port or 443)) as plain:
            with trust.wrap_socket(plain, server_hostname=url.hostname) as connection:
                sender = threading.Thread(target=connection.sendall, args=(request * 1300,))
                sender.start()
                received = b""
                while received.count(b"HTTP/1.1 ") < 1300 or not received.endswith(b"}"):
                    received += connection.recv(65536)
                sender.join()
        statuses = [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]]
        self.assertEqual((statuses[0], statuses[-1]), (b"200", b"403"))
        session = client()
        with self.assertRaises(FailedRequestError) as caught:
            session.get_account_info()
        self.assertEqual(caught.exception.status_code, 403)


if __name__ == "__main__":
    unittest.main()
