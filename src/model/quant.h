/* quant.h - quantized checkpoints: what config.json's quantization_config says about the tensors
 * that stand for a matrix.
 *
 * Which matrices are quantized, the tensors show: lists of modules (modules_to_not_convert,
 * ignore, targets) are not consulted.  Only weights are: what a checkpoint says about activations
 * and caches becomes a warning. */
#ifndef POT_MODEL_QUANT_H
#define POT_MODEL_QUANT_H

#include "base/json.h"

/* An axis of a tensor: outputs N or inputs K of the matrix, words of 32 bits that pack them, or
 * one for those that share a scale. */
typedef enum {
    POT_AXIS_NONE,
    POT_AXIS_OUT,
    POT_AXIS_IN,
    POT_AXIS_OUT_WORDS,
    POT_AXIS_IN_WORDS,
    POT_AXIS_OUT_SCALES,
    POT_AXIS_IN_SCALES,
} pot_axis;

/* A tensor that takes part: the ends of its name, of which one is in the file, and its shape. */
typedef struct {
    const char *end[2]; /* NULL: there is none */
    pot_axis axis[2];
} pot_quant_part;

/* How a format stores a matrix. */
typedef struct {
    const char *name;  /* for people */
    const char *dtype; /* of `weight`; NULL: F8_E4M3 or F8_E5M2, which are not integers */
    pot_quant_part weight, scale, zero;
    const char *group; /* the end of the list of groups, [K]; NULL: there is none */
    const char *shape; /* of a tensor that repeats N and K; NULL */
    bool awq;          /* see pot_scaling */
} pot_quant_layout;

/* What is the same for many matrices of a checkpoint. */
typedef struct {
    const pot_quant_layout *layout;
    uint32_t bits;
    uint32_t rows, cols; /* outputs and inputs with the same scale; 0: all */
    bool zeros;          /* there is a tensor of zero points */
    uint32_t zero_plus;  /* what is added to them, or all of the zero point */
    bool any_group;      /* the list of groups may be in any order */
} pot_quant_scheme;

#define POT_MOST_SCHEMES 8

typedef struct {
    pot_quant_scheme scheme[POT_MOST_SCHEMES];
    uint32_t n; /* 0: no quantization_config */
} pot_quant;

/* Read the member quantization_config of `config`, where it is.  `warn` may be NULL. */
POT_MUST_USE pot_status pot_quant_read(pot_quant *out, const pot_json *config, pot_buf *warn,
                                       pot_error *err);

/* "GPTQ 4-bit group 128" */
void pot_quant_name(char *out, size_t size, const pot_quant_scheme *s, const char *dtype);

/* Ends of the names of tensors that belong to activations and caches, NULL-terminated. */
extern const char *const pot_quant_beside[];

#endif
