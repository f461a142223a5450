/* config.json: the facts of each architecture as both versions of transformers write it. */
#define _GNU_SOURCE
#include "test_config.h"

#define GOLDEN "tests/golden/config/"

static result read_least(const char *family)
{
    json_t *v = least_of(family);
    const result r = read_json(v);
    json_decref(v);
    if (r.s != POT_OK) show(family, &r);
    CHECK(r.s == POT_OK && r.warn.n == 0);
    CHECK(strcmp(r.a.family->type, family) == 0 && r.a.vocab == 96 && r.a.context == 64);
    CHECK(r.a.embed == r.a.hidden);
    return r;
}

static void test_defaults_learned(void)
{
    const double eighth = 1 / sqrt(8.0);
    result r = read_least("gpt2");
    CHECK(r.a.layers == 3 && r.a.heads == 6 && r.a.kv_heads == 6 && r.a.ffn == 192 && r.a.columns);
    CHECK(r.a.act == POT_GELU_TANH && r.a.eps == 1e-5f && r.a.tied &&
          r.a.position == POT_POS_LEARNED);
    CHECK(r.a.norm == POT_NORM_LAYER && r.a.bias_qkv && r.a.bias_o && r.a.bias_mlp && !r.a.glu);
    CHECK(r.a.qkv == POT_QKV_CONCAT && scales(&r.a, eighth) && r.a.pos_offset == 0);
    CHECK(r.a.final_norm && r.a.order == POT_PRE_NORM && r.a.block == POT_SEQUENTIAL);
    done(&r);
    r = read_least("gpt_neo");
    CHECK(r.a.layers == 4 && r.a.ffn == 192 && r.a.act == POT_GELU_TANH && r.a.tied &&
          !r.a.columns);
    CHECK(!r.a.bias_qkv && r.a.bias_o && r.a.bias_mlp && scales(&r.a, 1));
    CHECK(windows(&r.a, (uint32_t[]){0, 256, 0, 256}));
    done(&r);
    r = read_least("opt");
    CHECK(r.a.ffn == 80 && r.a.act == POT_RELU && r.a.tied && r.a.pos_offset == 2 &&
          r.a.eps == 1e-5f);
    CHECK(r.a.scale_query && r.a.order == POT_PRE_NORM && r.a.final_norm && r.a.norm_affine);
    CHECK(r.a.bias_qkv && r.a.bias_o && r.a.bias_mlp && scales(&r.a, eighth));
    done(&r);
}

static void test_defaults_rope(void)
{
    const double eighth = 1 / sqrt(8.0);
    result r = read_least("gpt_neox");
    CHECK(r.a.rope[0].dim == 2 && r.a.rope[0].theta == 10000 && r.a.act == POT_GELU_ERF &&
          !r.a.tied);
    CHECK(r.a.block == POT_PARALLEL_TWO && r.a.qkv == POT_QKV_GROUPED && r.a.eps == 1e-5f);
    CHECK(r.a.bias_qkv && r.a.bias_o && r.a.bias_mlp && !r.a.bias_head && scales(&r.a, eighth));
    done(&r);
    r = read_least("llama");
    CHECK(r.a.rope[0].dim == 8 && r.a.rope[0].theta == 10000 && r.a.act == POT_SILU && !r.a.tied &&
          r.a.glu);
    CHECK(r.a.kv_heads == 6 && r.a.eps == 1e-6f && r.a.norm == POT_NORM_RMS &&
          r.a.qk_norm == POT_QK_NONE);
    CHECK(!r.a.bias_qkv && !r.a.bias_o && !r.a.bias_mlp && scales(&r.a, eighth));
    CHECK(windows(&r.a, (uint32_t[]){0, 0, 0}));
    done(&r);
    r = read_least("mistral");
    CHECK(r.a.kv_heads == 8 && windows(&r.a, (uint32_t[]){4096, 4096, 4096}) && r.a.head_dim == 4);
    done(&r);
    r = read_least("qwen2");
    CHECK(r.a.kv_heads == 32 && r.a.bias_qkv && !r.a.bias_o && windows(&r.a, (uint32_t[30]){0}));
    done(&r);
    r = read_least("phi");
    CHECK(r.a.rope[0].dim == 4 && r.a.block == POT_PARALLEL_ONE && r.a.act == POT_GELU_TANH &&
          !r.a.tied);
    CHECK(r.a.bias_head && r.a.bias_qkv && r.a.kv_heads == 6 && r.a.eps == 1e-5f &&
          r.a.qk_norm == POT_QK_NONE);
    done(&r);
}

static bool turns(const pot_arch *a, const uint32_t *want)
{
    for (uint32_t i = 0; i < a->layers; i++)
        if (a->layer[i].rope != want[i]) return false;
    return true;
}

static void test_defaults_gemma(void)
{
    result r = read_least("gemma");
    CHECK(r.a.head_dim == 256 && r.a.tied && r.a.act == POT_GELU_TANH && r.a.norm_plus_1);
    CHECK(r.a.embed_scale == (float)sqrt(48) && scales(&r.a, 1.0 / 16) && !r.a.norm_bias);
    CHECK(r.a.order == POT_PRE_NORM && r.a.glu && r.a.logit_cap == 0 && r.a.residual_scale == 1);
    done(&r);
    r = read_least("gemma2");
    CHECK(r.a.score_cap == 50 && r.a.logit_cap == 30 && r.a.order == POT_PRE_OUT_NORM);
    CHECK(scales(&r.a, 1.0 / 16) && windows(&r.a, (uint32_t[]){4096, 0, 4096, 0}));
    done(&r);
    r = read_least("gemma3_text");
    CHECK(r.a.score_cap == 0 && r.a.logit_cap == 0 && r.a.qk_norm == POT_QK_HEAD);
    CHECK(windows(&r.a, (uint32_t[]){4096, 4096, 4096, 4096, 4096, 0, 4096}));
    CHECK(turns(&r.a, (uint32_t[]){1, 1, 1, 1, 1, 0, 1}));
    CHECK(r.a.rope[0].theta == 1e6 && r.a.rope[1].theta == 1e4 && r.a.rope[1].dim == 256);
    done(&r);
    r = read_least("gemma3");
    CHECK(r.a.hidden == 2304 && r.a.heads == 8 && r.a.kv_heads == 4 && r.a.layers == 6);
    done(&r);
}

static void test_defaults_old(void)
{
    result r = read_least("gptj");
    CHECK(r.a.rope[0].dim == 64 && r.a.rope_pairs && r.a.bias_head && !r.a.bias_qkv && !r.a.tied);
    CHECK(r.a.ffn == 4 * 384 && r.a.block == POT_PARALLEL_ONE && r.a.bias_mlp && !r.a.bias_o);
    done(&r);
    r = read_least("bloom");
    CHECK(r.a.position == POT_POS_ALIBI && r.a.embed_norm && r.a.ffn == 192 && r.a.tied);
    CHECK(r.a.act == POT_GELU_TANH && r.a.qkv == POT_QKV_GROUPED && r.a.bias_qkv);
    done(&r);
    r = read_least("falcon"); /* 7b */
    CHECK(r.a.kv_heads == 1 && r.a.block == POT_PARALLEL_ONE && !r.a.bias_mlp && r.a.ffn == 192);
    CHECK(r.a.act == POT_GELU_ERF && r.a.rope[0].dim == 8 && r.a.tied);
    done(&r);
}

static void test_defaults_experts(void)
{
    result r = read_least("mixtral");
    CHECK(r.a.moe.experts == 4 && r.a.moe.top_k == 2 && r.a.moe.ffn == 80 && r.a.moe.renormalize);
    CHECK(r.a.layer[0].experts && r.a.layer[2].experts && r.a.moe.scale == 1 && r.a.eps == 1e-5f);
    CHECK(r.a.rope[0].theta == 1e6 && windows(&r.a, (uint32_t[]){0, 0, 0}));
    done(&r);
    r = read_least("qwen2_moe");
    CHECK(r.a.moe.ffn == 20 && r.a.moe.shared_ffn == 28 && r.a.moe.shared_mix);
    CHECK(!r.a.moe.renormalize && r.a.layer[1].experts && r.a.bias_qkv && !r.a.bias_o);
    done(&r);
    r = read_least("qwen3_moe");
    CHECK(!r.a.moe.shared_ffn && r.a.qk_norm == POT_QK_HEAD &&
          windows(&r.a, (uint32_t[]){0, 0, 0}));
    done(&r);
    r = read_least("gpt_oss");
    CHECK(r.a.moe.top_softmax && r.a.moe.bias && r.a.moe.fused_up && r.a.moe.columns && r.a.sinks);
    CHECK(r.a.head_dim == 64 && r.a.kv_heads == 8 && r.a.rope[0].theta == 150000 && r.a.bias_o);
    CHECK(r.a.act == POT_SWIGLU_OAI && windows(&r.a, (uint32_t[]){128, 0, 128}) &&
          r.a.eps == 1e-5f);
    done(&r);
}

static void test_defaults_others(void)
{
    const double eighth = 1 / sqrt(8.0);
    result r = read_least("qwen3");
    CHECK(r.a.head_dim == 128 && !r.a.bias_qkv && r.a.qk_norm == POT_QK_HEAD && !r.a.qk_norm_bias);
    done(&r);
    r = read_least("olmo");
    CHECK(!r.a.norm_affine && r.a.clip_qkv == 0 && r.a.eps == 1e-5f && r.a.norm == POT_NORM_LAYER);
    done(&r);
    r = read_least("olmo2");
    CHECK(r.a.order == POT_OUT_NORM && r.a.qk_norm == POT_QK_WIDE && r.a.eps == 1e-5f);
    done(&r);
    r = read_changed("olmo3", "{'rope_scaling':{'rope_type':'linear','factor':4}}");
    CHECK(r.a.order == POT_OUT_NORM && windows(&r.a, (uint32_t[]){4096, 4096, 4096, 0, 4096}));
    CHECK(turns(&r.a, (uint32_t[]){1, 1, 1, 0, 1}) && r.a.rope[1].theta == 5e5);
    CHECK(r.a.rope[1].kind == POT_ROPE_PLAIN && r.a.rope[0].kind == POT_ROPE_LINEAR);
    done(&r);
    r = read_changed("bloom", "{'apply_residual_connection_post_layernorm':true}");
    CHECK(r.a.add_to_norm);
    done(&r);
    r = read_least("phi3");
    CHECK(r.a.fused_up && r.a.qkv == POT_QKV_CONCAT && r.a.rope[0].dim == 8 && r.a.eps == 1e-5f);
    CHECK(windows(&r.a, (uint32_t[]){0, 0, 0}) && r.a.rope[0].kind == POT_ROPE_PLAIN);
    done(&r);
    r = read_least("starcoder2");
    CHECK(r.a.kv_heads == 2 && r.a.tied && r.a.bias_qkv && r.a.bias_o && r.a.bias_mlp && !r.a.glu);
    CHECK(windows(&r.a, (uint32_t[]){0, 0, 0}) && r.a.norm_bias && r.a.act == POT_GELU_TANH);
    done(&r);
    r = read_least("stablelm");
    CHECK(r.a.rope[0].dim == 2 && r.a.block == POT_SEQUENTIAL && r.a.qk_norm == POT_QK_NONE);
    done(&r);
    r = read_least("granite");
    CHECK(scales(&r.a, 1) && r.a.embed_scale == 1 && r.a.logit_scale == 1);
    done(&r);
    r = read_least("smollm3");
    CHECK(r.a.rope[0].theta == 2e6 && r.a.tied && windows(&r.a, (uint32_t[]){0, 0, 0, 0, 0}));
    CHECK(turns(&r.a, (uint32_t[]){0, 0, 0, POT_NO_ROPE, 0}));
    done(&r);
    r = read_least("cohere");
    CHECK(r.a.rope_pairs && r.a.logit_scale == 0.0625f && r.a.block == POT_PARALLEL_ONE);
    CHECK(!r.a.norm_bias && r.a.norm_affine && scales(&r.a, eighth) && r.a.tied);
    done(&r);
    r = read_changed("deepseek_v3", /* what the published file has besides */
                     "{'aux_loss_alpha':0.001,'ep_size':1,'moe_layer_freq':1,'seq_aux':true,"
                     "'num_nextn_predict_layers':1,'scoring_func':'sigmoid','topk_method':"
                     "'noaux_tc','rope_scaling':{'beta_fast':32,'beta_slow':1,'factor':40,"
                     "'mscale':1.0,'mscale_all_dim':1.0,'original_max_position_embeddings':16,"
                     "'type':'yarn'}}");
    CHECK(r.s == POT_OK && r.warn.n == 0 && r.a.rope_pairs && r.a.moe.renormalize);
    CHECK(r.a.rope[0].scale == 1 && scales(&r.a, 1 / sqrt(12.0) * pow(0.1 * log(40) + 1, 2)));
    done(&r);
    r = read_least("deepseek_v2");
    CHECK(!r.a.latent.q_rank && !r.a.moe.groups && !r.a.moe.sigmoid && r.a.kv_heads == 6);
    done(&r);
    r = read_least("cohere2");
    CHECK(windows(&r.a, (uint32_t[]){4096, 4096, 4096, 0, 4096}));
    CHECK(turns(&r.a, (uint32_t[]){0, 0, 0, POT_NO_ROPE, 0}));
    done(&r);
}

/* Every fact but the address of the layers, and of lists. */
static bool same_arch(pot_arch a, pot_arch b)
{
    for (int i = 0; i < POT_ROPES; i++)
        for (int k = 0; k < 2; k++) {
            const double *x = a.rope[i].list[k], *y = b.rope[i].list[k];
            if (!x != !y || (x && memcmp(x, y, a.rope[i].dim / 2 * sizeof *x) != 0)) return false;
            a.rope[i].list[k] = b.rope[i].list[k] = NULL;
        }
    const bool layers =
        a.layers == b.layers && memcmp(a.layer, b.layer, a.layers * sizeof *a.layer) == 0;
    a.layer = b.layer = NULL;
    return layers && memcmp(&a, &b, sizeof a) == 0;
}

static result read_golden(const char *family, const char *version)
{
    char path[200];
    size_t n;
    snprintf(path, sizeof path, GOLDEN "%s-%s.json", family, version);
    char *text = t_read(path, &n);
    CHECK(text);
    pot_json doc;
    CHECK(pot_json_parse(&doc, (pot_bytes){(uint8_t *)text, n}, path, NULL) == POT_OK);
    const result r = read_json(doc.v);
    if (r.s != POT_OK || r.warn.n) show(path, &r);
    CHECK(r.s == POT_OK && r.warn.n == 0);
    pot_json_close(&doc);
    free(text);
    return r;
}

/* What the newer families' files say, as MODELS of tools/make_rejects.py. */
static void check_newer(const pot_arch *a)
{
    const char *type = a->family->type;
    const pot_rope *r = &a->rope[0];
    if (strcmp(type, "qwen3") == 0)
        CHECK(a->head_dim == 12 && a->bias_qkv && a->bias_o && windows(a, (uint32_t[]){0, 9, 9}));
    if (strcmp(type, "gemma2") == 0)
        CHECK(a->score_cap == 25 && a->logit_cap == 20 && scales(a, 0.25));
    if (strncmp(type, "gemma3", 6) == 0) {
        CHECK(r->kind == POT_ROPE_LINEAR && r->factor == 8 && r->theta == 5000);
        CHECK(a->rope[1].kind == POT_ROPE_PLAIN && a->rope[1].theta == 100 && scales(a, 0.25));
        CHECK(a->layer[0].window == 9 && a->layer[2].window == (strlen(type) == 6 ? 9 : 0));
    }
    if (strcmp(type, "olmo") == 0) CHECK(a->clip_qkv == 4 && r->factor == 2);
    if (strcmp(type, "olmo2") == 0) CHECK(a->bias_qkv && a->bias_o && !a->bias_mlp);
    if (strcmp(type, "phi3") == 0)
        CHECK(r->kind == POT_ROPE_LONG && r->original == 16 && r->factor == 4 &&
              r->list[1][3] == 8);
    if (strcmp(type, "starcoder2") == 0)
        CHECK(!a->bias_mlp && a->eps == 1e-4f && windows(a, (uint32_t[]){9, 9, 9}));
    if (strcmp(type, "stablelm") == 0)
        CHECK(a->block == POT_PARALLEL_ONE && a->qk_norm == POT_QK_OWN && r->dim == 4);
    if (strcmp(type, "granite") == 0)
        CHECK(a->embed_scale == 12 && a->residual_scale == 0.25f && a->logit_scale == 0.125f &&
              scales(a, 0.5));
    if (strcmp(type, "smollm3") == 0)
        CHECK(turns(a, (uint32_t[]){0, POT_NO_ROPE, 0}) && windows(a, (uint32_t[]){0, 9, 0}));
    if (strcmp(type, "cohere") == 0) CHECK(a->qk_norm == POT_QK_OWN && a->logit_scale == 0.25f);
    if (strcmp(type, "falcon") == 0)
        CHECK(a->kv_heads == 2 && a->block == POT_PARALLEL_TWO && a->bias_o && r->theta == 5000);
    if (a->moe.experts) CHECK(a->moe.experts == (a->latent.kv_rank ? 8 : 4) && a->moe.top_k == 3);
    if (a->latent.kv_rank)
        CHECK(a->latent.kv_rank == 10 && a->latent.q_rank == 14 && a->latent.turned == 4 &&
              a->head_dim == 12 && a->value_dim == 5 && r->dim == 4 && a->latent.eps == 1e-6f &&
              a->bias_qkv && a->bias_o && !a->layer[0].experts && a->layer[1].experts &&
              a->moe.groups == 4 && a->moe.top_groups == 2 && a->moe.scale == 1.5f &&
              a->moe.ffn == 20 && a->moe.shared_ffn == 40 && !a->moe.renormalize);
    if (strcmp(type, "deepseek_v2") == 0)
        CHECK(a->rope_pairs && !a->moe.sigmoid && scales(a, 1 / sqrt(12.0)));
    if (strcmp(type, "deepseek_v3") == 0)
        CHECK(!a->rope_pairs && a->moe.sigmoid && r->kind == POT_ROPE_YARN &&
              scales(a, 1 / sqrt(12.0) * pow(0.1 * log(4) + 1, 2)));
    if (strcmp(type, "gpt_oss") == 0)
        CHECK(windows(a, (uint32_t[]){9, 0, 9}) && r->kind == POT_ROPE_YARN && r->original == 16 &&
              r->high != floor(r->high));
    if (strcmp(type, "mixtral") == 0) CHECK(windows(a, (uint32_t[]){9, 9, 9}));
    if (strcmp(type, "qwen2_moe") == 0)
        CHECK(!a->bias_qkv && a->moe.renormalize && a->moe.ffn == 20 && a->moe.shared_ffn == 28 &&
              !a->layer[0].experts && a->layer[1].experts && !a->layer[2].experts);
    if (strcmp(type, "qwen3_moe") == 0)
        CHECK(a->layer[0].experts && !a->layer[1].experts && windows(a, (uint32_t[]){9, 9, 9}));
    if (strcmp(type, "gptj") == 0) CHECK(r->dim == 4);
    if (strcmp(type, "cohere2") == 0) CHECK(windows(a, (uint32_t[]){9, 9, 9}) && r->theta == 5000);
}

/* The files are what transformers 4.57.6 and 5.23.0 save for MODELS of tools/make_rejects.py:
 * nothing there is a default. */
static void check_golden(const pot_arch *a)
{
    const char *type = a->family->type;
    const float s = (float)(1 / sqrt(8.0));
    CHECK(a->vocab == 96 && a->context == (strcmp(type, "bloom") ? 64 : 2048) && a->hidden == 48 &&
          a->layers == 3 && a->heads == 6);
    CHECK(a->ffn == (strcmp(type, "gpt_neo") && strcmp(type, "bloom") ? 80 : 192));
    if (a->glu || strcmp(type, "phi") == 0)
        CHECK(a->kv_heads == (a->latent.kv_rank ? 6 : 2) &&
              a->rope[0].theta == (strcmp(type, "olmo3") ? 5000 : 500000));
    if (a->norm == POT_NORM_RMS) CHECK(a->eps == 1e-5f);
    check_newer(a);
    if (strcmp(type, "gpt2") == 0)
        CHECK(a->layer[0].scale == 1 && a->layer[1].scale == 0.5f && a->layer[2].scale == 1.0f / 3);
    if (strcmp(type, "gpt_neo") == 0) CHECK(windows(a, (uint32_t[]){0, 7, 7}));
    if (strcmp(type, "gpt_neox") == 0)
        CHECK(a->rope[0].dim == 4 && a->rope[0].theta == 5000 && a->block == POT_SEQUENTIAL &&
              !a->bias_qkv && !a->bias_o && a->bias_mlp);
    if (strcmp(type, "opt") == 0)
        CHECK(a->embed == 20 && a->order == POT_POST_NORM && !a->final_norm && !a->bias_mlp);
    if (strcmp(type, "llama") == 0)
        CHECK(a->head_dim == 12 && a->bias_qkv && a->bias_o && a->bias_mlp && a->tied &&
              a->layer[0].scale == (float)(1 / sqrt(12.0)));
    if (strcmp(type, "mistral") == 0)
        CHECK(windows(a, (uint32_t[]){9, 9, 9}) && a->layer[2].scale == s);
    if (strcmp(type, "qwen2") == 0) CHECK(windows(a, (uint32_t[]){0, 9, 9}));
    if (strcmp(type, "phi") == 0)
        CHECK(a->rope[0].dim == 4 && a->qk_norm == POT_QK_HEAD && a->eps == 1e-4f);
}

static void test_both_versions(void)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        result v4 = read_golden(least[i][0], "v4"), v5 = read_golden(least[i][0], "v5");
        check_golden(&v4.a);
        CHECK(same_arch(v4.a, v5.a));
        pot_arena_close(&v5.arena);
        done(&v4);
    }
}

/* The shapes of one architecture of each layout. */
static void test_shapes(void)
{
    static const struct {
        const char *family;
        pot_slot slot;
        pot_shape want;
    } row[] = {
        {"gpt2", POT_QKV, {true, true, true, 144, 48, 0, false}},
        {"gpt2", POT_Q, {false, true, true, 48, 48, 0, false}},
        {"gpt2", POT_POSITIONS, {true, true, false, 64, 48, 0, false}},
        {"gpt2", POT_HEAD, {true, false, false, 96, 48, 0, false}},
        {"gpt2", POT_GATE, {false, true, true, 192, 48, 0, false}},
        {"opt", POT_POSITIONS, {true, true, false, 66, 48, 0, false}},
        {"opt", POT_EMBED, {true, true, false, 96, 20, 0, false}},
        {"opt", POT_PROJ_IN, {true, true, false, 48, 20, 0, false}},
        {"opt", POT_PROJ_OUT, {true, true, false, 20, 48, 0, false}},
        {"opt", POT_FINAL_NORM, {false, true, true, 48, 0, 0, false}},
        {"llama", POT_POSITIONS, {false, true, false, 64, 48, 0, false}},
        {"llama", POT_Q, {true, true, true, 72, 48, 0, false}},
        {"llama", POT_K, {true, true, true, 24, 48, 0, false}},
        {"llama", POT_O, {true, true, true, 48, 72, 0, false}},
        {"llama", POT_NORM_1, {true, true, false, 48, 0, 0, false}},
        {"llama", POT_DOWN, {true, true, true, 48, 80, 0, false}},
        {"phi", POT_HEAD, {true, true, true, 96, 48, 0, false}},
        {"phi", POT_NORM_2, {false, true, true, 48, 0, 0, false}},
        {"phi", POT_Q_NORM, {true, true, true, 8, 0, 0, false}},
        {"gpt_neox", POT_QKV, {true, true, false, 144, 48, 0, false}},
        {"gpt_neox", POT_PROJ_IN, {false, true, false, 48, 48, 0, false}},
        {"phi3", POT_QKV, {true, true, false, 80, 48, 0, false}},
        {"phi3", POT_GATE_UP, {true, true, false, 160, 48, 0, false}},
        {"phi3", POT_UP, {false, true, false, 80, 48, 0, false}},
        {"olmo", POT_NORM_1, {true, false, false, 48, 0, 0, false}},
        {"olmo2", POT_NORM_1, {false, true, false, 48, 0, 0, false}},
        {"olmo2", POT_OUT_1, {true, true, false, 48, 0, 0, false}},
        {"olmo2", POT_K_NORM, {true, true, false, 16, 0, 0, false}},
        {"gemma2", POT_OUT_2, {true, true, false, 48, 0, 0, false}},
        {"cohere", POT_NORM_1, {true, true, false, 48, 0, 0, false}},
        {"cohere", POT_OUT_1, {false, true, false, 48, 0, 0, false}},
        {"cohere", POT_Q_NORM, {true, true, false, 8, 0, 6, false}},
        {"bloom", POT_EMBED_NORM, {true, true, true, 48, 0, 0, false}},
        {"falcon", POT_QKV, {true, true, true, 80, 48, 0, false}},
        {"falcon", POT_EMBED_NORM, {false, true, true, 48, 0, 0, false}},
        {"mixtral", POT_X_GATE, {true, true, false, 80, 48, 4, false}},
        {"mixtral", POT_X_DOWN, {true, true, false, 48, 80, 4, false}},
        {"mixtral", POT_ROUTER, {true, true, false, 4, 48, 0, false}},
        {"mixtral", POT_GATE, {false, true, false, 80, 48, 0, false}},
        {"mixtral", POT_S_UP, {false, true, false, 0, 48, 0, false}},
        {"gpt_oss", POT_X_GATE_UP, {true, true, true, 160, 48, 4, false}},
        {"gpt_oss", POT_X_UP, {false, true, true, 80, 48, 4, false}},
        {"gpt_oss", POT_SINKS, {true, true, false, 6, 0, 0, false}},
        {"qwen2_moe", POT_GATE, {true, true, false, 80, 48, 0, false}}, /* layer 0 has no experts */
        {"qwen2_moe", POT_S_UP, {false, true, false, 28, 48, 0, false}},
        {"deepseek_v2", POT_Q, {true, true, false, 72, 14, 0, false}},
        {"deepseek_v2", POT_Q_A, {true, true, true, 14, 48, 0, false}},
        {"deepseek_v2", POT_Q_A_NORM, {true, true, false, 14, 0, 0, false}},
        {"deepseek_v2", POT_KV_A, {true, true, true, 14, 48, 0, false}},
        {"deepseek_v2", POT_KV_A_NORM, {true, true, false, 10, 0, 0, false}},
        {"deepseek_v2", POT_KV_B, {true, true, false, 78, 10, 0, false}},
        {"deepseek_v2", POT_O, {true, true, true, 48, 30, 0, false}},
        {"deepseek_v2", POT_K, {false, true, true, 72, 48, 0, false}},
        {"deepseek_v3", POT_CHOICE, {false, true, false, 8, 0, 0, false}}, /* a dense layer */
        {"stablelm", POT_K_NORM, {true, true, false, 8, 0, 2, false}},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        result r = read_golden(row[i].family, "v5");
        const pot_shape got = pot_arch_shape(&r.a, 0, row[i].slot), *want = &row[i].want;
        CHECK(got.present == want->present);
        if (got.present)
            CHECK(got.weight == want->weight && got.bias == want->bias && got.rows == want->rows &&
                  got.cols == want->cols && got.count == want->count && got.mxfp4 == want->mxfp4);
        CHECK(!pot_arch_shape(&r.a, 0, POT_SLOTS).present);
        done(&r);
    }
    CHECK(strcmp(pot_act_name(POT_SILU), "silu") == 0 &&
          strcmp(pot_act_name((pot_act)99), "?") == 0);
    CHECK(strcmp(pot_act_name(POT_GELU_ERF), "gelu") == 0);
}

static void test_out_of_memory(void)
{
    json_t *v = least_of("gpt_neo");
    const pot_json doc = {.v = v, .file = "config.json"};
    pot_arena a;
    pot_arch arch;
    pot_arena_init(&a, 1 << 16);
    pot_mem_fail_at(1);
    CHECK(pot_arch_read(&arch, &a, &doc, NULL, NULL) == POT_E_NOMEM);
    pot_arena_close(&a);
    pot_arena_init(&a, 8);
    CHECK(pot_arch_read(&arch, &a, &doc, NULL, NULL) == POT_E_NOMEM);
    json_decref(v);
}

int main(void)
{
    test_defaults_learned();
    test_defaults_rope();
    test_defaults_gemma();
    test_defaults_others();
    test_defaults_old();
    test_defaults_experts();
    test_both_versions();
    test_shapes();
    test_out_of_memory();
    CHECK(pot_mem_used() == 0);
    return 0;
}
