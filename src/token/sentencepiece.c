#include "token/sentencepiece.h"

#include "base/fail.h"
#include "base/utf8.h"
#include "token/protobuf.h"

#include <math.h>
#include <string.h>

#define MARK       "\xe2\x96\x81"
#define MOST_PIECE 1024 /* bytes: bounds the work at one place of a text */

/* The file while it is read. */
typedef struct {
    pot_sp *sp;
    pot_arena *a;
    pot_str *piece; /* sp->piece, before it is constant; as are: */
    float *score;
    uint8_t *type;
    uint32_t most;
    pot_bytes map;
    bool has_unk;
} reading;

static pot_status keep_text(const char **out, reading *g, pot_rd *r, pot_bytes b)
{
    if (pot_utf8_valid(b.p, b.n) < b.n || memchr(b.p, 0, b.n))
        return pot_rd_fail(r, "a text that is not UTF-8, or holds a NUL");
    *out = pot_arena_str(g->a, (const char *)b.p, b.n);
    return *out ? POT_OK : pot_fail_mem(r->err);
}

/* One piece: 1 its text, 2 its score, 3 its type. */
static pot_status read_piece(reading *g, pot_rd *r)
{
    const uint32_t i = g->sp->n++;
    pot_bytes text = {(const uint8_t *)"", 0};
    uint32_t type = POT_SP_NORMAL;
    pot_pb_field f;
    bool more;
    for (;;) {
        POT_TRY(pot_pb_next(r, &f, &more));
        if (!more) break;
        if (f.number == 1) POT_TRY(pot_pb_bytes(r, &f, &text));
        if (f.number == 2) POT_TRY(pot_pb_float(r, &f, &g->score[i]));
        if (f.number == 3) POT_TRY(pot_pb_u32(r, &f, &type));
    }
    if (!text.n || text.n > MOST_PIECE)
        return pot_rd_fail(r, "piece %u has %zu bytes; 1 to %d are expected", i, text.n,
                           MOST_PIECE);
    if (!type || type > POT_SP_BYTE) return pot_rd_fail(r, "piece %u is of no known type", i);
    if (!isfinite(g->score[i])) return pot_rd_fail(r, "piece %u has no finite score", i);
    if (type == POT_SP_UNKNOWN) {
        if (g->has_unk) return pot_rd_fail(r, "piece %u is a second unknown piece", i);
        g->has_unk = true;
        g->sp->unk = i;
    }
    g->piece[i].n = (uint32_t)text.n;
    g->type[i] = (uint8_t)type;
    return keep_text(&g->piece[i].s, g, r, text);
}

static pot_status read_trainer(reading *g, pot_rd *r)
{
    uint32_t model = g->sp->model;
    pot_bytes b;
    pot_pb_field f;
    bool more;
    for (;;) {
        POT_TRY(pot_pb_next(r, &f, &more));
        if (!more) break;
        if (f.number == 3) POT_TRY(pot_pb_u32(r, &f, &model));
        if (f.number == 24) POT_TRY(pot_pb_bool(r, &f, &g->sp->mark_behind));
        if (f.number == 35) POT_TRY(pot_pb_bool(r, &f, &g->sp->byte_fallback));
        if (f.number != 46 && f.number != 47) continue;
        POT_TRY(pot_pb_bytes(r, &f, &b));
        POT_TRY(keep_text(f.number == 46 ? &g->sp->bos : &g->sp->eos, g, r, b));
    }
    g->sp->model = (pot_sp_model)model;
    if (model == POT_SP_UNIGRAM || model == POT_SP_BPE) return POT_OK;
    pot_rd_fail(r,
                "the model is of kind %u (WORD is 3, CHAR 4); only Unigram and BPE are supported",
                model);
    if (r->err) r->err->status = POT_E_UNSUPPORTED;
    return POT_E_UNSUPPORTED;
}

static pot_status read_normalizer(reading *g, pot_rd *r)
{
    pot_pb_field f;
    bool more;
    for (;;) {
        POT_TRY(pot_pb_next(r, &f, &more));
        if (!more) return POT_OK;
        if (f.number == 2) POT_TRY(pot_pb_bytes(r, &f, &g->map));
        if (f.number == 3) POT_TRY(pot_pb_bool(r, &f, &g->sp->add_mark));
        if (f.number == 4) POT_TRY(pot_pb_bool(r, &f, &g->sp->squeeze));
        if (f.number == 5) POT_TRY(pot_pb_bool(r, &f, &g->sp->escape));
    }
}

/* How many pieces there are, so that they go into one block. */
static pot_status count_pieces(reading *g, pot_rd r)
{
    pot_pb_field f;
    bool more;
    uint64_t n = 0;
    for (;; n += f.number == 1) {
        POT_TRY(pot_pb_next(&r, &f, &more));
        if (!more) break;
    }
    if (!n || n > POT_MAX_ID)
        return pot_rd_fail(&r, "%llu pieces; 1 to %u are expected", (unsigned long long)n,
                           POT_MAX_ID);
    g->piece = pot_arena_new(g->a, n, sizeof *g->piece);
    g->score = pot_arena_new(g->a, n, sizeof *g->score);
    g->type = pot_arena_new(g->a, n, sizeof *g->type);
    return g->piece && g->score && g->type ? POT_OK : pot_fail_mem(r.err);
}

static pot_status read_fields(reading *g, pot_rd *r)
{
    pot_pb_field f;
    pot_rd in;
    bool more;
    POT_TRY(count_pieces(g, *r));
    for (;;) {
        POT_TRY(pot_pb_next(r, &f, &more));
        if (!more) return POT_OK;
        if (f.number < 1 || f.number > 3) continue;
        POT_TRY(pot_pb_inside(&in, r, &f));
        if (f.number == 1) POT_TRY(read_piece(g, &in));
        if (f.number == 2) POT_TRY(read_trainer(g, &in));
        if (f.number == 3) POT_TRY(read_normalizer(g, &in));
    }
}

/* Byte pieces are <0x00> to <0xFF>, all or none. */
static pot_status check_bytes(const pot_sp *sp, pot_error *err)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < sp->n; i++) {
        if (sp->type[i] != POT_SP_BYTE) continue;
        uint8_t byte;
        char code[3] = {0};
        if (sp->piece[i].n == 6) memcpy(code, sp->piece[i].s + 3, 2);
        if (!pot_hex_parse(&byte, 1, code) || memcmp(sp->piece[i].s, "<0x", 3) != 0 ||
            sp->piece[i].s[5] != '>' || strpbrk(code, "abcdef"))
            return pot_fail(err, POT_E_FORMAT, "the byte piece \"%.20s\" is not <0x00> to <0xFF>",
                            sp->piece[i].s);
        n++;
    }
    if (n == (sp->byte_fallback ? 256 : 0)) return POT_OK; /* none is there twice: see vocab */
    return pot_fail(err, POT_E_FORMAT, "%u byte pieces; with byte_fallback 256, without none", n);
}

static pot_status finish(reading *g, pot_error *err)
{
    pot_sp *sp = g->sp;
    sp->piece = g->piece;
    sp->score = g->score;
    sp->type = g->type;
    if (!g->has_unk) return pot_fail(err, POT_E_FORMAT, "no piece is the unknown one");
    POT_TRY(check_bytes(sp, err));
    for (uint32_t i = 0; i < sp->n; i++) {
        if (sp->type[i] == POT_SP_UNUSED && sp->model == POT_SP_BPE)
            return pot_fail(err, POT_E_UNSUPPORTED, "the piece \"%.40s\" is marked as unused",
                            sp->piece[i].s);
        if (sp->type[i] == POT_SP_USER)
            POT_TRY(pot_trie_add(&sp->user, sp->piece[i].s, sp->piece[i].n, i, err));
    }
    sp->has_map = g->map.n > 0;
    return sp->has_map ? pot_charsmap_read(&sp->map, g->a, g->map, err) : POT_OK;
}

pot_status pot_sp_read(pot_sp *out, pot_arena *a, pot_bytes doc, const char *file, pot_error *err)
{
    pot_sp sp = {.model = POT_SP_UNIGRAM,
                 .bos = "<s>",
                 .eos = "</s>",
                 .add_mark = true,
                 .squeeze = true,
                 .escape = true};
    reading g = {.sp = &sp, .a = a};
    pot_rd r = pot_rd_over(doc, file, err);
    pot_status s = read_fields(&g, &r);
    if (s == POT_OK) s = finish(&g, err);
    if (s == POT_OK) *out = sp;
    else pot_sp_close(&sp);
    return pot_fail_in(err, s, file);
}

void pot_sp_close(pot_sp *sp)
{
    pot_trie_free(&sp->user);
}

/* Normalizing. */

/* What the text at s[0, n) begins with and what stands for it: a user-defined symbol, the longest
 * string of the map, or a character. */
static uint32_t prefix(const pot_sp *sp, const char *s, uint32_t n, pot_str *to)
{
    uint32_t id, used = pot_trie_longest(&sp->user, s, n, &id);
    *to = (pot_str){s, used};
    if (used) return used;
    if (sp->has_map) used = pot_charsmap_find(&sp->map, s, n, true, &to->s);
    if (used && (used == n || ((uint8_t)s[used] & 0xc0) != 0x80)) {
        to->n = (uint32_t)strlen(to->s);
        return used;
    }
    *to = (pot_str){s, pot_char_len(s[0])};
    return to->n;
}

static void put_mark(const pot_sp *sp, pot_work *w, pot_span at)
{
    if (sp->escape) pot_put(w, MARK, 3, at);
    else pot_put(w, " ", 1, at);
}

static void put_text(const pot_sp *sp, pot_work *w, pot_str s, pot_span at)
{
    uint32_t done = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.s[i] != ' ') continue;
        pot_put(w, s.s + done, i - done, at);
        put_mark(sp, w, at);
        done = i + 1;
    }
    pot_put(w, s.s + done, s.n - done, at);
}

/* Take the marks from the end of what was written since `from`. */
static void strip_end(const pot_sp *sp, pot_work *w, uint32_t from)
{
    const char *mark = sp->escape ? MARK : " ";
    const uint32_t n = (uint32_t)strlen(mark);
    pot_text *t = &w->next;
    while (t->n >= from + n && memcmp(t->s + t->n - n, mark, n) == 0)
        t->n -= n;
}

pot_status pot_sp_normalize(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_sp *sp = how;
    const char *s = w->text.s;
    const uint32_t from = w->next.n;
    uint32_t at = p->from, used;
    pot_str to = {0};
    (void)err;

    for (; sp->squeeze && at < p->to; at += used) {
        used = prefix(sp, s + at, p->to - at, &to);
        if (to.n != 1 || to.s[0] != ' ') break;
    }
    if (at == p->to) return POT_OK;
    const pot_span begin = {w->text.at[at].start, w->text.at[at].start};
    if (sp->add_mark && !sp->mark_behind) put_mark(sp, w, begin);
    for (bool space = sp->squeeze; at < p->to; at += used) {
        used = prefix(sp, s + at, p->to - at, &to);
        const pot_span span = {w->text.at[at].start, w->text.at[at + used - 1].end};
        while (space && to.n && to.s[0] == ' ')
            to.s++, to.n--;
        put_text(sp, w, to, span);
        if (to.n) space = sp->squeeze && to.s[to.n - 1] == ' ';
    }
    if (sp->squeeze) strip_end(sp, w, from);
    const uint32_t last = w->text.at[p->to - 1].end;
    if (sp->add_mark && sp->mark_behind) put_mark(sp, w, (pot_span){last, last});
    return POT_OK;
}
