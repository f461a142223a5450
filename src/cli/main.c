/* pot - is this language model the one it claims to be? */
#define _XOPEN_SOURCE 700 /* sigaction, SIGXFSZ */
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

volatile sig_atomic_t stop_asked;

static void ask_stop(int sig)
{
    (void)sig;
    stop_asked = 1;
}

bool arg_access(const args *a, pot_access *out)
{
    const char *name = arg(a, "--access");
    if (!name || pot_access_find(out, name)) return true;
    trouble("--access %s: topk, distributions or weights is expected", name);
    return false;
}

bool arg_compute(const args *a, pot_compute *out)
{
    unsigned long long threads = 0;
    *out = (pot_compute){.profile = arg(a, "--profile")};
    if (!arg_number(a, "--threads", &threads, 1, 256)) return false;
    if (!arg_size(a, "--max-memory", &out->max_memory)) return false;
    out->threads = (unsigned)threads;
    out->kernel = arg(a, "--kernel") ? arg(a, "--kernel") : getenv("POT_KERNEL");
    return true;
}

int trouble(const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    fputs("pot: ", stderr);
    vfprintf(stderr, fmt, va);
    fputs("\n", stderr);
    va_end(va);
    return EXIT_TROUBLE;
}

int failed(const pot_error *err)
{
    char text[1024];
    pot_error_text(err, text, sizeof text);
    return trouble("%s", text);
}

int print_text(pot_text *t, int status)
{
    const size_t n = t->n;
    const bool ok = (n == 0 || fwrite(t->p, 1, n, stdout) == n) && fflush(stdout) == 0;
    pot_text_free(t);
    return ok ? status
              : trouble("cannot write to stdout; nothing may be believed of what is there");
}

/* The command whose name the first words are: "challenge new" needs two. */
static const command *find_command(int argc, char **argv, int *used)
{
    char two[64];
    if (argc > 2) snprintf(two, sizeof two, "%s %s", argv[1], argv[2]);
    for (const command *c = commands; c->name; c++) {
        if (argc > 2 && strcmp(c->name, two) == 0) return *used = 2, c;
        if (argc > 1 && strcmp(c->name, argv[1]) == 0) return *used = 1, c;
    }
    return NULL;
}

static int find_option(const command *c, const char *text, size_t n)
{
    for (int i = 0; c->options[i].name; i++)
        if (strlen(c->options[i].name) == n && memcmp(c->options[i].name, text, n) == 0) return i;
    return -1;
}

/* "--name value", "--name=value", "-f"; what follows "--" is words.  0, or EXIT_TROUBLE. */
static int parse(args *a, int argc, char **argv)
{
    bool options = true;
    for (int i = 0; i < argc; i++) {
        const char *s = argv[i];
        if (!options || s[0] != '-' || !s[1]) {
            if (a->words == MOST_WORDS || a->words >= a->command->most)
                return trouble("%s: one word too many: %s", a->command->name, s);
            a->word[a->words++] = s;
            continue;
        }
        if (strcmp(s, "--") == 0) {
            options = false;
            continue;
        }
        const char *equal = s[1] == '-' ? strchr(s, '=') : NULL;
        const int k = find_option(a->command, s, equal ? (size_t)(equal - s) : strlen(s));
        if (k < 0)
            return trouble("%s has no option %s; see pot help %s", a->command->name, s,
                           a->command->name);
        const option *o = &a->command->options[k];
        if (!o->value && equal) return trouble("%s takes no value", o->name);
        const bool takes = o->value && o->value[0] != '[';
        if (takes && !equal && i + 1 == argc) return trouble("%s needs %s", o->name, o->value);
        a->value[k] = equal ? equal + 1 : takes ? argv[++i] : "";
    }
    if (a->words >= a->command->least) return 0;
    return trouble("usage: pot %s %s; see pot help %s", a->command->name, a->command->words,
                   a->command->name);
}

const char *arg(const args *a, const char *name)
{
    const int i = find_option(a->command, name, strlen(name));
    return i < 0 ? NULL : a->value[i];
}

bool arg_number(const args *a, const char *name, unsigned long long *out, unsigned long long least,
                unsigned long long most)
{
    const char *s = arg(a, name);
    if (!s) return true;
    char *end;
    const unsigned long long n = strtoull(s, &end, 10);
    if (s[0] >= '0' && s[0] <= '9' && !*end && n >= least && n <= most) return *out = n, true;
    trouble("%s %s: a number from %llu to %llu is expected", name, s, least, most);
    return false;
}

bool arg_size(const args *a, const char *name, uint64_t *out)
{
    static const char units[] = "KMG";
    const char *s = arg(a, name);
    if (!s) return true;
    char *end;
    const unsigned long long n = strtoull(s, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    const unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (s[0] >= '0' && s[0] <= '9' && !end[unit != NULL] && n && n <= UINT64_MAX >> shift)
        return *out = (uint64_t)n << shift, true;
    trouble("%s %s: a size like 500M or 8G is expected", name, s);
    return false;
}

bool arg_real(const args *a, const char *name, double *out, double least, double most)
{
    const char *s = arg(a, name);
    if (!s) return true;
    char *end;
    const double x = strtod(s, &end);
    if (strspn(s, "0123456789.e-") == strlen(s) && *s && !*end && x >= least && x <= most)
        return *out = x, true;
    trouble("%s %s: a number from %g to %g is expected", name, s, least, most);
    return false;
}

bool arg_hex(const args *a, const char *name, uint8_t *out, size_t n)
{
    const char *s = arg(a, name);
    bool ok = strlen(s) == 2 * n;
    for (size_t i = 0; ok && i < n; i++) {
        unsigned v = 0;
        int used = 0;
        const char two[3] = {s[2 * i], s[2 * i + 1], '\0'};
        ok = strspn(two, "0123456789abcdefABCDEF") == 2 && sscanf(two, "%2x%n", &v, &used) == 1;
        out[i] = (uint8_t)v;
    }
    if (!ok) trouble("%s: %zu hexadecimal digits are expected", name, 2 * n);
    return ok;
}

bool read_all(input *out, const char *path)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(path, "rb");
    if (!f) return perror(path), false;
    size_t n = 0, room = 1 << 16;
    char *p = NULL;
    for (bool more = true; more; room *= 2) {
        char *q = realloc(p, room);
        if (!q) break;
        p = q;
        n += fread(p + n, 1, room - 1 - n, f);
        more = n == room - 1;
    }
    const bool ok = p && !ferror(f) && feof(f);
    if (!is_stdin) fclose(f);
    if (!ok) {
        free(p);
        trouble("cannot read all of %s", path);
        return false;
    }
    p[n] = '\0';
    *out = (input){p, n};
    return true;
}

/* "challenge" alone, or with a word that it does not know: name those that it does. */
static int no_command(const char *name)
{
    const size_t n = strlen(name);
    bool any = false;
    for (const command *c = commands; c->name; c++)
        if (strncmp(c->name, name, n) == 0 && c->name[n] == ' ') {
            fprintf(stderr, "%s%s", any ? ", " : "pot: one of these is expected: pot ", c->name);
            any = true;
        }
    if (!any) return trouble("there is no command %s; see pot help", name);
    fputs("\n", stderr);
    return EXIT_TROUBLE;
}

/* A mapped file that another program has made shorter: its pages are gone, and so is the run. */
static void file_is_gone(int sig)
{
    static const char say[] =
        "pot: a file of weights became shorter while it was being read, or its "
        "disk failed: nothing was decided; run again\n";
    (void)sig;
    (void)!write(STDERR_FILENO, say, sizeof say - 1);
    _exit(EXIT_TROUBLE);
}

/* Who stops a run leaves nothing half-written; a full pipe, disk or quota is an error like others.
 */
static void set_signals(void)
{
    static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction stop = {.sa_handler = ask_stop};
    struct sigaction before;
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (sigaction(stops[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup */
            sigaction(stops[i], &stop, NULL);
    const struct sigaction gone = {.sa_handler = file_is_gone};
    sigaction(SIGBUS, &gone, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

int main(int argc, char **argv)
{
    int used = 0;
    set_signals();

    args a = {.command = find_command(argc, argv, &used)};
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            const args help = {.command = a.command, .words = -1};
            return run_help(&help);
        }
    if (argc > 1 && strcmp(argv[1], "--version") == 0) return puts("pot " POT_VERSION) < 0;
    if (argc < 2) return trouble("a command is missing; see pot help");
    if (!a.command) return no_command(argv[1]);
    const int bad = parse(&a, argc - 1 - used, argv + 1 + used);
    return bad ? bad : a.command->run(&a);
}
