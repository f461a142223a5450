/* score, tokenize, inspect: one model each. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pot/report.h>
#include <pot/score.h>

/* "1,2,3" -> ids; NULL, with a message, if it is not that. */
static uint32_t *parse_ids(const char *text, size_t *n)
{
    size_t most = 1;
    for (const char *s = text; *s; s++)
        most += *s == ',';
    uint32_t *id = calloc(most, sizeof *id);
    for (*n = 0; id && *n < most; ++*n) {
        char *end;
        const unsigned long long v = strtoull(text, &end, 10);
        if (text[0] < '0' || text[0] > '9' || v > UINT32_MAX ||
            *end != (*n + 1 < most ? ',' : '\0')) {
            trouble("--ids: numbers separated by commas are expected, at \"%.20s\"", text);
            free(id);
            return NULL;
        }
        id[*n] = (uint32_t)v;
        text = end + 1;
    }
    return id;
}

static int score_ids(const args *a, const pot_model *m, const pot_tokenizer *t, const uint32_t *id,
                     size_t n)
{
    pot_error err = {0};
    pot_text text = {0};
    pot_compute how;
    if (!arg_compute(a, &how)) return EXIT_TROUBLE;
    float *logprob = calloc(n ? n : 1, sizeof *logprob);
    if (!logprob) return trouble("out of memory");
    pot_status s = pot_score_ids(m, logprob, id, n, &how, &err);
    if (s == POT_OK)
        s = pot_report_scores(&text, t, id, logprob, n, arg(a, "--json") != NULL, &err);
    free(logprob);
    return s == POT_OK ? print_text(&text, 0) : failed(&err);
}

static pot_status open_tokenizer(pot_tokenizer **t, const pot_model *m, pot_error *err)
{
    const char *path = pot_model_tokenizer_path(m);
    return path ? pot_tokenizer_open(t, path, err) : POT_OK;
}

static int score_text(const args *a, const pot_model *m, pot_tokenizer *t)
{
    pot_error err = {0};
    pot_tokens ids = {0};
    input text = {0};
    const char *given = arg(a, "--text"), *file = arg(a, "--file");
    if (!t) return trouble("%s has no tokenizer: give --ids", a->word[0]);
    if (!given && !read_all(&text, file ? file : "-")) return EXIT_TROUBLE;
    if (given ? !*given : !text.n) {
        free(text.p);
        return trouble("the text is empty: there is no token to score");
    }
    const pot_status s =
        pot_tokenizer_encode(t, &ids, given ? given : text.p, given ? strlen(given) : text.n,
                             !arg(a, "--no-special"), &err);
    free(text.p);
    const int status = s == POT_OK ? score_ids(a, m, t, ids.id, ids.n) : failed(&err);
    pot_tokens_free(&ids);
    return status;
}

int run_score(const args *a)
{
    pot_error err = {0};
    pot_model *m = NULL;
    pot_tokenizer *t = NULL;
    int status;
    if (!!arg(a, "--text") + !!arg(a, "--file") + !!arg(a, "--ids") > 1)
        return trouble("one of --text, --file and --ids");
    if (pot_model_open(&m, a->word[0], &err) != POT_OK) return failed(&err);
    if (arg(a, "--ids")) {
        size_t n;
        uint32_t *id = parse_ids(arg(a, "--ids"), &n);
        status = id ? score_ids(a, m, NULL, id, n) : EXIT_TROUBLE;
        free(id);
    } else if (open_tokenizer(&t, m, &err) != POT_OK) {
        status = failed(&err);
    } else {
        status = score_text(a, m, t);
    }
    pot_tokenizer_close(&t);
    pot_model_close(&m);
    return status;
}

int run_tokenize(const args *a)
{
    pot_error err = {0};
    pot_tokenizer *t = NULL;
    pot_tokens ids = {0};
    input in = {0};
    pot_text out = {0};
    char path[4096];
    const char *model = a->word[0], *given = a->words > 1 ? a->word[1] : "-";
    const bool own = strcmp(given, "-") != 0;
    if (!own && !read_all(&in, "-")) return EXIT_TROUBLE;
    const char *text = own ? given : in.p;
    pot_status s = pot_model_find_tokenizer(path, sizeof path, model, &err);
    if (s == POT_OK) s = pot_tokenizer_open(&t, path, &err);
    if (s == POT_OK)
        s = pot_tokenizer_encode(t, &ids, text, own ? strlen(text) : in.n, !arg(a, "--no-special"),
                                 &err);
    if (s == POT_OK) s = pot_report_tokens(&out, t, &ids, arg(a, "--json") != NULL, &err);
    free(in.p);
    pot_tokens_free(&ids);
    pot_tokenizer_close(&t);
    return s == POT_OK ? print_text(&out, 0) : failed(&err);
}

/* Digests of files, tensors and values. */
static pot_status read_weights(pot_model *m, const args *a, unsigned threads, pot_error *err)
{
    progress_line l;
    progress_init(&l, arg(a, "-q") != NULL);
    pot_status s = pot_model_hash_tensors(m, threads, progress_show, &l, err);
    if (s == POT_OK) s = pot_model_digest(m, threads, progress_show, &l, err);
    progress_wipe(&l);
    return s;
}

int run_inspect(const args *a)
{
    pot_error err = {0};
    pot_model *m = NULL;
    pot_tokenizer *t = NULL;
    pot_text out = {0};
    unsigned long long threads = 0;
    if (!arg_number(a, "--threads", &threads, 1, 256)) return EXIT_TROUBLE;
    if (pot_is_reference(a->word[0])) return show_reference(a, a->word[0]);
    pot_status s = pot_model_open(&m, a->word[0], &err);
    if (s == POT_OK) s = open_tokenizer(&t, m, &err);
    if (s == POT_OK && !arg(a, "--no-hash")) s = read_weights(m, a, (unsigned)threads, &err);
    if (s == POT_OK)
        s = pot_report_model(&out, m, t, arg(a, "--tensors") != NULL, arg(a, "--json") != NULL,
                             &err);
    pot_tokenizer_close(&t);
    pot_model_close(&m);
    return s == POT_OK ? print_text(&out, 0) : failed(&err);
}
