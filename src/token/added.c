#include "token/added.h"

#include "base/fail.h"
#include "token/unicode.h"

#include <stdlib.h>
#include <string.h>

#define MAX_CONTENT 1024 /* bytes: bounds the work at one place of a text */

typedef struct {
    pot_str text; /* what is looked for: the content, normalized if it says so */
    pot_str content;
    uint32_t id, place; /* place: rank among equals */
    bool single_word, lstrip, rstrip, normalized, special;
} token;

/* Tokens in order of their bytes, so that those with a common beginning are neighbours:
 * first[c] .. first[c + 1] begin with the byte c. */
struct pot_added_set {
    token *v; /* arena */
    uint32_t n;
    uint32_t first[257];
};

static int by_text(const void *a, const void *b)
{
    const token *x = a, *y = b;
    const uint32_t n = x->text.n < y->text.n ? x->text.n : y->text.n;
    const int d = n ? memcmp(x->text.s, y->text.s, n) : 0;
    if (d) return d;
    if (x->text.n != y->text.n) return x->text.n < y->text.n ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

static bool same_text(const token *a, const token *b)
{
    return a->text.n == b->text.n && memcmp(a->text.s, b->text.s, a->text.n) == 0;
}

/* Searching. */

/* The first of v[lo, hi) whose byte at `depth` is not below `byte`. */
static uint32_t lower_bound(const token *v, uint32_t lo, uint32_t hi, uint32_t depth, unsigned byte)
{
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if ((uint8_t)v[mid].text.s[depth] < byte) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

/* The longest token that begins s[0..n), or NULL. */
static const token *longest(const pot_added_set *set, const char *s, uint32_t n)
{
    const token *best = NULL;
    uint32_t lo = set->first[(uint8_t)s[0]], hi = set->first[(uint8_t)s[0] + 1];
    for (uint32_t depth = 1; lo < hi; depth++) {
        if (set->v[lo].text.n == depth) best = &set->v[lo++];
        if (depth == n) break;
        const uint8_t c = (uint8_t)s[depth];
        lo = lower_bound(set->v, lo, hi, depth, c);
        hi = lower_bound(set->v, lo, hi, depth, c + 1u);
    }
    return best;
}

static bool is_word(uint32_t cp)
{
    return pot_set_has(&pot_set_word, cp);
}

/* Whether s[start, end) touches no letter of a word around it. */
static bool stands_alone(const char *s, uint32_t n, uint32_t start, uint32_t end)
{
    uint32_t before = ' ', after = ' ';
    if (start) pot_char_before(s, start, &before);
    if (end < n) pot_char_at(s + end, &after);
    return !is_word(before) && !is_word(after);
}

static uint32_t spaces_before(const char *s, uint32_t start)
{
    uint32_t cp;
    while (start) {
        const uint32_t at = pot_char_before(s, start, &cp);
        if (!pot_is_space(cp)) break;
        start = at;
    }
    return start;
}

static uint32_t spaces_after(const char *s, uint32_t n, uint32_t end)
{
    uint32_t cp;
    while (end < n) {
        const uint32_t len = pot_char_at(s + end, &cp);
        if (!pot_is_space(cp)) break;
        end += len;
    }
    return end;
}

/* The search goes on behind the token itself, not behind the spaces that it takes with it:
 * so two tokens may cover the same spaces, as they do in the package. */
static pot_status cut_tokens(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_added_set *set = how;
    const char *s = w->text.s + p->from;
    const uint32_t n = p->to - p->from;
    uint32_t done = 0;

    for (uint32_t at = 0; at < n;) {
        const token *t = longest(set, s + at, n - at);
        if (!t) {
            at++;
            continue;
        }
        uint32_t start = at, end = at + t->text.n;
        at = end;
        if (t->single_word && !stands_alone(s, n, start, end)) continue;
        if (t->lstrip) start = spaces_before(s, start);
        if (t->lstrip && start < done) start = done;
        if (t->rstrip) end = spaces_after(s, n, end);
        if (start > end)
            return pot_fail(err, POT_E_UNSUPPORTED,
                            "the added token \"%.40s\" follows on one that took its spaces; the "
                            "tokenizers package fails here too",
                            t->content.s);
        if (done < start) pot_cut(w, p->from + done, p->from + start, POT_NO_ID);
        pot_cut(w, p->from + start, p->from + end, t->id);
        done = end;
    }
    pot_cut(w, p->from + done, p->to, POT_NO_ID);
    return POT_OK;
}

/* Without tokens the piece stays whole, but where it begins is noted anew: white space that
 * a normalizer took away from the beginning of a text counts for Metaspace's "first". */
static pot_status cut_nothing(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    (void)how, (void)err;
    pot_cut(w, p->from, p->to, POT_NO_ID);
    return POT_OK;
}

pot_status pot_added_cut(const pot_added_set *set, pot_work *w, pot_error *err)
{
    return pot_work_cut(w, set ? cut_tokens : cut_nothing, set, err);
}

/* Reading. */

static pot_status read_token(token *t, uint32_t *id, pot_keep *keep, const pot_json *at,
                             pot_error *err)
{
    const char *s;
    POT_TRY(pot_json_u32(at, "id", id, err));
    POT_TRY(pot_json_str(at, "content", &s, err));
    POT_TRY(pot_json_bool(at, "single_word", &t->single_word, err));
    POT_TRY(pot_json_bool(at, "lstrip", &t->lstrip, err));
    POT_TRY(pot_json_bool(at, "rstrip", &t->rstrip, err));
    POT_TRY(pot_json_bool(at, "normalized", &t->normalized, err));
    POT_TRY(pot_json_bool(at, "special", &t->special, err));
    const size_t n = strlen(s);
    if (n > MAX_CONTENT)
        return pot_json_fail(at, POT_E_UNSUPPORTED, err, "a token of more than %d bytes",
                             MAX_CONTENT);
    t->content.n = (uint32_t)n;
    t->content.s = pot_arena_str(&keep->arena, s, n);
    t->text = t->content;
    return t->content.s ? POT_OK : pot_fail_mem(err);
}

/* The package takes the id of the vocabulary's piece of that name, else the next free one,
 * whatever the file says; where the file says another, somebody is wrong. */
static pot_status give_id(token *t, uint32_t said, uint32_t *next, pot_vocab *v, const pot_json *at,
                          pot_error *err)
{
    t->id = pot_vocab_id(v, t->content.s, t->content.n);
    if (t->id == POT_NO_ID) t->id = (*next)++;
    if (t->id != said || t->id > POT_MAX_ID)
        return pot_json_fail(at, POT_E_FORMAT, err,
                             "id %u is expected, as the tokenizers package gives it", t->id);
    if (!pot_vocab_name(v, t->id, t->content))
        return pot_json_fail(at, POT_E_FORMAT, err, "the id %u is that of another piece", t->id);
    return POT_OK;
}

/* The content as the normalizer leaves it. */
static pot_status normalize(token *t, pot_keep *keep, const pot_normalizer *nz, pot_work *w,
                            const pot_json *at, pot_error *err)
{
    if (!t->normalized || !nz->first) return POT_OK;
    POT_TRY(pot_work_begin(w, t->content.s, t->content.n, err));
    POT_TRY(pot_normalize(nz, w, err));
    if (!w->text.n || w->text.n > MAX_CONTENT)
        return pot_json_fail(at, POT_E_UNSUPPORTED, err, "normalized, the token has %u bytes",
                             w->text.n);
    t->text.n = w->text.n;
    t->text.s = pot_arena_str(&keep->arena, w->text.s, w->text.n);
    return t->text.s ? POT_OK : pot_fail_mem(err);
}

/* The tokens of one kind; of equal texts the first special one, else the first, counts. */
static pot_status make_set(pot_added_set **out, pot_keep *keep, const token *all, uint32_t n,
                           bool normalized, pot_error *err)
{
    pot_added_set *set = pot_arena_new(&keep->arena, 1, sizeof *set);
    token *v = pot_arena_new(&keep->arena, n, sizeof *v);
    uint32_t k = 0, kept = 0;
    if (!set || !v) return pot_fail_mem(err);
    for (uint32_t i = 0; i < n; i++) {
        if (all[i].normalized != normalized) continue;
        v[k] = all[i];
        v[k++].place = all[i].special ? i : n + i;
    }
    if (!k) return POT_OK;
    qsort(v, k, sizeof *v, by_text);
    for (uint32_t i = 0; i < k; i++)
        if (!i || !same_text(&v[i], &v[kept - 1])) v[kept++] = v[i];
    set->v = v;
    set->n = kept;
    for (uint32_t i = 0; i < kept; i++)
        set->first[(uint8_t)v[i].text.s[0] + 1]++;
    for (unsigned c = 0; c < 256; c++)
        set->first[c + 1] += set->first[c];
    *out = set;
    return POT_OK;
}

/* The same content twice, with one set of flags or two, is a mistake. */
static pot_status no_twins(const token *all, uint32_t n, pot_keep *keep, const pot_json *list,
                           pot_error *err)
{
    token *v = pot_arena_new(&keep->arena, n, sizeof *v);
    if (!v) return pot_fail_mem(err);
    for (uint32_t i = 0; i < n; i++) {
        v[i] = all[i];
        v[i].text = v[i].content;
        v[i].place = i;
    }
    qsort(v, n, sizeof *v, by_text);
    for (uint32_t i = 1; i < n; i++)
        if (same_text(&v[i - 1], &v[i]))
            return pot_json_fail(list, POT_E_FORMAT, err, "\"%.40s\" is there twice",
                                 v[i].content.s);
    return POT_OK;
}

static pot_status read_all(token *all, uint32_t *n, pot_keep *keep, pot_vocab *v,
                           const pot_normalizer *nz, const pot_json *list, pot_error *err)
{
    const size_t size = json_array_size(list->v);
    uint32_t next = v->n, said;
    pot_status s = POT_OK;
    pot_work w = {0};
    *n = 0;
    for (size_t i = 0; i < size; i++) {
        token *t = &all[*n];
        const pot_json at = pot_json_at(list, i);
        POT_GO(s, read_token(t, &said, keep, &at, err));
        if (!t->content.n) continue; /* the package ignores it */
        POT_GO(s, give_id(t, said, &next, v, &at, err));
        POT_GO(s, normalize(t, keep, nz, &w, &at, err));
        *n += 1;
    }
out:
    pot_work_free(&w);
    return s;
}

static int by_id(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

bool pot_added_is_special(const pot_added *a, uint32_t id)
{
    return a->n_special && bsearch(&id, a->special, a->n_special, sizeof id, by_id);
}

static pot_status list_special(pot_added *out, pot_keep *keep, const token *all, uint32_t n,
                               pot_error *err)
{
    uint32_t *id = pot_arena_new(&keep->arena, n, sizeof *id), k = 0;
    if (!id) return pot_fail_mem(err);
    for (uint32_t i = 0; i < n; i++)
        if (all[i].special) id[k++] = all[i].id;
    if (k) qsort(id, k, sizeof *id, by_id);
    out->special = id;
    out->n_special = k;
    return POT_OK;
}

pot_status pot_added_read(pot_added *out, pot_keep *keep, pot_vocab *v, const pot_normalizer *nz,
                          const pot_json *root, pot_error *err)
{
    uint32_t n;
    pot_json list;
    if (!pot_json_has(root, "added_tokens")) return POT_OK;
    POT_TRY(pot_json_array(root, "added_tokens", &list, err));
    token *all = pot_arena_new(&keep->arena, json_array_size(list.v), sizeof *all);
    if (!all) return pot_fail_mem(err);
    POT_TRY(read_all(all, &n, keep, v, nz, &list, err));
    POT_TRY(no_twins(all, n, keep, &list, err));
    POT_TRY(list_special(out, keep, all, n, err));
    POT_TRY(make_set(&out->raw, keep, all, n, false, err));
    return make_set(&out->normalized, keep, all, n, true, err);
}
