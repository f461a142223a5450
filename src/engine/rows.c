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

static void fold_row(const pot_rows *r, size_t i)
{
    const pot_linear_kernels *l = &r->e->k->linear;
    l->fold(r->y + i * pot_linear_cells(l, r->width), r->x + i * r->ldx, r->width);
}

/* The products of x in the form that their profile multiplies. */
static void fold(const pot_engine *e, pot_product *p, size_t count, size_t n)
{
    const size_t in = p->w->in;
    pot_rows_run((pot_rows){
        .e = e, .row = fold_row, .n = n, .width = in, .y = e->folded, .x = p->x, .ldx = p->ldx});
    for (size_t i = 0; i < count; i++)
        p[i].x = e->folded, p[i].ldx = pot_linear_cells(&e->k->linear, in);
}

void pot_rows_products(const pot_engine *e, const pot_product *product, size_t count, size_t n)
{
    const pot_linear *w[POT_MOST_VIEWS];
    pot_product p[POT_MOST_VIEWS];
    for (size_t i = 0; i < count; i++)
        p[i] = product[i], w[i] = p[i].w;
    if (pot_linear_with(e->k, w[0])->fold) fold(e, p, count, n);
    for (size_t i = 0, views; e->feed && i < count; i += views) {
        views = pot_feed_views(w + i, count - i);
        pot_feed_products(e->feed, p + i, views, n);
    }
    for (size_t i = 0; !e->feed && i < count; i++)
        pot_linear_run(e->pool, e->k, p[i].w, p[i].y, p[i].ldy, p[i].x, p[i].ldx, n,
                       e->linear_scratch);
}

void pot_rows_linear(const pot_engine *e, const pot_linear *w, float *y, size_t ldy, const float *x,
                     size_t ldx, size_t n)
{
    const pot_product p = {w, y, ldy, x, ldx};
    pot_rows_products(e, &p, 1, n);
}
