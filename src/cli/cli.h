/* cli.h - the command line: one table of commands and options, from which parsing, help and
 * the man page come. */
#ifndef POT_CLI_CLI_H
#define POT_CLI_CLI_H

#include <pot/compute.h>
#include <pot/progress.h>
#include <pot/relationship.h>
#include <pot/text.h>
#include <signal.h>

/* Exit statuses: a script that tests for 0 is fail-closed. */
enum { EXIT_SAME = 0, EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2, EXIT_UNDECIDED = 3 };

enum { MOST_OPTIONS = 24, MOST_WORDS = 512 };

typedef struct {
    const char *name;  /* "--mode", or "-f" */
    const char *value; /* what it takes, for the help: "FILE", "[=REF]" if it may be left out; NULL
                          for a switch */
    const char *help;
} option;

typedef struct args {
    const struct command *command;
    const char *value[MOST_OPTIONS]; /* of the command's options in order; "" for a switch */
    const char *word[MOST_WORDS];    /* what is not an option */
    int words;
} args;

typedef struct command {
    const char *name;  /* "verify", "challenge new" */
    const char *words; /* "REF CAND"; brackets around what may be left out */
    int least, most;   /* words that it takes */
    const char *summary, *text;
    const option *options; /* ends with a zeroed one */
    int (*run)(const args *a);
} command;

extern const command commands[]; /* ends with a zeroed one */

/* The value of an option; NULL if it was not given, "" for a switch that was. */
const char *arg(const args *a, const char *name);

/* A number from `least` to `most`; says what is wrong and returns false if it is not one. */
bool arg_number(const args *a, const char *name, unsigned long long *out, unsigned long long least,
                unsigned long long most);

/* A number of bytes, perhaps with K, M or G behind it (of 1024); the same. */
bool arg_size(const args *a, const char *name, uint64_t *out);
bool arg_real(const args *a, const char *name, double *out, double least, double most);

/* What the options of COMPUTE say; the same. */
bool arg_compute(const args *a, pot_compute *out);

/* --access, likewise. */
bool arg_access(const args *a, pot_access *out);

/* Print "pot: ..." on stderr; both return EXIT_TROUBLE. */
int trouble(const char *fmt, ...) POT_PRINTF(1, 2);
int failed(const pot_error *err);

/* Write a text to stdout and free it; EXIT_TROUBLE if it could not be written, else `status`. */
int print_text(pot_text *t, int status);

/* Parse "--run-id HEX" (32 digits); false, with a message, if it is not that. */
bool arg_hex(const args *a, const char *name, uint8_t *out, size_t n);

/* Everything of a file, or of stdin for "-"; NUL-terminated. */
typedef struct {
    char *p; /* owned: free() */
    size_t n;
} input;

bool read_all(input *out, const char *path);

/* The line of progress on stderr, where that is a terminal; progress_show is a pot_progress_fn
 * that stops when a signal asks. */
typedef struct {
    bool shown, on_line; /* wanted; something stands there that must be wiped */
    const char *what;    /* the step */
    double last;         /* its seconds at the last print */
} progress_line;

void progress_init(progress_line *l, bool quiet);
void progress_wipe(progress_line *l);
bool progress_show(void *ctx, const pot_progress *p);

/* Set by SIGINT, SIGTERM and SIGHUP. */
extern volatile sig_atomic_t stop_asked;

/* What inspect says of a reference file. */
int show_reference(const args *a, const char *path);

int run_verify(const args *a);
int run_score(const args *a);
int run_tokenize(const args *a);
int run_inspect(const args *a);
int run_fingerprint(const args *a);
int run_generate(const args *a);
int run_bench(const args *a);
int run_plan(const args *a);
int run_eval(const args *a);
int run_simulate(const args *a); /* eval --simulate */
int run_challenge_new(const args *a);
int run_challenge_show(const args *a);
int run_challenge_commit(const args *a);
int run_challenge_reveal(const args *a);
int run_challenge_check(const args *a);
int run_help(const args *a);

#endif
