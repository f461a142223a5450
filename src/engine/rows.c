/* Operations on rows: some rows per part of the pool. */
#include "engine/layout.h"

#define ROWS_PER_PART 16

static void rows_part(void *ctx, unsigned part, unsigned thread)
{
    const pot_rows *r = ctx;
    (void)thread;
    for (size_t i = (size_t)part * ROWS_PER_PART; i < r->n && i / ROWS_PER_PART == part; i++)
        r->row(r, i);
}

void pot_rows_run(pot_rows r)
{
    const size_t parts = (r.n + ROWS_PER_PART - 1) / ROWS_PER_PART;
    pot_pool_run(r.e->pool, rows_part, &r, (unsigned)parts);
}

void pot_norm_row(const pot_engine *e, float *y, const float *x, const pot_norm_weights *w,
                  size_t n)
{
    if (e->arch->norm == POT_NORM_RMS) e->k->rms_norm(y, x, w->w, n, e->arch->eps);
    else e->k->layer_norm(y, x, w->w, w->b, n, e->arch->eps);
}

static void norm_row(const pot_rows *r, size_t i)
{
    pot_norm_row(r->e, r->y + i * r->width, r->x + i * r->width, r->norm, r->width);
}

void pot_rows_norm(const pot_engine *e, float *y, const float *x, const pot_norm_weights *w,
                   size_t n)
{
    pot_rows_run((pot_rows){
        .e = e, .row = norm_row, .n = n, .width = e->arch->hidden, .y = y, .x = x, .norm = w});
}

void pot_rows_linear(const pot_engine *e, const pot_linear *w, float *y, size_t ldy, const float *x,
                     size_t ldx, size_t n)
{
    pot_linear_run(e->pool, e->k, w, y, ldy, x, ldx, n, e->linear_scratch);
}
