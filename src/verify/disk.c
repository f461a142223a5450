/* How fast the weights come from the disk, in the way in which they are streamed. */
#define _GNU_SOURCE /* O_DIRECT */
#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "model/model.h"
#include "verify/figures.h"

#include <fcntl.h>

#define RING    ((size_t)64 << 20)
#define UNIT    ((size_t)4 << 20)
#define READERS 2

struct disk {
    pot_benching *b;
    pot_source *file;       /* owned: [files] */
    char (*path)[PATH_MAX]; /* owned: [files] */
    size_t files, n;
    pot_range *range; /* owned: [n] */
    pot_ring *ring;   /* owned */
};

/* All files from the beginning, or as many bytes as there is time for. */
static pot_status try_disk(void *ctx, double *value, pot_error *err)
{
    struct disk *d = ctx;
    const double t0 = pot_clock();
    uint64_t bytes = 0;
    POT_TRY(pot_ring_start(d->ring, d->range, d->n, err));
    pot_status s = pot_ring_allow(d->ring, d->n, err);
    for (size_t i = 0; s == POT_OK && i < d->n && (!i || pot_clock() - t0 < d->b->seconds); i++) {
        const uint8_t *p;
        s = pot_ring_next(d->ring, &p, err);
        if (s == POT_OK) pot_ring_drop(d->ring), bytes += d->range[i].n;
    }
    *value = (double)bytes / (pot_clock() - t0);
    pot_ring_stop(d->ring);
    return s;
}

static pot_status open_disk(struct disk *d, pot_error *err)
{
    const pot_model *m = d->b->model;
    const pot_model_facts *f = pot_model_info(m);
    size_t most = 0;
    for (size_t i = 0; i < f->n_weights; i++)
        most += (size_t)(f->weights[i].size / UNIT) + 1;
    d->file = pot_mem_new(f->n_weights, sizeof *d->file);
    d->path = pot_mem_new(f->n_weights, sizeof *d->path);
    d->range = pot_mem_new(most, sizeof *d->range);
    if (!d->file || !d->path || !d->range) return pot_fail_mem(err);
    for (size_t i = 0; i < f->n_weights; i++) {
        POT_TRY(pot_path_join(d->path[i], m->dir, f->weights[i].name, err));
        POT_TRY(pot_source_open(&d->file[i], d->path[i], &m->map[i], err));
        d->files++;
        for (uint64_t at = 0; at < d->file[i].size; at += UNIT) {
            const uint64_t left = d->file[i].size - at;
            d->range[d->n++] =
                (pot_range){.file = &d->file[i], .at = at, .n = left < UNIT ? (size_t)left : UNIT};
        }
    }
    return pot_ring_open(&d->ring, RING, READERS, err);
}

static bool past_the_cache(const struct disk *d)
{
    for (size_t i = 0; i < d->files; i++)
        if (!(fcntl(d->file[i].fd, F_GETFL) & O_DIRECT)) return false;
    return true;
}

pot_status pot_bench_disk(pot_benching *b, pot_error *err)
{
    struct disk d = {.b = b};
    pot_error why = {0};
    char text[1024];
    pot_status s = POT_OK;
    pot_figure *f = pot_figure_add(b, "disk read", "B/s", 0);
    f->limit_is = "itself a limit: of models that are larger than memory";
    if (!pot_figure_room(b, f, RING)) return POT_OK;
    if (open_disk(&d, &why) != POT_OK) {
        pot_error_text(&why, text, sizeof text);
        pot_figure_refuse(f, "%s", text);
    } else {
        s = pot_figure_measure(b, f, try_disk, &d, err);
        if (s == POT_OK && !f->why[0] && !past_the_cache(&d))
            pot_figure_refuse(f, "the file system cannot read past the page cache");
    }
    pot_ring_close(&d.ring);
    for (size_t i = 0; i < d.files; i++)
        pot_source_close(&d.file[i]);
    pot_mem_free(d.file), pot_mem_free(d.path), pot_mem_free(d.range);
    return s;
}
