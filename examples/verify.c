/* verify.c - the main job through the library: verify.c REF CAND, exit status as of the command.
 *
 *     cc -o verify verify.c $(pkg-config --cflags --libs pot) */
#include <pot/verify.h>

#include <stdio.h>

static int trouble(const pot_error *err)
{
    char text[1024];
    pot_error_text(err, text, sizeof text);
    fprintf(stderr, "verify: %s\n", text);
    return 2;
}

int main(int argc, char **argv)
{
    static const int status[] = {[POT_UNDECIDED] = 3, [POT_SAME] = 0, [POT_DIFFERENT] = 1};
    pot_error err = {0};
    pot_verify *v = NULL;
    if (argc != 3) return fprintf(stderr, "usage: verify REF CAND\n"), 2;

    const pot_verify_options options = {.ref = argv[1], .cand = argv[2], .mode = POT_QUICK};
    if (pot_verify_open(&v, &options, &err) != POT_OK) return trouble(&err);
    if (pot_verify_run(v, &err) != POT_OK) {
        pot_verify_close(&v);
        return trouble(&err);
    }
    const pot_verdict *found = pot_verify_verdict(v);
    const pot_decision decision = found->decision;
    printf("%s: mean TV between %.4f and %.4f after %u challenges\n", pot_decision_name(decision),
           found->s.lo, found->s.hi, found->s.n);
    pot_verify_close(&v);
    return status[decision];
}
