#include "CPlatform.h"

uint64_t cplatform_timestamp_counter(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
#error "Needletail runs on x86-64 and AArch64"
#endif
}
