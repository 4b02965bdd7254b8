#define _GNU_SOURCE
#include "CAllocationCount.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static __thread struct {
  uint64_t calls;
  uint64_t bytes;
  _Bool counts;
} here __attribute__((tls_model("initial-exec")));

static inline void count(size_t bytes) {
  if (__builtin_expect(here.counts, 0)) {
    here.calls++;
    here.bytes += bytes;
  }
}

void callocation_count_start(void) {
  here.calls = 0;
  here.bytes = 0;
  here.counts = 1;
}

void callocation_count_stop(uint64_t *calls, uint64_t *bytes) {
  here.counts = 0;
  *calls = here.calls;
  *bytes = here.bytes;
}

// A sanitizer stands in for the allocator itself: then nothing is counted.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

void *malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  count(size);
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **place, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
    return EINVAL;
  count(size);
  int saved = errno;
  void *memory = __libc_memalign(alignment, size);
  errno = saved;
  if (memory == NULL) return ENOMEM;
  *place = memory;
  return 0;
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
  count(size);
  return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}

void *mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset)
    __attribute__((alias("mmap")));

#endif
