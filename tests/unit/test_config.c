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
    CHECK(r.a.embed == r.a.hidden && r.a.hidden == r.a.heads * r.a.head_dim);
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
    CHECK(r.a.rope.dim == 2 && r.a.rope.theta == 10000 && r.a.act == POT_GELU_ERF && !r.a.tied);
    CHECK(r.a.block == POT_PARALLEL_TWO && r.a.qkv == POT_QKV_PER_HEAD && r.a.eps == 1e-5f);
    CHECK(r.a.bias_qkv && r.a.bias_o && r.a.bias_mlp && !r.a.bias_head && scales(&r.a, eighth));
    done(&r);
    r = read_least("llama");
    CHECK(r.a.rope.dim == 8 && r.a.rope.theta == 10000 && r.a.act == POT_SILU && !r.a.tied &&
          r.a.glu);
    CHECK(r.a.kv_heads == 6 && r.a.eps == 1e-6f && r.a.norm == POT_NORM_RMS && !r.a.qk_norm);
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
    CHECK(r.a.rope.dim == 4 && r.a.block == POT_PARALLEL_ONE && r.a.act == POT_GELU_TANH &&
          !r.a.tied);
    CHECK(r.a.bias_head && r.a.bias_qkv && r.a.kv_heads == 6 && r.a.eps == 1e-5f && !r.a.qk_norm);
    done(&r);
}

/* Every fact but the address of the layers. */
static bool same_arch(pot_arch a, pot_arch b)
{
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

/* The files are what transformers 4.57.6 and 5.23.0 save for MODELS of tools/make_rejects.py:
 * nothing there is a default. */
static void check_golden(const pot_arch *a)
{
    const char *type = a->family->type;
    const float s = (float)(1 / sqrt(8.0));
    CHECK(a->vocab == 96 && a->context == 64 && a->hidden == 48 && a->layers == 3 && a->heads == 6);
    CHECK(a->ffn == (strcmp(type, "gpt_neo") ? 80 : 192));
    if (a->glu || strcmp(type, "phi") == 0) CHECK(a->kv_heads == 2 && a->rope.theta == 5000);
    if (a->glu) CHECK(a->eps == 1e-5f);
    if (strcmp(type, "gpt2") == 0)
        CHECK(a->layer[0].scale == 1 && a->layer[1].scale == 0.5f && a->layer[2].scale == 1.0f / 3);
    if (strcmp(type, "gpt_neo") == 0) CHECK(windows(a, (uint32_t[]){0, 7, 7}));
    if (strcmp(type, "gpt_neox") == 0)
        CHECK(a->rope.dim == 4 && a->rope.theta == 5000 && a->block == POT_SEQUENTIAL &&
              !a->bias_qkv && !a->bias_o && a->bias_mlp);
    if (strcmp(type, "opt") == 0)
        CHECK(a->embed == 20 && a->order == POT_POST_NORM && !a->final_norm && !a->bias_mlp);
    if (strcmp(type, "llama") == 0)
        CHECK(a->head_dim == 12 && a->bias_qkv && a->bias_o && a->bias_mlp && a->tied &&
              a->layer[0].scale == (float)(1 / sqrt(12.0)));
    if (strcmp(type, "mistral") == 0)
        CHECK(windows(a, (uint32_t[]){9, 9, 9}) && a->layer[2].scale == s);
    if (strcmp(type, "qwen2") == 0) CHECK(windows(a, (uint32_t[]){0, 9, 9}));
    if (strcmp(type, "phi") == 0) CHECK(a->rope.dim == 4 && a->qk_norm && a->eps == 1e-4f);
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
    r = read_changed("llama", "{'rope_scaling':{'type':'dynamic','factor':2.5}}");
    CHECK(r.s == POT_OK && r.a.context == 160 && r.a.rope.original == 64);
    CHECK(pot_rope_class(&r.a.rope, 64) == 0 && pot_rope_class(&r.a.rope, 65) == 65);
    done(&r);
    r = read_changed("phi", "{'original_max_position_embeddings':32,'rope_scaling':{'type':"
                            "'longrope','short_factor':[1,2],'long_factor':[1,4]}}");
    CHECK(r.s == POT_OK && r.a.rope.factor == 2 && r.a.rope.kind == POT_ROPE_LONG);
    CHECK(pot_rope_class(&r.a.rope, 32) == 0 && pot_rope_class(&r.a.rope, 33) == 1);
    CHECK(pot_rope_frequency(&r.a.rope, 1, 0) == 2 * pot_rope_frequency(&r.a.rope, 1, 1));
    done(&r);
    r = read_changed("opt",
                     "{'layer_norm_elementwise_affine':false,'_remove_final_layer_norm':true}");
    CHECK(r.s == POT_OK && !r.a.norm_affine && !r.a.final_norm);
    CHECK(!pot_arch_shape(&r.a, POT_NORM_1).weight && pot_arch_shape(&r.a, POT_NORM_1).present);
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
        {"gpt2", POT_QKV, {true, true, true, 144, 48}},
        {"gpt2", POT_Q, {false, true, true, 48, 48}},
        {"gpt2", POT_POSITIONS, {true, true, false, 64, 48}},
        {"gpt2", POT_HEAD, {true, false, false, 96, 48}},
        {"gpt2", POT_GATE, {false, true, true, 192, 48}},
        {"opt", POT_POSITIONS, {true, true, false, 66, 48}},
        {"opt", POT_EMBED, {true, true, false, 96, 20}},
        {"opt", POT_PROJ_IN, {true, true, false, 48, 20}},
        {"opt", POT_PROJ_OUT, {true, true, false, 20, 48}},
        {"opt", POT_FINAL_NORM, {false, true, true, 48, 0}},
        {"llama", POT_POSITIONS, {false, true, false, 64, 48}},
        {"llama", POT_Q, {true, true, true, 72, 48}},
        {"llama", POT_K, {true, true, true, 24, 48}},
        {"llama", POT_O, {true, true, true, 48, 72}},
        {"llama", POT_NORM_1, {true, true, false, 48, 0}},
        {"llama", POT_DOWN, {true, true, true, 48, 80}},
        {"phi", POT_HEAD, {true, true, true, 96, 48}},
        {"phi", POT_NORM_2, {false, true, true, 48, 0}},
        {"phi", POT_Q_NORM, {true, true, true, 8, 0}},
        {"gpt_neox", POT_QKV, {true, true, false, 144, 48}},
        {"gpt_neox", POT_PROJ_IN, {false, true, false, 48, 48}},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        result r = read_golden(row[i].family, "v5");
        const pot_shape got = pot_arch_shape(&r.a, row[i].slot), *want = &row[i].want;
        CHECK(got.present == want->present);
        if (got.present)
            CHECK(got.weight == want->weight && got.bias == want->bias && got.rows == want->rows &&
                  got.cols == want->cols);
        CHECK(!pot_arch_shape(&r.a, POT_SLOTS).present);
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
    test_both_versions();
    test_rejects();
    test_accepts();
    test_warnings();
    test_shapes();
    test_out_of_memory();
    CHECK(pot_mem_used() == 0);
    return 0;
}
