import TradingModel

// Every code of https://developers.binance.com/docs/binance-spot-api-docs/errors, those of FIX and
// SBE sessions too: they share the numbers.
extension BinanceErrors {
  enum Rule {
    case fixed(VenueErrorMeaning)
    /// The text says more.
    case message
    /// A limit, and by whom it is counted; the text may say until when.
    case limit(RateLimitScope)
    /// The limit on new orders.
    case orderLimit
  }

  static let documented: [Int64: Rule] = {
    var rules: [Int64: Rule] = [:]
    for (code, _, rule) in list { rules[code] = rule }
    return rules
  }()

  static let names: [Int64: String] = {
    var names: [Int64: String] = [:]
    for (code, name, _) in list { names[code] = name }
    return names
  }()

  private static let refused = Rule.fixed(.reject(.other))

  static let list: [(code: Int64, name: String, rule: Rule)] =
    general + requests + sessions + orders

  /// 10xx: server or network.
  private static let general: [(Int64, String, Rule)] = [
    (-1000, "UNKNOWN", .fixed(.askFirst)),
    // "Internal error; unable to process your request": not that nothing of it was done.
    (-1001, "DISCONNECTED", .fixed(.askFirst)),
    (-1002, "UNAUTHORIZED", .fixed(.stop(.permission))),
    (-1003, "TOO_MANY_REQUESTS", .limit(.address)),
    (-1004, "SERVER_BUSY", .fixed(.retry)),
    (-1006, "UNEXPECTED_RESP", .fixed(.askFirst)),
    (-1007, "TIMEOUT", .fixed(.askFirst)),
    (-1008, "SERVER_BUSY", .fixed(.retry)),
    (-1010, "ERROR_MSG_RECEIVED", .message),
    (-1013, "INVALID_MESSAGE", .message),
    (-1014, "UNKNOWN_ORDER_COMPOSITION", refused),
    (-1015, "TOO_MANY_ORDERS", .orderLimit),
    (-1016, "SERVICE_SHUTTING_DOWN", .fixed(.reject(.venueClosed))),
    (-1020, "UNSUPPORTED_OPERATION", refused),
    (-1021, "INVALID_TIMESTAMP", .fixed(.resynchronize)),
    (-1022, "INVALID_SIGNATURE", .fixed(.stop(.signature))),
    (-1033, "COMP_ID_IN_USE", .fixed(.stop(.loggedOut))),
    (-1034, "TOO_MANY_CONNECTIONS", .limit(.key)),
    (-1035, "LOGGED_OUT", .fixed(.stop(.loggedOut))),
    (-1099, "NOT_AUTHORIZED", .fixed(.stop(.permission))),
  ]

  /// 11xx and 12xx: what was asked.
  private static let requests: [(Int64, String, Rule)] = [
    (-1100, "ILLEGAL_CHARS", refused),
    (-1101, "TOO_MANY_PARAMETERS", refused),
    (-1102, "MANDATORY_PARAM_EMPTY_OR_MALFORMED", refused),
    (-1103, "UNKNOWN_PARAM", refused),
    (-1104, "UNREAD_PARAMETERS", refused),
    (-1105, "PARAM_EMPTY", refused),
    (-1106, "PARAM_NOT_REQUIRED", refused),
    (-1108, "PARAM_OVERFLOW", refused),
    (-1111, "BAD_PRECISION", .fixed(.reject(.offGrid))),
    (-1112, "NO_DEPTH", .fixed(.reject(.noLiquidity))),
    (-1114, "TIF_NOT_REQUIRED", refused),
    (-1115, "INVALID_TIF", refused),
    (-1116, "INVALID_ORDER_TYPE", refused),
    (-1117, "INVALID_SIDE", refused),
    (-1118, "EMPTY_NEW_CL_ORD_ID", refused),
    (-1119, "EMPTY_ORG_CL_ORD_ID", refused),
    (-1120, "BAD_INTERVAL", refused),
    (-1121, "BAD_SYMBOL", refused),
    (-1122, "INVALID_SYMBOLSTATUS", refused),
    (-1125, "INVALID_LISTEN_KEY", refused),
    (-1127, "MORE_THAN_XX_HOURS", refused),
    (-1128, "OPTIONAL_PARAMS_BAD_COMBO", refused),
    (-1130, "INVALID_PARAMETER", refused),
    (-1131, "BAD_RECV_WINDOW", refused),
    (-1134, "BAD_STRATEGY_TYPE", refused),
    (-1135, "INVALID_JSON", refused),
    (-1139, "INVALID_TICKER_TYPE", refused),
    (-1145, "INVALID_CANCEL_RESTRICTIONS", refused),
    (-1151, "DUPLICATE_SYMBOLS", refused),
    (-1152, "INVALID_SBE_HEADER", refused),
    (-1153, "UNSUPPORTED_SCHEMA_ID", refused),
    (-1155, "SBE_DISABLED", refused),
    (-1158, "OCO_ORDER_TYPE_REJECTED", refused),
    (-1160, "OCO_ICEBERGQTY_TIMEINFORCE", refused),
    // The response could not be encoded: the request may have been carried out.
    (-1161, "DEPRECATED_SCHEMA", .fixed(.askFirst)),
    (-1165, "BUY_OCO_LIMIT_MUST_BE_BELOW", refused),
    (-1166, "SELL_OCO_LIMIT_MUST_BE_ABOVE", refused),
    (-1168, "BOTH_OCO_ORDERS_CANNOT_BE_LIMIT", refused),
    (-1194, "INVALID_TIME_UNIT", refused),
    (-1196, "BUY_OCO_STOP_LOSS_MUST_BE_ABOVE", refused),
    (-1197, "SELL_OCO_STOP_LOSS_MUST_BE_BELOW", refused),
    (-1198, "BUY_OCO_TAKE_PROFIT_MUST_BE_BELOW", refused),
    (-1199, "SELL_OCO_TAKE_PROFIT_MUST_BE_ABOVE", refused),
    (-1210, "INVALID_PEG_PRICE_TYPE", refused),
    (-1211, "INVALID_PEG_OFFSET_TYPE", refused),
    (-1220, "SYMBOL_DOES_NOT_MATCH_STATUS", .fixed(.reject(.venueClosed))),
    (-1221, "INVALID_SBE_MESSAGE_FIELD", refused),
    (-1222, "OPO_WORKING_MUST_BE_BUY", refused),
    (-1223, "OPO_PENDING_MUST_BE_SELL", refused),
    (-1224, "WORKING_PARAM_REQUIRED", refused),
    (-1225, "PENDING_PARAM_NOT_REQUIRED", refused),
  ]

  /// 116x to 119x: FIX sessions.
  private static let sessions: [(Int64, String, Rule)] = [
    (-1169, "INVALID_TAG_NUMBER", refused),
    (-1170, "TAG_NOT_DEFINED_IN_MESSAGE", refused),
    (-1171, "TAG_APPEARS_MORE_THAN_ONCE", refused),
    (-1172, "TAG_OUT_OF_ORDER", refused),
    (-1173, "GROUP_FIELDS_OUT_OF_ORDER", refused),
    (-1174, "INVALID_COMPONENT", refused),
    (-1175, "RESET_SEQ_NUM_SUPPORT", refused),
    (-1176, "ALREADY_LOGGED_IN", refused),
    (-1177, "GARBLED_MESSAGE", refused),
    (-1178, "BAD_SENDER_COMPID", .fixed(.stop(.loggedOut))),
    (-1179, "BAD_SEQ_NUM", .fixed(.stop(.loggedOut))),
    (-1180, "EXPECTED_LOGON", .fixed(.stop(.loggedOut))),
    (-1181, "TOO_MANY_MESSAGES", .limit(.key)),
    (-1182, "PARAMS_BAD_COMBO", refused),
    (-1183, "NOT_ALLOWED_IN_DROP_COPY_SESSIONS", .fixed(.stop(.permission))),
    (-1184, "DROP_COPY_SESSION_NOT_ALLOWED", .fixed(.stop(.permission))),
    (-1185, "DROP_COPY_SESSION_REQUIRED", .fixed(.stop(.permission))),
    (-1186, "NOT_ALLOWED_IN_ORDER_ENTRY_SESSIONS", .fixed(.stop(.permission))),
    (-1187, "NOT_ALLOWED_IN_MARKET_DATA_SESSIONS", .fixed(.stop(.permission))),
    (-1188, "INCORRECT_NUM_IN_GROUP_COUNT", refused),
    (-1189, "DUPLICATE_ENTRIES_IN_A_GROUP", refused),
    (-1190, "INVALID_REQUEST_ID", refused),
    (-1191, "TOO_MANY_SUBSCRIPTIONS", .fixed(.reject(.capacity))),
  ]

  /// 20xx: orders and keys.
  private static let orders: [(Int64, String, Rule)] = [
    (-2008, "BAD_API_ID", .fixed(.stop(.key))),
    (-2010, "NEW_ORDER_REJECTED", .message),
    (-2011, "CANCEL_REJECTED", .message),
    (-2013, "NO_SUCH_ORDER", .fixed(.reject(.unknownOrder))),
    (-2014, "BAD_API_KEY_FMT", .fixed(.stop(.key))),
    (-2015, "REJECTED_MBX_KEY", .fixed(.stop(.key))),
    (-2016, "NO_TRADING_WINDOW", .fixed(.reject(.venueClosed))),
    // One half went through: who has not read the halves must ask.
    (-2021, "ORDER_CANCEL_REPLACE_PARTIALLY_FAILED", .fixed(.askFirst)),
    (-2022, "ORDER_CANCEL_REPLACE_FAILED", refused),
    (-2026, "ORDER_ARCHIVED", .fixed(.reject(.unknownOrder))),
    (-2035, "SUBSCRIPTION_ACTIVE", refused),
    (-2036, "SUBSCRIPTION_INACTIVE", refused),
    (-2038, "ORDER_AMEND_REJECTED", .message),
    (-2039, "CLIENT_ORDER_ID_INVALID", .fixed(.reject(.unknownOrder))),
    (-2042, "MAXIMUM_SUBSCRIPTION_IDS", .fixed(.reject(.capacity))),
  ]
}
