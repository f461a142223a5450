/* distance.h - how far the weights of two models lie apart. */
#ifndef POT_EVAL_DISTANCE_H
#define POT_EVAL_DISTANCE_H

#include <pot/compute.h>
#include <pot/model.h>

/* |A - B| / |A| over all weights (docs/format/weights.md), Frobenius norms; NaN where names or
 * sizes differ.  POT_E_UNSUPPORTED for matrices that cannot be read row by row. */
POT_MUST_USE pot_status pot_weight_distance(double *out, const pot_model *a, const pot_model *b,
                                            const pot_compute *how, pot_error *err);

#endif
