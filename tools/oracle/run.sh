#!/bin/sh
# run.sh POT - live comparison with the reference implementations, where they are installed.
# PYTHON names the interpreter that has them (default python3); COUNT the models per architecture.
set -u
pot=$1
cd "$(dirname "$0")/../.."
py=${PYTHON:-python3}
export RUST_BACKTRACE=0 # patterns that the tokenizers package gives up on panic, and are counted
bad=0

has() { "$py" -c "import $1" 2>/dev/null; }
members() { for config in "$@"; do dirname "$config"; done; } # of the zoo: folders that hold a model
skip() { echo "skipped: $1 is not installed for $py (set PYTHON)"; }

echo "== challenges, against an independent program"
"$py" tools/oracle/challenge_reference.py check || bad=1

echo "== bets and bounds, against mpmath and confseq"
if has mpmath; then
    "$py" tools/oracle/bets.py live "$(dirname "$pot")/examples/decide" || bad=1
else
    skip mpmath
fi

echo "== log-probabilities, against transformers"
if has transformers && has torch; then
    "$py" tools/oracle/arch.py live "$pot" --count "${COUNT:-12}" 2>/dev/null || bad=1
    "$py" tools/oracle/arch.py dirs "$pot" $(members zoo/*/config.json zoo/heldout/*/config.json) $(ls -d ../shared/data/models/stories260k 2>/dev/null) 2>/dev/null || bad=1
    echo "== quantized safetensors, against the formats' own packages (\$PACKAGES) and transformers"
    "$py" tools/oracle/quantized.py live "$pot" --count "${COUNT:-12}" 2>/dev/null || bad=1
    echo "== greedy texts, against transformers"
    "$py" tools/oracle/generate_live.py "$pot" $(members zoo/*/config.json zoo/heldout/*/config.json) 2>/dev/null || bad=1
    echo "== run directories, against hashlib, tokenizers, transformers and exact rationals"
    "$py" tools/oracle/run_directory.py "$pot" zoo/base $(members zoo/*/config.json | grep -v -e /base$ -e other-tokenizer) || bad=1
    echo "== laws of the next byte, against transformers, tokenizers and sentencepiece"
    if has sentencepiece; then
        for cand in tests/golden/bytes ../shared/data/models/stories260k; do
            [ -d $cand ] || { echo "skipped: $cand is not there"; continue; }
            "$py" tools/oracle/next_byte.py live "$pot" zoo/base $cand || bad=1
            "$py" tools/oracle/next_byte.py live "$pot" $cand zoo/base || bad=1
        done
    else
        skip sentencepiece
    fi
    echo "== references without weights, against hashlib, tokenizers and transformers"
    "$py" tools/oracle/potref_live.py "$pot" zoo/base zoo/finetune-light zoo/other-arch 2>/dev/null || bad=1
else
    skip "transformers (with torch)"
fi

echo "== block types, against gguf"
if has gguf; then
    "$py" tools/oracle/quants.py live || bad=1
    if has torch; then
        echo "== number formats of the zoo's derived members, against gguf and torch"
        "$py" tools/oracle/zoo_blocks.py || bad=1
    fi
    echo "== GGUF copies of models, against their safetensors: equal bits"
    if has transformers && has torch; then
        "$py" tools/oracle/gguf_models.py live "$pot" --count "${COUNT:-12}" 2>/dev/null || bad=1
        "$py" tools/oracle/gguf_models.py dirs "$pot" $(members zoo/*/config.json zoo/heldout/*/config.json) 2>/dev/null || bad=1
    else
        skip "transformers (with torch)"
    fi
else
    skip gguf
fi

echo "== log-probabilities of GGUF files, against llama.cpp; and what its converter writes: equal bits"
if has llama_cpp && has gguf && has transformers && has torch; then
    "$py" tools/oracle/llamacpp.py live "$pot" --count "${COUNT:-12}" 2>/dev/null || bad=1
    "$py" tools/oracle/llamacpp.py dirs "$pot" $(members zoo/*/config.json zoo/heldout/*/config.json) $(ls -d ../shared/data/models/stories260k 2>/dev/null) 2>/dev/null || bad=1
    "$py" tools/oracle/llamacpp.py converter "$pot" --count "${COUNT:-12}" 2>/dev/null || bad=1
else
    skip "llama_cpp (with gguf, transformers and torch; tools/oracle/llamacpp.py --help says how)"
fi

echo "== ids and spans, against tokenizers"
if has tokenizers; then
    "$py" tools/oracle/tokenizers_live.py || bad=1
    "$py" tools/oracle/decode_live.py 2>/dev/null || bad=1
    "$py" tools/oracle/tokenizers_random.py || bad=1
    "$py" tools/oracle/tokenizers_patterns.py || bad=1
    if has gguf && [ -d ../shared/data/tokenizers/llamacpp-vocab ]; then
        "$py" tools/oracle/tokenizers_vectors.py || bad=1
        "$py" tools/oracle/gguf_tokens.py || bad=1
    else
        skip "gguf (or the vectors of llama.cpp are not there)"
    fi
else
    skip tokenizers
fi

echo "== ids, against sentencepiece"
if has sentencepiece && has tokenizers; then
    "$py" tools/oracle/sentencepiece_live.py || bad=1
else
    skip "sentencepiece (with tokenizers)"
fi
exit $bad
