#include "base/json.h"

#include "base/fail.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* When memory runs out, jansson's lexer goes on: it drops the byte for which a string had to
 * grow, and where that was the closing quote it reads past the end.  So during our calls its
 * allocator is wrapped: after one failure all others fail too, and the call is POT_E_NOMEM. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned calls; /* under `lock`: how many threads are between guard and unguard */
static _Atomic(json_malloc_t) real_malloc;
static json_free_t real_free;
static _Thread_local bool inside, ran_out;

static void *guarded_malloc(size_t n)
{
    void *p = inside && ran_out ? NULL : atomic_load(&real_malloc)(n);
    if (!p) ran_out = true;
    return p;
}

static void guard(void)
{
    pthread_mutex_lock(&lock);
    if (calls++ == 0) {
        json_malloc_t now;
        json_get_alloc_funcs(&now, &real_free);
        atomic_store(&real_malloc, now);
        json_set_alloc_funcs(guarded_malloc, real_free);
    }
    pthread_mutex_unlock(&lock);
    inside = true;
    ran_out = false;
}

/* True if memory ran out since guard. */
static bool unguard(void)
{
    inside = false;
    pthread_mutex_lock(&lock);
    if (--calls == 0) json_set_alloc_funcs(atomic_load(&real_malloc), real_free);
    pthread_mutex_unlock(&lock);
    return ran_out;
}

pot_status pot_json_parse(pot_json *doc, pot_bytes text, const char *file, pot_error *err)
{
    json_error_t e;
    if (!text.n) {
        pot_fail(err, POT_E_FORMAT, "JSON is expected, and nothing is here");
        return pot_fail_in(err, POT_E_FORMAT, file);
    }
    guard();
    json_t *v = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &e);
    if (unguard()) {
        json_decref(v);
        return pot_fail_in(err, pot_fail_mem(err), file);
    }
    if (!v) {
        if (e.line > 1)
            pot_fail(err, POT_E_FORMAT, "not valid JSON: %s, line %d; fetch or mend the file",
                     e.text, e.line);
        else pot_fail(err, POT_E_FORMAT, "not valid JSON: %s; fetch or mend the file", e.text);
        pot_fail_in(err, POT_E_FORMAT, file);
        return pot_fail_offset(err, POT_E_FORMAT, e.position < 0 ? 0 : (uint64_t)e.position);
    }
    *doc = (pot_json){.v = v, .file = file};
    return POT_OK;
}

void pot_json_close(pot_json *doc)
{
    json_decref(doc->v);
    doc->v = NULL;
}

static pot_json below(const pot_json *at, json_t *v, const char *step)
{
    pot_json to = {.v = json_is_null(v) ? NULL : v, .file = at->file};
    const bool dot = at->path[0] && step[0] != '[';
    snprintf(to.path, sizeof to.path, "%.60s%s%.60s", at->path, dot ? "." : "", step);
    return to;
}

pot_json pot_json_get(const pot_json *obj, const char *key)
{
    return below(obj, json_object_get(obj->v, key), key);
}

pot_json pot_json_at(const pot_json *arr, size_t i)
{
    char step[32];
    snprintf(step, sizeof step, "[%zu]", i);
    return below(arr, json_array_get(arr->v, i), step);
}

bool pot_json_has(const pot_json *obj, const char *key)
{
    const json_t *v = json_object_get(obj->v, key);
    return v && !json_is_null(v);
}

pot_status pot_json_fail(const pot_json *at, pot_status status, pot_error *err, const char *fmt,
                         ...)
{
    char msg[320];
    va_list va;
    va_start(va, fmt);
    vsnprintf(msg, sizeof msg, fmt, va);
    va_end(va);
    pot_fail_at(err, status, at->path, "%s", msg);
    return pot_fail_in(err, status, at->file);
}

/* The member, which must be there and of the given type. */
static pot_status typed(const pot_json *obj, const char *key, bool ok(const json_t *),
                        const char *what, pot_json *out, pot_error *err)
{
    const pot_json m = pot_json_get(obj, key);
    if (!m.v) return pot_json_fail(&m, POT_E_FORMAT, err, "missing; %s is expected", what);
    if (!ok(m.v)) return pot_json_fail(&m, POT_E_FORMAT, err, "%s is expected", what);
    *out = m;
    return POT_OK;
}

static bool is_object(const json_t *v)
{
    return json_is_object(v);
}

static bool is_array(const json_t *v)
{
    return json_is_array(v);
}

static bool is_string(const json_t *v)
{
    return json_is_string(v);
}

static bool is_u32(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= 0 && json_integer_value(v) <= UINT32_MAX;
}

static bool is_number(const json_t *v)
{
    return json_is_number(v);
}

static bool is_bool(const json_t *v)
{
    return json_is_boolean(v);
}

pot_status pot_json_object(const pot_json *obj, const char *key, pot_json *out, pot_error *err)
{
    return typed(obj, key, is_object, "an object", out, err);
}

pot_status pot_json_array(const pot_json *obj, const char *key, pot_json *out, pot_error *err)
{
    return typed(obj, key, is_array, "an array", out, err);
}

pot_status pot_json_str(const pot_json *obj, const char *key, const char **out, pot_error *err)
{
    pot_json m;
    POT_TRY(typed(obj, key, is_string, "a string", &m, err));
    *out = json_string_value(m.v);
    return POT_OK;
}

pot_status pot_json_u32(const pot_json *obj, const char *key, uint32_t *out, pot_error *err)
{
    pot_json m;
    POT_TRY(typed(obj, key, is_u32, "an integer from 0 to 4294967295", &m, err));
    *out = (uint32_t)json_integer_value(m.v);
    return POT_OK;
}

pot_status pot_json_f64(const pot_json *obj, const char *key, double *out, pot_error *err)
{
    pot_json m;
    POT_TRY(typed(obj, key, is_number, "a number", &m, err));
    *out = json_number_value(m.v);
    return POT_OK;
}

pot_status pot_json_bool(const pot_json *obj, const char *key, bool *out, pot_error *err)
{
    pot_json m;
    POT_TRY(typed(obj, key, is_bool, "true or false", &m, err));
    *out = json_is_true(m.v);
    return POT_OK;
}

pot_status pot_json_opt_str(const pot_json *obj, const char *key, const char **out, pot_error *err)
{
    return pot_json_has(obj, key) ? pot_json_str(obj, key, out, err) : POT_OK;
}

pot_status pot_json_opt_u32(const pot_json *obj, const char *key, uint32_t *out, pot_error *err)
{
    return pot_json_has(obj, key) ? pot_json_u32(obj, key, out, err) : POT_OK;
}

pot_status pot_json_opt_f64(const pot_json *obj, const char *key, double *out, pot_error *err)
{
    return pot_json_has(obj, key) ? pot_json_f64(obj, key, out, err) : POT_OK;
}

pot_status pot_json_opt_bool(const pot_json *obj, const char *key, bool *out, pot_error *err)
{
    return pot_json_has(obj, key) ? pot_json_bool(obj, key, out, err) : POT_OK;
}

static int add_to(const char *p, size_t n, void *out)
{
    pot_buf_add(out, p, n);
    return 0;
}

pot_status pot_json_dump(pot_buf *out, json_t *v, bool indent, pot_error *err)
{
    if (!v) return pot_fail_mem(err);
    const size_t flags =
        (indent ? JSON_INDENT(2) : JSON_COMPACT) | JSON_REAL_PRECISION(9) | JSON_ENCODE_ANY;
    guard();
    const int bad = json_dump_callback(v, add_to, out, flags);
    const bool nomem = unguard();
    json_decref(v);
    if (bad && nomem) return pot_fail_mem(err);
    if (bad) return pot_fail(err, POT_E_ARG, "a value that JSON cannot hold (not UTF-8, NaN)");
    return pot_buf_status(out, err);
}
