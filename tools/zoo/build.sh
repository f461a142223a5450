#!/bin/sh
# Rebuild the whole zoo, both halves: write the texts, train the tokenizers and every member, derive the others, check.
# usage: build.sh STORIES260K_DIR WORK_DIR ZOO_DIR [ROOT...]      (PYTHON names the interpreter)
# ROOT: where the Debian packages of the held-out half are unpacked; / where they are installed
set -eu
stories=$1 work=$2 zoo=$3
shift 3
here=$(dirname "$0")
python=${PYTHON:-python3}

mkdir -p "$work" "$zoo"
"$python" "$here/stories.py" "$stories" "$work/stories.jsonl"
"$python" "$here/corpus.py" "$work/stories.jsonl" "$work/development"
"$python" "$here/corpus_heldout.py" "$work/heldout" "$@"
tokens() { # tokens HALF SIZE FOLDER KIND...
    half=$1 size=$2 folder=$3
    shift 3
    "$python" "$here/vocab.py" "$work/$half" "$size" "$work/$half/$folder" "$@"
}
tokens development 2048 .
tokens development 1280 tokens1280 docs code stories sums
tokens heldout 1024 .
tokens heldout 1536 tokens1536 pod perl german tables
"$python" "$here/train.py" development "$work/development" "$zoo"
"$python" "$here/train.py" heldout "$work/heldout" "$zoo/heldout"
"$python" "$here/derive.py" "$zoo" --record
"$python" "$here/check.py" development "$work/development" "$zoo"
"$python" "$here/check.py" heldout "$work/heldout" "$zoo/heldout"
