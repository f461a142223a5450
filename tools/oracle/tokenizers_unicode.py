#!/usr/bin/env python3
"""tokenizers_unicode.py - write src/token/unicode_table.c from what the `tokenizers` package does.

Its parts carry several versions of Unicode (Oniguruma 16, regex 16, Rust 17, normal forms 9,
unicode_categories 7 or so); ours carry two (PCRE2 14, utf8proc 15).  Each set is observed
by giving the package every code point.  Needs tokenizers, libpcre2-8.so.0, libutf8proc.so.2:

    python3 tools/oracle/tokenizers_unicode.py > src/token/unicode_table.c
"""
import ctypes
import struct
import sys

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
ALL = "".join(map(chr, POINTS))

# Properties a pattern may name: what Oniguruma calls it -> how PCRE2 spells the nearest set.
PROPS = {p: "\\p{%s}" % p for p in
         "L N M P S Z Lu Ll Lt Lm Lo Nd Nl No Mc Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs".split()}
SCRIPTS = """Arabic Armenian Bengali Cyrillic Devanagari Georgian Greek Gujarati Gurmukhi Han Hangul
Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Oriya Sinhala Tamil
Telugu Thai Tibetan""".split()
PROPS.update({s: "\\p{sc:%s}" % s for s in SCRIPTS})
WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}"  # \\w in a class; outside, Oniguruma adds six of Latin-1:
PROPS.update({"[w]": WORD, "w": WORD + "\\x{b2}\\x{b3}\\x{b9}\\x{bc}-\\x{be}"})


def spans(pre_tokenizer, text=ALL):
    return [s for _, s in pre_tokenizer.pre_tokenize_str(text)]


def onig(klass):
    got = spans(pre_tokenizers.Split(Regex(klass + "+"), "removed", invert=True))
    return {POINTS[i] for a, b in got for i in range(a, b)}


def pcre(klass):
    lib = ctypes.CDLL("libpcre2-8.so.0")
    lib.pcre2_compile_8.restype = lib.pcre2_match_data_create_8.restype = ctypes.c_void_p
    lib.pcre2_get_ovector_pointer_8.restype = ctypes.POINTER(ctypes.c_size_t)
    pattern = ("(?:%s)++" % klass).encode()
    err, off = ctypes.c_int(), ctypes.c_size_t()
    code = ctypes.c_void_p(lib.pcre2_compile_8(
        pattern, ctypes.c_size_t(len(pattern)), 0x80000 | 0x20000,  # UTF | UCP
        ctypes.byref(err), ctypes.byref(off), None))
    if not code:
        sys.exit("PCRE2 refuses " + klass)
    data = ctypes.c_void_p(lib.pcre2_match_data_create_8(ctypes.c_uint32(2), None))
    at = lib.pcre2_get_ovector_pointer_8(data)
    text = ALL.encode()
    found, pos = set(), 0
    while lib.pcre2_match_8(code, text, ctypes.c_size_t(len(text)), ctypes.c_size_t(pos),
                            ctypes.c_uint32(0x40000000), data, None) > 0:
        found.update(map(ord, text[at[0]:at[1]].decode()))
        pos = at[1]
    return found


def ranges(points):
    out = []
    for c in sorted(points):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def numeric():
    """char::is_numeric: Digits cuts it off from a letter before it."""
    got = spans(pre_tokenizers.Digits(False), "a".join(ALL))
    return {POINTS[a // 2] for a, b in got if b - a == 1 and a % 2 == 0 and ALL[a // 2] != "a"}


def word():
    """\\w of the regex crate: Whitespace keeps it together with a letter before it."""
    got = spans(pre_tokenizers.Whitespace(), " ".join("a" + c for c in ALL))
    return {POINTS[a // 3] for a, b in got if b - a == 2 and a % 3 == 0}


def younger():
    """Code points whose decomposition or combining class the package does not know."""
    lib = ctypes.CDLL("libutf8proc.so.2")
    buf, last = (ctypes.c_int32 * 64)(), ctypes.c_int()

    def decompose(c, options):
        n = lib.utf8proc_decompose_char(c, buf, 64, options, ctypes.byref(last))
        return "".join(chr(buf[i]) for i in range(n))

    class Property(ctypes.Structure):
        _fields_ = [("category", ctypes.c_int16), ("ccc", ctypes.c_int16)]

    lib.utf8proc_get_property.restype = ctypes.POINTER(Property)
    nfd, nfkd, found = normalizers.NFD(), normalizers.NFKD(), set()
    for c in POINTS:
        same = nfd.normalize_str(chr(c)) == decompose(c, 16)
        same &= nfkd.normalize_str(chr(c)) == decompose(c, 16 | 4)
        probe = "\u0345" + chr(c) + "\u0334"  # classes 240 and 1: any other class moves
        moved = nfd.normalize_str(probe) != "\u0345" + decompose(c, 16) + "\u0334"
        ccc = lib.utf8proc_get_property(c).contents.ccc
        if not same or (len(decompose(c, 16)) == 1 and moved != (ccc != 0)):
            found.add(c)
    return found


def lower():
    """Runs of equal distance where Rust's to_lowercase is not utf8proc_tolower."""
    lib = ctypes.CDLL("libutf8proc.so.2")
    low, runs = normalizers.Lowercase(), []
    for c in POINTS:
        s = low.normalize_str(chr(c))
        if len(s) > 1:
            assert c == 0x130 and s == "i\u0307"
        elif ord(s) != lib.utf8proc_tolower(c):
            delta = ord(s) - c
            if runs and runs[-1][1] == c - 1 and runs[-1][2] == delta:
                runs[-1][1] = c
            else:
                runs.append([c, c, delta])
    return runs


def all_to_x():
    """A character map that makes X of every character beyond ASCII."""
    first, last, third, second, value = 0x100, 0x200, 0x300, 0x400, 0x500
    units = [0] * 2048

    def unit(place, label, base, leaf=False):
        units[place] = label | leaf << 8 | (base ^ place) << 10

    unit(0, 0, first)
    for c in range(0xc2, 0xf5):
        unit(first ^ c, c, last if c < 0xe0 else third if c < 0xf0 else second)
    for c in range(0x80, 0xc0):
        unit(last ^ c, c, value, True)
        unit(third ^ c, c, last)
        unit(second ^ c, c, third)
    units[value] = 1 << 31
    return struct.pack("<I%dI" % len(units), 4 * len(units), *units) + b"X\0"


def clusters():
    """What kind each character is where grapheme clusters are cut.  Precompiled replaces a whole
    cluster of less than six bytes by what its first character maps to: so clusters show."""
    x = normalizers.Precompiled(all_to_x()).normalize_str
    accent, zwj, copy, ka = "\u0301", "\u200d", "\u00a9", "\u0915"
    kinds = {c: None for c in POINTS if c >= 0x80}

    def mark(name, test):
        for c, kind in kinds.items():
            if kind is None and not 0xac00 <= c < 0xd7a4 and test(chr(c)):
                kinds[c] = name

    joins = {c for c in kinds if A_TO_X.normalize_str("a" + chr(c)) == "X"}
    kinds[0x200d], kinds[0x200c] = "ZWJ", "ZWNJ"
    mark("LINKER", lambda c: ord(c) in joins and x(ka + c + ka + accent) == "XXXX")
    mark("EXTEND", lambda c: ord(c) in joins and x(copy + c + zwj + copy + accent) == "XXXXX")
    mark("SPACING", lambda c: ord(c) in joins)
    mark("CONTROL", lambda c: x(c + accent + accent) == "XX")
    mark("PREPEND", lambda c: x(c + "b") == "X")
    mark("V", lambda c: x("\u0600\u1100" + c) == "XXX" and x("\u0600\u1161" + c) == "XXX")
    mark("L", lambda c: x("\u0600\u1100" + c) == "XXX")
    mark("T", lambda c: x("\u0600\u1161" + c) == "XXX")
    mark("PICT", lambda c: x(copy + zwj + c) == "XXX")
    mark("CONSONANT", lambda c: x(c + "\u094d" + ka + accent) == "XXXX")
    return [(c, k) for c, k in kinds.items() if k]


A_TO_X = normalizers.Precompiled(
    struct.pack("<I512I", 2048, *[{0: 0x100 << 10, 0x161: 0x61 | 1 << 8 | (0x161 ^ 0x180) << 10, 0x180: 1 << 31}.get(i, 0)
                                  for i in range(512)]) + b"X\0")


def print_clusters():
    runs = []
    for c, kind in clusters():
        if runs and runs[-1][1] == c - 1 and runs[-1][2] == kind:
            runs[-1][1] = c
        else:
            runs.append([c, c, kind])
    table("pot_gb_ranges", [(a, b, "POT_GB_" + k) for a, b, k in runs], "const pot_gb_range %s[] = {")
    print("const size_t pot_gb_ranges_n = %d;\n" % len(runs))


def table(name, rows, head="static const pot_range %s[] = {"):
    cells = ["{%s}" % ", ".join(v if isinstance(v, str) else "%#x" % v if v >= 0 else str(v) for v in r) for r in rows]
    lines, line = [], "   "
    for cell in cells:
        if len(line) + len(cell) + 2 > 100:
            lines.append(line)
            line = "   "
        line += " " + cell + ","
    print(head % name + "\n%s\n};\n" % "\n".join(lines + [line]))


def main():
    print("""/* unicode_table.c - sets of code points as tokenizers %s has them.
 * Written by tools/oracle/tokenizers_unicode.py: do not edit. */
/* clang-format off */
#include "token/grapheme.h"
#include "token/unicode.h"

#define SET(a) {a, sizeof a / sizeof *a}
""" % tokenizers.__version__)
    punct = set(POINTS) - {POINTS[i] for a, b in spans(pre_tokenizers.Punctuation("removed"))
                           for i in range(a, b)}
    marks = set(POINTS) - set(map(ord, normalizers.StripAccents().normalize_str(ALL)))
    for name, points in (("word", word()), ("numeric", numeric()), ("punct", punct),
                         ("mark", marks), ("younger", younger())):
        table(name, ranges(points))
    runs = lower()
    table("pot_lower", runs, "const pot_case %s[] = {")
    print("const size_t pot_lower_n = %d;\n" % len(runs))
    print_clusters()
    rows = []
    for name, base in sorted(PROPS.items()):
        theirs = onig({"w": "\\w", "[w]": "[\\w]"}.get(name, "\\p{%s}" % name))
        ours = pcre("[%s]" % base)
        assert not ours - theirs, (name, "PCRE2 has more")
        extra = ranges(theirs - ours)
        if extra and name != "w":  # those of [w]
            table("extra_" + name.strip("[]"), extra)
        rows.append('    {"%s", "%s", %s},' % (name, base.replace("\\", "\\\\"),
                                              "SET(extra_%s)" % name.strip("[]") if extra else "{NULL, 0}"))
    for name in ("word", "numeric", "punct", "mark", "younger"):
        print("const pot_set pot_set_%s = SET(%s);" % (name, name))
    print("\nconst pot_prop pot_props[] = {\n%s\n};\nconst size_t pot_props_n = %d;" %
          ("\n".join(rows), len(rows)))


main()
