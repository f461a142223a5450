#include "token/steps.h"

#include <string.h>

typedef struct {
    const char *list;
    pot_step_reader *read;
    void *ctx;
    unsigned n;
} walk;

static pot_status read_at(walk *k, const pot_json *at, unsigned depth, pot_error *err)
{
    const char *type;
    pot_json list;
    POT_TRY(pot_json_str(at, "type", &type, err));
    if (k->n == POT_MAX_STEPS || depth == POT_MAX_NESTING)
        return pot_json_fail(at, POT_E_UNSUPPORTED, err, "more than %d steps, or %d levels deep",
                             POT_MAX_STEPS, POT_MAX_NESTING);
    if (strcmp(type, "Sequence") != 0) return k->n++, k->read(k->ctx, at, type, err);

    POT_TRY(pot_json_array(at, k->list, &list, err));
    for (size_t i = 0; i < json_array_size(list.v); i++) {
        const pot_json one = pot_json_at(&list, i);
        POT_TRY(read_at(k, &one, depth + 1, err));
    }
    return POT_OK;
}

pot_status pot_steps_read(const pot_json *root, const char *member, const char *list,
                          pot_step_reader *read, void *ctx, pot_error *err)
{
    walk k = {list, read, ctx, 0};
    const pot_json at = pot_json_get(root, member);
    return at.v ? read_at(&k, &at, 0, err) : POT_OK;
}
