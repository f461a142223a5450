/* The line of progress on a terminal. */
#define _POSIX_C_SOURCE 200809L /* isatty */
#include "cli.h"

#include <stdio.h>
#include <unistd.h>

void progress_init(progress_line *l, bool quiet)
{
    *l = (progress_line){.shown = !quiet && isatty(STDERR_FILENO)};
}

void progress_wipe(progress_line *l)
{
    if (l->on_line) fputs("\r\033[K", stderr);
    l->on_line = false;
}

static void show_scoring(const pot_progress *p, double rate)
{
    fprintf(stderr, "%s: %.0f of at most %.0f, mean TV in [%.4f, %.4f]", p->what, p->done, p->total,
            p->lo, p->hi);
    if (p->read)
        fprintf(stderr, "; layer %u of %u, %.2f GB/s, %.0f s left of this sweep", p->layer,
                p->layers, (double)p->read / 1e9 / p->sweep, p->left);
    else if (rate > 0)
        fprintf(stderr, ", %.1f/s, at most %.0f s left", rate, (p->total - p->done) / rate);
}

static void show_asking(const pot_progress *p, double rate)
{
    fprintf(stderr, "%s: %.0f of %.0f challenges, layer %u of %u", p->what, p->done, p->total,
            p->layer, p->layers);
    if (rate > 0) fprintf(stderr, ", %.0f s left", (p->total - p->done) / rate);
}

static void show_reading(const pot_progress *p, double rate)
{
    fprintf(stderr, "%s: %.0f of %.0f MB, %.0f MB/s", p->what, p->done / 1e6, p->total / 1e6,
            rate / 1e6);
    if (rate > 0) fprintf(stderr, ", %.0f s left", (p->total - p->done) / rate);
}

bool progress_show(void *ctx, const pot_progress *p)
{
    progress_line *l = ctx;
    if (l->shown && (p->what != l->what || p->seconds - l->last >= 0.1)) {
        const double rate = p->seconds > 0 ? p->done / p->seconds : 0;
        l->last = p->seconds;
        l->what = p->what;
        progress_wipe(l);
        if (p->hi > p->lo) show_scoring(p, rate);
        else if (p->layers) show_asking(p, rate);
        else show_reading(p, rate);
        fflush(stderr);
        l->on_line = true;
    }
    return !stop_asked;
}
