#include "needletail_comparison.h"

_Static_assert(sizeof(new_order_t) == 32, "a new order has 32 bytes");
_Static_assert(sizeof(cancel_t) == 16, "a cancel has 16 bytes");
_Static_assert(sizeof(modify_t) == 32, "a modify has 32 bytes");
_Static_assert(sizeof(me_report_t) == 64, "a report has 64 bytes");
