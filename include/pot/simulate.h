/* simulate.h - the decision code on scores of known laws: how often it is wrong, how soon it is
 * right, and what other rules make of the same scores.
 *
 *     pot_simulation s = {0};
 *     st = pot_simulate(&s, &(pot_simulate_options){.runs = 20000}, &err);
 *     for (size_t i = 0; i < s.n; i++)
 *         printf("%s: %s: wrong SAME %.4f\n", s.row[i].rule->name, s.row[i].law, ...);
 *     pot_simulation_free(&s);
 *
 * Every run is a stream of scores of one law, given to the real pot_decider in rounds of five.
 * docs/format/simulate.md names the laws and the figures. */
#ifndef POT_SIMULATE_H
#define POT_SIMULATE_H

#include <pot/decision.h>
#include <pot/progress.h>
#include <pot/rates.h>

/* How runs ended, and after how many challenges. */
typedef struct {
    pot_rate same, different, undecided;
    unsigned median, p90; /* challenges of all runs; 0: so many of them end undecided */
} pot_ends;

/* Other rules on the same scores: empirical-Bernstein bounds (J. Audibert et al. 2009), looked at
 * after every challenge. */
typedef enum {
    POT_BERNSTEIN_UNION,  /* the error is shared out over all n: valid */
    POT_BERNSTEIN_PEEK,   /* the bound of one n, looked at at each: not valid */
    POT_BERNSTEIN_TOKENS, /* as was published: positions counted as independent, and scores without
                             variance taken as proof: not valid */
    POT_BERNSTEINS,
} pot_bernstein;

POT_API const char *pot_bernstein_name(pot_bernstein b); /* "EB, union over n" */

typedef struct {
    const pot_rule *rule;
    const char *law, *what;
    double least, most; /* the mean TV of a round, over the run */
    bool same_wrong;    /* the mean is never below gamma */
    bool diff_wrong;    /* it is never above */
    bool admitted;      /* the error rates are claimed for it */
    bool alike;         /* scores of one law: one may look after each */
    pot_ends ends;      /* of the decider as it is used: after rounds of five */
    pot_ends each;      /* had it looked after every challenge; no runs unless `alike` */
    pot_rate high, low; /* runs in which a bound excluded the mean at some look up to n_max,
                           decided or not */
    pot_rate high_each, low_each; /* the same with a look after every challenge */
    pot_rate stopped;             /* runs whose bounds, as printed at the end, excluded the mean */
    pot_ends other[POT_BERNSTEINS];
} pot_simulated;

typedef struct {
    pot_simulated *row; /* [n], owned: rule by rule, law by law */
    size_t n;
    uint32_t runs;
    uint64_t seed;
    unsigned threads;
    double seconds;
} pot_simulation;

typedef struct {
    const pot_rule *rule;      /* NULL: the three modes, and audit with the published gamma */
    const char *law;           /* only this one; NULL: all */
    uint32_t runs;             /* of each law */
    uint64_t seed;             /* the same seed gives the same counts on any machine */
    unsigned threads;          /* 0: one per processor */
    pot_progress_fn *progress; /* NULL for none; done and total count laws */
    void *ctx;
} pot_simulate_options;

/* POT_E_ARG for a rule out of its range, no runs, or a law that there is not. */
POT_API POT_MUST_USE pot_status pot_simulate(pot_simulation *out, const pot_simulate_options *how,
                                             pot_error *err);
/* The rates that are claimed to be at most alpha: of wrong decisions and of bounds that exclude the
 * mean, after rounds and where laws are alike after every challenge, of admitted laws. */
typedef struct {
    unsigned claimed;         /* so many rates */
    unsigned shown;           /* the upper end of the interval is at most 1.2 alpha */
    unsigned refuted;         /* the lower end is above alpha */
    double worst;             /* the highest upper end, divided by alpha */
    const pot_simulated *row; /* whose that is; borrowed */
} pot_claims;

POT_API void pot_simulation_claims(const pot_simulation *s, pot_claims *out);

POT_API void pot_simulation_free(pot_simulation *s); /* back to zero; a zeroed one is allowed */

#endif
