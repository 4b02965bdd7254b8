/// Lines of a made-up Binance USD-M capture, in the recorded format.
enum Sample {
  static func depth(
    first: Int, final: Int, previous: Int, bids: String = #"["100.10","2.000"]"#,
    asks: String = #"["100.20","1.500"]"#, symbol: String = "BTCUSDT"
  ) -> String {
    """
    17231612550303\(final % 10000 + 10000) {"stream":"x@depth@0ms","data":{"e":"depthUpdate",\
    "E":1723161256299,"T":1723161256298,"s":"\(symbol)","U":\(first),"u":\(final),\
    "pu":\(previous),"b":[\(bids)],"a":[\(asks)]}}
    """
  }

  static func snapshot(
    _ id: Int, bids: String = #"["100.00","5.000"]"#, asks: String = #"["100.30","4.000"]"#
  ) -> String {
    """
    1723161255319702566 {"lastUpdateId":\(id),"E":1723161256501,"T":1723161256493,\
    "bids":[\(bids)],"asks":[\(asks)]}
    """
  }

  static func trade(_ id: Int, symbol: String = "BTCUSDT") -> String {
    """
    1723161255088176367 {"stream":"x@trade","data":{"e":"trade","E":1723161256322,\
    "T":1723161256322,"s":"\(symbol)","t":\(id),"p":"100.15","q":"0.006","X":"MARKET","m":false}}
    """
  }

  static func bookTicker(_ id: Int) -> String {
    """
    1723161255088169167 {"stream":"x@bookTicker","data":{"e":"bookTicker","u":\(id),\
    "s":"BTCUSDT","b":"100.10","B":"2.507","a":"100.20","A":"2.510","T":1723161256313,\
    "E":1723161256313}}
    """
  }
}
