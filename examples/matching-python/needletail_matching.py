"""Order books of libneedletail_matching, by ctypes. needletail_matching.h documents every call."""

import ctypes as c
import enum
import os
from collections import namedtuple


class Side(enum.IntEnum):
    BUY = 0
    SELL = 1


class Type(enum.IntEnum):
    MARKET = 1
    LIMIT = 2
    STOP = 3
    STOP_LIMIT = 4
    TRAILING_STOP = 5
    PEGGED = 6


class Time(enum.IntEnum):
    DAY = 0
    GOOD_TILL_CANCEL = 1
    IMMEDIATE_OR_CANCEL = 3
    FILL_OR_KILL = 4
    GOOD_TILL_DATE = 6


class Kind(enum.IntEnum):
    ACCEPTED = 0
    REJECTED = 1
    TRADE = 2
    CANCELED = 3
    REDUCED = 4
    REPLACED = 5
    CANCEL_REJECTED = 6
    REPLACE_REJECTED = 7
    TRIGGERED = 8
    EXPIRED = 9


ANY_PRICE = {Side.BUY: 2**63 - 1, Side.SELL: -(2**63)}
Level = namedtuple("Level", "price quantity order_count")


class Error(Exception):
    """The library was used wrongly. An order that a book refuses is a report instead."""


class _Config(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("reserved", c.c_uint32)] + [
        (name, c.c_uint64)
        for name in (
            "order_capacity reserved_orders level_pages identifier_span level_change_capacity "
            "order_change_capacity report_capacity seed"
        ).split()
    ]


class _Order(c.Structure):
    _fields_ = (
        [("struct_size", c.c_uint32)]
        + [
            (name, c.c_uint8)
            for name in "side type time_in_force instructions self_trade_prevention peg".split()
        ]
        + [("reserved", c.c_uint8 * 2), ("owner", c.c_uint32), ("order_id", c.c_uint64)]
        + [
            (name, c.c_int64)
            for name in (
                "price quantity stop_price trailing_offset peg_offset display_quantity "
                "display_range min_quantity expire_time"
            ).split()
        ]
    )


class Report(c.Structure):
    """What happened: kind, side, reason, order_id, price, quantity, leaves, and the maker's."""

    _fields_ = (
        [(name, c.c_uint8) for name in "kind side reason reserved".split()]
        + [(name, c.c_uint32) for name in "trade_number owner maker_owner".split()]
        + [(name, c.c_uint64) for name in "order_id maker_order_id".split()]
        + [(name, c.c_int64) for name in "price quantity leaves maker_leaves".split()]
    )

    def __str__(self):
        maker = f" with {self.maker_order_id}" if self.kind == Kind.TRADE else ""
        reason = f", reason {self.reason}" if self.reason else ""
        return (
            f"{Kind(self.kind).name.lower()} {Side(self.side).name.lower()} {self.order_id}{maker}: "
            f"{self.quantity} at {self.price}, leaves {self.leaves}{reason}"
        )


class _Level(c.Structure):
    _fields_ = [
        ("price", c.c_int64),
        ("quantity", c.c_int64),
        ("order_count", c.c_uint32),
        ("reserved", c.c_uint32),
    ]


class Library:
    """Loads the library; holds up to `book_capacity` books at a time."""

    VERSION = 0x010000

    def __init__(self, path=None, book_capacity=64):
        self._handle = c.c_void_p()
        path = path or os.environ.get("NEEDLETAIL_MATCHING", "libneedletail_matching.so.1")
        self._functions = c.CDLL(path)
        self._functions.ntm_status_text.restype = c.c_char_p
        # Numbers that ctypes would otherwise pass as 32 bits.
        i64, u64, p = c.c_int64, c.c_uint64, c.c_void_p
        self._functions.ntm_library_destroy.argtypes = [p]
        self._functions.ntm_library_destroy.restype = None
        for name, arguments in {
            "library_create": [c.c_uint32, c.c_uint32, p],
            "book_create": [p, p, p],
            "book_destroy": [p, u64],
            "submit": [p, u64, p],
            "modify": [p, u64, u64, i64, i64],
            "cancel": [p, u64, u64],
            "cancel_all": [p, u64, i64, c.c_uint8, p],
            "advance": [p, u64, i64],
            "end_day": [p, u64],
            "set_phase": [p, u64, c.c_uint8, i64],
            "reports": [p, u64, p, p],
            "depth": [p, u64, c.c_uint8, p, u64, p],
            "state_hash": [p, u64, p],
        }.items():
            getattr(self._functions, "ntm_" + name).argtypes = arguments
        self.call("library_create", self.VERSION, book_capacity, c.byref(self._handle))

    def call(self, name, *arguments):
        """Calls ntm_<name>; False when what was asked for is not there."""
        status = getattr(self._functions, "ntm_" + name)(*arguments)
        if status < 0:
            raise Error(self._functions.ntm_status_text(status).decode())
        return status == 0

    def book(self, **config):
        """Makes a book; see ntm_book_config."""
        return Book(self, config)

    @property
    def handle(self):
        return self._handle

    def close(self):
        """Ends the library and its books."""
        if self._handle:
            self._functions.ntm_library_destroy(self._handle)
            self._handle = c.c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Book:
    """One order book. Requests give their reports as a list."""

    def __init__(self, library, config):
        filled = {"order_capacity": 65536, "reserved_orders": 1024, **config}
        settings = _Config(struct_size=c.sizeof(_Config), **filled)
        self._library = library
        self._handle = c.c_uint64()
        library.call("book_create", library.handle, c.byref(settings), c.byref(self._handle))

    def submit(self, order_id, side, quantity, price=None, **terms):
        """Enters an order: a limit order at `price`, or a market order; `terms` as in ntm_order."""
        is_market = price is None
        defaults = {
            "price": ANY_PRICE[side] if is_market else price,
            "type": Type.MARKET if is_market else Type.LIMIT,
            "time_in_force": Time.IMMEDIATE_OR_CANCEL if is_market else Time.GOOD_TILL_CANCEL,
        }
        order = _Order(struct_size=c.sizeof(_Order), order_id=order_id, side=side)
        for name, value in {**defaults, "quantity": quantity, **terms}.items():
            setattr(order, name, value)
        return self._request("submit", c.byref(order))

    def modify(self, order_id, price, quantity):
        return self._request("modify", order_id, price, quantity)

    def cancel(self, order_id):
        return self._request("cancel", order_id)

    def cancel_all(self, owner=-1, side=2):
        return self._request("cancel_all", owner, side, None)

    def advance(self, time):
        return self._request("advance", time)

    def end_day(self):
        return self._request("end_day")

    def set_phase(self, phase, reference_price=0):
        return self._request("set_phase", phase, reference_price)

    def depth(self, side, count=10):
        """The best `count` levels, best first."""
        levels, written = (_Level * count)(), c.c_uint64()
        self._call("depth", side, levels, count, c.byref(written))
        return [Level(x.price, x.quantity, x.order_count) for x in levels[: written.value]]

    @property
    def state_hash(self):
        value = c.c_uint64()
        self._call("state_hash", c.byref(value))
        return value.value

    def close(self):
        self._call("book_destroy")

    def _call(self, name, *arguments):
        return self._library.call(name, self._library.handle, self._handle, *arguments)

    def _request(self, name, *arguments):
        self._call(name, *arguments)
        reports, count = c.POINTER(Report)(), c.c_uint64()
        self._call("reports", c.byref(reports), c.byref(count))
        # Copied, because the library's own are good only until the next request.
        return [Report.from_buffer_copy(reports[i]) for i in range(count.value)]
