#include "token/regex.h"

#include "base/fail.h"
#include "token/onig.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdio.h>
#include <string.h>

#define MAX_STEPS     1000000 /* from one starting place; the package gives up at 10 million */
#define MAX_HEAP_KIB  65536   /* of the interpreter, which takes over ... */
#define MAX_JIT_STACK 1048576 /* ... where compiled code needs more stack than this */

struct pot_regex {
    pot_regex *next; /* owned */
    pcre2_general_context *memory;
    pcre2_match_context *limits;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
    pcre2_code *code;
    bool jit, may_be_empty;
    char file[128], path[128]; /* where it stands */
};

static void *take(PCRE2_SIZE n, void *unused)
{
    (void)unused;
    return pot_mem_raw(n, 1);
}

static void give_back(void *p, void *unused)
{
    (void)unused;
    pot_mem_free(p);
}

static void close_one(pot_regex *re)
{
    pcre2_code_free(re->code);
    pcre2_match_data_free(re->data);
    pcre2_jit_stack_free(re->stack);
    pcre2_match_context_free(re->limits);
    pcre2_general_context_free(re->memory);
    pot_mem_free(re);
}

void pot_keep_close(pot_keep *k)
{
    while (k->regexes) {
        pot_regex *re = k->regexes;
        k->regexes = re->next;
        close_one(re);
    }
    pot_arena_close(&k->arena);
}

static pot_status compile(pot_regex *re, const pot_buf *ours, const pot_json *at, pot_error *err)
{
    const uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NO_UTF_CHECK;
    int code;
    PCRE2_SIZE where;
    pcre2_compile_context *how = pcre2_compile_context_create(re->memory);
    if (!how) return pot_fail_mem(err);
    pcre2_set_newline(how, PCRE2_NEWLINE_LF);
    re->code = pcre2_compile((PCRE2_SPTR)ours->p, ours->n, options, &code, &where, how);
    pcre2_compile_context_free(how);
    if (re->code) return POT_OK;
    if (code == PCRE2_ERROR_HEAP_FAILED) return pot_fail_mem(err);

    PCRE2_UCHAR8 why[120];
    pcre2_get_error_message(code, why, sizeof why);
    return pot_json_fail(at, POT_E_UNSUPPORTED, err, "PCRE2 does not take this pattern: %s",
                         (const char *)why);
}

/* Everything that searching needs; compiled code where the processor has it. */
static pot_status prepare(pot_regex *re, pot_error *err)
{
    uint32_t may_be_empty = 0;
    re->limits = pcre2_match_context_create(re->memory);
    re->data = pcre2_match_data_create(1, re->memory);
    if (!re->limits || !re->data) return pot_fail_mem(err);
    pcre2_set_match_limit(re->limits, MAX_STEPS);
    pcre2_set_depth_limit(re->limits, MAX_STEPS);
    pcre2_set_heap_limit(re->limits, MAX_HEAP_KIB);
    pcre2_pattern_info(re->code, PCRE2_INFO_MATCHEMPTY, &may_be_empty);
    re->may_be_empty = may_be_empty;

    const int rc = pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
    if (rc == PCRE2_ERROR_NOMEMORY) return pot_fail_mem(err);
    re->jit = rc == 0;
    if (!re->jit) return POT_OK;
    re->stack = pcre2_jit_stack_create(32768, MAX_JIT_STACK, re->memory);
    if (!re->stack) return pot_fail_mem(err);
    pcre2_jit_stack_assign(re->limits, NULL, re->stack);
    return POT_OK;
}

static pot_status translate(pot_buf *ours, const char *pattern, bool literal, const pot_json *at,
                            pot_error *err)
{
    char why[160];
    pot_status s = POT_OK;
    if (literal) pot_onig_literal(ours, pattern, strlen(pattern));
    else s = pot_onig_translate(ours, why, pattern, strlen(pattern));
    if (s == POT_E_UNSUPPORTED)
        return pot_json_fail(
            at, s, err, "a pattern that PCRE2 may read differently, docs/format/tokenizer.md: %s",
            why);
    if (s != POT_OK) return pot_fail_mem(err);
    pot_buf_str(ours, "");
    return pot_buf_status(ours, err);
}

pot_status pot_regex_open(pot_regex **out, pot_keep *keep, const char *pattern, bool literal,
                          const pot_json *at, pot_error *err)
{
    pot_status s = POT_OK;
    pot_buf ours = POT_BUF(1 << 20);
    pot_regex *re = pot_mem_new(1, sizeof *re);

    if (!re) return pot_fail_mem(err);
    snprintf(re->file, sizeof re->file, "%.127s", at->file ? at->file : "");
    snprintf(re->path, sizeof re->path, "%s", at->path);
    re->memory = pcre2_general_context_create(take, give_back, NULL);
    if (!re->memory) s = pot_fail_mem(err);
    if (s != POT_OK) goto out;
    POT_GO(s, translate(&ours, pattern, literal, at, err));
    POT_GO(s, compile(re, &ours, at, err));
    POT_GO(s, prepare(re, err));
    re->next = keep->regexes;
    keep->regexes = *out = re;
    re = NULL;
out:
    if (re) close_one(re);
    pot_buf_free(&ours);
    return s;
}

pot_status pot_pattern_read(pot_regex **out, pot_keep *keep, const pot_json *at, pot_error *err)
{
    const char *pattern;
    const bool literal = pot_json_has(at, "String");
    if (literal == pot_json_has(at, "Regex"))
        return pot_json_fail(at, POT_E_FORMAT, err, "either String or Regex is expected");
    const char *key = literal ? "String" : "Regex";
    const pot_json place = pot_json_get(at, key);
    POT_TRY(pot_json_str(at, key, &pattern, err));
    return pot_regex_open(out, keep, pattern, literal, &place, err);
}

bool pot_regex_may_be_empty(const pot_regex *re)
{
    return re->may_be_empty;
}

static int search(const pot_regex *re, const char *text, size_t n, size_t from)
{
    const PCRE2_SPTR s = (PCRE2_SPTR)text;
    int rc = PCRE2_ERROR_JIT_STACKLIMIT;
    if (re->jit) rc = pcre2_jit_match(re->code, s, n, from, 0, re->data, re->limits);
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
        rc = pcre2_match(re->code, s, n, from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, re->data,
                         re->limits);
    return rc;
}

static pot_status gave_up(const pot_regex *re, int rc, pot_error *err)
{
    if (rc == PCRE2_ERROR_NOMEMORY) return pot_fail_mem(err);
    pot_fail_at(err, POT_E_UNSUPPORTED, re->path,
                "the pattern needs more than %d steps at one place of this text (PCRE2: %d)",
                MAX_STEPS, rc);
    return pot_fail_in(err, POT_E_UNSUPPORTED, re->file);
}

pot_matches pot_matches_in(const pot_regex *re, const char *text, size_t n)
{
    return (pot_matches){.re = re, .text = text, .n = n};
}

pot_status pot_matches_next(pot_matches *m, pot_error *err)
{
    m->found = false;
    while (m->from <= m->n) {
        const int rc = search(m->re, m->text, m->n, m->from);
        if (rc == PCRE2_ERROR_NOMATCH) return POT_OK;
        if (rc < 0) return gave_up(m->re, rc, err);
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m->re->data);
        if (at[0] == at[1] && m->matched && m->last_end == at[1]) {
            do
                m->from++; /* to the next character */
            while (m->from < m->n && (m->text[m->from] & 0xc0) == 0x80);
            continue;
        }
        m->start = (uint32_t)at[0];
        m->end = (uint32_t)at[1];
        m->from = m->last_end = at[1];
        m->matched = m->found = true;
        return POT_OK;
    }
    return POT_OK;
}
