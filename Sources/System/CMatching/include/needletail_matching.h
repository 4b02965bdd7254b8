/*
 * libneedletail_matching: order books that match by price, then time. C11 and C++11.
 *
 *   ntm_library *library;
 *   ntm_book book;
 *   ntm_book_config config = NTM_BOOK_CONFIG_INIT;
 *   ntm_order order = NTM_ORDER_INIT;
 *   const ntm_report *reports;
 *   uint64_t count;
 *
 *   ntm_library_create(NTM_VERSION, 16, &library);
 *   ntm_book_create(library, &config, &book);
 *   order.order_id = 1;
 *   order.side = NTM_SIDE_BUY;
 *   order.price = 100;
 *   order.quantity = 5;
 *   ntm_submit(library, book, &order);
 *   ntm_reports(library, book, &reports, &count);
 *   ntm_library_destroy(library);
 *
 * What a book does with each request, report by report, is in docs/matching-rules.md; the names
 * here are the names there. docs/matching-library.md shows the use from C and Python.
 *
 * Units. Prices are ticks, any 64-bit integer; quantities whole units, 1 to the book's largest (see
 * `ntm_book_config.order_capacity`); times nanoseconds of a clock that is the caller's. A book
 * reads no clock, no file and no chance: equal calls give equal reports, on every machine.
 *
 * Errors. Functions give an `ntm_status`: NTM_OK, NTM_NONE (asked for something that is not there),
 * or an error below 0, and then nothing was changed or written. An order that a book refuses is no
 * error: the call gives NTM_OK, and the refusal is a report. Whatever numbers a caller passes, a
 * call ends with a status; what cannot be checked is that pointers which are not NULL are good:
 * aligned, and to as much memory as the call is told. When the machine has no more memory the
 * process ends.
 *
 * Reports. Each call that may change a book (marked "Reports") first forgets the book's earlier
 * reports, then leaves its own in the book, oldest first, for `ntm_reports` or `ntm_copy_reports`.
 * If it gives an error for a book that is open, there are no reports.
 *
 * Threads. Nothing is global. One book belongs to one thread at a time (a hand-over needs a lock,
 * or whatever else orders memory); different books, of one library or several, work in parallel and
 * share nothing that is written. Books may be created and destroyed by several threads at once.
 * While `ntm_library_destroy` runs, and after it, nobody else may use the library.
 *
 * Handles. A book is named by a number. The number of a destroyed book is never an open book's
 * again (before 2^32 books had the same place), so that a use after the end gives NTM_ERROR_BOOK.
 *
 * Versions. Major: the library's calls and layouts; a program runs with a library of the same major
 * version and the same or a later minor version. Structs that a caller fills begin with
 * `struct_size`; they grow at their end, by fields for which 0 means what was before. Reserved
 * fields are 0. Patch: neither changed.
 */
#ifndef NEEDLETAIL_MATCHING_H
#define NEEDLETAIL_MATCHING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NTM_VERSION_MAJOR 1
#define NTM_VERSION_MINOR 0
#define NTM_VERSION_PATCH 0
/* The version as one number: major, minor and patch in bits 16 to 31, 8 to 15, 0 to 7. */
#define NTM_VERSION 0x010000u

/* Most books a library, resting orders a book, pages of prices a side, kept changes, order ids
 * without a hash, reports before growth. */
#define NTM_BOOK_CAPACITY_MAX 65536u
#define NTM_ORDER_CAPACITY_MAX 4000000u
#define NTM_LEVEL_PAGES_MAX 65536u
#define NTM_CHANGE_CAPACITY_MAX 16777216u
#define NTM_IDENTIFIER_SPAN_MAX 1073741824u
#define NTM_REPORT_CAPACITY_MAX 16777216u

/* ---- Status ---------------------------------------------------------------------------------- */

/* What a call gives: one of the values below. */
typedef int32_t ntm_status;

enum {
  /* It is done. */
  NTM_OK = 0,
  /* What was asked for is not there: an empty side, an id that does not rest. Nothing is written.
   * */
  NTM_NONE = 1,
  /* A pointer that is needed is NULL. */
  NTM_ERROR_NULL = -1,
  /* The handle names no open book of this library: never given, or destroyed. */
  NTM_ERROR_BOOK = -2,
  /* `struct_size` is less than version 1.0 had, above 4096, or the struct has later fields that
   * this library does not know and that are not 0. */
  NTM_ERROR_STRUCT_SIZE = -3,
  /* An enum's byte has none of the enum's values, or flags a bit that is none. */
  NTM_ERROR_ENUM = -4,
  /* A reserved field is not 0. */
  NTM_ERROR_RESERVED = -5,
  /* A number is outside the range that is documented with it. */
  NTM_ERROR_RANGE = -6,
  /* The library holds as many books as it was created for. */
  NTM_ERROR_CAPACITY = -7,
  /* The machine does not give the memory that a library or book needs at once. */
  NTM_ERROR_MEMORY = -8,
  /* The program was compiled for another major, or a later minor version. */
  NTM_ERROR_VERSION = -9
};

/* ---- Enums: one byte each in the structs ----------------------------------------------------- */

/* FIX Side (54). */
typedef enum ntm_side {
  NTM_SIDE_BUY = 0,
  NTM_SIDE_SELL = 1
} ntm_side;

/* For `ntm_cancel_all`, instead of a side and an owner. */
#define NTM_BOTH_SIDES 2
#define NTM_EVERY_OWNER (-1)

/* FIX OrdType (40). */
typedef enum ntm_order_type {
  /* At any price up to `price`, the protection. Never rests in continuous trading. */
  NTM_TYPE_MARKET = 1,
  NTM_TYPE_LIMIT = 2,
  /* A market order once a trade reaches `stop_price`. */
  NTM_TYPE_STOP = 3,
  /* A limit order once a trade reaches `stop_price`. */
  NTM_TYPE_STOP_LIMIT = 4,
  /* A stop whose stop price stays `trailing_offset` behind the best trade. */
  NTM_TYPE_TRAILING_STOP = 5,
  /* A limit order whose price follows `peg`. */
  NTM_TYPE_PEGGED = 6
} ntm_order_type;

/* FIX TimeInForce (59). */
typedef enum ntm_time_in_force {
  /* Until `ntm_end_day`. */
  NTM_TIME_DAY = 0,
  NTM_TIME_GOOD_TILL_CANCEL = 1,
  NTM_TIME_IMMEDIATE_OR_CANCEL = 3,
  NTM_TIME_FILL_OR_KILL = 4,
  /* Until `ntm_advance` reaches `expire_time`. */
  NTM_TIME_GOOD_TILL_DATE = 6
} ntm_time_in_force;

/* Bits of `ntm_order.instructions` (FIX ExecInst 18). */
typedef enum ntm_instruction {
  /* Refused if it would take liquidity. */
  NTM_POST_ONLY = 1,
  /* May only make its owner's position (`ntm_set_position`) smaller. */
  NTM_REDUCE_ONLY = 2,
  /* In no view or feed. */
  NTM_HIDDEN = 4,
  /* Fills whole when it is entered, or is refused. */
  NTM_ALL_OR_NONE = 8,
  /* With NTM_POST_ONLY: takes the nearest price that does not cross instead of being refused. */
  NTM_SLIDE = 16
} ntm_instruction;

/* What happens when an order meets one of the same owner, not 0; the incoming order's counts. */
typedef enum ntm_self_trade_prevention {
  /* They trade. */
  NTM_STP_ALLOW = 0,
  /* The rest of the incoming order is canceled. */
  NTM_STP_CANCEL_NEWEST = 1,
  /* The resting order is canceled. */
  NTM_STP_CANCEL_OLDEST = 2,
  /* Both are. */
  NTM_STP_CANCEL_BOTH = 3,
  /* Both lose the smaller quantity without a trade. */
  NTM_STP_DECREMENT = 4
} ntm_self_trade_prevention;

/* What a pegged order follows (FIX PegPriceType 1094): best displayed prices of orders that are not
 * pegged. */
typedef enum ntm_peg {
  /* Not pegged. */
  NTM_PEG_NONE = 0,
  /* The best price of its own side. */
  NTM_PEG_PRIMARY = 1,
  /* The best price of the other side. */
  NTM_PEG_MARKET = 2,
  /* The middle; half a tick is rounded to the passive side. */
  NTM_PEG_MID = 3
} ntm_peg;

/* What a book does with requests. */
typedef enum ntm_trading_phase {
  /* Orders match as they come. A new book's phase. */
  NTM_PHASE_CONTINUOUS = 0,
  /* Orders collect until the auction is uncrossed. */
  NTM_PHASE_AUCTION = 1,
  /* Owners may only cancel. */
  NTM_PHASE_CANCEL_ONLY = 2,
  /* Owners may do nothing. */
  NTM_PHASE_HALTED = 3
} ntm_trading_phase;

/* What a report tells. */
typedef enum ntm_report_kind {
  /* The order is in the book, or about to match. `quantity` and `leaves`: its whole quantity. */
  NTM_REPORT_ACCEPTED = 0,
  /* The order was refused for `reason`; the book is unchanged. */
  NTM_REPORT_REJECTED = 1,
  /* The order (the taker) met a resting one (the maker) for `quantity` at the maker's `price`. */
  NTM_REPORT_TRADE = 2,
  /* `quantity` of the order left the market for `reason`; nothing is left. */
  NTM_REPORT_CANCELED = 3,
  /* `quantity` of the order left the market for `reason`; `leaves` remain. */
  NTM_REPORT_REDUCED = 4,
  /* The order now has `price`, a total `quantity` (fills included) and `leaves`. */
  NTM_REPORT_REPLACED = 5,
  /* The cancel was refused for `reason`. */
  NTM_REPORT_CANCEL_REJECTED = 6,
  /* The modify was refused for `reason`. It echoes price and quantity. */
  NTM_REPORT_REPLACE_REJECTED = 7,
  /* A stop order was triggered; `price` is now its limit. */
  NTM_REPORT_TRIGGERED = 8,
  /* `quantity` of the order left the market because its time was up. */
  NTM_REPORT_EXPIRED = 9
} ntm_report_kind;

/* Why. */
typedef enum ntm_reason {
  /* Nothing out of the ordinary. */
  NTM_REASON_NONE = 0,
  /* Refusals, in the order in which they are looked for. */
  NTM_REASON_ORDER_ID_IS_ZERO = 1,
  NTM_REASON_DUPLICATE_ORDER_ID = 2,
  NTM_REASON_UNKNOWN_ORDER = 3,
  NTM_REASON_QUANTITY_NOT_POSITIVE = 4,
  NTM_REASON_QUANTITY_ABOVE_LIMIT = 5,
  NTM_REASON_TRADING_HALTED = 6,
  NTM_REASON_CANCEL_ONLY = 7,
  NTM_REASON_INVALID_TERMS = 8,
  NTM_REASON_EXPIRE_TIME_PASSED = 9,
  NTM_REASON_CONFLICTING_INSTRUCTIONS = 10,
  NTM_REASON_NOT_IN_AUCTION = 11,
  NTM_REASON_REDUCE_ONLY = 12,
  NTM_REASON_ORDER_CAPACITY = 13,
  NTM_REASON_NO_REFERENCE_PRICE = 14,
  NTM_REASON_WOULD_CROSS = 15,
  NTM_REASON_NOT_FILLABLE = 16,
  /* Cancels. */
  NTM_REASON_REQUESTED = 17,
  NTM_REASON_MASS_CANCEL = 18,
  NTM_REASON_IMMEDIATE_OR_CANCEL = 19,
  NTM_REASON_NO_LIQUIDITY = 20,
  NTM_REASON_SELF_TRADE_PREVENTION = 21,
  NTM_REASON_MODIFIED_TO_FILLED = 22,
  /* Others: a pegged or slid price; ends in time; a trade of an auction. */
  NTM_REASON_REPRICED = 23,
  NTM_REASON_TIME_REACHED = 24,
  NTM_REASON_END_OF_DAY = 25,
  NTM_REASON_AUCTION = 26
} ntm_reason;

/* What happened to a displayed order (level 3). */
typedef enum ntm_order_change_kind {
  /* It stands behind the others at its price, with `quantity` displayed. */
  NTM_ORDER_ADDED = 0,
  /* It stands where it stood, with `quantity` displayed. */
  NTM_ORDER_REDUCED = 1,
  /* It is gone; `quantity` is 0. An iceberg that shows its next part is removed and added. */
  NTM_ORDER_REMOVED = 2
} ntm_order_change_kind;

/* ---- Structs --------------------------------------------------------------------------------- */

/* Holds books. */
typedef struct ntm_library ntm_library;
/* The number of a book in its library; never 0. */
typedef uint64_t ntm_book;

/* What a new book is like. Begin with NTM_BOOK_CONFIG_INIT. Memory is taken and touched at
 * creation: some 130 bytes a reserved order and 6 KB a page of prices, more for the rest as said
 * below. What is needed beyond is taken when it is needed, and counted in `ntm_statistics`. 72
 * bytes. */
typedef struct ntm_book_config {
  /* sizeof(ntm_book_config). */
  uint32_t struct_size;
  uint32_t reserved;
  /* How many orders can rest: 1 to NTM_ORDER_CAPACITY_MAX. An order's largest quantity is
   * (2^63 - 1) / order_capacity, so that sums over the book fit in 64 bits. */
  uint64_t order_capacity;
  /* For how many orders memory is taken now: 0 to order_capacity; 0 is all. */
  uint64_t reserved_orders;
  /* For how many pages of 64 neighbouring prices a side memory is taken now: 0 to
   * NTM_LEVEL_PAGES_MAX; 0 is 16. */
  uint64_t level_pages;
  /* How many consecutive order ids are found without a hash, 4 bytes each, rounded up to a power of
   * two: 0 to NTM_IDENTIFIER_SPAN_MAX; 0 is four times the reserved orders. */
  uint64_t identifier_span;
  /* How many level changes are kept until `ntm_clear_level_changes`, 24 bytes each: 0 to
   * NTM_CHANGE_CAPACITY_MAX; 0 keeps none. */
  uint64_t level_change_capacity;
  /* The same for changes of single orders, 32 bytes each. */
  uint64_t order_change_capacity;
  /* For how many reports of one call memory is taken now, 64 bytes each; it grows when one call has
   * more. 0 to NTM_REPORT_CAPACITY_MAX; 0 is 256. */
  uint64_t report_capacity;
  /* What the parts that icebergs show are drawn from. */
  uint64_t seed;
} ntm_book_config;

/* 65,536 orders, memory for 1,024 now, no feeds. */
#define NTM_BOOK_CONFIG_INIT {(uint32_t)sizeof(ntm_book_config), 0, 65536, 1024, 0, 0, 0, 0, 0, 0}

/* A new order. Begin with NTM_ORDER_INIT. Terms that the order cannot use must be 0, otherwise the
 * book refuses it (NTM_REASON_INVALID_TERMS). 96 bytes. */
typedef struct ntm_order {
  /* sizeof(ntm_order). */
  uint32_t struct_size;
  /* ntm_side. */
  uint8_t side;
  /* ntm_order_type. */
  uint8_t type;
  /* ntm_time_in_force. */
  uint8_t time_in_force;
  /* Bits of ntm_instruction. */
  uint8_t instructions;
  /* ntm_self_trade_prevention. */
  uint8_t self_trade_prevention;
  /* ntm_peg. */
  uint8_t peg;
  uint8_t reserved[2];
  /* Who it belongs to, for self-trade prevention, positions and mass cancels; 0 is nobody. */
  uint32_t owner;
  /* Unique among the orders that rest in the book; not 0. */
  uint64_t order_id;
  /* The limit in ticks; of market, stop and trailing stop orders the worst price they accept
   * (INT64_MAX to buy, INT64_MIN to sell is any). */
  int64_t price;
  int64_t quantity;
  /* Of a stop or stop-limit: the trade price that triggers it. */
  int64_t stop_price;
  /* Of a trailing stop: ticks, above 0. */
  int64_t trailing_offset;
  /* Of a pegged order: ticks added to what it follows, on either side. */
  int64_t peg_offset;
  /* Of an iceberg: how much is shown at a time; 0 shows all. */
  int64_t display_quantity;
  /* Of an iceberg: each part is drawn evenly from display_quantity plus or minus this. */
  int64_t display_range;
  /* The least that must be executed at entry, otherwise it is refused; 0 is none. */
  int64_t min_quantity;
  /* Of a good-till-date order: when it expires. */
  int64_t expire_time;
} ntm_order;

/* A good-till-cancel limit order to buy; set id, price, quantity and what differs. */
#define NTM_ORDER_INIT                                                                             \
  {(uint32_t)sizeof(ntm_order), NTM_SIDE_BUY, NTM_TYPE_LIMIT, NTM_TIME_GOOD_TILL_CANCEL, 0,        \
   NTM_STP_ALLOW, NTM_PEG_NONE, {0, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* One thing that happened in a book. 64 bytes. */
typedef struct ntm_report {
  /* ntm_report_kind; gives the other fields their meaning. */
  uint8_t kind;
  /* ntm_side of the order; of a trade the taker's. Buy where a refused request named no order. */
  uint8_t side;
  /* ntm_reason. */
  uint8_t reason;
  uint8_t reserved;
  /* Of a trade: its number in this book, 1, 2, 3... (the low 32 bits); else 0. */
  uint32_t trade_number;
  /* The order's; of a trade the taker's. */
  uint32_t owner;
  /* Of a trade: the resting order's; else 0. */
  uint32_t maker_owner;
  /* The order; of a trade the taker, in an auction the buyer. */
  uint64_t order_id;
  /* Of a trade: the resting order, in an auction the seller; else 0. */
  uint64_t maker_order_id;
  /* Of a trade the resting order's or the auction's; of a market order its protection. */
  int64_t price;
  /* What `kind` says. */
  int64_t quantity;
  /* What the order has open after this; of a trade the taker. */
  int64_t leaves;
  /* Of a trade: what the resting order has open after it; else 0. */
  int64_t maker_leaves;
} ntm_report;

/* A price and what is displayed there. 24 bytes. */
typedef struct ntm_level {
  int64_t price;
  int64_t quantity;
  uint32_t order_count;
  uint32_t reserved;
} ntm_level;

/* An order that rests, or a stop that waits. 64 bytes. */
typedef struct ntm_order_view {
  uint64_t order_id;
  int64_t price;
  /* Still open; above 0. */
  int64_t leaves;
  /* Executed so far: filled + leaves is the total that `ntm_modify` speaks of. */
  int64_t filled;
  /* What of `leaves` is shown; 0 for hidden orders and stops that wait. */
  int64_t displayed;
  /* Of a stop that waits; else 0. */
  int64_t stop_price;
  uint32_t owner;
  /* ntm_side. */
  uint8_t side;
  /* 1 for a stop that waits, else 0. */
  uint8_t is_waiting_stop;
  uint8_t reserved[10];
} ntm_order_view;

/* What stands before an order at its price. 16 bytes. */
typedef struct ntm_queue_position {
  uint64_t orders_ahead;
  int64_t quantity_ahead;
} ntm_queue_position;

/* What an auction would do now. 24 bytes. */
typedef struct ntm_indication {
  int64_t price;
  int64_t quantity;
  /* What would be left at that price: above 0 to buy, below 0 to sell. */
  int64_t imbalance;
} ntm_indication;

/* A price whose displayed quantity changed (level 2). 24 bytes. */
typedef struct ntm_level_change {
  int64_t price;
  /* The total there now; 0 when the level is gone. */
  int64_t quantity;
  uint32_t order_count;
  /* ntm_side. */
  uint8_t side;
  uint8_t reserved[3];
} ntm_level_change;

/* A change of one displayed order (level 3). 32 bytes. */
typedef struct ntm_order_change {
  uint64_t order_id;
  int64_t price;
  /* What it displays now. */
  int64_t quantity;
  /* ntm_side. */
  uint8_t side;
  /* ntm_order_change_kind. */
  uint8_t kind;
  uint8_t reserved[6];
} ntm_order_change;

/* A book's figures since its creation. Begin with NTM_STATISTICS_INIT. 120 bytes. */
typedef struct ntm_statistics {
  /* sizeof(ntm_statistics): as much is written. */
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t trade_count;
  /* The sum of traded quantities: high * 2^64 + low. */
  uint64_t traded_quantity_low;
  int64_t traded_quantity_high;
  /* Of the trades so far; 0 before the first. */
  int64_t open_price;
  int64_t high_price;
  int64_t low_price;
  int64_t last_price;
  /* Orders that rest, and how many of them are stops that wait. */
  uint64_t order_count;
  uint64_t stop_count;
  /* How often memory was taken after creation: for orders, pages of prices, reports. */
  uint64_t order_growth_count;
  uint64_t page_growth_count;
  uint64_t report_growth_count;
  /* The memory that the book holds, its reports included, in bytes. */
  uint64_t byte_count;
  /* The largest quantity of an order. */
  int64_t quantity_max;
} ntm_statistics;

#define NTM_STATISTICS_INIT                                                                        \
  {(uint32_t)sizeof(ntm_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* ---- Library and books ----------------------------------------------------------------------- */

/* The library's own NTM_VERSION. Any thread. */
uint32_t ntm_version(void);

/* A few English words for a status; text for ever, also for numbers that are no status. Any thread.
 * */
const char *ntm_status_text(ntm_status status);

/* Makes a library for up to `book_capacity` (1 to NTM_BOOK_CAPACITY_MAX) books at a time, 16 bytes
 * each. `version` is the NTM_VERSION that the program was compiled with.
 * NTM_ERROR_NULL, NTM_ERROR_VERSION, NTM_ERROR_RANGE, NTM_ERROR_MEMORY. */
ntm_status ntm_library_create(uint32_t version, uint32_t book_capacity, ntm_library **library);

/* Destroys a library and its books. NULL is nothing to destroy. The pointer is dead afterwards. */
void ntm_library_destroy(ntm_library *library);

/* Makes an empty book in phase continuous, at time 0. O(book_capacity + memory taken).
 * NTM_ERROR_NULL, NTM_ERROR_STRUCT_SIZE, NTM_ERROR_RESERVED, NTM_ERROR_RANGE, NTM_ERROR_CAPACITY,
 * NTM_ERROR_MEMORY. */
ntm_status ntm_book_create(ntm_library *library, const ntm_book_config *config, ntm_book *book);

/* From here on, every function gives NTM_ERROR_NULL for a NULL library or a NULL target or struct
 * (unless it is said to be optional), and NTM_ERROR_BOOK for a handle that is not open; other
 * errors are listed with it. n is the number of orders that rest, k that of reports. */

/* Destroys a book: its memory is given back, its handle is closed. */
ntm_status ntm_book_destroy(ntm_library *library, ntm_book book);

/* ---- Requests -------------------------------------------------------------------------------- */

/* Enters an order. Reports: rejected; or accepted, then what follows from it. O(1) and O(1) a trade
 * for plain orders; an iceberg trades part by part. O(log n) for stops, pegged and dated orders.
 * NTM_ERROR_STRUCT_SIZE, NTM_ERROR_ENUM, NTM_ERROR_RESERVED. */
ntm_status ntm_submit(ntm_library *library, ntm_book book, const ntm_order *order);

/* Gives an order a price and a total quantity, fills included (FIX OrderQty). It keeps its place if
 * the price is the same and no more is open than before. Of a stop that waits the stop price stays.
 * Reports: replace-rejected; canceled (no more than was filled already); or replaced, then what
 * follows. O(1) and O(1) a trade. */
ntm_status ntm_modify(
    ntm_library *library, ntm_book book, uint64_t order_id, int64_t price, int64_t quantity);

/* The same for a stop or stop-limit that waits, with a new stop price. */
ntm_status ntm_modify_stop(
    ntm_library *library, ntm_book book, uint64_t order_id, int64_t price, int64_t quantity,
    int64_t stop_price);

/* Gives an order a price and an open quantity; it always goes to the back. Reports as ntm_modify.
 * */
ntm_status ntm_cancel_replace(
    ntm_library *library, ntm_book book, uint64_t order_id, int64_t price, int64_t leaves);

/* Takes an order out. Reports: canceled, or cancel-rejected. O(1). */
ntm_status ntm_cancel(ntm_library *library, ntm_book book, uint64_t order_id);

/* Cancels the orders of `owner` (0 to 2^32 - 1, or NTM_EVERY_OWNER) on `side` (ntm_side or
 * NTM_BOTH_SIDES), in every phase. Reports: canceled for each. Their number goes to `count`, which
 * is optional. O(n). NTM_ERROR_RANGE (owner), NTM_ERROR_ENUM. */
ntm_status ntm_cancel_all(
    ntm_library *library, ntm_book book, int64_t owner, uint8_t side, uint64_t *count);

/* ---- Time, positions, phases ----------------------------------------------------------------- */

/* Sets the time; an earlier one than the book's changes nothing. Reports: expired, for
 * good-till-date orders not after it. O(log n) an order that ends. */
ntm_status ntm_advance(ntm_library *library, ntm_book book, int64_t time);

/* The book's time. O(1). */
ntm_status ntm_time(ntm_library *library, ntm_book book, int64_t *time);

/* Ends day orders. Reports: expired, in order of entry. O(n log n). */
ntm_status ntm_end_day(ntm_library *library, ntm_book book);

/* Tells the position of `owner` (not 0), signed, in quantity units; from now on the book adds the
 * owner's own trades. Reports: reduced or canceled, for reduce-only orders. NTM_ERROR_RANGE. */
ntm_status ntm_set_position(
    ntm_library *library, ntm_book book, uint32_t owner, int64_t position);

/* Makes the position of `owner` (not 0) unknown. Reports as before. NTM_ERROR_RANGE. */
ntm_status ntm_forget_position(ntm_library *library, ntm_book book, uint32_t owner);

/* The position of `owner`; NTM_NONE when it is unknown. */
ntm_status ntm_position(ntm_library *library, ntm_book book, uint32_t owner, int64_t *position);

/* Begins a phase (ntm_trading_phase). Into continuous the book is uncrossed first, at a price near
 * to `reference_price` where several serve. Reports: trades of the auction, and what follows.
 * NTM_ERROR_ENUM. */
ntm_status ntm_set_phase(
    ntm_library *library, ntm_book book, uint8_t phase, int64_t reference_price);

/* The phase, an ntm_trading_phase. O(1). */
ntm_status ntm_phase(ntm_library *library, ntm_book book, uint8_t *phase);

/* Executes the auction; the phase stays. Not in phase auction: nothing. Reports: trades of the
 * auction, and what follows. */
ntm_status ntm_uncross(ntm_library *library, ntm_book book, int64_t reference_price);

/* What `ntm_uncross` would do now; NTM_NONE when nothing would trade. O(n). */
ntm_status ntm_indicate(
    ntm_library *library, ntm_book book, int64_t reference_price, ntm_indication *indication);

/* ---- Reports --------------------------------------------------------------------------------- */

/* The reports of the last call on this book that has any, oldest first. The pointer is good until
 * the next such call on this book, or its end. O(1). */
ntm_status ntm_reports(
    ntm_library *library, ntm_book book, const ntm_report **reports, uint64_t *count);

/* Copies the reports from place `first` (0 is the oldest) on to `target`, at most `capacity`; how
 * many goes to `count`. `target` may be NULL when `capacity` is 0. O(k). */
ntm_status ntm_copy_reports(
    ntm_library *library, ntm_book book, uint64_t first, ntm_report *target, uint64_t capacity,
    uint64_t *count);

/* ---- Views: they change nothing, and leave the reports where they are ------------------------ */

/* The best displayed price; NTM_NONE for an empty side. O(1). */
ntm_status ntm_best_bid(ntm_library *library, ntm_book book, ntm_level *level);
ntm_status ntm_best_ask(ntm_library *library, ntm_book book, ntm_level *level);

/* The displayed levels of `side`, best first, at most `capacity`; how many goes to `count`.
 * `target` may be NULL when `capacity` is 0. O(levels written). NTM_ERROR_ENUM. */
ntm_status ntm_depth(
    ntm_library *library, ntm_book book, uint8_t side, ntm_level *target, uint64_t capacity,
    uint64_t *count);

/* The quantity displayed at `price` on `side`; 0 when there is none. O(1). NTM_ERROR_ENUM. */
ntm_status ntm_quantity_at(
    ntm_library *library, ntm_book book, uint8_t side, int64_t price, int64_t *quantity);

/* An order that rests or a stop that waits; NTM_NONE when there is none with this id. O(1). */
ntm_status ntm_find_order(
    ntm_library *library, ntm_book book, uint64_t order_id, ntm_order_view *order);

/* Where a displayed order stands at its price; NTM_NONE when it does not. O(orders ahead). */
ntm_status ntm_find_queue_position(
    ntm_library *library, ntm_book book, uint64_t order_id, ntm_queue_position *position);

/* The orders displayed at `price` on `side`, first to trade first, at most `capacity`; how many
 * goes to `count`. `target` may be NULL when `capacity` is 0. O(orders written). NTM_ERROR_ENUM. */
ntm_status ntm_orders_at(
    ntm_library *library, ntm_book book, uint8_t side, int64_t price, ntm_order_view *target,
    uint64_t capacity, uint64_t *count);

/* The book's figures. O(1). NTM_ERROR_STRUCT_SIZE. */
ntm_status ntm_book_statistics(
    ntm_library *library, ntm_book book, ntm_statistics *statistics);

/* A hash over all that can influence reports to come, the same on every machine for equal books.
 * O(n). */
ntm_status ntm_state_hash(ntm_library *library, ntm_book book, uint64_t *hash);

/* ---- Feeds: changes since they were cleared, if the configuration keeps them ----------------- */

/* Copies the level changes from place `first` on to `target`, at most `capacity`; how many goes to
 * `count`. Applied in order they keep a copy of all levels. If more came than are kept, `missed`
 * (optional) becomes 1, else 0: then take the levels anew (`ntm_depth`) and clear. `target` may be
 * NULL when `capacity` is 0. */
ntm_status ntm_level_changes(
    ntm_library *library, ntm_book book, uint64_t first, ntm_level_change *target,
    uint64_t capacity, uint64_t *count, uint8_t *missed);

/* How many wait goes to `count`. O(1). */
ntm_status ntm_level_change_count(ntm_library *library, ntm_book book, uint64_t *count);

/* Forgets the waiting level changes. O(1). */
ntm_status ntm_clear_level_changes(ntm_library *library, ntm_book book);

/* The same three for changes of single displayed orders, which keep a copy of all queues. */
ntm_status ntm_order_changes(
    ntm_library *library, ntm_book book, uint64_t first, ntm_order_change *target,
    uint64_t capacity, uint64_t *count, uint8_t *missed);
ntm_status ntm_order_change_count(ntm_library *library, ntm_book book, uint64_t *count);
ntm_status ntm_clear_order_changes(ntm_library *library, ntm_book book);

/* ---- For tests ------------------------------------------------------------------------------- */

/* Ends the process unless all that a book knows agrees with itself. O(order_capacity). */
ntm_status ntm_check(ntm_library *library, ntm_book book);

/* ---- Layouts --------------------------------------------------------------------------------- */

#ifdef __cplusplus
#define NTM_ASSERT_SIZE(type, size) static_assert(sizeof(type) == size, #type)
#else
#define NTM_ASSERT_SIZE(type, size) _Static_assert(sizeof(type) == size, #type)
#endif
NTM_ASSERT_SIZE(ntm_book_config, 72);
NTM_ASSERT_SIZE(ntm_order, 96);
NTM_ASSERT_SIZE(ntm_report, 64);
NTM_ASSERT_SIZE(ntm_level, 24);
NTM_ASSERT_SIZE(ntm_order_view, 64);
NTM_ASSERT_SIZE(ntm_queue_position, 16);
NTM_ASSERT_SIZE(ntm_indication, 24);
NTM_ASSERT_SIZE(ntm_level_change, 24);
NTM_ASSERT_SIZE(ntm_order_change, 32);
NTM_ASSERT_SIZE(ntm_statistics, 120);
#undef NTM_ASSERT_SIZE

#ifdef __cplusplus
}
#endif
#endif
