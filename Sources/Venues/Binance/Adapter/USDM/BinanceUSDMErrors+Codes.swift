import TradingModel

// Every code of https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code.
extension BinanceUSDMErrors {
  static let documented: [Int64: BinanceErrors.Rule] = {
    var rules: [Int64: BinanceErrors.Rule] = [:]
    for (code, _, rule) in list { rules[code] = rule }
    return rules
  }()

  static let names: [Int64: String] = {
    var names: [Int64: String] = [:]
    for (code, name, _) in list { names[code] = name }
    return names
  }()

  private static let refused = BinanceErrors.Rule.fixed(.reject(.other))

  static let list: [(code: Int64, name: String, rule: BinanceErrors.Rule)] =
    general + requests + processing + filters + settings + rules + execution

  /// 10xx: server or network.
  private static let general: [(Int64, String, BinanceErrors.Rule)] = [
    (-1000, "UNKNOWN", .fixed(.askFirst)),
    // "Internal error; unable to process your request": not that nothing of it was done.
    (-1001, "DISCONNECTED", .fixed(.askFirst)),
    (-1002, "UNAUTHORIZED", .fixed(.stop(.permission))),
    (-1003, "TOO_MANY_REQUESTS", .limit(.address)),
    (-1004, "DUPLICATE_IP", refused),
    (-1005, "NO_SUCH_IP", refused),
    (-1006, "UNEXPECTED_RESP", .fixed(.askFirst)),
    (-1007, "TIMEOUT", .fixed(.askFirst)),
    (-1008, "SERVER_BUSY", .fixed(.retry)),
    (-1010, "ERROR_MSG_RECEIVED", .message),
    (-1011, "NON_WHITE_LIST", .fixed(.stop(.permission))),
    (-1013, "INVALID_MESSAGE", .message),
    (-1014, "UNKNOWN_ORDER_COMPOSITION", refused),
    (-1015, "TOO_MANY_ORDERS", .orderLimit),
    (-1016, "SERVICE_SHUTTING_DOWN", .fixed(.reject(.venueClosed))),
    (-1020, "UNSUPPORTED_OPERATION", refused),
    (-1021, "INVALID_TIMESTAMP", .fixed(.resynchronize)),
    (-1022, "INVALID_SIGNATURE", .fixed(.stop(.signature))),
    (-1023, "START_TIME_GREATER_THAN_END_TIME", refused),
    (-1099, "NOT_FOUND", .fixed(.stop(.permission))),
  ]

  /// 11xx: what was asked.
  private static let requests: [(Int64, String, BinanceErrors.Rule)] = [
    (-1100, "ILLEGAL_CHARS", refused),
    (-1101, "TOO_MANY_PARAMETERS", refused),
    (-1102, "MANDATORY_PARAM_EMPTY_OR_MALFORMED", refused),
    (-1103, "UNKNOWN_PARAM", refused),
    (-1104, "UNREAD_PARAMETERS", refused),
    (-1105, "PARAM_EMPTY", refused),
    (-1106, "PARAM_NOT_REQUIRED", refused),
    (-1108, "BAD_ASSET", refused),
    (-1109, "BAD_ACCOUNT", refused),
    (-1110, "BAD_INSTRUMENT_TYPE", refused),
    (-1111, "BAD_PRECISION", .fixed(.reject(.offGrid))),
    (-1112, "NO_DEPTH", .fixed(.reject(.noLiquidity))),
    (-1113, "WITHDRAW_NOT_NEGATIVE", refused),
    (-1114, "TIF_NOT_REQUIRED", refused),
    (-1115, "INVALID_TIF", refused),
    (-1116, "INVALID_ORDER_TYPE", refused),
    (-1117, "INVALID_SIDE", refused),
    (-1118, "EMPTY_NEW_CL_ORD_ID", refused),
    (-1119, "EMPTY_ORG_CL_ORD_ID", refused),
    (-1120, "BAD_INTERVAL", refused),
    (-1121, "BAD_SYMBOL", refused),
    (-1122, "INVALID_SYMBOL_STATUS", .fixed(.reject(.venueClosed))),
    (-1125, "INVALID_LISTEN_KEY", refused),
    (-1126, "ASSET_NOT_SUPPORTED", refused),
    (-1127, "MORE_THAN_XX_HOURS", refused),
    (-1128, "OPTIONAL_PARAMS_BAD_COMBO", refused),
    (-1130, "INVALID_PARAMETER", refused),
    (-1136, "INVALID_NEW_ORDER_RESP_TYPE", refused),
  ]

  /// 20xx: orders, margin and keys.
  private static let processing: [(Int64, String, BinanceErrors.Rule)] = [
    (-2010, "NEW_ORDER_REJECTED", .message),
    (-2011, "CANCEL_REJECTED", .message),
    // Which orders of the batch were canceled is not said.
    (-2012, "CANCEL_ALL_FAIL", .fixed(.askFirst)),
    (-2013, "NO_SUCH_ORDER", .fixed(.reject(.unknownOrder))),
    (-2014, "BAD_API_KEY_FMT", .fixed(.stop(.key))),
    (-2015, "REJECTED_MBX_KEY", .fixed(.stop(.key))),
    (-2016, "NO_TRADING_WINDOW", .fixed(.reject(.venueClosed))),
    (-2017, "API_KEYS_LOCKED", .fixed(.stop(.permission))),
    (-2018, "BALANCE_NOT_SUFFICIENT", .fixed(.reject(.insufficientBalance))),
    (-2019, "MARGIN_NOT_SUFFICIEN", .fixed(.reject(.insufficientBalance))),
    (-2020, "UNABLE_TO_FILL", .fixed(.reject(.noLiquidity))),
    (-2021, "ORDER_WOULD_IMMEDIATELY_TRIGGER", .fixed(.reject(.priceOutsideLimits))),
    (-2022, "REDUCE_ONLY_REJECT", .fixed(.reject(.reduceOnly))),
    (-2023, "USER_IN_LIQUIDATION", refused),
    (-2024, "POSITION_NOT_SUFFICIENT", .fixed(.reject(.reduceOnly))),
    (-2025, "MAX_OPEN_ORDER_EXCEEDED", .fixed(.reject(.capacity))),
    (-2026, "REDUCE_ONLY_ORDER_TYPE_NOT_SUPPORTED", .fixed(.reject(.reduceOnly))),
    (-2027, "MAX_LEVERAGE_RATIO", .fixed(.reject(.quantityOutsideLimits))),
    (-2028, "MIN_LEVERAGE_RATIO", .fixed(.reject(.insufficientBalance))),
  ]

  /// 400x to 403x: filters.
  private static let filters: [(Int64, String, BinanceErrors.Rule)] = [
    (-4000, "INVALID_ORDER_STATUS", refused),
    (-4001, "PRICE_LESS_THAN_ZERO", .fixed(.reject(.priceOutsideLimits))),
    (-4002, "PRICE_GREATER_THAN_MAX_PRICE", .fixed(.reject(.priceOutsideLimits))),
    (-4003, "QTY_LESS_THAN_ZERO", .fixed(.reject(.quantityOutsideLimits))),
    (-4004, "QTY_LESS_THAN_MIN_QTY", .fixed(.reject(.quantityOutsideLimits))),
    (-4005, "QTY_GREATER_THAN_MAX_QTY", .fixed(.reject(.quantityOutsideLimits))),
    (-4006, "STOP_PRICE_LESS_THAN_ZERO", .fixed(.reject(.priceOutsideLimits))),
    (-4007, "STOP_PRICE_GREATER_THAN_MAX_PRICE", .fixed(.reject(.priceOutsideLimits))),
    (-4008, "TICK_SIZE_LESS_THAN_ZERO", refused),
    (-4009, "MAX_PRICE_LESS_THAN_MIN_PRICE", refused),
    (-4010, "MAX_QTY_LESS_THAN_MIN_QTY", refused),
    (-4011, "STEP_SIZE_LESS_THAN_ZERO", refused),
    (-4012, "MAX_NUM_ORDERS_LESS_THAN_ZERO", refused),
    (-4013, "PRICE_LESS_THAN_MIN_PRICE", .fixed(.reject(.priceOutsideLimits))),
    (-4014, "PRICE_NOT_INCREASED_BY_TICK_SIZE", .fixed(.reject(.offGrid))),
    (-4015, "INVALID_CL_ORD_ID_LEN", refused),
    (-4016, "PRICE_HIGHTER_THAN_MULTIPLIER_UP", .fixed(.reject(.priceOutsideLimits))),
    (-4017, "MULTIPLIER_UP_LESS_THAN_ZERO", refused),
    (-4018, "MULTIPLIER_DOWN_LESS_THAN_ZERO", refused),
    (-4019, "COMPOSITE_SCALE_OVERFLOW", refused),
    (-4020, "TARGET_STRATEGY_INVALID", refused),
    (-4021, "INVALID_DEPTH_LIMIT", refused),
    (-4022, "WRONG_MARKET_STATUS", .fixed(.reject(.venueClosed))),
    (-4023, "QTY_NOT_INCREASED_BY_STEP_SIZE", .fixed(.reject(.offGrid))),
    (-4024, "PRICE_LOWER_THAN_MULTIPLIER_DOWN", .fixed(.reject(.priceOutsideLimits))),
    (-4025, "MULTIPLIER_DECIMAL_LESS_THAN_ZERO", refused),
    (-4026, "COMMISSION_INVALID", refused),
    (-4027, "INVALID_ACCOUNT_TYPE", refused),
    (-4028, "INVALID_LEVERAGE", refused),
    (-4029, "INVALID_TICK_SIZE_PRECISION", .fixed(.reject(.offGrid))),
    (-4030, "INVALID_STEP_SIZE_PRECISION", .fixed(.reject(.offGrid))),
    (-4031, "INVALID_WORKING_TYPE", refused),
    (-4032, "EXCEED_MAX_CANCEL_ORDER_SIZE", refused),
    (-4033, "INSURANCE_ACCOUNT_NOT_FOUND", refused),
  ]

  /// 404x to 408x: margin, position mode, and (retired) options.
  private static let settings: [(Int64, String, BinanceErrors.Rule)] = [
    (-4044, "INVALID_BALANCE_TYPE", refused),
    (-4045, "MAX_STOP_ORDER_EXCEEDED", .fixed(.reject(.capacity))),
    (-4046, "NO_NEED_TO_CHANGE_MARGIN_TYPE", refused),
    (-4047, "THERE_EXISTS_OPEN_ORDERS", refused),
    (-4048, "THERE_EXISTS_QUANTITY", refused),
    (-4049, "ADD_ISOLATED_MARGIN_REJECT", refused),
    (-4050, "CROSS_BALANCE_INSUFFICIENT", .fixed(.reject(.insufficientBalance))),
    (-4051, "ISOLATED_BALANCE_INSUFFICIENT", .fixed(.reject(.insufficientBalance))),
    (-4052, "NO_NEED_TO_CHANGE_AUTO_ADD_MARGIN", refused),
    (-4053, "AUTO_ADD_CROSSED_MARGIN_REJECT", refused),
    (-4054, "ADD_ISOLATED_MARGIN_NO_POSITION_REJECT", refused),
    (-4055, "AMOUNT_MUST_BE_POSITIVE", refused),
    (-4056, "INVALID_API_KEY_TYPE", .fixed(.stop(.key))),
    (-4057, "INVALID_RSA_PUBLIC_KEY", .fixed(.stop(.key))),
    (-4058, "MAX_PRICE_TOO_LARGE", refused),
    (-4059, "NO_NEED_TO_CHANGE_POSITION_SIDE", refused),
    (-4060, "INVALID_POSITION_SIDE", refused),
    // The account is in hedge mode.
    (-4061, "POSITION_SIDE_NOT_MATCH", .fixed(.stop(.permission))),
    (-4062, "REDUCE_ONLY_CONFLICT", .fixed(.reject(.reduceOnly))),
    (-4063, "INVALID_OPTIONS_REQUEST_TYPE", refused),
    (-4064, "INVALID_OPTIONS_TIME_FRAME", refused),
    (-4065, "INVALID_OPTIONS_AMOUNT", refused),
    (-4066, "INVALID_OPTIONS_EVENT_TYPE", refused),
    (-4067, "POSITION_SIDE_CHANGE_EXISTS_OPEN_ORDERS", refused),
    (-4068, "POSITION_SIDE_CHANGE_EXISTS_QUANTITY", refused),
    (-4069, "INVALID_OPTIONS_PREMIUM_FEE", refused),
    (-4070, "INVALID_CL_OPTIONS_ID_LEN", refused),
    (-4071, "INVALID_OPTIONS_DIRECTION", refused),
    (-4072, "OPTIONS_PREMIUM_NOT_UPDATE", refused),
    (-4073, "OPTIONS_PREMIUM_INPUT_LESS_THAN_ZERO", refused),
    (-4074, "OPTIONS_AMOUNT_BIGGER_THAN_UPPER", refused),
    (-4075, "OPTIONS_PREMIUM_OUTPUT_ZERO", refused),
    (-4076, "OPTIONS_PREMIUM_TOO_DIFF", refused),
    (-4077, "OPTIONS_PREMIUM_REACH_LIMIT", refused),
    (-4078, "OPTIONS_COMMON_ERROR", refused),
    (-4079, "INVALID_OPTIONS_ID", refused),
    (-4080, "OPTIONS_USER_NOT_FOUND", refused),
    (-4081, "OPTIONS_NOT_FOUND", refused),
    (-4082, "INVALID_BATCH_PLACE_ORDER_SIZE", refused),
    (-4083, "PLACE_BATCH_ORDERS_FAIL", .fixed(.askFirst)),
    (-4084, "UPCOMING_METHOD", refused),
    (-4085, "INVALID_NOTIONAL_LIMIT_COEF", refused),
    (-4086, "INVALID_PRICE_SPREAD_THRESHOLD", refused),
    (-4087, "REDUCE_ONLY_ORDER_PERMISSION", .fixed(.reject(.reduceOnly))),
    // "User can not place order currently."
    (-4088, "NO_PLACE_ORDER_PERMISSION", .fixed(.reject(.other))),
  ]

  /// 41xx to 45xx: rules of the account and the symbol.
  private static let rules: [(Int64, String, BinanceErrors.Rule)] = [
    (-4104, "INVALID_CONTRACT_TYPE", refused),
    (-4109, "INACTIVE_ACCOUNT", .fixed(.stop(.permission))),
    (-4114, "INVALID_CLIENT_TRAN_ID_LEN", refused),
    (-4115, "DUPLICATED_CLIENT_TRAN_ID", refused),
    // An order with this id stands at the venue: ours, as ids are never used twice. Ask how it is.
    (-4116, "DUPLICATED_CLIENT_ORDER_ID", .fixed(.askFirst)),
    (-4117, "STOP_ORDER_TRIGGERING", .fixed(.reject(.tooLate))),
    (-4118, "REDUCE_ONLY_MARGIN_CHECK_FAILED", .fixed(.reject(.reduceOnly))),
    (-4120, "STOP_ORDER_SWITCH_ALGO", refused),
    (-4131, "MARKET_ORDER_REJECT", .fixed(.reject(.noLiquidity))),
    (-4135, "INVALID_ACTIVATION_PRICE", refused),
    (-4137, "QUANTITY_EXISTS_WITH_CLOSE_POSITION", refused),
    (-4138, "REDUCE_ONLY_MUST_BE_TRUE", refused),
    (-4139, "ORDER_TYPE_CANNOT_BE_MKT", refused),
    (-4140, "INVALID_OPENING_POSITION_STATUS", .fixed(.reject(.venueClosed))),
    (-4141, "SYMBOL_ALREADY_CLOSED", .fixed(.reject(.venueClosed))),
    (-4142, "STRATEGY_INVALID_TRIGGER_PRICE", .fixed(.reject(.priceOutsideLimits))),
    (-4144, "INVALID_PAIR", refused),
    (-4161, "ISOLATED_LEVERAGE_REJECT_WITH_POSITION", refused),
    (-4164, "MIN_NOTIONAL", .fixed(.reject(.quantityOutsideLimits))),
    (-4165, "INVALID_TIME_INTERVAL", refused),
    (-4167, "ISOLATED_REJECT_WITH_JOINT_MARGIN", refused),
    (-4168, "JOINT_MARGIN_REJECT_WITH_ISOLATED", refused),
    (-4169, "JOINT_MARGIN_REJECT_WITH_MB", refused),
    (-4170, "JOINT_MARGIN_REJECT_WITH_OPEN_ORDER", refused),
    (-4171, "NO_NEED_TO_CHANGE_JOINT_MARGIN", refused),
    (-4172, "JOINT_MARGIN_REJECT_WITH_NEGATIVE_BALANCE", refused),
    (-4183, "PRICE_HIGHER_THAN_STOP_MULTIPLIER_UP", .fixed(.reject(.priceOutsideLimits))),
    (-4184, "PRICE_LOWER_THAN_STOP_MULTIPLIER_DOWN", .fixed(.reject(.priceOutsideLimits))),
    (-4192, "COOLING_OFF_PERIOD", .fixed(.reject(.venueClosed))),
    (-4202, "ADJUST_LEVERAGE_KYC_FAILED", refused),
    (-4203, "ADJUST_LEVERAGE_ONE_MONTH_FAILED", refused),
    (-4205, "ADJUST_LEVERAGE_X_DAYS_FAILED", refused),
    (-4206, "ADJUST_LEVERAGE_KYC_LIMIT", refused),
    (-4208, "ADJUST_LEVERAGE_ACCOUNT_SYMBOL_FAILED", refused),
    (-4209, "ADJUST_LEVERAGE_SYMBOL_FAILED", refused),
    (-4210, "STOP_PRICE_HIGHER_THAN_PRICE_MULTIPLIER_LIMIT", .fixed(.reject(.priceOutsideLimits))),
    (-4211, "STOP_PRICE_LOWER_THAN_PRICE_MULTIPLIER_LIMIT", .fixed(.reject(.priceOutsideLimits))),
    (-4400, "TRADING_QUANTITATIVE_RULE", .fixed(.reject(.reduceOnly))),
    (-4401, "LARGE_POSITION_SYM_RULE", .fixed(.reject(.reduceOnly))),
    (-4402, "COMPLIANCE_BLACK_SYMBOL_RESTRICTION", .fixed(.reject(.other))),
    (-4403, "ADJUST_LEVERAGE_COMPLIANCE_FAILED", refused),
    (-4425, "LEAD_PORTFOLIO_MULTI_ASSETS", refused),
    (-4531, "DUAL_SIDE_SYNC_REJECT", refused),
  ]

  /// 50xx: execution.
  private static let execution: [(Int64, String, BinanceErrors.Rule)] = [
    (-5021, "FOK_ORDER_REJECT", .fixed(.reject(.notFillable))),
    (-5022, "GTX_ORDER_REJECT", .fixed(.reject(.wouldTake))),
    (-5024, "MOVE_ORDER_NOT_ALLOWED_SYMBOL_REASON", .fixed(.reject(.venueClosed))),
    (-5025, "LIMIT_ORDER_ONLY", refused),
    (-5026, "EXCEED_MAXIMUM_MODIFY_ORDER_LIMIT", .fixed(.reject(.capacity))),
    (-5027, "SAME_ORDER", refused),
    (-5028, "ME_RECVWINDOW_REJECT", .fixed(.resynchronize)),
    (-5029, "MODIFICATION_MIN_NOTIONAL", .fixed(.reject(.quantityOutsideLimits))),
    (-5037, "INVALID_PRICE_MATCH", refused),
    (-5038, "UNSUPPORTED_ORDER_TYPE_PRICE_MATCH", refused),
    (-5039, "INVALID_SELF_TRADE_PREVENTION_MODE", refused),
    (-5040, "FUTURE_GOOD_TILL_DATE", refused),
    (-5041, "BBO_ORDER_REJECT", .fixed(.reject(.noLiquidity))),
  ]
}
