/* Bytes as a tokenizer.json: opened or refused with a reason; an opened one gives ids that it
 * has and spans within the text, and gives back all memory.
 * Target functions: pot_tokenizer_parse, pot_tokenizer_encode, pot_tokenizer_decode,
 * pot_tokenizer_first_bytes. */
#include "fuzz.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "token/first_byte.h"
#include "token/parse.h"

#include <stdlib.h>
#include <string.h>

static const char text[] = "Hello  world, it's 12345 <s>\xc3\xa9\xcc\x81\xef\xac\x81 \xe2\x96\x81"
                           "\xe4\xba\xba\xf0\x9f\x98\x80\n\n\ta.b-c abab \xea\xb0\x80\xe1\x84\x80 "
                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static void check(int ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pot_tokenizer *t = NULL;
    pot_tokens ids = {0};
    pot_error err = {0};
    const pot_status s = pot_tokenizer_parse(&t, (pot_bytes){data, size}, "f.json", &err);

    check((s == POT_OK) == (t != NULL));
    check(s == POT_OK || (err.status == s && err.msg[0] && err.file[0]));
    for (int special = 0; t && special < 2; special++) {
        if (pot_tokenizer_encode(t, &ids, text, sizeof text - 1, special, &err) != POT_OK) continue;
        for (size_t i = 0; i < ids.n; i++) {
            check(pot_tokenizer_piece(t, ids.id[i]) != NULL);
            check(ids.start[i] <= ids.end[i] && ids.end[i] < sizeof text);
        }
    }
    pot_decoded back = {0};
    if (t && pot_tokenizer_decode(t, &back, ids.id, ids.n, true, &err) == POT_OK)
        check(strlen(back.p) <= back.n &&
              pot_utf8_valid((const uint8_t *)back.p, back.n) == back.n);
    pot_decoded_free(&back);
    uint16_t *class = t ? pot_mem_new(pot_tokenizer_size(t) + 1, sizeof *class) : NULL;
    if (class && pot_tokenizer_first_bytes(t, class, &err) == POT_OK)
        for (uint32_t i = 0; i < pot_tokenizer_size(t); i++)
            check(class[i] <= POT_NO_BYTE);
    pot_mem_free(class);
    pot_tokens_free(&ids);
    pot_tokenizer_close(&t);
    check(pot_mem_used() == 0);
    return 0;
}
