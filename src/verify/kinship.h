/* kinship.h - how the weights of two models are related: what they share position by position.
 *
 * Matrices of the same name and size are compared at positions that follow from the key, so that
 * nobody can prepare them: POT_KIN_ROWS rows of each (one from each of as many stretches), and of
 * each row POT_KIN_COLUMNS columns.  Initialization is shared by all descendants of a first step,
 * so correlation proves kinship, not how far it went; without kinship it is 0 +- 1/sqrt(positions).
 * The figures are the same bits on every kernel and number of threads. */
#ifndef POT_VERIFY_KINSHIP_H
#define POT_VERIFY_KINSHIP_H

#include "engine/engine.h"
#include "kernel/linear.h"

#define POT_KIN_ROWS    64
#define POT_KIN_COLUMNS 128
#define POT_KIN_RUN     32   /* neighbours whose distinct values are counted */
#define POT_KIN_MOST    1024 /* matrices; of more, as many are drawn by the key */

/* Of one pair of matrices, or of all of them. */
typedef struct {
    double correlation; /* of the centred values */
    double difference;  /* sqrt(sum (a - b)^2 / sum a^2) */
    double equal;       /* share of positions with the same value */
    double zeros;       /* share of positions with a 0 in one of them only */
    double kept;        /* of positions with a 0 in neither, the share that is equal */
    double distinct[2]; /* different magnitudes among POT_KIN_RUN neighbours, as a share */
    double even;      /* of the candidate's changed values, those whose BF16 has an even last bit */
    double rank;      /* effective rank of the difference, as a share of what noise has */
    double excess;    /* the difference over `precision` */
    double precision; /* the largest difference that rounding to both types explains */
} pot_kin;

typedef struct {
    bool same_shapes;           /* both have the same weights in the same sizes */
    bool same_types;            /* the matrices that were compared are stored alike */
    size_t matrices, positions; /* that were compared; vectors, such as norms, in full */
    pot_kin median;             /* over the matrices */
    double equal;               /* share of all positions that have the same value */
    double zeros, even;         /* means over the matrices */
    double kin;                 /* share of the matrices with a correlation above POT_KIN_RELATED */
    double untouched;           /* share of the matrices that are equal at every position */
    double excess;              /* the 90th percentile over the matrices */
} pot_kinship;

#define POT_KIN_RELATED 0.25

/* Of the two views of one matrix; positions by `seed`. */
POT_MUST_USE pot_status pot_kin_compare(pot_kin *out, const pot_kernels *k, const pot_linear *a,
                                        const pot_linear *b, const uint8_t seed[32],
                                        pot_error *err);

/* Of the weights of two engines on one pool.  `rest`, where it is not NULL, are their models, whose
 * mapped pages are given back now and then. */
POT_MUST_USE pot_status pot_kinship_measure(pot_kinship *out, const pot_engine *const engine[2],
                                            const pot_model *const rest[2], pot_bytes key,
                                            pot_error *err);

#endif
