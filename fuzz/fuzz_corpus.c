/* Whatever the bytes, a corpus is refused, or every passage drawn from it is valid UTF-8 of 768
 * to 1023 bytes that begins at a character which is not white space. */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <pot/challenge.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define REQUIRE(cond)                                                                              \
    do {                                                                                           \
        if (!(cond)) abort();                                                                      \
    } while (0)

static void draw(const pot_corpus *corpus)
{
    const uint8_t key[POT_KEY_SIZE] = {7}, run_id[POT_RUN_ID_SIZE] = {0};
    pot_challenge c;
    for (uint64_t i = 0; i < 8; i++) {
        REQUIRE(pot_challenge_make(&c, key, run_id, i, corpus, NULL) == POT_OK);
        REQUIRE(c.family == POT_CORPUS && c.n >= 768 && c.n <= 1023);
        REQUIRE(strlen(c.text) == c.n && !strchr(" \t\n\v\f\r", c.text[0]));
        REQUIRE(pot_utf8_valid((const uint8_t *)c.text, c.n) == c.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[40];
    const int fd = memfd_create("corpus", MFD_CLOEXEC);
    REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    pot_corpus *corpus = NULL;
    pot_error err = {0};
    const pot_status s = pot_corpus_open(&corpus, path, &err);
    REQUIRE(s == POT_OK ? corpus != NULL && pot_corpus_starts(corpus) >= 256
                        : s == POT_E_FORMAT && !corpus && err.msg[0]);
    if (corpus) draw(corpus);
    pot_corpus_close(&corpus);
    REQUIRE(pot_mem_used() == 0);
    close(fd);
    return 0;
}
