/* decision.h - from one bounded score per challenge to SAME, DIFFERENT or UNDECIDED.
 *
 * X_i in [0, 1] is the mean total variation of challenge i.  Two claims are tested by betting
 * (docs/statistics.md), each valid at every moment at which it is looked at:
 *
 *     SAME       against "mean >= m":  W = sum_k w_k prod_i (1 - f_k (X_i - m) / (1 - m))
 *     DIFFERENT  against "mean <= m":  W = sum_k w_k prod_i (1 + f_k (X_i - m) / m)
 *
 * A claim against m is made when W >= 1/alpha (Ville's inequality).  hi is the smallest m
 * that the first refutes, lo the largest that the second does, both kept as the best so far:
 * each holds with confidence 1 - alpha at any stopping time.
 *
 * Challenges come in rounds of one per family, and bounds move only when a round is complete:
 * a round is exchangeable as a whole, its beginning is not (docs/decisions/002-rounds.md).
 *
 *     pot_decider d;
 *     s = pot_decider_init(&d, pot_rule_of(POT_AUDIT), POT_FAMILIES);
 *     while (!pot_decider_done(&d)) pot_decider_push(&d, tv, kl);
 *     pot_decider_decision(&d);
 */
#ifndef POT_DECISION_H
#define POT_DECISION_H

#include <pot/status.h>

typedef enum { POT_QUICK, POT_AUDIT, POT_EXTENDED, POT_MODES } pot_mode;

/* What decides; the table of docs/statistics.md. */
typedef struct {
    const char *name;  /* "quick", "audit", "extended" */
    double alpha;      /* probability of a wrong claim, each kind */
    double gamma;      /* SAME: the mean TV is at most this; DIFFERENT: it is more */
    double eta;        /* SAME also needs (hi - lo)/2 <= eta gamma */
    double delta, eps; /* the classic rule: mean KL >= delta and h / mean KL <= eps */
    unsigned n_min, n_max;
} pot_rule;

POT_API const pot_rule *pot_rule_of(pot_mode mode); /* NULL for what is not a mode */

/* Find a mode by its name; false if there is none. */
POT_API bool pot_mode_find(pot_mode *out, const char *name);

#define POT_MOST_CHALLENGES 1000
#define POT_BETS            12

typedef struct { /* the gambler of one claim: bet k has won product[k] 2^exponent[k] */
    double product[POT_BETS];
    int exponent[POT_BETS];
} pot_wealth;

typedef struct { /* flat: copy it freely */
    pot_rule rule;
    unsigned round;                 /* challenges per round */
    double tolerance, noise;        /* see pot_decider_floor */
    unsigned n, failed;             /* asked; of these without a score */
    double tv[POT_MOST_CHALLENGES]; /* a failed one: NaN */
    double sum_tv, sum_kl, sum_kl2; /* of the scored ones */
    pot_wealth high, low;           /* of the bets against mean >= gamma and mean <= tolerance */
    bool refuted_high, refuted_low; /* at the end of some round the bet was won */
} pot_decider;

/* POT_E_ARG for a rule out of its range: 0 < alpha < 1/2, 0 < gamma < 1, n_max at most
 * POT_MOST_CHALLENGES and a multiple of the round. */
POT_API POT_MUST_USE pot_status pot_decider_init(pot_decider *d, const pot_rule *rule,
                                                 unsigned round);

/* Before the first score: what was measured of the reference against itself.  DIFFERENT needs the
 * mean to exceed `tolerance` as well as gamma, which SAME keeps; and a score is a sign of another
 * model only above `noise`, in place of POT_NOISE_FLOOR. */
POT_API void pot_decider_floor(pot_decider *d, double tolerance, double noise);

/* The score of the next challenge: 0 <= tv <= 1, kl >= 0.  Anything else counts as failed.
 * Ignored after n_max. */
POT_API void pot_decider_push(pot_decider *d, double tv, double kl);

/* The next challenge could not be scored: it counts as TV 1 against SAME and as TV 0 against
 * DIFFERENT, so it can support neither claim. */
POT_API void pot_decider_fail(pot_decider *d);

/* Natural logarithms of the two wealths, after every challenge so far: exp(high) is the evidence
 * against "mean >= gamma", exp(low) that against "mean <= gamma" (or the tolerance). */
POT_API void pot_decider_wealth(const pot_decider *d, double *high, double *low);

/* The bounds of the mean TV after the complete rounds so far. */
POT_API void pot_decider_bounds(const pot_decider *d, double *lo, double *hi);

/* A zeroed decider is undecided. */
POT_API pot_decision pot_decider_decision(const pot_decider *d);

/* Decided, or n_max reached. */
POT_API bool pot_decider_done(const pot_decider *d);

typedef struct {
    unsigned n, scored, failed;
    double tv_mean, lo, hi, h;     /* h = (hi - lo) / 2 */
    double kl_mean, kl_var, kl_cv; /* over challenges; cv = standard deviation / mean */
    double rme;                    /* h / kl_mean; infinite where that is 0 */
    bool strong;                   /* the classic rule agrees with the decision */
    bool classic_same, classic_different;
    double routing; /* with confidence 1 - alpha at most this share of the challenge mass is
                       answered by something else; 1 unless every score is below the floor */
} pot_summary;

#define POT_NOISE_FLOOR                                                                            \
    1e-3 /* a TV up to it is no sign of another model, unless the noise was measured */

POT_API void pot_decider_summary(const pot_decider *d, pot_summary *out);

#endif
