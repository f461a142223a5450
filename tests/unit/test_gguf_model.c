/* Well-formed GGUF files as models: each rule of docs/format/gguf.md, section "As a model", refuses
 * its file; splits; a directory that holds one. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/mem.h"
#include "tdir.h"

#include <pot/model.h>

#define GOLDEN "tests/golden/gguf_reject/"

static const struct {
    const char *file;
    pot_status status;
    const char *place, *why;
} rejects[] = {
    {"GM-01-architecture-number", POT_E_FORMAT, "general.architecture", "a string"},
    {"GM-01-no-architecture", POT_E_FORMAT, "general.architecture", "the name of an architecture"},
    {"GM-02-unknown-architecture", POT_E_UNSUPPORTED, "general.architecture", "\"mamba\" is not"},
    {"GM-03-softcap", POT_E_UNSUPPORTED, "llama.attn_logit_softcapping", "not known to pot"},
    {"GM-03-unknown-key", POT_E_UNSUPPORTED, "llama.embedding_scale", "not known to pot"},
    {"GM-04-epsilon", POT_E_UNSUPPORTED, "olmo.attention.layer_norm_epsilon", "only 1e-05"},
    {"GM-04-experts", POT_E_UNSUPPORTED, "qwen2.expert_count", "experts are not built in"},
    {"GM-04-experts-missing", POT_E_UNSUPPORTED, "qwen2moe.expert_count", "experts are expected"},
    {"GM-04-half-turns", POT_E_UNSUPPORTED, "llama.rope.dimension_count", "2 of 4 dimensions"},
    {"GM-04-not-causal", POT_E_UNSUPPORTED, "llama.attention.causal", "only decoders"},
    {"GM-04-wide-values", POT_E_UNSUPPORTED, "llama.attention.value_length", "not as wide"},
    {"GM-04-gating", POT_E_UNSUPPORTED, "deepseek2.expert_gating_func", "only softmax (1) and"},
    {"GM-04-values-one", POT_E_FORMAT, "blk.0.attn_v_b.weight", "missing"},
    {"GM-04-widths", POT_E_UNSUPPORTED, "deepseek2.attention.key_length", "widths of 5 and 4"},
    {"GM-05-groups", POT_E_UNSUPPORTED, "deepseek2.expert_group_count", "65 experts may be chosen"},
    {"GM-05-groups-0", POT_E_FORMAT, "n_group", "a number from 1"},
    {"GM-08-attention-factor", POT_E_UNSUPPORTED, "phi3.rope.scaling.attn_factor", "only built in"},
    {"GM-08-yarn-extrapolation", POT_E_UNSUPPORTED, "llama.rope.scaling.yarn_ext_factor", "only 1"},
    {"GM-08-yarn-multiplier", POT_E_UNSUPPORTED, "llama.rope.scaling.yarn_log_multiplier",
     "not known to pot"},
    {"GM-05-base-0", POT_E_FORMAT, "rope_theta", "a rope base"},
    {"GM-05-epsilon-nan", POT_E_FORMAT, "llama.attention.layer_norm_rms_epsilon", "a finite"},
    {"GM-05-heads-3", POT_E_FORMAT, "num_attention_heads", "do not divide into 3 heads"},
    {"GM-05-heads-differ", POT_E_UNSUPPORTED, "llama.attention.head_count_kv",
     "layers that differ"},
    {"GM-05-heads-text", POT_E_FORMAT, "llama.attention.head_count", "an integer is expected"},
    {"GM-05-layers-all-ones", POT_E_FORMAT, "num_hidden_layers", "a size from 1 to"},
    {"GM-05-layers-missing", POT_E_FORMAT, "num_hidden_layers", "missing"},
    {"GM-05-pattern-short", POT_E_FORMAT, "layer_types", "2 entries for 1 layers"},
    {"GM-05-pattern-text", POT_E_FORMAT, "gemma2.attention.sliding_window_pattern",
     "a flag per layer"},
    {"GM-05-period-0", POT_E_FORMAT, "sliding_window_pattern", "at least 1"},
    {"GM-05-used", POT_E_FORMAT, "num_experts_per_tok", "missing"},
    {"GM-06-no-embedding", POT_E_FORMAT, "token_embd.weight", "no model's weights"},
    {"GM-06-vocabulary", POT_E_UNSUPPORTED, "llama.vocab_size",
     "11, and the embedding has 10 rows"},
    {"GM-07-no-down", POT_E_FORMAT, "blk.0.ffn_down.weight", "missing"},
    {"GM-07-shape", POT_E_FORMAT, "blk.0.ffn_down.weight", "[8, 12] is expected by the metadata"},
    {"GM-07-surplus", POT_E_UNSUPPORTED, "rope_factors_long.weight", "no place"},
    {"GM-07-type", POT_E_UNSUPPORTED, "output.weight", "F64 is not built in"},
    {"GM-07-vector-type", POT_E_UNSUPPORTED, "output_norm.weight", "for vectors"},
    {"GM-08-factors-f16", POT_E_FORMAT, "rope_freqs.weight", "2 positive numbers in F32"},
    {"GM-08-factors-too-many", POT_E_FORMAT, "rope_freqs.weight", "2 positive numbers in F32"},
    {"GM-08-factors-zero", POT_E_FORMAT, "rope_freqs.weight", "2 positive numbers in F32"},
    {"GM-08-lists-f16", POT_E_FORMAT, "rope_factors_long.weight", "numbers in F32"},
    {"GM-08-lists-long", POT_E_FORMAT, "rope_scaling.short_factor", "3 factors for 2 pairs"},
    {"GM-08-lists-zero", POT_E_FORMAT, "rope_scaling.short_factor[0]", "a factor from 0.001"},
    {"GM-08-long-only", POT_E_FORMAT, "rope_factors_short.weight", "numbers in F32"},
    {"GM-08-original", POT_E_FORMAT, "phi3.rope.scaling.original_context_length",
     "at least 2 positions"},
    {"GM-08-scaling", POT_E_UNSUPPORTED, "rope_scaling", "\"bent\""},
    {"GM-08-scaling-quote", POT_E_FORMAT, "llama.rope.scaling.type", "a word"},
    {"GM-09-count-00001-of-00002", POT_E_FORMAT, "split.count", "3 files belong together"},
    {"GM-09-name", POT_E_FORMAT, "split.count", "must end in -00001-of-00002.gguf"},
    {"GM-09-number", POT_E_FORMAT, "split.count", "file 2 (from 0) of 2"},
    {"GM-09-second-part", POT_E_FORMAT, "split.no", "give the first"},
    {"GM-10-absent-00001-of-00002", POT_E_IO, "", "a part of the split model is not there"},
};

#define REJECTS (sizeof rejects / sizeof *rejects)

static void refused(const char *path, pot_status status, const char *place, const char *why)
{
    pot_model *m = NULL;
    pot_error err = {0};
    const pot_status s = pot_model_open(&m, path, &err);
    if (s != status || strcmp(err.place, place) != 0 || !strstr(err.msg, why) || !*err.file) {
        fprintf(stderr, "%s: status %d: %s: %s: %s\n", path, (int)s, err.file, err.place, err.msg);
        exit(1);
    }
    CHECK(!m && pot_mem_used() == 0);
}

static void accepted(const char *path, const char *arch, uint64_t params)
{
    pot_model *m = NULL;
    pot_error err = {0};
    const pot_status s = pot_model_open(&m, path, &err);
    if (s != POT_OK) fprintf(stderr, "%s: %s: %s\n", path, err.place, err.msg);
    CHECK(s == POT_OK && strcmp(pot_model_info(m)->arch, arch) == 0);
    CHECK(pot_model_info(m)->params == params);
    CHECK(pot_model_hash(m, 1, NULL, NULL, &err) == POT_OK);
    CHECK(pot_model_unchanged(m, &err) == POT_OK);
    pot_model_close(&m);
    CHECK(pot_mem_used() == 0);
}

static void test_rejects(void)
{
    char path[200];
    for (size_t i = 0; i < REJECTS; i++) {
        snprintf(path, sizeof path, GOLDEN "%s.gguf", rejects[i].file);
        refused(path, rejects[i].status, rejects[i].place, rejects[i].why);
    }
    accepted(GOLDEN "GM-00-good.gguf", "llama", 728);
    accepted(GOLDEN "GM-00-good-window.gguf", "mistral", 728);
    accepted(GOLDEN "GM-00-good-heads-per-layer.gguf", "llama", 728);
    accepted(GOLDEN "GM-00-good-deepseek.gguf", "deepseek_v2", 652);
    accepted(GOLDEN "GM-00-good-deepseek-older.gguf", "deepseek_v2", 652);
    CHECK(t_count("tests/golden/gguf_reject") == REJECTS + 5);
}

static void copy(const char *to, const char *from)
{
    size_t n;
    char *p = t_read(from, &n);
    CHECK(p);
    t_write(to, p, n);
    free(p);
}

/* A directory stands for the one model in it. */
static void test_directory(void)
{
    const char *dir = t_path("dir");
    CHECK(mkdir(dir, 0755) == 0);
    refused(dir, POT_E_IO, "", "no config.json and no GGUF file");
    copy(t_path("dir/model.gguf"), GOLDEN "GM-00-good.gguf");
    t_text(t_path("dir/README.md"), "text");
    accepted(dir, "llama", 728);
    copy(t_path("dir/other.gguf"), GOLDEN "GM-00-good-window.gguf");
    refused(dir, POT_E_ARG, "", "2 GGUF models");
    accepted(t_path("dir/other.gguf"), "mistral", 728);
    refused(t_path("dir/README.md"), POT_E_IO, "", "this is a file");
}

/* Weights that are not numbers are found in blocks too. */
static void test_special(void)
{
    size_t n;
    pot_model *m = NULL;
    pot_error err = {0};
    char *p = t_read(GOLDEN "GM-00-good.gguf", &n);
    const char *path = t_path("special.gguf");
    CHECK(p);
    p[n - 3] = 0x7c; /* the last but one element of the last F16 tensor */
    p[n - 4] = 0;
    t_write(path, p, n);
    CHECK(pot_model_open(&m, path, &err) == POT_OK);
    CHECK(pot_model_hash(m, 1, NULL, NULL, &err) == POT_E_FORMAT);
    CHECK(strstr(err.msg, "element 94 is NaN or infinite") && strstr(err.file, "special.gguf"));
    pot_model_close(&m);
    free(p);
}

static bool stop(void *ctx, const pot_progress *p)
{
    (void)ctx;
    return p->total < 0;
}

static void test_stop(void)
{
    pot_model *m = NULL;
    pot_error err = {0};
    CHECK(pot_model_open(&m, GOLDEN "GM-00-good.gguf", &err) == POT_OK);
    CHECK(pot_model_digest(m, 1, stop, NULL, &err) == POT_E_STOPPED);
    CHECK(!pot_model_info(m)->digested);
    pot_model_close(&m);
}

static void test_faults(void)
{
    for (uint64_t i = 1, failed = 1; failed; i++) {
        pot_model *m = NULL;
        pot_mem_fail_at(i);
        pot_status s = pot_model_open(&m, GOLDEN "GM-00-good.gguf", NULL);
        if (s == POT_OK) s = pot_model_digest(m, 2, NULL, NULL, NULL);
        pot_mem_fail_at(0);
        failed = s != POT_OK;
        CHECK(s == POT_OK || s == POT_E_NOMEM);
        pot_model_close(&m);
        CHECK(pot_mem_used() == 0);
    }
}

int main(void)
{
    t_dir_open();
    test_rejects();
    test_directory();
    test_special();
    test_stop();
    test_faults();
    return 0;
}
