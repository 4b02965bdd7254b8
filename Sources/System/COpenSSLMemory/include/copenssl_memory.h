// OpenSSL's small pieces of memory; see memory.c.
#ifndef COPENSSL_MEMORY_H
#define COPENSSL_MEMORY_H
#include <stdbool.h>

/// Whether OpenSSL takes its small pieces from the block that linking this target gives it.
bool copenssl_slots_are_used(void);
#endif
