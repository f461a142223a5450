#include "score/residual.h"

#include <math.h>
#include <string.h>

void pot_residual_start(pot_residual *r)
{
    r->rows = 0;
    memset(r->a, 0, sizeof r->a);
    memset(r->b, 0, sizeof r->b);
    memset(r->row, 0, sizeof r->row);
}

static double mean(const pot_residual *r, const float *x)
{
    double sum = 0;
    for (uint32_t i = 0; i < r->n; i++)
        sum += (double)x[r->column[i]];
    return sum / r->n;
}

void pot_residual_add(pot_residual *r, const float *ref, const float *cand)
{
    const double ma = mean(r, ref), mb = mean(r, cand);
    r->rows++;
    for (uint32_t i = 0; i < r->n; i++) {
        const double a = (double)ref[r->column[i]] - ma, b = (double)cand[r->column[i]] - mb;
        r->a[i] += a;
        r->b[i] += b;
        r->row[0] += a * a;
        r->row[1] += b * b;
        r->row[2] += a * b;
    }
}

/* sum (x - mean)(y - mean) = sum x y - (sum x)(sum y) / rows, for each column. */
pot_residual_sums pot_residual_end(const pot_residual *r)
{
    double left[3] = {r->row[0], r->row[1], r->row[2]};
    const double rows = (double)r->rows;
    for (uint32_t i = 0; r->rows && i < r->n; i++) {
        left[0] -= r->a[i] * r->a[i] / rows;
        left[1] -= r->b[i] * r->b[i] / rows;
        left[2] -= r->a[i] * r->b[i] / rows;
    }
    pot_residual_sums out;
    for (int i = 0; i < 3; i++) {
        out.row[i] = (float)r->row[i];
        out.both[i] = (float)(i < 2 && left[i] < 0 ? 0 : left[i]); /* rounding may leave -1e-12 */
    }
    return out;
}

double pot_residual_correlation(const double sums[3])
{
    return sums[0] > 0 && sums[1] > 0 ? sums[2] / sqrt(sums[0] * sums[1]) : (double)NAN;
}
