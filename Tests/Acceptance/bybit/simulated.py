"""What the tests know of the simulator: its ready line."""

import json
import os
import time
import urllib.request
from decimal import Decimal

with open(os.environ["NEEDLETAIL_READY"]) as file:
    READY = json.load(file)
PRODUCT = READY["products"][os.environ["NEEDLETAIL_PRODUCT"]]
ISOLATED = bool(os.environ["NEEDLETAIL_ISOLATED"])
REST = "https://api.bybit.com" if ISOLATED else PRODUCT["endpoints"]["rest"]


def key(account, kind="HMAC", permissions=("read", "trade")):
    """A key of an account: `apiKey` with `secret` or `privateKeyPath`."""
    for entry in PRODUCT["accounts"]:
        if entry["name"] != account:
            continue
        for candidate in entry["keys"]:
            if candidate["type"] == kind and candidate["permissions"] == list(permissions):
                return candidate
    raise KeyError((account, kind, permissions))


def trusting(client):
    """pybit's HTTP client under the test authority: it sends prepared requests, for which `requests` does
    not look at the environment."""
    client.endpoint = REST
    if READY["ca"]:
        client.client.verify = READY["ca"]
    return client


def be_distant(milliseconds=5):
    """Lets answers and pushes take a while, as over any network: pybit notes what a request was for behind
    sending it, and drops answers that come before."""
    faults = {"product": os.environ["NEEDLETAIL_PRODUCT"], "faults": {"latency": milliseconds * 1_000_000}}
    request = urllib.request.Request(
        READY["admin"] + "/admin/faults", json.dumps(faults).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def on_step(value, step):
    """`value` cut to the grid of `step`, as text."""
    step = Decimal(step).normalize()
    return format((Decimal(value) // step) * step, "f")


def wait(condition, seconds=10):
    """What `condition` returns, once that is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"nothing within {seconds} s")
