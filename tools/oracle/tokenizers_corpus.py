#!/usr/bin/env python3
"""tokenizers_corpus.py - make hostile texts for comparing tokenizers.

    python3 tools/oracle/tokenizers_corpus.py SEED COUNT OUT

tests/golden/tokenizers/strings.bin is seed 1, 10000 texts.  OUT holds, for each text, its
length in bytes (u32 little-endian) and its UTF-8.  Pieces are sampled from the vocabularies
of the shared and the small tokenizers, so the same seed gives the same texts only with the
same tokenizers at hand."""
import json
import random
import sys

import tokenizers_common as common

SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\v", "\f", "\x85", "\xa0", "\u1680", "\u180e", "\u2003",
          "\u200a", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff", "\x1c"]
CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'LL", "'Re", "\u2019s", "'\u017f", "'\u212a"]
LOOKALIKES = ["<|endoftext|>", "<|endoftext|", "<|im_start|>", "<|im_end|>", "<s>", "</s>", "<unk>", "<pad>",
              "<mask>", "<0x0A>", "<0xFF>", "<|assistant|>", "<|user|>", ">>TITLE<<", ">>ABSTRACT<<", "<|end|>",
              "<|system|>", "[INST]", "<s", "< s>", "<S>", "\u2581", "\u0120", "\u010a", "<tag>", "<left>", "<right>",
              "<word>", "<Norm\u00c9>", "<both>"]
BLOCKS = [(0x20, 0x7f), (0xa0, 0x250), (0x300, 0x370), (0x370, 0x400), (0x400, 0x530), (0x590, 0x6ff),
          (0x700, 0x900), (0x900, 0xe00), (0xe00, 0x1100), (0x1100, 0x1200), (0x1ab0, 0x1b00), (0x1d00, 0x2000),
          (0x2000, 0x2070), (0x2070, 0x2c00), (0x2c00, 0x2e00), (0x3000, 0x3400), (0x4e00, 0x9fff),
          (0xa640, 0xabff), (0xac00, 0xd7a4), (0xf900, 0xfb50), (0xfb50, 0xfe10), (0xfe00, 0x10000),
          (0x10000, 0x11000), (0x11000, 0x12000), (0x16000, 0x17000), (0x1d000, 0x1e000), (0x1e000, 0x1f000),
          (0x1f000, 0x1fc00), (0x20000, 0x20100), (0x2f800, 0x2fa20), (0x31350, 0x31400), (0xe0000, 0xe0200)]
PROSE = """The quick brown fox jumps over the lazy dog, and doesn't care what it'll find in 1,234.56 days.
Die W\u00fcrde des Menschen ist unantastbar; Stra\u00dfe, F\u00fc\u00dfe, \u00dcbergr\u00f6\u00dfen, na\u00efve caf\u00e9s cr\u00e8me br\u00fbl\u00e9e.
\u0412\u0441\u0435 \u043b\u044e\u0434\u0438 \u0440\u043e\u0436\u0434\u0430\u044e\u0442\u0441\u044f \u0441\u0432\u043e\u0431\u043e\u0434\u043d\u044b\u043c\u0438 \u0438 \u0440\u0430\u0432\u043d\u044b\u043c\u0438.
\u4eba\u4eba\u751f\u800c\u81ea\u7531\uff0c\u5728\u5c0a\u4e25\u548c\u6743\u5229\u4e0a\u4e00\u5f8b\u5e73\u7b49\u3002\u3059\u3079\u3066\u306e\u4eba\u9593\u306f\u3001\u751f\u307e\u308c\u306a\u304c\u3089\u306b\u3057\u3066\u81ea\u7531\u3067\u3042\u308b\u3002
\ubaa8\ub4e0 \uc778\uac04\uc740 \ud0dc\uc5b4\ub0a0 \ub54c\ubd80\ud130 \uc790\uc720\ub85c\uc6b0\uba70 \uadf8 \uc874\uc5c4\uacfc \uad8c\ub9ac\uc5d0 \uc788\uc5b4 \ub3d9\ub4f1\ud558\ub2e4.
\u064a\u0648\u0644\u062f \u062c\u0645\u064a\u0639 \u0627\u0644\u0646\u0627\u0633 \u0623\u062d\u0631\u0627\u0631\u064b\u0627 \u0645\u062a\u0633\u0627\u0648\u064a\u0646. \u05db\u05dc \u05d1\u05e0\u05d9 \u05d0\u05d3\u05dd \u05e0\u05d5\u05dc\u05d3\u05d5 \u05d1\u05e0\u05d9 \u05d7\u05d5\u05e8\u05d9\u05df.
\u0938\u092d\u0940 \u092e\u0928\u0941\u0937\u094d\u092f\u094b\u0902 \u0915\u094b \u0917\u094c\u0930\u0935 \u0914\u0930 \u0905\u0927\u093f\u0915\u093e\u0930\u094b\u0902 \u0915\u0947 \u0935\u093f\u0937\u092f \u092e\u0947\u0902. \u0e21\u0e19\u0e38\u0e29\u0e22\u0e4c\u0e17\u0e31\u0e49\u0e07\u0e2b\u0e25\u0e32\u0e22\u0e40\u0e01\u0e34\u0e14\u0e21\u0e32.
T\u1ea5t c\u1ea3 m\u1ecdi ng\u01b0\u1eddi sinh ra \u0111\u1ec1u \u0111\u01b0\u1ee3c t\u1ef1 do v\u00e0 b\u00ecnh \u0111\u1eb3ng. I\u0307stanbul'da \u0130yi g\u00fcnler, \u0131rmak."""
CODE = """int main(int argc, char **argv)\n{\n\tfor (size_t i = 0; i < n; i++) {\n\t\tx[i] += 0x1fu << 3; // ok?\n\t}\n    return EXIT_SUCCESS;\n}
def f(x, *args, **kw):\n    \"\"\"Doc's string.\"\"\"\n    return {k: v for k, v in kw.items() if v != None and k[0] == '_'}\n
SELECT COUNT(*) FROM t WHERE a->'b' IS NOT NULL && c <= 3.14e-10;\n<div class="x">&nbsp;</div>\n$ grep -rn 'foo\\|bar' ./src | xargs -0 sed -i 's/\\s\\+$//'"""
EMOJI = ["\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\u2764\ufe0f", "\U0001f44d\U0001f3fd",
         "\U0001f3f4\U000e0067\U000e0062\U000e007f", "1\ufe0f\u20e3", "\u200d", "\ufe0e"]
FOLDS = ["\u00c5", "A\u030a", "\u212b", "\ufb01", "\u00bd", "\u2460", "\uff21\uff22\uff43", "\u0130", "\u1e9e", "\u03a3\u03c3\u03c2",
         "\u1e0b\u0323", "d\u0323\u0307", "\uac00", "\u1100\u1161", "\u1100\u1161\u11a8", "\ufdfa", "\u0344", "\u0958", "\u2126",
         "q\u0307\u0323\u0328", "\u0600a\u0301", "\u00a9\u200d\u00a9\u0301", "\u0915\u094d\u0915\u0301", "\u0600\u1100\u1161", "a\u0301\u0301", "\u0e01\u0e33", "\u0f73\u0f80", "\U0001d400", "\u3300", "\u00a8", "\u017f\u0307", "\u2000\u2001", "\u0374", "\u00b2\u00b3"]


def any_point(r):
    while True:
        c = r.randrange(0x110000)
        if not 0xD800 <= c < 0xE000:
            return chr(c)


def block_point(r):
    lo, hi = r.choice(BLOCKS)
    return chr(r.randrange(lo, hi))


def snippet(r, text):
    n = r.randint(1, 40)
    at = r.randrange(max(1, len(text) - n))
    return text[at:at + n]


def digits(r):
    kind = r.randrange(4)
    if kind == 0:
        return str(r.randrange(10 ** r.randint(1, 20)))
    if kind == 1:
        return "%.*f" % (r.randint(0, 8), r.uniform(-1e6, 1e6))
    base = r.choice([0x660, 0x966, 0xff10, 0x1d7ce, 0x2160, 0x2460, 0x3021, 0xb2, 0x0d66])
    return "".join(chr(base + r.randrange(3 if base == 0xb2 else 10)) for _ in range(r.randint(1, 6)))


def run(r):
    what = r.choice(["a", " ", "\n", "\t", "-", "=", "0", "!", "\u0301", "\u3042", "\u00e9", "\U0001f600", " \n", "ab", "\r\n",
                     "\u200d", "'", "\u0300\u0323", "_", "\u00a0"])
    return what * r.randint(2, 40 if r.random() < .95 else 200)


def mutate(r, s):
    if not s:
        return s
    at = r.randrange(len(s))
    kind = r.randrange(6)
    if kind == 0:
        return s[:at] + s[at + 1:]
    if kind == 1:
        return s[:at] + block_point(r) + s[at:]
    if kind == 2:
        return s[:at] + s[at].swapcase() + s[at + 1:]
    if kind == 3:
        return s[:at] + r.choice(SPACES) + s[at:]
    if kind == 4:
        return s[::-1]
    return s[:at] + s[at] * r.randint(2, 5) + s[at + 1:]


def maker(r, pieces):
    kinds = [
        (10, lambda: "".join(any_point(r) for _ in range(r.randint(1, 8)))),
        (14, lambda: "".join(block_point(r) for _ in range(r.randint(1, 10)))),
        (10, lambda: "".join(r.choice(SPACES) for _ in range(r.randint(1, 5)))),
        (6, lambda: digits(r)),
        (12, lambda: snippet(r, CODE)),
        (16, lambda: snippet(r, PROSE)),
        (6, lambda: r.choice("aIyOu\u00e9") * r.randint(1, 2) + r.choice(CONTRACTIONS)),
        (8, lambda: r.choice(LOOKALIKES)),
        (4, lambda: run(r)),
        (5, lambda: r.choice(EMOJI)),
        (6, lambda: r.choice(FOLDS)),
        (20, lambda: "".join(r.choice(pieces) for _ in range(r.randint(1, 4)))),
    ]
    weights = [w for w, _ in kinds]
    return lambda: r.choices(kinds, weights)[0][1]()


def byte_alphabet():
    keep = [*range(0x21, 0x7f), *range(0xa1, 0xad), *range(0xae, 0x100)]
    rest = [b for b in range(256) if b not in keep]
    table = {chr(b): b for b in keep}
    table.update({chr(0x100 + i): b for i, b in enumerate(rest)})
    return table


def readable(piece, table):
    """What a piece looks like in a text: byte-level ones decoded, the mark as a space."""
    if all(c in table for c in piece):
        try:
            return bytes(table[c] for c in piece).decode()
        except UnicodeDecodeError:
            return piece
    return piece.replace("\u2581", " ")


def all_pieces():
    table, found = byte_alphabet(), set()
    for path in [*common.real().values(), *common.small().values()]:
        with open(path, encoding="utf-8") as f:
            doc = json.load(f)
        found.update(readable(p if isinstance(p, str) else p[0], table) for p in doc["model"]["vocab"])
        found.update(t["content"] for t in doc["added_tokens"])
    return sorted(found)


def make(seed, count):
    r = random.Random(seed)
    one = maker(r, all_pieces())
    out = ["", " ", "  ", "\n", "a", "\u0301", "\0", "\0\0a", "<s>", " <s> ", "<s><s>", "\u2581", "\U0010ffff"]
    while len(out) < count:
        s = "".join(one() for _ in range(min(12, 1 + int(r.expovariate(.45)))))
        for _ in range(r.randrange(3)):
            s = mutate(r, s)
        out.append(s)
    return out[:count]


if __name__ == "__main__":
    common.write_strings(sys.argv[3], make(int(sys.argv[1]), int(sys.argv[2])))
