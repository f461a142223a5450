/* quantization_config -> pot_quant, by a table of methods. */
#include "model/quant.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MOST_REPORTED 16
#define MOST_GROUP    (1u << 20)
#define REMEDY        "dequantize it to BF16 or F32, or use the original weights or a GGUF file"

const char *const pot_quant_beside[] = {".input_scale",
                                        ".input_scale_ub",
                                        ".input_zero_point",
                                        ".output_scale",
                                        ".q_scale",
                                        ".k_scale",
                                        ".v_scale",
                                        ".kv_scale",
                                        ".prob_output_scale",
                                        ".input_global_scale",
                                        NULL};

/* ---- layouts ------------------------------------------------------------------------------- */

#define OUT        POT_AXIS_OUT
#define IN         POT_AXIS_IN
#define OUT_WORDS  POT_AXIS_OUT_WORDS
#define IN_WORDS   POT_AXIS_IN_WORDS
#define OUT_SCALES POT_AXIS_OUT_SCALES
#define IN_SCALES  POT_AXIS_IN_SCALES

static const pot_quant_layout floats = {.name = "FP8",
                                        .weight = {{".weight"}, {OUT, IN}},
                                        .scale = {{".weight_scale", ".weight_scale_inv"},
                                                  {OUT_SCALES, IN_SCALES}}},
                              bytes = {.name = "INT",
                                       .dtype = "I8",
                                       .weight = {{".weight"}, {OUT, IN}},
                                       .scale = {{".weight_scale"}, {OUT_SCALES, IN_SCALES}}},
                              packed = {.name = "INT",
                                        .dtype = "I32",
                                        .weight = {{".weight_packed"}, {OUT, IN_WORDS}},
                                        .scale = {{".weight_scale"}, {OUT_SCALES, IN_SCALES}},
                                        .zero = {{".weight_zero_point"}, {OUT_WORDS, IN_SCALES}},
                                        .group = ".weight_g_idx",
                                        .shape = ".weight_shape"},
                              gptq = {.name = "GPTQ",
                                      .dtype = "I32",
                                      .weight = {{".qweight"}, {IN_WORDS, OUT}},
                                      .scale = {{".scales"}, {IN_SCALES, OUT}},
                                      .zero = {{".qzeros"}, {IN_SCALES, OUT_WORDS}},
                                      .group = ".g_idx"},
                              awq = {.name = "AWQ",
                                     .dtype = "I32",
                                     .weight = {{".qweight"}, {IN, OUT_WORDS}},
                                     .scale = {{".scales"}, {IN_SCALES, OUT}},
                                     .zero = {{".qzeros"}, {IN_SCALES, OUT_WORDS}},
                                     .awq = true};

void pot_quant_name(char *out, size_t size, const pot_quant_scheme *s, const char *dtype)
{
    int n = s->layout->dtype ? snprintf(out, size, "%s %u-bit", s->layout->name, s->bits)
                             : snprintf(out, size, "%s", dtype);
    if (n < 0 || (size_t)n >= size) return;
    out += n, size -= (size_t)n;
    if (s->rows <= 1 && s->cols) snprintf(out, size, " group %u", s->cols);
    else if (s->rows == 1) snprintf(out, size, " per channel");
    else if (!s->rows) snprintf(out, size, " per tensor");
    else snprintf(out, size, " block %ux%u", s->rows, s->cols);
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef struct {
    pot_quant *q;
    const pot_json *at; /* the object quantization_config */
    bool activations;   /* something is said about them, or about caches */
} reading;

static pot_status refuse(const pot_json *in, const char *key, pot_error *err, const char *what)
{
    const pot_json at = pot_json_get(in, key);
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "%s; " REMEDY, what);
}

/* A member that may only be one of these words, '|' between them; absent: the first. */
static pot_status word(const pot_json *in, const char *key, const char *words, unsigned *which,
                       pot_error *err)
{
    const char *v = NULL;
    unsigned n = 0;
    POT_TRY(pot_json_opt_str(in, key, &v, err));
    for (const char *w = words; v && w; w = strchr(w, '|'), w = w ? w + 1 : NULL, n++) {
        const size_t len = strcspn(w, "|");
        if (strlen(v) != len || strncasecmp(v, w, len) != 0) continue;
        if (which) *which = n;
        return POT_OK;
    }
    if (!v && which) *which = 0;
    if (!v) return POT_OK;
    const pot_json at = pot_json_get(in, key);
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "\"%.40s\" is not built in; " REMEDY, v);
}

/* A number of inputs; -1 and null: all, which is 0 here. */
static pot_status group_size(const pot_json *in, const char *key, uint32_t *out, pot_error *err)
{
    const pot_json at = pot_json_get(in, key);
    const json_int_t n = json_integer_value(at.v);
    if (!at.v) return POT_OK;
    if (!json_is_integer(at.v) || (n != -1 && (n < 1 || n > (json_int_t)MOST_GROUP)))
        return pot_json_fail(&at, POT_E_FORMAT, err, "-1 or a size from 1 to %u is expected",
                             MOST_GROUP);
    *out = n == -1 ? 0 : (uint32_t)n;
    return POT_OK;
}

/* [rows, columns] of blocks. */
static pot_status block_size(const pot_json *in, const char *key, pot_quant_scheme *s,
                             pot_error *err)
{
    pot_json list = pot_json_get(in, key);
    uint32_t *const out[2] = {&s->rows, &s->cols};
    if (!list.v) return POT_OK;
    POT_TRY(pot_json_array(in, key, &list, err));
    for (size_t i = 0; i < 2; i++) {
        const json_int_t n = json_integer_value(json_array_get(list.v, i));
        if (n < 1 || n > (json_int_t)MOST_GROUP || json_array_size(list.v) != 2)
            return pot_json_fail(&list, POT_E_FORMAT, err, "two sizes from 1 to %u are expected",
                                 MOST_GROUP);
        *out[i] = (uint32_t)n;
    }
    return POT_OK;
}

/* One scale for a tensor, or one for each output. */
static void per_tensor_or_channel(pot_quant *q)
{
    q->scheme[0] = (pot_quant_scheme){.layout = &floats};
    q->scheme[1] = (pot_quant_scheme){.layout = &floats, .rows = 1};
    q->n = 2;
}

static pot_status read_fp8(reading *r, pot_error *err)
{
    pot_quant_scheme block = {.layout = &floats};
    POT_TRY(word(r->at, "activation_scheme", "dynamic|static", NULL, err));
    POT_TRY(word(r->at, "fmt", "e4m3|e5m2|float8_e4m3fn|float8_e5m2", NULL, err));
    POT_TRY(word(r->at, "scale_fmt", "float|ue8m0", NULL, err));
    POT_TRY(block_size(r->at, "weight_block_size", &block, err));
    per_tensor_or_channel(r->q);
    if (block.rows) r->q->scheme[0] = block, r->q->n = 1;
    r->activations = true;
    return POT_OK;
}

static pot_status read_fbgemm(reading *r, pot_error *err)
{
    (void)err;
    per_tensor_or_channel(r->q);
    r->activations = true;
    return POT_OK;
}

/* Rules of gptqmodel: those that begin with "-:" name modules that are not quantized. */
static pot_status check_rules(const pot_json *in, pot_error *err)
{
    const pot_json rules = pot_json_get(in, "dynamic");
    const char *key;
    json_t *v;
    if (!rules.v || json_is_false(rules.v)) return POT_OK;
    if (!json_is_object(rules.v))
        return pot_json_fail(&rules, POT_E_FORMAT, err, "an object is expected");
    json_object_foreach(rules.v, key, v)
    {
        (void)v;
        if (strncmp(key, "-:", 2) != 0)
            return refuse(in, "dynamic", err,
                          "sizes of their own for some modules are not built in");
    }
    return POT_OK;
}

static pot_status read_bits(const pot_json *in, const char *key, uint32_t *out, uint64_t known,
                            pot_error *err)
{
    POT_TRY(pot_json_u32(in, key, out, err));
    const pot_json at = pot_json_get(in, key);
    if (*out < 64 && known >> *out & 1) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "%u bits are not built in; " REMEDY, *out);
}

static pot_status read_gptq(reading *r, pot_error *err)
{
    pot_quant_scheme *s = &r->q->scheme[0];
    bool marlin = false;
    unsigned format = 0, again = 0;
    *s = (pot_quant_scheme){.layout = &gptq, .rows = 1, .cols = 128, .zeros = true};
    r->q->n = 1;
    POT_TRY(read_bits(r->at, "bits", &s->bits, 1 << 2 | 1 << 3 | 1 << 4 | 1 << 8, err));
    POT_TRY(group_size(r->at, "group_size", &s->cols, err));
    POT_TRY(pot_json_opt_bool(r->at, "desc_act", &s->any_group, err));
    POT_TRY(word(r->at, "checkpoint_format", "gptq|gptq_v2", &format, err));
    POT_TRY(word(r->at, "format", "gptq|gptq_v2", &again, err));
    if (pot_json_has(r->at, "format")) {
        if (pot_json_has(r->at, "checkpoint_format") && again != format)
            return refuse(r->at, "format", err, "contradicts checkpoint_format");
        format = again;
    }
    POT_TRY(word(r->at, "pack_dtype", "int32", NULL, err));
    POT_TRY(pot_json_opt_bool(r->at, "is_marlin_format", &marlin, err));
    if (marlin) return refuse(r->at, "is_marlin_format", err, "marlin's layout is not built in");
    if (pot_json_has(r->at, "rotation"))
        return refuse(r->at, "rotation", err, "rotated weights are not built in");
    if (pot_json_has(r->at, "adapter"))
        return refuse(r->at, "adapter", err, "adapters are not built in");
    s->zero_plus = format == 0; /* what is stored is less by one */
    return check_rules(r->at, err);
}

static pot_status read_awq(reading *r, pot_error *err)
{
    pot_quant_scheme *s = &r->q->scheme[0];
    bool zeros = true;
    *s = (pot_quant_scheme){.layout = &awq, .rows = 1, .cols = 128, .zeros = true};
    r->q->n = 1;
    POT_TRY(
        read_bits(r->at, pot_json_has(r->at, "w_bit") ? "w_bit" : "bits", &s->bits, 1 << 4, err));
    POT_TRY(group_size(r->at, pot_json_has(r->at, "q_group_size") ? "q_group_size" : "group_size",
                       &s->cols, err));
    POT_TRY(word(r->at, "version", "gemm", NULL, err));
    POT_TRY(word(r->at, "format", "gemm", NULL, err));
    POT_TRY(word(r->at, "backend", "autoawq", NULL, err));
    POT_TRY(pot_json_opt_bool(r->at, "zero_point", &zeros, err));
    return zeros ? POT_OK
                 : refuse(r->at, "zero_point", err, "AWQ without zero points is not built in");
}

/* ---- compressed-tensors --------------------------------------------------------------------- */

enum { TENSOR, CHANNEL, GROUP, BLOCK };

/* The sizes of what shares a scale. */
static pot_status read_strategy(const pot_json *w, pot_quant_scheme *s, pot_error *err)
{
    unsigned strategy = 0;
    uint32_t group = 0;
    POT_TRY(word(w, "strategy", "tensor|channel|group|block", &strategy, err));
    POT_TRY(group_size(w, "group_size", &group, err));
    if (!pot_json_has(w, "strategy") && pot_json_has(w, "group_size"))
        strategy = group ? GROUP : CHANNEL;
    if (strategy == BLOCK) POT_TRY(block_size(w, "block_structure", s, err));
    if (strategy == CHANNEL || strategy == GROUP) s->rows = 1;
    if (strategy == GROUP) s->cols = group;
    const pot_json at = pot_json_get(w, strategy == BLOCK ? "block_structure" : "group_size");
    if ((strategy == GROUP && !group) || (strategy == BLOCK && !s->rows))
        return pot_json_fail(&at, POT_E_FORMAT, err, "the size is missing");
    if (strategy == BLOCK && s->layout != &floats)
        return refuse(w, "strategy", err, "blocks of integers are not built in");
    return POT_OK;
}

/* The member `weights` of a group of config_groups, stored as `format`. */
static pot_status read_weights(pot_quant_scheme *s, const pot_json *w, unsigned format,
                               pot_error *err)
{
    static const pot_quant_layout *const layout[] = {&packed, &floats, &bytes};
    static const uint64_t known[] = {1 << 4 | 1 << 8, 1 << 8, 1 << 8};
    unsigned type = 0;
    bool symmetric = true;
    POT_TRY(read_bits(w, "num_bits", &s->bits, known[format == 3 ? 1 : format], err));
    POT_TRY(word(w, "type", "int|float", &type, err));
    if (format == 3) format = type == 1 ? 1 : 2; /* naive-quantized: either */
    if ((format == 1) != (type == 1)) return refuse(w, "type", err, "contradicts the format");
    s->layout = layout[format];
    POT_TRY(pot_json_opt_bool(w, "symmetric", &symmetric, err));
    if (!symmetric && format != 0)
        return refuse(w, "symmetric", err, "zero points of this format are not built in");
    s->zeros = !symmetric;
    s->zero_plus = symmetric && format != 1 ? 1u << (s->bits - 1) : 0;
    const pot_json order = pot_json_get(w, "actorder"); /* weight, static: nothing is stored */
    if (json_is_true(order.v)) s->any_group = true;
    else if (order.v && !json_is_false(order.v)) {
        unsigned which = 0;
        POT_TRY(word(w, "actorder", "group|dynamic|weight|static", &which, err));
        s->any_group = which < 2;
    }
    return read_strategy(w, s, err);
}

#define FORMATS "pack-quantized|float-quantized|int-quantized|naive-quantized"

static pot_status read_group(reading *r, const pot_json *g, unsigned format, pot_error *err)
{
    pot_json w = pot_json_get(g, "weights");
    if (pot_json_has(g, "input_activations") || pot_json_has(g, "output_activations"))
        r->activations = true;
    if (!w.v) return POT_OK;
    POT_TRY(pot_json_object(g, "weights", &w, err));
    if (pot_json_has(g, "format")) POT_TRY(word(g, "format", FORMATS, &format, err));
    if (r->q->n == POT_MOST_SCHEMES)
        return pot_json_fail(g, POT_E_UNSUPPORTED, err,
                             "more than %u groups are not built in; " REMEDY, POT_MOST_SCHEMES);
    return read_weights(&r->q->scheme[r->q->n++], &w, format, err);
}

static pot_status read_compressed(reading *r, pot_error *err)
{
    pot_json groups, sparse = pot_json_get(r->at, "sparsity_config"),
                     turn = pot_json_get(r->at, "transform_config");
    unsigned format = 0;
    const char *key;
    json_t *v;
    POT_TRY(word(r->at, "format", FORMATS "|mixed-precision", &format, err));
    POT_TRY(word(r->at, "quantization_status", "compressed", NULL, err));
    if (json_object_size(turn.v))
        return refuse(r->at, "transform_config", err, "transformed weights are not built in");
    if (json_object_size(sparse.v)) POT_TRY(word(&sparse, "format", "dense", NULL, err));
    if (pot_json_has(r->at, "kv_cache_scheme")) r->activations = true;
    POT_TRY(pot_json_object(r->at, "config_groups", &groups, err));
    json_object_foreach(groups.v, key, v)
    {
        const pot_json g = pot_json_get(&groups, key);
        if (!json_is_object(v))
            return pot_json_fail(&g, POT_E_FORMAT, err, "an object is expected");
        if (format == 4 && !pot_json_has(&g, "format"))
            return pot_json_fail(&g, POT_E_FORMAT, err, "a format for this group is expected");
        POT_TRY(read_group(r, &g, format, err));
    }
    if (r->q->n) return POT_OK;
    return pot_json_fail(&groups, POT_E_UNSUPPORTED, err,
                         "no group with weights is in it; " REMEDY);
}

/* ---- methods -------------------------------------------------------------------------------- */

/* Keys that are read, and those that say how the checkpoint was made or should run. */
static const char *const fp8_keys[] = {"activation_scheme",
                                       "fmt",
                                       "scale_fmt",
                                       "weight_block_size",
                                       "modules_to_not_convert",
                                       "ignored_layers",
                                       "dequantize",
                                       "kv_cache_scheme",
                                       NULL},
                         *const fbgemm_keys[] = {"activation_scale_ub", "modules_to_not_convert",
                                                 NULL},
                         *const gptq_keys[] = {"bits",
                                               "group_size",
                                               "desc_act",
                                               "checkpoint_format",
                                               "format",
                                               "pack_dtype",
                                               "is_marlin_format",
                                               "rotation",
                                               "adapter",
                                               "dynamic",
                                               /* then: */ "sym",
                                               "damp_percent",
                                               "damp_auto_increment",
                                               "static_groups",
                                               "true_sequential",
                                               "model_name_or_path",
                                               "model_file_base_name",
                                               "lm_head",
                                               "meta",
                                               "mse",
                                               "dataset",
                                               "tokenizer",
                                               "backend",
                                               "use_cuda_fp16",
                                               "use_exllama",
                                               "disable_exllama",
                                               "exllama_config",
                                               "model_seqlen",
                                               "max_input_length",
                                               "block_name_to_quantize",
                                               "batch_size",
                                               "pad_token_id",
                                               "module_name_preceding_first_block",
                                               "cache_block_outputs",
                                               "modules_in_block_to_quantize",
                                               "quantizer",
                                               "uri",
                                               "v2",
                                               "parallel_packing",
                                               "hyb_act",
                                               "act_group_aware",
                                               "offload_to_disk",
                                               NULL},
                         *const awq_keys[] = {"bits",
                                              "w_bit",
                                              "group_size",
                                              "q_group_size",
                                              "version",
                                              "format",
                                              "backend",
                                              "zero_point", /* then: */
                                              "modules_to_not_convert",
                                              "do_fuse",
                                              "fuse_max_seq_len",
                                              "modules_to_fuse",
                                              "exllama_config",
                                              "sym",
                                              "desc_act",
                                              "pack_dtype",
                                              "meta",
                                              "lm_head",
                                              NULL},
                         *const compressed_keys[] = {"config_groups",
                                                     "format",
                                                     "quantization_status",
                                                     "transform_config",
                                                     "sparsity_config",
                                                     "kv_cache_scheme",
                                                     /* then: */ "ignore",
                                                     "global_compression_ratio",
                                                     "version",
                                                     "run_compressed",
                                                     NULL};

static const struct method {
    const char *name;
    pot_status (*read)(reading *r, pot_error *err);
    const char *const *keys;
} methods[] = {
    {"fp8", read_fp8, fp8_keys},
    {"fbgemm_fp8", read_fbgemm, fbgemm_keys},
    {"gptq", read_gptq, gptq_keys},
    {"awq", read_awq, awq_keys},
    {"compressed-tensors", read_compressed, compressed_keys},
};

static void report(const reading *r, const struct method *m, pot_buf *warn)
{
    const char *key;
    json_t *v;
    size_t told = 0;
    if (r->activations)
        pot_buf_fmt(warn,
                    "config.json: quantization_config also concerns activations or caches; pot "
                    "scores the weights, with activations in F32\n");
    json_object_foreach(r->at->v, key, v)
    {
        char shown[81];
        bool known = strcmp(key, "quant_method") == 0 || json_is_null(v);
        for (const char *const *k = m->keys; *k && !known; k++)
            known = strcmp(*k, key) == 0;
        if (known || told++ >= MOST_REPORTED) continue;
        snprintf(shown, sizeof shown, "%s", key);
        pot_printable(shown);
        pot_buf_fmt(warn,
                    "config.json: the key quantization_config.%s is not known to pot and was not "
                    "used\n",
                    shown);
    }
}

pot_status pot_quant_read(pot_quant *out, const pot_json *config, pot_buf *warn, pot_error *err)
{
    pot_json at = pot_json_get(config, "quantization_config");
    const char *name;
    *out = (pot_quant){.n = 0};
    if (!at.v) return POT_OK;
    POT_TRY(pot_json_object(config, "quantization_config", &at, err));
    POT_TRY(pot_json_str(&at, "quant_method", &name, err));
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        reading r = {.q = out, .at = &at};
        if (strcmp(methods[i].name, name) != 0) continue;
        POT_TRY(methods[i].read(&r, err));
        if (warn) report(&r, &methods[i], warn);
        return POT_OK;
    }
    const pot_json method = pot_json_get(&at, "quant_method");
    return pot_json_fail(&method, POT_E_UNSUPPORTED, err,
                         "\"%.40s\" is not built in (fp8, fbgemm_fp8, gptq, awq and "
                         "compressed-tensors are); " REMEDY,
                         name);
}
