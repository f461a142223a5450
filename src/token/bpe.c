#include "token/bpe.h"

#include "base/fail.h"
#include "base/utf8.h"
#include "token/pieces.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_POINTS 0x800 /* code points whose tokens are in a table of their own */

/* Open addressing; an empty slot has POT_NO_ID everywhere. */
typedef struct {
    uint32_t left, right, rank, made;
} merge;

typedef struct {
    uint32_t id, n; /* n = 0: merged into the one before */
    uint32_t prev, next;
} symbol;

#define NONE UINT32_MAX
#define MARK "\xe2\x96\x81" /* U+2581, which stands for a space and begins words */

/* Words met before, one per slot; what does not fit is worked out each time. */
#define CACHE_SLOTS 8192
#define CACHE_BYTES 26
#define CACHE_PARTS 7

typedef struct {
    uint32_t id[CACHE_PARTS];
    uint8_t len[CACHE_PARTS];
    uint8_t n, n_parts; /* n = 0: empty */
    char word[CACHE_BYTES + 1];
} cached;

struct pot_bpe {
    const pot_vocab *v; /* borrowed */
    merge *merges;      /* arena */
    uint32_t mask;
    uint32_t *made;       /* arena: for each rank, the id that the merge makes; NULL: pieces that
                           * score the same have the same rank */
    const pot_trie *user; /* borrowed: symbols that are tokens as they stand; or NULL */
    uint32_t *first;      /* arena: [FIRST_POINTS] */
    cached *cache;        /* arena: [CACHE_SLOTS] */
    uint32_t bytes[256];  /* the ids of <0x00> ... <0xFF> */
    uint32_t unk;         /* POT_NO_ID: named but not in the vocabulary, or not named */
    bool has_unk, fuse_unk, byte_fallback, ignore_merges;
    bool cuts; /* no merge reaches over the beginning of a marked word: see next_word */

    symbol *symbols; /* owned */
    uint64_t *heap;  /* owned: rank << 32 | position, the least on top */
    pot_part *parts; /* owned */
    uint32_t n_symbols, n_heap, n_parts, symbol_room, heap_room, part_room;
};

/* The merge of two tokens, or NULL. */
static const merge *find_merge(const pot_bpe *b, uint32_t left, uint32_t right)
{
    uint32_t i = (uint32_t)pot_mix((uint64_t)left << 32 | right) & b->mask;
    for (;; i = (i + 1) & b->mask) {
        const merge *m = &b->merges[i];
        if (m->left == left && m->right == right) return m;
        if (m->made == POT_NO_ID) return NULL;
    }
}

/* The queue: a binary heap. */

static void push(pot_bpe *b, uint32_t rank, uint32_t at)
{
    const uint64_t key = (uint64_t)rank << 32 | at;
    uint64_t *h = b->heap;
    uint32_t i = b->n_heap++;
    for (; i && h[(i - 1) / 2] > key; i = (i - 1) / 2)
        h[i] = h[(i - 1) / 2];
    h[i] = key;
}

static uint64_t pop(pot_bpe *b)
{
    uint64_t *h = b->heap;
    const uint64_t top = h[0], last = h[--b->n_heap];
    uint32_t i = 0, child;
    while ((child = 2 * i + 1) < b->n_heap) {
        if (child + 1 < b->n_heap && h[child + 1] < h[child]) child++;
        if (h[child] >= last) break;
        h[i] = h[child];
        i = child;
    }
    h[i] = last;
    return top;
}

/* Queue the merge of the symbol at `at` with the one behind it, if there is one. */
static void queue(pot_bpe *b, uint32_t at)
{
    const symbol *s = &b->symbols[at];
    if (s->next == NONE) return;
    const merge *m = find_merge(b, s->id, b->symbols[s->next].id);
    if (m) push(b, m->rank, at);
}

/* Lowest rank first, of equal ranks the leftmost.  An entry whose pair has changed is left
 * out unless the new pair makes the same token: so it is in the package. */
static void merge_all(pot_bpe *b)
{
    symbol *const v = b->symbols;
    b->n_heap = 0;
    for (uint32_t i = 0; i + 1 < b->n_symbols; i++)
        queue(b, i);
    while (b->n_heap) {
        const uint64_t top = pop(b);
        const uint32_t at = (uint32_t)top, rank = (uint32_t)(top >> 32);
        symbol *s = &v[at];
        if (!s->n || s->next == NONE) continue;
        symbol *right = &v[s->next];
        const merge *m = find_merge(b, s->id, right->id);
        if (!m || (b->made ? m->made != b->made[rank] : m->rank != rank)) continue;
        s->id = m->made;
        s->n += right->n;
        right->n = 0;
        s->next = right->next;
        if (s->next != NONE) v[s->next].prev = at;
        if (s->prev != NONE) queue(b, s->prev);
        queue(b, at);
    }
}

static void add_symbol(pot_bpe *b, uint32_t id, uint32_t n)
{
    const uint32_t i = b->n_symbols++;
    b->symbols[i] = (symbol){id, n, i ? i - 1 : NONE, NONE};
    if (i) b->symbols[i - 1].next = i;
}

/* All bytes of a character as byte tokens, if each byte has one. */
static bool add_bytes(pot_bpe *b, const char *s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (b->bytes[(uint8_t)s[i]] == POT_NO_ID) return false;
    for (uint32_t i = 0; i < n; i++)
        add_symbol(b, b->bytes[(uint8_t)s[i]], 1);
    return true;
}

static uint32_t char_id(const pot_bpe *b, const char *s, uint32_t n)
{
    uint32_t cp;
    if (n > 2) return pot_vocab_id(b->v, s, n);
    pot_char_at(s, &cp);
    return b->first[cp];
}

/* A symbol for each character.  An unknown one waits until the next known one, so that
 * unknown neighbours can be fused; byte tokens overtake it, as they do in the package. */
static pot_status split(pot_bpe *b, const char *word, uint32_t n, pot_error *err)
{
    uint32_t unknown = 0; /* bytes that wait */
    b->n_symbols = 0;
    for (uint32_t i = 0, len; i < n; i += len) {
        uint32_t id;
        len = b->user ? pot_trie_longest(b->user, word + i, n - i, &id) : 0;
        if (!len) {
            len = pot_char_len(word[i]);
            id = char_id(b, word + i, len);
        }
        if (id != POT_NO_ID) {
            if (unknown) add_symbol(b, b->unk, unknown);
            unknown = 0;
            add_symbol(b, id, len);
            continue;
        }
        if (b->byte_fallback && add_bytes(b, word + i, len)) continue;
        if (!b->has_unk) continue;
        if (b->unk == POT_NO_ID)
            return pot_fail_at(err, POT_E_FORMAT, "model.unk_token",
                               "an unknown character, but unk_token is not in the vocabulary");
        if (unknown && !b->fuse_unk) {
            add_symbol(b, b->unk, unknown);
            unknown = 0;
        }
        unknown += len;
    }
    if (unknown) add_symbol(b, b->unk, unknown);
    return POT_OK;
}

/* Room for n symbols: each is queued once, and every merge queues at most two more. */
static bool room_for(pot_bpe *b, uint32_t n)
{
    return pot_grow(&b->symbols, &b->symbol_room, n, sizeof *b->symbols) &&
           pot_grow(&b->heap, &b->heap_room, 3 * (uint64_t)n, sizeof *b->heap) &&
           pot_grow(&b->parts, &b->part_room, (uint64_t)b->n_parts + n + CACHE_PARTS,
                    sizeof *b->parts);
}

static cached *cache_slot(pot_bpe *b, const char *word, uint32_t n)
{
    return n <= CACHE_BYTES ? &b->cache[pot_hash(word, n) % CACHE_SLOTS] : NULL;
}

static void remember(cached *c, const char *word, uint32_t n, const pot_part *parts, uint32_t k)
{
    if (k > CACHE_PARTS) return;
    memcpy(c->word, word, n);
    c->n = (uint8_t)n;
    c->n_parts = (uint8_t)k;
    for (uint32_t i = 0; i < k; i++) {
        c->id[i] = parts[i].id;
        c->len[i] = (uint8_t)(parts[i].to - parts[i].from);
    }
}

/* Append a token of n bytes to b->parts, where there is room. */
static void add_part(pot_bpe *b, uint32_t *at, uint32_t id, uint32_t n)
{
    b->parts[b->n_parts++] = (pot_part){id, *at, *at + n, false};
    *at += n;
}

/* The tokens of one word, which begins at *at of what was asked for; moves it on. */
static pot_status add_word(pot_bpe *b, uint32_t *at, const char *word, uint32_t n, pot_error *err)
{
    if (!room_for(b, n)) return pot_fail_mem(err);
    const uint32_t first = b->n_parts;
    cached *c = cache_slot(b, word, n);
    if (c && c->n == n && memcmp(c->word, word, n) == 0) {
        for (uint32_t k = 0; k < c->n_parts; k++)
            add_part(b, at, c->id[k], c->len[k]);
        return POT_OK;
    }
    const uint32_t whole = b->ignore_merges ? pot_vocab_id(b->v, word, n) : POT_NO_ID;
    if (whole != POT_NO_ID) {
        add_part(b, at, whole, n);
    } else {
        POT_TRY(split(b, word, n, err));
        merge_all(b);
        for (uint32_t i = 0; i < b->n_symbols; i++)
            if (b->symbols[i].n) add_part(b, at, b->symbols[i].id, b->symbols[i].n);
    }
    if (c) remember(c, word, n, b->parts + first, b->n_parts - first);
    return POT_OK;
}

static bool is_mark(const char *s)
{
    return memcmp(s, MARK, 3) == 0;
}

/* Where the word that begins at `at` ends.  SentencePiece's vocabularies come without a
 * pre-tokenizer, and a whole text is one word; but where no merge joins anything to a mark
 * on its right, the text may be cut before each mark (or run of marks), and the result is the
 * same, found sooner. */
static uint32_t next_word(const pot_bpe *b, const char *text, uint32_t at, uint32_t n)
{
    if (!b->cuts) return n;
    for (uint32_t i = at + 1; i + 2 < n; i++)
        if (is_mark(text + i) && !(i >= at + 3 && is_mark(text + i - 3))) return i;
    return n;
}

pot_status pot_bpe_word(pot_bpe *b, const pot_part **parts, uint32_t *n_parts, const char *word,
                        uint32_t n, pot_error *err)
{
    uint32_t out = 0; /* what has no token is left out, and those behind it move up */
    b->n_parts = 0;
    for (uint32_t at = 0, end; at < n; at = end) {
        end = next_word(b, word, at, n);
        POT_TRY(add_word(b, &out, word + at, end - at, err));
    }
    *parts = b->parts;
    *n_parts = b->n_parts;
    return POT_OK;
}

/* Reading. */

static pot_status refuse_parts(const pot_json *model, pot_error *err)
{
    static const char *const affixes[] = {"continuing_subword_prefix", "end_of_word_suffix"};
    for (size_t i = 0; i < 2; i++) {
        const char *s = "";
        const pot_json at = pot_json_get(model, affixes[i]);
        POT_TRY(pot_json_opt_str(model, affixes[i], &s, err));
        if (*s) return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "only \"\" is supported");
    }
    double dropout = 0;
    const pot_json at = pot_json_get(model, "dropout");
    POT_TRY(pot_json_opt_f64(model, "dropout", &dropout, err));
    if (dropout != 0) /* makes the ids random */
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "only null or 0 is supported");
    return POT_OK;
}

static void fill_tables(pot_bpe *b)
{
    pot_vocab_bytes(b->v, b->bytes);
    b->cuts = !b->ignore_merges && pot_vocab_id(b->v, MARK, 3) != POT_NO_ID;
    for (uint32_t cp = 0; cp < FIRST_POINTS; cp++) {
        char s[4];
        b->first[cp] = pot_vocab_id(b->v, s, pot_utf8_put((uint8_t *)s, cp));
    }
}

static pot_status read_options(pot_bpe *b, const pot_json *model, pot_error *err)
{
    const char *unk = NULL;
    POT_TRY(refuse_parts(model, err));
    POT_TRY(pot_json_opt_str(model, "unk_token", &unk, err));
    POT_TRY(pot_json_opt_bool(model, "fuse_unk", &b->fuse_unk, err));
    POT_TRY(pot_json_opt_bool(model, "byte_fallback", &b->byte_fallback, err));
    POT_TRY(pot_json_opt_bool(model, "ignore_merges", &b->ignore_merges, err));
    b->has_unk = unk != NULL;
    b->unk = unk ? pot_vocab_id(b->v, unk, strlen(unk)) : POT_NO_ID;
    fill_tables(b);
    return POT_OK;
}

/* One merge, "a b" or ["a", "b"]: both strings into `room`, one behind the other. */
static pot_status read_pair(pot_scan *s, bool pairs, char *room, size_t *na, size_t *n)
{
    if (pairs) {
        POT_TRY(pot_scan_char(s, '['));
        POT_TRY(pot_scan_string(s, room, na));
        POT_TRY(pot_scan_char(s, ','));
        POT_TRY(pot_scan_string(s, room + *na, n));
        *n += *na;
        return pot_scan_char(s, ']');
    }
    POT_TRY(pot_scan_string(s, room, n));
    if (*n >= 8 && memcmp(room, "#version", 8) == 0) return *n = 0, POT_OK;
    char *space = memchr(room, ' ', *n);
    if (!space || memchr(space + 1, ' ', *n - (size_t)(space + 1 - room)))
        return pot_scan_fail(s, "\"%.60s\" is not two pieces with a space between", room);
    *na = (size_t)(space - room);
    *n -= 1;
    memmove(space, space + 1, *n - *na);
    return POT_OK;
}

/* False if somebody chose merges that take for ever to find. */
static bool insert(pot_bpe *b, merge m, uint64_t *patience)
{
    uint32_t i = (uint32_t)pot_mix((uint64_t)m.left << 32 | m.right) & b->mask;
    for (; b->merges[i].made != POT_NO_ID; i = (i + 1) & b->mask) {
        if (b->merges[i].left == m.left && b->merges[i].right == m.right) break;
        if (!(*patience)--) return false;
    }
    b->merges[i] = m;
    return true;
}

/* Enter the merge of rank `rank`; a pair that comes again counts by its last place. */
static pot_status add_merge(pot_bpe *b, pot_scan *s, const char *pair, size_t na, size_t n,
                            uint32_t rank, uint64_t *patience)
{
    const uint32_t left = pot_vocab_id(b->v, pair, na);
    const uint32_t right = pot_vocab_id(b->v, pair + na, n - na);
    const uint32_t made = pot_vocab_id(b->v, pair, n);
    const int an = na < 60 ? (int)na : 60, bn = n - na < 60 ? (int)(n - na) : 60;
    if (!na || na == n || left == POT_NO_ID || right == POT_NO_ID || made == POT_NO_ID)
        return pot_scan_fail(s,
                             "merge %u, of \"%.*s\" and \"%.*s\": one of them or the result is "
                             "not in the vocabulary",
                             rank, an, pair, bn, pair + na);
    if (!insert(b, (merge){left, right, rank, made}, patience))
        return pot_scan_fail(s, "merges that were made to collide");
    if (n - na >= 3 && is_mark(pair + na) && (na < 3 || !is_mark(pair + na - 3))) b->cuts = false;
    b->made[rank] = made;
    return POT_OK;
}

static pot_status walk(pot_bpe *b, pot_scan *s, char *room)
{
    uint64_t patience = pot_patience(b->mask + 1);
    uint32_t rank = 0;
    POT_TRY(pot_scan_char(s, '['));
    if (pot_scan_if(s, ']')) return pot_scan_end(s);
    const bool pairs = pot_scan_if(s, '[');
    if (pairs) s->p--;
    do {
        size_t na = 0, n = 0;
        POT_TRY(read_pair(s, pairs, room, &na, &n));
        if (n || pairs) POT_TRY(add_merge(b, s, room, na, n, rank++, &patience));
    } while (pot_scan_if(s, ','));
    POT_TRY(pot_scan_char(s, ']'));
    return pot_scan_end(s);
}

static bool make_merges(pot_bpe *b, pot_arena *a, uint32_t most)
{
    const uint32_t slots = pot_slots(most);
    b->merges = pot_arena_new(a, slots, sizeof *b->merges);
    b->mask = slots - 1;
    for (uint32_t i = 0; i < slots && b->merges; i++)
        b->merges[i] = (merge){POT_NO_ID, POT_NO_ID, POT_NO_ID, POT_NO_ID};
    return b->merges != NULL;
}

static pot_status read_merges(pot_bpe *b, pot_arena *a, pot_scan *s)
{
    const pot_bytes value = {s->p, (size_t)(s->end - s->p)};
    const uint32_t most = pot_count_elements(value);
    char *room = pot_mem_raw(value.n + 1, 1);
    if (!room) return pot_fail_mem(s->err);
    b->made = pot_arena_new(a, most, sizeof *b->made);
    pot_status st = make_merges(b, a, most) && b->made ? POT_OK : pot_fail_mem(s->err);
    if (st == POT_OK) st = walk(b, s, room);
    pot_mem_free(room);
    return st;
}

static pot_bpe *make(pot_arena *a, const pot_vocab *v)
{
    pot_bpe *b = pot_arena_new(a, 1, sizeof *b);
    if (!b) return NULL;
    b->v = v;
    b->first = pot_arena_new(a, FIRST_POINTS, sizeof *b->first);
    b->cache = pot_arena_new(a, CACHE_SLOTS, sizeof *b->cache);
    return b->first && b->cache ? b : NULL;
}

pot_status pot_bpe_open(pot_bpe **out, pot_arena *a, const pot_vocab *v, const pot_json *model,
                        pot_scan *merges, pot_error *err)
{
    pot_bpe *b = make(a, v);
    if (!b) return pot_fail_mem(err);
    POT_TRY(read_options(b, model, err));
    POT_TRY(read_merges(b, a, merges));
    *out = b;
    return POT_OK;
}

/* SentencePiece. */

typedef struct {
    float score;
    uint32_t id;
} scored;

static int by_score(const void *x, const void *y)
{
    const scored *a = x, *b = y;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return a->id < b->id ? -1 : 1;
}

/* The id of a piece that merges, or POT_NO_ID. */
static uint32_t part_of(const pot_bpe *b, const pot_sp *sp, const char *s, uint32_t n)
{
    const uint32_t id = pot_vocab_id(b->v, s, n);
    return id != POT_NO_ID && sp->type[id] == POT_SP_NORMAL ? id : POT_NO_ID;
}

/* All ways to make a piece of two others, appended to a list. */
static pot_status split_piece(pot_bpe *b, const pot_sp *sp, uint32_t id, uint32_t rank,
                              merge **list, uint32_t *n, uint32_t *room, pot_error *err)
{
    const pot_str *s = &sp->piece[id];
    for (uint32_t i = 0, len; i < s->n; i += len) {
        len = pot_char_len(s->s[i]);
        if (pot_vocab_id(b->v, s->s + i, len) == POT_NO_ID)
            return pot_fail(err, POT_E_UNSUPPORTED, "\"%.40s\" has a character that is no piece",
                            s->s);
        const uint32_t left = i ? part_of(b, sp, s->s, i) : POT_NO_ID;
        const uint32_t right = left != POT_NO_ID ? part_of(b, sp, s->s + i, s->n - i) : POT_NO_ID;
        if (right == POT_NO_ID) continue;
        if (!pot_grow(list, room, (uint64_t)*n + 1, sizeof **list)) return pot_fail_mem(err);
        (*list)[(*n)++] = (merge){left, right, rank, id};
    }
    return POT_OK;
}

/* Whether a word's mark begins inside the piece. */
static bool has_mark_inside(const pot_str *s)
{
    for (uint32_t i = 1; i + 2 < s->n; i++)
        if (is_mark(s->s + i) && !(i >= 3 && is_mark(s->s + i - 3))) return true;
    return false;
}

static pot_status add_scored(pot_bpe *b, pot_arena *a, const pot_sp *sp, const scored *order,
                             uint32_t n, pot_error *err)
{
    merge *list = NULL;
    uint32_t found = 0, room = 0, rank = 0;
    uint64_t patience;
    pot_status s = POT_OK;
    for (uint32_t i = 0; i < n; i++) {
        rank += i && order[i].score != order[i - 1].score;
        POT_GO(s, split_piece(b, sp, order[i].id, rank, &list, &found, &room, err));
    }
    POT_GO(s, make_merges(b, a, found) ? POT_OK : pot_fail_mem(err));
    patience = pot_patience(b->mask + 1);
    for (uint32_t i = 0; i < found && s == POT_OK; i++)
        if (!insert(b, list[i], &patience))
            s = pot_fail(err, POT_E_FORMAT, "pieces that were made to collide");
out:
    pot_mem_free(list);
    return s;
}

pot_status pot_bpe_open_scored(pot_bpe **out, pot_arena *a, const pot_vocab *v, const pot_sp *sp,
                               pot_error *err)
{
    pot_bpe *b = make(a, v);
    scored *order = pot_arena_new(a, sp->n, sizeof *order);
    uint32_t n = 0;
    if (!b || !order) return pot_fail_mem(err);
    b->has_unk = b->fuse_unk = true;
    b->unk = sp->unk;
    b->byte_fallback = sp->byte_fallback;
    b->user = sp->user.nodes ? &sp->user : NULL;
    fill_tables(b);
    for (uint32_t i = 0; i < sp->n; i++) {
        const pot_str *s = &sp->piece[i];
        const bool single = pot_char_len(s->s[0]) == s->n;
        if (single && (sp->type[i] == POT_SP_CONTROL || sp->type[i] == POT_SP_UNKNOWN))
            return pot_fail(err, POT_E_UNSUPPORTED,
                            "the character \"%s\" is a control symbol or the unknown piece", s->s);
        if (sp->type[i] == POT_SP_NORMAL && !single) order[n++] = (scored){sp->score[i], i};
        if (sp->type[i] == POT_SP_NORMAL || sp->type[i] == POT_SP_USER)
            b->cuts &= !has_mark_inside(s);
    }
    if (n) qsort(order, n, sizeof *order, by_score);
    POT_TRY(add_scored(b, a, sp, order, n, err));
    *out = b;
    return POT_OK;
}

void pot_bpe_close(pot_bpe *b)
{
    if (!b) return;
    pot_mem_free(b->symbols);
    pot_mem_free(b->heap);
    pot_mem_free(b->parts);
}

bool pot_bpe_byte_fallback(const pot_bpe *b)
{
    return b->byte_fallback;
}
