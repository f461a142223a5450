/* config.json: the facts of each architecture as both versions of transformers write it, and a
 * refusal, with its JSON path, of everything that changes the mathematics and is not built in. */
#define _GNU_SOURCE
#include "base/fail.h"
#include "model/family.h"
#include "tdir.h"

#include <math.h>

#define GOLDEN "tests/golden/config/"

typedef struct {
    pot_arch a;
    pot_arena arena;
    pot_buf warn;
    pot_error err;
    pot_status s;
} result;

static result read_json(json_t *v)
{
    result r = {.warn = POT_BUF(1 << 16)};
    const pot_json doc = {.v = v, .file = "config.json"};
    pot_arena_init(&r.arena, 1 << 24);
    r.s = pot_arch_read(&r.a, &r.arena, &doc, &r.warn, &r.err);
    CHECK(r.s == r.err.status);
    return r;
}

static void done(result *r)
{
    pot_arena_close(&r->arena);
    pot_buf_free(&r->warn);
    CHECK(pot_mem_used() == 0);
}

static void show(const char *what, const result *r)
{
    fprintf(stderr, "%s: status %d: %s: %s\n%s", what, (int)r->s, r->err.place, r->err.msg,
            r->warn.p ? r->warn.p : "");
}

/* The least that each architecture needs; what is left out has its default. */
static const char *const least[][2] = {
    {"gpt2", "{'model_type':'gpt2','vocab_size':96,'n_embd':48,'n_layer':3,'n_head':6,"
             "'n_positions':64}"},
    {"gpt_neo", "{'model_type':'gpt_neo','vocab_size':96,'hidden_size':48,'num_layers':4,"
                "'num_heads':6,'max_position_embeddings':64,"
                "'attention_types':[[['global','local'],2]]}"},
    {"gpt_neox", "{'model_type':'gpt_neox','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
                 "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64}"},
    {"opt", "{'model_type':'opt','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
            "'num_attention_heads':6,'ffn_dim':80,'max_position_embeddings':64}"},
    {"llama", "{'model_type':'llama','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
              "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64}"},
    {"mistral", "{'model_type':'mistral','vocab_size':96,'hidden_size':64,'num_hidden_layers':3,"
                "'num_attention_heads':16,'intermediate_size':80,'max_position_embeddings':64}"},
    {"qwen2", "{'model_type':'qwen2','vocab_size':96,'hidden_size':128,'num_hidden_layers':30,"
              "'num_attention_heads':32,'intermediate_size':80,'max_position_embeddings':64}"},
    {"phi", "{'model_type':'phi','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
            "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64}"},
    {"qwen3", "{'model_type':'qwen3','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
              "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,'num_"
              "key_value_heads':2}"},
    {"gemma", "{'model_type':'gemma','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
              "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,'num_"
              "key_value_heads':2}"},
    {"gemma2", "{'model_type':'gemma2','vocab_size':96,'hidden_size':48,'num_hidden_layers':4,"
               "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,'num_"
               "key_value_heads':2}"},
    {"gemma3_text",
     "{'model_type':'gemma3_text','vocab_size':96,'hidden_size':48,'num_hidden_layers':7,"
     "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,'num_key_value_"
     "heads':2}"},
    {"gemma3", "{'model_type':'gemma3','text_config':{'vocab_size':96,'num_hidden_layers':6,"
               "'intermediate_size':80,'max_position_embeddings':64}}"},
    {"olmo", "{'model_type':'olmo','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
             "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64}"},
    {"olmo2", "{'model_type':'olmo2','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
              "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64}"},
    {"phi3", "{'model_type':'phi3','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
             "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64}"},
    {"starcoder2",
     "{'model_type':'starcoder2','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
     "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64}"},
    {"stablelm", "{'model_type':'stablelm','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
                 "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,'num_"
                 "key_value_heads':6}"},
    {"granite", "{'model_type':'granite','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
                "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64}"},
    {"smollm3", "{'model_type':'smollm3','vocab_size':96,'hidden_size':48,'num_hidden_layers':5,"
                "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,'num_"
                "key_value_heads':2}"},
    {"cohere", "{'model_type':'cohere','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
               "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,'rope_"
               "theta':1e4}"},
    {"cohere2", "{'model_type':'cohere2','vocab_size':96,'hidden_size':48,'num_hidden_layers':5,"
                "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,'rope_"
                "theta':1e4}"},
    {"gptj", "{'model_type':'gptj','vocab_size':96,'n_embd':384,'n_layer':3,'n_head':6,"
             "'n_positions':64}"},
    {"bloom", "{'model_type':'bloom','vocab_size':96,'n_embed':48,'n_layer':3,"
              "'num_attention_heads':6,'seq_length':64}"},
    {"falcon", "{'model_type':'falcon','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
               "'num_attention_heads':6,'max_position_embeddings':64}"},
    {"mixtral", "{'model_type':'mixtral','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
                "'num_attention_heads':6,'num_key_value_heads':6,'intermediate_size':80,'max_"
                "position_embeddings':64,"
                "'num_experts_per_tok':2,'num_local_experts':4}"},
    {"qwen2_moe",
     "{'model_type':'qwen2_moe','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
     "'num_attention_heads':6,'num_key_value_heads':6,'intermediate_size':80,'max_position_"
     "embeddings':64,"
     "'num_experts_per_tok':2,'num_experts':4,'moe_intermediate_size':20,'shared_expert_"
     "intermediate_size':28}"},
    {"qwen3_moe",
     "{'model_type':'qwen3_moe','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
     "'num_attention_heads':6,'num_key_value_heads':6,'intermediate_size':80,'max_position_"
     "embeddings':64,"
     "'num_experts_per_tok':2,'num_experts':4,'moe_intermediate_size':20}"},
};

#define FAMILIES (sizeof least / sizeof *least)

/* JSON with ' for ". */
static json_t *json_of(const char *text)
{
    char copy[2000];
    CHECK(strlen(text) < sizeof copy);
    strcpy(copy, text);
    for (char *c = copy; *c; c++)
        if (*c == '\'') *c = '"';
    json_t *v = json_loads(copy, JSON_DECODE_ANY, NULL);
    if (!v) fprintf(stderr, "%s\n", text);
    CHECK(v);
    return v;
}

static json_t *least_of(const char *family)
{
    for (size_t i = 0; i < FAMILIES; i++)
        if (strcmp(least[i][0], family) == 0) return json_of(least[i][1]);
    fprintf(stderr, "%s: no such family\n", family);
    exit(1);
}

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

static bool scales(const pot_arch *a, double want)
{
    for (uint32_t i = 0; i < a->layers; i++)
        if (a->layer[i].scale != (float)want) return false;
    return true;
}

static bool windows(const pot_arch *a, const uint32_t *want)
{
    for (uint32_t i = 0; i < a->layers; i++)
        if (a->layer[i].window != want[i]) return false;
    return true;
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
    if (a->moe.experts) CHECK(a->moe.experts == 4 && a->moe.top_k == 3);
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
    if (a->glu || strcmp(type, "phi") == 0) CHECK(a->kv_heads == 2 && a->rope[0].theta == 5000);
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

#define FORMAT      POT_E_FORMAT
#define UNSUPPORTED POT_E_UNSUPPORTED

/* The least config with some members set; NULL removes one. */
static const struct {
    const char *family, *members;
    pot_status status;
    const char *place, *why;
} rejects[] = {
    /* the architecture */
    {"llama", "{'model_type':null}", FORMAT, "model_type", "missing; a string"},
    {"llama", "{'model_type':7}", FORMAT, "model_type", "a string is expected"},
    {"llama", "{'model_type':'bert'}", UNSUPPORTED, "model_type",
     "gpt2 gpt_neo gpt_neox opt llama"},
    {"llama", "{'model_type':'gemma3n'}", UNSUPPORTED, "model_type", "\"gemma3n\" is not built in"},
    {"llama", "{'model_type':'Llama'}", UNSUPPORTED, "model_type", "\"Llama\" is not built in"},
    {"llama", "{'model_type':''}", UNSUPPORTED, "model_type", "\"\" is not built in"},
    {"llama", "{'quantization_config':{}}", UNSUPPORTED, "quantization_config", "original weights"},
    {"llama", "{'quantization_config':{'quant_method':'gptq','bits':4}}", UNSUPPORTED,
     "quantization_config", "quantized"},
    {"gpt2", "{'pruned_heads':{'1':[0]}}", UNSUPPORTED, "pruned_heads", "pruned heads"},
    {"llama", "{'is_encoder_decoder':true}", UNSUPPORTED, "is_encoder_decoder", "only decoders"},
    {"llama", "{'is_encoder_decoder':1}", FORMAT, "is_encoder_decoder", "true or false"},
    {"gpt2", "{'add_cross_attention':true}", UNSUPPORTED, "add_cross_attention", "only decoders"},
    {"llama", "{'tie_word_embeddings':'yes'}", FORMAT, "tie_word_embeddings", "true or false"},

    /* sizes */
    {"llama", "{'vocab_size':null}", FORMAT, "vocab_size", "missing; an integer"},
    {"llama", "{'vocab_size':0}", FORMAT, "vocab_size", "from 1 to 16777216"},
    {"llama", "{'vocab_size':-1}", FORMAT, "vocab_size", "an integer from 0"},
    {"llama", "{'vocab_size':16777217}", FORMAT, "vocab_size", "from 1 to 16777216"},
    {"llama", "{'vocab_size':4294967392}", FORMAT, "vocab_size", "an integer from 0"},
    {"llama", "{'vocab_size':96.0}", FORMAT, "vocab_size", "an integer from 0"},
    {"llama", "{'vocab_size':'96'}", FORMAT, "vocab_size", "an integer from 0"},
    {"llama", "{'hidden_size':0}", FORMAT, "hidden_size", "from 1 to 1048576"},
    {"llama", "{'hidden_size':1048577}", FORMAT, "hidden_size", "from 1 to 1048576"},
    {"llama", "{'num_hidden_layers':0}", FORMAT, "num_hidden_layers", "from 1 to 10000"},
    {"llama", "{'num_hidden_layers':10001}", FORMAT, "num_hidden_layers", "from 1 to 10000"},
    {"llama", "{'num_attention_heads':0}", FORMAT, "num_attention_heads", "from 1 to"},
    {"llama", "{'num_attention_heads':5}", FORMAT, "num_attention_heads", "do not divide"},
    {"llama", "{'num_attention_heads':1048576}", FORMAT, "num_attention_heads", "do not divide"},
    {"gpt2", "{'n_head':7}", FORMAT, "n_head", "48 dimensions do not divide into 7 heads"},
    {"llama", "{'num_key_value_heads':0}", FORMAT, "num_key_value_heads", "from 1 to 6"},
    {"llama", "{'num_key_value_heads':4}", FORMAT, "num_key_value_heads", "cannot share 4"},
    {"llama", "{'num_key_value_heads':7}", FORMAT, "num_key_value_heads", "from 1 to 6"},
    {"mistral", "{'num_attention_heads':4}", FORMAT, "num_key_value_heads", "cannot share 8"},
    {"llama", "{'head_dim':0}", FORMAT, "head_dim", "from 1 to 174762"},
    {"llama", "{'head_dim':174763}", FORMAT, "head_dim", "from 1 to 174762"},
    {"llama", "{'head_dim':'8'}", FORMAT, "head_dim", "an integer"},
    {"gpt_neox", "{'head_dim':4}", UNSUPPORTED, "head_dim", "hidden size / heads = 8"},
    {"gpt_neox", "{'head_dim':'8'}", UNSUPPORTED, "head_dim", "hidden size / heads = 8"},
    {"llama", "{'intermediate_size':null}", FORMAT, "intermediate_size", "missing"},
    {"llama", "{'intermediate_size':0}", FORMAT, "intermediate_size", "from 1 to"},
    {"gpt2", "{'n_inner':0}", FORMAT, "n_inner", "from 1 to"},
    {"llama", "{'max_position_embeddings':0}", FORMAT, "max_position_embeddings", "from 1 to"},
    {"opt", "{'word_embed_proj_dim':0}", FORMAT, "word_embed_proj_dim", "from 1 to 1048576"},
    {"opt", "{'word_embed_proj_dim':4294967295}", FORMAT, "word_embed_proj_dim", "from 1 to"},

    {"gpt2", "{'num_attention_heads':3}", UNSUPPORTED, "num_attention_heads", "3 contradicts 6"},
    {"gpt2", "{'hidden_size':96}", UNSUPPORTED, "hidden_size", "96 contradicts 48"},
    {"gpt_neo", "{'num_hidden_layers':2}", UNSUPPORTED, "num_hidden_layers", "2 contradicts 4"},
    {"gpt2", "{'max_position_embeddings':128}", UNSUPPORTED, "max_position_embeddings", "128"},
    {"gpt2", "{'num_attention_heads':'6'}", FORMAT, "num_attention_heads", "a number"},

    /* activations and norms */
    {"llama", "{'hidden_act':'relu2'}", UNSUPPORTED, "hidden_act", "\"relu2\" is not built in"},
    {"gpt2", "{'activation_function':'gelu_10'}", UNSUPPORTED, "activation_function", "gelu_10"},
    {"llama", "{'hidden_act':['silu']}", FORMAT, "hidden_act", "a string"},
    {"llama", "{'rms_norm_eps':0}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':-1e-6}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':1}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':1e300}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':1e-60}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':'1e-6'}", FORMAT, "rms_norm_eps", "a number"},
    {"gpt2", "{'layer_norm_epsilon':'nan'}", FORMAT, "layer_norm_epsilon", "a number"},

    /* rotation: the forms of both versions, and contradictions between them */
    {"llama", "{'rope_scaling':{'type':'ntk','factor':2.0}}", UNSUPPORTED, "rope_scaling",
     "\"ntk\" is not built in"},
    {"llama", "{'rope_scaling':{'type':'su','short_factor':[],'long_factor':[]}}", UNSUPPORTED,
     "rope_scaling", "\"su\""},
    {"llama", "{'rope_scaling':{}}", FORMAT, "rope_scaling", "neither rope_type nor type"},
    {"llama", "{'rope_scaling':{'factor':2.0}}", FORMAT, "rope_scaling", "neither rope_type"},
    {"llama", "{'rope_scaling':'linear'}", FORMAT, "rope_scaling", ""},
    {"llama", "{'rope_scaling':{'type':'linear'}}", FORMAT, "rope_scaling.factor", "missing"},
    {"llama", "{'rope_scaling':{'type':'linear','factor':0}}", FORMAT, "rope_scaling.factor",
     "from 0.001"},
    {"llama", "{'rope_scaling':{'type':'linear','factor':1e300}}", FORMAT, "rope_scaling.factor",
     "to 1e+06"},
    {"llama", "{'rope_scaling':{'type':'linear','factor':'2'}}", FORMAT, "rope_scaling.factor",
     "a number"},
    {"llama", "{'rope_scaling':{'type':'dynamic','factor':0.5}}", UNSUPPORTED, "rope_scaling",
     "a factor from 1"},
    {"llama", "{'head_dim':2,'rope_scaling':{'type':'dynamic','factor':2.0}}", UNSUPPORTED,
     "rope_scaling", "more than one pair"},
    {"llama",
     "{'rope_scaling':{'rope_type':'llama3','factor':8.0,'low_freq_factor':1.0,"
     "'high_freq_factor':4.0}}",
     FORMAT, "rope_scaling", "original_max_position_embeddings: missing"},
    {"llama",
     "{'rope_scaling':{'rope_type':'llama3','factor':8.0,'low_freq_factor':4.0,"
     "'high_freq_factor':4.0,'original_max_position_embeddings':32}}",
     FORMAT, "rope_scaling", "low_freq_factor below high_freq_factor"},
    {"llama",
     "{'rope_scaling':{'rope_type':'llama3','factor':8.0,'low_freq_factor':0,"
     "'high_freq_factor':4.0,'original_max_position_embeddings':32}}",
     FORMAT, "rope_scaling.low_freq_factor", "a number from"},
    {"llama",
     "{'original_max_position_embeddings':16,'rope_scaling':{'rope_type':'llama3',"
     "'factor':8.0,'low_freq_factor':1,'high_freq_factor':4.0,"
     "'original_max_position_embeddings':32}}",
     UNSUPPORTED, "rope_scaling.original_max_position_embeddings", "32 positions contradict 16"},
    {"llama", "{'rope_scaling':{'rope_type':'yarn'}}", FORMAT, "rope_scaling.factor", "missing"},
    {"llama", "{'rope_theta':1,'rope_scaling':{'rope_type':'yarn','factor':2}}", UNSUPPORTED,
     "rope_scaling", "a rope base above 1"},
    {"llama", "{'rope_scaling':{'rope_type':'yarn','factor':2,'beta_fast':-1}}", FORMAT,
     "rope_scaling.beta_fast", "from 0"},
    {"llama", "{'rope_scaling':{'rope_type':'yarn','factor':2,'attention_factor':0}}", FORMAT,
     "rope_scaling.attention_factor", "above 0"},
    {"llama", "{'rope_scaling':{'rope_type':'yarn','factor':2,'truncate':0}}", FORMAT,
     "rope_scaling.truncate", "true or false"},
    {"llama", "{'original_max_position_embeddings':32,'rope_scaling':{'type':'yarn','factor':2}}",
     UNSUPPORTED, "rope_scaling", "64 positions contradict 32"},
    {"llama",
     "{'rope_scaling':{'rope_type':'yarn','factor':2,"
     "'original_max_position_embeddings':1}}",
     FORMAT, "rope_scaling.original_max_position_embeddings", "at least 2"},
    {"phi", "{'rope_scaling':{'type':'longrope'}}", FORMAT, "rope_scaling.short_factor", "missing"},
    {"phi", "{'rope_scaling':{'type':'longrope','short_factor':[1],'long_factor':[1,2]}}", FORMAT,
     "rope_scaling.short_factor", "1 factors for 2 pairs"},
    {"phi", "{'rope_scaling':{'type':'longrope','short_factor':[1,2],'long_factor':[1,0]}}", FORMAT,
     "rope_scaling.long_factor[1]", "from 0.001"},
    {"phi", "{'rope_scaling':{'type':'longrope','short_factor':[1,'2'],'long_factor':[1,1]}}",
     FORMAT, "rope_scaling.short_factor[1]", "from 0.001"},
    {"phi",
     "{'original_max_position_embeddings':32,'rope_scaling':{'type':'longrope','factor':4,"
     "'short_factor':[1,2],'long_factor':[1,1]}}",
     UNSUPPORTED, "rope_scaling.factor", "4 contradicts the ratio"},
    {"phi",
     "{'rope_scaling':{'type':'longrope','original_max_position_embeddings':32,"
     "'short_factor':[1,2],'long_factor':[1,1]}}",
     UNSUPPORTED, "rope_scaling.original_max_position_embeddings", "32 positions contradict 64"},
    {"llama", "{'rope_scaling':{'type':'linear','rope_type':'default'}}", UNSUPPORTED,
     "rope_scaling", "contradicts type \"linear\""},
    {"llama", "{'rope_scaling':{'type':2}}", FORMAT, "rope_scaling.type", "a string"},
    {"llama", "{'rope_parameters':{'rope_type':'proportional','rope_theta':1e4}}", UNSUPPORTED,
     "rope_parameters", "\"proportional\""},
    {"llama",
     "{'rope_scaling':{'type':'linear','factor':2},'rope_parameters':{'rope_type':"
     "'default','rope_theta':1e4}}",
     UNSUPPORTED, "rope_scaling", "contradicts rope_parameters"},
    {"llama", "{'rope_parameters':{'rope_type':'default'}}", FORMAT, "rope_parameters.rope_theta",
     "missing"},
    {"llama", "{'rope_parameters':{'rope_theta':0.5}}", FORMAT, "rope_parameters.rope_theta",
     "from 1 to 1e15"},
    {"llama", "{'rope_theta':0}", FORMAT, "rope_theta", "from 1 to 1e15"},
    {"llama", "{'rope_theta':1e16}", FORMAT, "rope_theta", "from 1 to 1e15"},
    {"gpt_neox", "{'rotary_emb_base':-1}", FORMAT, "rotary_emb_base", "from 1 to 1e15"},
    {"llama", "{'rope_theta':'10000'}", FORMAT, "rope_theta", "a number"},
    {"llama", "{'rope_theta':5e3,'rope_parameters':{'rope_theta':1e4}}", UNSUPPORTED, "rope_theta",
     "5000 contradicts 10000"},
    {"llama", "{'rope_theta':5e3,'rope_scaling':{'type':'default','rope_theta':1e4}}", UNSUPPORTED,
     "rope_scaling.rope_theta", "10000 contradicts 5000"},
    {"gpt_neox", "{'rope_theta':500}", UNSUPPORTED, "rope_theta", "500 contradicts 10000"},
    {"gpt_neox", "{'partial_rotary_factor':1.0}", UNSUPPORTED, "partial_rotary_factor",
     "1 contradicts 0.25"},
    {"gpt_neox",
     "{'rotary_pct':0.5,'rope_parameters':{'rope_theta':1e4,'partial_rotary_factor':1}}",
     UNSUPPORTED, "rotary_pct", "0.5 contradicts 1"},
    {"llama", "{'partial_rotary_factor':0.5}", UNSUPPORTED, "partial_rotary_factor",
     "factor of 0.5"},
    {"llama", "{'rope_parameters':{'rope_theta':1e4,'partial_rotary_factor':0.5}}", UNSUPPORTED,
     "rope_parameters.partial_rotary_factor", "factor of 0.5"},
    {"gpt_neox", "{'rotary_pct':0}", UNSUPPORTED, "rotary_pct", "factor of 0"},
    {"gpt_neox", "{'rotary_pct':1.5}", UNSUPPORTED, "rotary_pct", "factor of 1.5"},
    {"gpt_neox", "{'rotary_pct':0.1}", UNSUPPORTED, "rotary_pct", "0 rotated dimensions"},
    {"gpt_neox", "{'rotary_pct':0.4}", UNSUPPORTED, "rotary_pct", "3 rotated dimensions"},
    {"phi", "{'head_dim':6}", UNSUPPORTED, "partial_rotary_factor", "3 rotated dimensions"},

    /* windows */
    {"mistral", "{'sliding_window':0}", FORMAT, "sliding_window", "at least one key"},
    {"mistral", "{'sliding_window':-1}", FORMAT, "sliding_window", "an integer"},
    {"mistral", "{'sliding_window':[1]}", FORMAT, "sliding_window", "an integer"},
    {"qwen2", "{'use_sliding_window':true,'sliding_window':0}", FORMAT, "sliding_window",
     "one key"},
    {"qwen2", "{'use_sliding_window':'no'}", FORMAT, "use_sliding_window", "true or false"},
    {"qwen2", "{'layer_types':['full_attention']}", FORMAT, "layer_types", "1 entries for 30"},
    {"qwen2", "{'num_hidden_layers':1,'layer_types':['chunked_attention']}", UNSUPPORTED,
     "layer_types[0]", "is expected"},
    {"qwen2", "{'num_hidden_layers':2,'layer_types':['full_attention',7]}", UNSUPPORTED,
     "layer_types[1]", "is expected"},
    {"qwen2", "{'num_hidden_layers':1,'layer_types':['sliding_attention']}", FORMAT,
     "layer_types[0]", "without sliding_window"},
    {"qwen2", "{'num_hidden_layers':1,'layer_types':'full_attention'}", FORMAT, "layer_types",
     "an array"},
    {"gemma2", "{'sliding_window':null}", FORMAT, "", "without sliding_window"},
    {"gemma2", "{'sliding_window_pattern':0}", FORMAT, "sliding_window_pattern", "at least 1"},
    {"cohere2",
     "{'sliding_window_pattern':2,'num_hidden_layers':2,'layer_types':"
     "['full_attention','sliding_attention']}",
     UNSUPPORTED, "sliding_window_pattern", "contradicts layer_types"},
    {"cohere2", "{'layer_types':['chunked_attention']}", FORMAT, "layer_types", "1 entries for 5"},
    {"smollm3", "{'no_rope_layers':[1]}", FORMAT, "no_rope_layers", "1 entries for 5"},
    {"smollm3", "{'no_rope_layers':[1,1,1,1,2]}", FORMAT, "no_rope_layers[4]", "0 or 1"},
    {"smollm3", "{'no_rope_layers':[1,1,1,true,1]}", FORMAT, "no_rope_layers[3]", "0 or 1"},
    {"smollm3", "{'no_rope_layer_interval':0}", FORMAT, "no_rope_layer_interval", "at least 1"},

    /* numbers and words of the families since llama */
    {"gemma2", "{'attn_logit_softcapping':0}", FORMAT, "attn_logit_softcapping", "from 1e-6"},
    {"gemma2", "{'final_logit_softcapping':-30}", FORMAT, "final_logit_softcapping", "from 1e-6"},
    {"gemma2", "{'final_logit_softcapping':'30'}", FORMAT, "final_logit_softcapping", "a number"},
    {"gemma2", "{'query_pre_attn_scalar':0}", FORMAT, "query_pre_attn_scalar", "from 1e-6"},
    {"gemma2", "{'hidden_act':'silu'}", UNSUPPORTED, "hidden_act", "contradicts hidden_activation"},
    {"gemma", "{'hidden_act':'silu','hidden_activation':'gelu_pytorch_tanh'}", UNSUPPORTED,
     "hidden_activation", "contradicts hidden_act"},
    {"gemma", "{'hidden_activation':'relu9'}", UNSUPPORTED, "hidden_activation", "relu9"},
    {"gemma", "{'head_dim':null}", FORMAT, "head_dim", "missing"},
    {"gemma", "{'use_bidirectional_attention':true}", UNSUPPORTED, "use_bidirectional_attention",
     "only decoders"},
    {"gemma3_text", "{'attn_logit_softcapping':50.0}", UNSUPPORTED, "attn_logit_softcapping",
     "transformers ignore this"},
    {"gemma3_text", "{'rope_parameters':{'rope_theta':1e6,'rope_type':'default'}}", FORMAT,
     "rope_parameters.sliding_attention", "missing"},
    {"gemma3_text", "{'rope_parameters':{'sliding_attention':{'rope_theta':1e4}}}", FORMAT,
     "rope_parameters.full_attention", "missing"},
    {"gemma3_text",
     "{'rope_local_base_freq':100,'rope_parameters':{'full_attention':"
     "{'rope_theta':1e6},'sliding_attention':{'rope_theta':1e4}}}",
     UNSUPPORTED, "rope_local_base_freq", "100 contradicts 10000"},
    {"gemma3_text", "{'rope_local_base_freq':0}", FORMAT, "rope_local_base_freq", "from 1 to"},
    {"gemma3", "{'text_config':null}", FORMAT, "text_config", "missing"},
    {"gemma3", "{'text_config':{'vocab_size':null}}", FORMAT, "text_config.vocab_size", "missing"},
    {"gemma3", "{'text_config':{'final_logit_softcapping':30.0}}", UNSUPPORTED,
     "text_config.final_logit_softcapping", "transformers ignore this"},
    {"gemma3", "{'tie_word_embeddings':false}", UNSUPPORTED, "tie_word_embeddings",
     "contradicts text_config"},
    {"gemma3", "{'text_config':{'use_bidirectional_attention':true}}", UNSUPPORTED,
     "text_config.use_bidirectional_attention", "only decoders"},
    {"olmo", "{'clip_qkv':0}", FORMAT, "clip_qkv", "from 1e-6"},
    {"granite", "{'logits_scaling':0}", FORMAT, "logits_scaling", "from 1e-20"},
    {"granite", "{'residual_multiplier':-1}", FORMAT, "residual_multiplier", "from 1e-20"},
    {"granite", "{'attention_multiplier':'1'}", FORMAT, "attention_multiplier", "a number"},
    {"cohere", "{'rope_theta':null}", FORMAT, "rope_theta", "missing"},
    {"stablelm", "{'head_dim':4}", UNSUPPORTED, "head_dim", "hidden size / heads"},
    {"stablelm", "{'use_parallel_residual':1}", FORMAT, "use_parallel_residual", "true or false"},
    {"mixtral", "{'num_local_experts':null}", FORMAT, "num_local_experts", "missing"},
    {"mixtral", "{'num_experts':5}", UNSUPPORTED, "num_experts", "5 contradicts 4"},
    {"mixtral", "{'num_local_experts':0}", FORMAT, "num_local_experts", "from 1 to 65536"},
    {"mixtral", "{'num_local_experts':1}", FORMAT, "num_experts_per_tok", "from 1 to 1"},
    {"mixtral", "{'num_experts_per_tok':5}", FORMAT, "num_experts_per_tok", "from 1 to 4"},
    {"mixtral", "{'num_local_experts':100,'num_experts_per_tok':65}", FORMAT, "num_experts_per_tok",
     "from 1 to 64"},
    {"qwen2_moe", "{'shared_expert_intermediate_size':0}", FORMAT,
     "shared_expert_intermediate_size", "from 1 to"},
    {"qwen2_moe", "{'moe_intermediate_size':null}", FORMAT, "moe_intermediate_size", "missing"},
    {"qwen2_moe", "{'decoder_sparse_step':0}", FORMAT, "decoder_sparse_step", "at least 1"},
    {"qwen2_moe", "{'use_sliding_window':true}", UNSUPPORTED, "use_sliding_window",
     "versions of transformers ignore this"},
    {"qwen3_moe", "{'mlp_only_layers':[3]}", FORMAT, "mlp_only_layers[0]", "the number of a layer"},
    {"qwen3_moe", "{'mlp_only_layers':[0,'1']}", FORMAT, "mlp_only_layers[1]", "the number of"},
    {"qwen3_moe", "{'mlp_only_layers':1}", FORMAT, "mlp_only_layers", "an array"},
    {"qwen3_moe", "{'norm_topk_prob':1}", FORMAT, "norm_topk_prob", "true or false"},
    {"gptj", "{'rotary_dim':null}", FORMAT, "rotary_dim", "missing"},
    {"gptj", "{'rotary_dim':65}", FORMAT, "rotary_dim", "from 1 to 64"},
    {"gptj", "{'rotary_dim':3}", UNSUPPORTED, "rotary_dim", "3 of 64 dimensions"},
    {"gptj", "{'n_embd':48}", UNSUPPORTED, "rotary_dim", "64 of 8 dimensions"},
    {"gptj", "{'rope_theta':500}", UNSUPPORTED, "rope_theta", "transformers ignore this"},
    {"bloom", "{'apply_residual_connection_post_layernorm':true}", UNSUPPORTED,
     "apply_residual_connection_post_layernorm", "not built in"},
    {"bloom", "{'hidden_size':96}", UNSUPPORTED, "hidden_size", "96 contradicts 48"},
    {"bloom", "{'n_inner':80}", UNSUPPORTED, "n_inner", "transformers ignore this"},
    {"bloom", "{'n_layer':0}", FORMAT, "n_layer", "from 1 to"},
    {"falcon", "{'new_decoder_architecture':true,'num_kv_heads':4}", FORMAT, "num_kv_heads",
     "cannot share 4"},
    {"falcon", "{'new_decoder_architecture':true,'num_kv_heads':0}", FORMAT, "num_kv_heads",
     "cannot share 0"},
    {"falcon", "{'multi_query':false,'num_kv_heads':2}", FORMAT, "num_kv_heads", "cannot share 2"},
    {"falcon", "{'new_decoder_architecture':true,'parallel_attn':false}", UNSUPPORTED,
     "parallel_attn", "contradicts new_decoder_architecture"},
    {"falcon", "{'num_ln_in_parallel_attn':2}", UNSUPPORTED, "num_ln_in_parallel_attn", "2 norms"},
    {"falcon", "{'new_decoder_architecture':true,'num_ln_in_parallel_attn':3}", UNSUPPORTED,
     "num_ln_in_parallel_attn", "3 norms"},
    {"falcon", "{'alibi':'no'}", FORMAT, "alibi", "true or false"},
    {"phi3", "{'rope_scaling':{'type':'linear','factor':2.0}}", UNSUPPORTED, "rope_scaling",
     "\"linear\" is not built in for this architecture"},
    {"phi3", "{'rope_scaling':{'type':'su','short_factor':[1,1,1],'long_factor':[1,1,1,1]}}",
     FORMAT, "rope_scaling.short_factor", "3 factors for 4 pairs"},

    {"gpt_neo", "{'attention_types':null}", FORMAT, "attention_types", "missing; an array"},
    {"gpt_neo", "{'attention_types':[]}", FORMAT, "attention_types", "0 layers of 4"},
    {"gpt_neo", "{'attention_types':[[['global'],3]]}", FORMAT, "attention_types", "3 layers of 4"},
    {"gpt_neo", "{'attention_types':[[['global'],5]]}", FORMAT, "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':[[['global'],4],[['global'],1]]}", FORMAT, "attention_types[1]",
     "fills 4"},
    {"gpt_neo", "{'attention_types':[[['global'],4611686018427387905]]}", FORMAT,
     "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':[[['global'],0]]}", FORMAT, "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':[[[],4]]}", FORMAT, "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':['global']}", FORMAT, "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':[[['global','strided'],2]]}", UNSUPPORTED, "attention_types[0]",
     "\"global\" or \"local\""},
    {"gpt_neo", "{'attention_types':[[['global',null],2]]}", UNSUPPORTED, "attention_types[0]",
     "\"global\" or \"local\""},
    {"gpt_neo", "{'window_size':0}", FORMAT, "window_size", "at least one key"},
    {"gpt_neo", "{'attention_layers':['global','global','global','local']}", UNSUPPORTED,
     "attention_layers", "contradicts attention_types"},
    {"gpt_neo", "{'attention_layers':['global','local']}", UNSUPPORTED, "attention_layers",
     "contradicts"},
    {"gpt_neo", "{'attention_layers':[1,2,3,4]}", UNSUPPORTED, "attention_layers", "contradicts"},
};

static result read_changed(const char *family, const char *members)
{
    json_t *v = least_of(family), *set = json_of(members);
    CHECK(json_object_update(v, set) == 0);
    const result r = read_json(v);
    json_decref(set);
    json_decref(v);
    return r;
}

static void test_rejects(void)
{
    for (size_t i = 0; i < sizeof rejects / sizeof *rejects; i++) {
        result r = read_changed(rejects[i].family, rejects[i].members);
        if (r.s != rejects[i].status || strcmp(r.err.place, rejects[i].place) != 0 ||
            !strstr(r.err.msg, rejects[i].why)) {
            show(rejects[i].members, &r);
            exit(1);
        }
        CHECK(strcmp(r.err.file, "config.json") == 0 && !r.a.family);
        done(&r);
    }
    json_t *list = json_array();
    result r = read_json(list);
    CHECK(r.s == POT_E_FORMAT && strstr(r.err.msg, "an object is expected"));
    done(&r);
    json_decref(list);
}

/* What is accepted although it looks like the above. */
static void test_accepts(void)
{
    static const char *const good[][2] = {
        {"llama", "{'quantization_config':null,'pruned_heads':{},'is_encoder_decoder':false}"},
        {"llama", "{'rope_scaling':null,'rope_parameters':null,'partial_rotary_factor':1.0}"},
        {"llama", "{'rope_scaling':{'type':'default','rope_type':'default','rope_theta':10000}}"},
        {"llama",
         "{'rope_theta':500,'rope_parameters':{'rope_theta':500.0,'rope_type':'default'}}"},
        {"llama", "{'rope_scaling':{'type':'linear','factor':2},'rope_parameters':{'rope_type':"
                  "'linear','factor':2.0,'rope_theta':1e4}}"},
        {"llama", "{'rope_scaling':{'rope_type':'yarn','factor':2,'beta_fast':0,'mscale':0,"
                  "'attention_factor':null}}"},
        {"phi", "{'rope_parameters':{'rope_type':'longrope','original_max_position_embeddings':32,"
                "'short_factor':[1,2],'long_factor':[1,1],'rope_theta':1e4}}"},
        {"llama", "{'head_dim':2,'num_attention_heads':5}"},
        {"gemma", "{'hidden_act':'gelu','hidden_activation':'gelu_pytorch_tanh'}"},
        {"gemma2", "{'final_logit_softcapping':null,'hidden_act':'gelu_new'}"},
        {"gemma3_text", "{'attn_logit_softcapping':null,'sliding_window_pattern':1,"
                        "'sliding_window':null}"},
        {"gemma3", "{'text_config':{},'vision_config':{'hidden_size':7}}"},
        {"phi3", "{'rope_scaling':{'type':'yarn','short_factor':[1,1,1,1],'long_factor':"
                 "[1,1,1,1]},'original_max_position_embeddings':4}"},
        {"olmo", "{'clip_qkv':null}"},
        {"qwen2_moe", "{'use_sliding_window':false,'mlp_only_layers':null}"},
        {"bloom", "{'hidden_size':48,'n_head':6,'num_hidden_layers':3,'n_inner':null}"},
        {"falcon", "{'multi_query':true,'num_kv_heads':6,'parallel_attn':false}"},
        {"llama", "{'vocab_size':16777216,'max_position_embeddings':16777216}"},
        {"llama", "{'hidden_size':1048576,'num_attention_heads':1,'num_hidden_layers':10000}"},
        {"llama", "{'hidden_act':'swish','rms_norm_eps':0.5,'rope_theta':1}"},
        {"gpt_neox",
         "{'rotary_pct':1.0,'partial_rotary_factor':1,'rope_theta':7,'rotary_emb_base':7}"},
        {"gpt_neox", "{'rope_parameters':{'rope_theta':50.0},'head_dim':8}"},
        {"gpt_neo", "{'attention_layers':['global','local','global','local'],'window_size':1}"},
        {"gpt_neo", "{'attention_types':[[['global'],1],[['local'],3]]}"},
        {"qwen2", "{'use_sliding_window':false,'sliding_window':0,'num_key_value_heads':null}"},
        {"qwen2", "{'use_sliding_window':true,'sliding_window':null}"},
        {"gpt2", "{'num_attention_heads':6,'hidden_size':48,'num_hidden_layers':3}"},
        {"opt", "{'word_embed_proj_dim':null,'layer_norm_elementwise_affine':false}"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        result r = read_changed(good[i][0], good[i][1]);
        if (r.s != POT_OK || r.warn.n) show(good[i][1], &r);
        CHECK(r.s == POT_OK && r.warn.n == 0);
        done(&r);
    }
    result r = read_changed("mistral", "{'num_key_value_heads':null,'sliding_window':null}");
    CHECK(r.s == POT_OK && r.a.kv_heads == 16 && r.a.layer[0].window == 0);
    done(&r);
    r = read_changed("qwen2", "{'use_sliding_window':true,'num_hidden_layers':2,'layer_types':"
                              "['sliding_attention','full_attention']}");
    CHECK(r.s == POT_OK && windows(&r.a, (uint32_t[]){4096, 0}));
    done(&r);
    r = read_changed("qwen2", "{'use_sliding_window':true}");
    CHECK(r.s == POT_OK && r.a.layer[27].window == 0 && r.a.layer[28].window == 4096);
    done(&r);
    r = read_changed("falcon", "{'multi_query':false,'parallel_attn':false,'alibi':true}"); /* rw */
    CHECK(r.s == POT_OK && r.a.kv_heads == 6 && r.a.block == POT_SEQUENTIAL);
    CHECK(r.a.position == POT_POS_ALIBI_BF16 && r.a.layer[2].rope == POT_NO_ROPE);
    done(&r);
    r = read_changed("falcon", "{'new_decoder_architecture':true,'num_ln_in_parallel_attn':1}");
    CHECK(r.s == POT_OK && r.a.kv_heads == 6 && r.a.block == POT_PARALLEL_ONE); /* 11b */
    done(&r);
    r = read_changed("llama", "{'rope_scaling':{'type':'dynamic','factor':2.5}}");
    CHECK(r.s == POT_OK && r.a.context == 160 && r.a.rope[0].original == 64);
    CHECK(pot_rope_class(&r.a.rope[0], 64) == 0 && pot_rope_class(&r.a.rope[0], 65) == 65);
    done(&r);
    r = read_changed("phi", "{'original_max_position_embeddings':32,'rope_scaling':{'type':"
                            "'longrope','short_factor':[1,2],'long_factor':[1,4]}}");
    CHECK(r.s == POT_OK && r.a.rope[0].factor == 2 && r.a.rope[0].kind == POT_ROPE_LONG);
    CHECK(pot_rope_class(&r.a.rope[0], 32) == 0 && pot_rope_class(&r.a.rope[0], 33) == 1);
    CHECK(pot_rope_frequency(&r.a.rope[0], 1, 0) == 2 * pot_rope_frequency(&r.a.rope[0], 1, 1));
    done(&r);
    r = read_changed("opt",
                     "{'layer_norm_elementwise_affine':false,'_remove_final_layer_norm':true}");
    CHECK(r.s == POT_OK && !r.a.norm_affine && !r.a.final_norm);
    CHECK(!pot_arch_shape(&r.a, 0, POT_NORM_1).weight &&
          pot_arch_shape(&r.a, 0, POT_NORM_1).present);
    done(&r);
}

/* A key that nobody knows is one line, whatever is in its name. */
static void test_warnings(void)
{
    json_t *v = least_of("llama");
    char longest[300];
    memset(longest, 'k', 79);
    strcpy(longest + 79, "\xc3\xa9 and so on"); /* cut in the middle of a letter */
    json_object_set_new(v, "unheard_of", json_null());
    json_object_set_new(v, "two\nlines\033[2J", json_true());
    json_object_set_new(v, longest, json_true());
    json_object_set_new(v, "torch_dtype", json_string("float16"));
    result r = read_json(v);
    CHECK(r.s == POT_OK && pot_buf_status(&r.warn, NULL) == POT_OK);
    size_t lines = 0;
    for (size_t i = 0; i < r.warn.n; i++)
        lines += r.warn.p[i] == '\n';
    CHECK(lines == 3 && !strchr(r.warn.p, '\033') && !strstr(r.warn.p, "torch_dtype"));
    CHECK(strstr(r.warn.p, "the key unheard_of is not known") && strstr(r.warn.p, "two?lines?[2J"));
    json_t *text = json_string(r.warn.p); /* fit for the evidence */
    CHECK(text);
    json_decref(text);
    done(&r);
    const pot_json doc = {.v = v, .file = "config.json"};
    pot_arena_init(&r.arena, 1 << 20);
    CHECK(pot_arch_read(&r.a, &r.arena, &doc, NULL, NULL) == POT_OK); /* nobody listens */
    done(&r);
    json_decref(v);
}

/* The shapes of one architecture of each layout. */
static void test_shapes(void)
{
    static const struct {
        const char *family;
        pot_slot slot;
        pot_shape want;
    } row[] = {
        {"gpt2", POT_QKV, {true, true, true, 144, 48, 0}},
        {"gpt2", POT_Q, {false, true, true, 48, 48, 0}},
        {"gpt2", POT_POSITIONS, {true, true, false, 64, 48, 0}},
        {"gpt2", POT_HEAD, {true, false, false, 96, 48, 0}},
        {"gpt2", POT_GATE, {false, true, true, 192, 48, 0}},
        {"opt", POT_POSITIONS, {true, true, false, 66, 48, 0}},
        {"opt", POT_EMBED, {true, true, false, 96, 20, 0}},
        {"opt", POT_PROJ_IN, {true, true, false, 48, 20, 0}},
        {"opt", POT_PROJ_OUT, {true, true, false, 20, 48, 0}},
        {"opt", POT_FINAL_NORM, {false, true, true, 48, 0, 0}},
        {"llama", POT_POSITIONS, {false, true, false, 64, 48, 0}},
        {"llama", POT_Q, {true, true, true, 72, 48, 0}},
        {"llama", POT_K, {true, true, true, 24, 48, 0}},
        {"llama", POT_O, {true, true, true, 48, 72, 0}},
        {"llama", POT_NORM_1, {true, true, false, 48, 0, 0}},
        {"llama", POT_DOWN, {true, true, true, 48, 80, 0}},
        {"phi", POT_HEAD, {true, true, true, 96, 48, 0}},
        {"phi", POT_NORM_2, {false, true, true, 48, 0, 0}},
        {"phi", POT_Q_NORM, {true, true, true, 8, 0, 0}},
        {"gpt_neox", POT_QKV, {true, true, false, 144, 48, 0}},
        {"gpt_neox", POT_PROJ_IN, {false, true, false, 48, 48, 0}},
        {"phi3", POT_QKV, {true, true, false, 80, 48, 0}},
        {"phi3", POT_GATE_UP, {true, true, false, 160, 48, 0}},
        {"phi3", POT_UP, {false, true, false, 80, 48, 0}},
        {"olmo", POT_NORM_1, {true, false, false, 48, 0, 0}},
        {"olmo2", POT_NORM_1, {false, true, false, 48, 0, 0}},
        {"olmo2", POT_OUT_1, {true, true, false, 48, 0, 0}},
        {"olmo2", POT_K_NORM, {true, true, false, 16, 0, 0}},
        {"gemma2", POT_OUT_2, {true, true, false, 48, 0, 0}},
        {"cohere", POT_NORM_1, {true, true, false, 48, 0, 0}},
        {"cohere", POT_OUT_1, {false, true, false, 48, 0, 0}},
        {"cohere", POT_Q_NORM, {true, true, false, 8, 0, 6}},
        {"bloom", POT_EMBED_NORM, {true, true, true, 48, 0, 0}},
        {"falcon", POT_QKV, {true, true, true, 80, 48, 0}},
        {"falcon", POT_EMBED_NORM, {false, true, true, 48, 0, 0}},
        {"mixtral", POT_X_GATE, {true, true, false, 80, 48, 4}},
        {"mixtral", POT_X_DOWN, {true, true, false, 48, 80, 4}},
        {"mixtral", POT_ROUTER, {true, true, false, 4, 48, 0}},
        {"mixtral", POT_GATE, {false, true, false, 80, 48, 0}},
        {"mixtral", POT_S_UP, {false, true, false, 0, 48, 0}},
        {"qwen2_moe", POT_GATE, {true, true, false, 80, 48, 0}}, /* layer 0 has no experts */
        {"qwen2_moe", POT_S_UP, {false, true, false, 28, 48, 0}},
        {"stablelm", POT_K_NORM, {true, true, false, 8, 0, 2}},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        result r = read_golden(row[i].family, "v5");
        const pot_shape got = pot_arch_shape(&r.a, 0, row[i].slot), *want = &row[i].want;
        CHECK(got.present == want->present);
        if (got.present)
            CHECK(got.weight == want->weight && got.bias == want->bias && got.rows == want->rows &&
                  got.cols == want->cols && got.count == want->count);
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
    test_rejects();
    test_accepts();
    test_warnings();
    test_shapes();
    test_out_of_memory();
    CHECK(pot_mem_used() == 0);
    return 0;
}
