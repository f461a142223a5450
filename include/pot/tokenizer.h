/* tokenizer.h - text to token ids and byte spans, as the packages `tokenizers` and
 * `sentencepiece` do it.
 *
 *     pot_tokenizer *t;
 *     pot_tokens ids = {0};
 *     s = pot_tokenizer_open(&t, "model/tokenizer.json", &err);
 *     s = pot_tokenizer_encode(t, &ids, text, strlen(text), true, &err);
 *     ... ids.id[i] covers text[ids.start[i]] .. text[ids.end[i]] ...
 *     pot_tokens_free(&ids);
 *     pot_tokenizer_close(&t);
 */
#ifndef POT_TOKENIZER_H
#define POT_TOKENIZER_H

#include <pot/status.h>

typedef struct pot_tokenizer pot_tokenizer; /* one thread at a time */

/* Read a tokenizer.json, or a SentencePiece model: a file with ".model" in its name, and the
 * tokenizer_config.json beside it, which names its special tokens; or the tokenizer in a GGUF
 * file.  What it asks for and we do not do is POT_E_UNSUPPORTED with its name and JSON path;
 * nothing is guessed.  *out is
 * untouched on failure. */
POT_API POT_MUST_USE pot_status pot_tokenizer_open(pot_tokenizer **out, const char *path,
                                                   pot_error *err);
POT_API void pot_tokenizer_close(pot_tokenizer **t); /* frees and NULLs; NULL is allowed */

/* The ids of one text.  Zero the struct before its first use; calls reuse its memory. */
typedef struct {
    uint32_t *id;          /* [n], owned */
    uint32_t *start, *end; /* [n], owned: bytes of the text; empty for added special tokens */
    size_t n, room;
} pot_tokens;

POT_API void pot_tokens_free(pot_tokens *t);

/* Encode n <= 16 MiB of valid UTF-8 (else POT_E_FORMAT with the offset).  With `special` the
 * post-processor's template adds its tokens.  Replaces the contents of *out; on failure it
 * is untouched.  POT_E_UNSUPPORTED: a pattern of the file gave up on this text. */
POT_API POT_MUST_USE pot_status pot_tokenizer_encode(pot_tokenizer *t, pot_tokens *out,
                                                     const char *text, size_t n, bool special,
                                                     pot_error *err);

/* A text. Zero the struct before its first use; calls reuse its memory. */
typedef struct {
    char *p; /* UTF-8, NUL-terminated; owned */
    size_t n, room;
} pot_decoded;

POT_API void pot_decoded_free(pot_decoded *d);

/* The text of ids, as the packages decode it: bytes that are no UTF-8 become U+FFFD, ids without a
 * piece and, with `skip_special`, special ones have no text.  On failure *out is empty.
 * POT_E_UNSUPPORTED: the decoder that the file names is not built in. */
POT_API POT_MUST_USE pot_status pot_tokenizer_decode(const pot_tokenizer *t, pot_decoded *out,
                                                     const uint32_t *id, size_t n,
                                                     bool skip_special, pot_error *err);

/* One more than the largest id. */
POT_API uint32_t pot_tokenizer_size(const pot_tokenizer *t);

/* The piece of an id as the vocabulary writes it, NUL-terminated; NULL if the id is unused.
 * Borrowed from the tokenizer. */
POT_API const char *pot_tokenizer_piece(const pot_tokenizer *t, uint32_t id);

/* For people: "byte-level BPE", "BPE with byte fallback", ... */
POT_API const char *pot_tokenizer_kind(const pot_tokenizer *t);

/* SHA-256 of the file as read; of the tokenizer.json that it stands for, if it is a GGUF file. */
POT_API const uint8_t *pot_tokenizer_sha256(const pot_tokenizer *t);

/* SHA-256 over all (id, piece) in order of id: equal for two files that give the same
 * meaning to every id, whatever else they say. */
POT_API const uint8_t *pot_tokenizer_vocab_sha256(const pot_tokenizer *t);

/* "pcre2 10.42 ...; utf8proc 2.8.0 ...": the libraries and their Unicode versions. */
POT_API const char *pot_tokenizer_tables(void);

#endif
