// Small pieces of memory for OpenSSL without the allocator. Each TLS record written or read makes it
// take pieces of 40 bytes and give them back (WPACKET_SUB in crypto/packet.c of OpenSSL 3.0); here
// they come from one block, by way of a list each thread has for itself.
#ifndef COPENSSL_MEMORY_H
#define COPENSSL_MEMORY_H
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { copenssl_slot_size = 64, copenssl_slot_count = 8192 };

typedef union copenssl_slot {
  union copenssl_slot *next;
  _Alignas(copenssl_slot_size) char bytes[copenssl_slot_size];
} copenssl_slot;

// Variables live in functions: Swift emits those of a header that its code calls, and nothing else.

static inline copenssl_slot *copenssl_slots(void) {
  static copenssl_slot slots[copenssl_slot_count];
  return slots;
}

/// Slots that were never given out begin here.
static inline atomic_uint *copenssl_first_fresh(void) {
  static atomic_uint place;
  return &place;
}

/// What this thread was given back, whoever took it.
static inline copenssl_slot **copenssl_free_slots(void) {
  static _Thread_local copenssl_slot *slots;
  return &slots;
}

static inline int copenssl_is_slot(const void *piece) {
  // Addresses as numbers: comparing pointers into different objects means nothing.
  return (uintptr_t)piece - (uintptr_t)copenssl_slots() <
         (uintptr_t)copenssl_slot_count * copenssl_slot_size;
}

static inline void *copenssl_allocate(size_t count, const char *file, int line) {
  (void)file, (void)line;
  if (count <= copenssl_slot_size) {
    copenssl_slot **list = copenssl_free_slots();
    copenssl_slot *slot = *list;
    if (slot) {
      *list = slot->next;
      return slot;
    }
    atomic_uint *fresh = copenssl_first_fresh();
    // The look before keeps the count from ever wrapping.
    if (atomic_load_explicit(fresh, memory_order_relaxed) < copenssl_slot_count) {
      unsigned place = atomic_fetch_add_explicit(fresh, 1, memory_order_relaxed);
      if (place < copenssl_slot_count) return &copenssl_slots()[place];
    }
  }
  return malloc(count);
}

static inline void copenssl_release(void *piece, const char *file, int line) {
  (void)file, (void)line;
  if (!copenssl_is_slot(piece)) {
    free(piece);
    return;
  }
  copenssl_slot *slot = piece;
  copenssl_slot **list = copenssl_free_slots();
  slot->next = *list;
  *list = slot;
}

static inline void *copenssl_reallocate(void *piece, size_t count, const char *file, int line) {
  if (!copenssl_is_slot(piece)) return realloc(piece, count);
  if (count <= copenssl_slot_size) return piece;
  void *larger = malloc(count);
  if (!larger) return NULL;
  memcpy(larger, piece, copenssl_slot_size);
  copenssl_release(piece, file, line);
  return larger;
}

/// Makes OpenSSL take its memory here; false where it has taken some already, and then nothing
/// changes. Called once, before anything else of OpenSSL.
static inline _Bool copenssl_use_slots(void) {
  return CRYPTO_set_mem_functions(copenssl_allocate, copenssl_reallocate, copenssl_release) == 1;
}
#endif
