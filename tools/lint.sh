#!/bin/sh
# lint.sh - the rules of docs/style.md that a machine can check.  Silent when clean.
cd "$(dirname "$0")/.." && bad=0
say() { printf '%s\n' "$1"; bad=1; }

# 1. A folder includes only what src/LAYERS allows (cli/: only <pot/...>).
for f in src/*/*.[ch]; do
    d=$(basename "$(dirname "$f")")
    ok=" $d $(sed -n "s/^$d: *//p" src/LAYERS) "
    grep -q "^$d:" src/LAYERS || say "$f: folder $d is not in src/LAYERS"
    for inc in $(sed -n 's|^#include "\([a-z]*\)/.*|\1|p' "$f" | sort -u); do
        case $ok in *" $inc "*) ;; *) say "$f: $d/ may not include $inc/" ;; esac
    done
done

# 2. Functions that have a safer spelling in base/.
grep -nE '\b(strcpy|strcat|sprintf|strtok|atoi|atol|gets|alloca|rand|setjmp|longjmp)\(' \
    src/*/*.[ch] && bad=1
grep -nE '\b(malloc|calloc|realloc|free|exit|abort)\(' src/*/*.[ch] |
    grep -vE '^src/(base/mem\.c|cli/)' && bad=1
grep -nE '\b(printf|puts|putchar|perror)\(' src/*/*.[ch] | grep -vE '^src/cli/' && bad=1

# 3. Sizes.  Formatting is fixed, so a body runs from "^{" to "^}".  Tables are exempt.
awk 'FNR == 1 { start = 0 }
     FNR == 1001 && FILENAME !~ /_table/ { print FILENAME ": over 1000 lines"; bad = 1 }
     /^{/ { start = FNR }
     /^}/ && start { if (FNR - start > 80) { print FILENAME ":" start ": " FNR - start " lines"; bad = 1 }
                     start = 0 }
     END { exit bad }' src/*/*.[ch] tests/*/*.c fuzz/*.c || bad=1

# 4. Each header says what it is for in its first line.
for h in src/*/*.h include/pot/*.h; do
    [ -e "$h" ] && { head -1 "$h" | grep -q "^/\* $(basename "$h") - " || say "$h: no opening line"; }
done

# 5. File base names are unique in src/, so that a backtrace is never ambiguous.
find src -name '*.c' -printf '%f\n' | sort | uniq -d | while read -r f; do echo "two files $f"; done |
    grep . && bad=1

# 6. Layout.
find src include tests fuzz bench examples -name '*.[ch]' -print0 |
    xargs -0 clang-format --dry-run -Werror 2>&1 | grep -m5 'error:' && bad=1
exit $bad
