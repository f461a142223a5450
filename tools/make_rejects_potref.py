"""Write the small reference files that the reader must accept or refuse: tests/golden/potref/{accept,reject}; and the seeds of
the fuzz target: fuzz/corpus/potref.

A refused file is named after the rule of docs/format/potref.md that it breaks, and breaks that one only: all digests and the tag
are right unless they are the rule.  tests/unit/test_potref.c says what each must give.  Needs nothing but Python and always
writes the same bytes.
"""
import hashlib
import hmac
import json
import os
import re
import struct

from make_rejects import CORPUS, ROOT, write

GOLDEN = os.path.join(ROOT, "tests/golden/potref")
KEY = bytes(range(32))
VOCAB, WIDTH, TOP, TAILS, N = 6, 2, 2, 3, 10
RULE = {"alpha": 0.025, "gamma": 0.15, "eta": 0.5, "delta_star": 0.8, "eps_diff": 0.15, "n_min": 10, "n_max": N}
IDS = [1, 5, 0]  # of every challenge: two positions
F32 = struct.Struct("<f")


def digest(s):
    return hashlib.sha256(s.encode()).hexdigest()


def challenges(ids=IDS, prompt=40, n=N, tail=b"", count=None):
    one = struct.pack("<II", prompt, len(ids) if count is None else count) + struct.pack(f"<{len(ids)}I", *ids)
    return one * n + tail


def law(lp=-1.5, top=3, ids=(1, 3), p=(0.25, 0.5, 0.125, 0.0, 0.125)):
    return struct.pack("<fI", lp, top) + struct.pack(f"<{len(ids)}H", *ids) + b"".join(F32.pack(x) for x in p)


def laws(*first, n=2 * N):
    return b"".join(first) + law() * (n - len(first))


def document(exact=False, sections=(), **change):
    d = {
        "schema": "pot-reference-1", "pot": "0.1.0", "run_id": "0b" * 16, "generator": "pot-prompts-1",
        "numerics": "pot-f32-1", "challenges": N, "positions": 2 * N, "perplexity": None if exact else 12.5,
        "corpus_sha256": None, "mode": "quick", "rule": dict(RULE), "prompt_tokens": [32, 96],
        "classes": None if exact else {"top_k": TOP, "tails": TAILS, "tail_mean": 0.25, "tail_max": 0.25},
        "head": {"width": WIDTH, "bias": True, "scale": 1.0, "cap": 0.0, "dtype": "BF16"} if exact else None,
        "model": {
            "name": "small", "arch": "llama", "container": "safetensors", "dtype": "BF16", "params": 100, "bytes": 200,
            "vocab": VOCAB, "hidden": WIDTH, "layers": 1, "heads": 1, "kv_heads": 1, "head_dim": 2, "ffn": 4,
            "context": 128, "positions": "rope", "activation": "silu", "tied_head": False, "chat_template": False,
            "tensors": 11, "weights_sha256": digest("weights"),
            "weights": [{"name": "model.safetensors", "size": 300, "sha256": digest("w")}],
            "files": [{"name": "config.json", "size": 30, "sha256": digest("c")}]},
        "tokenizer": {"kind": "byte-level BPE", "size": 5, "sha256": digest("t"), "vocab_sha256": digest("v")},
        "sections": [{"name": n, "size": len(b), "sha256": hashlib.sha256(b).hexdigest()} for n, b in sections],
    }
    for path, value in change.items():
        at = d
        *way, last = path.split("__")
        for step in way:
            at = at[int(step) if step.isdigit() else step]
        if value is KeyError:
            del at[last]
        else:
            at[int(last) if last.isdigit() else last] = value
    return json.dumps(d, indent=2) + "\n"


def pad(b):
    return b + bytes(-len(b) % 64)


def file(sections=None, exact=False, text=None, edit=None, at=None, size=None, tag=None, zeros=bytes(32), between=pad,
         magic=b"pot reference 1\n", behind=b"", **change):
    """`edit` changes the document's text after its digests are in it."""
    if sections is None:
        sections = [("challenges", challenges())]
        sections += [("hidden", bytes(8 * 2 * N)), ("head", bytes(2 * VOCAB * WIDTH)), ("bias", bytes(4 * VOCAB))] if exact else [
            ("classes", laws())]
    doc = (text or document(exact, sections, **change))
    doc = (edit(doc) if edit else doc).encode()
    body = b"".join(between(b) for _, b in sections)
    tag = tag or hmac.new(KEY, doc, hashlib.sha256).digest()
    head = magic + struct.pack("<QQ", 128 + len(body) if at is None else at, len(doc) if size is None else size)
    return head + KEY + tag + zeros + body + doc + behind


def ids4():
    """A vocabulary whose ids take four bytes."""
    record = struct.pack("<fI", -1.5, 70000) + struct.pack("<II", 1, 70000) + b"".join(
        F32.pack(x) for x in (0.25, 0.5, 0.125, 0.0, 0.125))
    return file([("challenges", challenges()), ("classes", record * 2 * N)], model__vocab=70001)


def accepts():
    quoted = dict(model__name="a \u00e9 \"quoted\" \\ name")
    return {
        "classes": file(),
        "exact": file(exact=True),
        "exact-without-bias": file([("challenges", challenges()), ("hidden", bytes(8 * 2 * N)), ("head", bytes(24))], True,
                                   head__bias=False),
        "exact-in-blocks": file([("challenges", challenges()), ("hidden", bytes(128 * 2 * N)), ("head", bytes(VOCAB * 34))], True,
                                head__bias=False, head__width=32, head__dtype="Q8_0"),
        "corpus": file(corpus_sha256=digest("corpus")),
        "ids-of-four-bytes": ids4(),
        "no-small-files": file(model__files=[]),
        "quoted": file(edit=lambda s: s.replace('"small"', json.dumps(quoted["model__name"], ensure_ascii=False))),
    }


def swap(a, b):
    def edit(s):
        assert a in s
        return s.replace(a, b, 1)
    return edit


def rejects():
    c, k = ("challenges", challenges()), ("classes", laws())
    whole = file()
    at = struct.unpack("<Q", whole[16:24])[0]

    def one(**a):
        return file([c, ("classes", laws(law(), law(**a)))])

    f = {
        "P-01-empty": b"",
        "P-01-magic": file(magic=b"pot reference 2\n"),
        "P-01-fifteen-bytes": whole[:15],
        "P-02-head-cut": whole[:100],
        "P-02-cut": whole[:-1],
        "P-02-longer": file(behind=b"\n"),
        "P-02-document-in-the-head": file([], at=64, size=len(file([])) - 64),
        "P-02-offset-all-ones": file(at=2**64 - 1),
        "P-02-size-all-ones": file(size=2**64 - 1),
        "P-02-wraps": file(at=2**64 - 64, size=len(whole) + 64),
        "P-03-tag": file(tag=bytes(32)),
        "P-03-zeros": file(zeros=bytes(31) + b"\1"),
        "P-04-no-json": file(text="nothing\n"),
        "P-04-more": file(edit=swap('"mode"', '"more": 1,\n  "mode"')),
        "P-04-compact": file(edit=lambda s: json.dumps(json.loads(s))),
        "P-04-spelling": file(edit=swap('"perplexity": 12.5', '"perplexity": 12.50')),
        "P-04-upper-case": file(edit=swap('"run_id": "0b', '"run_id": "0B')),
        "P-04-control": file(model__name="a\x1b[2J"),
        "P-04-empty-name": file(model__name=""),
        "P-04-missing": file(numerics=KeyError),
        "P-04-negative": file(model__params=-1),
        "P-04-both": file(head={"width": WIDTH, "bias": True, "scale": 1.0, "cap": 0.0, "dtype": "BF16"}),
        "P-05-schema": file(schema="pot-reference-2"),
        "P-05-mode": file(mode="lenient"),
        "P-05-rule": file(rule__gamma=0.25),
        "P-05-n-max": file(rule__n_max=120),
        "P-06-challenges-of-5": file([("challenges", challenges(n=5)), ("classes", laws(n=10))], challenges=5, positions=10,
                                     rule__n_max=5),
        "P-06-challenges-of-12": file([("challenges", challenges(n=12)), ("classes", laws(n=24))], challenges=12, positions=24,
                                      rule__n_max=12),
        "P-06-challenges-all-ones": file(challenges=2**32 - 1, rule__n_max=2**32 - 1),
        "P-06-positions": file(positions=1024001),
        "P-06-positions-most": file(positions=2**63 - 1),
        "P-06-vocabulary-0": file(model__vocab=0),
        "P-06-vocabulary": file(model__vocab=2**24 + 1),
        "P-06-top-0": file(classes__top_k=0),
        "P-06-top-above-vocabulary": file(classes__top_k=VOCAB + 1),
        "P-06-top-all-ones": file(model__vocab=2**24, classes__top_k=2**32 - 1),
        "P-06-tails-0": file(classes__tails=0),
        "P-06-tails-257": file(classes__tails=257),
        "P-06-width-0": file(exact=True, head__width=0),
        "P-06-width": file(exact=True, head__width=2**20 + 1),
        "P-06-dtype": file(exact=True, head__dtype="F12"),
        "P-06-half-a-block": file(exact=True, head__dtype="Q8_0"),
        "P-07-no-sections": file([]),
        "P-07-one-section": file([c]),
        "P-07-order": file([k, c]),
        "P-07-name": file([c, ("klasses", laws())]),
        "P-07-too-many": file([c, k, ("bias", bytes(24))]),
        "P-07-five": file([c, k, k, k, k]),
        "P-07-size": file([c, ("classes", laws() + b"\0")]),
        "P-07-size-all-ones": file(sections__0__size=2**63 - 1),
        "P-07-behind-the-last": file(between=lambda b: pad(b) + bytes(64) if len(b) == len(laws()) else pad(b)),
        "P-07-exact-without-head": file([c, ("hidden", bytes(8 * 2 * N)), ("bias", bytes(24))], True),
        "P-08-digest": file(sections__1__sha256=digest("other")),
        "P-08-between": file(between=lambda b: pad(b) if len(b) % 64 == 0 else pad(b)[:-1] + b"\1"),
        "P-09-prompt-0": file([("challenges", challenges(prompt=0)), k]),
        "P-09-prompt-1024": file([("challenges", challenges(prompt=1024)), k]),
        "P-09-one-token": file([("challenges", challenges(ids=[1])), ("classes", b"")], positions=0),
        "P-09-tokens": file([("challenges", challenges(count=1025)), k]),
        "P-09-tokens-all-ones": file([("challenges", challenges(count=2**32 - 1)), k]),
        "P-09-too-few": file([("challenges", challenges(n=N - 1)), k]),
        "P-09-id": file([("challenges", challenges(ids=[1, VOCAB, 0])), k]),
        "P-09-positions": file([("challenges", challenges()), ("classes", laws(n=2 * N + 1))], positions=2 * N + 1),
        "P-09-behind": file([("challenges", challenges(tail=b"\0\0\0\0")), k]),
        "P-10-id": one(ids=(1, VOCAB), top=VOCAB),
        "P-10-ids-fall": one(ids=(3, 1)),
        "P-10-id-twice": one(ids=(3, 3)),
        "P-10-top": one(top=2),
        "P-10-negative": one(p=(0.5, 0.75, -0.25, 0, 0)),
        "P-10-above-one": one(p=(1.0000001192092896, 0, 0, 0, 0)),
        "P-10-nan": one(p=(float("nan"), 0.5, 0, 0, 0)),
        "P-10-infinite": one(p=(float("inf"), 0.5, 0, 0, 0)),
        "P-10-sum": one(p=(0.25, 0.5, 0.125, 0.0, 0.25)),
        "P-10-nothing": one(p=(0, 0, 0, 0, 0)),
        "P-10-logarithm": one(lp=0.5),
        "P-10-logarithm-nan": one(lp=float("nan")),
    }
    assert at % 64 == 0 and all(re.match(r"P-\d\d-", name) for name in f)
    return f


if __name__ == "__main__":
    good, parts = accepts(), [("challenges", challenges()), ("classes", laws())]
    write(os.path.join(GOLDEN, "accept"), good, ".potref")
    write(os.path.join(GOLDEN, "reject"), rejects(), ".potref")
    seeds = {name: b"\0" + data for name, data in good.items()}
    seeds["document"] = b"\1" + document(sections=parts).encode()
    seeds["document-exact"] = b"\1" + document(True).encode()
    seeds["challenges"] = b"\2" + challenges()
    seeds["laws"] = b"\3" + laws()
    write(os.path.join(CORPUS, "potref"), seeds, "")
