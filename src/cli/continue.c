/* generate: texts that a model continues. */
#define _POSIX_C_SOURCE 200809L /* isatty, clock_gettime */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <pot/generate.h>
#include <pot/report.h>

#define UNKNOWN "\xef\xbf\xbd" /* what an unfinished character is decoded to */

/* One text: prompt and continuation. */
struct text {
    uint32_t *id; /* owned: malloc */
    size_t n, prompt, room;
    pot_decoded base, all; /* the text of the prompt, and of all that is there */
    size_t shown;          /* bytes of the continuation that are printed */
    size_t cut;            /* bytes before a stop string; SIZE_MAX: none was seen */
};

struct job {
    const args *a;
    const pot_tokenizer *t;
    struct text *text; /* owned: malloc, [n] */
    size_t n, room;
    const char *stop;
    bool stream, failed, lost; /* lost: stdout takes no more */
    pot_error err;
    size_t tokens;
    struct timespec first, last; /* when tokens came */
};

/* What the continuation adds to the prompt: docs/format/generate.md. */
static pot_status continuation(const struct job *j, struct text *t, const char **s, size_t *n,
                               pot_error *err)
{
    *s = "", *n = 0;
    if (!j->t) return POT_OK;
    POT_TRY(pot_tokenizer_decode(j->t, &t->all, t->id, t->n, true, err));
    if (t->all.n < t->base.n || memcmp(t->all.p, t->base.p, t->base.n) != 0) {
        POT_TRY(
            pot_tokenizer_decode(j->t, &t->all, t->id + t->prompt, t->n - t->prompt, true, err));
        *s = t->all.p, *n = t->all.n;
    } else {
        *s = t->all.p + t->base.n, *n = t->all.n - t->base.n;
    }
    if (t->cut < *n) *n = t->cut;
    return POT_OK;
}

/* Bytes of s that no further token can change: not an unfinished character at the end, nor what
 * may begin a stop string. */
static size_t settled(const char *s, size_t n, const char *stop)
{
    while (n >= 3 && memcmp(s + n - 3, UNKNOWN, 3) == 0)
        n -= 3;
    for (size_t k = stop ? strlen(stop) : 0; k > 0; k--)
        if (k <= n && memcmp(s + n - k, stop, k) == 0) return n - k;
    return n;
}

static bool show(struct text *t, const char *s, size_t n)
{
    if (n <= t->shown) return true;
    const bool ok =
        fwrite(s + t->shown, 1, n - t->shown, stdout) == n - t->shown && fflush(stdout) == 0;
    t->shown = n;
    return ok;
}

/* Where a string begins in the first n bytes of s; n if it does not. */
static size_t find(const char *s, size_t n, const char *what)
{
    const size_t k = strlen(what);
    for (size_t i = 0; i + k <= n; i++)
        if (memcmp(s + i, what, k) == 0) return i;
    return n;
}

static pot_token_answer on_token(void *ctx, size_t prompt, uint32_t id, float logprob)
{
    struct job *j = ctx;
    struct text *t = &j->text[prompt];
    const char *s;
    size_t n;
    (void)logprob;
    clock_gettime(CLOCK_MONOTONIC, j->tokens++ ? &j->last : &j->first);
    t->id[t->n++] = id;
    if (stop_asked) return POT_TOKEN_ABORT;
    if (!j->stream && !j->stop) return POT_TOKEN_NEXT;
    j->failed = continuation(j, t, &s, &n, &j->err) != POT_OK;
    if (j->failed) return POT_TOKEN_ABORT;
    const size_t at = j->stop ? find(s, n, j->stop) : n;
    const bool stopped = at < n;
    if (stopped) t->cut = at;
    j->lost = j->stream && !show(t, s, stopped ? at : settled(s, n, j->stop));
    if (j->lost) return POT_TOKEN_ABORT;
    return stopped ? POT_TOKEN_STOP : POT_TOKEN_NEXT;
}

static bool ask(void *ctx)
{
    (void)ctx;
    return !stop_asked;
}

/* ---- prompts ------------------------------------------------------------------------------ */

static struct text *new_text(struct job *j)
{
    if (j->n == j->room) {
        const size_t room = j->room ? 2 * j->room : 8;
        struct text *p = realloc(j->text, room * sizeof *p);
        if (!p) return NULL;
        j->text = p, j->room = room;
    }
    j->text[j->n] = (struct text){.cut = SIZE_MAX};
    return &j->text[j->n++];
}

static bool add_ids(struct job *j, const uint32_t *id, size_t n, size_t max_tokens)
{
    struct text *t = new_text(j);
    if (t) t->id = calloc(n + max_tokens + 1, sizeof *t->id);
    if (!t || !t->id) return trouble("out of memory"), false;
    if (n) memcpy(t->id, id, n * sizeof *id);
    t->n = t->prompt = n;
    return true;
}

static bool add_text(struct job *j, pot_tokenizer *t, const char *s, size_t n, size_t max_tokens)
{
    pot_error err = {0};
    pot_tokens ids = {0};
    if (!t) return trouble("%s has no tokenizer: give --ids", j->a->word[0]), false;
    if (pot_tokenizer_encode(t, &ids, s, n, !arg(j->a, "--no-special"), &err) != POT_OK)
        return failed(&err), false;
    const bool ok = ids.n ? add_ids(j, ids.id, ids.n, max_tokens)
                          : (trouble("a prompt is empty: there is no token to begin with"), false);
    pot_tokens_free(&ids);
    return ok;
}

/* "1,2,3;4,5": one prompt for each list. */
static bool add_all_ids(struct job *j, const char *text, size_t max_tokens)
{
    uint32_t *id = calloc(strlen(text) + 1, sizeof *id);
    size_t n = 0;
    bool ok = id != NULL;
    if (!ok) trouble("out of memory");
    for (const char *s = text; ok; s++) {
        char *end;
        const unsigned long long v = strtoull(s, &end, 10);
        if (s[0] < '0' || s[0] > '9' || v > UINT32_MAX || !strchr(",;", *end)) {
            trouble("--ids: numbers separated by commas are expected, at \"%.20s\"", s);
            ok = false;
            break;
        }
        id[n++] = (uint32_t)v;
        if (*end != ',') ok = add_ids(j, id, n, max_tokens), n = 0;
        if (!*end) break;
        s = end;
    }
    free(id);
    return ok;
}

static bool add_lines(struct job *j, pot_tokenizer *t, const input *in, size_t max_tokens)
{
    for (size_t at = 0; at < in->n;) {
        const char *end = memchr(in->p + at, '\n', in->n - at);
        const size_t n = end ? (size_t)(end - in->p) - at : in->n - at;
        if (!add_text(j, t, in->p + at, n, max_tokens)) return false;
        at += n + 1;
    }
    return true;
}

static bool read_prompts(struct job *j, pot_tokenizer *t, size_t max_tokens)
{
    const args *a = j->a;
    const char *file = arg(a, "--prompt-file"), *lines = arg(a, "--prompts"),
               *ids = arg(a, "--ids");
    input in = {0};
    if ((a->words > 1) + !!file + !!lines + !!ids > 1)
        return trouble("one of PROMPT ..., --prompt-file, --prompts and --ids"), false;
    if (ids) return add_all_ids(j, ids, max_tokens);
    for (int i = 1; i < a->words; i++)
        if (!add_text(j, t, a->word[i], strlen(a->word[i]), max_tokens)) return false;
    if (a->words > 1) return true;
    if (!read_all(&in, lines ? lines : file ? file : "-")) return false;
    const bool ok =
        lines ? add_lines(j, t, &in, max_tokens) : add_text(j, t, in.p, in.n, max_tokens);
    free(in.p);
    if (ok && !j->n) return trouble("there is no prompt"), false;
    return ok;
}

/* ---- results ------------------------------------------------------------------------------ */

static int print_one(struct job *j, size_t i, const pot_completion *c)
{
    pot_error err = {0};
    pot_text out = {0};
    struct text *t = &j->text[i];
    const char *s;
    size_t n;
    if (continuation(j, t, &s, &n, &err) != POT_OK) return failed(&err);
    if (j->stream) {
        const bool line = n && s[n - 1] == '\n';
        if (show(t, s, n) && (line || puts("") >= 0) && fflush(stdout) == 0) return 0;
        return trouble("cannot write to stdout");
    }
    const pot_prompt prompt = {t->id, t->prompt};
    if (pot_report_completion(&out, j->t, i, &prompt, c, j->t ? s : NULL, n,
                              arg(j->a, "--json") != NULL, &err) != POT_OK)
        return failed(&err);
    return print_text(&out, 0);
}

static void print_speed(const struct job *j, const pot_completion *c)
{
    const double seconds = (double)(j->last.tv_sec - j->first.tv_sec) +
                           1e-9 * (double)(j->last.tv_nsec - j->first.tv_nsec);
    if (arg(j->a, "-q") || !isatty(STDERR_FILENO)) return;
    fprintf(stderr, "%zu token%s", j->tokens, j->tokens == 1 ? "" : "s");
    if (j->tokens > j->n && seconds > 0)
        fprintf(stderr, ", %.1f tokens/s", (double)(j->tokens - j->n) / seconds);
    if (j->n == 1) fprintf(stderr, ", finish: %s", pot_finish_name(c->finish));
    fputs("\n", stderr);
}

static int run_all(struct job *j, const pot_model *m, pot_generate_options *how)
{
    pot_error err = {0};
    int status = 0;
    pot_prompt *prompt = calloc(j->n, sizeof *prompt);
    pot_completion *c = calloc(j->n, sizeof *c);
    if (!prompt || !c) status = trouble("out of memory");
    for (size_t i = 0; !status && i < j->n; i++) {
        struct text *t = &j->text[i];
        prompt[i] = (pot_prompt){t->id, t->prompt};
        if (j->t && pot_tokenizer_decode(j->t, &t->base, t->id, t->prompt, true, &err) != POT_OK)
            status = failed(&err);
    }
    how->token = on_token, how->ask = ask, how->ctx = j;
    if (!status && pot_generate(m, c, prompt, j->n, how, &err) != POT_OK)
        status = j->lost ? trouble("cannot write to stdout") : failed(j->failed ? &j->err : &err);
    else if (!status) {
        for (size_t i = 0; i < j->n && !status; i++)
            status = print_one(j, i, &c[i]);
        print_speed(j, c);
        pot_completions_free(c, j->n);
    }
    free(prompt);
    free(c);
    return status;
}

/* ---- options ------------------------------------------------------------------------------ */

static bool read_options(const args *a, pot_generate_options *how)
{
    unsigned long long tokens = 64, top_k = 0, seed = 0;
    const bool draws =
        arg(a, "--temperature") || arg(a, "--top-p") || arg(a, "--top-k") || arg(a, "--seed");
    *how = (pot_generate_options){.temperature = draws ? 1 : 0, .top_p = 1};
    if (!arg_number(a, "--max-tokens", &tokens, 1, 1000000)) return false;
    if (!arg_compute(a, &how->compute)) return false;
    if (!arg_number(a, "--top-k", &top_k, 1, UINT32_MAX)) return false;
    if (!arg_number(a, "--seed", &seed, 0, UINT64_MAX)) return false;
    if (!arg_real(a, "--temperature", &how->temperature, 0, 100)) return false;
    if (!arg_real(a, "--top-p", &how->top_p, 0, 1)) return false;
    if (arg(a, "--stop") && !*arg(a, "--stop"))
        return trouble("--stop: a string of at least one byte is expected"), false;
    how->max_tokens = (size_t)tokens;
    how->top_k = (uint32_t)top_k, how->seed = seed;
    return true;
}

static pot_status open_both(pot_model **m, pot_tokenizer **t, const char *name, pot_error *err)
{
    POT_TRY(pot_model_open(m, name, err));
    const char *path = pot_model_tokenizer_path(*m);
    return path ? pot_tokenizer_open(t, path, err) : POT_OK;
}

int run_generate(const args *a)
{
    pot_error err = {0};
    pot_model *m = NULL;
    pot_tokenizer *t = NULL;
    pot_generate_options how;
    uint32_t end[POT_MOST_END_IDS];
    struct job j = {.a = a, .stop = arg(a, "--stop")};
    int status = EXIT_TROUBLE;
    if (!read_options(a, &how)) return EXIT_TROUBLE;
    how.end = end;
    pot_status s = open_both(&m, &t, a->word[0], &err);
    if (s == POT_OK && !arg(a, "--ignore-end")) s = pot_model_end_ids(m, end, &how.n_end, &err);
    j.t = t;
    if (s != POT_OK) failed(&err);
    else if (!t && j.stop) trouble("--stop: %s has no tokenizer", a->word[0]);
    else if (read_prompts(&j, t, how.max_tokens)) {
        j.stream = j.n == 1 && t && !arg(a, "--json");
        status = run_all(&j, m, &how);
    }
    for (size_t i = 0; i < j.n; i++) {
        pot_decoded_free(&j.text[i].base);
        pot_decoded_free(&j.text[i].all);
        free(j.text[i].id);
    }
    free(j.text);
    pot_tokenizer_close(&t);
    pot_model_close(&m);
    return status;
}
