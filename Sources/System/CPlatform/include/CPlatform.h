// Thin C shims for what Swift's Glibc overlay does not reach.
#ifndef CPLATFORM_H
#define CPLATFORM_H
#include <stddef.h>
#include <stdint.h>

/// The processor's time-stamp counter (x86-64), or the virtual counter (AArch64). Ticks.
uint64_t cplatform_timestamp_counter(void);

/// Stores `word` before every later store of this thread, as a killed process leaves memory: the
/// compiler may neither drop the store nor move later ones in front of it.
static inline void cplatform_store_first(void *place, uint64_t word) {
  __atomic_store_n((uint64_t *)place, word, __ATOMIC_RELAXED);
  __asm__ volatile("" ::: "memory");
}

/// Stores `word` after every earlier store of this thread, with release order for other threads.
static inline void cplatform_store_last(void *place, uint64_t word) {
  __asm__ volatile("" ::: "memory");
  __atomic_store_n((uint64_t *)place, word, __ATOMIC_RELEASE);
}

/// The first non-zero byte of `base[0..<count]`, or `count`. Any alignment.
size_t cplatform_first_nonzero(const void *base, size_t count);

/// Makes every page of a mapping present and writable, so that no later store faults.
void cplatform_prefault(void *base, size_t count);

/// Names the calling thread, for debuggers and `top`; at most 15 bytes are kept.
void cplatform_name_thread(const char *name);

#endif
