#!/usr/bin/env python3
"""generate_live.py - greedy continuations, from transformers and from pot.

    python3 tools/oracle/generate_live.py POT [--count N] [--tokens N] [DIR ...]

N random models of each architecture (arch.py) and real ones in DIRs: generate() in float32, greedy, with a
cache, against `pot generate --ids`. Tokens must be equal up to the first place where the two best logits
of transformers are closer than 1e-4; log-probabilities up to there, within 1e-4. Exit 1 if any differ."""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

import arch

LIMIT = 1e-4
# their texts turn by the length of what is there so far, which transformers' cache keeps for old keys
LENGTHS = ("dynamic", "longrope", "su")


def scales_by_length(options):
    rope = options.get("text_config", options).get("rope_scaling") or {}
    return rope.get("rope_type", rope.get("type")) in LENGTHS


def theirs(path, ids, tokens):
    """Ids, log-probabilities, and the first place where the best two are too close."""
    alibi = getattr(AutoConfig.from_pretrained(path), "alibi", False)
    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32,
                                                 attn_implementation="sdpa" if alibi else "eager").float().eval()
    with torch.no_grad():
        out = model.generate(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long),
                             max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False, return_dict_in_generate=True,
                             output_logits=True, eos_token_id=None, pad_token_id=0, use_cache=True)
    rows = [x[0].double() for x in out.logits]
    new = out.sequences[0][len(ids):].tolist()
    close = len(rows)
    for i, row in enumerate(rows):
        best = torch.topk(row, 2).values
        if best[0] - best[1] < LIMIT:
            close = i
            break
    return new, [torch.log_softmax(r, -1)[t].item() for r, t in zip(rows, new)], close


def compare(pot, name, path, ids, tokens):
    run = subprocess.run([pot, "generate", path, "--ids", ",".join(map(str, ids)), "--max-tokens", str(tokens), "--ignore-end",
                          "--json"], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{name}: {run.stderr}")
    got = json.loads(run.stdout)
    want, logprobs, close = theirs(path, ids, tokens)
    if got["ids"][:close] != want[:close]:
        print(f"  {name}: after {ids}\n    transformers {want[:close]}\n    pot          {got['ids'][:close]}")
        return close, float("inf")
    return close, max([abs(a - b) for a, b in zip(got["logprobs"][:close], logprobs[:close])], default=0.0)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("pot")
    p.add_argument("dirs", nargs="*")
    p.add_argument("--count", type=int, default=3)
    p.add_argument("--tokens", type=int, default=16)
    a = p.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    worst = 0.0
    print(f"{'architecture':<14}{'models':>8}{'tokens':>8}{'largest difference':>22}")
    for name in arch.ARCHS:
        if name.endswith("mxfp4"):
            continue
        top, models, tokens = 0.0, 0, 0
        for seed in range(4 * a.count):
            model, options, r = arch.build(name, seed)
            if models == a.count or scales_by_length(options):
                continue
            ids = arch.sample(model, options, r)[:12]
            with tempfile.TemporaryDirectory() as path:
                arch.save(name, seed, model, path)
                close, diff = compare(a.pot, f"{name} {seed}", path, ids, a.tokens)
            top, models, tokens = max(top, diff), models + 1, tokens + close
        print(f"{name:<14}{models:>8}{tokens:>8}{top:>22.3g}", flush=True)
        worst = max(worst, top)
    for path in a.dirs:
        r = random.Random(path)
        ids = [r.randrange(AutoConfig.from_pretrained(path).vocab_size) for _ in range(20)]
        close, diff = compare(a.pot, path, path, ids, 40)
        print(f"{path}: {close} tokens, largest difference {diff:.3g}")
        worst = max(worst, diff)
    sys.exit(worst > LIMIT)


if __name__ == "__main__":
    main()
