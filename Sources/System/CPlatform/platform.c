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

static const size_t large_page = (size_t)2 << 20;

static size_t rounded_up(size_t count) { return (count + large_page - 1) & ~(large_page - 1); }

void *cplatform_large_pages(size_t count) {
  size_t length = rounded_up(count);
  if (length < count || length + large_page < length) return NULL;
  char *mapping = mmap(NULL, length + large_page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return NULL;
  // The kernel aligns mappings to small pages, so what stands over on both sides goes back.
  size_t before = rounded_up((size_t)mapping) - (size_t)mapping;
  if (before > 0) munmap(mapping, before);
  munmap(mapping + before + length, large_page - before);
  // Where large pages are forbidden the advice fails, and small ones do.
  madvise(mapping + before, length, MADV_HUGEPAGE);
  cplatform_prefault(mapping + before, length);
  return mapping + before;
}

void cplatform_free_large_pages(void *base, size_t count) { munmap(base, rounded_up(count)); }

void cplatform_prefault(void *base, size_t count) {
  if (madvise(base, count, MADV_POPULATE_WRITE) == 0) return;
  // Kernels before 5.14: write every page. The mapping is new, so all of it is zero.
  volatile unsigned char *bytes = base;
  for (size_t offset = 0; offset < count; offset += 4096) bytes[offset] = 0;
}
