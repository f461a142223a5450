/* Text that the library made for the caller, and its way to the disk. */
#include "base/file.h"
#include "base/mem.h"

#include <pot/text.h>

void pot_text_free(pot_text *t)
{
    pot_mem_free(t->p);
    *t = (pot_text){0};
}

pot_status pot_text_save(const char *path, const char *p, size_t n, bool force, pot_error *err)
{
    return pot_file_write(path, (pot_bytes){(const uint8_t *)p, n}, 0644, force, err);
}
