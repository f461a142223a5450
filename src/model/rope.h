/* rope.h - rotary positions: which dimensions of a head turn, and how fast.
 *
 * Pair i of a head turns at position p by the angle p * pot_rope_frequency(r, i, class);
 * cosine and sine are then multiplied by `scale`.  The formulas are those of transformers'
 * modeling_rope_utils.py, in f64 with base/math64.h. */
#ifndef POT_MODEL_ROPE_H
#define POT_MODEL_ROPE_H

#include "base/json.h"
#include "base/mem.h"

typedef enum {
    POT_ROPE_PLAIN,
    POT_ROPE_LINEAR,  /* all frequencies / factor */
    POT_ROPE_DYNAMIC, /* a larger theta for texts longer than `original` */
    POT_ROPE_LLAMA3,  /* low frequencies / factor, high ones kept, a ramp between */
    POT_ROPE_YARN,    /* the same between two dimensions */
    POT_ROPE_LONG,    /* one factor per pair: a list for short texts, one for long */
    POT_ROPE_KINDS,
} pot_rope_kind;

typedef struct {
    pot_rope_kind kind;
    uint32_t dim;          /* dimensions of a head that turn: dim / 2 pairs */
    uint32_t original;     /* length of text that it was trained with */
    double theta, factor;  /* pair i turns by theta^(-2i/dim) before scaling */
    double low, high;      /* llama3: frequency factors; yarn: pairs where the ramp begins, ends */
    double scale;          /* on cosine and sine */
    double mscale;         /* yarn: of mscale_all_dim; some multiply scores by its square */
    const double *list[2]; /* arena: [dim / 2] factors for short and for long texts */
} pot_rope;

/* What a rope dictionary depends on beside itself. */
typedef struct {
    uint32_t context;   /* max_position_embeddings */
    uint32_t original;  /* original_max_position_embeddings beside the dictionary; 0: none */
    bool parameters;    /* the form of transformers 5: rope_parameters */
    bool longrope_only; /* "su" and "yarn" are old names of longrope, and nothing else is known */
} pot_rope_where;

/* Complete *r, whose theta and dim are set, from a dictionary (.v NULL: plain). */
POT_MUST_USE pot_status pot_rope_read(pot_rope *r, pot_arena *arena, const pot_json *dict,
                                      const pot_rope_where *where, pot_error *err);

/* Texts of one class share their frequencies. */
size_t pot_rope_class(const pot_rope *r, size_t length);

double pot_rope_frequency(const pot_rope *r, uint32_t pair, size_t class);

const char *pot_rope_name(pot_rope_kind kind);

#endif
