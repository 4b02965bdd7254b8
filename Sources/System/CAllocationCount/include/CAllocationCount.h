// Stands in for the allocator of the process that links it, and counts calls and bytes per thread
// while that thread asks for it. The counting itself costs one thread-local test an allocation.
//
// Counted: malloc, calloc, realloc, posix_memalign, aligned_alloc, memalign, mmap. Memory comes
// from glibc's own functions, so `free` needs no stand-in. What glibc asks of the kernel for itself
// is not counted again.
#ifndef CALLOCATIONCOUNT_H
#define CALLOCATIONCOUNT_H
#include <stdint.h>

/// Zeros the calling thread's counts and counts from here on.
void callocation_count_start(void);

/// Ends the calling thread's counting; tells the calls that took memory and the bytes they took.
void callocation_count_stop(uint64_t *calls, uint64_t *bytes);

#endif
