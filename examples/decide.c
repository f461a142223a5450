/* decide.c - the decision on scores of your own: decide.c ALPHA GAMMA ROUND < scores
 *
 * Scores are numbers from 0 to 1 in the order in which they were measured; - is one that could not
 * be.  After each: n, the logarithms of the evidence against "mean >= gamma" and against
 * "mean <= gamma", the bounds of the mean, and what is decided at the end of the round.
 *
 *     cc -o decide decide.c $(pkg-config --cflags --libs pot) */
#include <pot/decision.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    char word[64];
    pot_decider d;
    if (argc != 4) return fprintf(stderr, "usage: decide ALPHA GAMMA ROUND < scores\n"), 2;
    const unsigned round = (unsigned)strtoul(argv[3], NULL, 10);
    pot_rule rule = *pot_rule_of(POT_AUDIT);
    rule.name = "own";
    rule.alpha = strtod(argv[1], NULL);
    rule.gamma = strtod(argv[2], NULL);
    rule.n_min = 1;
    rule.n_max = round ? POT_MOST_CHALLENGES / round * round : 0;
    if (pot_decider_init(&d, &rule, round) != POT_OK)
        return fprintf(stderr, "decide: 0 < ALPHA < 1/2, 0 < GAMMA < 1 and 1 <= ROUND <= 1000 are "
                               "expected\n"),
               2;
    while (d.n < rule.n_max && scanf("%63s", word) == 1) {
        double high, low, lo, hi;
        if (strcmp(word, "-") == 0) pot_decider_fail(&d);
        else pot_decider_push(&d, strtod(word, NULL), 0);
        pot_decider_wealth(&d, &high, &low);
        pot_decider_bounds(&d, &lo, &hi);
        printf("%u %.12f %.12f %.9f %.9f %s\n", d.n, high, low, lo, hi,
               pot_decision_name(pot_decider_decision(&d)));
    }
    static const int status[] = {[POT_UNDECIDED] = 3, [POT_SAME] = 0, [POT_DIFFERENT] = 1};
    return status[pot_decider_decision(&d)];
}
