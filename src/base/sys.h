/* sys.h - what file.c and outdir.c share: writing all bytes, failing on demand. */
#ifndef POT_BASE_SYS_H
#define POT_BASE_SYS_H

#include "base/rd.h"

/* True when a test asked this call to fail; errno is set. */
bool pot_sys_told_to_fail(void);

/* Write everything and push it to the disk; `path` is for the message. */
POT_MUST_USE pot_status pot_sys_write(int fd, pot_bytes data, const char *path, pot_error *err);

#endif
