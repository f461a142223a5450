/* gguf_tokens.h - the tokenizer that a GGUF file holds, as the tokenizer.json that says the same.
 *
 *     tokenizer.ggml.model         "gpt2": byte-level BPE; "llama": SentencePiece's BPE
 *     tokenizer.ggml.pre           which patterns cut the text: pre_table.c
 *     tokenizer.ggml.tokens        the pieces in order of id
 *     tokenizer.ggml.token_type    1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte
 *     tokenizer.ggml.merges        gpt2: "a b", the first rank first
 *     tokenizer.ggml.scores        llama: the best piece is made first
 *     tokenizer.ggml.bos_token_id, eos_token_id, add_bos_token, add_eos_token
 *
 * So every rule of docs/format/tokenizer.md holds for it.  Control and user-defined tokens are
 * found in the text as given, as added tokens are. */
#ifndef POT_TOKEN_GGUF_TOKENS_H
#define POT_TOKEN_GGUF_TOKENS_H

#include <pot/tokenizer.h>

#include "base/buf.h"
#include "model/gguf.h"

/* Append the JSON to `out`.  A kind that is not built in is POT_E_UNSUPPORTED with its name. */
POT_MUST_USE pot_status pot_gguf_tokens(pot_buf *out, const pot_gguf *g, pot_error *err);

/* The tokenizer in a GGUF file; pot_tokenizer_open comes here for them. */
POT_MUST_USE pot_status pot_gguf_tokenizer_open(pot_tokenizer **out, const char *path,
                                                pot_error *err);

#endif
