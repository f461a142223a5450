#!/bin/sh
# setup.sh build|lint|arm - find what is missing on Debian or Ubuntu, say so, and install it.
# Does nothing when all is there; uses sudo only when not root.  `arm` is a cross compiler, an
# emulator, and the libraries for arm64, which Debian has in the same place as its own.
set -eu

cc=gcc arch=""
case ${1:-build} in
build) need="gcc:gcc make:make pkg-config:pkg-config openssl:openssl
             h/openssl/evp.h:libssl-dev h/jansson.h:libjansson-dev h/pcre2.h:libpcre2-dev
             h/utf8proc.h:libutf8proc-dev h/stdio.h:libc6-dev" ;;
lint) need="clang-format:clang-format" ;;
arm) cc=aarch64-linux-gnu-gcc arch=arm64
     need="$cc:gcc-aarch64-linux-gnu make:make openssl:openssl qemu-aarch64:qemu-user
           h/stdio.h:libc6-dev-arm64-cross l/libcrypto.so:libssl-dev:arm64
           l/libjansson.so:libjansson-dev:arm64 l/libpcre2-8.so:libpcre2-dev:arm64
           l/libutf8proc.so:libutf8proc-dev:arm64" ;;
*) echo "usage: setup.sh build|lint|arm" >&2; exit 2 ;;
esac

missing=""
for item in $need; do
    what=${item%%:*} package=${item#*:}
    case $what in
    h/*) if command -v $cc >/dev/null && printf '#define PCRE2_CODE_UNIT_WIDTH 8\n#include <%s>\n' "${what#h/}" |
             $cc -E -x c - >/dev/null 2>&1; then continue; fi ;;
    l/*) if command -v $cc >/dev/null && [ -e "$($cc -print-file-name="${what#l/}")" ]; then continue; fi ;;
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
if [ "$arch" ] && ! { dpkg --print-architecture; dpkg --print-foreign-architectures; } | grep -qx "$arch"; then
    echo "adding the architecture: $sudo dpkg --add-architecture $arch" >&2
    $sudo dpkg --add-architecture "$arch"
fi
echo "installing them: $sudo apt-get install --yes --no-install-recommends$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get install --yes --no-install-recommends $missing >/dev/null 2>&1 || {
    $sudo apt-get update >/dev/null
    $sudo apt-get install --yes --no-install-recommends $missing >/dev/null
}
