/* precompiled.h - the normalizer "Precompiled": a character map, applied as the package does. */
#ifndef POT_TOKEN_PRECOMPILED_H
#define POT_TOKEN_PRECOMPILED_H

#include "token/charsmap.h"
#include "token/pieces.h"

/* Read the member precompiled_charsmap, a map in base64, of the step `at`. */
POT_MUST_USE pot_status pot_precompiled_read(pot_charsmap *out, pot_arena *a, const pot_json *at,
                                             pot_error *err);

/* Write a piece anew by the map. */
void pot_put_precompiled(pot_work *w, const pot_piece *p, const pot_charsmap *m);

#endif
