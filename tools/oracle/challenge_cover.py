#!/usr/bin/env python3
"""challenge_cover.py - what the first 32 tokens of the prompts hold with real tokenizers.

    challenge_cover.py TOKENIZER.json... [-n TEXTS]

needs the `tokenizers` package.  For each family and tokenizer it prints how many bytes the
first 32 tokens cover (least, 1st percentile, median) and how many bits of words and numbers
lie wholly inside them: the surprise of that beginning, its structure not counted.
"""
import argparse
import math
import pathlib

from tokenizers import Tokenizer

import challenge_reference as reference

MIN_TOKENS = 32


def texts(family, n):
    f = reference.FAMILIES.index(family)
    for i in range(n):
        yield reference.write(b"\x42" * 32, bytes(16), 5 * i + f, goal=300)[2]


def measure(tokenizer, writer):
    encoding = tokenizer.encode(writer.out, add_special_tokens=False)
    cover = encoding.offsets[MIN_TOKENS - 1][1]
    return cover, sum(math.log2(n) for n, end in writer.slots if end < cover)


def least(values):
    values = sorted(values)
    return values[0], values[len(values) // 100], values[len(values) // 2]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tokenizer", nargs="+", type=pathlib.Path)
    parser.add_argument("-n", type=int, default=2000)
    options = parser.parse_args()
    print("%-13s %-16s %-18s %s" % ("family", "tokenizer", "bytes", "bits (least, 1 %, median)"))
    loaded = [(p.parent.name, Tokenizer.from_file(str(p))) for p in options.tokenizer]
    for family in reference.FAMILIES:
        writers = list(texts(family, options.n))
        for name, tokenizer in loaded:
            found = [measure(tokenizer, w) for w in writers]
            print("%-13s %-16s %4d %4d %4d     %5.0f %5.0f %5.0f" %
                  (family, name, *least([c for c, _ in found]), *least([b for _, b in found])))


if __name__ == "__main__":
    main()
