/* tokenizers_driver.c - encode or decode many texts in one process, for tokenizers_live.py and
 * decode_live.py.
 *
 *     driver TOKENIZER.JSON 0|1 <in >out      encode, with special tokens
 *     driver TOKENIZER.JSON d0|d1 <in >out    decode, without special tokens: in, for each text its
 *                                             number of ids and the ids; out, length and bytes
 *
 * in: for each text its length and its bytes; out: for each text the number of tokens and
 * for each token id, start, end; all as 32-bit little-endian (the machine's own order).
 * A text that is refused has the number ffffffff. */
#include <pot/tokenizer.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void put(uint32_t v)
{
    fwrite(&v, 4, 1, stdout);
}

static void decode(const pot_tokenizer *t, bool skip)
{
    static uint32_t id[1 << 20];
    pot_decoded text = {0};
    uint32_t n;
    while (fread(&n, 4, 1, stdin) == 1 && n <= 1 << 20 && fread(id, 4, n, stdin) == n) {
        const bool bad = pot_tokenizer_decode(t, &text, id, n, skip, NULL) != POT_OK;
        put(bad ? UINT32_MAX : (uint32_t)text.n);
        fwrite(text.p, 1, text.n, stdout);
    }
    pot_decoded_free(&text);
}

int main(int argc, char **argv)
{
    static char text[1 << 24];
    char msg[1024];
    pot_error err = {0};
    pot_tokenizer *t = NULL;
    pot_tokens ids = {0};
    uint32_t n;

    if (argc != 3) return 2;
    double start = now();
    if (pot_tokenizer_open(&t, argv[1], &err) != POT_OK) {
        pot_error_text(&err, msg, sizeof msg);
        fprintf(stderr, "%s\n", msg);
        return 1;
    }
    fprintf(stderr, "open %.6f\n", now() - start);
    double encoding = 0;
    if (argv[2][0] == 'd') decode(t, argv[2][1] == '1');
    while (fread(&n, 4, 1, stdin) == 1 && n <= sizeof text && fread(text, 1, n, stdin) == n) {
        start = now();
        const bool bad = pot_tokenizer_encode(t, &ids, text, n, argv[2][0] == '1', &err) != POT_OK;
        encoding += now() - start;
        put(bad ? UINT32_MAX : (uint32_t)ids.n);
        for (size_t i = 0; !bad && i < ids.n; i++) {
            put(ids.id[i]);
            put(ids.start[i]);
            put(ids.end[i]);
        }
    }
    fprintf(stderr, "encode %.6f\n", encoding);
    pot_tokens_free(&ids);
    pot_tokenizer_close(&t);
    return 0;
}
