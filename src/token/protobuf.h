/* protobuf.h - the fields of a message, one after the other, from bytes that somebody else wrote.
 *
 *     message = { tag value }           tag = varint of number << 3 | wire
 *     value   = varint (wire 0) | 8 bytes (1) | varint n, n bytes (2) | 4 bytes (5)
 *
 * A varint has at most ten bytes; groups (wires 3 and 4) are refused. */
#ifndef POT_TOKEN_PROTOBUF_H
#define POT_TOKEN_PROTOBUF_H

#include "base/rd.h"

typedef enum { POT_PB_VARINT, POT_PB_FIXED64, POT_PB_BYTES, POT_PB_FIXED32 = 5 } pot_pb_wire;

typedef struct {
    uint32_t number;
    pot_pb_wire wire;
    uint64_t value;  /* of a number */
    pot_bytes bytes; /* borrowed: of a string or message */
} pot_pb_field;

/* The next field; *more is false at the end. */
POT_MUST_USE pot_status pot_pb_next(pot_rd *r, pot_pb_field *f, bool *more);

/* A cursor over the message in a field of the message that `r` reads: offsets stay those of the
 * file.  Refused if the field holds no bytes. */
POT_MUST_USE pot_status pot_pb_inside(pot_rd *out, pot_rd *r, const pot_pb_field *f);

/* Numbers as the schema calls them; refused if the field is of another kind. */
POT_MUST_USE pot_status pot_pb_bool(pot_rd *r, const pot_pb_field *f, bool *out);
POT_MUST_USE pot_status pot_pb_u32(pot_rd *r, const pot_pb_field *f, uint32_t *out);
POT_MUST_USE pot_status pot_pb_float(pot_rd *r, const pot_pb_field *f, float *out);
POT_MUST_USE pot_status pot_pb_bytes(pot_rd *r, const pot_pb_field *f, pot_bytes *out);

#endif
