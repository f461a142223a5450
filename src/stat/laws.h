/* laws.h - streams of scores whose mean is known: what decisions are tried on without models.
 *
 * A law says from which distribution each challenge of a round is drawn, given what came before.
 * docs/decisions/002-rounds.md admits any in which the scores of a round are independent given
 * the past: means may differ from family to family, and may follow the past.  The bounds are about
 * the mean of a round: `least` to `most` over a run. */
#ifndef POT_STAT_LAWS_H
#define POT_STAT_LAWS_H

#include "base/mem.h"

#include <pot/decision.h>

enum { POT_ROUND = 5, POT_ATOMS = 4096, POT_LAWS_MOST = 32 };

typedef struct { /* one score: 1 with probability `ones`, else an atom, each as probable */
    double ones;
    const double *atom; /* [POT_ATOMS], rising; borrowed from the laws */
} pot_score_law;

typedef enum {
    POT_SHAPE_NONE,
    POT_SHAPE_CONSTANT,
    POT_SHAPE_COIN,      /* 0 or 1 */
    POT_SHAPE_UNIFORM,   /* 0 to twice the mean */
    POT_SHAPE_BETA,      /* spread: the coefficient of variation */
    POT_SHAPE_LOGNORMAL, /* spread: sigma; cut off at 1 */
    POT_SHAPE_RARE,      /* half of the mean in ones, the rest a constant floor */
} pot_shape;

/* What a score depends on besides its family and place. */
typedef enum {
    POT_ALONE,
    POT_TURNS,  /* the families' distributions change places now and then */
    POT_ANSWER, /* first half's distribution while the mean so far is low, else the second's */
    POT_WHOLE,  /* one draw for a whole round: not admitted */
    POT_BURSTS, /* one draw for a stretch of challenges: not admitted */
} pot_dependence;

typedef struct {
    const char *name, *what;
    pot_dependence depends;
    bool admitted; /* the error rates are claimed */
    bool alike;    /* all scores are independent and of one law: one may look after each */
    double least, most;
    pot_score_law half[2][POT_ROUND]; /* first and second half of n_max, each family */
} pot_law;

typedef struct {
    pot_law law[POT_LAWS_MOST];
    size_t n;
    pot_arena arena; /* owns the atoms */
} pot_laws;

/* Every law that is tried, for the gamma of a rule; or only those that tell routing from none. */
POT_MUST_USE pot_status pot_laws_make(pot_laws *out, double gamma, bool routed, pot_error *err);

/* One law of independent scores: a share of ones, the others of this shape, mean and spread. */
POT_MUST_USE pot_status pot_laws_one(pot_laws *out, const char *name, pot_shape shape, double mean,
                                     double spread, double ones, pot_error *err);
void pot_laws_close(pot_laws *l);

typedef struct {
    const pot_law *law; /* borrowed */
    unsigned n, half;   /* scores so far; where the second half begins */
    uint64_t random;    /* the generator's state */
    double sum;         /* of the scores */
    unsigned place[POT_ROUND];
    double burst;  /* the draw that a stretch shares */
    unsigned left; /* challenges of the stretch that are left */
} pot_stream;

/* The stream of a seed: the same on any machine. */
void pot_stream_start(pot_stream *s, const pot_law *law, unsigned n_max, uint64_t seed);
void pot_stream_round(pot_stream *s, double x[POT_ROUND]);

/* A seed of parts: run 5 of law 3 and so on. */
uint64_t pot_seed_of(uint64_t seed, uint64_t a, uint64_t b, uint64_t c);

#endif
