#include "token/protobuf.h"

#include <string.h>

static pot_status varint(pot_rd *r, uint64_t *out)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 10; i++) {
        pot_bytes b = {0};
        POT_TRY(pot_rd_take(r, &b, 1));
        if (i == 9 && b.p[0] > 1) break;
        v |= (uint64_t)(b.p[0] & 0x7f) << 7 * i;
        if (b.p[0] & 0x80) continue;
        *out = v;
        return POT_OK;
    }
    return pot_rd_fail(r, "a number of more than 64 bits; this is not a SentencePiece model");
}

pot_status pot_pb_next(pot_rd *r, pot_pb_field *f, bool *more)
{
    uint64_t tag = 0, n = 0;
    uint32_t four = 0;
    *more = pot_rd_left(r) > 0;
    if (!*more) return POT_OK;
    POT_TRY(varint(r, &tag));
    *f = (pot_pb_field){.number = (uint32_t)(tag >> 3), .wire = (pot_pb_wire)(tag & 7)};
    if (tag >> 3 == 0 || tag >> 32)
        return pot_rd_fail(r, "a field without a number; this is not a SentencePiece model");
    switch (f->wire) {
    case POT_PB_VARINT:
        return varint(r, &f->value);
    case POT_PB_FIXED64:
        return pot_rd_u64le(r, &f->value);
    case POT_PB_BYTES:
        POT_TRY(varint(r, &n));
        return pot_rd_take(r, &f->bytes, n);
    case POT_PB_FIXED32:
        POT_TRY(pot_rd_u32le(r, &four));
        f->value = four;
        return POT_OK;
    }
    return pot_rd_fail(
        r, "field %u is of a kind that is not used; this is not a SentencePiece model", f->number);
}

static pot_status expect(pot_rd *r, const pot_pb_field *f, pot_pb_wire wire)
{
    if (f->wire == wire) return POT_OK;
    return pot_rd_fail(r, "field %u is of kind %u, and %u is expected", f->number,
                       (unsigned)f->wire, (unsigned)wire);
}

pot_status pot_pb_inside(pot_rd *out, pot_rd *r, const pot_pb_field *f)
{
    POT_TRY(expect(r, f, POT_PB_BYTES));
    *out = *r;
    out->at = (size_t)(f->bytes.p - r->in.p);
    out->in.n = out->at + f->bytes.n;
    return POT_OK;
}

pot_status pot_pb_bool(pot_rd *r, const pot_pb_field *f, bool *out)
{
    POT_TRY(expect(r, f, POT_PB_VARINT));
    *out = f->value != 0;
    return POT_OK;
}

pot_status pot_pb_u32(pot_rd *r, const pot_pb_field *f, uint32_t *out)
{
    POT_TRY(expect(r, f, POT_PB_VARINT));
    if (f->value > UINT32_MAX) return pot_rd_fail(r, "field %u is out of range", f->number);
    *out = (uint32_t)f->value;
    return POT_OK;
}

pot_status pot_pb_float(pot_rd *r, const pot_pb_field *f, float *out)
{
    POT_TRY(expect(r, f, POT_PB_FIXED32));
    const uint32_t bits = (uint32_t)f->value;
    memcpy(out, &bits, sizeof bits);
    return POT_OK;
}

pot_status pot_pb_bytes(pot_rd *r, const pot_pb_field *f, pot_bytes *out)
{
    POT_TRY(expect(r, f, POT_PB_BYTES));
    *out = f->bytes;
    return POT_OK;
}
