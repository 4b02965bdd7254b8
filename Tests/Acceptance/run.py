"""Runs the acceptance tests of all venues: see .ci/acceptance.

run.py [--isolated] TOOL ENVIRONMENTS [VENUE ...]

Every folder here is a venue: venue.json tells which product is simulated and which environment each
test file runs in. Each file meets a simulator of its own.
"""

import base64
import csv
import fcntl
import hashlib
import json
import os
import pathlib
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent


def raise_loopback():
    """Brings the loopback interface of a new network namespace up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(handle, 0x8913, request))[1]  # SIOCGIFFLAGS
        fcntl.ioctl(handle, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))  # SIOCSIFFLAGS, up


def name_hosts(names, folder):
    """Lets `names` lead to loopback, in this mount namespace alone."""
    hosts = folder / "hosts"
    lines = ["127.0.0.1 localhost"] + [f"127.0.0.1 {name}" for name in names]
    hosts.write_text("\n".join(lines) + "\n")
    subprocess.run(["mount", "--bind", str(hosts), "/etc/hosts"], check=True)


class Forwarder:
    """Carries connections of a second port to the simulator's."""

    def __init__(self, port, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        other = {client: server, server: client}
        with client, server:
            while other:
                for end in select.select(list(other), [], [])[0]:
                    try:
                        data = end.recv(65536)
                        if not data:
                            return
                        other[end].sendall(data)
                    except OSError:
                        return

    def close(self):
        # Ends the waiting accept too, which would keep the port.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.accepting.join()


class Simulator:
    """A simulated product with its ready line."""

    def __init__(self, tool, product, port, options):
        command = [tool, "simulate", product, "--tls", "--port", str(port), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{product}: the simulator did not start")
        self.ready = json.loads(line)

    def stop(self):
        self.process.terminate()
        try:
            status = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError("the simulator did not stop within 20 s of SIGTERM")
        if status != 0:
            raise RuntimeError(f"the simulator ended with status {status}")


def check_wheels(environment):
    """How many files of an environment's packages are as their wheels say; the others are listed."""
    count = 0
    changed = []
    for record in sorted(environment.glob("lib/python3*/site-packages/*.dist-info/RECORD")):
        for path, digest, _ in csv.reader(record.read_text().splitlines()):
            # Only what the installer wrote itself has no digest; scripts name the environment's Python.
            if not digest or path.startswith("../"):
                continue
            kind, expected = digest.split("=", 1)
            file = record.parent.parent / path
            if not file.exists():
                changed.append(f"{path}: missing")
                continue
            found = hashlib.new(kind, file.read_bytes()).digest()
            if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != expected:
                changed.append(f"{path}: changed")
            count += 1
    return count, changed


def run_file(tool, environments, venue, plan, test, isolated):
    """Runs one test file; true when all of it passed."""
    port = 443 if isolated else 0
    environment = environments / test["environment"]
    checked, changed = check_wheels(environment)
    if changed:
        print(f"not ok {venue.name}/{test['file']}: not as its wheels: {', '.join(changed[:5])}")
        return False
    folder = pathlib.Path(tempfile.mkdtemp(prefix="needletail-acceptance-"))
    forwarders = []
    simulator = None
    try:
        simulator = Simulator(tool, plan["product"], port, test.get("options", []))
        product = simulator.ready["products"][plan["product"]]
        if isolated:
            name_hosts(product["hosts"], folder)
            forwarders = [Forwarder(other, port) for other in plan.get("other_ports", [])]
        (folder / "ready.json").write_text(json.dumps(simulator.ready))
        authority = simulator.ready["ca"]
        variables = dict(
            os.environ,
            NEEDLETAIL_READY=str(folder / "ready.json"),
            NEEDLETAIL_PRODUCT=plan["product"],
            NEEDLETAIL_ISOLATED="1" if isolated else "",
            SSL_CERT_FILE=authority,
            REQUESTS_CA_BUNDLE=authority,
            WEBSOCKET_CLIENT_CA_BUNDLE=authority,
            PYTHONDONTWRITEBYTECODE="1",
            PYTHONPATH=str(venue),
        )
        command = [str(environment / "bin/python"), "-W", "ignore", "-m", "unittest", "-v", test["file"][:-3]]
        started = time.monotonic()
        outcome = subprocess.run(command, cwd=venue, env=variables, timeout=test.get("timeout", 300))
        word = "ok" if outcome.returncode == 0 else "not ok"
        took = time.monotonic() - started
        print(f"{word} {venue.name}/{test['file']} ({checked} library files as their wheels, {took:.0f} s)", flush=True)
        return outcome.returncode == 0
    except (RuntimeError, subprocess.TimeoutExpired, OSError) as problem:
        print(f"not ok {venue.name}/{test['file']}: {problem}", flush=True)
        return False
    finally:
        for forwarder in forwarders:
            forwarder.close()
        if isolated:
            subprocess.run(["umount", "/etc/hosts"], stderr=subprocess.DEVNULL)
        if simulator:
            try:
                simulator.stop()
            except RuntimeError as problem:
                print(f"not ok {venue.name}: {problem}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)


def main():
    arguments = sys.argv[1:]
    isolated = arguments[0] == "--isolated"
    if isolated:
        arguments = arguments[1:]
        raise_loopback()
    tool, environments, *chosen = arguments
    environments = pathlib.Path(environments).resolve()
    passed = failed = 0
    for plan_file in sorted(HERE.glob("*/venue.json")):
        venue = plan_file.parent
        if chosen and venue.name not in chosen:
            continue
        plan = json.loads(plan_file.read_text())
        for test in plan["tests"]:
            if run_file(str(pathlib.Path(tool).resolve()), environments, venue, plan, test, isolated):
                passed += 1
            else:
                failed += 1
    print(f"acceptance: {passed} files passed, {failed} failed" + ("" if isolated else " (not isolated)"))
    if passed + failed == 0:
        return 2
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
