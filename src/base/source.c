#define _GNU_SOURCE /* O_DIRECT */
#include "base/source.h"

#include "base/fail.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_STALLS 3 /* reads in a row that bring less than a block */

pot_status pot_source_open(pot_source *s, const char *path, const pot_map *same, pot_error *err)
{
    pot_source it = {.path = path, .size = same->bytes.n, .direct = true};
    struct stat st;
    it.fd = pot_sys_told_to_fail() ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_DIRECT);
    if (it.fd < 0 && errno == EINVAL) { /* not on this file system */
        it.direct = false;
        it.fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (it.fd < 0) return pot_fail_sys(err, path, errno, "cannot open the file");
    if (fstat(it.fd, &st) != 0 || st.st_dev != same->dev || st.st_ino != same->ino) {
        close(it.fd);
        return pot_fail_file(err, POT_E_IO, path,
                             "the file changed while it was being read; run again");
    }
    it.open = true;
    *s = it;
    return POT_OK;
}

void pot_source_close(pot_source *s)
{
    if (s->open) close(s->fd);
    s->open = false;
}

/* Some of n bytes, all multiples of POT_BLOCK; through the page cache if it must be. */
static ssize_t read_some(pot_source *s, uint8_t *to, size_t n, uint64_t from)
{
    for (;;) {
        const ssize_t got = pot_sys_pread(s->fd, to, n, from);
        if (got >= 0 || (errno != EINTR && errno != EINVAL)) return got;
        if (errno == EINTR) continue;
        const int flags = fcntl(s->fd, F_GETFL);
        if (!(flags & O_DIRECT) || fcntl(s->fd, F_SETFL, flags & ~O_DIRECT) != 0) {
            errno = EINVAL;
            return -1;
        }
    }
}

pot_status pot_source_read(pot_source *s, uint8_t *room, uint64_t at, size_t n, pot_error *err)
{
    const uint64_t from = at - at % POT_BLOCK;
    const size_t need = (size_t)(at - from) + n, all = pot_source_room(at, n);
    unsigned stalls = 0;
    for (size_t done = 0; done < need;) {
        const ssize_t got = read_some(s, room + done, all - done, from + done);
        if (got < 0) {
            pot_fail_sys(err, s->path, errno, "cannot read the file");
            return pot_fail_offset(err, POT_E_IO, from + done);
        }
        const size_t end = done + (size_t)got, whole = end - end % POT_BLOCK;
        if (end >= need) break;
        stalls = whole == done ? stalls + 1 : 0;
        if (stalls == MOST_STALLS) {
            pot_fail_file(err, POT_E_IO, s->path,
                          "the file ends here, and it had %llu bytes when it was opened: it "
                          "changed; run again",
                          (unsigned long long)s->size);
            return pot_fail_offset(err, POT_E_IO, from + end);
        }
        done = whole; /* a short read: the rest of its last block again */
    }
    if (!s->direct) posix_fadvise(s->fd, (off_t)from, (off_t)all, POSIX_FADV_DONTNEED);
    return POT_OK;
}
