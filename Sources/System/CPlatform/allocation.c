#include "CPlatform.h"

// Defined by CAllocationCount where it is linked; else null.
__attribute__((weak)) void callocation_count_start(void);
__attribute__((weak)) void callocation_count_stop(uint64_t *calls, uint64_t *bytes);

_Bool cplatform_allocation_count_is_linked(void) { return callocation_count_start != 0; }

void cplatform_allocation_count_start(void) {
  if (callocation_count_start != 0) callocation_count_start();
}

void cplatform_allocation_count_stop(uint64_t *calls, uint64_t *bytes) {
  *calls = 0;
  *bytes = 0;
  if (callocation_count_stop != 0) callocation_count_stop(calls, bytes);
}
