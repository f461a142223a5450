#!/usr/bin/env python3
"""decode_live.py - the text of ids, from the packages and from libpot.

    python3 tools/oracle/decode_live.py [-s SEED] [-n COUNT] [-l build/release/libpot.a]
    python3 tools/oracle/decode_live.py --record     writes tests/golden/tokenizers/decoded.txt

For each real and small tokenizer COUNT lists of ids, drawn from its vocabulary or from encoded texts,
with and without special tokens; random decoders on small tokenizers; SentencePiece models against the
package sentencepiece, where it is installed.  Exit 1 if any text differs."""
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


def ours(exe, path, lists, skip):
    blob = b"".join(struct.pack("<%dI" % (len(x) + 1), len(x), *x) for x in lists)
    run = subprocess.run([exe, path, "d1" if skip else "d0"], input=blob, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         check=False)
    if run.returncode:
        sys.exit(run.stderr.decode())
    out, at = [], 0
    while at < len(run.stdout):
        n, = struct.unpack_from("<I", run.stdout, at)
        at += 4
        if n == 0xffffffff:
            out.append(None)
            continue
        out.append(run.stdout[at:at + n].decode())
        at += n
    return out


def lists_of(r, size, encoded, count):
    """Ids of texts, pieces of them, and ids that no text has."""
    out = []
    for i in range(count):
        ids = list(encoded[i % len(encoded)]) if encoded else []
        how = r.randrange(4)
        if how == 0 and ids:
            a = r.randrange(len(ids))
            ids = ids[a:a + r.randint(1, 12)]
        elif how == 1 or not ids:
            ids = [r.randrange(size + 2) for _ in range(r.randint(0, 12))]
        elif how == 2:
            for _ in range(r.randint(1, 3)):
                ids.insert(r.randint(0, len(ids)), r.randrange(min(size, 300)))
        out.append(ids)
    return out


def compare(name, path, exe, lists, decode, show=3):
    bad = 0
    for skip in (False, True):
        for ids, got in zip(lists, ours(exe, path, lists, skip)):
            try:
                want = decode(ids, skip)
            except BaseException:  # the package panics
                continue
            if got != want:
                bad += 1
                if bad <= show:
                    print("  %s skip %d %s\n    package %r\n    ours    %r" % (name, skip, ids, want, got))
    print("%-24s lists %d  texts differ %d" % (name, 2 * len(lists), bad), flush=True)
    return bad


def decoder(r):
    kind = r.choice(["ByteLevel", "ByteFallback", "Fuse", "Strip", "Metaspace", "Replace", "BPEDecoder"])
    d = {"type": kind}
    if kind == "ByteLevel":
        d.update(add_prefix_space=True, trim_offsets=True, use_regex=True)
    if kind == "Strip":
        d.update(content=r.choice([" ", "a", "\u2581"]), start=r.randrange(3), stop=r.randrange(2))
    if kind == "Metaspace":
        d.update(replacement=r.choice(["\u2581", "a"]), prepend_scheme=r.choice(["always", "first", "never"]), split=True)
    if kind == "Replace":
        d.update(pattern=r.choice([{"String": "\u2581"}, {"String": "a"}, {"Regex": "[a-e]+"}, {"String": "\u0120"}]),
                 content=r.choice([" ", "", "xy"]))
    if kind == "BPEDecoder":
        d.update(suffix=r.choice(["</w>", "e", "\u2581"]))
    return d


def random_decoders(r, exe, folder, files):
    bad = 0
    for i in range(files):
        name, path = r.choice(sorted(common.small().items()))
        with open(path, encoding="utf-8") as f:
            doc = json.load(f)
        steps = [decoder(r) for _ in range(r.randrange(4))]
        doc["decoder"] = None if not steps else steps[0] if len(steps) == 1 else {"type": "Sequence", "decoders": steps}
        path = os.path.join(folder, "tokenizer.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(doc, f)
        try:
            tok = Tokenizer.from_file(path)
        except BaseException:
            continue
        size = max(tok.get_vocab().values())
        bad += compare("%s %s" % (name, "+".join(s["type"] for s in steps)), path, exe, lists_of(r, size, [], 200),
                       lambda ids, skip, tok=tok: tok.decode(ids, skip_special_tokens=skip))
    return bad


PIECES = ["<s>", "\u2581", "\u2581a", "a", "b", "e", "\u2581the", "<0x41>", "<0xC3>", "<0xA9>", "<0xe2>", "<0x+F>", "<0xZZ>",
          "\u0120", "\u0120x", "\u00c3", "\u00a9", "\u00e2", "\u010a", "ab</w>", "</w>", " ", "\u4eba", "a b\u2581c", "\U0001f600"]


def record(path):
    """A tokenizer, ids, whether special tokens are left out, and the text: four lines of JSON for each case."""
    r = random.Random(7)
    vocab = {s: i for i, s in enumerate(PIECES)}
    with open(path, "w", encoding="ascii") as f:
        for i in range(150):
            steps = [decoder(r) for _ in range(r.randrange(4))]
            doc = {"version": "1.0", "added_tokens": [dict(id=0, content="<s>", single_word=False, lstrip=False, rstrip=False,
                                                           normalized=False, special=True)],
                   "decoder": None if not steps else steps[0] if len(steps) == 1 else
                   {"type": "Sequence", "decoders": steps}, "model": {"type": "BPE", "vocab": vocab, "merges": []}}
            blob = json.dumps(doc)
            ids = [r.randrange(len(PIECES) + 1) for _ in range(r.randint(0, 14))]
            try:
                text = Tokenizer.from_str(blob).decode(ids, skip_special_tokens=i % 2 == 0)
            except BaseException:
                continue
            f.writelines(json.dumps(x) + "\n" for x in (doc, ids, i % 2 == 0, text))


def sentencepiece_models(r, exe, folder, strings, count):
    try:
        import sentencepiece
        import sentencepiece_live as sp_live
    except ImportError:
        print("skipped: sentencepiece is not installed")
        return 0
    bad = 0
    for name, how in sp_live.MODELS.items():
        path = os.path.join(folder, name + ".model")
        with open(path, "wb") as f:
            f.write(sp_live.train(**how))
        sp = sentencepiece.SentencePieceProcessor(model_file=path)
        lists = [[i for i in ids if i < sp.vocab_size()] for ids in
                 lists_of(r, sp.vocab_size(), [sp.encode(s) for s in strings[:count]], count)]
        bad += compare(name, path, exe, lists, lambda ids, skip, sp=sp: sp.decode(ids))
    return bad


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-s", "--seed", type=int, default=3)
    p.add_argument("-n", "--count", type=int, default=2000)
    p.add_argument("-l", "--library", default=os.path.join(common.ROOT, "build/release/libpot.a"))
    p.add_argument("--record", action="store_true")
    a = p.parse_args()
    if a.record:
        record(os.path.join(common.GOLDEN, "decoded.txt"))
        return
    r = random.Random(a.seed)
    strings = corpus.make(a.seed, a.count)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        exe = live.driver(a.library, folder)
        for name, path in {**common.real(), **common.small()}.items():
            tok = common.load(path)
            encoded = [tok.encode(s).ids for s in strings]
            bad += compare(name, path, exe, lists_of(r, max(tok.get_vocab().values()), encoded, a.count),
                           lambda ids, skip, tok=tok: tok.decode(ids, skip_special_tokens=skip))
        bad += random_decoders(r, exe, folder, 60)
        bad += sentencepiece_models(r, exe, folder, strings, a.count)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
