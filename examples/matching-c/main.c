// A few orders on a book, and what it reports. Build: make; the text it prints is in expected.txt.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "needletail_matching.h"

static const char *const kinds[] = {
    "accepted", "rejected",        "trade",            "canceled",  "reduced",
    "replaced", "cancel rejected", "replace rejected", "triggered", "expired"};

// Ends the program when a call was used wrongly. A refused order is no such case: it is a report.
static void check(ntm_status status) {
  if (status < 0) {
    fprintf(stderr, "matching: %s\n", ntm_status_text(status));
    exit(1);
  }
}

// Prints the reports of the last request.
static void show(ntm_library *library, ntm_book book, const char *title) {
  const ntm_report *reports;
  uint64_t count;
  check(ntm_reports(library, book, &reports, &count));
  printf("%s\n", title);
  for (uint64_t i = 0; i < count; i++) {
    const ntm_report *r = &reports[i];
    printf("  %s %s %" PRIu64, kinds[r->kind], r->side == NTM_SIDE_BUY ? "buy" : "sell",
           r->order_id);
    if (r->kind == NTM_REPORT_TRADE) printf(" with %" PRIu64, r->maker_order_id);
    printf(": %" PRId64 " at %" PRId64 ", leaves %" PRId64, r->quantity, r->price, r->leaves);
    if (r->reason != NTM_REASON_NONE) printf(", reason %d", r->reason);
    printf("\n");
  }
}

static ntm_order limit(uint8_t side, uint64_t id, int64_t price, int64_t quantity) {
  ntm_order order = NTM_ORDER_INIT;
  order.side = side;
  order.order_id = id;
  order.price = price;
  order.quantity = quantity;
  return order;
}

static void show_depth(ntm_library *library, ntm_book book) {
  ntm_level levels[4];
  uint64_t count;
  printf("depth\n");
  for (uint8_t side = NTM_SIDE_BUY; side <= NTM_SIDE_SELL; side++) {
    check(ntm_depth(library, book, side, levels, 4, &count));
    for (uint64_t i = 0; i < count; i++)
      printf("  %s %" PRId64 ": %" PRId64 " in %" PRIu32 "\n", side ? "ask" : "bid",
             levels[i].price, levels[i].quantity, levels[i].order_count);
  }
}

static void trade(ntm_library *library, ntm_book book) {
  ntm_order order = limit(NTM_SIDE_SELL, 1, 101, 10);
  check(ntm_submit(library, book, &order));
  show(library, book, "1 offers 10 at 101");

  order = limit(NTM_SIDE_SELL, 2, 102, 10);
  order.owner = 7;
  check(ntm_submit(library, book, &order));
  order = limit(NTM_SIDE_BUY, 3, 99, 5);
  order.owner = 7;
  check(ntm_submit(library, book, &order));

  order = limit(NTM_SIDE_BUY, 4, 101, 15);
  order.time_in_force = NTM_TIME_IMMEDIATE_OR_CANCEL;
  check(ntm_submit(library, book, &order));
  show(library, book, "4 takes what there is at 101, immediate or cancel");

  order = limit(NTM_SIDE_BUY, 5, INT64_MAX, 4);
  order.type = NTM_TYPE_MARKET;
  order.time_in_force = NTM_TIME_IMMEDIATE_OR_CANCEL;
  order.owner = 7;
  order.self_trade_prevention = NTM_STP_DECREMENT;
  check(ntm_submit(library, book, &order));
  show(library, book, "5 buys at any price, but not from its own owner");
}

static void change(ntm_library *library, ntm_book book) {
  check(ntm_modify(library, book, 2, 102, 5));
  show(library, book, "2 wants 5 in all, and keeps its place");
  check(ntm_cancel(library, book, 99));
  show(library, book, "99 is not there");
  show_depth(library, book);
  check(ntm_cancel_all(library, book, 7, NTM_BOTH_SIDES, NULL));
  show(library, book, "all of owner 7 are canceled");
}

// An iceberg shows a part at a time; a stop waits until a trade reaches its stop price.
static void hide_and_wait(ntm_library *library, ntm_book book) {
  ntm_order order = limit(NTM_SIDE_SELL, 20, 200, 30);
  order.display_quantity = 10;
  check(ntm_submit(library, book, &order));

  order = limit(NTM_SIDE_BUY, 21, 205, 5);
  order.type = NTM_TYPE_STOP_LIMIT;
  order.stop_price = 200;
  check(ntm_submit(library, book, &order));
  ntm_order_view view;
  check(ntm_find_order(library, book, 21, &view));
  printf("21 %s for a trade at %" PRId64 "\n", view.is_waiting_stop ? "waits" : "is in the book",
         view.stop_price);
  show_depth(library, book);

  order = limit(NTM_SIDE_BUY, 22, 200, 12);
  check(ntm_submit(library, book, &order));
  show(library, book, "22 takes the part shown and some of the next, and sets off 21");
}

// Orders collect in a call phase, crossed, and trade at one price.
static void hold_auction(ntm_library *library, ntm_book book) {
  check(ntm_set_phase(library, book, NTM_PHASE_AUCTION, 0));
  ntm_order order = limit(NTM_SIDE_BUY, 30, 210, 20);
  check(ntm_submit(library, book, &order));
  order = limit(NTM_SIDE_SELL, 31, 195, 6);
  check(ntm_submit(library, book, &order));
  ntm_indication indication;
  if (ntm_indicate(library, book, 200, &indication) == NTM_OK)
    printf("the auction would trade %" PRId64 " at %" PRId64 "\n", indication.quantity,
           indication.price);
  check(ntm_set_phase(library, book, NTM_PHASE_CONTINUOUS, 200));
  show(library, book, "it does");
}

int main(void) {
  ntm_library *library;
  ntm_book book;
  ntm_book_config config = NTM_BOOK_CONFIG_INIT;
  check(ntm_library_create(NTM_VERSION, 4, &library));
  check(ntm_book_create(library, &config, &book));
  trade(library, book);
  change(library, book);
  hide_and_wait(library, book);
  hold_auction(library, book);

  check(ntm_book_destroy(library, book));
  ntm_status status = ntm_cancel(library, book, 1);
  printf("after its end: %s\n", ntm_status_text(status));
  ntm_library_destroy(library);
  return 0;
}
