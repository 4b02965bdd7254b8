"""binance-sdk-spot against the simulated Binance spot: answers as the maker's own models read them."""

import asyncio
import unittest
from decimal import Decimal

import simulated
from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_common.errors import BadRequestError
from binance_sdk_spot.rest_api.models import (
    NewOrderSideEnum,
    NewOrderTimeInForceEnum,
    NewOrderTypeEnum,
    OrderListOcoAboveTypeEnum,
    OrderListOcoBelowTypeEnum,
    OrderListOcoSideEnum,
    OrderListOtocoPendingAboveTypeEnum,
    OrderListOtocoPendingBelowTypeEnum,
    OrderListOtocoPendingSideEnum,
    OrderListOtocoWorkingSideEnum,
    OrderListOtocoWorkingTimeInForceEnum,
    OrderListOtocoWorkingTypeEnum,
)
from binance_sdk_spot.spot import Spot
from binance_sdk_spot.websocket_api.models import (
    OrderListPlaceOcoAboveTypeEnum,
    OrderListPlaceOcoBelowTypeEnum,
    OrderListPlaceOcoSideEnum,
    OrderPlaceSideEnum,
    OrderPlaceTimeInForceEnum,
    OrderPlaceTypeEnum,
)

SYMBOL = "BNBUSDT"


def spot(kind="Ed25519", account="main"):
    key = simulated.key(account, kind)
    credentials = {"api_key": key["apiKey"]}
    if kind == "HMAC":
        credentials["api_secret"] = key["secret"]
    else:
        credentials["private_key"] = simulated.private_key(account, kind)
    rest, requests, streams = {}, {}, {}
    if not simulated.ISOLATED:
        rest["base_path"] = simulated.REST
        requests["stream_url"] = simulated.WS_API
        streams["stream_url"] = simulated.STREAMS
    return Spot(
        config_rest_api=ConfigurationRestAPI(**credentials, **rest, retries=0),
        config_ws_api=ConfigurationWebSocketAPI(**credentials, **requests),
        config_ws_streams=ConfigurationWebSocketStreams(**streams),
    )


def unknown_fields(model, path=""):
    """Fields that the maker's models do not know, all the way down."""
    found = []
    if isinstance(model, list):
        for entry in model:
            found += unknown_fields(entry, path)
    extra = getattr(model, "additional_properties", None)
    if extra:
        found += [f"{path}.{name}" for name in extra]
    inner = getattr(model, "actual_instance", None)
    if inner is not None:
        found += unknown_fields(inner, path)
    for name in getattr(type(model), "model_fields", {}):
        if name not in ("actual_instance", "additional_properties"):
            found += unknown_fields(getattr(model, name), f"{path}.{name}")
    return found


class Rest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api = spot().rest_api

    def known(self, response):
        """The answer's data, every field of which the models know."""
        data = response.data()
        self.assertEqual(unknown_fields(data), [])
        return data

    def far_bid(self):
        return float(simulated.on_step(Decimal(self.api.depth(SYMBOL, limit=5).data().bids[0][0]) * Decimal("0.9"), "0.01"))

    def tearDown(self):
        if self.api.get_open_orders(SYMBOL).data():
            self.api.delete_open_orders(SYMBOL)

    def test_every_answer_is_known(self):
        api = self.api
        self.known(api.time())
        info = self.known(api.exchange_info())
        self.assertEqual([entry.symbol for entry in info.symbols], simulated.PRODUCT["symbols"])
        filters = {entry.actual_instance.filter_type: entry.actual_instance for entry in info.symbols[0].filters}
        self.assertEqual(filters["LOT_SIZE"].step_size, "0.00001000")
        self.known(api.depth(SYMBOL, limit=10))
        self.known(api.get_trades(SYMBOL, limit=5))
        self.known(api.historical_trades(SYMBOL, limit=5))
        self.known(api.agg_trades(SYMBOL, limit=5))
        self.known(api.avg_price(SYMBOL))
        self.known(api.klines(SYMBOL, interval="1m", limit=5))
        self.known(api.ticker24hr(symbol=SYMBOL))
        self.known(api.ticker_price(symbol=SYMBOL))
        self.known(api.ticker_book_ticker(symbol=SYMBOL))
        self.known(api.get_account())
        self.known(api.account_commission(SYMBOL))
        self.known(api.rate_limit_order())
        order = self.known(api.new_order(
            SYMBOL, NewOrderSideEnum.BUY, NewOrderTypeEnum.LIMIT, NewOrderTimeInForceEnum.GTC, quantity=1.0,
            price=self.far_bid()))
        self.known(api.get_order(SYMBOL, order_id=order.order_id))
        self.known(api.get_open_orders(SYMBOL))
        amended = self.known(api.order_amend_keep_priority(SYMBOL, new_qty=0.5, order_id=order.order_id))
        self.assertEqual((amended.amended_order.order_id, amended.amended_order.qty), (order.order_id, "0.50000000"))
        amendments = self.known(api.order_amendments(SYMBOL, order.order_id))
        self.assertEqual([(entry.orig_qty, entry.new_qty) for entry in amendments], [("1.00000000", "0.50000000")])
        self.known(api.delete_order(SYMBOL, order_id=order.order_id))
        bought = self.known(api.new_order(SYMBOL, NewOrderSideEnum.BUY, NewOrderTypeEnum.MARKET, quantity=2.0))
        self.assertEqual(bought.status, "FILLED")
        trades = self.known(api.my_trades(SYMBOL, order_id=bought.order_id))
        self.assertEqual([trade.id for trade in trades], [fill.trade_id for fill in bought.fills])
        self.known(api.all_orders(SYMBOL))

    def test_lists_are_known(self):
        api, far = self.api, self.far_bid()
        made = self.known(api.order_list_oco(
            SYMBOL, OrderListOcoSideEnum.BUY, 1.0, OrderListOcoAboveTypeEnum.STOP_LOSS,
            OrderListOcoBelowTypeEnum.LIMIT_MAKER, above_stop_price=900.0, below_price=far))
        self.assertEqual((made.contingency_type, made.list_status_type), ("OCO", "EXEC_STARTED"))
        waiting = self.known(api.order_list_otoco(
            SYMBOL, OrderListOtocoWorkingTypeEnum.LIMIT, OrderListOtocoWorkingSideEnum.BUY, far, 1.0,
            OrderListOtocoPendingSideEnum.SELL, 0.9, OrderListOtocoPendingAboveTypeEnum.LIMIT_MAKER,
            working_time_in_force=OrderListOtocoWorkingTimeInForceEnum.GTC, pending_above_price=900.0,
            pending_below_type=OrderListOtocoPendingBelowTypeEnum.STOP_LOSS, pending_below_stop_price=400.0))
        self.assertEqual([report.status for report in waiting.order_reports], ["NEW", "PENDING_NEW", "PENDING_NEW"])
        self.known(api.get_order_list(order_list_id=made.order_list_id))
        self.assertEqual(len(self.known(api.open_order_list())), 2)
        self.known(api.delete_order_list(SYMBOL, order_list_id=made.order_list_id))
        self.known(api.delete_open_orders(SYMBOL))
        self.assertEqual([entry.list_order_status for entry in self.known(api.all_order_list(limit=2))],
                         ["ALL_DONE", "ALL_DONE"])

    def test_limits_are_read_from_the_headers(self):
        limits = self.api.time().rate_limits
        self.assertTrue(any(limit.rateLimitType == "REQUEST_WEIGHT" and limit.count > 0 for limit in limits))

    def test_refusals(self):
        with self.assertRaises(BadRequestError) as caught:
            self.api.depth("NOTHING")
        self.assertIn("Invalid symbol.", caught.exception.error_message)
        with self.assertRaises(BadRequestError) as caught:
            spot("RSA").rest_api.new_order(
                SYMBOL, NewOrderSideEnum.SELL, NewOrderTypeEnum.MARKET, quantity=1000.0)
        self.assertIn("insufficient balance", caught.exception.error_message)


class Requests(unittest.IsolatedAsyncioTestCase):
    async def test_session_orders_and_events(self):
        api = spot().websocket_api
        connection = await api.create_connection()
        try:
            logon = (await api.session_logon()).data()
            self.assertEqual(logon.result.api_key, simulated.key("main", "Ed25519")["apiKey"])
            self.assertEqual(unknown_fields(logon), [])
            subscribed = await api.user_data_stream_subscribe()
            events = asyncio.Queue()
            subscribed.stream.on("message", events.put_nowait)
            self.assertTrue((await api.session_status()).data().result.user_data_stream)
            book = (await api.depth(SYMBOL, limit=5)).data()
            price = float(simulated.on_step(Decimal(book.result.bids[0][0]) * Decimal("0.9"), "0.01"))
            placed = (await api.order_place(
                SYMBOL, OrderPlaceSideEnum.BUY, OrderPlaceTypeEnum.LIMIT,
                time_in_force=OrderPlaceTimeInForceEnum.GTC, price=price, quantity=1.0)).data()
            self.assertEqual((placed.status, placed.result.status), (200, "NEW"))
            self.assertEqual(unknown_fields(placed), [])
            first = await asyncio.wait_for(events.get(), 20)
            report = first.actual_instance
            self.assertEqual((report.i, report.x, report.X), (placed.result.order_id, "NEW", "NEW"))
            self.assertEqual(unknown_fields(first), [])
            canceled = (await api.order_cancel(SYMBOL, order_id=placed.result.order_id)).data()
            self.assertEqual(canceled.result.status, "CANCELED")
            self.assertEqual(unknown_fields(canceled), [])
            # A list: its orders, then the list itself.
            listed = (await api.order_list_place_oco(
                SYMBOL, OrderListPlaceOcoSideEnum.BUY, 1.0, OrderListPlaceOcoAboveTypeEnum.STOP_LOSS,
                OrderListPlaceOcoBelowTypeEnum.LIMIT_MAKER, above_stop_price=900.0, below_price=price)).data()
            self.assertEqual(unknown_fields(listed), [])
            heard = []
            while not heard or heard[-1].actual_instance.e != "listStatus":
                heard.append(await asyncio.wait_for(events.get(), 20))
                self.assertEqual(unknown_fields(heard[-1]), [])
            self.assertEqual(heard[-1].actual_instance.g, listed.result.order_list_id)
            self.assertEqual(
                len((await api.open_order_lists_status()).data().result), 1)
            ended = (await api.order_list_cancel(SYMBOL, order_list_id=listed.result.order_list_id)).data()
            self.assertEqual([report.status for report in ended.result.order_reports], ["CANCELED", "CANCELED"])
            self.assertEqual(unknown_fields(ended), [])
            self.assertEqual(unknown_fields((await api.account_status()).data()), [])
            self.assertEqual((await api.user_data_stream_unsubscribe()).data().status, 200)
            self.assertIsNone((await api.session_logout()).data().result.api_key)
        finally:
            await api.close_connection()


class MarketStreams(unittest.IsolatedAsyncioTestCase):
    async def test_every_stream_is_known(self):
        streams = spot().websocket_streams
        await streams.create_connection()
        try:
            queues = {}
            for name, make in {
                "trade": streams.trade, "agg_trade": streams.agg_trade, "book_ticker": streams.book_ticker,
                "ticker": streams.ticker, "mini_ticker": streams.mini_ticker, "avg_price": streams.avg_price,
                "diff_book_depth": streams.diff_book_depth,
            }.items():
                handle = await make(symbol="btcusdt")
                queues[name] = asyncio.Queue()
                handle.on("message", queues[name].put_nowait)
                # The venue takes five messages a second.
                await asyncio.sleep(0.5)
            for name, waiting in queues.items():
                message = await asyncio.wait_for(waiting.get(), 30)
                self.assertEqual(unknown_fields(message), [], name)
                self.assertEqual(message.s, "BTCUSDT", name)
        finally:
            await streams.close_connection()


if __name__ == "__main__":
    unittest.main()
