/* The ring: its plan keeps every promise without any I/O, and what it reads are the bytes of the
 * file, also when reads are short; what cannot be read is an error in its place. */
#define _GNU_SOURCE
#include "base/ring.h"

#include "base/mem.h"
#include "tdir.h"

#include <errno.h>

enum { RANGES = 200, FILE_SIZE = 300000 };

static size_t below(size_t n)
{
    return (size_t)(t_u64() % n);
}

/* Whatever lies in the ring when a range may first be read does not meet it; places are the same
 * however the list was cut; and no range waits for itself. */
static void check_plan(void)
{
    pot_ring_slot slot[RANGES], again[RANGES];
    size_t bytes[RANGES];
    pot_ring_front front = {0}, other = {0};
    const size_t room = (2 + below(30)) * POT_BLOCK;
    for (size_t i = 0; i < RANGES; i++)
        bytes[i] = below(room / 2 / POT_BLOCK + 1) * POT_BLOCK;
    CHECK(pot_ring_plan(slot, bytes, 0, RANGES, room, &front));
    for (size_t i = 0, to; i < RANGES; i = to) {
        to = i + 1 + below(RANGES - i);
        CHECK(pot_ring_plan(again, bytes, i, to, room, &other));
    }
    CHECK(memcmp(slot, again, sizeof slot) == 0);
    for (size_t i = 0; i < RANGES; i++) {
        CHECK(slot[i].after <= i && slot[i].at + bytes[i] <= room);
        for (size_t j = slot[i].after; j < i && bytes[i]; j++)
            CHECK(!bytes[j] || slot[j].at + bytes[j] <= slot[i].at ||
                  slot[i].at + bytes[i] <= slot[j].at);
        /* two that fill half of it lie beside each other */
        if (i && bytes[i]) CHECK(slot[i].after < i || bytes[i] + bytes[i - 1] > room / 2);
    }
    bytes[7] = room + POT_BLOCK;
    other = (pot_ring_front){0};
    CHECK(!pot_ring_plan(again, bytes, 0, RANGES, room, &other));
}

static uint8_t data[FILE_SIZE];

static void make_list(pot_range *list, pot_source *file, size_t most)
{
    for (size_t i = 0; i < RANGES; i++) {
        list[i] = (pot_range){.file = file, .at = below(FILE_SIZE)};
        list[i].n = below(most);
        if (list[i].at + list[i].n > FILE_SIZE) list[i].n = FILE_SIZE - list[i].at;
    }
    list[3] = (pot_range){.file = file, .at = FILE_SIZE - 5000, .n = 5000};
}

/* Read all, two at a time now and then; the first failure. */
static pot_status read_all(pot_ring *r, const pot_range *list, pot_error *err)
{
    const uint8_t *p;
    size_t held = 0, allowed = 0;
    pot_status s = pot_ring_start(r, list, RANGES, err);
    for (size_t i = 0; i < RANGES && s == POT_OK; i++) {
        if (i >= allowed) {
            allowed = i + 1 + below(RANGES - i);
            s = pot_ring_allow(r, allowed, err);
        }
        if (s == POT_OK) s = pot_ring_next(r, &p, err);
        if (s != POT_OK) break;
        CHECK(memcmp(p, data + list[i].at, list[i].n) == 0);
        for (held++; held > (t_u64() & 1 && i + 1 < allowed); held--)
            pot_ring_drop(r);
    }
    pot_ring_stop(r);
    return s;
}

static pot_source open_file(const char *path)
{
    pot_map map;
    pot_source f = {0};
    CHECK(pot_map_open(&map, path, NULL) == POT_OK);
    CHECK(pot_source_open(&f, path, &map, NULL) == POT_OK);
    pot_map_close(&map);
    return f;
}

static void check_reading(void)
{
    const char *path = t_path("data");
    pot_source f = open_file(path);
    pot_range list[RANGES];
    pot_ring *r;
    uint64_t sum = 0;
    CHECK(pot_ring_open(&r, 20 * POT_BLOCK + 1, 1 + (unsigned)below(3), NULL) == POT_OK);
    CHECK(pot_ring_room(r) == 20 * POT_BLOCK);
    make_list(list, &f, 3 * POT_BLOCK);
    for (size_t i = 0; i < RANGES; i++)
        sum += list[i].n;
    CHECK(read_all(r, list, NULL) == POT_OK && pot_ring_bytes(r) == sum);
    uint8_t *own = aligned_alloc(POT_BLOCK, 4 * POT_BLOCK);
    CHECK(own);
    for (size_t i = 0; i < RANGES; i += 50)
        list[i].own = own + (list[i].n ? 0 : POT_BLOCK);
    for (size_t i = 50; i < RANGES; i += 50)
        list[i].n = 0;
    CHECK(read_all(r, list, NULL) == POT_OK);
    pot_ring_stop(r); /* again */
    list[4].n = 21 * POT_BLOCK;
    pot_error err = {0};
    CHECK(read_all(r, list, &err) == POT_E_ARG && err.msg[0]);
    pot_ring_close(&r);
    pot_source_close(&f);
    free(own);
}

/* Every read fails in turn, or is short. */
static void check_faults(void)
{
    const char *path = t_path("data");
    pot_range list[RANGES];
    pot_ring *r;
    pot_source f = open_file(path);
    CHECK(pot_ring_open(&r, 20 * POT_BLOCK, 2, NULL) == POT_OK);
    make_list(list, &f, 3 * POT_BLOCK);
    for (uint64_t n = 1; n < RANGES; n += 1 + below(9)) {
        pot_error err = {0};
        pot_file_fail_at(n, EIO);
        const pot_status s = read_all(r, list, &err);
        pot_file_fail_at(0, 0);
        CHECK(s == POT_E_IO && err.status == s && err.sys == EIO && strcmp(err.file, path) == 0);
        pot_file_fail_at(n, 0);
        CHECK(read_all(r, list, NULL) == POT_OK);
        pot_file_fail_at(0, 0);
        f.direct = !f.direct; /* and without giving pages back, or with */
    }
    CHECK(truncate(path, FILE_SIZE - 1) == 0);
    pot_error err = {0};
    CHECK(read_all(r, list, &err) == POT_E_IO && strstr(err.msg, "300000") &&
          err.offset == FILE_SIZE - 1);
    pot_source_close(&f);
    t_write(path, data, FILE_SIZE);

    for (uint64_t n = 1; n <= 3; n++) {
        pot_mem_fail_at(n);
        CHECK(pot_ring_start(r, list, RANGES, NULL) == POT_E_NOMEM);
    }
    pot_mem_fail_at(0);
    pot_ring_close(&r);
    for (uint64_t n = 1; n <= 2; n++) {
        pot_mem_fail_at(n);
        CHECK(pot_ring_open(&r, 20 * POT_BLOCK, 2, NULL) == POT_E_NOMEM);
    }
    pot_mem_fail_at(0);
}

/* A file that took the place of the one that was mapped. */
static void check_replaced(void)
{
    const char *path = t_path("data");
    pot_map map;
    pot_source f = {0};
    pot_error err = {0};
    CHECK(pot_map_open(&map, path, NULL) == POT_OK);
    t_write(t_path("other"), data, FILE_SIZE);
    CHECK(rename(t_path("other"), path) == 0);
    CHECK(pot_source_open(&f, path, &map, &err) == POT_E_IO && strstr(err.msg, "changed"));
    pot_file_fail_at(1, EMFILE);
    err = (pot_error){0};
    CHECK(pot_source_open(&f, path, &map, &err) == POT_E_IO && err.sys == EMFILE);
    pot_file_fail_at(0, 0);
    pot_source_close(&f);
    pot_map_close(&map);
}

int main(void)
{
    t_seed();
    t_dir_open();
    for (size_t i = 0; i < FILE_SIZE; i++)
        data[i] = (uint8_t)t_u64();
    t_write(t_path("data"), data, FILE_SIZE);
    for (int i = 0; i < 200; i++)
        check_plan();
    for (int i = 0; i < 10; i++)
        check_reading();
    check_faults();
    check_replaced();
    CHECK(pot_mem_used() == 0);
    return 0;
}
