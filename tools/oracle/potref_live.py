#!/usr/bin/env python3
"""Check reference files by other means: hashlib, tokenizers, transformers and docs/format/potref.md.

    potref_live.py POT REF CAND ...     `pot fingerprint REF`, then `pot verify FILE CAND` for each CAND

Nothing here calls pot but for these two.  Of the file: tag, digests and layout; every prompt from key, run id and the tokenizers
package; every law from the logits of transformers in float64: the top tokens, their probabilities, the tail classes that the key
draws.  Of each run: TV, KL and log-probabilities over the same classes.  The exact file: hidden states times head against the
same logits.  Exit status 1 if anything is not as it should be or a difference is above 1e-4.
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

import numpy
import torch
import transformers
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

import challenge_reference as reference
from run_directory import floats, log_probabilities

LIMIT = 1e-4
CHALLENGES = 40


class File:
    def __init__(self, path):
        data = pathlib.Path(path).read_bytes()
        assert data[:16] == b"pot reference 1\n", "magic"
        at, size = struct.unpack("<QQ", data[16:32])
        self.key, tag, text = data[32:64], data[64:96], data[at:]
        assert at + size == len(data) and data[96:128] == bytes(32), "head"
        assert hmac.new(self.key, text, hashlib.sha256).digest() == tag, "tag"
        self.doc, self.part, end = json.loads(text), {}, 128
        for s in self.doc["sections"]:
            part = data[end:end + s["size"]]
            assert hashlib.sha256(part).hexdigest() == s["sha256"], s["name"]
            self.part[s["name"]] = part
            end += -(-s["size"] // 64) * 64
        assert end == at, "sections"
        self.run_id = bytes.fromhex(self.doc["run_id"])

    def challenges(self):
        part, at, out = self.part["challenges"], 0, []
        for _ in range(self.doc["challenges"]):
            prompt, n = struct.unpack_from("<II", part, at)
            out.append((prompt, list(struct.unpack_from(f"<{n}I", part, at + 8))))
            at += 8 + 4 * n
        assert at == len(part) and sum(len(ids) - 1 for _, ids in out) == self.doc["positions"], "challenges"
        return out

    def tails(self):
        seed = hmac.new(self.key, b"pot-tails-1" + self.run_id, hashlib.sha256).digest()
        stream, n = reference.Stream(seed), self.doc["classes"]["tails"]
        return numpy.array([stream.below(n) for _ in range(self.doc["model"]["vocab"])])

    def laws(self):
        c, vocab = self.doc["classes"], self.doc["model"]["vocab"]
        kind = numpy.dtype([("lp", "<f4"), ("top", "<u4"), ("id", "<u2" if vocab <= 65536 else "<u4", c["top_k"]),
                            ("p", "<f4", c["top_k"] + c["tails"])])
        return numpy.frombuffer(self.part["classes"], kind)


def over_classes(p, law, tails, n):
    """The sums of a law p[vocab] over the classes of a position."""
    tail = numpy.bincount(tails, weights=numpy.where(numpy.isin(numpy.arange(len(p)), law["id"]), 0, p), minlength=n)
    return numpy.concatenate([p[law["id"].astype(numpy.int64)], tail])


def check_challenges(f, folder):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    for i, (prompt, ids) in enumerate(f.challenges()):
        text = reference.write(f.key, f.run_id, i)[2].out.encode()
        assert tokenizer.encode(text[:prompt].decode()).ids == ids, f"challenge {i}: ids"


def check_laws(f, model):
    """The largest difference of a probability, and of a log-probability."""
    tails, n, laws, at, worst = f.tails(), f.doc["classes"]["tails"], f.laws(), 0, [0.0, 0.0]
    tail_mass = []
    for _, ids in f.challenges():
        rows = log_probabilities(model, ids).numpy()
        for row, following in zip(rows, ids[1:]):
            law, p, k = laws[at], numpy.exp(row), len(laws[at]["id"])
            want = numpy.sort(numpy.argsort(-row, kind="stable")[:k])
            for v in set(want.tolist()) ^ set(law["id"].tolist()):  # near ties only
                assert abs(p[v] - numpy.sort(p)[-k]) < LIMIT * p[v] + 1e-9, f"position {at}: token {v}"
            assert p[law["top"]] > p.max() * (1 - LIMIT), f"position {at}: the most probable token"
            worst[0] = max(worst[0], abs(over_classes(p, law, tails, n) - law["p"]).max())
            worst[1] = max(worst[1], abs(row[following] - law["lp"]))
            tail_mass.append(law["p"][k:].astype(float).sum())
            at += 1
    assert at == f.doc["positions"], "positions"
    assert abs(numpy.mean(tail_mass) - f.doc["classes"]["tail_mean"]) < 1e-8, "tail_mean"
    assert abs(max(tail_mass) - f.doc["classes"]["tail_max"]) < 1e-8, "tail_max"
    return worst


def check_run(f, path, ref, cand):
    """The largest differences in TV, KL and log-probability."""
    tails, n, laws, at, worst = f.tails(), f.doc["classes"]["tails"], f.laws(), 0, [0.0, 0.0, 0.0]
    for line in map(json.loads, (path / "transcript.ndjson").read_text().splitlines()):
        ids = line["ids"]["ref"]
        rows = [log_probabilities(m, ids).numpy() for m in (ref, cand)]
        got = {name: floats(line[name]) for name in ("tv", "kl", "lp_ref", "lp_cand")}
        for i, following in enumerate(ids[1:]):
            p, q = (over_classes(numpy.exp(r[i]), laws[at], tails, n) for r in rows)
            tv, kl = abs(p - q).sum() / 2, (p * numpy.log(p / q)).sum()
            full = abs(numpy.exp(rows[0][i]) - numpy.exp(rows[1][i])).sum() / 2
            assert got["tv"][i] <= full + LIMIT <= got["tv"][i] + laws[at]["p"][-n:].sum() + 2 * LIMIT, "lower bound"
            worst[0] = max(worst[0], abs(got["tv"][i] - tv))
            worst[1] = max(worst[1], abs(got["kl"][i] - kl))
            worst[2] = max(worst[2], abs(got["lp_ref"][i] - rows[0][i][following]), abs(got["lp_cand"][i] - rows[1][i][following]))
            at += 1
    return worst


def check_exact(f, model):
    """The largest difference of a log-probability."""
    head, vocab = f.doc["head"], f.doc["model"]["vocab"]
    assert head["dtype"] in ("BF16", "F32") and not head["bias"], "this program reads no other head"
    raw = numpy.frombuffer(f.part["head"], "<u2" if head["dtype"] == "BF16" else "<f4")
    w = (raw.astype("<u4") << 16).view("<f4") if head["dtype"] == "BF16" else raw
    w = torch.tensor(w.reshape(vocab, head["width"]).astype(float))
    hidden = torch.tensor(numpy.frombuffer(f.part["hidden"], "<f4").reshape(-1, head["width"]).astype(float))
    at, worst = 0, 0.0
    for _, ids in f.challenges():
        logits = head["scale"] * hidden[at:at + len(ids) - 1] @ w.T
        assert head["cap"] == 0
        worst = max(worst, (logits.log_softmax(-1) - log_probabilities(model, ids)).abs().max().item())
        at += len(ids) - 1
    return worst


def run(*command, expect=(0,)):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in expect:
        raise SystemExit(done.stderr)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("pot")
    p.add_argument("ref", type=pathlib.Path)
    p.add_argument("cand", type=pathlib.Path, nargs="+")
    args = p.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    load = lambda path: AutoModelForCausalLM.from_pretrained(path).double().eval()
    ref, worst = load(args.ref), 0.0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        make = [args.pot, "fingerprint", args.ref, "--challenges", str(CHALLENGES), "-q"]
        run(*make, "-o", folder / "classes.potref")
        run(*make, "-o", folder / "exact.potref", "--exact")
        f = File(folder / "classes.potref")
        check_challenges(f, args.ref)
        found = check_laws(f, ref)
        exact = check_exact(File(folder / "exact.potref"), ref)
        print(f"{args.ref}: {f.doc['positions']} laws, largest differences: probability {found[0]:.2g}, log-probability "
              f"{found[1]:.2g}; hidden states and head {exact:.2g}", flush=True)
        worst = max(found + [exact])
        for i, cand in enumerate(args.cand):
            run(args.pot, "verify", folder / "classes.potref", cand, "--out", folder / f"run{i}", "-q", expect=(0, 1, 3))
            found = check_run(f, folder / f"run{i}", ref, load(cand))
            print(f"{cand}: largest differences tv {found[0]:.2g}, kl {found[1]:.2g}, log-probability {found[2]:.2g}", flush=True)
            worst = max([worst] + found)
    sys.exit(worst > LIMIT)


if __name__ == "__main__":
    main()
