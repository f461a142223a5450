/* How the pieces of a byte-level vocabulary are found in a text: patterns by the name that a GGUF
 * file gives in tokenizer.ggml.pre.  The patterns of one list run in order, each cutting the
 * pieces of the one before into matches and what is between them.
 *
 * Source: the tokenizer.json files of the models and, for `default`, llama.cpp; checked against
 * llama.cpp's own vectors in tests/diff/test_gguf_tokens.c. */
#include "token/pre.h"

#include <stddef.h>

#define GPT2 "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

#define CJK "[\\x{4e00}-\\x{9fa5}\\x{800}-\\x{4e00}\\x{ac00}-\\x{d7ff}]+"

static const char *const gpt2[] = {GPT2, NULL};

static const char *const llama3[] = {
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}"
    "\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    NULL};

static const char *const qwen2[] = {
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]"
    "+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    NULL};

static const char *const qwen35[] = {
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L"
    "}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    NULL};

static const char *const o200k[] = {
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M"
    "}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}"
    "\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^"
    "\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    NULL};

static const char *const tekken[] = {
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M"
    "}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}"
    "\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    NULL};

static const char *const starcoder[] = {"\\p{N}", GPT2, NULL};

static const char *const falcon[] = {"[\\p{P}$+<=>^`|~]+", GPT2, "[0-9][0-9][0-9]", NULL};

static const char *const bloom[] = {
    " ?[^(\\s|.,!?\\x{2026}\\x{3002}\\x{ff0c}\\x{3001}\\x{964}\\x{6d4}\\x{60c})]+", NULL};

static const char *const dscoder[] = {"[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+",
                                      CJK,        "\\p{N}",      NULL};

static const char *const dsllm[] = {
    "[\\r\\n]",
    "\\s?[A-Za-z\\x{b5}\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{1ba}\\x{1bc}-\\x{1bf}\\x{1"
    "c4}-\\x{293}\\x{295}-\\x{2af}\\x{370}-\\x{373}\\x{376}\\x{377}\\x{37b}-\\x{37d}\\x{37f"
    "}\\x{386}\\x{388}-\\x{38a}\\x{38c}\\x{38e}-\\x{3a1}\\x{3a3}-\\x{3f5}\\x{3f7}-\\x{481}"
    "\\x{48a}-\\x{52f}\\x{531}-\\x{556}\\x{10a0}-\\x{10c5}\\x{13a0}-\\x{13f5}\\x{13f8}-\\x{"
    "13fd}\\x{1c90}-\\x{1cba}\\x{1cbd}-\\x{1cbf}\\x{1d00}-\\x{1d2b}\\x{1d6b}-\\x{1d77}\\x{1"
    "d79}-\\x{1d9a}\\x{1e00}-\\x{1f15}\\x{1f18}-\\x{1f1d}\\x{1f20}-\\x{1f45}\\x{1f48}-\\x{1"
    "f4d}\\x{1f50}-\\x{1f57}\\x{1f59}\\x{1f5b}\\x{1f5d}\\x{1f5f}-\\x{1f7d}\\x{1f80}-\\x{1fb"
    "4}\\x{1fb6}-\\x{1fbc}\\x{1fbe}\\x{1fc2}-\\x{1fc4}\\x{1fc6}-\\x{1fcc}\\x{1fd0}-\\x{1fd3"
    "}\\x{1fd6}-\\x{1fdb}\\x{1fe0}-\\x{1fec}\\x{1ff2}-\\x{1ff4}\\x{1ff6}-\\x{1ffc}\\x{2102}"
    "\\x{2107}\\x{210a}-\\x{2113}\\x{2115}\\x{2119}-\\x{211d}\\x{2124}\\x{2126}\\x{2128}\\x"
    "{212a}-\\x{212d}\\x{212f}-\\x{2134}\\x{2139}\\x{213c}-\\x{213f}\\x{2145}-\\x{2149}\\x{"
    "214e}\\x{2183}\\x{2184}\\x{2c00}-\\x{2c7b}\\x{2c7e}-\\x{2ce4}\\x{2ceb}-\\x{2cee}\\x{2c"
    "f2}\\x{2cf3}\\x{a640}-\\x{a66d}\\x{a680}-\\x{a69b}\\x{a722}-\\x{a76f}\\x{a771}-\\x{a78"
    "7}\\x{a78b}-\\x{a78e}\\x{ab70}-\\x{abbf}\\x{fb00}-\\x{fb06}\\x{fb13}-\\x{fb17}\\x{ff21"
    "}-\\x{ff3a}\\x{ff41}-\\x{ff5a}\\x{10400}-\\x{1044f}\\x{104b0}-\\x{104d3}\\x{104d8}-\\x"
    "{104fb}\\x{10c80}-\\x{10cb2}\\x{10cc0}-\\x{10cf2}\\x{118a0}-\\x{118df}\\x{1e900}-\\x{1"
    "e943}]+",
    "\\s?[!-/:-~\\x{ff01}-\\x{ff0f}\\x{ff1a}-\\x{ff5e}\\x{2018}-\\x{201f}\\x{3000}-\\x{3002"
    "}]+",
    "\\s+$",
    CJK,
    "\\p{N}+",
    NULL};

static const char *const dsv3[] = {
    "\\p{N}{1,3}", "[\\x{4e00}-\\x{9fa5}\\x{3040}-\\x{309f}\\x{30a0}-\\x{30ff}]+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p"
    "{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    NULL};

static const char *const fallback[] = {"[\\p{P}$+<=>^|~]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]",
                                       NULL};

static const char *const viking[] = {
    " ?[^(\\s|.,!?\\x{2026}\\x{3002}\\x{ff0c}\\x{3001}\\x{964}\\x{6d4}\\x{60c})]+", "\\p{N}", NULL};

#define CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define UPPER        "\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}"
#define LOWER        "\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}"
#define NO_LETTER    "[^\\r\\n\\p{L}\\p{N}]?"
#define SPACES       "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

static const char *const spark[] = {
    "\\p{N}{1,3}", "[\\x{4e00}-\\x{9fa5}\\x{3040}-\\x{309f}\\x{30a0}-\\x{30ff}]+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p"
    "{L}\\p{M}]+| ?[\\p{P}\\p{S}]+|[\\r\\n]|\\s+(?!\\S)|\\s+",
    "\\p{N}", NULL};

static const char *const youtu[] = {
    "[\\x{ac00}-\\x{d7a3}\\x{3131}-\\x{318e}]+|[\\x{ff01}\\x{2026}\\x{201c}\\x{201d}\\x{2018}"
    "\\x{2019}\\x{2014}\\x{ff1a}\\x{ff1b}\\x{ff0c}\\x{3001}-\\x{303f}\\x{fe30}-\\x{fe4f}]+|"
    "[\\x{3105}-\\x{312f}]+|[\\x{4e00}-\\x{9fa5}\\x{3040}-\\x{309f}\\x{30a0}-\\x{30ff}]+",
    NO_LETTER "[" UPPER "]*[" LOWER "]+" CONTRACTIONS "?|" NO_LETTER "[" UPPER "]+[" LOWER
              "]*" CONTRACTIONS "?|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" SPACES,
    NULL};

static const char *const jais2[] = {
    CONTRACTIONS
    "|" NO_LETTER "\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"
    "\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)|\\s{16}(?!\\S)|"
    "\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}",
    NULL};

static const char *const minicpm5[] = {
    "\\p{N}{1,3}",
    CONTRACTIONS "|" NO_LETTER "\\p{L}+|\\p{N}+| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" SPACES, NULL};

static const char *const exaone_moe[] = {
    CONTRACTIONS "|" NO_LETTER "(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+"
                 "[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
    NULL};

/* Behind digits \b is that no letter or digit follows. */
static const char *const aya[] = {"\\d{1,3}(?=(?:\\d{3})*(?!\\w))",
                                  NO_LETTER "[" UPPER "]*[" LOWER "]+" CONTRACTIONS "?|" NO_LETTER
                                            "[" UPPER "]+[" LOWER "]*" CONTRACTIONS
                                            "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" SPACES,
                                  NULL};

static const char *const kimi[] = {"[\\p{Han}]+|" NO_LETTER "[" UPPER "&&[^\\p{Han}]]*[" LOWER
                                   "&&[^\\p{Han}]]+" CONTRACTIONS "?|" NO_LETTER "[" UPPER
                                   "&&[^\\p{Han}]]+[" LOWER "&&[^\\p{Han}]]*" CONTRACTIONS
                                   "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" SPACES,
                                   NULL};

static const char *const bailing[] = {
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|"
    "\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
    NULL};

static const char *const seed[] = {
    CONTRACTIONS "|" NO_LETTER "\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|" SPACES, NULL};

static const char *const ufakzeka[] = {
    NO_LETTER "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" SPACES, NULL};

static const char *const laguna[] = {
    "[^\\n]+|[\\n]+",
    CONTRACTIONS "|" NO_LETTER "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" SPACES, NULL};

const struct pot_pre pot_pres[] = {
    {"gpt-2", gpt2, false, false, false},
    {"phi-2", gpt2, false, false, false},
    {"mpt", gpt2, false, false, false},
    {"olmo", gpt2, false, false, true},
    {"jais", gpt2, false, false, false},
    {"trillion", gpt2, false, false, false},
    {"granite-docling", gpt2, false, false, false},
    {"exaone4", gpt2, false, false, false},
    {"mellum", gpt2, false, false, false},
    {"gigachat", gpt2, false, false, false},
    {"a.x-4.0", gpt2, false, false, false},
    {"llama3", llama3, true, true, false},
    {"llama-v3", llama3, true, true, false},
    {"llama-bpe", llama3, true, true, false},
    {"falcon3", llama3, true, true, false},
    {"falcon-h1", llama3, true, true, false},
    {"pixtral", llama3, true, true, false},
    {"lfm2", llama3, true, true, false},
    {"midm-2.0", llama3, true, true, false},
    {"dbrx", llama3, false, false, false},
    {"smaug-bpe", llama3, false, false, false},
    {"glm4", llama3, true, false, false},
    {"glm5", llama3, true, false, false},
    {"chatglm-bpe", llama3, false, false, false},
    {"qwen2", qwen2, false, false, true},
    {"deepseek-r1-qwen", qwen2, false, false, false},
    {"megrez", qwen2, false, false, false},
    {"kormo", qwen2, false, false, false},
    {"f2llmv2", qwen2, false, false, false},
    {"stablelm2", qwen2, false, false, true},
    {"hunyuan", qwen2, false, false, false},
    {"grok-2", qwen2, false, false, false},
    {"solar-open", qwen2, false, false, false},
    {"qwen35", qwen35, false, false, false},
    {"gpt-4o", o200k, false, false, false},
    {"llama4", o200k, false, false, false},
    {"kanana2", o200k, false, false, false},
    {"talkie", o200k, false, false, false},
    {"minimax-m2", o200k, false, false, false},
    {"tekken", tekken, true, true, false},
    {"starcoder", starcoder, false, false, false},
    {"refact", starcoder, false, false, false},
    {"command-r", starcoder, false, false, true},
    {"smollm", starcoder, false, false, false},
    {"codeshell", starcoder, false, false, false},
    {"exaone", starcoder, false, false, false},
    {"minerva-7b", starcoder, false, false, false},
    {"mellum2", starcoder, false, false, false},
    {"falcon", falcon, false, false, false},
    {"bloom", bloom, false, false, false},
    {"poro-chat", bloom, false, false, false},
    {"gpt3-finnish", bloom, false, false, false},
    {"viking", viking, false, false, false},
    {"deepseek-v3", dsv3, false, false, false},
    {"hunyuan-dense", dsv3, false, false, false},
    {"joyai-llm", dsv3, false, false, false},
    {"hy_v4", dsv3, false, false, false},
    {"deepseek-coder", dscoder, false, false, false},
    {"deepseek-llm", dsllm, false, false, false},
    {"laguna", laguna, false, false, false},
    {"ufakzeka", ufakzeka, false, false, false},
    {"seed-coder", seed, false, false, false},
    {"llada-moe", bailing, false, false, false},
    {"bailingmoe2", bailing, false, false, false},
    {"bailingmoe", bailing, false, false, false},
    {"kimi-k2", kimi, false, false, false},
    {"cohere2moe", aya, false, false, false},
    {"tiny_aya", aya, false, false, false},
    {"exaone-moe", exaone_moe, false, false, false},
    {"minicpm5", minicpm5, true, false, false},
    {"jais-2", jais2, false, false, false},
    {"youtu", youtu, true, false, false},
    {"spark2_5", spark, false, false, false},
    {"default", fallback, false, false, false},
    {NULL, NULL, false, false, false},
};
