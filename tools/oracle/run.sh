#!/bin/sh
# run.sh POT - live comparison with the reference implementations, where they are installed.
# PYTHON names the interpreter that has them (default python3).
set -u
pot=$1
cd "$(dirname "$0")/../.."
py=${PYTHON:-python3}
bad=0

has() { "$py" -c "import $1" 2>/dev/null; }

if has transformers && has torch; then
    "$py" tools/oracle/arch.py live "$pot" --count "${COUNT:-12}" || bad=1
else
    echo "skipped: no transformers and torch in $py (set PYTHON)"
fi
exit $bad
