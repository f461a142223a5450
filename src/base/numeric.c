#include "base/numeric.h"

#define ROW(name, id, block, bytes, d, m) {#name, block, bytes, {d, m}},
const pot_dtype_facts pot_dtypes[POT_DTYPES] = {POT_DTYPE_LIST(ROW)};
