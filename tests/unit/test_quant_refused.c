/* Quantized safetensors: every way in which the configuration or the tensors of a matrix can be
 * wrong, by the ids of docs/format/quantized.md; and what must be read. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "tdir.h"

#include <pot/model.h>

#define OK          POT_OK
#define FORMAT      POT_E_FORMAT
#define UNSUPPORTED POT_E_UNSUPPORTED

/* One matrix of a small llama has 8 outputs and 32 inputs, and the tensors of the case. */
#define MATRIX "model.layers.0.mlp.down_proj"

static const char plain[] =
    "model.embed_tokens.weight F16 8 8;model.norm.weight F16 8;lm_head.weight F16 8 8;"
    "model.layers.0.input_layernorm.weight F16 8;"
    "model.layers.0.post_attention_layernorm.weight F16 8;"
    "model.layers.0.self_attn.q_proj.weight F16 8 8;model.layers.0.self_attn.k_proj.weight F16 8 8;"
    "model.layers.0.self_attn.v_proj.weight F16 8 8;model.layers.0.self_attn.o_proj.weight F16 8 8;"
    "model.layers.0.mlp.gate_proj.weight F16 32 8;model.layers.0.mlp.up_proj.weight F16 32 8;";

#define FP8   "'quant_method':'fp8'"
#define BLOCK FP8 ",'weight_block_size':[3,5]"
#define GPTQ  "'quant_method':'gptq','bits':4,'group_size':16"
#define ACT   GPTQ ",'desc_act':true"
#define AWQ   "'quant_method':'awq','bits':4,'group_size':16"
#define CT(format, weights)                                                                        \
    "'quant_method':'compressed-tensors','format':'" format                                        \
    "','config_groups':{'g':{'weights':{" weights "}}}"
#define INT4     "'num_bits':4,'strategy':'group','group_size':16"
#define PACK     CT("pack-quantized", INT4)
#define PACK_ACT CT("pack-quantized", INT4 ",'actorder':'group'")
#define FLOATS   CT("float-quantized", "'num_bits':8,'type':'float','strategy':'channel'")
#define BYTES    CT("int-quantized", "'num_bits':8,'strategy':'channel'")

#define T_GPTQ   ".qweight I32 4 8;.qzeros I32 2 1;.scales F16 2 8;"
#define T_AWQ    ".qweight I32 32 1;.qzeros I32 2 1;.scales F16 2 8;"
#define T_PACK   ".weight_packed I32 8 4;.weight_scale BF16 8 2;"
#define SHAPE    ".weight_shape I64 2 @0=8 @2=32;" /* in words of 32 bits */
#define T_FLOATS ".weight F8_E4M3 8 32;.weight_scale F32 8 1;"
#define IN_ORDER ".g_idx I32 32 ~16;"

/* Tensors: NAME DTYPE SIZE..., then ~n: element i is i / n; @i=n: element i is n; =n: all bytes. */
static const struct {
    const char *rule, *config, *tensors;
    pot_status status;
    const char *place, *why;
} cases[] = {
    {"Q-0", BLOCK, ".weight F8_E4M3 8 32;.weight_scale_inv F32 3 7;", OK, "", ""},
    {"Q-0", FP8, ".weight F8_E4M3 8 32;.weight_scale F32;.input_scale F32;", OK, "", ""},
    {"Q-0", FP8, ".weight F8_E5M2 8 32;.weight_scale BF16 1 1;", OK, "", ""},
    {"Q-0", FP8, ".weight F16 8 32;", OK, "", ""}, /* none need be quantized */
    {"Q-0", "'quant_method':'fbgemm_fp8'", T_FLOATS, OK, "", ""},
    {"Q-0", NULL, ".weight F8_E4M3 8 32;", OK, "", ""},
    {"Q-0", GPTQ, T_GPTQ, OK, "", ""},
    {"Q-0", GPTQ, T_GPTQ IN_ORDER ".bias F16 8;", OK, "", ""},
    {"Q-0", ACT, T_GPTQ ".g_idx I32 32 @3=1;", OK, "", ""},
    {"Q-0", "'quant_method':'gptq','bits':4,'group_size':-1,'checkpoint_format':'GPTQ_v2'",
     ".qweight I32 4 8;.qzeros I32 1 1;.scales F16 1 8;", OK, "", ""},
    {"Q-0", "'quant_method':'gptq','bits':4,'group_size':24", T_GPTQ, OK, "", ""}, /* 24 and 8 */
    {"Q-0", GPTQ ",'dynamic':{'-:lm_head':{}},'meta':{},'sym':true", T_GPTQ, OK, "", ""},
    {"Q-0", AWQ ",'version':'GEMM','zero_point':true", T_AWQ, OK, "", ""},
    {"Q-0", "'quant_method':'awq','w_bit':4,'q_group_size':-1",
     ".qweight I32 32 1;.qzeros I32 1 1;.scales F16 1 8;", OK, "", ""},
    {"Q-0", PACK, T_PACK SHAPE, OK, "", ""},
    {"Q-0", PACK, T_PACK ".weight_shape I32 2 @0=8 @1=32;", OK, "", ""},
    {"Q-0", PACK_ACT, T_PACK SHAPE ".weight_g_idx I32 32 =255;", OK, "", ""}, /* -1: unset */
    {"Q-0", CT("pack-quantized", INT4 ",'symmetric':false"),
     T_PACK SHAPE ".weight_zero_point I32 1 2;", OK, "", ""},
    {"Q-0", FLOATS, T_FLOATS, OK, "", ""},
    {"Q-0", BYTES, ".weight I8 8 32;.weight_scale F32 8;", OK, "", ""},

    {"Q-1", "", "", FORMAT, "quantization_config.quant_method", "missing"},
    {"Q-1", "'quant_method':7", "", FORMAT, "quantization_config.quant_method", "a string"},
    {"Q-1", "'quant_method':'bitsandbytes'", "", UNSUPPORTED, "quantization_config.quant_method",
     "\"bitsandbytes\" is not built in (fp8, fbgemm_fp8"},
    {"Q-1", "'quant_method':'hqq'", "", UNSUPPORTED, "quantization_config.quant_method",
     "dequantize it to BF16 or F32, or use"},
    {"Q-1", "'quant_method':'mxfp4'", "", UNSUPPORTED, "quantization_config.quant_method",
     "\"mxfp4\" is not"},

    {"Q-2", "'quant_method':'gptq'", "", FORMAT, "quantization_config.bits", "missing"},
    {"Q-2", "'quant_method':'gptq','bits':5", "", UNSUPPORTED, "quantization_config.bits",
     "5 bits are not built in"},
    {"Q-2", "'quant_method':'gptq','bits':68", "", UNSUPPORTED, "quantization_config.bits",
     "68 bits"},
    {"Q-2", "'quant_method':'gptq','bits':4,'group_size':0", "", FORMAT,
     "quantization_config.group_size", "-1 or a size"},
    {"Q-2", "'quant_method':'gptq','bits':4,'group_size':-2", "", FORMAT,
     "quantization_config.group_size", "-1 or a size"},
    {"Q-2", "'quant_method':'gptq','bits':4,'group_size':1e3", "", FORMAT,
     "quantization_config.group_size", "-1 or a size"},
    {"Q-2", "'quant_method':'awq','bits':8", "", UNSUPPORTED, "quantization_config.bits", "8 bits"},
    {"Q-2", FP8 ",'weight_block_size':[128]", "", FORMAT, "quantization_config.weight_block_size",
     "two sizes"},
    {"Q-2", FP8 ",'weight_block_size':[128,0]", "", FORMAT, "quantization_config.weight_block_size",
     "two sizes"},
    {"Q-2", FP8 ",'weight_block_size':128", "", FORMAT, "quantization_config.weight_block_size",
     "an array"},
    {"Q-2", CT("pack-quantized", "'num_bits':3"), "", UNSUPPORTED,
     "quantization_config.config_groups.g.weights.num_bits", "3 bits"},
    {"Q-2", CT("float-quantized", "'num_bits':4,'type':'float'"), "", UNSUPPORTED,
     "quantization_config.config_groups.g.weights.num_bits", "4 bits"},
    {"Q-2", CT("pack-quantized", "'num_bits':4,'strategy':'group'"), "", FORMAT,
     "quantization_config.config_groups.g.weights.group_size", "the size is missing"},

    {"Q-3", GPTQ ",'checkpoint_format':'marlin'", "", UNSUPPORTED,
     "quantization_config.checkpoint_format", "\"marlin\" is not built in"},
    {"Q-3", GPTQ ",'is_marlin_format':true", "", UNSUPPORTED,
     "quantization_config.is_marlin_format", "marlin"},
    {"Q-3", GPTQ ",'checkpoint_format':'gptq','format':'gptq_v2'", "", UNSUPPORTED,
     "quantization_config.format", "contradicts checkpoint_format"},
    {"Q-3", GPTQ ",'pack_dtype':'int8'", "", UNSUPPORTED, "quantization_config.pack_dtype", "int8"},
    {"Q-3", AWQ ",'version':'gemv'", "", UNSUPPORTED, "quantization_config.version", "\"gemv\""},
    {"Q-3", AWQ ",'version':'ipex'", "", UNSUPPORTED, "quantization_config.version", "\"ipex\""},
    {"Q-3", AWQ ",'backend':'llm-awq'", "", UNSUPPORTED, "quantization_config.backend", "llm-awq"},
    {"Q-3", FP8 ",'fmt':'e3m4'", "", UNSUPPORTED, "quantization_config.fmt", "\"e3m4\""},
    {"Q-3", CT("marlin-24", INT4), "", UNSUPPORTED, "quantization_config.format", "marlin-24"},
    {"Q-3", CT("nvfp4-pack-quantized", INT4), "", UNSUPPORTED, "quantization_config.format",
     "nvfp4"},
    {"Q-3", CT("mixed-precision", INT4), "", FORMAT, "quantization_config.config_groups.g",
     "a format for this group"},
    {"Q-3", CT("pack-quantized", "'num_bits':4,'type':'float'"), "", UNSUPPORTED,
     "quantization_config.config_groups.g.weights.type", "contradicts the format"},
    {"Q-3", CT("pack-quantized", "'num_bits':4,'strategy':'token'"), "", UNSUPPORTED,
     "quantization_config.config_groups.g.weights.strategy", "\"token\""},
    {"Q-3", "'quant_method':'compressed-tensors','config_groups':{}", "", UNSUPPORTED,
     "quantization_config.config_groups", "no group with weights"},
    {"Q-3", "'quant_method':'compressed-tensors','config_groups':{'g':7}", "", FORMAT,
     "quantization_config.config_groups.g", "an object"},

    {"Q-4", GPTQ ",'dynamic':{'+:.*down':{'bits':8}}", "", UNSUPPORTED,
     "quantization_config.dynamic", "sizes of their own"},
    {"Q-4", GPTQ ",'rotation':'hadamard'", "", UNSUPPORTED, "quantization_config.rotation",
     "rotated"},
    {"Q-4", GPTQ ",'adapter':{}", "", UNSUPPORTED, "quantization_config.adapter", "adapters"},
    {"Q-4", AWQ ",'zero_point':false", "", UNSUPPORTED, "quantization_config.zero_point",
     "without zero points"},
    {"Q-4", BYTES ",'transform_config':{'R1':1}", "", UNSUPPORTED,
     "quantization_config.transform_config", "transformed"},
    {"Q-4", BYTES ",'sparsity_config':{'format':'sparse-24-bitmask'}", "", UNSUPPORTED,
     "quantization_config.sparsity_config.format", "sparse-24-bitmask"},
    {"Q-4", CT("int-quantized", "'num_bits':8,'symmetric':false"), "", UNSUPPORTED,
     "quantization_config.config_groups.g.weights.symmetric", "zero points"},
    {"Q-4", CT("int-quantized", "'num_bits':8,'strategy':'block','block_structure':[2,2]"), "",
     UNSUPPORTED, "quantization_config.config_groups.g.weights.strategy", "blocks of integers"},

    {"Q-5", GPTQ, ".qzeros I32 2 1;.scales F16 2 8;", FORMAT, MATRIX ".weight", "is missing"},
    {"Q-5", GPTQ, ".qweight I32 4 8;.scales F16 2 8;", FORMAT, MATRIX ".qzeros", "is missing"},
    {"Q-5", GPTQ, ".qweight I32 4 8;.qzeros I32 2 1;", FORMAT, MATRIX ".scales", "is missing"},
    {"Q-5", ACT, T_GPTQ, FORMAT, MATRIX ".g_idx", "is missing"},
    {"Q-5", FP8, ".weight F8_E4M3 8 32;", FORMAT, MATRIX ".weight_scale", "is missing"},
    {"Q-5", PACK, T_PACK, FORMAT, MATRIX ".weight_shape", "is missing"},
    {"Q-5", CT("pack-quantized", INT4 ",'symmetric':false"), T_PACK SHAPE, FORMAT,
     MATRIX ".weight_zero_point", "is missing"},

    {"Q-6", GPTQ, ".qweight I32 8 4;.qzeros I32 2 1;.scales F16 2 8;", FORMAT, MATRIX ".qweight",
     "shape [4, 8] is expected"},
    {"Q-6", GPTQ, ".qweight I32 4 8;.qzeros I32 1 1;.scales F16 2 8;", FORMAT, MATRIX ".qzeros",
     "shape [2, 1] is expected"},
    {"Q-6", GPTQ, ".qweight I32 4 8;.qzeros I32 2 1;.scales F16 1 8;", FORMAT, MATRIX ".scales",
     "shape [2, 8] is expected"},
    {"Q-6", GPTQ, T_GPTQ ".g_idx I32 16;", FORMAT, MATRIX ".g_idx", "a vector of 32"},
    {"Q-6", AWQ, ".qweight I32 4 8;.qzeros I32 2 1;.scales F16 2 8;", FORMAT, MATRIX ".qweight",
     "shape [32, 1] is expected"},
    {"Q-6", BLOCK, ".weight F8_E4M3 8 32;.weight_scale_inv F32 2 7;", FORMAT,
     MATRIX ".weight_scale_inv", "shape [3, 7] is expected"},
    {"Q-6", FP8, ".weight F8_E4M3 8 32;.weight_scale F32 8 2;", FORMAT, MATRIX ".weight_scale",
     "shape [1, 1] is expected"},
    {"Q-6", FLOATS, ".weight F8_E4M3 8 32;.weight_scale F32 1;", FORMAT, MATRIX ".weight_scale",
     "shape [8, 1] is expected"},
    {"Q-6", FLOATS, ".weight F8_E4M3 32 8;.weight_scale F32 8 1;", FORMAT, MATRIX ".weight",
     "shape [8, 32] is expected"},
    {"Q-6", PACK, ".weight_packed I32 8 8;.weight_scale BF16 8 2;" SHAPE, FORMAT,
     MATRIX ".weight_packed", "shape [8, 4] is expected"},

    {"Q-7", GPTQ, ".qweight I32 4 8;.qzeros U32 2 1;.scales F16 2 8;", UNSUPPORTED,
     MATRIX ".qzeros", "dtype I32 is expected here, not U32"},
    {"Q-7", GPTQ, ".qweight I32 4 8;.qzeros I32 2 1;.scales I16 2 8;", UNSUPPORTED,
     MATRIX ".scales", "I16 is not built in for scales"},
    {"Q-7", GPTQ, T_GPTQ ".g_idx I64 32;", UNSUPPORTED, MATRIX ".g_idx", "dtype I32 is expected"},
    {"Q-7", FP8, ".weight F8_E4M3 8 32;.weight_scale F8_E8M0;", UNSUPPORTED, MATRIX ".weight_scale",
     "F8_E8M0 is not built in for scales"},
    {"Q-7", PACK, T_PACK ".weight_shape U8 2;", UNSUPPORTED, MATRIX ".weight_shape", "I64"},

    {"Q-8", "'quant_method':'gptq','bits':2,'group_size':16", T_GPTQ, FORMAT, MATRIX ".qweight",
     "8 x 32 numbers of 2 bits do not fill whole words"},

    {"Q-9", ACT, T_GPTQ ".g_idx I32 32 @31=2;", FORMAT, MATRIX ".g_idx",
     "element 31 is 2; groups from 0 to 1"},
    {"Q-9", ACT, T_GPTQ ".g_idx I32 32 @31=-1;", FORMAT, MATRIX ".g_idx", "element 31 is -1"},
    {"Q-9", ACT, T_GPTQ ".g_idx I32 32 @0=-1;", FORMAT, MATRIX ".g_idx", "element 1 is 0"},
    {"Q-9", ACT, T_GPTQ ".g_idx I32 32 @5=-2147483648;", FORMAT, MATRIX ".g_idx", "element 5"},
    {"Q-9", GPTQ, T_GPTQ ".g_idx I32 32 @3=1;", FORMAT, MATRIX ".g_idx", "changes the order"},

    {"Q-10", PACK, T_PACK ".weight_shape I64 2 @0=8 @2=31;", FORMAT, MATRIX ".weight_shape",
     "not the shape"},
    {"Q-10", PACK, T_PACK ".weight_shape I64 2 @0=8 @1=1 @2=32;", FORMAT, MATRIX ".weight_shape",
     "not the shape"},

    {"Q-11", GPTQ, T_GPTQ ".bias F16 8 @3=1;", FORMAT, MATRIX ".bias", "a bias that is not 0"},

    {"Q-12", GPTQ, ".qweight I32 4 8;.qzeros I32 2 1;.scales F16 2 8 @1=31744;", FORMAT,
     MATRIX ".scales", "element 2 is NaN or infinite"},
    {"Q-12", FLOATS, ".weight F8_E4M3 8 32;.weight_scale F32 8 1 @7=1904214016;", FORMAT,
     MATRIX ".weight_scale", "element 7 is NaN or infinite, or 2^100 or more"},
    {"Q-12", FLOATS, ".weight F8_E4M3 8 32;.weight_scale F32 8 1 @7=1904214015;", OK, "", ""},
    {"Q-12", FLOATS, ".weight F8_E4M3 8 32 @2=8323072;.weight_scale F32 8 1;", FORMAT,
     MATRIX ".weight", "element 10 is NaN"},
    {"Q-12", FP8, ".weight F8_E5M2 8 32 @2=31744;.weight_scale F32;", FORMAT, MATRIX ".weight",
     "element 9 is NaN or infinite"},
    {"Q-12", FP8, ".weight F8_E4M3 8 32 =126;.weight_scale F32;", OK, "", ""},

    {"Q-13", NULL, T_FLOATS, UNSUPPORTED, MATRIX ".weight_scale", "has no place"},
    {"Q-13", NULL, T_GPTQ, FORMAT, MATRIX ".qweight", "no quantization_config"},
    {"Q-13", GPTQ, T_GPTQ ".weight F16 8 32;", UNSUPPORTED, MATRIX ".weight", "has no place"},
    {"Q-13", GPTQ, T_GPTQ ".weight_scale F16 8;", UNSUPPORTED, MATRIX ".weight_scale", "no place"},
    {"Q-13", NULL, ".weight F16 8 32;.input_scale F32;", UNSUPPORTED, MATRIX ".input_scale",
     "has no place"},
};

static char *words(char *p, const char *end, uint8_t *data, size_t size)
{
    for (; p < end && *p && strchr("~@= ", *p); p++) {
        const char kind = *p;
        if (kind == ' ') continue;
        const long a = strtol(p + 1, &p, 10), b = kind == '@' ? strtol(p + 1, &p, 10) : 0;
        for (size_t i = 0; kind == '=' && i < size; i++)
            data[i] = (uint8_t)a;
        for (size_t i = 0; kind != '=' && i < size / 4; i++) {
            const int32_t v = (int32_t)(kind == '~' ? (long)i / a : b);
            if (kind == '~' || (long)i == a) memcpy(data + 4 * i, &v, 4);
        }
        p--;
    }
    return p;
}

static size_t width(const char *dtype)
{
    return strchr(dtype, '_') || strcmp(dtype, "I8") == 0 || strcmp(dtype, "U8") == 0
               ? 1
               : (size_t)atoi(dtype + (*dtype == 'B' ? 2 : 1)) / 8;
}

/* The tensors of a list, behind what is there; names that begin with '.' belong to the matrix. */
static void add(char *list, char *header, size_t room, uint8_t *data, size_t *n)
{
    for (char *p = list, *end; *p; p = end + 1) {
        char name[100], dtype[10], shape[60] = "";
        int len = 0;
        size_t bytes, at = 0;
        end = strchr(p, ';');
        CHECK(end && sscanf(p, "%99s %9[A-Z0-9_a-z]%n", name, dtype, &len) == 2);
        bytes = width(dtype);
        for (p += len; p < end && *p == ' ' && p[1] >= '0' && p[1] <= '9';) {
            const unsigned long d = strtoul(p, &p, 10);
            at += (size_t)snprintf(shape + at, sizeof shape - at, "%s%lu", at ? "," : "", d);
            bytes *= d;
        }
        memset(data + *n, 0, bytes);
        CHECK(words(p, end, data + *n, bytes) == end);
        const size_t used = strlen(header);
        snprintf(header + used, room - used,
                 "%c\"%s%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
                 used ? ',' : '{', *name == '.' ? MATRIX : "", name, dtype, shape, *n, *n + bytes);
        *n += bytes;
    }
}

static void write_model(const char *config, const char *tensors)
{
    static char header[1 << 14], lists[2000], file[1 << 16];
    static uint8_t data[1 << 15];
    char text[2000];
    size_t n = 0;
    *header = '\0';
    snprintf(lists, sizeof lists, "%s", plain);
    add(lists, header, sizeof header, data, &n);
    snprintf(lists, sizeof lists, "%s", tensors);
    add(lists, header, sizeof header, data, &n);
    const size_t len = strlen(header) + 1;
    memset(file, 0, 8);
    memcpy(file, &len, sizeof len);
    snprintf(file + 8, sizeof file - 8, "%s}", header);
    memcpy(file + 8 + len, data, n);
    t_write(t_path("model.safetensors"), file, 8 + len + n);

    snprintf(text, sizeof text,
             "{'model_type':'llama','vocab_size':8,'hidden_size':8,'num_hidden_layers':1,"
             "'num_attention_heads':1,'num_key_value_heads':1,'intermediate_size':32,"
             "'max_position_embeddings':16%s%s%s}",
             config ? ",'quantization_config':{" : "", config ? config : "", config ? "}" : "");
    for (char *c = text; *c; c++)
        if (*c == '\'') *c = '"';
    t_text(t_path("config.json"), text);
}

/* Open, hash, digest: the first failure. */
static pot_status read_all(pot_error *err)
{
    pot_model *m = NULL;
    pot_status s = pot_model_open(&m, t_dir, err);
    if (s == OK) s = pot_model_hash(m, 1, NULL, NULL, err);
    if (s == OK) s = pot_model_digest(m, 2, NULL, NULL, err); /* it counts the parameters */
    pot_model_close(&m);
    return s;
}

static void test_cases(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pot_error err = {0};
        write_model(cases[i].config, cases[i].tensors);
        const pot_status s = read_all(&err);
        if (s != cases[i].status || strcmp(err.place, cases[i].place) != 0 ||
            !strstr(err.msg, cases[i].why)) {
            fprintf(stderr, "case %zu, %s: status %d: %s: %s\n", i, cases[i].rule, (int)s,
                    err.place, err.msg);
            exit(1);
        }
        CHECK(pot_mem_used() == 0 && read_all(NULL) == s && pot_mem_used() == 0);
    }
}

/* Warnings: activations that are not quantized, and keys that nobody here knows. */
static void test_warnings(void)
{
    static const struct {
        const char *config, *tensors, *words;
        size_t n;
    } warn[] = {
        {GPTQ ",'sym':true,'nothing':null", T_GPTQ, "", 0},
        {BLOCK, ".weight F16 8 32;", "with activations in F32", 1},
        {FLOATS ",'kv_cache_scheme':{}", T_FLOATS, "with activations in F32", 1},
        {GPTQ ",'new\\n':1", T_GPTQ, "quantization_config.new? is not known", 1},
    };
    for (size_t i = 0; i < sizeof warn / sizeof *warn; i++) {
        pot_model *m;
        write_model(warn[i].config, warn[i].tensors);
        CHECK(pot_model_open(&m, t_dir, NULL) == OK);
        CHECK(pot_model_info(m)->n_warnings == warn[i].n);
        if (warn[i].n) CHECK(strstr(pot_model_info(m)->warnings[0], warn[i].words));
        pot_model_close(&m);
    }
}

int main(void)
{
    t_dir_open();
    test_cases();
    test_warnings();
    return 0;
}
