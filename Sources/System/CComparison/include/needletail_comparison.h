// The C interface of the public matching-engine comparison: layouts, and the functions that
// libneedletail_comparison exports. Little endian, natural alignment; see docs/matching-engine.md.
#ifndef NEEDLETAIL_COMPARISON_H
#define NEEDLETAIL_COMPARISON_H
#include <stdint.h>

/// A new order; rests unless `ioc` is not 0. 32 bytes.
typedef struct {
  uint64_t order_id;
  uint64_t sequence_number;
  int64_t price_ticks;
  uint32_t quantity;
  /// 0 buy, 1 sell.
  uint8_t side;
  uint8_t ioc;
  uint8_t reserved[2];
} new_order_t;

/// A cancel of a resting order. 16 bytes.
typedef struct {
  uint64_t order_id;
  uint64_t sequence_number;
} cancel_t;

/// A resting order leaves and enters again, at the back of the queue. 32 bytes.
typedef struct {
  uint64_t order_id;
  uint64_t sequence_number;
  int64_t new_price_ticks;
  uint32_t new_quantity;
  uint8_t side;
  uint8_t reserved[3];
} modify_t;

/// Values of `me_report_t.type`.
enum {
  me_order_ack = 0,
  me_trade = 1,
  me_cancel_ack = 2,
  me_modify_ack = 3,
  me_cancel_reject = 4,
  me_modify_reject = 5
};

/// One report. 64 bytes, a cache line.
typedef struct {
  uint8_t type;
  uint8_t side;
  uint8_t reserved0[6];
  uint64_t sequence_number;
  uint64_t order_id;
  int64_t price_ticks;
  uint32_t quantity;
  uint32_t reserved1;
  uint64_t maker_order_id;
  uint64_t taker_order_id;
  uint64_t reserved2;
} me_report_t;

/// A queue of reports from the matching thread to one other.
typedef struct {
  void *(*create)(uint32_t capacity);
  /// 1, or 0 when the queue is full.
  int (*push)(void *queue, const me_report_t *report);
  /// Moves up to `max` reports to `out`, oldest first; gives their number.
  uint32_t (*drain)(void *queue, me_report_t *out, uint32_t max);
  void (*flush)(void *queue);
  void (*destroy)(void *queue);
} me_transport_t;

void engine_init(uint64_t seed, const me_transport_t *transport, void *sink);
void engine_shutdown(void);
void engine_on_new_order(const new_order_t *message);
void engine_on_cancel(const cancel_t *message);
void engine_on_modify(const modify_t *message);
void engine_flush(void);
int64_t engine_query_best_bid(void);
int64_t engine_query_best_ask(void);
uint64_t engine_query_depth_at(int64_t price_ticks, uint8_t side);
const me_transport_t *engine_get_transport(void);

#endif
