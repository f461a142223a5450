#!/bin/sh
# Rebuild the whole zoo: sample stories, write the corpus, train the tokenizer and every member, check.
# usage: build.sh STORIES260K_DIR WORK_DIR ZOO_DIR      (PYTHON names the interpreter)
set -eu
stories=$1 work=$2 zoo=$3
here=$(dirname "$0")
python=${PYTHON:-python3}

mkdir -p "$work" "$zoo"
"$python" "$here/stories.py" "$stories" "$work/stories.jsonl"
"$python" "$here/corpus.py" "$work/stories.jsonl" "$work/corpus"
"$python" "$here/vocab.py" "$work/corpus"
"$python" "$here/train.py" "$work/corpus" "$zoo"
"$python" "$here/check.py" "$work/corpus" "$zoo"
