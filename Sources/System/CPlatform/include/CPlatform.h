// Thin C shims for what Swift's Glibc overlay does not reach.
#ifndef CPLATFORM_H
#define CPLATFORM_H
#include <stdint.h>

/// The processor's time-stamp counter (x86-64), or the virtual counter (AArch64). Ticks.
uint64_t cplatform_timestamp_counter(void);

#endif
