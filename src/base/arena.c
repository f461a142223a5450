#include "base/mem.h"

#include <string.h>

#define CHUNK ((size_t)1 << 16)

typedef struct pot_chunk {
    _Alignas(16) struct pot_chunk *next; /* owned */
    size_t room, at;                     /* bytes in this chunk, bytes handed out */
} chunk;

void pot_arena_init(pot_arena *a, size_t cap)
{
    *a = (pot_arena){.cap = cap};
}

static chunk *add_chunk(pot_arena *a, size_t bytes)
{
    const size_t room = bytes > CHUNK ? bytes : CHUNK;
    chunk *c = pot_mem_new(1, sizeof *c + room);
    if (!c) return NULL;
    *c = (chunk){.next = a->chunk, .room = room};
    a->chunk = c;
    return c;
}

void *pot_arena_new(pot_arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > a->cap) return NULL;
    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > a->cap - a->used) return NULL;

    chunk *c = a->chunk;
    if (!c || c->room - c->at < bytes) c = add_chunk(a, bytes);
    if (!c) return NULL;
    void *p = (char *)(c + 1) + c->at;
    c->at += bytes;
    a->used += bytes;
    return p;
}

char *pot_arena_str(pot_arena *a, const char *s, size_t n)
{
    if (n == SIZE_MAX) return NULL;
    char *p = pot_arena_new(a, n + 1, 1);
    if (p && n) memcpy(p, s, n);
    return p;
}

void pot_arena_close(pot_arena *a)
{
    while (a->chunk) {
        chunk *c = a->chunk;
        a->chunk = c->next;
        pot_mem_free(c);
    }
    a->used = 0;
}
