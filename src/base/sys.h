/* sys.h - what the files that call the system share: writing all bytes, failing on demand. */
#ifndef POT_BASE_SYS_H
#define POT_BASE_SYS_H

#include "base/rd.h"

#include <sys/types.h>

/* True when a test asked this call to fail; errno is set. */
bool pot_sys_told_to_fail(void);

/* pread, able to fail or to be short on demand. */
ssize_t pot_sys_pread(int fd, void *to, size_t n, uint64_t at);

/* Write everything, and push it to the disk; `path` is for the message. */
POT_MUST_USE pot_status pot_sys_write_all(int fd, pot_bytes data, const char *path, pot_error *err);
POT_MUST_USE pot_status pot_sys_write(int fd, pot_bytes data, const char *path, pot_error *err);

#endif
