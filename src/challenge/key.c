#include <pot/challenge.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "crypto/sha256.h"

#include <string.h>

#define FILE_SIZE (2 * POT_KEY_SIZE + 1) /* digits and a newline */

pot_status pot_key_new(uint8_t key[POT_KEY_SIZE], pot_error *err)
{
    uint8_t fresh[POT_KEY_SIZE];
    const pot_status s = pot_random(fresh, sizeof fresh, err);
    if (s == POT_OK) memcpy(key, fresh, sizeof fresh);
    pot_wipe(fresh, sizeof fresh);
    return s;
}

/* [C-13] */
static bool parse(uint8_t key[POT_KEY_SIZE], pot_bytes file)
{
    char hex[FILE_SIZE];
    if (file.n != FILE_SIZE || file.p[FILE_SIZE - 1] != '\n') return false;
    memcpy(hex, file.p, FILE_SIZE);
    hex[FILE_SIZE - 1] = '\0';
    const bool ok = pot_hex_parse(key, POT_KEY_SIZE, hex);
    pot_wipe(hex, sizeof hex);
    return ok;
}

/* Mapped, not read into a buffer: so there is no copy on the heap to forget. */
pot_status pot_key_load(uint8_t key[POT_KEY_SIZE], const char *path, pot_error *err)
{
    pot_map map;
    POT_TRY(pot_map_open(&map, path, err));
    const bool ok = parse(key, map.bytes);
    pot_map_close(&map);
    if (ok) return POT_OK;
    pot_fail(err, POT_E_FORMAT,
             "not a key file, which is %d hexadecimal digits and a newline; make one with "
             "`pot challenge new -o FILE`",
             2 * POT_KEY_SIZE);
    return pot_fail_in(err, POT_E_FORMAT, path);
}

pot_status pot_key_save(const uint8_t key[POT_KEY_SIZE], const char *path, bool force,
                        pot_error *err)
{
    static const char digit[] = "0123456789abcdef";
    uint8_t file[FILE_SIZE];
    for (size_t i = 0; i < POT_KEY_SIZE; i++) {
        file[2 * i] = (uint8_t)digit[key[i] >> 4];
        file[2 * i + 1] = (uint8_t)digit[key[i] & 15];
    }
    file[FILE_SIZE - 1] = '\n';
    const pot_status s = pot_file_write(path, (pot_bytes){file, sizeof file}, 0600, force, err);
    pot_wipe(file, sizeof file);
    return s;
}

void pot_key_wipe(uint8_t key[POT_KEY_SIZE])
{
    pot_wipe(key, POT_KEY_SIZE);
}

/* [C-14] */
pot_status pot_commit(uint8_t tag[POT_TAG_SIZE], const uint8_t key[POT_KEY_SIZE],
                      const void *document, size_t n, pot_error *err)
{
    return pot_hmac_sha256(tag, (pot_bytes){key, POT_KEY_SIZE}, (pot_bytes){document, n}, err);
}

pot_status pot_commit_check(bool *opens, const uint8_t tag[POT_TAG_SIZE],
                            const uint8_t key[POT_KEY_SIZE], const void *document, size_t n,
                            pot_error *err)
{
    uint8_t mine[POT_TAG_SIZE];
    *opens = false;
    POT_TRY(pot_commit(mine, key, document, n, err));
    *opens = pot_equal_secret(mine, tag, sizeof mine);
    pot_wipe(mine, sizeof mine);
    return POT_OK;
}

pot_status pot_calibration_id(uint8_t out[POT_RUN_ID_SIZE], const uint8_t key[POT_KEY_SIZE],
                              const uint8_t run_id[POT_RUN_ID_SIZE], pot_error *err)
{
    char text[11 + POT_RUN_ID_SIZE];
    uint8_t tag[POT_TAG_SIZE];
    memcpy(text, "calibration", 11);
    memcpy(text + 11, run_id, POT_RUN_ID_SIZE);
    POT_TRY(pot_commit(tag, key, text, sizeof text, err));
    memcpy(out, tag, POT_RUN_ID_SIZE);
    return POT_OK;
}
