/* Every weight of an engine by its name: the walk that digests and comparisons of weights share. */
#include "engine/leaves.h"

#include "base/fail.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

struct list {
    pot_leaf *leaf;
    size_t n;
};

static void add_vector(struct list *l, const char *layer, const char *name, const char *end,
                       const float *v, uint32_t n)
{
    if (!v) return;
    pot_leaf *f = &l->leaf[l->n++];
    *f = (pot_leaf){.v = v, .n = n};
    snprintf(f->name, sizeof f->name, "%s%s%s", layer, name, end);
}

static void add_matrix_as(struct list *l, const char *layer, const char *name, const pot_linear *w,
                          bool widen)
{
    if (w->w) {
        pot_leaf *f = &l->leaf[l->n++];
        *f = (pot_leaf){.w = w, .n = w->out, .widen = widen};
        snprintf(f->name, sizeof f->name, "%s%s", layer, name);
    }
    add_vector(l, layer, name, ".bias", w->bias, w->out);
}

static void add_matrix(struct list *l, const char *layer, const char *name, const pot_linear *w)
{
    add_matrix_as(l, layer, name, w, false);
}

static void add_norm(struct list *l, const char *layer, const char *name, const pot_norm_weights *w,
                     uint32_t n)
{
    add_vector(l, layer, name, "", w->w, n);
    add_vector(l, layer, name, ".bias", w->b, n);
}

/* A head that is the embedding, shared or stored twice, counts once. */
bool pot_leaves_tied(const pot_engine *e)
{
    const pot_linear *a = &e->embed, *b = &e->head;
    if (a->w == b->w) return true;
    return !a->scaling.kind && !b->scaling.kind && a->type == b->type && a->out == b->out &&
           a->in == b->in &&
           memcmp(a->w, b->w, pot_dtype_bytes(a->type, (size_t)a->out * a->in)) == 0;
}

/* The most that a layer adds: norms, matrices and the sinks, most of them with a bias. */
static size_t layer_leaves(const pot_arch *a)
{
    return 8 * 2 + 7 * 2 + 1 + 3 * 2 + 2 + 1 + 6 * (size_t)a->moe.experts + 6 + 2;
}

static void add_mlp(struct list *l, const char *at, const pot_mlp *m)
{
    add_matrix(l, at, "gate", &m->gate);
    add_matrix(l, at, "up", &m->up);
    add_matrix(l, at, "down", &m->down);
}

static void add_experts(struct list *l, const char *at, const pot_moe_weights *m, uint32_t n)
{
    char name[48];
    add_matrix_as(l, at, "router", &m->router, true); /* as converters to GGUF do */
    add_vector(l, at, "choice", "", m->choice, n);
    for (uint32_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, "%sexpert.%u.", at, i);
        add_mlp(l, name, &m->expert[i]);
    }
    snprintf(name, sizeof name, "%sshared.", at);
    add_mlp(l, name, &m->shared);
    add_matrix_as(l, at, "shared.mix", &m->mix, true);
}

static void add_layer(struct list *l, const char *at, const pot_layer *y, const pot_arch *a,
                      bool experts)
{
    const uint32_t D = a->hidden, d = a->head_dim;
    const bool each = a->qk_norm == POT_QK_OWN || a->qk_norm == POT_QK_WIDE;
    add_norm(l, at, "norm_1", &y->norm_1, D);
    add_norm(l, at, "norm_2", &y->norm_2, D);
    add_norm(l, at, "out_1", &y->out_1, D);
    add_norm(l, at, "out_2", &y->out_2, D);
    add_norm(l, at, "q_norm", &y->q_norm, each ? a->heads * d : d);
    add_norm(l, at, "k_norm", &y->k_norm, each ? a->kv_heads * d : d);
    add_vector(l, at, "sinks", "", y->sinks, a->heads);
    add_matrix(l, at, "q_a", &y->q_a);
    add_norm(l, at, "q_a_norm", &y->q_a_norm, a->latent.q_rank);
    add_matrix(l, at, "kv_a", &y->kv_a);
    add_matrix(l, at, "k_turned", &y->k_turned);
    add_norm(l, at, "kv_a_norm", &y->kv_a_norm, a->latent.kv_rank);
    add_matrix(l, at, "q", &y->q);
    add_matrix(l, at, "k", &y->k);
    add_matrix(l, at, "v", &y->v);
    add_matrix(l, at, "o", &y->o);
    if (experts) add_experts(l, at, &y->moe, a->moe.experts);
    else add_mlp(l, at, &y->mlp);
}

static void list_all(struct list *l, const pot_engine *e)
{
    const uint32_t D = e->arch->hidden;
    add_matrix(l, "", "embed", &e->embed);
    add_norm(l, "", "embed_norm", &e->embed_norm, D);
    add_matrix_as(l, "", "positions", &e->positions, true);
    add_matrix(l, "", "proj_in", &e->proj_in);
    add_matrix(l, "", "proj_out", &e->proj_out);
    add_norm(l, "", "final_norm", &e->final_norm, D);
    if (pot_leaves_tied(e)) add_vector(l, "", "head", ".bias", e->head.bias, e->head.out);
    else add_matrix(l, "", "head", &e->head);
    for (uint32_t i = 0; i < e->arch->layers; i++) {
        char at[16];
        snprintf(at, sizeof at, "%u.", i);
        add_layer(l, at, &e->layer[i], e->arch, e->arch->layer[i].experts);
    }
}

pot_status pot_leaves_list(pot_leaf **out, size_t *n, const pot_engine *e, pot_error *err)
{
    struct list l = {.leaf =
                         pot_mem_new(e->arch->layers * layer_leaves(e->arch) + 16, sizeof *l.leaf)};
    if (!l.leaf) return pot_fail_mem(err);
    list_all(&l, e);
    *out = l.leaf;
    *n = l.n;
    return POT_OK;
}
