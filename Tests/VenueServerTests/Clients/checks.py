"""What clients of others see of a served front. Usage: checks.py CHECK HTTP_URL ADMIN_URL [CA]"""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import time

import aiohttp
import httpx
import requests
import websocket
import websockets

# Loopback is reached directly, whatever the machine's proxies are.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "*"

CHECK, URL, ADMIN = sys.argv[1:4]
CA = sys.argv[4] if len(sys.argv) > 4 else None
PORT = int(URL.rsplit(":", 1)[1])
WS = URL.replace("http", "ws", 1)
TLS = ssl.create_default_context(cafile=CA) if CA else None


def session():
    made = requests.Session()
    # Otherwise REQUESTS_CA_BUNDLE, where it is set, wins over `verify`.
    made.trust_env = False
    if CA:
        made.verify = CA
    return made


def connect(path, **options):
    return websockets.connect(WS + path, ssl=TLS, max_size=None, **options)


def admin(path, body=None):
    if body is None:
        answer = requests.get(ADMIN + path, timeout=5)
    else:
        answer = requests.post(ADMIN + path, json=body, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.json()


def faults(**fields):
    admin("/admin/faults", {"product": "echo", "faults": fields})


def venue():
    return admin("/admin/state?product=echo")["echo"]["venue"]


async def numbers_of(connection, count):
    """The first numbers of a stream; the connection is cut after them, for this client's library
    does not see the answer to its close frame behind messages that nobody takes."""
    numbers = [int(await asyncio.wait_for(connection.recv(), 5)) for _ in range(count)]
    connection.transport.abort()
    return numbers


async def until(condition, what, seconds=10):
    for _ in range(seconds * 100):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not within %d s: %s" % (seconds, what))


def silent(path):
    """A WebSocket connection that reads the handshake and then nothing by itself."""
    wire = socket.create_connection(("127.0.0.1", PORT))
    if CA:
        wire = TLS.wrap_socket(wire, server_hostname="localhost")
    wire.settimeout(10)
    wire.sendall(
        b"GET %s HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        % path.encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += wire.recv(1)
    # The key and its answer are those of RFC 6455, section 1.3.
    assert b" 101 " in head and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head, head
    return wire


def unanswered(call):
    """The call's request gets no answer: it times out."""
    try:
        call()
    except requests.exceptions.ReadTimeout:
        return
    raise AssertionError("there was an answer")


# HTTP


def check_methods():
    http = session()
    target = "/api/v3/order?symbols=%5B%22BTCUSDT%22%5D&a=1&a=2&b=x+y%2B&empty=&flag"
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"):
        body = None if method in ("GET", "HEAD") else "price=0.10&side=BUY"
        # A prepared URL is sent as it stands.
        request = requests.Request(method, URL, data=body, headers={"X-MBX-APIKEY": "k3y"})
        prepared = http.prepare_request(request)
        prepared.url = URL + target
        answer = http.send(prepared, timeout=5)
        assert answer.status_code == 200 and answer.headers["X-Seen"] == "yes"
        if method == "HEAD":
            assert answer.content == b""
            continue
        seen = answer.json()
        assert seen["method"] == method
        assert seen["path"] + "?" + seen["query"] == target, seen
        assert seen["fields"] == [
            ["symbols", '["BTCUSDT"]'], ["a", "1"], ["a", "2"], ["b", "x y+"], ["empty", ""],
            ["flag", ""]]
        assert ["X-MBX-APIKEY", "k3y"] in seen["headers"]
        assert seen["body"] == (body or "")


def check_keep_alive():
    http = session()
    numbers = {http.get(URL + "/x", timeout=5).json()["connection"] for _ in range(50)}
    assert len(numbers) == 1, numbers
    assert http.get(URL + "/empty", timeout=5).status_code == 204
    assert http.get(URL + "/x", timeout=5).json()["connection"] in numbers
    closed = http.get(URL + "/x", headers={"Connection": "close"}, timeout=5)
    assert closed.headers["Connection"] == "close"
    assert http.get(URL + "/x", timeout=5).json()["connection"] not in numbers


def check_bodies():
    http = session()
    body = os.urandom(500_000).hex()
    assert http.post(URL + "/x", data=body, timeout=10).json()["body"] == body
    pieces = (b"piece %d;" % index for index in range(1000))
    whole = "".join("piece %d;" % index for index in range(1000))
    assert http.post(URL + "/x", data=pieces, timeout=10).json()["body"] == whole
    assert len(http.get(URL + "/big", timeout=10).content) == 1_000_000
    large = http.post(URL + "/x", data=b"x" * (5 << 20), timeout=10)
    assert large.status_code == 413


def check_curl():
    command = ["curl", "-sS", "-m", "10"] + (["--cacert", CA] if CA else [])
    with open("/dev/zero", "rb") as zeros:
        text = zeros.read(2_000_000).replace(b"\0", b"y")
    answer = subprocess.run(
        command + ["-H", "Expect: 100-continue", "--data-binary", "@-", URL + "/x"], input=text,
        capture_output=True, check=True)
    assert json.loads(answer.stdout)["body"] == text.decode()
    answer = subprocess.run(
        command + ["--http1.0", "-i", URL + "/x"], capture_output=True, check=True)
    assert b"Connection: close" in answer.stdout


def check_later():
    http = session()
    assert http.get(URL + "/later", timeout=5).json() == {"later": True}
    assert http.get(URL + "/later", timeout=5).json() == {"later": True}


def check_aiohttp():
    async def main():
        async with aiohttp.ClientSession() as http:
            async def one(index):
                async with http.request(
                    ["GET", "POST", "PUT", "DELETE"][index % 4], URL + "/x?i=%d" % index, ssl=TLS,
                    json={"index": index} if index % 4 else None) as answer:
                    seen = await answer.json()
                    assert seen["query"] == "i=%d" % index
            await asyncio.gather(*(one(index) for index in range(200)))
            async with http.ws_connect(WS + "/ws", ssl=TLS, compress=15) as connection:
                for size in (1, 1000, 100_000):
                    text = "z" * size
                    await connection.send_str(text)
                    assert await connection.receive_str(timeout=5) == text

    asyncio.run(main())


def check_httpx():
    """Offers HTTP/2 and is strict about HTTP/1.1."""
    with httpx.Client(http2=True, verify=TLS or True, trust_env=False) as http:
        for index in range(20):
            answer = http.request("POST", URL + "/x?i=%d" % index, json={"a": "0.10"}, timeout=5)
            assert answer.http_version == "HTTP/1.1"
            assert answer.json()["body"].replace(" ", "") == '{"a":"0.10"}'
        assert http.get(URL + "/empty", timeout=5).status_code == 204
        assert len({http.get(URL + "/x", timeout=5).json()["connection"] for _ in range(5)}) == 1


def check_websocket_client():
    options = {"ca_certs": CA} if CA else None
    wire = websocket.create_connection(WS + "/x?a=b", sslopt=options, timeout=5)
    for size in (1, 130, 70_000, 1_000_000):
        wire.send("w" * size)
        assert wire.recv() == "w" * size
    wire.send_binary(b"\x00\x01")
    assert wire.recv() == b"\x00\x01"
    wire.ping("p")
    opcode, data = wire.recv_data(control_frame=True)
    assert (opcode, data) == (websocket.ABNF.OPCODE_PONG, b"p")
    wire.send("close")
    opcode, data = wire.recv_data(control_frame=True)
    assert opcode == websocket.ABNF.OPCODE_CLOSE and data == (4001).to_bytes(2, "big") + b"asked to"
    wire.close()


def check_raw():
    """Requests that arrive byte by byte, and several at once."""
    if CA:
        return
    with socket.create_connection(("127.0.0.1", PORT)) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"GET /one?x HTTP/1.1\r\nHost: h\r\nX-Spaces: \t a b \r\n\r\n":
            wire.sendall(bytes([byte]))
        wire.sendall(b"GET /later HTTP/1.1\r\n\r\nGET /order HTTP/1.1\r\n\r\n" * 2)
        wire.sendall(b"GET http://host/last HTTP/1.1\r\nConnection: close\r\n\r\n")
        text = b""
        while part := wire.recv(65536):
            text += part
    assert text.count(b"HTTP/1.1 200 OK") == 6, text
    assert b'"X-Spaces","a b"' in text
    assert text.index(b"/one") < text.index(b"later") < text.index(b"orders") < text.index(b"/last")
    for bad, status in (
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400), (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"GET /\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431)):
        with socket.create_connection(("127.0.0.1", PORT)) as wire:
            wire.sendall(bad)
            text = wire.recv(65536)
            assert text.startswith(b"HTTP/1.1 %d " % status), (bad[:40], text)


# TLS


def check_trust():
    if not CA:
        return
    try:
        requests.get(URL, timeout=5)
        raise AssertionError("an unknown authority was trusted")
    except requests.exceptions.SSLError:
        pass
    for host in ("localhost", "127.0.0.1", "api.venue.test", "stream.venue.test"):
        answer = subprocess.run(
            ["curl", "-sS", "--cacert", CA, "--resolve", "%s:%d:127.0.0.1" % (host, PORT),
             "https://%s:%d/x" % (host, PORT)], capture_output=True, check=True)
        assert json.loads(answer.stdout)["path"] == "/x"
    refused = subprocess.run(
        ["curl", "-sS", "--cacert", CA, "--resolve", "other.test:%d:127.0.0.1" % PORT,
         "https://other.test:%d/x" % PORT], capture_output=True)
    assert refused.returncode == 60, refused
    shown = subprocess.run(
        ["openssl", "s_client", "-connect", "127.0.0.1:%d" % PORT, "-CAfile", CA, "-alpn",
         "h2,http/1.1", "-servername", "api.venue.test"], stdin=subprocess.DEVNULL,
        capture_output=True).stdout
    assert b"ALPN protocol: http/1.1" in shown and b"Verify return code: 0" in shown
    # Plain text is no way in.
    try:
        requests.get(URL.replace("https", "http"), timeout=5)
        raise AssertionError("plain text was answered")
    except requests.exceptions.ConnectionError:
        pass


# WebSocket


def check_echo():
    async def main():
        for compression in (None, "deflate"):
            async with connect("/echo", compression=compression) as connection:
                agreed = connection.response.headers.get("Sec-WebSocket-Extensions")
                assert agreed == ("permessage-deflate" if compression else None), agreed
                sizes = [1, 2, 125, 126, 65_535, 65_536, 1_000_000]
                sizes += [1 + int.from_bytes(os.urandom(2), "big") for _ in range(60)]
                for size in sizes:
                    text = ("%x" % size) * 3 + os.urandom(size // 2).hex()
                    if len(text) > 1 << 20:
                        text = text[: 1 << 20]
                    await connection.send(text)
                    assert await asyncio.wait_for(connection.recv(), 10) == text, size
                bytes_ = os.urandom(70_000)
                await connection.send(bytes_)
                assert await asyncio.wait_for(connection.recv(), 5) == bytes_

                async def parts():
                    for index in range(20):
                        yield "part %d;" % index * 100

                await connection.send(parts())
                whole = "".join("part %d;" % index * 100 for index in range(20))
                assert await asyncio.wait_for(connection.recv(), 5) == whole
                await asyncio.wait_for(await connection.ping(), 5)
                # Many at once, both ways.
                texts = ["%d" % index * (index % 50 + 1) for index in range(2000)]

                async def send():
                    for text in texts:
                        await connection.send(text)

                sending = asyncio.create_task(send())
                for text in texts:
                    assert await asyncio.wait_for(connection.recv(), 5) == text
                await sending
        async with connect("/plain") as connection:
            assert "Sec-WebSocket-Extensions" not in connection.response.headers

    asyncio.run(main())


def check_handshake():
    async def main():
        path = "/greeting?streams=btcusdt%40depth/ethusdt@trade&x=1"
        async with connect(path, additional_headers={"X-Custom": "c"}) as connection:
            seen = json.loads(await connection.recv())
            assert seen["path"] + "?" + seen["query"] == path
            assert ["X-Custom", "c"] in seen["headers"]
        try:
            async with connect("/refused"):
                raise AssertionError("was not refused")
        except websockets.exceptions.InvalidStatus as refused:
            assert refused.response.status_code == 403
            assert json.loads(refused.response.body) == {"code": -1}
        answer = session().get(
            URL + "/x", headers={"Upgrade": "websocket", "Connection": "Upgrade"}, timeout=5)
        assert answer.status_code == 400

    asyncio.run(main())


def check_closing():
    async def ended(connection):
        try:
            while True:
                await asyncio.wait_for(connection.recv(), 10)
        except websockets.exceptions.ConnectionClosed:
            return connection.close_code, connection.close_reason

    async def main():
        async with connect("/a") as connection:
            await connection.send("close")
            assert await ended(connection) == (4001, "asked to")
        async with connect("/b") as connection:
            await connection.send("cut")
            assert (await ended(connection))[0] == 1006
        async with connect("/c") as connection:
            await connection.close(4002, "our own")
        async with connect("/d") as connection:
            connection.transport.abort()
        async with connect("/small") as connection:
            await connection.send("y" * 101)
            assert (await ended(connection))[0] == 1009
        await until(lambda: len(venue()["closures"]) >= 5, "five closures")
        seen = {closure["path"]: closure for closure in venue()["closures"]}
        assert seen["/a"] == {"path": "/a", "code": 4001, "reason": "asked to", "by_peer": False}
        assert seen["/b"] == {"path": "/b", "code": None, "reason": "cut", "by_peer": False}
        assert seen["/c"] == {"path": "/c", "code": 4002, "reason": "our own", "by_peer": True}
        assert seen["/d"]["code"] is None and seen["/d"]["by_peer"]
        assert seen["/small"]["code"] == 1009
        await until(lambda: admin("/admin/state")["echo"]["streams"] == 0, "no stream left")

    asyncio.run(main())


def check_ping():
    async def main():
        for compression in (None, "deflate"):
            before = venue()["pongs"]
            async with connect("/ping", compression=compression) as connection:
                await until(lambda: venue()["pongs"] >= before + 5, "five pongs")
                await connection.send("alive")
                assert await connection.recv() == "alive"
        # A client that does not answer: the handshake, then nothing is read.
        with silent("/ping"):
            await until(
                lambda: any(c["code"] == 1008 and c["reason"] == "pong timeout"
                            for c in venue()["closures"]), "pong timeout")

    asyncio.run(main())


def check_pushes():
    async def main():
        for compression in (None, "deflate"):
            async with connect("/numbers", compression=compression) as connection:
                numbers = await numbers_of(connection, 2000)
                assert numbers == list(range(numbers[0], numbers[0] + 2000))

    asyncio.run(main())


def check_slow_consumer():
    def closing():
        return [c for c in admin("/admin/state")["echo"]["connections"] if not c["open"]]

    async def main():
        # One that reads again in time is told why.
        with silent("/flood") as wire:
            await until(closing, "the flood cut")
            text, ended = b"", b"\x88\x0f" + (1008).to_bytes(2, "big") + b"slow consumer"
            while not text.endswith(ended):
                part = wire.recv(1 << 20)
                assert part, "cut without a close frame"
                text = text[-100:] + part
        await until(lambda: len(venue()["closures"]) == 1, "the closure")
        # One that does not is forgotten.
        with silent("/flood"):
            await until(lambda: len(venue()["closures"]) == 2, "the second closure")
        assert {c["code"] for c in venue()["closures"]} == {1008}
        await until(lambda: admin("/admin/state")["echo"]["streams"] == 0, "no stream left")

    asyncio.run(main())


# Faults


def check_latency():
    http = session()
    http.get(URL + "/x", timeout=5)
    faults(latency=100_000_000, jitter=50_000_000)
    started = time.monotonic()
    http.get(URL + "/x", timeout=5)
    assert time.monotonic() - started >= 0.1

    async def main():
        async with connect("/numbers") as connection:
            numbers = await numbers_of(connection, 500)
            assert numbers == list(range(numbers[0], numbers[0] + 500))
        async with connect("/echo") as connection:
            started = time.monotonic()
            await connection.send("x")
            await connection.recv()
            assert time.monotonic() - started >= 0.1

    asyncio.run(main())


def check_lost():
    http = session()
    faults(dropped_requests=1_000_000)
    unanswered(lambda: http.post(URL + "/order", timeout=0.3))
    assert venue()["orders"] == 0
    faults(dropped_requests=0, dropped_replies=1_000_000)
    unanswered(lambda: http.post(URL + "/order", timeout=0.3))
    assert venue()["orders"] == 1
    faults(dropped_replies=0, cut_replies=1_000_000)
    try:
        http.post(URL + "/order", timeout=5)
        raise AssertionError("there was an answer")
    except requests.exceptions.ConnectionError:
        pass
    assert venue()["orders"] == 2
    faults(cut_replies=0)
    assert http.post(URL + "/order", timeout=5).json() == {"orders": 3}

    async def main():
        async with connect("/requests") as connection:
            faults(dropped_requests=1_000_000)
            await connection.send("lost")
            await asyncio.sleep(0.1)
            faults(dropped_requests=0, dropped_replies=1_000_000)
            await connection.send("carried out")
            await until(lambda: venue()["orders"] == 4, "the order")
            faults(dropped_replies=0)
            await connection.send("answered")
            assert await asyncio.wait_for(connection.recv(), 5) == "answered"
            assert venue()["orders"] == 5
            faults(cut_replies=1_000_000)
            await connection.send("cut after it")
            try:
                await asyncio.wait_for(connection.recv(), 5)
                raise AssertionError("there was an answer")
            except websockets.exceptions.ConnectionClosed:
                pass
            assert venue()["orders"] == 6

    asyncio.run(main())


def check_lost_pushes():
    async def main():
        async with connect("/numbers") as loser, connect("/echo") as other:
            first = [int(await asyncio.wait_for(loser.recv(), 5)) for _ in range(20)]
            assert first == list(range(first[0], first[0] + 20))
            answer = admin("/admin/lose", {"product": "echo", "path": "/numbers", "nanoseconds": 50_000_000})
            assert answer == {"connections": 1}
            numbers = first[-1:] + await numbers_of(loser, 2000)
            gaps = [b - a for a, b in zip(numbers, numbers[1:]) if b != a + 1]
            # One hole; the connection stays, and so do others and their answers.
            assert len(gaps) == 1 and gaps[0] > 1, gaps
            await other.send("still here")
            assert await other.recv() == "still here"

    asyncio.run(main())
    assert admin("/admin/lose", {"path": "/nobody", "nanoseconds": 1}) == {"connections": 0}
    for body in ({"nanoseconds": 1}, {"path": "/x"}, {"path": "/x", "nanoseconds": -1}):
        assert requests.post(ADMIN + "/admin/lose", json=body, timeout=5).status_code == 400


def check_server_errors():
    http = session()
    faults(server_errors=1_000_000, server_error_status=502)
    assert http.post(URL + "/order", timeout=5).status_code == 502
    assert venue()["orders"] == 0
    faults(server_errors=0, server_errors_carried_out=1_000_000, server_error_status=504)
    assert http.post(URL + "/order", timeout=5).status_code == 504
    assert venue()["orders"] == 1

    async def main():
        async with connect("/requests") as connection:
            await connection.send("order")
            assert "isCarriedOut: true" in await asyncio.wait_for(connection.recv(), 5)

    asyncio.run(main())


def check_bans():
    http = session()
    admin("/admin/faults", {"ban_seconds": 1000})
    answer = http.get(URL + "/x", timeout=5)
    assert answer.status_code == 429 and 900 < int(answer.headers["Retry-After"]) <= 1000

    async def refused():
        try:
            async with connect("/x"):
                return None
        except websockets.exceptions.InvalidStatus as refusal:
            return refusal.response.status_code

    assert asyncio.run(refused()) == 429
    faults(clock_offset=-3_600_000_000_000)
    assert http.get(URL + "/x", timeout=5).status_code == 429
    admin("/admin/faults", {"ban_seconds": 1})
    asyncio.run(until(lambda: http.get(URL + "/x", timeout=5).status_code == 200, "the ban's end"))
    admin("/admin/faults", {"ban_seconds": 100})
    admin("/admin/faults", {"ban_seconds": 0})
    assert http.get(URL + "/x", timeout=5).status_code == 200


def check_maintenance():
    async def main():
        async with connect("/x") as connection:
            faults(maintenance=True)
            try:
                await asyncio.wait_for(connection.recv(), 5)
            except websockets.exceptions.ConnectionClosed:
                assert connection.close_code == 1001
        assert session().get(URL + "/x", timeout=5).status_code == 503
        faults(maintenance=False)
        async with connect("/x") as connection:
            await connection.send("back")
            assert await connection.recv() == "back"

    asyncio.run(main())


def check_disorder():
    async def main():
        faults(duplicated_pushes=200_000)
        async with connect("/numbers") as connection:
            numbers = await numbers_of(connection, 1000)
            assert numbers == sorted(numbers) and 50 < 1000 - len(set(numbers)) < 400
        faults(duplicated_pushes=0, reordered_pushes=100_000)
        async with connect("/numbers") as connection:
            numbers = await numbers_of(connection, 1000)
            assert numbers != sorted(numbers) and len(set(numbers)) == 1000
        async with connect("/echo") as connection:
            for index in range(100):
                await connection.send("%d" % index)
            for index in range(100):
                assert await asyncio.wait_for(connection.recv(), 5) == "%d" % index

    asyncio.run(main())


def check_disconnects():
    async def ended(connection):
        try:
            while True:
                await asyncio.wait_for(connection.recv(), 10)
        except websockets.exceptions.ConnectionClosed:
            return connection.close_code

    async def main():
        first = await connect("/first")
        second = await connect("/second")
        ids = {c["path"]: c["id"] for c in admin("/admin/state")["echo"]["connections"]}
        assert set(ids) == {"/first", "/second"}
        answer = admin("/admin/disconnect", {"product": "echo", "connection": ids["/first"]})
        assert answer == {"disconnected": 1} and await ended(first) == 1006
        await second.send("still here")
        assert await second.recv() == "still here"
        admin("/admin/disconnect", {"code": 1012, "reason": "restart"})
        assert await ended(second) == 1012
        third = await connect("/third")
        admin("/admin/disconnect", {})
        assert await ended(third) == 1006
        fourth, fifth = await connect("/fourth"), await connect("/fifth")
        faults(disconnect_interval=20_000_000)
        assert await ended(fourth) == 1006 and await ended(fifth) == 1006

    asyncio.run(main())


def check_clock():
    faults(clock_offset=5_000_000_000)
    ahead = session().get(URL + "/time", timeout=5).json()["time"] - time.time() * 1000
    assert 4000 < ahead <= 5000, ahead
    faults(clock_offset=-5_000_000_000)
    ahead = session().get(URL + "/time", timeout=5).json()["time"] - time.time() * 1000
    assert -6000 < ahead <= -5000, ahead


def check_admin():
    shown = admin("/admin/faults")
    assert set(shown) == {"echo", "other"} and shown["echo"]["latency"] == 0
    admin("/admin/faults", {"product": "other", "faults": {"latency": 7, "maintenance": True}})
    shown = admin("/admin/faults")
    assert shown["other"]["latency"] == 7 and shown["other"]["maintenance"] is True
    assert shown["echo"]["latency"] == 0
    for body, status in (
        ('{"product": "none"}', 404), ('{"faults": {"latncy": 1}}', 400), ("[", 400),
        ('{"faults": {"latency": -1}}', 400), ('{"faults": {"dropped_replies": 1000001}}', 400),
        ('{"faults": {"server_error_status": 200}}', 400), ('{"ban_seconds": "x"}', 400)):
        answer = requests.post(ADMIN + "/admin/faults", data=body, timeout=5)
        assert answer.status_code == status and answer.json()["error"], (body, answer.text)
    assert requests.get(ADMIN + "/other", timeout=5).status_code == 404
    assert admin("/admin/quit", {}) == {"quitting": True}
    for _ in range(500):
        try:
            requests.get(ADMIN + "/admin/faults", timeout=5)
            time.sleep(0.01)
        except requests.exceptions.ConnectionError:
            return
    raise AssertionError("still serving")


globals()["check_" + CHECK]()
print("passed")
