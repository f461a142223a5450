/* The noise floor: the reference against itself, through the same path, in the other numeric
 * profile and where one is given through a copy in another container.  Its challenges follow from
 * the key like those of the run, and are none of them; nothing of the candidate enters. */
#include "verify/run.h"

#include "base/clock.h"
#include "base/fail.h"

#include <string.h>

/* As many as equal models need for SAME: then a floor of nothing is below gamma. */
static const unsigned asked[POT_MODES] = {30, 55, 120};

pot_status pot_floor_open(pot_verify *v, pot_error *err)
{
    uint8_t run_id[POT_RUN_ID_SIZE];
    pot_verify_options o = v->options;
    pot_compute other = o.compute;
    if (v->party[0].saved)
        return pot_fail_file(err, POT_E_ARG, o.ref,
                             "has no weights that could be read again: no --calibrate with it");
    POT_TRY(pot_calibration_id(run_id, v->key, v->commitment.run_id, err));
    o.cand = o.copy ? o.copy : o.ref;
    o.key = v->key;
    o.run_id = run_id;
    o.calibrate = o.by_digest = false;
    POT_TRY(pot_verify_open_for(&v->floor, &o, v, err));
    other.profile =
        strcmp(v->kernels.linear.profile, "pot-f32-1") == 0 ? "pot-bf16-1" : "pot-f32-1";
    v->floor->asks = asked[v->options.mode];
    return pot_kernels_choose(&v->floor->other, &other, err);
}

bool pot_verify_enough(const pot_verify *v)
{
    return v->calibrates ? v->decider.n >= v->asks : pot_decider_done(&v->decider);
}

static pot_status put_challenges(pot_verify *v, pot_error *err)
{
    if (!v->decider.n) v->hi = 1;
    while (!pot_verify_enough(v)) {
        const size_t left = (v->asks - v->decider.n) / POT_FAMILIES;
        POT_TRY(pot_sweep_run(v, left < v->budget.batches ? left : v->budget.batches, err));
        v->layers_begun = 0;
        if (!pot_verify_going(v))
            return pot_fail(err, POT_E_STOPPED, "stopped while calibrating, after %u challenges",
                            v->decider.n);
    }
    return POT_OK;
}

/* The copy's weights have a digest of their own; the reference's is taken by the run. */
static pot_status hash_copy(pot_verify *v, pot_error *err)
{
    pot_model *copy = v->party[1].model;
    if (!v->options.copy) return POT_OK;
    return pot_models_hash(&copy, 1, v->pool, v->ring, v->options.progress, v->options.ctx, err);
}

/* A copy that was shown to be something else would hide what it should not. */
static pot_status check_copy(const pot_verify *v, pot_error *err)
{
    double lo, hi;
    pot_decider_bounds(&v->decider, &lo, &hi);
    if (!v->options.copy || lo <= v->decider.rule.gamma) return POT_OK;
    return pot_fail_file(err, POT_E_ARG, v->options.copy,
                         "is no copy of the reference: their mean TV is at least %.4f, more than "
                         "the %g of this mode",
                         lo, v->decider.rule.gamma);
}

static pot_status run_all(pot_verify *v, pot_error *err)
{
    POT_TRY(pot_verify_engines(v, err));
    POT_TRY(hash_copy(v, err));
    v->start = pot_clock();
    POT_TRY(put_challenges(v, err));
    for (int i = 0; i < 2; i++)
        POT_TRY(pot_model_unchanged(v->party[i].model, err));
    return check_copy(v, err);
}

void pot_floor_take(pot_verify *v)
{
    const pot_verify *by = v->floor;
    const pot_decider *d = &by->decider;
    pot_summary s;
    pot_decider_summary(d, &s);
    pot_floor f = {.n = d->n,
                   .numerics = by->other.linear.profile,
                   .copy = by->options.copy ? pot_model_info(by->party[1].model) : NULL,
                   .tv_mean = s.tv_mean,
                   .lo = s.lo,
                   .hi = s.hi};
    for (unsigned i = 0; i < d->n; i++) /* one without a score may be anything */
        if (!(d->tv[i] <= f.tv_max)) f.tv_max = d->tv[i] <= 1 ? d->tv[i] : 1;
    const double twice = 2 * f.tv_max, gamma = v->decider.rule.gamma;
    pot_decider_floor(&v->decider, f.hi, twice < gamma ? twice : gamma);
    f.tolerance = v->decider.tolerance;
    f.noise = v->decider.noise;
    v->verdict.floor = f;
}

pot_status pot_floor_measure(pot_verify *v, pot_error *err)
{
    pot_verify *by = v->floor;
    const double start = pot_clock();
    if (v->verdict.floor.n && (!v->options.copy || by->party[1].model->facts.hashed))
        return POT_OK; /* by an earlier run */
    by->pool = v->pool;
    const pot_status s = run_all(by, err);
    pot_verify_release(by);
    by->pool = NULL;
    POT_TRY(s);
    if (!v->verdict.floor.n) pot_floor_take(v);
    v->verdict.floor.seconds = pot_clock() - start;
    return POT_OK;
}
