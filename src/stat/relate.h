/* relate.h - the table that names relationships. */
#ifndef POT_STAT_RELATE_H
#define POT_STAT_RELATE_H

#include <pot/relationship.h>

#define POT_MOST_CONDITIONS 4

/* A figure lies in [least, most]; all zero is no condition. */
typedef struct {
    pot_figure_id figure;
    double least, most;
} pot_condition;

/* All conditions hold: this label. */
typedef struct {
    unsigned access; /* bits 1 << pot_access: where the row is used */
    pot_label label;
    const char *says; /* what it means, first of the reasons */
    pot_condition when[POT_MOST_CONDITIONS];
} pot_relate_rule;

extern const pot_relate_rule pot_relate_rules[];
extern const unsigned pot_relate_n_rules;

/* How often each label was right on the half that was held out when the table was frozen. */
typedef struct {
    unsigned right, of;
} pot_relate_count;

extern const pot_relate_count pot_relate_counts[POT_ACCESSES][POT_LABELS];

#endif
