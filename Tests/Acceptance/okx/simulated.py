"""What the tests know of the simulator: its ready line."""

import json
import os
from decimal import Decimal

with open(os.environ["NEEDLETAIL_READY"]) as file:
    READY = json.load(file)
PRODUCT = READY["products"][os.environ["NEEDLETAIL_PRODUCT"]]
ISOLATED = bool(os.environ["NEEDLETAIL_ISOLATED"])
REST = "https://www.okx.com" if ISOLATED else PRODUCT["endpoints"]["rest"]


def stream(kind):
    """The address of the WebSocket `public`, `private` or `business`."""
    return f"wss://ws.okx.com:8443/ws/v5/{kind}" if ISOLATED else PRODUCT["endpoints"][kind]


def key(account="main", permissions=("read", "trade")):
    """A key of an account: `apiKey`, `secret` and `passphrase`."""
    for entry in PRODUCT["accounts"]:
        if entry["name"] != account:
            continue
        for candidate in entry["keys"]:
            if candidate["permissions"] == list(permissions):
                return candidate
    raise KeyError((account, permissions))


def price(value):
    """`value` on the tick of bitcoin's instruments, as the venue prints it."""
    return format(value.quantize(Decimal("0.1")).normalize(), "f")
