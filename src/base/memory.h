/* memory.h - how much memory this process may take, and what it has taken. */
#ifndef POT_BASE_MEMORY_H
#define POT_BASE_MEMORY_H

#include <stdint.h>

/* Bytes that can be had without swapping: the least of what the machine has available and what the
 * limits of the control groups above this process leave.  UINT64_MAX if nobody says. */
uint64_t pot_memory_free(void);

typedef struct {
    uint64_t resident, peak; /* bytes in memory now, and at most so far */
    uint64_t minor, major;   /* page faults so far without and with a read */
} pot_memory_usage;

pot_memory_usage pot_memory_used(void);

#endif
