"""binance-sdk-derivatives-trading-usds-futures against the simulated Binance USD-M futures: answers as the
maker's own models read them."""

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
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import (
    DerivativesTradingUsdsFutures,
)
from binance_sdk_derivatives_trading_usds_futures.rest_api.models import (
    KlineCandlestickDataIntervalEnum,
    ModifyOrderSideEnum,
    NewAlgoOrderAlgoTypeEnum,
    NewAlgoOrderSideEnum,
    NewAlgoOrderTypeEnum,
    NewOrderNewOrderRespTypeEnum,
    NewOrderSideEnum,
    NewOrderTimeInForceEnum,
    NewOrderTypeEnum,
)
from binance_sdk_derivatives_trading_usds_futures.websocket_api import models as requests

SYMBOL = "BTCUSDT"


def futures(kind="Ed25519", account="main"):
    key = simulated.key(account, kind)
    credentials = {"api_key": key["apiKey"]}
    if kind == "HMAC":
        credentials["api_secret"] = key["secret"]
    else:
        credentials["private_key"] = simulated.private_key(account, kind)
    rest, api, streams = {}, {}, {}
    if not simulated.ISOLATED:
        rest["base_path"] = simulated.REST
        api["stream_url"] = simulated.WS_API
        streams["stream_url"] = simulated.STREAMS
    return DerivativesTradingUsdsFutures(
        config_rest_api=ConfigurationRestAPI(**credentials, **rest, retries=0),
        config_ws_api=ConfigurationWebSocketAPI(**credentials, **api),
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
        cls.api = futures().rest_api

    def tearDown(self):
        self.api.cancel_all_open_orders(SYMBOL)
        self.api.cancel_all_algo_open_orders(SYMBOL)

    # What the venue answers beyond its maker's models.
    BEYOND = {
        ".cum_quote", ".cumQuote", ".avg_price", ".avgPrice", ".fee_burn", ".feeBurn", ".isolated", ".adlQuantile",
        ".maxMoveOrderLimit", ".max_move_order_limit", ".lastUpdateId", ".time", ".liquidation_price",
        ".futuresType",
    }

    def known(self, response):
        """The answer's data, every field of which the models know."""
        data = response.data()
        self.assertEqual([name for name in unknown_fields(data) if "." + name.split(".")[-1] not in self.BEYOND], [])
        return data

    def far_bid(self, part="0.96"):
        return float(simulated.on_step(
            Decimal(self.api.order_book(SYMBOL, limit=5).data().bids[0][0]) * Decimal(part), "0.1"))

    def test_every_answer_is_known(self):
        api = self.api
        self.known(api.check_server_time())
        info = self.known(api.exchange_information())
        self.assertEqual([entry.symbol for entry in info.symbols], simulated.PRODUCT["symbols"])
        self.known(api.order_book(SYMBOL, limit=10))
        self.known(api.recent_trades_list(SYMBOL, limit=5))
        self.known(api.compressed_aggregate_trades_list(SYMBOL, limit=5))
        self.known(api.kline_candlestick_data(SYMBOL, KlineCandlestickDataIntervalEnum.INTERVAL_1m, limit=5))
        self.known(api.ticker24hr_price_change_statistics(symbol=SYMBOL))
        self.known(api.symbol_price_ticker(symbol=SYMBOL))
        self.known(api.symbol_order_book_ticker(symbol=SYMBOL))
        self.known(api.mark_price(symbol=SYMBOL))
        self.known(api.open_interest(SYMBOL))
        self.known(api.account_information_v2())
        self.known(api.account_information_v3())
        self.known(api.futures_account_balance_v3())
        self.known(api.futures_account_configuration())
        self.known(api.symbol_configuration())
        self.known(api.position_information_v2(symbol=SYMBOL))
        self.known(api.user_commission_rate(SYMBOL))
        self.known(api.notional_and_leverage_brackets(symbol=SYMBOL))
        self.known(api.position_adl_quantile_estimation(symbol=SYMBOL))
        self.known(api.get_current_position_mode())
        self.known(api.get_current_multi_assets_mode())
        self.known(api.query_user_rate_limit())
        self.assertEqual(self.known(api.change_initial_leverage(SYMBOL, 20)).leverage, 20)

    def test_orders(self):
        api = self.api
        order = self.known(api.new_order(
            SYMBOL, NewOrderSideEnum.BUY, NewOrderTypeEnum.LIMIT, time_in_force=NewOrderTimeInForceEnum.GTC,
            quantity=0.02, price=self.far_bid()))
        self.assertEqual((order.status, order.orig_qty), ("NEW", "0.020"))
        self.assertEqual(self.known(api.query_order(SYMBOL, order_id=order.order_id)).order_id, order.order_id)
        self.known(api.query_current_open_order(SYMBOL, order_id=order.order_id))
        self.assertEqual(len(self.known(api.current_all_open_orders(symbol=SYMBOL))), 1)
        changed = self.known(api.modify_order(
            SYMBOL, ModifyOrderSideEnum.BUY, 0.01, self.far_bid("0.97"), order_id=order.order_id))
        self.assertEqual(changed.orig_qty, "0.010")
        self.assertEqual(self.known(api.cancel_order(SYMBOL, order_id=order.order_id)).status, "CANCELED")
        bought = self.known(api.new_order(
            SYMBOL, NewOrderSideEnum.BUY, NewOrderTypeEnum.MARKET, quantity=0.1,
            new_order_resp_type=NewOrderNewOrderRespTypeEnum.RESULT))
        self.assertEqual(bought.status, "FILLED")
        trades = self.known(api.account_trade_list(SYMBOL, order_id=bought.order_id))
        self.assertEqual(sum(Decimal(trade.qty) for trade in trades), Decimal("0.1"))
        position = self.known(api.position_information_v3(symbol=SYMBOL))[0]
        self.assertEqual(position.position_amt, "0.100")
        api.new_order(SYMBOL, NewOrderSideEnum.SELL, NewOrderTypeEnum.MARKET, quantity=0.1)
        self.known(api.get_income_history())
        self.known(api.all_orders(SYMBOL))

    def test_algo_orders(self):
        order = self.known(self.api.new_algo_order(
            NewAlgoOrderAlgoTypeEnum.CONDITIONAL, SYMBOL, NewAlgoOrderSideEnum.SELL,
            NewAlgoOrderTypeEnum.STOP_MARKET, quantity=0.02, trigger_price=self.far_bid()))
        self.assertEqual((order.algo_status, order.order_type), ("NEW", "STOP_MARKET"))
        self.assertEqual(
            [entry.algo_id for entry in self.known(self.api.current_all_algo_open_orders())], [order.algo_id])
        self.known(self.api.query_algo_order(algo_id=order.algo_id))
        self.assertEqual(self.known(self.api.cancel_algo_order(algo_id=order.algo_id)).algo_id, order.algo_id)

    def test_refusals(self):
        with self.assertRaises(BadRequestError) as caught:
            self.api.order_book("NOTHING")
        self.assertIn("Invalid symbol.", caught.exception.error_message)


class Requests(unittest.IsolatedAsyncioTestCase):
    async def test_orders(self):
        for kind in ("Ed25519", "HMAC"):
            made = futures(kind)
            api = made.websocket_api
            await api.create_connection()
            try:
                self.assertEqual((await api.order_book(SYMBOL, limit=5)).data().status, 200)
                book = (await asyncio.to_thread(made.rest_api.order_book, SYMBOL, limit=5)).data()
                price = float(simulated.on_step(Decimal(book.bids[0][0]) * Decimal("0.96"), "0.1"))
                placed = (await api.new_order(
                    SYMBOL, requests.NewOrderSideEnum.BUY, requests.NewOrderTypeEnum.LIMIT,
                    time_in_force=requests.NewOrderTimeInForceEnum.GTC, price=price, quantity=0.01)).data()
                self.assertEqual((placed.status, placed.result.status), (200, "NEW"))
                number = placed.result.order_id
                changed = (await api.modify_order(
                    SYMBOL, requests.ModifyOrderSideEnum.BUY, 0.02, price, order_id=number)).data()
                self.assertEqual(changed.result.orig_qty, "0.020")
                found = (await api.query_order(SYMBOL, order_id=number)).data()
                self.assertEqual(found.result.orig_qty, "0.020")
                canceled = (await api.cancel_order(SYMBOL, order_id=number)).data()
                self.assertEqual(canceled.result.status, "CANCELED")
                self.assertEqual((await api.account_information_v2()).data().status, 200)
                self.assertEqual((await api.position_information_v2(symbol=SYMBOL)).data().status, 200)
            finally:
                await api.close_connection()


class Streams(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.made = futures()
        self.streams = self.made.websocket_streams
        await self.streams.create_connection()

    async def asyncTearDown(self):
        await self.streams.close_connection()

    async def test_every_stream_is_known(self):
        queues = {}
        for name, make in {
            "agg_trade": self.streams.aggregate_trade_streams,
            "book_ticker": self.streams.individual_symbol_book_ticker_streams,
            "ticker": self.streams.individual_symbol_ticker_streams,
            "mark_price": self.streams.mark_price_stream,
            "depth": self.streams.diff_book_depth_streams,
        }.items():
            handle = await make(symbol="btcusdt")
            queues[name] = asyncio.Queue()
            handle.on("message", queues[name].put_nowait)
        for name, waiting in queues.items():
            message = await asyncio.wait_for(waiting.get(), 30)
            self.assertEqual(unknown_fields(message), [], name)
            self.assertEqual(message.s, "BTCUSDT", name)

    async def test_user_events_are_known(self):
        listen_key = self.made.rest_api.start_user_data_stream().data().listen_key
        handle = await self.streams.user_data(listen_key)
        events = asyncio.Queue()
        handle.on("message", events.put_nowait)
        for side in (NewOrderSideEnum.BUY, NewOrderSideEnum.SELL):
            await asyncio.to_thread(
                self.made.rest_api.new_order, SYMBOL, side, NewOrderTypeEnum.MARKET, quantity=0.01)
        kinds = set()
        while kinds != {"TradeLite", "AccountUpdate", "OrderTradeUpdate"}:
            event = (await asyncio.wait_for(events.get(), 30)).actual_instance
            kinds.add(type(event).__name__)
            self.assertEqual(unknown_fields(event), [])


if __name__ == "__main__":
    unittest.main()
