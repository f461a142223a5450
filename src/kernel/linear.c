#include "kernel/linear.h"

#include "kernel/scaled.h"

#include <string.h>

/* One part is GROUP panels for a block of rows of x, KBLOCK of k at a time: a tile's KBLOCK numbers
 * of x stay in the first cache while they meet all panels, which take 512 KB of the second.
 * Longer blocks save passes of y between caches; measured in bench_linear. */
#define KBLOCK 1024
#define GROUP  2
#define UNPACK POT_LANES /* rows of quantized weights that are unpacked at once */

_Static_assert(POT_LINEAR_SCRATCH ==
                   (size_t)KBLOCK * (GROUP * POT_PANEL + UNPACK) + (size_t)POT_PANEL * POT_TILE,
               "panels, unpacked rows, edge");

struct job {
    const pot_kernels *k;
    const pot_linear_kernels *l;
    const pot_linear *w;
    float *y;
    const float *x;
    size_t ldy, ldx, m;
    float *scratch;
    size_t group, groups; /* panels per part; parts side by side */
    size_t rows;          /* of x per part */
};

size_t pot_linear_place(const pot_linear *w, size_t n)
{
    const size_t half = w->pairs / 2, in = w->pairs ? n % w->pairs : 0;
    if (w->pairs) n = n - in + 2 * (in % half) + in / half;
    return w->first + n / w->group * w->stride + n % w->group;
}

/* Element (n, k) of a plain or transposed file; the first of a block. */
static const char *at(const pot_linear *w, size_t n, size_t k)
{
    const size_t row = pot_linear_place(w, n), i = w->columns ? k * w->ld + row : row * w->ld + k;
    return (const char *)w->w + pot_dtype_bytes(w->type, i);
}

/* Row k of a file with [in][out], outputs n .. n + count, which are adjacent there; of blocks, the
 * whole ones that they lie in are unpacked first. */
static void widen_columns(const struct job *j, float *out, float *whole, size_t n, size_t count,
                          size_t k)
{
    const size_t block = pot_dtypes[j->w->type].block, skip = pot_linear_place(j->w, n) % block;
    if (block == 1) {
        j->k->widen(out, at(j->w, n, k), j->w->type, count);
        return;
    }
    j->k->widen(whole, at(j->w, n, k), j->w->type, (skip + count + block - 1) / block * block);
    memcpy(out, whole + skip, count * sizeof *out);
}

/* Outputs n .. n + width of a file with [in][out], which is already k by k, or of packed integers;
 * those of one group are adjacent. */
static void pack_columns(const struct job *j, float *panel, float *whole, size_t n, size_t width,
                         size_t k, size_t depth)
{
    const pot_linear *w = j->w;
    const bool ints = w->scaling.kind == POT_SCALED_INTS;
    if (width < POT_PANEL) memset(panel, 0, depth * POT_PANEL * sizeof *panel);
    for (size_t c = 0, run; c < width; c += run) {
        const size_t rest = w->group - (n + c) % w->group;
        run = rest < width - c ? rest : width - c;
        if (ints)
            j->k->ints(panel + c, POT_PANEL, w->w, &w->scaling, pot_linear_place(w, n + c), run, k,
                       depth);
        for (size_t i = 0; !ints && i < depth; i++)
            widen_columns(j, panel + i * POT_PANEL + c, whole, n + c, run, k + i);
    }
    if (j->l->fold_panel) j->l->fold_panel(panel, depth);
}

/* Where k .. k + depth of rows n .. n + width are, and as what: KBLOCK is a multiple
 * of every block, so a part of a quantized row is whole blocks; these are unpacked into `rows`. */
static pot_dtype take_rows(const struct job *j, const void **row, float *rows, size_t n,
                           size_t width, size_t k, size_t depth)
{
    const bool scaled = j->w->scaling.kind, unpack = scaled || j->w->type > POT_BF16;
    for (size_t i = 0; i < width; i++) {
        float *wide = rows + i * KBLOCK;
        row[i] = unpack ? wide : (const void *)at(j->w, n + i, k);
        if (scaled) pot_scaled_row(j->k, j->w, n + i, k, depth, wide);
        else if (unpack) j->k->widen(wide, at(j->w, n + i, k), j->w->type, depth);
    }
    return unpack ? POT_F32 : j->w->type;
}

/* These as columns of a panel. */
static void pack_rows(const struct job *j, float *panel, float *rows, size_t n, size_t width,
                      size_t k, size_t depth)
{
    const void *row[UNPACK];
    const pot_dtype type = take_rows(j, row, rows, n, width, k, depth);
    j->l->pack(panel, row, width, type, depth);
}

/* Up to POT_TILE rows; an edge panel goes through a buffer of full width. */
static void tile(const struct job *j, const float *panel, float *edge, size_t row, size_t m,
                 size_t n, size_t width, size_t k, size_t depth)
{
    float *y = j->y + row * j->ldy + n;
    const float *x = j->x + row * j->ldx + k / j->l->per_cell;
    const size_t cells = pot_linear_cells(j->l, depth);
    if (width == POT_PANEL) {
        j->l->tile(y, j->ldy, x, j->ldx, m, panel, cells, k == 0);
    } else {
        for (size_t i = 0; k && i < m; i++)
            memcpy(edge + i * POT_PANEL, y + i * j->ldy, width * sizeof *y);
        j->l->tile(edge, POT_PANEL, x, j->ldx, m, panel, cells, k == 0);
        for (size_t i = 0; i < m; i++)
            memcpy(y + i * j->ldy, edge + i * POT_PANEL, width * sizeof *y);
    }
    for (size_t i = 0; j->w->bias && k + depth == j->w->in && i < m; i++)
        j->k->add(y + i * j->ldy, j->w->bias + n, width);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The panels of one part for its rows of x. */
static void run_part(void *ctx, unsigned part, unsigned thread)
{
    const struct job *j = ctx;
    const size_t first = part % j->groups * j->group * POT_PANEL,
                 end = least(j->w->out, first + j->group * POT_PANEL),
                 from = part / j->groups * j->rows, to = least(j->m, from + j->rows);
    float *panel = j->scratch + thread * POT_LINEAR_SCRATCH,
          *rows = panel + (size_t)GROUP * POT_PANEL * KBLOCK, *edge = rows + UNPACK * KBLOCK;

    for (size_t k = 0; k < j->w->in; k += KBLOCK) {
        const size_t depth = least(KBLOCK, j->w->in - k);
        for (size_t n = first; n < end; n += POT_PANEL) {
            float *to_panel = panel + (n - first) * KBLOCK;
            const bool columns = j->w->columns || j->w->scaling.kind == POT_SCALED_INTS;
            if (columns) pack_columns(j, to_panel, rows, n, least(POT_PANEL, end - n), k, depth);
            for (size_t i = 0; !columns && i < POT_PANEL; i += UNPACK)
                pack_rows(j, to_panel + i, rows, n + i,
                          n + i < end ? least(UNPACK, end - n - i) : 0, k, depth);
        }
        for (size_t row = from; row < to; row += POT_TILE)
            for (size_t n = first; n < end; n += POT_PANEL)
                tile(j, panel + (n - first) * KBLOCK, edge, row, least(POT_TILE, to - row), n,
                     least(POT_PANEL, end - n), k, depth);
    }
}

/* Parts for all threads, even ones where they are few: rows of x are cut only then, because each
 * part packs its panels anew. */
static void cut(struct job *j, size_t threads)
{
    const size_t panels = (j->w->out + POT_PANEL - 1) / POT_PANEL;
    j->group = panels < 8 * threads ? 1 : GROUP;
    j->groups = (panels + j->group - 1) / j->group;
    size_t blocks = 1;
    while (blocks < threads && j->groups * blocks < 8 * threads &&
           j->groups * blocks % threads != 0)
        blocks++;
    j->rows = (j->m + blocks - 1) / blocks;
    j->rows = (j->rows + POT_TILE - 1) / POT_TILE * POT_TILE;
}

/* ---- few rows of x: no panels ---------------------------------------------------------------- */

static bool takes_few(const struct job *j)
{
    return j->m <= POT_FEW && j->l->few && !j->w->columns && j->w->scaling.kind != POT_SCALED_INTS;
}

/* One panel of outputs: plain rows whole, so that several chains run at once; those that have to be
 * unpacked UNPACK at a time, KBLOCK of k after KBLOCK. */
static void run_few(void *ctx, unsigned part, unsigned thread)
{
    const struct job *j = ctx;
    const pot_linear *w = j->w;
    const bool plain = !w->scaling.kind && w->type <= POT_BF16;
    const size_t first = (size_t)part * POT_PANEL, end = least(w->out, first + POT_PANEL),
                 rows = plain ? POT_PANEL : UNPACK, step = plain ? w->in : KBLOCK;
    for (size_t n = first; n < end; n += rows)
        for (size_t k = 0; k < w->in; k += step) {
            const void *row[POT_PANEL];
            const size_t width = least(rows, end - n), depth = least(step, w->in - k);
            const pot_dtype type =
                take_rows(j, row, j->scratch + thread * POT_LINEAR_SCRATCH, n, width, k, depth);
            j->l->few(j->y + n, j->ldy, j->x + k, j->ldx, j->m, row, width, type, depth, k == 0);
        }
    for (size_t i = 0; w->bias && i < j->m; i++)
        j->k->add(j->y + i * j->ldy + first, w->bias + first, end - first);
}

const pot_linear_kernels *pot_linear_with(const pot_kernels *k, const pot_linear *w)
{
    return w->exact ? &k->f32 : &k->linear;
}

size_t pot_linear_cells(const pot_linear_kernels *l, size_t n)
{
    return l->fold ? (n + n % 2) / l->per_cell : n;
}

void pot_linear_run(pot_pool *pool, const pot_kernels *k, const pot_linear *w, float *y, size_t ldy,
                    const float *x, size_t ldx, size_t m, float *scratch)
{
    struct job j = {.k = k,
                    .l = pot_linear_with(k, w),
                    .w = w,
                    .y = y,
                    .x = x,
                    .ldy = ldy,
                    .ldx = ldx,
                    .m = m,
                    .scratch = scratch};
    if (m == 0) return;
    if (takes_few(&j)) {
        pot_pool_run(pool, run_few, &j, (w->out + POT_PANEL - 1) / POT_PANEL);
        return;
    }
    cut(&j, pot_pool_threads(pool));
    pot_pool_run(pool, run_part, &j, (unsigned)(j.groups * ((m + j.rows - 1) / j.rows)));
}

/* ---- cuts --------------------------------------------------------------------------------- */

/* Its outputs come from more than one run of rows: from one in each group. */
static bool in_groups(const pot_linear *w)
{
    return w->out > w->group;
}

/* Of [in][out] matrices, one or, where groups are further apart than a row, several. */
static size_t rows_of_columns(const pot_linear *w)
{
    return w->in + pot_linear_place(w, w->out - 1) / w->ld;
}

size_t pot_linear_rows(const pot_linear *w)
{
    if (w->columns) return rows_of_columns(w);
    return in_groups(w) ? (size_t)w->out / w->group * w->stride : (size_t)w->first + w->out;
}

size_t pot_linear_grain(const pot_linear *w)
{
    if (w->columns) return rows_of_columns(w);
    return in_groups(w) ? w->stride : w->pairs ? w->pairs : 1;
}

bool pot_linear_cut(pot_linear *cut, uint32_t *n, const pot_linear *w, size_t r0, size_t r1)
{
    pot_linear c = *w;
    pot_bytes part[POT_LINEAR_PARTS];
    size_t from = 0, to = w->out;
    if (in_groups(w) && !w->columns) {
        from = r0 / w->stride * w->group;
        if (r1 / w->stride * w->group < to) to = r1 / w->stride * w->group;
    } else if (!w->columns) {
        const size_t first = w->first;
        from = r0 > first ? r0 - first : 0;
        to = r1 < first + w->out ? r1 > first ? r1 - first : 0 : w->out;
        c.first = (uint32_t)(first > r0 ? first - r0 : 0);
        c.group = c.stride = (uint32_t)(to > from ? to - from : 0);
    }
    if (from >= to) return false;
    const uint8_t *at[POT_LINEAR_PARTS] = {0};
    const size_t parts = w->columns ? pot_linear_parts(part, w, 0, rows_of_columns(w))
                                    : pot_linear_parts(part, w, r0, r1);
    for (size_t i = 0; i < parts; i++)
        at[i] = part[i].p;
    pot_linear_move(&c, at);
    if (w->scaling.kind == POT_SCALED_FLOATS) c.scaling.from = (uint32_t)(r0 % w->scaling.rows);
    if (w->scaling.kind == POT_SCALED_INTS && !w->columns)
        c.scaling.from = (uint32_t)(r0 % (32 / w->scaling.bits));
    c.out = (uint32_t)(to - from);
    if (c.bias) c.bias += from;
    *cut = c;
    *n = (uint32_t)from;
    return true;
}

/* Of packed integers and of scales: lines r0 .. r1 of `size` bytes, or all of a file of columns. */
static pot_bytes lines(const uint8_t *p, size_t r0, size_t r1, size_t size)
{
    return (pot_bytes){p + r0 * size, (r1 - r0) * size};
}

static pot_bytes weights_part(const pot_linear *w, size_t r0, size_t r1)
{
    const pot_scaling *s = &w->scaling;
    const size_t step = s->word_step[w->columns];
    if (s->kind != POT_SCALED_INTS) return lines(w->w, r0, r1, pot_dtype_bytes(w->type, w->ld));
    if (w->columns) r1 = s->awq ? w->in : (size_t)w->in * s->bits / 32;
    return lines(w->w, w->columns ? 0 : r0, r1, step * 4);
}

size_t pot_linear_parts(pot_bytes part[POT_LINEAR_PARTS], const pot_linear *w, size_t r0, size_t r1)
{
    const pot_scaling *s = &w->scaling;
    const size_t from = r0 * w->ld, n = (r1 - r0) * w->ld, size = pot_dtype_size(s->type);
    const size_t groups = s->cols ? (w->in + s->cols - 1) / s->cols : 0;
    if (s->kind == POT_SCALED_MXFP4) {
        part[0] = (pot_bytes){(const uint8_t *)w->w + from / 2, n / 2};
        part[1] = (pot_bytes){s->scale + from / 32, n / 32};
        return 2;
    }
    if (!s->kind) { /* rows that end within a block are not cut */
        part[0] = (pot_bytes){(const uint8_t *)w->w + pot_dtype_bytes(w->type, from),
                              pot_dtype_bytes(w->type, n)};
        return 1;
    }
    part[0] = weights_part(w, r0, r1);
    part[1] = w->columns
                  ? lines(s->scale, 0, groups, s->scale_step[1] * size)
                  : lines(s->scale, r0 / s->rows, (r1 + s->rows - 1) / s->rows, groups * size);
    if (!s->zero) return 2;
    part[2] = w->columns ? lines(s->zero, 0, groups, (size_t)s->zero_step[1] * 4)
                         : lines(s->zero, r0 * s->bits / 32, (r1 * s->bits + 31) / 32, groups * 4);
    return 3;
}

void pot_linear_move(pot_linear *cut, const uint8_t *const part[POT_LINEAR_PARTS])
{
    cut->w = part[0];
    if (cut->scaling.kind) cut->scaling.scale = part[1];
    if (cut->scaling.zero) cut->scaling.zero = part[2];
}

void pot_linear_row(const pot_kernels *k, const pot_linear *w, uint32_t n, float *out)
{
    if (w->scaling.kind) pot_scaled_row(k, w, n, 0, w->in, out);
    else k->widen(out, at(w, n, 0), w->type, w->in);
}

#define DEEP 64 /* inputs of integers that are unpacked together */

void pot_linear_values(const pot_kernels *k, const pot_linear *w, size_t n, size_t count,
                       float *out)
{
    float part[DEEP * POT_PANEL];
    size_t run, depth;
    if (w->scaling.kind != POT_SCALED_INTS) {
        for (size_t i = 0; i < count; i++)
            pot_scaled_row(k, w, n + i, 0, w->in, out + i * w->in);
        return;
    }
    for (size_t c = 0; c < count; c += run) {
        run = least(w->group - (n + c) % w->group, least(count - c, POT_PANEL));
        for (size_t at = 0; at < w->in; at += depth) {
            depth = least(w->in - at, DEEP);
            k->ints(part, run, w->w, &w->scaling, pot_linear_place(w, n + c), run, at, depth);
            for (size_t i = 0; i < depth * run; i++)
                out[(c + i % run) * w->in + at + i / run] = part[i];
        }
    }
}

void pot_linear_bytes(const pot_linear *w, size_t n, size_t count, void *out)
{
    const size_t row = pot_dtype_bytes(w->type, w->in), size = pot_dtype_size(w->type);
    const bool join = w->scaling.kind == POT_SCALED_MXFP4;
    char *to = out;
    for (size_t i = 0; join && i < count; i++)
        pot_scaled_join(w, n + i, 0, w->in, (uint8_t *)to + i * row);
    for (size_t i = 0; !join && !w->columns && i < count; i++)
        memcpy(to + i * row, at(w, n + i, 0), row);
    for (size_t k = 0; w->columns && k < w->in; k++) /* neighbours in the file first */
        for (size_t i = 0; i < count; i++)
            memcpy(to + i * row + k * size, at(w, n + i, k), size);
}
