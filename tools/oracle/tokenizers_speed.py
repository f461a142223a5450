#!/usr/bin/env python3
"""tokenizers_speed.py - libpot and the packages on one core, one after the other in one run.

    python3 tools/oracle/tokenizers_speed.py [-l build/release/libpot.a] [-r ROUNDS] [NAME ...]

Encodes this repository's sources and documents, prose in many scripts, and one of the large files
again as one text, with spans: tokenizers' encode_batch on one thread, sentencepiece's encode, and
pot_tokenizer_encode.  Prints MB/s, the best of the rounds, and the ratio; exit 1 if one is below 1, but
for the small SentencePiece models: there the package, which gives ids only, is about as fast.

With `big` in place of a name: writes a tokenizer.json of 256,000 pieces and 500,000 merges into
build/oracle and prints how long each takes to open it."""
import argparse
import glob
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers_common as common
import tokenizers_corpus as corpus
import tokenizers_live as live


def texts():
    """Paragraphs, in an order that mixes languages, then one long text."""
    out = []
    for path in sorted(glob.glob(os.path.join(common.ROOT, "src", "*", "*.c")) + glob.glob(os.path.join(common.ROOT, "docs", "*", "*.md"))):
        with open(path, encoding="utf-8") as f:
            out += f.read().split("\n\n")
    out = [s for s in out if "{0x" not in s]
    r = random.Random(3)
    out += [" ".join(r.sample(corpus.PROSE.split(), 40)) for _ in range(600)] + [corpus.PROSE] * 60
    r.shuffle(out)
    return out + ["\n\n".join(out)[:200000]]


def ours(exe, path, blob):
    run = subprocess.run([exe, path, "0"], input=blob, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    found = dict(line.split() for line in run.stderr.decode().splitlines())
    return float(found["encode"]), float(found["open"])


def theirs(path, strings):
    if ".json" in path:
        tok = common.load(path)
        return lambda: tok.encode_batch(strings, add_special_tokens=False)
    import sentencepiece
    sp = sentencepiece.SentencePieceProcessor(model_file=path)
    return lambda: [sp.encode(s) for s in strings]


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def big():
    path = os.path.join(common.CACHE, "big.json")
    if not os.path.exists(path):
        letters = [chr(c) for c in range(0x4e00, 0x4e00 + 94)]
        pieces = letters + [a + b for a in letters for b in letters]
        pairs = [(p[0], p[1]) for p in pieces[94:]]
        for i in random.Random(1).sample(range(94 ** 3), 256000 - len(pieces)):
            a, b, c = letters[i // 8836], letters[i // 94 % 94], letters[i % 94]
            pieces.append(a + b + c)
            pairs += [(a, b + c), (a + b, c)]
        vocab, unique = {p: i for i, p in enumerate(pieces)}, pairs[:500000]
        os.makedirs(common.CACHE, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"version": "1.0", "added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None,
                       "decoder": None, "model": {"type": "BPE", "vocab": vocab, "merges": unique}}, f, indent=2, ensure_ascii=False)
    return path


def open_big(exe):
    path = big()
    size = os.path.getsize(path) / 1e6
    mine = min(ours(exe, path, b"")[1] for _ in range(3))
    package = seconds(lambda: common.load(path))
    print("%.1f MB: package opens in %.3f s, ours in %.3f s" % (size, package, mine))
    return mine < 1


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-l", "--library", default=os.path.join(common.ROOT, "build/release/libpot.a"))
    p.add_argument("-r", "--rounds", type=int, default=3)
    p.add_argument("names", nargs="*")
    a = p.parse_args()
    strings = texts()
    blob = b"".join(struct.pack("<I", len(s.encode())) + s.encode() for s in strings)
    n = sum(len(s.encode()) for s in strings) / 1e6
    files = {**common.real(), **common.small()}
    try:
        import sentencepiece
        files.update((os.path.basename(f), f) for f in glob.glob(os.path.join(common.SHARED, "tokenizers", "mistral", "*.model*")))
        golden = os.path.join(common.ROOT, "tests", "golden", "sentencepiece", "*.model")
        files.update((os.path.basename(f), f) for f in glob.glob(golden))
    except ImportError:
        print("skipped: sentencepiece is not installed")
    good = True
    with tempfile.TemporaryDirectory() as folder:
        exe = live.driver(a.library, folder)
        if "big" in a.names or not a.names:
            good = open_big(exe)
        for name, path in files.items():
            if a.names and name not in a.names:
                continue
            run = theirs(path, strings)
            package, mine = 1e9, 1e9
            for _ in range(a.rounds):
                package = min(package, seconds(run))
                mine = min(mine, ours(exe, path, blob)[0])
            good &= mine < package or "golden" in path
            print("%-46s package %7.2f MB/s  ours %7.2f MB/s  ratio %5.1f" % (name, n / package, n / mine, package / mine), flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
