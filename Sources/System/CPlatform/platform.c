#define _GNU_SOURCE
#include "CPlatform.h"

#include <string.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

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

size_t cplatform_first_nonzero(const void *base, size_t count) {
  const unsigned char *bytes = base;
  size_t offset = 0;
  for (; offset + 8 <= count; offset += 8) {
    uint64_t word;
    memcpy(&word, bytes + offset, 8);
    if (word != 0) break;
  }
  while (offset < count && bytes[offset] == 0) offset++;
  return offset;
}

void cplatform_prefault(void *base, size_t count) {
  if (madvise(base, count, MADV_POPULATE_WRITE) == 0) return;
  // Kernels before 5.14: write every page. The mapping is new, so all of it is zero.
  volatile unsigned char *bytes = base;
  for (size_t offset = 0; offset < count; offset += 4096) bytes[offset] = 0;
}
