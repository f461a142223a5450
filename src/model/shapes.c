/* What belongs into each slot. */
#include "model/arch.h"

static pot_shape matrix(bool present, bool bias, uint32_t rows, uint32_t cols)
{
    return (pot_shape){
        .present = present, .weight = true, .bias = bias, .rows = rows, .cols = cols};
}

static pot_shape norm(const pot_arch *a, bool present)
{
    return (pot_shape){.present = present,
                       .weight = a->norm_affine,
                       .bias = a->norm_affine && a->norm_bias,
                       .rows = a->hidden};
}

static pot_shape qk_norm(const pot_arch *a, uint32_t heads)
{
    return (pot_shape){.present = a->qk_norm != POT_QK_NONE,
                       .weight = true,
                       .bias = a->qk_norm_bias,
                       .rows = (a->qk_norm == POT_QK_WIDE ? heads : 1) * a->head_dim,
                       .count = a->qk_norm == POT_QK_OWN ? heads : 0};
}

/* One matrix for each expert. */
static pot_shape expert(const pot_arch *a, bool present, uint32_t rows, uint32_t cols)
{
    pot_shape s = matrix(present, a->moe.bias, rows, cols);
    s.count = a->moe.experts;
    s.mxfp4 = a->moe.mxfp4;
    return s;
}

/* The places of experts, in a layer that has them. */
static pot_shape moe_shape(const pot_arch *a, bool experts, pot_slot slot)
{
    const uint32_t D = a->hidden, M = a->moe.ffn, S = a->moe.shared_ffn;
    const bool shared = experts && S, fused = a->moe.fused_up;
    if (slot == POT_CHOICE) return matrix(experts && a->moe.sigmoid, false, a->moe.experts, 0);
    if (slot == POT_ROUTER) return matrix(experts, a->moe.bias, a->moe.experts, D);
    if (slot == POT_X_GATE || slot == POT_X_UP) return expert(a, experts && !fused, M, D);
    if (slot == POT_X_GATE_UP) return expert(a, experts && fused, 2 * M, D);
    if (slot == POT_X_DOWN) return expert(a, experts, D, M);
    if (slot == POT_S_GATE || slot == POT_S_UP) return matrix(shared, false, S, D);
    if (slot == POT_S_DOWN) return matrix(shared, false, D, S);
    return matrix(shared && a->moe.shared_mix, false, 1, D);
}

/* The places of q, k and v. */
static pot_shape qkv_shape(const pot_arch *a, pot_slot slot)
{
    const uint32_t D = a->hidden, q = a->heads * a->head_dim, kv = a->kv_heads * a->head_dim;
    const pot_latent *m = &a->latent;
    const bool latent = m->kv_rank, few = m->q_rank, split = a->qkv == POT_QKV_SPLIT;
    const uint32_t each = a->head_dim - m->turned + a->value_dim;
    if (slot == POT_Q) return matrix(split, !latent && a->bias_qkv, q, few ? m->q_rank : D);
    if (slot == POT_K || slot == POT_V) return matrix(split && !latent, a->bias_qkv, kv, D);
    if (slot == POT_QKV) return matrix(!split, a->bias_qkv, q + 2 * kv, D);
    if (slot == POT_Q_A) return matrix(few, a->bias_qkv, m->q_rank, D);
    if (slot == POT_Q_A_NORM) return matrix(few, false, m->q_rank, 0);
    if (slot == POT_KV_A) return matrix(latent, a->bias_qkv, m->kv_rank + m->turned, D);
    if (slot == POT_KV_A_NORM) return matrix(latent, false, m->kv_rank, 0);
    if (slot == POT_KV_B) return matrix(latent && !m->apart, false, a->heads * each, m->kv_rank);
    pot_shape one = slot == POT_K_B ? matrix(m->apart, false, m->kv_rank, a->head_dim - m->turned)
                                    : matrix(m->apart, false, a->value_dim, m->kv_rank);
    one.count = a->heads;
    return one;
}

pot_shape pot_arch_shape(const pot_arch *a, uint32_t layer, pot_slot slot)
{
    const bool experts = a->layer[layer].experts;
    const uint32_t D = a->hidden;
    const bool before = a->order != POT_OUT_NORM,
               behind = a->order == POT_OUT_NORM || a->order == POT_PRE_OUT_NORM;
    const bool proj = a->embed != D;
    pot_shape head;
    switch (slot) {
    case POT_EMBED:
        return matrix(true, false, a->vocab, a->embed);
    case POT_POSITIONS:
        return matrix(a->position == POT_POS_LEARNED, false, a->context + a->pos_offset, D);
    case POT_EMBED_NORM:
        return norm(a, a->embed_norm);
    case POT_PROJ_IN:
        return matrix(proj, false, D, a->embed);
    case POT_PROJ_OUT:
        return matrix(proj, false, a->embed, D);
    case POT_FINAL_NORM:
        return norm(a, a->final_norm);
    case POT_HEAD:
        head = matrix(true, a->bias_head, a->vocab, a->embed);
        head.weight = !a->tied;
        return head;
    case POT_NORM_1:
        return norm(a, before);
    case POT_NORM_2:
        return norm(a, before && a->block != POT_PARALLEL_ONE);
    case POT_OUT_1:
    case POT_OUT_2:
        return norm(a, behind);
    case POT_Q:
    case POT_K:
    case POT_V:
    case POT_QKV:
    case POT_Q_A:
    case POT_Q_A_NORM:
    case POT_KV_A:
    case POT_KV_A_NORM:
    case POT_KV_B:
    case POT_K_B:
    case POT_V_B:
        return qkv_shape(a, slot);
    case POT_O:
        return matrix(true, a->bias_o, D, a->heads * a->value_dim);
    case POT_Q_NORM:
        return qk_norm(a, a->heads);
    case POT_K_NORM:
        return qk_norm(a, a->kv_heads);
    case POT_SINKS:
        return matrix(a->sinks, false, a->heads, 0);
    case POT_GATE:
        return matrix(!experts && a->glu && !a->fused_up, a->bias_mlp, a->ffn, D);
    case POT_UP:
        return matrix(!experts && !a->fused_up, a->bias_mlp, a->ffn, D);
    case POT_GATE_UP:
        return matrix(!experts && a->fused_up, a->bias_mlp, 2 * a->ffn, D);
    case POT_DOWN:
        return matrix(!experts, a->bias_mlp, D, a->ffn);
    case POT_ROUTER:
    case POT_CHOICE:
    case POT_X_GATE:
    case POT_X_UP:
    case POT_X_GATE_UP:
    case POT_X_DOWN:
    case POT_S_GATE:
    case POT_S_UP:
    case POT_S_DOWN:
    case POT_S_MIX:
        return moe_shape(a, experts, slot);
    case POT_SLOTS:
        break;
    }
    return (pot_shape){0};
}
