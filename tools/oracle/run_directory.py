#!/usr/bin/env python3
"""Check run directories by other means: hashlib, tokenizers, transformers and the formulas of docs/statistics.md.

    run_directory.py POT REF CAND ...     runs `pot verify REF CAND` for each CAND and checks what it leaves

Nothing here calls pot but for the run itself.  For every challenge: the text from key and seed, the ids from the
tokenizers package, TV, KL, log-probabilities, residuals and top tokens from the logits of transformers (in float64, so that the
difference is pot's alone); then means, wealth, bounds and decision from the recorded bits, in exact rationals.
Exit status 1 if anything is not as it should be or a difference is above 1e-4.
"""
import argparse
import hashlib
import hmac
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
from fractions import Fraction

import torch
import transformers
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

import challenge_reference as reference

LIMIT = 1e-4
EXIT = {"SAME": 0, "DIFFERENT": 1, "UNDECIDED": 3}
SHARES = [Fraction(x, 1000) for x in (999, 900, 750, 550, 400, 280, 190, 120, 75, 40, 20, 10)]
WEIGHTS = [Fraction(x, 100) for x in (40, 10, 8, 7, 6, 6, 5, 5, 4, 4, 3, 2)]


def floats(digits):
    """The binary32 values of a string of hexadecimal digits."""
    return [x for (x,) in struct.iter_unpack(">f", bytes.fromhex(digits))]


def log_probabilities(model, ids):
    with torch.inference_mode():
        return model(torch.tensor([ids]), use_cache=False).logits[0, :-1].log_softmax(-1)


def columns(key, vocabulary, most=512):
    """Where in the vocabulary residuals are looked at: one column of each stretch."""
    stream = reference.Stream(hmac.new(key, b"pot-residual-1", hashlib.sha256).digest())
    most = min(most, vocabulary)
    edges = [vocabulary * i // most for i in range(most + 1)]
    return [a + stream.below(b - a) for a, b in zip(edges, edges[1:])]


def residual(p, q, at):
    """The six sums of a transcript's line: of rows around their means, then of columns too."""
    sums = []
    a, b = p[:, at], q[:, at]
    for axis in (1, 0):
        a, b = (x - x.mean(axis, keepdim=True) for x in (a, b))
        sums += [(a * a).sum(), (b * b).sum(), (a * b).sum()]
    return torch.stack(sums)


class Run:
    """A run directory and the two models that it speaks of."""

    def __init__(self, path, ref, cand):
        self.path, self.ref, self.cand = pathlib.Path(path), ref, cand
        self.reveal, self.verdict = self.json("reveal.json"), self.json("verdict.json")
        self.lines = [json.loads(s) for s in (self.path / "transcript.ndjson").read_text().splitlines()]

    def json(self, name):
        return json.loads((self.path / name).read_text())

    def check_commitment(self):
        key, document = bytes.fromhex(self.reveal["key"]), (self.path / "commitment.json").read_bytes()
        tag = hmac.new(key, document, hashlib.sha256).hexdigest()
        assert tag + "\n" == (self.path / "commitment.tag").read_text(), "commitment.tag"
        assert tag == self.verdict["challenge"]["commitment"] == self.reveal["commitment"], "tag"

    def check_manifest(self):
        for f in self.json("manifest.json")["files"]:
            data = (self.path / f["name"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == f["sha256"], f["name"]

    def check_texts(self):
        key, run_id = bytes.fromhex(self.reveal["key"]), bytes.fromhex(self.reveal["run_id"])
        for i, line in enumerate(self.lines):
            family, _, writer = reference.write(key, run_id, i)
            assert line["index"] == i and line["family"] == family, f"challenge {i}: order"
            assert line["seed"] == reference.seed_of(key, run_id, i).hex(), f"challenge {i}: seed"
            assert line["text"] and writer.out.startswith(line["text"]), f"challenge {i}: text"

    def check_ids(self):
        for side, model in (("ref", self.ref), ("cand", self.cand)):
            tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
            for line in self.lines:
                assert tokenizer.encode(line["text"]).ids == line["ids"][side], f"challenge {line['index']}: ids"

    def differences(self):
        """The largest differences in TV, KL and log-probability; top tokens must agree but for near ties."""
        models = [AutoModelForCausalLM.from_pretrained(p).double().eval() for p in (self.ref, self.cand)]
        worst = dict.fromkeys(("tv", "kl", "lp_ref", "lp_cand", "residual"), 0.0)
        at = columns(bytes.fromhex(self.reveal["key"]), min(m.config.vocab_size for m in models))
        for line in self.lines:
            ids = line["ids"]["ref"]
            p, q = (log_probabilities(m, ids) for m in models)
            following = torch.tensor(ids[1:])[:, None]
            want = {"tv": (p.exp() - q.exp()).abs().sum(-1) / 2, "kl": (p.exp() * (p - q)).sum(-1),
                    "lp_ref": p.gather(1, following)[:, 0], "lp_cand": q.gather(1, following)[:, 0]}
            for name, values in want.items():
                got = torch.tensor(floats(line[name]), dtype=torch.float64)
                worst[name] = max(worst[name], (got - values).abs().max().item())
            want = residual(p, q, at)
            got = torch.tensor(floats(line["residual"]), dtype=torch.float64)
            worst["residual"] = max(worst["residual"], ((got - want) / want).abs().max().item())
            peak = max(range(len(line["ids"]["ref"]) - 1), key=lambda i: floats(line["tv"])[i])
            assert line["peak"]["position"] == peak, "peak"
            for m, side in ((p, "ref"), (q, "cand")):
                assert m[peak].max() - m[peak, line["peak"][side]] < LIMIT, f"peak, {side}"
            ties = sum((m.topk(2)[0].diff(dim=-1).abs() < LIMIT).sum().item() for m in (p, q))
            assert abs((p.argmax(-1) == q.argmax(-1)).sum().item() - line["top1"]) <= ties, "top1"
        return worst

    def scores(self):
        """The mean TV of every challenge as recorded, in exact rationals (the sum in binary64, in order)."""
        out = []
        for line in self.lines:
            tv = floats(line["tv"])
            total = 0.0
            for x in tv:
                total += x
            assert f"{total / len(tv):.8e}" == f"{line['mean']['tv']:.8e}", "mean"
            out.append(Fraction(total / len(tv)))
        return out

    def check_decision(self):
        """Wealth at gamma and on both sides of the recorded bounds."""
        scores, v = self.scores(), self.verdict
        need, gamma = 1 / Fraction(str(v["alpha"])), Fraction(str(v["gamma"]))
        refuted = {high: best_wealth(scores, gamma, high) >= need for high in (True, False)}
        lo, hi, edge = Fraction(v["tv"]["lo"]), Fraction(v["tv"]["hi"]), Fraction(3, 10**6)
        if hi < 1:
            assert best_wealth(scores, hi + edge, True) >= need > best_wealth(scores, hi - edge, True), "hi"
        if lo > 0:
            assert best_wealth(scores, lo - edge, False) >= need > best_wealth(scores, lo + edge, False), "lo"
        eta = Fraction(str(self.json("commitment.json")["rule"]["eta"]))
        same = refuted[True] and len(scores) >= v["n_min"] and (hi - lo) / 2 <= eta * gamma
        want = "DIFFERENT" if refuted[False] else "SAME" if same else "UNDECIDED"
        assert v["decision"] == want and v["n"] == len(scores), "decision"
        assert want != "UNDECIDED" or len(scores) == v["n_max"], "stopped early"


def best_wealth(scores, m, high):
    """The largest wealth at the end of a round of five, of the bet against mean >= m (high) or <= m."""
    products, best = [Fraction(1)] * len(SHARES), Fraction(1)
    for i, x in enumerate(scores, 1):
        gain = (m - x) / (1 - m) if high else (x - m) / m
        products = [round_up(p * (1 + f * gain)) for p, f in zip(products, SHARES)]
        if i % 5 == 0:
            best = max(best, sum(w * p for w, p in zip(WEIGHTS, products)))
    return best


def round_up(x, bits=200):
    """Keep the rationals short: 200 bits after the point are far below the edge of 3e-6."""
    return Fraction(-(-x.numerator * 2**bits // x.denominator), 2**bits)


def check(pot, ref, cand):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "run"
        ran = subprocess.run([pot, "verify", ref, cand, "--out", path, "-q"], capture_output=True, text=True)
        if ran.returncode == 2:
            raise SystemExit(ran.stderr)
        run = Run(path, ref, cand)
        assert EXIT[run.verdict["decision"]] == ran.returncode, "exit status"
        for step in (run.check_commitment, run.check_manifest, run.check_texts, run.check_ids, run.check_decision):
            step()
        worst = run.differences()
        print(f"{cand}: {run.verdict['decision']} after {run.verdict['n']}, largest differences "
              + ", ".join(f"{name} {x:.2g}" for name, x in worst.items()), flush=True)
        return max(worst.values())


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("pot")
    p.add_argument("ref", type=pathlib.Path)
    p.add_argument("cand", type=pathlib.Path, nargs="+")
    args = p.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    sys.exit(max(check(args.pot, args.ref, cand) for cand in args.cand) > LIMIT)


if __name__ == "__main__":
    main()
