/* source.h - a file that is read in pieces, past the page cache where the file system can.
 *
 * With O_DIRECT the memory of a read is the only copy, and reads of some megabytes run at the
 * rate of the disk; where that is refused, reads go through the page cache and what was read is
 * given back at once, so that it does not grow. */
#ifndef POT_BASE_SOURCE_H
#define POT_BASE_SOURCE_H

#include "base/file.h"

#define POT_BLOCK ((size_t)4096) /* offsets, sizes and addresses of reads are multiples of it */

typedef struct {
    const char *path; /* borrowed: for messages */
    uint64_t size;
    int fd; /* owned */
    bool direct;
    bool open;
} pot_source;

/* Open the file that was mapped; POT_E_IO if it is another one by now. */
POT_MUST_USE pot_status pot_source_open(pot_source *s, const char *path, const pot_map *same,
                                        pot_error *err);
void pot_source_close(pot_source *s); /* a zeroed one is allowed */

/* Bytes of memory that a read of n bytes at `at` needs: whole blocks. */
static inline size_t pot_source_room(uint64_t at, size_t n)
{
    const uint64_t from = at - at % POT_BLOCK, to = at + n + POT_BLOCK - 1;
    return (size_t)(to - to % POT_BLOCK - from);
}

/* Read [at, at + n) into `room`, which is aligned and holds pot_source_room bytes; the first byte
 * comes to room + at % POT_BLOCK.  POT_E_IO if the disk refuses, or the file ends before. */
POT_MUST_USE pot_status pot_source_read(pot_source *s, uint8_t *room, uint64_t at, size_t n,
                                        pot_error *err);

#endif
