/// One stream of a line: a connection that carries some of what is subscribed.
struct MarketStream {
  /// Among the session's channels.
  let channel: Int
  /// Among its dialect's.
  let place: Int
  var isOpen = false
  /// The next symbol to subscribe.
  var next = 0
  /// When the next subscription message may be sent; `Int64.max` for none to send.
  var subscribeAt: Int64 = .max
}

/// One of a session's lines: all the streams of its dialect, once. A line decodes for itself, for a
/// dialect may keep what its own stream said before.
struct MarketLine<Dialect: MarketDialect> {
  var dialect: Dialect
  /// The stream of books first.
  var streams: [MarketStream]
  var heartbeatAt: Int64 = .max
  /// When it is to be closed and opened again; `Int64.max` for never.
  var renewAt: Int64 = .max
  /// It was closed to be opened again.
  var isRenewing = false
  /// Subscription messages sent over the stream of books since it is open, and answers to them.
  var askedCount = 0
  var acknowledgedCount = 0
  /// Books of which its last message could not be read.
  var unreadable: [Bool]
  var counts = LineCounts()

  /// - Parameter channels: where its streams are among the session's channels.
  init(_ dialect: Dialect, channels: [Int], symbolCount: Int) {
    self.dialect = dialect
    streams = zip([0] + dialect.sideStreams, channels).map {
      MarketStream(channel: $1, place: $0)
    }
    unreadable = Array(repeating: false, count: symbolCount)
  }

  /// Whether its books can come.
  var isOpen: Bool { streams[0].isOpen }

  /// Whether everything was subscribed to.
  func isSubscribed(_ symbolCount: Int) -> Bool { isOpen && streams[0].next >= symbolCount }
}
