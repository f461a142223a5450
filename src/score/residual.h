/* residual.h - do two models deviate alike?  Correlations of their logits over the positions of one
 * text and the same columns of the vocabulary.
 *
 *     pot_residual_start(&r);
 *     for each position: pot_residual_add(&r, ref, cand);
 *     sums = pot_residual_end(&r);
 *
 * Twice the sums of squares and products that a correlation is made of: of each row around its mean
 * (what any two models of the same language share: common tokens are common), and of what is left
 * around the mean of each column too (what this model says at this place and nowhere else).  Where
 * models share weights, or one was taught by the other, nearly as much is left as there was. */
#ifndef POT_SCORE_RESIDUAL_H
#define POT_SCORE_RESIDUAL_H

#include <pot/status.h>

#define POT_RESIDUAL_COLUMNS 512

/* Sums over positions and columns of a^2, b^2 and a b; the f32 values are the record. */
typedef struct {
    float row[3], both[3];
} pot_residual_sums;

typedef struct {
    uint32_t column[POT_RESIDUAL_COLUMNS], n; /* columns of the vocabulary that both have */
    size_t rows;
    double a[POT_RESIDUAL_COLUMNS], b[POT_RESIDUAL_COLUMNS]; /* sums of each column */
    double row[3];
} pot_residual;

/* Forget the rows; the columns stay. */
void pot_residual_start(pot_residual *r);

/* The logits of a position; finite. */
void pot_residual_add(pot_residual *r, const float *ref, const float *cand);

pot_residual_sums pot_residual_end(const pot_residual *r);

/* sum ab / sqrt(sum aa sum bb); NaN where one of them does not vary. */
double pot_residual_correlation(const double sums[3]);

#endif
