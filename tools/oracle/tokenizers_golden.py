#!/usr/bin/env python3
"""tokenizers_golden.py - train the small tokenizers and record what the package says.

    python3 tools/oracle/tokenizers_golden.py train [NAME ...]   NAME.json of each small tokenizer
    python3 tools/oracle/tokenizers_golden.py strings   strings.bin: 10,000 texts (seed 1)
    python3 tools/oracle/tokenizers_golden.py record    NAME.spans and NAME.crc

NAME.spans, for a small tokenizer: a line for each of the first 300 texts of at most 48 bytes,
with "id:start-end" for each token.  NAME.crc, for a real one: for each of the 10,000 texts the
CRC-32 of all (id, start, end), all numbers 32-bit little-endian.  Both with special tokens."""
import json
import os
import random
import struct
import sys

from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers,
                        processors, trainers)

import charsmap
import tokenizers_common as common
import tokenizers_corpus as corpus

LLAMA3 = common.QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
KIMI = (r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*"
        r"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
DSV3 = ["\\p{N}{1,3}", "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
        r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
        r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"]
BLOOM = " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+"
TIKTOKEN = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$"
            r"|\s*[\r\n]|\s+(?!\S)|\s")
BYTES = ["<0x%02X>" % b for b in range(256)]


def split(pattern, behavior="isolated", invert=False, literal=False):
    return pre_tokenizers.Split(pattern if literal else Regex(pattern), behavior, invert)


def byte_level(**kw):
    return pre_tokenizers.ByteLevel(**{"add_prefix_space": False, "use_regex": False, **kw})


def train(normalizer=None, pre_tokenizer=None, size=800, model=None, special=(), alphabet=None, **kw):
    tok = Tokenizer(models.BPE(**(model or {})))
    if normalizer is not None:
        tok.normalizer = normalizer
    if pre_tokenizer is not None:
        tok.pre_tokenizer = pre_tokenizer
    texts = [corpus.PROSE, corpus.CODE] * 3 + [s for s in TEXTS]
    tok.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(special), initial_alphabet=alphabet or [], show_progress=False,
        limit_alphabet=kw.pop("limit", 300)))
    for name, value in kw.items():
        setattr(tok, name, value)
    return tok


def bos(tok, *names):
    return processors.TemplateProcessing(
        single=names[0] + " $A" + (" " + names[1] if len(names) > 1 else ""),
        pair="%s $A %s $B" % (names[0], names[-1]),
        special_tokens=[(n, tok.token_to_id(n)) for n in dict.fromkeys(names)])


ALPHABET = pre_tokenizers.ByteLevel.alphabet()
EOT = AddedToken("<|endoftext|>", special=True, normalized=False)


def bytes_():
    tok = train(None, byte_level(add_prefix_space=True, use_regex=True), special=[EOT], alphabet=ALPHABET)
    tok.post_processor = processors.ByteLevel(trim_offsets=True)
    tok.add_tokens([AddedToken(" " * n, normalized=True) for n in range(24, 1, -1)])
    return tok


def llama3():
    tok = train(None, pre_tokenizers.Sequence([split(LLAMA3), byte_level()]), alphabet=ALPHABET,
                special=["<s>", EOT], model={"ignore_merges": True})
    tok.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), bos(tok, "<s>")])
    return tok


def spm():
    """As llama 2: no pre-tokenizer, so the whole text is one word; the trainer gets words."""
    tok = train(normalizers.Replace(" ", "\u2581"), pre_tokenizers.Split("\u2581", "merged_with_next"), special=["<unk>", "<s>", "</s>", *BYTES],
                size=900, model={"unk_token": "<unk>", "byte_fallback": True, "fuse_unk": True}, limit=80)
    tok.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tok.pre_tokenizer = None
    tok.post_processor = bos(tok, "<s>")
    return tok


def first():
    tok = train(None, pre_tokenizers.Metaspace("\u2581", "first", True), special=["<unk>", "<s>", "</s>", *BYTES], size=900,
                model={"unk_token": "<unk>", "byte_fallback": True, "fuse_unk": True}, limit=80)
    tok.pre_tokenizer = pre_tokenizers.Metaspace("\u2581", "first", False)
    tok.post_processor = bos(tok, "<s>", "</s>")
    return tok


def always():
    """No byte tokens: unknown characters are <unk>, not fused."""
    return train(None, pre_tokenizers.Metaspace("\u2581", "always", True), special=["<unk>"],
                 model={"unk_token": "<unk>"}, limit=120)


def nfkc():
    """Unknown characters have no token at all."""
    return train(normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip()]),
                 pre_tokenizers.Whitespace(), limit=150)


def digits():
    tok = train(normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.NFKD()]),
                pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Digits(True),
                                         pre_tokenizers.Punctuation("merged_with_previous")]),
                special=["[UNK]", "[CLS]", "[SEP]"], model={"unk_token": "[UNK]", "fuse_unk": True}, limit=150)
    tok.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return tok


def flags():
    """Added tokens with every flag, in a normalized text whose spans are trimmed."""
    tok = train(normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()]),
                byte_level(add_prefix_space=True, use_regex=True), special=["<s>", "</s>"], alphabet=ALPHABET)
    tok.add_special_tokens([AddedToken("<left>", lstrip=True, normalized=False),
                            AddedToken("<right>", rstrip=True, normalized=False),
                            AddedToken("<both>", lstrip=True, rstrip=True, normalized=False),
                            AddedToken("<|endoftext|>", normalized=True)])
    tok.add_tokens([AddedToken("<word>", single_word=True, normalized=False), AddedToken("<Norm\u00c9>", normalized=True),
                    AddedToken("THE", single_word=True, normalized=True), AddedToken("  ", normalized=True),
                    AddedToken("\n\n", rstrip=True, normalized=False), AddedToken("qu", lstrip=True, normalized=True),
                    AddedToken("quick", normalized=True), AddedToken("\u4eba\u4eba", single_word=True, normalized=False),
                    AddedToken("\ufb01", normalized=True), AddedToken("'s", rstrip=True, single_word=True, normalized=True)])
    tok.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    return tok


def gemma():
    tok = train(normalizers.Replace(" ", "\u2581"), pre_tokenizers.Split(" ", "merged_with_previous"),
                special=["<pad>", "<bos>", "<unk>", *BYTES], size=900, limit=80,
                model={"unk_token": "<unk>", "byte_fallback": True, "fuse_unk": True})
    tok.add_tokens([AddedToken("\n" * n, normalized=False) for n in range(2, 9)])
    tok.post_processor = bos(tok, "<bos>")
    return tok


def contiguous():
    return train(None, pre_tokenizers.Sequence([
        pre_tokenizers.Punctuation("contiguous"), byte_level(use_regex=True), pre_tokenizers.Digits(False),
        split("[0-9][0-9][0-9]")]), alphabet=ALPHABET, size=700)


def patterns():
    return train(None, pre_tokenizers.Sequence([split(p) for p in (KIMI, BLOOM, *DSV3)] + [byte_level()]),
                 alphabet=ALPHABET, size=600)


def o200k():
    return train(normalizers.NFC(), pre_tokenizers.Sequence([split(O200K, "removed", True), byte_level()]),
                 alphabet=ALPHABET, size=700)


def tiktoken():
    return train(normalizers.NFKD(), pre_tokenizers.Sequence([split(TIKTOKEN, "isolated"), byte_level()]),
                 alphabet=ALPHABET, size=600)


def behaviors():
    """Every way to cut, one after the other."""
    return train(normalizers.Sequence([normalizers.Replace(Regex(" {2,}"), "\u2581 "), normalizers.Replace("\u2026", "..."),
                                       normalizers.Strip(left=False, right=True)]),
                 pre_tokenizers.Sequence([
                     split(r"\s+", "merged_with_previous"), split("[[:punct:]]", "merged_with_next"),
                     split("e", "contiguous", literal=True), split(r"\w+", "contiguous", True),
                     split(r"(?<=\d)(?=(?:\d{3})+(?!\d))"), pre_tokenizers.CharDelimiterSplit("|"),
                     split(r"^#|\h{4}$", "isolated"), pre_tokenizers.Metaspace("\u2581", "never", True)]),
                 special=["<unk>"], model={"unk_token": "<unk>"}, limit=120)


# Short and long keys with common beginnings, texts that are shorter, longer and empty.
RULES = {"\ufb01": "fi", "\u00bd": "1/2", "A\u030a": "\u00c5", "\u212b": "\u00c5", "\u00e9": "e\u0301", "\t": " ", "\n": " ", "\xa0": " ",
         "\u3000": " ", "\u200b": "", "\ufeff": "", "\x1c": "", "\r\n": "\u2581", "\u2026": "...", "\u4eba": "\u4eba\u9593", "e\u0301": "\u0259",
         "\u0301": "'", "\U0001f600": ":-)", "\U0001d400": "A", "\uac00": "\u1100\u1161", "\u1100": "g", "\u0915\u094d": "k", "\u0915": "\u0905",
         "ab": "c", "abc": "d", "\u00a9": "(c)", "\u0600": "", "!": "", "?": "?!", "\u0130": "i"}


def scored(normalizer, pre_tokenizer, special, vocab, unk_id, byte_fallback=False):
    texts = [line for line in (corpus.PROSE + corpus.CODE).split("\n") for _ in range(3)]
    tok = Tokenizer(models.Unigram())
    tok.normalizer, tok.pre_tokenizer = normalizer, pre_tokenizer
    tok.train_from_iterator(texts, trainers.UnigramTrainer(vocab_size=vocab, special_tokens=special, show_progress=False,
                                                           unk_token=special[unk_id], max_piece_length=12))
    doc = json.loads(tok.to_str())
    rare = [p for p in doc["model"]["vocab"] if len(p[0]) > 1 or p[0] < "\u0600" or p[0] in special]
    tok.model = models.Unigram([tuple(p) for p in rare], unk_id, byte_fallback)
    return tok


def unigram():
    """As t5: words by white space, then marked."""
    tok = scored(normalizers.Precompiled(charsmap.build(RULES)),
                 pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("\u2581", "always", True)]),
                 ["<pad>", "</s>", "<unk>"], 700, 2)
    tok.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>",
                                                       special_tokens=[("</s>", 1)])
    return tok


def unibytes():
    """A whole text is one word; bytes for what is unknown; byte level trims show unknown spaces."""
    tok = scored(normalizers.Sequence([normalizers.NFKC(), normalizers.Precompiled(charsmap.build(RULES)),
                                       normalizers.Replace(Regex(" {2,}"), " ")]),
                 pre_tokenizers.Metaspace("\u2581", "first", False), ["<s>", "<unk>", *BYTES], 900, 1, True)
    tok.post_processor = processors.ByteLevel(trim_offsets=True)
    return tok


def albert():
    """As albert; no mark, so spaces stay and are unknown."""
    tok = scored(normalizers.Sequence([normalizers.Replace("``", '"'), normalizers.NFKD(), normalizers.StripAccents(),
                                       normalizers.Lowercase(), normalizers.Precompiled(charsmap.build(RULES))]),
                 pre_tokenizers.Split(Regex(r"\s+"), "merged_with_next"), ["<unk>", "[CLS]", "[SEP]"], 500, 0)
    tok.post_processor = processors.ByteLevel(trim_offsets=True)
    return tok


SMALL = {f.__name__.strip("_"): f for f in (bytes_, llama3, spm, first, always, nfkc, digits, flags, gemma, contiguous, patterns,
                                 o200k, tiktoken, behaviors, unigram, unibytes, albert)}


def older(name, doc):
    """Two files in the older style: merges as strings, no type."""
    if name in ("contiguous", "spm"):
        doc["model"]["merges"] = [" ".join(m) for m in doc["model"]["merges"]]
    if name in ("contiguous", "albert"):
        del doc["model"]["type"]
    return doc


def save(names):
    for name in names or SMALL:
        make = SMALL[name]
        path = os.path.join(common.GOLDEN, name + ".json")
        doc = older(name, json.loads(make().to_str()))
        with open(path, "w", encoding="utf-8") as f:
            json.dump(doc, f, ensure_ascii=False, separators=(",", ":"))
        common.load(path)


def short(strings):
    return [s for s in strings if len(s.encode()) <= 48][:300]


def record():
    strings = common.read_strings(os.path.join(common.GOLDEN, "strings.bin"))
    for name, path in common.small().items():
        tok = common.load(path)
        with open(os.path.join(common.GOLDEN, name + ".spans"), "w", encoding="ascii") as f:
            for s in short(strings):
                f.write(" ".join("%d:%d-%d" % t for t in common.encode(tok, s, True)) + "\n")
    for name, path in common.real().items():
        if name in common.REAL:
            tok = common.load(path)
            with open(os.path.join(common.GOLDEN, name + ".crc"), "wb") as f:
                for s in strings:
                    f.write(struct.pack("<I", common.digest([v for t in common.encode(tok, s, True) for v in t])))


if __name__ == "__main__":
    if sys.argv[1] == "train":
        R = random.Random(7)
        ONE = corpus.maker(R, corpus.LOOKALIKES)
        TEXTS = ["".join(ONE() for _ in range(6)) for _ in range(300)]
        save(sys.argv[2:])
    elif sys.argv[1] == "strings":
        common.write_strings(os.path.join(common.GOLDEN, "strings.bin"), corpus.make(1, 10000))
    elif sys.argv[1] == "record":
        record()
    else:
        sys.exit(__doc__)
