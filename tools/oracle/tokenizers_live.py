#!/usr/bin/env python3
"""tokenizers_live.py - encode texts with the package and with libpot, and compare.

    python3 tools/oracle/tokenizers_live.py [-s SEED] [-n COUNT] [-l build/release/libpot.a] [NAME ...]

Builds tokenizers_driver.c against the library, makes COUNT texts, and compares ids and byte
spans for each real and small tokenizer, without and with special tokens.  Exit 1 if any
differ."""
import argparse
import os
import struct
import subprocess
import sys
import tempfile

import tokenizers_common as common
import tokenizers_corpus as corpus


def driver(library, folder):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tokenizers_driver.c")
    out = os.path.join(folder, "driver")
    subprocess.run(["cc", "-O2", "-I", os.path.join(common.ROOT, "include"), source, "-o", out, library,
                    "-lcrypto", "-ljansson", "-lpcre2-8", "-lutf8proc", "-lm", "-pthread"], check=True)
    return out


def ours(exe, path, texts, special):
    run = subprocess.run([exe, path, "1" if special else "0"], input=texts, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False)
    if run.returncode:
        sys.exit(run.stderr.decode())
    data, at, out = run.stdout, 0, []
    while at < len(data):
        n, = struct.unpack_from("<I", data, at)
        at += 4
        if n == 0xffffffff:
            out.append(None)
            continue
        flat = struct.unpack_from("<%dI" % (3 * n), data, at)
        at += 12 * n
        out.append([flat[i:i + 3] for i in range(0, 3 * n, 3)])
    return out


def compare(name, path, exe, strings, texts, special, show):
    tok = common.load(path)
    id_diffs = span_diffs = 0
    for s, got in zip(strings, ours(exe, path, texts, special)):
        want = common.encode(tok, s, special)
        bad_ids = got is None or [t[0] for t in got] != [t[0] for t in want]
        bad_spans = not bad_ids and got != want
        id_diffs += bad_ids
        span_diffs += bad_spans
        if (bad_ids or bad_spans) and show > 0:
            show -= 1
            print("  %s %r\n    package %s\n    ours    %s" % ("IDS" if bad_ids else "SPANS", s, want, got))
    print("%-24s special %d  texts %d  ids differ %d  spans differ %d" %
          (name, special, len(strings), id_diffs, span_diffs), flush=True)
    return id_diffs + span_diffs


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-s", "--seed", type=int, default=2)
    p.add_argument("-n", "--count", type=int, default=10000)
    p.add_argument("-l", "--library", default=os.path.join(common.ROOT, "build/release/libpot.a"))
    p.add_argument("--show", type=int, default=3, help="differences to print for each tokenizer")
    p.add_argument("names", nargs="*")
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        exe = driver(a.library, folder)
        strings = corpus.make(a.seed, a.count)
        blob = os.path.join(folder, "texts")
        common.write_strings(blob, strings)
        with open(blob, "rb") as f:
            texts = f.read()
        bad = 0
        for name, path in {**common.real(), **common.small()}.items():
            if not a.names or name in a.names:
                for special in (False, True):
                    bad += compare(name, path, exe, strings, texts, special, a.show)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
