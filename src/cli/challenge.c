/* challenge new, show, reveal, check; commit is beside verify, whose options it shares. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pot/report.h>

int run_challenge_new(const args *a)
{
    pot_error err = {0};
    uint8_t key[POT_KEY_SIZE];
    const char *out = arg(a, "-o");
    if (!out) return trouble("-o FILE is needed: a key is never printed");
    pot_status s = pot_key_new(key, &err);
    if (s == POT_OK) s = pot_key_save(key, out, arg(a, "-f") != NULL, &err);
    pot_key_wipe(key);
    return s == POT_OK ? 0 : failed(&err);
}

/* Key and run id, both needed. */
static bool read_seeds(uint8_t *key, uint8_t *run_id, const args *a)
{
    pot_error err = {0};
    if (!arg(a, "--key") || !arg(a, "--run-id"))
        return trouble("--key FILE and --run-id HEX are needed"), false;
    if (!arg_hex(a, "--run-id", run_id, POT_RUN_ID_SIZE)) return false;
    if (pot_key_load(key, arg(a, "--key"), &err) == POT_OK) return true;
    return failed(&err), false;
}

static int show_range(const args *a, const uint8_t *key, const uint8_t *run_id,
                      const pot_corpus *corpus)
{
    unsigned long long from = 0, count = POT_FAMILIES;
    if (!arg_number(a, "--from", &from, 0, UINT64_MAX - 1000000)) return EXIT_TROUBLE;
    if (!arg_number(a, "--count", &count, 1, 1000000)) return EXIT_TROUBLE;
    for (unsigned long long i = from; i < from + count; i++) {
        pot_error err = {0};
        pot_challenge c;
        pot_text text = {0};
        pot_status s = pot_challenge_make(&c, key, run_id, i, corpus, &err);
        if (s == POT_OK) s = pot_report_challenge(&text, &c, arg(a, "--json") != NULL, &err);
        if (s != POT_OK) return failed(&err);
        if (print_text(&text, 0)) return EXIT_TROUBLE;
    }
    return 0;
}

int run_challenge_show(const args *a)
{
    pot_error err = {0};
    uint8_t key[POT_KEY_SIZE], run_id[POT_RUN_ID_SIZE];
    pot_corpus *corpus = NULL;
    int status = EXIT_TROUBLE;
    if (read_seeds(key, run_id, a)) {
        if (arg(a, "--corpus") && pot_corpus_open(&corpus, arg(a, "--corpus"), &err) != POT_OK)
            status = failed(&err);
        else status = show_range(a, key, run_id, corpus);
    }
    pot_key_wipe(key);
    pot_corpus_close(&corpus);
    return status;
}

int run_challenge_reveal(const args *a)
{
    pot_error err = {0};
    uint8_t key[POT_KEY_SIZE], tag[POT_TAG_SIZE];
    input document = {0};
    if (!arg(a, "--key")) return trouble("--key FILE is needed");
    if (!read_all(&document, a->word[0])) return EXIT_TROUBLE;
    pot_status s = pot_key_load(key, arg(a, "--key"), &err);
    if (s == POT_OK) s = pot_commit(tag, key, document.p, document.n, &err);
    free(document.p);
    if (s == POT_OK) {
        fputs("{\"schema\":\"pot-reveal-1\",\"key\":\"", stdout);
        for (size_t i = 0; i < sizeof key; i++)
            printf("%02x", key[i]);
        fputs("\",\"commitment\":\"", stdout);
        for (size_t i = 0; i < sizeof tag; i++)
            printf("%02x", tag[i]);
        puts("\"}");
    }
    pot_key_wipe(key);
    if (s != POT_OK) return failed(&err);
    return fflush(stdout) == 0 ? 0 : trouble("cannot write to stdout");
}

int run_challenge_check(const args *a)
{
    pot_error err = {0};
    pot_challenges_found f;
    if (pot_challenges_check(&f, a->word[0], arg(a, "--corpus"), &err) != POT_OK)
        return failed(&err);
    const bool good = f.opens && f.texts_match;
    if (arg(a, "--json"))
        printf("{\"opens\":%s,\"texts_match\":%s,\"challenges\":%u,\"wrong\":%s%s%s}\n",
               f.opens ? "true" : "false", f.texts_match ? "true" : "false", f.n, good ? "" : "\"",
               good ? "null" : f.wrong, good ? "" : "\"");
    else if (good)
        printf("%s: the key opens the commitment, and all %u prompts follow from it\n", a->word[0],
               f.n);
    else printf("%s: %s\n", a->word[0], f.wrong);
    if (fflush(stdout) != 0) return trouble("cannot write to stdout");
    return good ? 0 : 1;
}
