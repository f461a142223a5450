#!/bin/sh
# setup.sh build|lint - find what is missing on Debian or Ubuntu, say so, and install it.
# Does nothing when all is there; uses sudo only when not root.
set -eu

case ${1:-build} in
build) need="gcc:gcc make:make pkg-config:pkg-config openssl:openssl
             h/openssl/evp.h:libssl-dev h/jansson.h:libjansson-dev h/pcre2.h:libpcre2-dev
             h/utf8proc.h:libutf8proc-dev h/stdio.h:libc6-dev" ;;
lint) need="clang-format:clang-format" ;;
*) echo "usage: setup.sh build|lint" >&2; exit 2 ;;
esac

missing=""
for item in $need; do
    what=${item%%:*} package=${item#*:}
    case $what in
    h/*) if command -v gcc >/dev/null && printf '#define PCRE2_CODE_UNIT_WIDTH 8\n#include <%s>\n' "${what#h/}" |
             gcc -E -x c - >/dev/null 2>&1; then continue; fi ;;
    *) command -v "$what" >/dev/null && continue ;;
    esac
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "pot needs these packages, which are not installed:$missing" >&2
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
if ! command -v apt-get >/dev/null; then
    echo "this is not a Debian or Ubuntu system: install what these packages hold, and run again" >&2
    exit 2
fi
echo "installing them: $sudo apt-get install --yes --no-install-recommends$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get install --yes --no-install-recommends $missing >/dev/null 2>&1 || {
    $sudo apt-get update >/dev/null
    $sudo apt-get install --yes --no-install-recommends $missing >/dev/null
}
