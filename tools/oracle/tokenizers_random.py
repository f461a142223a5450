#!/usr/bin/env python3
"""tokenizers_random.py - random tokenizer files: does libpot do what the package does?

    python3 tools/oracle/tokenizers_random.py [-s SEED] [-n FILES] [-l build/release/libpot.a]

Takes the model of a small tokenizer and puts random normalizers, pre-tokenizers,
post-processors, added tokens and model options around it.  Exit 1 if a file that both take
gives different ids or spans for any text, or if only we refuse it without saying why."""
import argparse
import base64
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

from tokenizers import Tokenizer

import charsmap
import tokenizers_common as common
import tokenizers_corpus as corpus
import tokenizers_live as live

BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
PATTERNS = [{"String": s} for s in (" ", "a", "\u2581", "'", "ab", "\u00e9")] + [{"Regex": s} for s in (
    r"\s+", r"\p{L}+|\p{N}", "[0-9]{3}", r"\s+(?!\S)|\s", "[^a-z]", "^.|.$", r"(?<=\p{L})", "[[:punct:]]", ".{1,4}", r"\w+")]


def flag(r):
    return r.random() < .5


def rules(r):
    """A random character map: keys are characters, clusters and their beginnings."""
    parts = ["a", "e", "A", " ", "\n", "\r", "\u00e9", "\u0301", "\u0323", "\u00a9", "\u200d", "\u0600", "\u0915", "\u094d", "\u093e",
             "\u1100", "\u1161", "\ufb01", "\u4eba", "\U0001f600", "\u2581", "\u200b", "\x1c", "1", "\ufe0f", "\u0e33", "\xad"]
    key = lambda: "".join(r.choices(parts, k=r.choice([1, 1, 1, 2, 3])))
    return {key(): r.choice(["", "", " ", "x", "a\u0301", "\u2581", "fi", "...", "\u4eba"]) for _ in range(r.randint(1, 20))}


def normalizer(r):
    kind = r.choice(["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Strip", "Replace", "Prepend", "ByteLevel",
                     "Precompiled"])
    n = {"type": kind}
    if kind == "Strip":
        n.update(strip_left=flag(r), strip_right=flag(r))
    if kind == "Replace":
        n.update(pattern=r.choice([p for p in PATTERNS if "<=" not in str(p)]), content=r.choice(["", "\u2581", "xy", " \u00e9 "]))
    if kind == "Precompiled":
        n.update(precompiled_charsmap=base64.b64encode(charsmap.build(rules(r))).decode())
    if kind == "Prepend":
        n.update(prepend=r.choice(["\u2581", " ", "ab "]))
    return n


def pre_tokenizer(r):
    kind = r.choice(["ByteLevel", "Metaspace", "Split", "Split", "Digits", "Punctuation", "CharDelimiterSplit",
                     "WhitespaceSplit", "Whitespace"])
    p = {"type": kind}
    if kind == "ByteLevel":
        p.update(add_prefix_space=flag(r), trim_offsets=flag(r), use_regex=flag(r))
    if kind == "Metaspace":
        p.update(replacement=r.choice(["\u2581", "_", "\u00e9"]), prepend_scheme=r.choice(["always", "first", "never"]), split=flag(r))
    if kind == "Split":
        p.update(pattern=r.choice(PATTERNS), behavior=r.choice(BEHAVIORS), invert=flag(r))
    if kind == "Digits":
        p.update(individual_digits=flag(r))
    if kind == "Punctuation":
        p.update(behavior=r.choice(BEHAVIORS))
    if kind == "CharDelimiterSplit":
        p.update(delimiter=r.choice([" ", "a", "|", "\u2581", "\u3042"]))
    return p


def template(r, vocab):
    names = r.sample(list(vocab), 2)
    special = {n: {"id": n, "ids": [vocab[n]], "tokens": [n]} for n in names}
    single = [{"Sequence": {"id": "A", "type_id": 0}}]
    for _ in range(r.randrange(3)):
        single.insert(r.randint(0, len(single)), {"SpecialToken": {"id": r.choice(names), "type_id": 0}})
    return {"type": "TemplateProcessing", "single": single, "pair": single, "special_tokens": special}


def post(r, vocab):
    trim = {"type": "ByteLevel", "add_prefix_space": flag(r), "trim_offsets": flag(r), "use_regex": True}
    a, b = r.sample(list(vocab), 2)
    roberta = {"type": "RobertaProcessing", "sep": [a, vocab[a]], "cls": [b, vocab[b]], "trim_offsets": flag(r),
               "add_prefix_space": flag(r)}
    bert = {"type": "BertProcessing", "sep": [a, vocab[a]], "cls": [b, vocab[b]]}
    return r.choice([None, trim, roberta, bert, template(r, vocab),
                     {"type": "Sequence", "processors": [trim, template(r, vocab)]}])


def sequence(r, make, kind, member):
    n = r.choice([0, 1, 1, 2, 3])
    if n == 0:
        return None
    if n == 1:
        return make(r)
    return {"type": kind, member: [make(r) for _ in range(n)]}


def added(r, vocab):
    texts = corpus.LOOKALIKES + [" ", "  ", "a", "the", "'s", "\u00e9", "\u00c5", "\ufb01", "\n", "\t\t", "1", "in", "E", "\u2581a", "\u4eba", ".", "  a"]
    out, n = [], len(vocab)
    for s in r.sample(texts, r.randrange(8)):
        if s in vocab:
            i = vocab[s]
        else:
            i, n = n, n + 1
        out.append({"id": i, "content": s, "single_word": r.random() < .3, "lstrip": r.random() < .3,
                    "rstrip": r.random() < .3, "normalized": flag(r), "special": flag(r)})
    return out


def document(r, bases):
    base = r.choice(bases)
    model = dict(base["model"])
    model["type"] = "BPE" if "merges" in model else "Unigram"
    model["byte_fallback"] = flag(r)
    if model["type"] == "Unigram":
        return {**around(r, {p: i for i, (p, _) in enumerate(model["vocab"])}), "model": unigram(r, model)}
    model["fuse_unk"] = flag(r)
    model["ignore_merges"] = r.random() < .3
    model["unk_token"] = r.choice([None, next(iter(model["vocab"]))])
    return {**around(r, model["vocab"]), "model": model}


def unigram(r, model):
    """Other scores: few values, so that sums are equal; positive ones; more digits than fit."""
    how = r.choice([lambda s: s, lambda s: float(round(s / 3)), lambda s: s + 8, lambda s: r.uniform(-1e-3, 9)])
    model["vocab"] = [[p, how(s)] for p, s in model["vocab"]]
    model["unk_id"] = r.choice([None, model["unk_id"], model["unk_id"], r.randrange(len(model["vocab"]))])
    return model


def around(r, vocab):
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added(r, vocab),
            "normalizer": sequence(r, normalizer, "Sequence", "normalizers"),
            "pre_tokenizer": sequence(r, pre_tokenizer, "Sequence", "pretokenizers"),
            "post_processor": post(r, vocab), "decoder": None}


def one(doc, path, exe, strings, texts, count):
    blob = json.dumps(doc)
    try:
        tok = Tokenizer.from_str(blob)
    except BaseException:
        count["package refuses"] += 1
        return
    with open(path, "w", encoding="utf-8") as f:
        f.write(blob)
    run = subprocess.run([exe, path, "0"], input=b"", stderr=subprocess.PIPE, check=False)
    if run.returncode:
        why = run.stderr.decode().split(": ", 1)[1].strip()
        count["we refuse"] += 1
        print("REFUSED", why[:150])
        return
    count["both"] += 1
    for s, got in zip(strings, live.ours(exe, path, texts, True)):
        try:
            want = common.encode(tok, s, True)
        except BaseException:
            count["package panics"] += 1
            continue
        if got != want:
            count["differ"] += 1
            small = {k: v for k, v in doc.items() if k != "model"}
            small["model"] = {k: v for k, v in doc["model"].items() if k not in ("vocab", "merges")}
            print("DIFFER on %r\n  %s\n  package %s\n  ours    %s" % (s, json.dumps(small, ensure_ascii=False), want, got))
            return


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-s", "--seed", type=int, default=1)
    p.add_argument("-n", "--files", type=int, default=200)
    p.add_argument("-l", "--library", default=os.path.join(common.ROOT, "build/release/libpot.a"))
    a = p.parse_args()
    r = random.Random(a.seed)
    bases = []
    for path in common.small().values():
        with open(path, encoding="utf-8") as f:
            bases.append(json.load(f))
    strings = corpus.make(a.seed, 220)
    texts = b"".join(struct.pack("<I", len(s.encode())) + s.encode() for s in strings)
    count = {"both": 0, "package refuses": 0, "package panics": 0, "we refuse": 0, "differ": 0}
    with tempfile.TemporaryDirectory() as folder:
        exe = live.driver(a.library, folder)
        for _ in range(a.files):
            one(document(r, bases), os.path.join(folder, "tokenizer.json"), exe, strings, texts, count)
    print(count)
    sys.exit(1 if count["differ"] else 0)


if __name__ == "__main__":
    main()
