#!/usr/bin/env python3
"""challenge_reference.py - docs/format/challenge.md once more, to check the C program by.

It shares nothing with the C code but the tables, which it reads from src/challenge/*_table.c.

    challenge_reference.py kat                      the known answers of tests/kat/challenge.txt
    challenge_reference.py check                    that the file holds them
    challenge_reference.py show KEY RUN_ID INDEX    one challenge; hexadecimal, decimal
    challenge_reference.py dump                     the tables as JSON
"""
import contextlib
import hashlib
import hmac
import io
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAMILIES = ["general", "arithmetic", "code", "safety-vocab", "ood-nouns"]
TABLE = {"general": "general", "arithmetic": "arithmetic", "code": "code",
         "safety-vocab": "safety", "ood-nouns": "nouns"}
GOAL, ROOM = 800, 1023


# --- the tables ------------------------------------------------------------------------------

def c_string(literal):
    """The text of one C string literal, without its quotes."""
    escapes = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'"}
    return re.sub(r"\\(.)", lambda m: escapes[m.group(1)], literal)


def read_table(name):
    """{rule: (forms, [alternatives])}; forms is 0 for templates."""
    source = (ROOT / "src/challenge" / (name + "_table.c")).read_text()
    token = re.compile(r'/\*.*?\*/|"((?:[^"\\]|\\.)*)"|POT_TEXTS|POT_WORDS|\d+|[(),]|\S', re.S)
    tokens = [(m.group(0), m.group(1)) for m in token.finditer(source)
              if not m.group(0).startswith("/*")]
    rules, i = {}, 0
    while i < len(tokens):
        kind = tokens[i][0]
        if kind not in ("POT_TEXTS", "POT_WORDS"):
            i += 1
            continue
        rule = tokens[i + 2][1]
        i += 4
        forms = 0
        if kind == "POT_WORDS":
            forms = int(tokens[i][0])
            i += 2
        alternatives = [""]
        while tokens[i][0] != ")":
            if tokens[i][0] == ",":
                alternatives.append("")
            else:
                alternatives[-1] += c_string(tokens[i][1])
            i += 1
        rules[rule] = (forms, alternatives)
    return rules


# --- the stream ------------------------------------------------------------------------------

class Stream:
    def __init__(self, seed):
        self.seed, self.block, self.data = seed, 0, b""

    def u32(self):
        if not self.data:
            self.data = hashlib.sha256(self.seed + self.block.to_bytes(4, "big")).digest()
            self.block += 1
        number, self.data = int.from_bytes(self.data[:4], "big"), self.data[4:]
        return number

    def below(self, n):
        if n == 1:
            return 0
        fair = 2**32 // n * n
        while True:
            number = self.u32()
            if number < fair:
                return number % n


# --- the notation ----------------------------------------------------------------------------

def split_bars(text):
    parts, depth = [""], 0
    for c in text:
        depth += {"{": 1, "}": -1}.get(c, 0)
        if c == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def pieces(template):
    """("text", str) and ("slot", inside) in order."""
    i = 0
    while i < len(template):
        if template[i:i + 2] in ("{{", "}}"):
            yield "text", template[i]
            i += 2
        elif template[i] == "{":
            depth, end = 0, i
            while True:
                depth += {"{": 1, "}": -1}.get(template[end], 0)
                end += 1
                if depth == 0:
                    break
            yield "slot", template[i + 1:end - 1]
            i = end
        else:
            end = i
            while end < len(template) and template[end] not in "{}":
                end += 1
            yield "text", template[i:end]
            i = end


SLOT = re.compile(r"(?:([a-z])=)?"
                  r"(\d+-\d+|\(.*\)|[a-z0-9_]+)"
                  r"((?:~[a-z]|\.\d+|:.)*)$")

LOW = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
       "fifteen sixteen seventeen eighteen nineteen").split()
TEN = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(n):
    if n >= 100:
        return LOW[n // 100] + " hundred" + (" and " + in_words(n % 100) if n % 100 else "")
    if n < 20:
        return LOW[n]
    return TEN[n // 10] + ("-" + LOW[n % 10] if n % 10 else "")


def show_number(n, style):
    if style == "w":
        return in_words(n)
    if style == ",":
        return format(n, ",")
    return str(n).zfill(int(style or 1))


class Full(Exception):
    """The text would be longer than ROOM."""


class Writer:
    """One text.  `slots` logs [alternatives, end] of each printed word, number and plain choice,
    for challenge_cover.py."""

    def __init__(self, rules, common, stream, goal=GOAL):
        self.rules, self.common, self.stream, self.goal = rules, common, stream, goal
        self.out, self.var, self.slots = "", {}, []

    def rule(self, name):
        return self.rules.get(name) or self.common[name]

    def put(self, text):
        if len(self.out) + len(text) > ROOM:
            raise Full
        self.out += text

    def run(self, template):
        for kind, body in pieces(template):
            if kind == "text":
                self.put(body)
            else:
                self.slot(body)

    def draw(self, n, leaf):
        if leaf:
            self.slots.append([n, None])
        return self.stream.below(n)

    def slot(self, body):
        capital = article = silent = False
        while body[0] in "^!" or body.startswith("a "):
            capital, silent = capital or body[0] == "^", silent or body[0] == "!"
            article = article or body[0] == "a"
            body = body[2:] if body[0] == "a" else body[1:]
        start, draws = len(self.out), len(self.slots)
        if body[0] == "@":
            self.pool(self.rule(body[1:])[1])
        elif body[0] == "|":
            parts = split_bars(body[1:])
            self.run(parts[self.draw(len(parts), "{" not in body)])
        else:
            self.source(body)
        text = self.out[start:]
        if silent:
            text = ""
            del self.slots[draws:]
        if text and article:
            text = ("an " if text[0] in "aeiouAEIOU" else "a ") + text
        if capital:
            text = text[:1].upper() + text[1:]
        self.out = self.out[:start]
        self.put(text)
        for slot in self.slots[draws:]:
            slot[1] = slot[1] or len(self.out)

    def source(self, body):
        name, source, suffixes = SLOT.match(body).groups()
        options = {s[0]: s[1:] for s in re.findall(r"~[a-z]|\.\d+|:.", suffixes)}
        form, style = int(options.get(".", 0)), options.get(":", "")
        if re.fullmatch(r"\d+-\d+", source):
            low, high = map(int, source.split("-"))
            value = ("number", low + self.draw(high - low + 1, True))
        elif source[0] == "(":
            value = ("number", self.compute(source))
        elif len(source) == 1:
            value = self.var[source]
        else:
            value = self.expand(source, options.get("~"))
        kind, what, *_ = value
        if kind == "number":
            self.put(show_number(what, style))
        elif kind == "word":
            self.put(what[form])
        elif len(source) == 1:
            self.put(what)
        if name:
            self.var[name] = value

    def compute(self, expression):
        for letter, value in self.var.items():
            number = value[1] if value[0] == "number" else value[3] if value[0] == "word" else 0
            expression = re.sub(r"\b%s\b" % letter, str(number), expression)
        result = eval(expression.replace("/", "//"), {"__builtins__": {}})  # ours: the tables
        assert 0 <= result <= 9999999999
        return result

    def expand(self, source, other):
        forms, alternatives = self.rule(source)
        if other:
            k = self.draw(len(alternatives) - 1, forms)
            k += k >= self.var[other][2]
        else:
            k = self.draw(len(alternatives), forms)
        if forms:
            word = alternatives[k].split("|")
            digits = re.match(r"\d*", word[1]).group(0) if forms > 1 else ""
            return "word", word, k, int(digits or 0)
        before = len(self.out)
        self.run(alternatives[k])
        return "text", self.out[before:], k

    def pool(self, alternatives):
        left = []
        while len(self.out) < self.goal:
            left = left or list(range(len(alternatives)))
            k = self.stream.below(len(left))
            before = self.out
            try:
                self.run(alternatives[left[k]])
            except Full:
                self.out = before
                return
            left[k] = left[-1]
            left.pop()


# --- challenges ------------------------------------------------------------------------------

_tables = {}


def table(name):
    if name not in _tables:
        _tables[name] = read_table(name)
    return _tables[name]


def seed_of(key, run_id, index):
    return hmac.new(key, run_id + index.to_bytes(8, "big"), hashlib.sha256).digest()


def write(key, run_id, index, goal=GOAL):
    """(family, tokens, Writer) of a challenge from the five families."""
    family = FAMILIES[index % 5]
    stream = Stream(seed_of(key, run_id, index))
    tokens = 32 + stream.below(65)
    writer = Writer(table(TABLE[family]), table("common"), stream, goal)
    genres = writer.rule("genre")[1]
    writer.run(genres[stream.below(len(genres))])
    return family, tokens, writer


def is_space(c):
    return c in b" \t\n\v\f\r"


def starts_of(text):
    """The byte offsets at which a passage may begin."""
    found, at = [], 0
    for c in text.decode():
        size = len(c.encode())
        if at + 768 <= len(text) and not (size == 1 and is_space(text[at])):
            code = ord(c)
            spaceless = 0x3041 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF
            if at == 0 or is_space(text[at - 1]) or spaceless:
                found.append(at)
        at += size
    return found


def passage(key, run_id, index, text):
    """(tokens, offset, bytes) of a challenge from a corpus."""
    text = text.removeprefix(b"\xef\xbb\xbf")
    stream = Stream(seed_of(key, run_id, index))
    tokens = 32 + stream.below(65)
    starts = starts_of(text)
    at = starts[stream.below(len(starts))]
    cut = text[at:at + ROOM].decode(errors="ignore").encode()
    return tokens, at, cut


# --- known answers ---------------------------------------------------------------------------

def tables_sha256():
    digest = hashlib.sha256()
    for name in ["common", *TABLE.values()]:
        for rule, (forms, alternatives) in table(name).items():
            for part in [rule, str(forms), str(len(alternatives)), *alternatives]:
                digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def print_kat():
    print("# origin: tools/oracle/challenge_reference.py kat, from docs/format/challenge.md")
    print("# tables SHA256: over name, forms, alternatives and each of them, of every rule")
    print("tables", tables_sha256())
    print("# below SEED N VALUE...: the first numbers below N of the stream of SEED")
    seed = hashlib.sha256(b"stream").digest()
    for n in (2, 3, 10, 65, 1000, 3 << 30, 4294967295):
        stream = Stream(seed)
        print("below", seed.hex(), n, *[stream.below(n) for _ in range(12)])
    print("# text KEY RUN_ID INDEX SEED FAMILY TOKENS BYTES SHA256")
    for index in list(range(100)) + [2**32 + 1, 2**63 + 3, 2**64 - 1]:
        key = hashlib.sha256(b"key %d" % (index % 4)).digest()
        run_id = hashlib.sha256(b"run %d" % (index % 3)).digest()[:16]
        family, tokens, w = write(key, run_id, index)
        text = w.out.encode()
        print("text", key.hex(), run_id.hex(), index, seed_of(key, run_id, index).hex(), family,
              tokens, len(text), hashlib.sha256(text).hexdigest())
    print("# passage KEY RUN_ID INDEX TOKENS OFFSET BYTES SHA256, of tests/kat/challenge_corpus.txt")
    corpus = (ROOT / "tests/kat/challenge_corpus.txt").read_bytes()
    for index in range(40):
        key = hashlib.sha256(b"key %d" % (index % 4)).digest()
        run_id = hashlib.sha256(b"run %d" % (index % 3)).digest()[:16]
        tokens, at, text = passage(key, run_id, index, corpus)
        print("passage", key.hex(), run_id.hex(), index, tokens, at, len(text),
              hashlib.sha256(text).hexdigest())
    print("# starts COUNT, of that file")
    print("starts", len(starts_of(corpus)))


def main():
    if sys.argv[1:] == ["kat"]:
        print_kat()
    elif sys.argv[1:] == ["check"]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            print_kat()
        if out.getvalue() != (ROOT / "tests/kat/challenge.txt").read_text():
            sys.exit("tests/kat/challenge.txt is not what `kat` prints")
    elif sys.argv[1:] == ["dump"]:
        json.dump({n: table(n) for n in ["common", *TABLE.values()]}, sys.stdout, indent=1)
    elif len(sys.argv) == 5 and sys.argv[1] == "show":
        family, tokens, w = write(bytes.fromhex(sys.argv[2]), bytes.fromhex(sys.argv[3]),
                                  int(sys.argv[4]))
        print(family, tokens, len(w.out))
        print(w.out)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
