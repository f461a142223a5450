#include "verify/kinship.h"

#include "base/fail.h"
#include "base/mem.h"
#include "challenge/stream.h"
#include "engine/leaves.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL    "pot-kinship-1 "
#define TOGETHER 32 /* matrices, before memory is given back */

/* ---- one matrix ----------------------------------------------------------------------------- */

/* Row n as weights, through `stored`, which has room for the row as it lies in the file. */
static void read_row(const pot_kernels *k, const pot_linear *w, uint32_t n, float *out,
                     uint8_t *stored)
{
    if (w->scaling.kind && w->scaling.kind != POT_SCALED_MXFP4) {
        pot_linear_values(k, w, n, 1, out);
        return;
    }
    pot_linear_bytes(w, n, 1, stored);
    k->widen(out, stored, w->type, w->in);
}

/* What rounding to the type moves weights by, relative to their size: half a unit in the last place
 * of floats; of integers of b bits with a scale for each block or group 2 / 2^b, twice what evenly
 * spread errors give. */
static double precision(const pot_linear *w)
{
    static const struct {
        pot_dtype type;
        double half;
    } floats[] = {{POT_F32, 0x1p-24},
                  {POT_F16, 0x1p-11},
                  {POT_BF16, 0x1p-8},
                  {POT_F8_E4M3, 0x1p-4},
                  {POT_F8_E5M2, 0x1p-3}};
    double bits = w->scaling.bits;
    if (w->scaling.kind != POT_SCALED_INTS) {
        for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
            if (floats[i].type == w->type) return floats[i].half;
        bits = floor(8.0 * pot_dtypes[w->type].bytes / pot_dtypes[w->type].block - 0.25);
    }
    return ldexp(2, -(int)bits);
}

/* Rows of several units (columns of quantized blocks) cannot be read one by one. */
static bool readable(const pot_linear *w)
{
    return !w->columns || w->scaling.kind || pot_dtypes[w->type].block == 1;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Different magnitudes among n values. */
static unsigned count_distinct(const float *x, unsigned n)
{
    double v[POT_KIN_RUN];
    unsigned distinct = n ? 1 : 0;
    for (unsigned i = 0; i < n; i++)
        v[i] = fabs((double)x[i]);
    qsort(v, n, sizeof *v, by_size);
    for (unsigned i = 1; i < n; i++)
        distinct += v[i] > v[i - 1];
    return distinct;
}

struct sums {
    double n, a, b, aa, bb, ab, dd;
    double equal, zeros, other, kept, changed, even, distinct[2], run;
};

/* Is the last bit of the mantissa 0, as a BF16 has it?  So it is in three of four averages of two
 * of them: where the half does not fit, ties go to even. */
static bool is_even(float x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return !(u >> 16 & 1);
}

static void add_values(struct sums *s, double a, double b)
{
    const double d = a - b;
    s->n++;
    s->a += a, s->b += b;
    s->aa += a * a, s->bb += b * b, s->ab += a * b;
    s->dd += d * d;
    s->equal += a == b;
    s->zeros += (a == 0) != (b == 0);
    s->other += a != 0 && b != 0;
    s->kept += a == b && b != 0;
    if (a != b && b != 0) s->changed++, s->even += is_even((float)b);
}

static double share(double part, double of)
{
    return of > 0 ? part / of : 0;
}

static double correlation(const struct sums *s)
{
    const double ab = s->ab - s->a * s->b / s->n, aa = s->aa - s->a * s->a / s->n,
                 bb = s->bb - s->b * s->b / s->n;
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/* The effective rank (sum l)^2 / sum l^2 over the eigenvalues l of D D^T, which needs no
 * eigenvalues: trace^2 / |D D^T|^2.  Independent entries give rows cols / (rows + cols). */
static double effective_rank(const double *d, uint32_t rows, uint32_t cols)
{
    double trace = 0, square = 0;
    for (uint32_t i = 0; i < rows; i++)
        for (uint32_t j = 0; j <= i; j++) {
            double dot = 0;
            for (uint32_t c = 0; c < cols; c++)
                dot += d[i * cols + c] * d[j * cols + c];
            if (i == j) trace += dot;
            square += (i == j ? 1 : 2) * dot * dot;
        }
    const double noise = (double)rows * cols / (rows + cols);
    return square > 0 ? trace * trace / square / noise : 0;
}

/* Everything that comparing a pair of rows needs. */
struct work {
    float *row[2];
    uint8_t *stored;
    double *d; /* [rows][columns]: the differences */
};

static void compare_rows(struct sums *s, const pot_kernels *k, const pot_linear *const w[2],
                         struct work *work, pot_stream *stream)
{
    uint32_t row[POT_KIN_ROWS], column[POT_KIN_COLUMNS];
    const uint32_t in = w[0]->in, run = in < POT_KIN_RUN ? in : POT_KIN_RUN;
    const uint32_t rows = pot_stream_pick(stream, row, POT_KIN_ROWS, w[0]->out),
                   columns = pot_stream_pick(stream, column, POT_KIN_COLUMNS, in);
    for (uint32_t i = 0; i < rows; i++) {
        const uint32_t at = pot_stream_below(stream, in / run) * run;
        for (int m = 0; m < 2; m++) {
            read_row(k, w[m], row[i], work->row[m], work->stored);
            s->distinct[m] += count_distinct(work->row[m] + at, run);
        }
        s->run += run;
        for (uint32_t c = 0; c < columns; c++) {
            const double a = (double)work->row[0][column[c]], b = (double)work->row[1][column[c]];
            add_values(s, a, b);
            work->d[i * columns + c] = a - b;
        }
    }
}

static pot_kin summary(const struct sums *s, const pot_linear *const w[2], const double *d)
{
    const uint32_t rows = w[0]->out < POT_KIN_ROWS ? w[0]->out : POT_KIN_ROWS,
                   columns = w[0]->in < POT_KIN_COLUMNS ? w[0]->in : POT_KIN_COLUMNS;
    const double p = precision(w[0]), q = precision(w[1]);
    return (pot_kin){
        .correlation = correlation(s),
        .difference = s->aa > 0 ? sqrt(s->dd / s->aa) : 0,
        .equal = share(s->equal, s->n),
        .zeros = share(s->zeros, s->n),
        .kept = share(s->kept, s->other),
        .distinct = {share(s->distinct[0], s->run), share(s->distinct[1], s->run)},
        .even = w[1]->type <= POT_BF16 ? share(s->even, s->changed) : 0,
        .rank = effective_rank(d, rows, columns),
        .precision = sqrt(p * p + q * q),
        .excess = s->dd > 0 && s->aa > 0 ? sqrt(s->dd / s->aa / (p * p + q * q)) : 0,
    };
}

pot_status pot_kin_compare(pot_kin *out, const pot_kernels *k, const pot_linear *a,
                           const pot_linear *b, const uint8_t seed[32], pot_error *err)
{
    const pot_linear *const w[2] = {a, b};
    struct work work = {0};
    struct sums s = {0};
    pot_stream stream;
    pot_status st = POT_OK;
    pot_stream_init(&stream, seed);
    float *rows = pot_mem_raw(3 * (size_t)a->in, sizeof *rows);
    work.d = pot_mem_raw((size_t)POT_KIN_ROWS * POT_KIN_COLUMNS, sizeof *work.d);
    POT_GO(st, rows && work.d ? POT_OK : pot_fail_mem(err));
    work.row[0] = rows;
    work.row[1] = rows + a->in;
    work.stored = (uint8_t *)(rows + 2 * (size_t)a->in); /* no element takes more than an F32 */
    compare_rows(&s, k, w, &work, &stream);
    POT_GO(st, pot_stream_status(&stream, err));
    *out = summary(&s, w, work.d);
out:
    pot_mem_free(rows);
    pot_mem_free(work.d);
    pot_wipe(&stream, sizeof stream);
    return st;
}

/* ---- all of them ---------------------------------------------------------------------------- */

struct pair {
    const pot_leaf *leaf[2];
    pot_kin kin;
    pot_status status;
};

struct job {
    struct pair *pair;
    size_t n;
    bool same_shapes, same_types;
    size_t elements, same; /* of vectors; and those that have the same value */
    const pot_kernels *k;
    pot_bytes key;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const pot_leaf *)a)->name, ((const pot_leaf *)b)->name);
}

static bool same_size(const pot_leaf *a, const pot_leaf *b)
{
    return a->n == b->n && !a->w == !b->w && (!a->w || a->w->in == b->w->in);
}

static bool same_type(const pot_linear *a, const pot_linear *b)
{
    return a->type == b->type && a->scaling.kind == b->scaling.kind &&
           a->scaling.bits == b->scaling.bits;
}

static void compare_vectors(struct job *j, const pot_leaf *a, const pot_leaf *b)
{
    for (uint32_t i = 0; i < a->n; i++)
        j->same += a->v[i] == b->v[i];
    j->elements += a->n;
}

/* Which matrices can be compared; both lists are sorted by name. */
static void match(struct job *j, const pot_leaf *a, size_t na, const pot_leaf *b, size_t nb)
{
    j->same_shapes = na == nb;
    j->same_types = true;
    for (size_t i = 0, k = 0; i < na && k < nb;) {
        const int order = strcmp(a[i].name, b[k].name);
        const bool fits = order == 0 && same_size(&a[i], &b[k]);
        j->same_shapes = j->same_shapes && fits;
        if (fits && a[i].w && readable(a[i].w) && readable(b[k].w))
            j->pair[j->n++] = (struct pair){.leaf = {&a[i], &b[k]}};
        if (fits && a[i].w) j->same_types = j->same_types && same_type(a[i].w, b[k].w);
        if (fits && a[i].v) compare_vectors(j, &a[i], &b[k]);
        i += order <= 0;
        k += order >= 0;
    }
}

/* The seed of a name: HMAC-SHA256(key, LABEL name). */
static pot_status seed_of(uint8_t out[32], pot_bytes key, const char *name, pot_error *err)
{
    char text[sizeof LABEL + sizeof((pot_leaf *)0)->name];
    snprintf(text, sizeof text, "%s%s", LABEL, name);
    return pot_hmac_sha256(out, key, (pot_bytes){(const uint8_t *)text, strlen(text)}, err);
}

/* Keep as many as are compared at most, one from each stretch of the list. */
static pot_status thin(struct job *j, pot_error *err)
{
    uint8_t seed[32];
    pot_stream stream;
    if (j->n <= POT_KIN_MOST) return POT_OK;
    uint32_t *keep = pot_mem_raw(POT_KIN_MOST, sizeof *keep);
    if (!keep) return pot_fail_mem(err);
    pot_status s = seed_of(seed, j->key, "", err);
    if (s == POT_OK) {
        pot_stream_init(&stream, seed);
        const uint32_t n = pot_stream_pick(&stream, keep, POT_KIN_MOST, (uint32_t)j->n);
        for (uint32_t i = 0; i < n; i++)
            j->pair[i] = j->pair[keep[i]];
        j->n = n;
        s = pot_stream_status(&stream, err);
        pot_wipe(&stream, sizeof stream);
    }
    pot_mem_free(keep);
    return s;
}

static void compare_part(void *ctx, unsigned part, unsigned thread)
{
    const struct job *j = ctx;
    struct pair *p = &j->pair[part];
    uint8_t seed[32];
    (void)thread;
    p->status = seed_of(seed, j->key, p->leaf[0]->name, NULL);
    if (p->status == POT_OK)
        p->status = pot_kin_compare(&p->kin, j->k, p->leaf[0]->w, p->leaf[1]->w, seed, NULL);
    pot_wipe(seed, sizeof seed);
}

/* The value of a member of pot_kin that a share q of the matrices does not exceed. */
static double quantile(const struct job *j, size_t member, double q, double *scratch)
{
    for (size_t i = 0; i < j->n; i++)
        memcpy(&scratch[i], (const char *)&j->pair[i].kin + member, sizeof *scratch);
    qsort(scratch, j->n, sizeof *scratch, by_size);
    const size_t at = (size_t)(q * (double)j->n);
    return scratch[at < j->n ? at : j->n - 1];
}

static void combine(pot_kinship *out, const struct job *j, double *scratch)
{
    *out =
        (pot_kinship){.same_shapes = j->same_shapes, .same_types = j->same_types, .matrices = j->n};
    if (!j->n) return;
    for (size_t m = 0; m < sizeof(pot_kin) / sizeof(double); m++) {
        const double x = quantile(j, m * sizeof(double), 0.5, scratch);
        memcpy((char *)&out->median + m * sizeof x, &x, sizeof x);
    }
    out->excess = quantile(j, offsetof(pot_kin, excess), 0.9, scratch);
    double same = (double)j->same;
    out->positions = j->elements;
    for (size_t i = 0; i < j->n; i++) {
        const pot_linear *w = j->pair[i].leaf[0]->w;
        const pot_kin *kin = &j->pair[i].kin;
        const size_t n = (size_t)(w->out < POT_KIN_ROWS ? w->out : POT_KIN_ROWS) *
                         (w->in < POT_KIN_COLUMNS ? w->in : POT_KIN_COLUMNS);
        out->positions += n;
        same += kin->equal * (double)n;
        out->zeros += kin->zeros;
        out->even += kin->even;
        out->kin += kin->correlation > POT_KIN_RELATED;
        out->untouched += kin->equal >= 1;
    }
    double *const mean[] = {&out->zeros, &out->even, &out->kin, &out->untouched};
    for (size_t i = 0; i < sizeof mean / sizeof *mean; i++)
        *mean[i] /= (double)j->n;
    out->equal = same / (double)out->positions;
}

static pot_status measure(pot_kinship *out, struct job *j, pot_pool *pool,
                          const pot_model *const rest[2], pot_error *err)
{
    POT_TRY(thin(j, err));
    struct job some = *j;
    for (size_t i = 0; i < j->n; i += some.n) {
        some.pair = j->pair + i;
        some.n = j->n - i < TOGETHER ? j->n - i : TOGETHER;
        pot_pool_run(pool, compare_part, &some, (unsigned)some.n);
        for (int m = 0; rest && m < 2; m++)
            pot_model_rest(rest[m]);
    }
    for (size_t i = 0; i < j->n; i++)
        if (j->pair[i].status != POT_OK)
            return pot_fail_at(err, j->pair[i].status, j->pair[i].leaf[0]->name,
                               "could not be compared; run again");
    double *scratch = pot_mem_raw(j->n + 1, sizeof *scratch);
    if (!scratch) return pot_fail_mem(err);
    combine(out, j, scratch);
    pot_mem_free(scratch);
    return POT_OK;
}

pot_status pot_kinship_measure(pot_kinship *out, const pot_engine *const engine[2],
                               const pot_model *const rest[2], pot_bytes key, pot_error *err)
{
    pot_leaf *a = NULL, *b = NULL;
    size_t na = 0, nb = 0;
    struct job j = {.k = engine[0]->k, .key = key};
    pot_status s;
    POT_GO(s, pot_leaves_list(&a, &na, engine[0], err));
    POT_GO(s, pot_leaves_list(&b, &nb, engine[1], err));
    qsort(a, na, sizeof *a, by_name);
    qsort(b, nb, sizeof *b, by_name);
    j.pair = pot_mem_new((na < nb ? na : nb) + 1, sizeof *j.pair);
    POT_GO(s, j.pair ? POT_OK : pot_fail_mem(err));
    match(&j, a, na, b, nb);
    s = measure(out, &j, engine[0]->pool, rest, err);
out:
    pot_mem_free(j.pair);
    pot_mem_free(a);
    pot_mem_free(b);
    return s;
}
