/* The MLP of a layer: one for all tokens, or experts that a router chooses for each.
 *
 * Experts run one after the other, ascending, each on the rows that chose it; so what a row
 * gets does not depend on the batch. */
#include "engine/layout.h"

#include <math.h>
#include <string.h>

/* y = act(y), or act(y) * x in a gated MLP. */
static void act_row(const pot_rows *r, size_t i)
{
    r->e->k->activate(r->y + i * r->width, r->x ? r->x + i * r->width : NULL, r->width,
                      r->e->arch->act);
}

void pot_mlp_run(pot_engine *e, const pot_mlp *w, float *t, const float *x, size_t ffn, size_t n)
{
    const pot_arch *a = e->arch;
    float *inner = a->glu ? e->gate : e->up;
    const pot_product in[] = {{&w->gate, e->gate, ffn, x, a->hidden},
                              {&w->up, e->up, ffn, x, a->hidden}};
    pot_rows_products(e, a->glu ? in : in + 1, a->glu ? 2 : 1, n);
    pot_rows_run((pot_rows){
        .e = e, .row = act_row, .n = n, .width = ffn, .y = inner, .x = a->glu ? e->up : NULL});
    pot_rows_linear(e, &w->down, t, a->hidden, inner, ffn, n);
}

/* ---- experts ----------------------------------------------------------------------------- */

/* The index of the highest value; the lowest of several. */
static size_t highest(const float *s, size_t n)
{
    size_t at = 0;
    for (size_t i = 1; i < n; i++)
        if (s[i] > s[at]) at = i;
    return at;
}

/* What makes a group one of the best: its highest, or the sum of its two highest. */
static float group_score(const pot_moe *m, const float *s, size_t n)
{
    const size_t at = highest(s, n);
    float second = -INFINITY;
    for (size_t i = 0; i < n; i++)
        if (i != at && s[i] > second) second = s[i];
    return m->sigmoid ? s[at] + second : s[at];
}

/* Only experts of the best groups stay: the others become -infinity. */
static void limit_groups(const pot_moe *m, float *s)
{
    const size_t n = m->experts / m->groups;
    float best[POT_MOST_GROUPS];
    bool stays[POT_MOST_GROUPS] = {false};
    for (size_t g = 0; g < m->groups; g++)
        best[g] = group_score(m, s + g * n, n);
    for (size_t k = 0; k < m->top_groups; k++) {
        const size_t g = highest(best, m->groups);
        stays[g] = true;
        best[g] = -INFINITY;
    }
    for (size_t i = 0; i < m->experts; i++)
        if (!stays[i / n]) s[i] = -INFINITY;
}

/* Scores of the experts to the weights of those chosen, and -1. */
static void route_row(const pot_rows *r, size_t i)
{
    const pot_moe *m = &r->e->arch->moe;
    float *s = r->y + i * r->width, weight[POT_MOST_TOP], sum = 0;
    float *choice = r->e->choice + i * r->width;
    size_t pick[POT_MOST_TOP]; /* ascending */
    if (m->sigmoid) r->e->k->activate(s, NULL, m->experts, POT_SIGMOID);
    else if (!m->top_softmax) r->e->k->softmax(s, 0, m->experts, NULL);
    memcpy(choice, s, m->experts * sizeof *s);
    if (r->x) r->e->k->add(choice, r->x, m->experts);
    if (m->groups) limit_groups(m, choice);
    for (size_t n = 0; n < m->top_k; n++) {
        const size_t x = highest(choice, m->experts);
        const float score = s[x];
        size_t at = n;
        for (; at > 0 && pick[at - 1] > x; at--)
            pick[at] = pick[at - 1], weight[at] = weight[at - 1];
        pick[at] = x, weight[at] = score;
        choice[x] = -INFINITY;
    }
    if (m->top_softmax) r->e->k->softmax(weight, 0, m->top_k, NULL);
    for (size_t k = 0; m->renormalize && k < m->top_k; k++)
        sum += weight[k];
    if (m->sigmoid) sum += 1e-20f; /* all may be 0 */
    for (size_t x = 0; x < m->experts; x++)
        s[x] = -1;
    for (size_t k = 0; k < m->top_k; k++)
        s[pick[k]] = (m->renormalize ? weight[k] / sum : weight[k]) * m->scale;
}

/* Only the experts that some row chose are read from the disk. */
static void ask_for_experts(pot_engine *e, size_t n)
{
    const size_t X = e->arch->moe.experts;
    memset(e->chosen, 0, X * sizeof *e->chosen);
    for (size_t i = 0; i < n * X; i++)
        if (e->route[i] >= 0) e->chosen[i % X] = true;
    pot_feed_experts(e->feed, e->chosen);
}

/* t += weight * what expert x gives, for the rows that chose it. */
static void run_expert(pot_engine *e, const pot_moe_weights *w, size_t x, float *t, const float *in,
                       size_t n)
{
    const pot_arch *a = e->arch;
    const size_t D = a->hidden, X = a->moe.experts;
    size_t rows = 0;
    for (size_t i = 0; i < n; i++)
        if (e->route[i * X + x] >= 0) memcpy(e->in + rows++ * D, in + i * D, D * sizeof *in);
    if (!rows) return;
    pot_mlp_run(e, &w->expert[x], e->out, e->in, a->moe.ffn, rows);
    rows = 0;
    for (size_t i = 0; i < n; i++)
        if (e->route[i * X + x] >= 0)
            e->k->add_scaled(t + i * D, e->out + rows++ * D, e->route[i * X + x], D);
}

/* t += sigmoid(mix) * x, or x. */
static void shared_row(const pot_rows *r, size_t i)
{
    float by = 1;
    if (r->e->arch->moe.shared_mix) {
        by = r->e->mix[i];
        r->e->k->activate(&by, NULL, 1, POT_SIGMOID);
    }
    r->e->k->add_scaled(r->y + i * r->width, r->x + i * r->width, by, r->width);
}

void pot_moe_run(pot_engine *e, const pot_moe_weights *w, float *t, const float *x, size_t n)
{
    const pot_arch *a = e->arch;
    const pot_moe *m = &a->moe;
    pot_rows_linear(e, &w->router, e->route, m->experts, x, a->hidden, n);
    pot_rows_run((pot_rows){
        .e = e, .row = route_row, .n = n, .width = m->experts, .y = e->route, .x = w->choice});
    if (e->feed) ask_for_experts(e, n);
    memset(t, 0, n * a->hidden * sizeof *t);
    for (size_t i = 0; i < m->experts; i++)
        run_expert(e, w, i, t, x, n);
    if (!m->shared_ffn) return;
    pot_mlp_run(e, &w->shared, e->out, x, m->shared_ffn, n);
    if (m->shared_mix) pot_rows_linear(e, &w->mix, e->mix, 1, x, a->hidden, n);
    pot_rows_run(
        (pot_rows){.e = e, .row = shared_row, .n = n, .width = a->hidden, .y = t, .x = e->out});
}
