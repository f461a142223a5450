"""tokenizers_common.py - what the tokenizer oracles share: where tokenizers are, how to encode.

A text is encoded by the package as (id, start, end) with byte offsets; the package counts
characters, so they are converted."""
import json
import os
import struct
import zlib

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SHARED = os.path.join(ROOT, "..", "shared", "data")
CACHE = os.path.join(ROOT, "build", "oracle")
GOLDEN = os.path.join(ROOT, "tests", "golden", "tokenizers")
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")

REAL = {name: os.path.join(SHARED, "tokenizers", name, "tokenizer.json")
        for name in ("falcon", "phi-2", "phi-3-mini", "roberta-base", "t5-small")}
REAL["stories260k"] = os.path.join(SHARED, "models", "stories260k", "tokenizer.json")


def _byte_bpe(name):
    folder = os.path.join(SHARED, "tokenizers", name)
    return Tokenizer(models.BPE.from_file(os.path.join(folder, "vocab.json"),
                                          os.path.join(folder, "merges.txt")))


def rebuilt(name):
    """gpt2 and qwen2 are shared as vocab.json and merges.txt: write their tokenizer.json."""
    path = os.path.join(CACHE, name, "tokenizer.json")
    if os.path.exists(path):
        return path
    tok = _byte_bpe(name)
    special = ["<|endoftext|>"]
    if name == "gpt2":
        tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tok.post_processor = processors.ByteLevel(trim_offsets=True)
    else:
        tok.normalizer = normalizers.NFC()
        tok.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(QWEN2), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        tok.post_processor = processors.ByteLevel(trim_offsets=False)
        with open(os.path.join(SHARED, "tokenizers", name, "added_tokens.json")) as f:
            added = json.load(f)
        special = sorted(added, key=added.get)
    tok.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in special])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    tok.save(path)
    return path


def real():
    """name -> path of each real tokenizer that is there."""
    found = {n: p for n, p in REAL.items() if os.path.exists(p)}
    for name in ("gpt2", "qwen2"):
        if os.path.exists(os.path.join(SHARED, "tokenizers", name, "vocab.json")):
            found[name] = rebuilt(name)
    return found


def small():
    """name -> path of each small tokenizer of the repository."""
    return {f[:-5]: os.path.join(GOLDEN, f) for f in sorted(os.listdir(GOLDEN))
            if f.endswith(".json")}


def load(path):
    tok = Tokenizer.from_file(path)
    tok.no_truncation()
    tok.no_padding()
    return tok


def encode(tok, text, special):
    e = tok.encode(text, add_special_tokens=special)
    at = [0]
    for c in text:
        at.append(at[-1] + len(c.encode()))
    return [(i, at[a], at[b]) for i, (a, b) in zip(e.ids, e.offsets)]


def write_strings(path, strings):
    with open(path, "wb") as f:
        for s in strings:
            b = s.encode()
            f.write(struct.pack("<I", len(b)) + b)


def read_strings(path):
    out = []
    with open(path, "rb") as f:
        data = f.read()
    at = 0
    while at < len(data):
        n, = struct.unpack_from("<I", data, at)
        out.append(data[at + 4:at + 4 + n].decode())
        at += 4 + n
    return out


def digest(ids):
    """CRC-32 of the ids as 32-bit little-endian numbers."""
    return zlib.crc32(struct.pack("<%dI" % len(ids), *ids))
