#!/bin/sh
# demo.sh POT - the main job on the shipped models, with its evidence.
set -u
pot=$1
cd "$(dirname "$0")/.."
case $pot in /*) ;; *) pot=$PWD/$pot ;; esac
run=$(mktemp -d) || exit 2
trap 'rm -rf "$run"' EXIT
bad=0

show() { # show EXPECTED-STATUS COMMAND...
    want=$1
    shift
    printf '\n$ pot %s\n' "$*"
    "$pot" "$@"
    st=$?
    printf '(exit status %d)\n' "$st"
    [ "$st" = "$want" ] || { echo "demo: exit status $want was expected" >&2; bad=1; }
}

echo "Two copies of one model, in BF16 and in F32:"
show 0 verify zoo/base zoo/base-f32 --out "$run/same"
echo "The same model after a little more training:"
show 1 verify zoo/base zoo/finetune-light --out "$run/different"
echo "The evidence: did the prompts follow from what was committed to beforehand?"
show 0 challenge check "$run/different"
ls -l "$run/different"
exit $bad
