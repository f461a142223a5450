#!/usr/bin/env python3
"""tokenizers_patterns.py - random patterns: does our rewriting match as Oniguruma does?

    python3 tools/oracle/tokenizers_patterns.py [-s SEED] [-n PATTERNS] [-l build/release/libpot.a]

Each pattern cuts texts in the package and in libpot; Metaspace then puts a mark before every
piece, so ids and spans show the cuts.  Patterns that either side refuses are counted.  Exit 1
if a pattern that both take cuts any text differently."""
import argparse
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

from tokenizers import Tokenizer

import tokenizers_common as common
import tokenizers_corpus as corpus
import tokenizers_live as live

PROPS = [r"\p{%s}" % p for p in (
    "L", "N", "M", "P", "S", "Lu", "Ll", "Lo", "Lm", "Nd", "No", "Po", "Sm", "Zs", "Han", "Latin", "Cyrillic",
    "Katakana", "Arabic", "Greek", "Hangul")]
POSITIVE = [r"\s", r"\S", r"\d", r"\w", r"\h", *PROPS]
SETS = [*POSITIVE, r"\D", r"\W", r"\H", *(p.replace("p{", "P{") for p in PROPS)]
PLAIN = [*"abeghknquxyz01 -'/!_", "K", "k", r"\n", r"\s", r"\S", r"\h", "[a-z]", "[^a-c]", "[sdmt]", "ll", "re", "."]
ATOMS = [*"abest01 -'/!_", r"\n", r"\t", r"\r", r"\x{3042}", r"\x41", "\u3042", "\u00e9", "\u0301", r"\.", r"\(", r"\\", r"\/",
         r"\-", "."]


def klass(r, deep=0):
    members = []
    for _ in range(r.randint(1, 4)):
        k = r.randrange(9)
        if k < 3:
            members.append(r.choice(SETS if r.random() < .05 else POSITIVE))
        elif k < 5:
            members.append(r.choice(["a-f", "0-9", "A-Z", r"\x{300}-\x{36f}", "!-/", "\u4e00-\u9fff"]))
        elif k == 5:
            members.append("[:punct:]")
        elif k == 6 and deep < 2:
            members.append(klass(r, deep + 1))
        else:
            members.append(r.choice(["a", "s", "0", "_", r"\n", "\u00e9", r"\]", r"\[", "|", "(", ".", " ", r"\-", "-"]))
    head = r.choice(["", "", "^"])
    tail = "&&[^%s]" % r.choice(["a", r"\p{Han}", r"\d", "a-c"]) if not head and r.random() < .1 else ""
    if deep:
        head = tail = ""
    return "[%s%s%s]" % (head, "".join(members), tail)


def atom(r, deep):
    k = r.randrange(12)
    if k < 4:
        return r.choice(ATOMS)
    if k < 6:
        return r.choice(SETS)
    if k < 9:
        return klass(r)
    if deep > 2:
        return r.choice("ab")
    kind = r.choice(["(?:%s)", "(?:%s)", "(%s)", "(?=%s)", "(?!%s)", "(?i:%s)", "(?<=%s)", "(?<!%s)", "(?m:%s)"])
    if "<" in kind:
        return kind % r.choice([r"\d", "a", r"\s", "[ab]", r"\p{L}"])
    if "?i" in kind:
        return kind % "|".join("".join(r.choices(PLAIN, k=r.randint(1, 4))) for _ in range(2))
    return kind % pattern(r, deep + 1)


def item(r, deep):
    a = atom(r, deep)
    q = r.choice(["", "", "", "", "*", "+", "?", "+", "*?", "+?", "??", "++", "*+", "?+", "{2}", "{1,3}", "{2,}", "{,2}",
                  "{1,2}+", "{1,3}?"])
    return a if a.startswith(("(?=", "(?!", "(?<")) else a + q  # Oniguruma: nothing to repeat


def pattern(r, deep=0):
    return "|".join("".join(item(r, deep) for _ in range(r.randint(1, 4))) for _ in range(r.randint(1, 3)))


def document(regex):
    return json.dumps({
        "version": "1.0", "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False},
            {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": False}]},
        "post_processor": None, "decoder": None,
        "model": {"type": "BPE", "unk_token": "<unk>", "vocab": {"\u2581": 0, "<unk>": 1}, "merges": []}})


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-s", "--seed", type=int, default=1)
    p.add_argument("-n", "--patterns", type=int, default=500)
    p.add_argument("-l", "--library", default=os.path.join(common.ROOT, "build/release/libpot.a"))
    a = p.parse_args()
    r = random.Random(a.seed)
    one = corpus.maker(r, corpus.LOOKALIKES)
    strings = ["".join(one() for _ in range(r.randint(1, 5)))[:80] for _ in range(200)]
    strings += ["".join(r.choice("ab s'1\n.-eE\u3042\u00e9") for _ in range(30)) for _ in range(100)]
    texts = b"".join(struct.pack("<I", len(s.encode())) + s.encode() for s in strings)
    count = {"both": 0, "package refuses": 0, "we refuse": 0, "package gives up": 0, "we give up": 0,
             "differ": 0}
    with tempfile.TemporaryDirectory() as folder:
        exe = live.driver(a.library, folder)
        path = os.path.join(folder, "tokenizer.json")
        for _ in range(a.patterns):
            regex = pattern(r)
            doc = document(regex)
            try:
                tok = Tokenizer.from_str(doc)
            except Exception:  # the package raises plain Exception
                count["package refuses"] += 1
                continue
            with open(path, "w", encoding="utf-8") as f:
                f.write(doc)
            run = subprocess.run([exe, path, "0"], input=b"", stderr=subprocess.PIPE, check=False)
            if run.returncode:
                count["we refuse"] += 1
                continue
            count["both"] += 1
            for s, got in zip(strings, live.ours(exe, path, texts, False)):
                try:
                    want = common.encode(tok, s, False)
                except BaseException:  # a panic: Oniguruma has a limit too
                    count["package gives up"] += 1
                    continue
                if got is None:
                    count["we give up"] += 1
                elif got != want:
                    count["differ"] += 1
                    print("DIFFER %r on %r\n  package %s\n  ours    %s" %
                          (regex, s, [t[1:] for t in want if not t[0]], [t[1:] for t in got if not t[0]]))
                    break
    print(count)
    sys.exit(1 if count["differ"] else 0)


if __name__ == "__main__":
    main()
