/* Sums of the correlations against their definition in long double, and what they tell apart. */
#include "score/residual.h"
#include "t.h"

#include <math.h>
#include <string.h>

enum { ROWS = 40, VOCAB = 700, N = 300 };

static float a[ROWS][VOCAB], b[ROWS][VOCAB];
static pot_residual r;

static double noise(void)
{
    return t_unit() + t_unit() + t_unit() + t_unit() - 2;
}

static pot_residual_sums sums(void)
{
    pot_residual_start(&r);
    for (size_t i = 0; i < ROWS; i++)
        pot_residual_add(&r, a[i], b[i]);
    return pot_residual_end(&r);
}

static double correlation(const float s[3])
{
    return pot_residual_correlation((const double[3]){(double)s[0], (double)s[1], (double)s[2]});
}

static bool near(float got, long double want)
{
    return fabsl((long double)got - want) <= 1e-6L * fabsl(want) + 1e-4L;
}

/* x centred in rows, and then in columns. */
static void centre(long double x[ROWS][N], bool columns)
{
    for (size_t i = 0; i < (columns ? N : ROWS); i++) {
        long double sum = 0;
        for (size_t k = 0; k < (columns ? ROWS : N); k++)
            sum += columns ? x[k][i] : x[i][k];
        for (size_t k = 0; k < (columns ? ROWS : N); k++)
            if (columns) x[k][i] -= sum / ROWS;
            else x[i][k] -= sum / N;
    }
}

static void test_definition(void)
{
    static long double x[ROWS][N], y[ROWS][N];
    for (size_t i = 0; i < ROWS; i++)
        for (size_t k = 0; k < VOCAB; k++) {
            a[i][k] = (float)(noise() * 3 + (double)k / 100);
            b[i][k] = a[i][k] + (float)noise();
        }
    const pot_residual_sums got = sums();
    for (int columns = 0; columns < 2; columns++) {
        long double want[3] = {0};
        for (size_t i = 0; i < ROWS && !columns; i++)
            for (size_t k = 0; k < N; k++)
                x[i][k] = a[i][r.column[k]], y[i][k] = b[i][r.column[k]];
        centre(x, columns);
        centre(y, columns);
        for (size_t i = 0; i < ROWS; i++)
            for (size_t k = 0; k < N; k++) {
                want[0] += x[i][k] * x[i][k];
                want[1] += y[i][k] * y[i][k];
                want[2] += x[i][k] * y[i][k];
            }
        for (int i = 0; i < 3; i++)
            CHECK(near(columns ? got.both[i] : got.row[i], want[i]));
    }
}

/* Common tokens are common for any two models; that alone leaves nothing. */
static void test_what_is_left(void)
{
    for (int kin = 0; kin < 2; kin++) {
        for (size_t i = 0; i < ROWS; i++)
            for (size_t k = 0; k < VOCAB; k++) {
                const double common = sin((double)k) * 3, own = noise();
                a[i][k] = (float)(common + own);
                b[i][k] = (float)(common + (kin ? own : noise()) + noise() / 10);
            }
        const pot_residual_sums s = sums();
        CHECK(correlation(s.row) > 0.9);
        if (kin) CHECK(correlation(s.both) > 0.95);
        else CHECK(fabs(correlation(s.both)) < 0.05);
    }
}

static void test_nothing(void)
{
    pot_residual_start(&r);
    pot_residual_sums s = pot_residual_end(&r);
    CHECK(isnan(correlation(s.row)) && isnan(correlation(s.both)));
    pot_residual_add(&r, a[0], b[0]); /* one row is its columns' mean */
    s = pot_residual_end(&r);
    CHECK(!isnan(correlation(s.row)) && s.both[0] < 1e-6F * s.row[0] &&
          s.both[1] < 1e-6F * s.row[1]);
}

int main(void)
{
    t_seed();
    r.n = N;
    for (uint32_t i = 0; i < N; i++)
        r.column[i] = i * VOCAB / N;
    test_definition();
    test_what_is_left();
    test_nothing();
    return 0;
}
