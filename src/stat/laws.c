#include "stat/laws.h"

#include "base/fail.h"
#include "base/math64.h"

#include <math.h>
#include <string.h>

/* ---- distributions ---------------------------------------------------------------------- */

#define GRID 16384 /* points at which a density is summed up */

struct density { /* over t from `from` to `to`; score(t) rises */
    double from, to, a, b;
};

/* Beta(a, b), by x = t^2 so that a in (1/2, 1) is no pole at 0. */
static double beta_density(const struct density *d, double t)
{
    return pot_pow(t, 2 * d->a - 1) * pot_pow(1 - t * t, d->b - 1);
}

static double normal_density(const struct density *d, double t)
{
    (void)d;
    return pot_exp(-t * t / 2);
}

static double square(const struct density *d, double t)
{
    (void)d;
    return t * t;
}

static double exponential(const struct density *d, double t) /* of sigma t */
{
    return pot_exp(d->a * t);
}

/* The atoms are the quantiles (i + 1/2) / POT_ATOMS. */
static void quantiles(double *atom, const struct density *d,
                      double (*density)(const struct density *, double),
                      double (*score)(const struct density *, double))
{
    const double step = (d->to - d->from) / GRID;
    double total = 0, sum = 0;
    size_t at = 0;
    for (size_t i = 0; i < GRID; i++)
        total += density(d, d->from + ((double)i + 0.5) * step);
    for (size_t i = 0; i < GRID && at < POT_ATOMS; i++) {
        const double more = density(d, d->from + ((double)i + 0.5) * step);
        for (; at < POT_ATOMS && ((double)at + 0.5) / POT_ATOMS * total <= sum + more; at++) {
            const double part = (((double)at + 0.5) / POT_ATOMS * total - sum) / more;
            atom[at] = score(d, d->from + ((double)i + part) * step);
        }
        sum += more;
    }
    for (; at < POT_ATOMS; at++) /* what rounding left over */
        atom[at] = score(d, d->to);
}

static double mean_of(const double *atom, double scale)
{
    double sum = 0;
    for (size_t i = 0; i < POT_ATOMS; i++)
        sum += atom[i] * scale < 1 ? atom[i] * scale : 1;
    return sum / POT_ATOMS;
}

/* Scale the atoms, cut off at 1, so that their mean is exactly this. */
static void give_mean(double *atom, double mean)
{
    double lo = 0, hi = 1e6;
    for (int i = 0; i < 200 && mean > 0; i++) {
        const double scale = lo + (hi - lo) / 2;
        if (mean_of(atom, scale) < mean) lo = scale;
        else hi = scale;
    }
    for (size_t i = 0; i < POT_ATOMS; i++)
        atom[i] = mean <= 0 ? 0 : atom[i] * hi < 1 ? atom[i] * hi : 1;
}

static bool make(pot_laws *l, pot_score_law *out, pot_shape shape, double mean, double spread)
{
    double *atom = pot_arena_new(&l->arena, POT_ATOMS, sizeof *atom);
    if (!atom) return false;
    double ones = 0, rest = mean; /* rest: the mean of the atoms */
    if (shape == POT_SHAPE_COIN) ones = mean, rest = 0;
    if (shape == POT_SHAPE_RARE) ones = mean / 2, rest = (mean - ones) / (1 - ones);
    const double size = rest > 0 ? (1 - rest) / (rest * spread * spread) - 1 : 0; /* a + b */
    for (size_t i = 0; i < POT_ATOMS; i++)
        atom[i] = shape == POT_SHAPE_UNIFORM ? (double)(2 * i + 1) : 1;
    if (shape == POT_SHAPE_BETA && rest > 0)
        quantiles(atom, &(struct density){0, 1, rest * size, (1 - rest) * size}, beta_density,
                  square);
    if (shape == POT_SHAPE_LOGNORMAL)
        quantiles(atom, &(struct density){-6, 6, spread, 0}, normal_density, exponential);
    give_mean(atom, rest);
    *out = (pot_score_law){ones, atom};
    return true;
}

/* ---- the laws --------------------------------------------------------------------------- */

struct half {
    pot_shape shape;
    double gammas, mean, spread, ones; /* the mean is gammas gamma + mean, of what is not ones */
};

static const struct row {
    const char *name, *what;
    struct half half[2];
    double family[POT_ROUND]; /* times the mean; all zero: all 1 */
    pot_dependence depends;
    bool outside;
} rows[] = {
    {"constant", "every score is gamma", {{POT_SHAPE_CONSTANT, 1, 0, 0, 0}}, {0}, POT_ALONE, false},
    {"all or nothing",
     "1 with probability gamma, else 0",
     {{POT_SHAPE_COIN, 1, 0, 0, 0}},
     {0},
     POT_ALONE,
     false},
    {"uniform", "between 0 and 2 gamma", {{POT_SHAPE_UNIFORM, 1, 0, 0, 0}}, {0}, POT_ALONE, false},
    {"beta, cv 0.5",
     "a beta law of mean gamma",
     {{POT_SHAPE_BETA, 1, 0, 0.5, 0}},
     {0},
     POT_ALONE,
     false},
    {"beta, cv 1",
     "a beta law of mean gamma",
     {{POT_SHAPE_BETA, 1, 0, 1, 0}},
     {0},
     POT_ALONE,
     false},
    {"lognormal",
     "sigma 2, cut off at 1, of mean gamma",
     {{POT_SHAPE_LOGNORMAL, 1, 0, 2, 0}},
     {0},
     POT_ALONE,
     false},
    {"rare ones",
     "half of gamma in ones, half a floor",
     {{POT_SHAPE_RARE, 1, 0, 0, 0}},
     {0},
     POT_ALONE,
     false},
    {"last family apart",
     "four families agree, the last has 5 gamma",
     {{POT_SHAPE_BETA, 1, 0, 0.2, 0}},
     {0, 0, 0, 0, 5},
     POT_ALONE,
     false},
    {"first family apart",
     "the first has 5 gamma, the others agree",
     {{POT_SHAPE_BETA, 1, 0, 0.2, 0}},
     {5, 0, 0, 0, 0},
     POT_ALONE,
     false},
    {"families spread",
     "0.2 to 1.8 gamma, all or nothing in each",
     {{POT_SHAPE_COIN, 1, 0, 0, 0}},
     {0.2, 0.6, 1, 1.4, 1.8},
     POT_ALONE,
     false},
    {"families take turns",
     "0, 0, 1, 2, 2 gamma, which change places now and then",
     {{POT_SHAPE_COIN, 1, 0, 0, 0}},
     {0, 0, 1, 2, 2},
     POT_TURNS,
     false},
    {"follows the past",
     "all or nothing while the mean so far is at most gamma, else gamma itself",
     {{POT_SHAPE_COIN, 1, 0, 0, 0}, {POT_SHAPE_CONSTANT, 1, 0, 0, 0}},
     {0},
     POT_ANSWER,
     false},
    {"drift of shape",
     "gamma itself, half-way on all or nothing",
     {{POT_SHAPE_CONSTANT, 1, 0, 0, 0}, {POT_SHAPE_COIN, 1, 0, 0, 0}},
     {0},
     POT_ALONE,
     false},
    {"drift away",
     "mean gamma, half-way on 2 gamma",
     {{POT_SHAPE_BETA, 1, 0, 1, 0}, {POT_SHAPE_BETA, 2, 0, 1, 0}},
     {0},
     POT_ALONE,
     false},
    {"drift back",
     "mean gamma, half-way on 0",
     {{POT_SHAPE_BETA, 1, 0, 1, 0}, {POT_SHAPE_CONSTANT, 0, 0, 0, 0}},
     {0},
     POT_ALONE,
     false},
    {"drift across",
     "0, half-way on 2 gamma: what is true changes",
     {{POT_SHAPE_CONSTANT, 0, 0, 0, 0}, {POT_SHAPE_BETA, 2, 0, 1, 0}},
     {0},
     POT_ALONE,
     false},
    {"3 % routed",
     "3 % of challenges to a model that shares no token",
     {{POT_SHAPE_CONSTANT, 0, 0, 0, 0.03}},
     {0},
     POT_ALONE,
     false},
    {"5 % routed",
     "5 % of challenges",
     {{POT_SHAPE_CONSTANT, 0, 0, 0, 0.05}},
     {0},
     POT_ALONE,
     false},
    {"10 % routed",
     "10 % of challenges",
     {{POT_SHAPE_CONSTANT, 0, 0, 0, 0.10}},
     {0},
     POT_ALONE,
     false},
    {"equal", "every score is 0", {{POT_SHAPE_CONSTANT, 0, 0, 0, 0}}, {0}, POT_ALONE, false},
    {"TV 0.05", "a beta law of cv 1", {{POT_SHAPE_BETA, 0, 0.05, 1, 0}}, {0}, POT_ALONE, false},
    {"TV 0.15",
     "a beta law of cv 0.35",
     {{POT_SHAPE_BETA, 0, 0.15, 0.35, 0}},
     {0},
     POT_ALONE,
     false},
    {"TV 0.30",
     "a beta law of cv 0.35",
     {{POT_SHAPE_BETA, 0, 0.30, 0.35, 0}},
     {0},
     POT_ALONE,
     false},
    {"TV 0.60",
     "a beta law of cv 0.35",
     {{POT_SHAPE_BETA, 0, 0.60, 0.35, 0}},
     {0},
     POT_ALONE,
     false},
    {"whole rounds",
     "a share gamma of the rounds, all five challenges",
     {{POT_SHAPE_COIN, 1, 0, 0, 0}},
     {0},
     POT_WHOLE,
     true},
    {"bursts",
     "a share gamma of the time, 25 challenges in a row",
     {{POT_SHAPE_COIN, 1, 0, 0, 0}},
     {0},
     POT_BURSTS,
     true},
};

/* The distributions of the families in one half; returns the mean of a round, or -1. */
static double build_half(pot_laws *l, pot_score_law *out, const struct row *r, const struct half *p,
                         double gamma)
{
    double all = 0, sum = 0;
    for (int f = 0; f < POT_ROUND; f++)
        all += r->family[f];
    for (int f = 0; f < POT_ROUND; f++) {
        const double times = all > 0 ? r->family[f] : 1, mean = p->gammas * gamma + p->mean;
        int like = 0; /* a family before it with the same */
        while (like < f && all > 0 && r->family[like] != times)
            like++;
        if (like < f) out[f] = out[like];
        else if (!make(l, &out[f], p->shape, times * mean, p->spread)) return -1;
        if (p->ones > 0) out[f].ones = p->ones;
        sum += p->ones + (1 - p->ones) * times * mean;
    }
    const double mean = sum / POT_ROUND;
    return fabs(mean - gamma) < 1e-12 ? gamma : mean; /* but for rounding it is */
}

static bool build(pot_laws *l, const struct row *r, double gamma)
{
    pot_law law = {.name = r->name, .what = r->what, .depends = r->depends};
    const bool drifts = r->half[1].shape != POT_SHAPE_NONE;
    const double mean[2] = {build_half(l, law.half[0], r, &r->half[0], gamma),
                            build_half(l, law.half[1], r, &r->half[drifts], gamma)};
    bool spread = false;
    for (int f = 1; f < POT_ROUND; f++)
        spread = spread || r->family[f] != r->family[0];
    law.least = fmin(mean[0], mean[1]);
    law.most = fmax(mean[0], mean[1]);
    law.admitted = !r->outside;
    law.alike = !spread && !drifts && r->depends == POT_ALONE;
    l->law[l->n++] = law;
    return law.least >= 0;
}

static void start(pot_laws *l)
{
    *l = (pot_laws){0};
    pot_arena_init(&l->arena, (size_t)1 << 26);
}

pot_status pot_laws_make(pot_laws *out, double gamma, bool routed, pot_error *err)
{
    start(out);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((!routed || rows[i].half[0].ones > 0 || strcmp(rows[i].name, "equal") == 0) &&
            !build(out, &rows[i], gamma)) {
            pot_laws_close(out);
            return pot_fail_mem(err);
        }
    return POT_OK;
}

pot_status pot_laws_one(pot_laws *out, const char *name, pot_shape shape, double mean,
                        double spread, double ones, pot_error *err)
{
    const struct row r = {.name = name, .what = "", .half = {{shape, 0, mean, spread, ones}}};
    start(out);
    if (build(out, &r, 0)) return POT_OK;
    pot_laws_close(out);
    return pot_fail_mem(err);
}

void pot_laws_close(pot_laws *l)
{
    pot_arena_close(&l->arena);
    *l = (pot_laws){0};
}

/* ---- streams ---------------------------------------------------------------------------- */

#define GOLDEN  0x9e3779b97f4a7c15u
#define SWAP    0.1 /* of rounds after which families change places */
#define STRETCH 25

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t draw(pot_stream *s) /* splitmix64 */
{
    return mix(s->random += GOLDEN);
}

static double unit(uint64_t u)
{
    return (double)(u >> 12) * 0x1p-52;
}

uint64_t pot_seed_of(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
    return mix(mix(mix(mix(seed + GOLDEN) + a + GOLDEN) + b + GOLDEN) + c + GOLDEN);
}

/* The upper 52 bits of a draw say whether it is a one, the lower 12 which atom. */
static double score(const pot_score_law *p, uint64_t u)
{
    return unit(u) < p->ones ? 1 : p->atom[u % POT_ATOMS];
}

void pot_stream_start(pot_stream *s, const pot_law *law, unsigned n_max, uint64_t seed)
{
    *s = (pot_stream){.law = law, .half = n_max / 2, .random = seed};
    for (unsigned i = 0; i < POT_ROUND; i++)
        s->place[i] = i;
}

static void take_turns(pot_stream *s)
{
    if (unit(draw(s)) >= SWAP) return;
    for (unsigned i = POT_ROUND - 1; i > 0; i--) {
        const unsigned j = (unsigned)(draw(s) % (i + 1)), keep = s->place[i];
        s->place[i] = s->place[j];
        s->place[j] = keep;
    }
}

void pot_stream_round(pot_stream *s, double x[POT_ROUND])
{
    const pot_law *law = s->law;
    bool second = s->n >= s->half;
    if (law->depends == POT_TURNS) take_turns(s);
    if (law->depends == POT_ANSWER) second = s->sum > law->least * s->n;
    for (unsigned i = 0; i < POT_ROUND; i++) {
        const pot_score_law *p = &law->half[second][s->place[i]];
        if (law->depends < POT_WHOLE) x[i] = score(p, draw(s));
        else {
            if (!s->left) s->burst = score(p, draw(s));
            s->left = (s->left ? s->left : law->depends == POT_WHOLE ? POT_ROUND : STRETCH) - 1;
            x[i] = s->burst;
        }
        s->sum += x[i];
    }
    s->n += POT_ROUND;
}
