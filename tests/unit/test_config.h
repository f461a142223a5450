/* test_config.h - reading a config.json in a test: the least that each family needs, changed. */
#ifndef POT_TEST_CONFIG_H
#define POT_TEST_CONFIG_H

#include "base/fail.h"
#include "model/family.h"
#include "tdir.h"

#include <math.h>

typedef struct {
    pot_arch a;
    pot_arena arena;
    pot_buf warn;
    pot_error err;
    pot_status s;
} result;

static inline result read_json(json_t *v)
{
    result r = {.warn = POT_BUF(1 << 16)};
    const pot_json doc = {.v = v, .file = "config.json"};
    pot_arena_init(&r.arena, 1 << 24);
    r.s = pot_arch_read(&r.a, &r.arena, &doc, &r.warn, &r.err);
    CHECK(r.s == r.err.status);
    return r;
}

static inline void done(result *r)
{
    pot_arena_close(&r->arena);
    pot_buf_free(&r->warn);
    CHECK(pot_mem_used() == 0);
}

static inline void show(const char *what, const result *r)
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
    {"olmo3", "{'model_type':'olmo3','vocab_size':96,'hidden_size':48,'num_hidden_layers':5,"
              "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,'rope_"
              "theta':5e5}"},
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
    {"gpt_oss", "{'model_type':'gpt_oss','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
                "'num_attention_heads':8,'intermediate_size':80,'max_position_embeddings':64,"
                "'num_experts_per_tok':2,'num_local_experts':4,'rope_scaling':{'rope_type':"
                "'default'}}"},
    {"deepseek_v2",
     "{'model_type':'deepseek_v2','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
     "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,"
     "'kv_lora_rank':10,'q_lora_rank':null,'qk_nope_head_dim':8,'qk_rope_head_dim':4,"
     "'v_head_dim':5,'n_routed_experts':8,'num_experts_per_tok':3,'n_shared_experts':2,"
     "'moe_intermediate_size':20,'first_k_dense_replace':1,'routed_scaling_factor':1.5,"
     "'n_group':4,'topk_group':2}"},
    {"deepseek_v3",
     "{'model_type':'deepseek_v3','vocab_size':96,'hidden_size':48,'num_hidden_layers':3,"
     "'num_attention_heads':6,'intermediate_size':80,'max_position_embeddings':64,"
     "'kv_lora_rank':10,'q_lora_rank':null,'qk_nope_head_dim':8,'qk_rope_head_dim':4,"
     "'v_head_dim':5,'n_routed_experts':8,'num_experts_per_tok':3,'n_shared_experts':2,"
     "'moe_intermediate_size':20,'first_k_dense_replace':1,'routed_scaling_factor':1.5,"
     "'n_group':4,'topk_group':2}"},
};

#define FAMILIES (sizeof least / sizeof *least)

/* JSON with ' for ". */
static inline json_t *json_of(const char *text)
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

static inline json_t *least_of(const char *family)
{
    for (size_t i = 0; i < FAMILIES; i++)
        if (strcmp(least[i][0], family) == 0) return json_of(least[i][1]);
    fprintf(stderr, "%s: no such family\n", family);
    exit(1);
}

static inline bool scales(const pot_arch *a, double want)
{
    for (uint32_t i = 0; i < a->layers; i++)
        if (a->layer[i].scale != (float)want) return false;
    return true;
}

static inline bool windows(const pot_arch *a, const uint32_t *want)
{
    for (uint32_t i = 0; i < a->layers; i++)
        if (a->layer[i].window != want[i]) return false;
    return true;
}

static inline result read_changed(const char *family, const char *members)
{
    json_t *v = least_of(family), *set = json_of(members);
    CHECK(json_object_update(v, set) == 0);
    const result r = read_json(v);
    json_decref(set);
    json_decref(v);
    return r;
}

#endif
