#!/usr/bin/env python3
"""sentencepiece_live.py - encode texts with the sentencepiece package and with libpot, and compare.

    python3 tools/oracle/sentencepiece_live.py [-s SEED] [-n COUNT] [-l build/release/libpot.a] [NAME ...]
    python3 tools/oracle/sentencepiece_live.py record

Trains small models of every kind, takes them and the real ones of ../shared, and compares the ids
of COUNT texts; with transformers installed, also those of LlamaTokenizer and T5Tokenizer with
their special tokens.  Exit 1 if any differ.

`record` writes tests/golden/sentencepiece: NAME.model for the models that are small, and NAME.ids, a
line of ids for each of the first 300 texts of at most 48 bytes of tokenizers/strings.bin."""
import argparse
import glob
import io
import json
import os
import struct
import sys
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as schema

import tokenizers_common as common
import tokenizers_corpus as corpus
import tokenizers_live as live

GOLDEN = os.path.join(common.ROOT, "tests", "golden", "sentencepiece")
USER = ["<ud>", "ab", "\u2581\u2581", "a b", "the quick", "\u00e9"]
RULES = [("\ufb01", "fi"), ("\u00bd", "1/2"), ("A\u030a", "\u00c5"), ("e\u0301", "\u00e9"), ("\t", " "), ("\n", " "), ("\u00a0", "  "),
         ("\u3000", " "), ("\u200b", ""), ("\u2026", "..."), ("abc", "x y"), ("\u4eba", "\u4eba "), ("\U0001f600", ":-)"), ("  ", "_")]


def train(**how):
    """A model; members that the trainer cannot set are put into the message afterwards."""
    after = {k: how.pop(k) for k in ("escape_whitespaces", "unused") if k in how}
    out = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as tsv:
        for key, value in RULES:
            tsv.write("%s\t%s\n" % (" ".join("%X" % ord(c) for c in key), " ".join("%X" % ord(c) for c in value)))
        tsv.flush()
        if how.pop("rules", False):
            how["normalization_rule_tsv"] = tsv.name
        elif "normalization_rule_name" not in how:
            how["normalization_rule_name"] = "identity"
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter((corpus.PROSE + corpus.CODE).split("\n") * 3), model_writer=out, minloglevel=2,
            **{"vocab_size": 600, "character_coverage": .98, "hard_vocab_limit": False, **how})
    m = schema.ModelProto()
    m.ParseFromString(out.getvalue())
    if "escape_whitespaces" in after:
        m.normalizer_spec.escape_whitespaces = after["escape_whitespaces"]
    for i in range(0, len(m.pieces), after.get("unused", len(m.pieces) + 1)):
        if m.pieces[i].type == 1:
            m.pieces[i].type = 5
    m.normalizer_spec.normalization_rule_tsv = ""
    m.trainer_spec.ClearField("input")
    return m.SerializeToString()


MODELS = {
    "bpe_llama": dict(model_type="bpe", byte_fallback=True, remove_extra_whitespaces=False, user_defined_symbols=USER,
                      control_symbols=["<ctl>"]),
    "bpe_rules": dict(model_type="bpe", rules=True, vocab_size=500),
    "bpe_behind": dict(model_type="bpe", byte_fallback=True, treat_whitespace_as_suffix=True, vocab_size=700),
    "unigram_rules": dict(model_type="unigram", rules=True, user_defined_symbols=USER, control_symbols=["<ctl>"]),
    "unigram_bytes": dict(model_type="unigram", byte_fallback=True, remove_extra_whitespaces=False, add_dummy_prefix=False,
                          vocab_size=900),
    "unigram_behind": dict(model_type="unigram", treat_whitespace_as_suffix=True, rules=True, unused=7),
    "unigram_spaces": dict(model_type="unigram", escape_whitespaces=False, rules=True, split_by_whitespace=False),
}
LARGE = {
    "unigram_nfkc": dict(model_type="unigram", normalization_rule_name="nmt_nfkc", user_defined_symbols=USER),
    "bpe_fold": dict(model_type="bpe", normalization_rule_name="nmt_nfkc_cf"),
}


def compare(name, path, exe, strings, blob, want):
    bad = 0
    for s, got in zip(strings, live.ours(exe, path, blob, want is not plain)):
        ids = want(path, s)
        if got is None or [t[0] for t in got] != ids:
            bad += 1
            if bad <= 3:
                print("  %r\n    package %s\n    ours    %s" % (s, ids, got))
    print("%-45s texts %d  ids differ %d" % (name, len(strings), bad), flush=True)
    return bad


LOADED = {}


def plain(path, s):
    if path not in LOADED:
        LOADED[path] = sentencepiece.SentencePieceProcessor(model_file=path)
    return LOADED[path].encode(s)


def transformers_too(folder, real, exe, strings):
    """What LlamaTokenizer and T5Tokenizer add, for texts without a special token's name."""
    try:
        from transformers import LlamaTokenizer, T5Tokenizer
    except ImportError:
        print("skipped: transformers is not installed")
        return 0
    strings = [s for s in strings if "<" not in s and s.strip()]
    blob = b"".join(struct.pack("<I", len(s.encode())) + s.encode() for s in strings)
    bad = 0
    for config, make in (({"tokenizer_class": "LlamaTokenizer"}, LlamaTokenizer),
                         ({"tokenizer_class": "LlamaTokenizer", "add_bos_token": False, "add_eos_token": True}, LlamaTokenizer),
                         ({"tokenizer_class": "T5Tokenizer"}, T5Tokenizer)):
        for source in real:
            path = os.path.join(folder, "tokenizer.model")
            with open(source, "rb") as f, open(path, "wb") as g:
                g.write(f.read())
            with open(os.path.join(folder, "tokenizer_config.json"), "w", encoding="ascii") as f:
                json.dump(config, f)
            tok = make(path, legacy=True, **{k: v for k, v in config.items() if k != "tokenizer_class"})
            bad += compare("%s %s" % (os.path.basename(source), json.dumps(config)[20:]), path, exe, strings, blob,
                           lambda _, s, tok=tok: tok(s).input_ids)
    return bad


def record():
    os.makedirs(GOLDEN, exist_ok=True)
    strings = common.read_strings(os.path.join(common.GOLDEN, "strings.bin"))
    strings = [s for s in strings if len(s.encode()) <= 48][:300]
    for name, how in MODELS.items():
        path = os.path.join(GOLDEN, name + ".model")
        with open(path, "wb") as f:
            f.write(train(**how))
        with open(os.path.join(GOLDEN, name + ".ids"), "w", encoding="ascii") as f:
            f.writelines(" ".join(map(str, plain(path, s))) + "\n" for s in strings)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-s", "--seed", type=int, default=5)
    p.add_argument("-n", "--count", type=int, default=10000)
    p.add_argument("names", nargs="*", help="of trained models; all, and the real ones, if there are none")
    p.add_argument("-l", "--library", default=os.path.join(common.ROOT, "build/release/libpot.a"))
    a = p.parse_args()
    strings = corpus.make(a.seed, a.count)
    blob = b"".join(struct.pack("<I", len(s.encode())) + s.encode() for s in strings)
    real = sorted(glob.glob(os.path.join(common.SHARED, "tokenizers", "mistral", "*.model*")))
    with tempfile.TemporaryDirectory() as folder:
        exe = live.driver(a.library, folder)
        bad = 0
        for name, how in {**MODELS, **LARGE}.items():
            if a.names and name not in a.names:
                continue
            path = os.path.join(folder, name + ".model")
            with open(path, "wb") as f:
                f.write(train(**how))
            bad += compare(name, path, exe, strings, blob, plain)
        for path in real if not a.names else []:
            bad += compare(os.path.basename(path), path, exe, strings, blob, plain)
        bad += transformers_too(folder, real[:1] if not a.names else [], exe, strings[:2000])
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
    else:
        main()
