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

/// Memory of `count` bytes (above 0), zero and present, in pages of 2 MiB where the system has them:
/// for large tables that are read all over. Null when there is none. Give it back with
/// `cplatform_free_large_pages` and the same count.
void *cplatform_large_pages(size_t count);

/// Gives back what `cplatform_large_pages` gave.
void cplatform_free_large_pages(void *base, size_t count);

/// Names the calling thread, for debuggers and `top`; at most 15 bytes are kept.
void cplatform_name_thread(const char *name);

/// Tells the processor that this thread spins.
static inline void cplatform_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Asks for the line at `place`, any address, to be made writable here. Changes nothing.
static inline void cplatform_prefetch_to_write(const void *place) {
#if defined(__x86_64__)
  __asm__ volatile("prefetchw %0" ::"m"(*(const char *)place));
#else
  __builtin_prefetch(place, 1);
#endif
}

/// Allows the calling thread on one processor alone. Returns 0 or an errno.
int cplatform_pin_thread(int processor);

/// Allows the calling thread on every processor again. Returns 0 or an errno.
int cplatform_unpin_thread(void);

/// How many processors the calling thread may run on; at least 1.
int cplatform_processor_count(void);

/// Handles SIGINT and SIGTERM by counting them, and ignores SIGPIPE. The second signal writes the
/// exit text to descriptor 1 and leaves at once with status 130. Returns 0 or an errno.
int cplatform_handle_interruption(void);

/// How many of SIGINT and SIGTERM came so far.
int cplatform_interruption_count(void);

/// Counts one more, as a signal would; the first only.
void cplatform_request_interruption(void);

/// What the second signal writes before leaving: at most 63 bytes, kept.
void cplatform_set_exit_text(const char *text);

/// Columns and rows of the terminal at `descriptor`; false where there is none.
_Bool cplatform_terminal_size(int descriptor, int *columns, int *rows);

/// Whether CAllocationCount is linked into this process.
_Bool cplatform_allocation_count_is_linked(void);
/// Zeros the calling thread's counts and counts from here on.
void cplatform_allocation_count_start(void);
/// Ends the calling thread's counting and tells what was counted.
void cplatform_allocation_count_stop(uint64_t *calls, uint64_t *bytes);

#endif
