#!/usr/bin/env python3
"""tokenizers_vectors.py - llama.cpp's vectors for each tokenizer that can be had.

    python3 tools/oracle/tokenizers_vectors.py [-l build/release/libpot.a]

../shared/data/tokenizers/llamacpp-vocab has texts and ids (NAME.inp, NAME.out) without special
tokens.  Their tokenizers come from the folder beside it, or a tokenizer.json is rebuilt from the
tokens and merges of NAME.gguf (needs gguf) with the pre-tokenizer of that family.  Prints one line
for each pair, with what the tokenizers package makes of the same file; exit 1 if ours differs from
the package, or from the vectors where the package does not."""
import argparse
import json
import os
import struct
import sys
import tempfile

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

import tokenizers_common as common
import tokenizers_golden as golden
import tokenizers_live as live

FOLDER = os.path.join(common.SHARED, "tokenizers", "llamacpp-vocab")
GAP = "\n__ggml_vocab_test__\n"
CJK = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
SYMBOLS = "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+"
HERE = {"falcon": "falcon", "phi-3": "phi-3-mini", "roberta-bpe": "roberta-base", "gpt-2": "gpt2", "qwen2": "qwen2",
        "deepseek-r1-qwen": "qwen2"}
MISSING = {"chameleon": "no vocabulary", "command-r": "no vocabulary", "llama-bpe": "no vocabulary", "bert-bge": "WordPiece, refused"}


def cased():
    """DeepSeek-LLM's list of cased letters, from the notes beside the data."""
    with open(os.path.join(common.SHARED, "..", "design", "engine.md"), encoding="utf-8") as f:
        line = next(x for x in f if x.startswith("CASED"))
    return line.split(None, 1)[1].strip()


def split(*patterns):
    return [golden.split(p) for p in patterns]


def steps(name):
    gpt2 = golden.byte_level(use_regex=True)
    if name in ("starcoder", "refact"):
        return [pre_tokenizers.Digits(True), gpt2]
    if name == "deepseek-coder":
        return split("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", CJK, "\\p{N}") + [golden.byte_level()]
    if name == "deepseek-llm":
        return split("[\\r\\n]", "\\s?" + cased(), SYMBOLS, "\\s+$", CJK, "\\p{N}+") + [golden.byte_level()]
    return [gpt2]


def from_gguf(name, path):
    """A tokenizer.json with the tokens and merges of a GGUF file."""
    from gguf import GGUFReader
    field = {f.name: f for f in GGUFReader(os.path.join(FOLDER, "ggml-vocab-%s.gguf" % name)).fields.values()}
    tokens = field["tokenizer.ggml.tokens"].contents()
    if field["tokenizer.ggml.model"].contents() == "llama":
        scores = field["tokenizer.ggml.scores"].contents()
        kinds = field["tokenizer.ggml.token_type"].contents()
        vocab = {t: i for i, t in enumerate(tokens)}
        merges = []
        for t in sorted((t for t in vocab if kinds[vocab[t]] == 1 and len(t) > 1), key=lambda t: (-scores[vocab[t]], vocab[t])):
            merges += [(t[:i], t[i:]) for i in range(1, len(t)) if t[:i] in vocab and t[i:] in vocab]
        tok = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
        tok.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    else:
        vocab = {t: i for i, t in enumerate(tokens)}
        merges = [tuple(m.split(" ", 1)) for m in field["tokenizer.ggml.merges"].contents()]
        tok = Tokenizer(models.BPE(vocab, merges))
        tok.pre_tokenizer = pre_tokenizers.Sequence(steps(name))
        kinds = field["tokenizer.ggml.token_type"].contents()
        tok.add_tokens([AddedToken(t, normalized=False) for t, k in zip(tokens, kinds) if k == 4])
    tok.save(path)
    return path


def find(name, folder):
    real = common.real()
    if name in HERE and HERE[name] in real:
        return real[HERE[name]], "its own file"
    return from_gguf(name, os.path.join(folder, name + ".json")), "rebuilt from GGUF"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-l", "--library", default=os.path.join(common.ROOT, "build/release/libpot.a"))
    a = p.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        exe = live.driver(a.library, folder)
        for file in sorted(os.listdir(FOLDER)):
            if not file.endswith(".inp"):
                continue
            name = file[len("ggml-vocab-"):-len(".gguf.inp")]
            if name in MISSING:
                print("%-18s not comparable: %s" % (name, MISSING[name]))
                continue
            with open(os.path.join(FOLDER, file), encoding="utf-8", newline="") as f:
                texts = f.read().split(GAP)[:-1]
            with open(os.path.join(FOLDER, file[:-3] + "out"), encoding="ascii") as f:
                want = [[int(x) for x in line.split()] for line in f]
            path, origin = find(name, folder)
            tok = common.load(path)
            theirs = [tok.encode(s, add_special_tokens=False).ids for s in texts]
            blob = b"".join(struct.pack("<I", len(s.encode())) + s.encode() for s in texts)
            mine = [[t[0] for t in ids] for ids in live.ours(exe, path, blob, False)]
            hits = sum(x == y for x, y in zip(mine, want))
            package = sum(x == y for x, y in zip(theirs, want))
            bad += mine != theirs or hits != package
            print("%-18s ours %d of %d, the package %d; %s" % (name, hits, len(want), package, origin))
            for s, x, y in zip(texts, mine, want):
                if x != y:
                    print("   %r\n     ours %s\n     want %s" % (s[:60], x[:12], y[:12]))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
