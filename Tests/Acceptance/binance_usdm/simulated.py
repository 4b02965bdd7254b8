"""What the tests know of the simulator: its ready line."""

import json
import os
from decimal import Decimal

with open(os.environ["NEEDLETAIL_READY"]) as file:
    READY = json.load(file)
PRODUCT = READY["products"][os.environ["NEEDLETAIL_PRODUCT"]]
ISOLATED = bool(os.environ["NEEDLETAIL_ISOLATED"])
REST = "https://fapi.binance.com" if ISOLATED else PRODUCT["endpoints"]["rest"]
STREAMS = "wss://fstream.binance.com" if ISOLATED else PRODUCT["endpoints"]["streams"]
WS_API = "wss://ws-fapi.binance.com/ws-fapi/v1" if ISOLATED else PRODUCT["endpoints"]["wsApi"]


def key(account, kind="HMAC", permissions=("read", "trade")):
    """A key of an account: `apiKey` with `secret` or `privateKeyPath`."""
    for entry in PRODUCT["accounts"]:
        if entry["name"] != account:
            continue
        for candidate in entry["keys"]:
            if candidate["type"] == kind and candidate["permissions"] == list(permissions):
                return candidate
    raise KeyError((account, kind, permissions))


def private_key(account, kind):
    """The text of a private key."""
    with open(key(account, kind)["privateKeyPath"]) as file:
        return file.read()


def on_step(value, step):
    """`value` cut to the grid of `step`, as text."""
    step = Decimal(step).normalize()
    return str((Decimal(value) // step) * step)
