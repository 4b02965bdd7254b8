// Small pieces of memory for OpenSSL without the allocator. Each TLS record written or read makes it
// take pieces of 40 bytes and give them back (WPACKET_SUB in crypto/packet.c of OpenSSL 3.0); here
// they come from one block, by way of a list each thread has for itself.
#include "copenssl_memory.h"

#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { copenssl_slot_size = 64, copenssl_slot_count = 65536 };

typedef union copenssl_slot {
  union copenssl_slot *next;
  _Alignas(copenssl_slot_size) char bytes[copenssl_slot_size];
} copenssl_slot;

static copenssl_slot slots[copenssl_slot_count];

/// Slots that were never given out begin here.
static atomic_uint first_fresh;

/// What this thread was given back, whoever took it.
static _Thread_local copenssl_slot *free_slots;

static int copenssl_is_slot(const void *piece) {
  // Addresses as numbers: comparing pointers into different objects means nothing.
  return (uintptr_t)piece - (uintptr_t)slots <
         (uintptr_t)copenssl_slot_count * copenssl_slot_size;
}

static void *copenssl_allocate(size_t count, const char *file, int line) {
  (void)file, (void)line;
  if (count <= copenssl_slot_size) {
    copenssl_slot *slot = free_slots;
    if (slot) {
      free_slots = slot->next;
      return slot;
    }
    // The look before keeps the count from ever wrapping.
    if (atomic_load_explicit(&first_fresh, memory_order_relaxed) < copenssl_slot_count) {
      unsigned place = atomic_fetch_add_explicit(&first_fresh, 1, memory_order_relaxed);
      if (place < copenssl_slot_count) return &slots[place];
    }
  }
  return malloc(count);
}

static void copenssl_release(void *piece, const char *file, int line) {
  (void)file, (void)line;
  if (!copenssl_is_slot(piece)) {
    free(piece);
    return;
  }
  copenssl_slot *slot = piece;
  slot->next = free_slots;
  free_slots = slot;
}

static void *copenssl_reallocate(void *piece, size_t count, const char *file, int line) {
  if (!copenssl_is_slot(piece)) return realloc(piece, count);
  if (count <= copenssl_slot_size) return piece;
  void *larger = malloc(count);
  if (!larger) return NULL;
  memcpy(larger, piece, copenssl_slot_size);
  copenssl_release(piece, file, line);
  return larger;
}

static bool are_used;

// While the program is loaded: OpenSSL changes its memory only before it has taken any, and nobody has
// called it yet.
__attribute__((constructor)) static void use_slots(void) {
  are_used =
      CRYPTO_set_mem_functions(copenssl_allocate, copenssl_reallocate, copenssl_release) == 1;
}

bool copenssl_slots_are_used(void) { return are_used; }
