/* parse.h - a tokenizer from the bytes of a tokenizer.json, for tests and fuzzers. */
#ifndef POT_TOKEN_PARSE_H
#define POT_TOKEN_PARSE_H

#include <pot/tokenizer.h>

#include "base/rd.h"

#define POT_MAX_TOKENIZER_FILE ((size_t)256 << 20)

/* As pot_tokenizer_open; `file` is for messages only. */
POT_MUST_USE pot_status pot_tokenizer_parse(pot_tokenizer **out, pot_bytes doc, const char *file,
                                            pot_error *err);

/* From the bytes of a tokenizer.model; `config` is tokenizer_config.json, or empty. */
POT_MUST_USE pot_status pot_tokenizer_parse_sp(pot_tokenizer **out, pot_bytes doc, pot_bytes config,
                                               const char *file, pot_error *err);

#endif
