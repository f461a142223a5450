/* pre.h - the pre-tokenizers that GGUF files know by name: pre_table.c. */
#ifndef POT_TOKEN_PRE_H
#define POT_TOKEN_PRE_H

#include <stdbool.h>

struct pot_pre {
    const char *name;
    const char *const *pattern; /* NULL-terminated */
    bool whole;                 /* a piece that is in the vocabulary is not merged */
    bool bos;                   /* a text begins with BOS, where no key says it */
    bool nfc;                   /* the text is brought into normal form C before */
};

extern const struct pot_pre pot_pres[]; /* ended by a row without a name */

#endif
