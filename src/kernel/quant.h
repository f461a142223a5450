/* quant.h - the constants of the block types; unpack.h is the arithmetic. */
#ifndef POT_KERNEL_QUANT_H
#define POT_KERNEL_QUANT_H

#include <stdint.h>

/* grids_table.c: entries of 8 numbers of 2 bits, or of 4 numbers of 4 bits. */
extern const uint16_t pot_iq2_xxs_grid[256], pot_iq2_xs_grid[512], pot_iq2_s_grid[1024],
    pot_iq1_grid[2048];
extern const uint16_t pot_iq3_xxs_grid[256], pot_iq3_s_grid[512];

#endif
