#!/usr/bin/env python3
"""Check byte-level comparisons with transformers, tokenizers and sentencepiece.

    next_byte.py live POT REF CAND ...   runs `pot verify REF CAND` for each CAND whose tokenizer is another, and checks
                                         every line of what it leaves
    next_byte.py record DIR              writes a tiny model with a SentencePiece tokenizer into DIR, and what the
                                         comparison of zoo/base with it must give, for tests/diff/test_next_byte.c

Nothing here calls pot but for the run itself: the places come from the packages' spans, what a token writes from what
the packages decode it to behind another one, the laws from the logits of transformers in float64, summed over tokens by
the first byte.  Exit status 1 if a place differs, or a number by more than 1e-4.
"""
import argparse
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import sentencepiece
import torch
import transformers
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode

import challenge_reference as reference

LIMIT = 1e-4
SILENT = 256  # the class of what writes nothing
BYTE_OF = {c: b for b, c in bytes_to_unicode().items()}
LEAST = 2.0**-149


def floats(digits):
    return [x for (x,) in struct.iter_unpack(">f", bytes.fromhex(digits))]


class Json:
    """A tokenizer.json, through the tokenizers package."""

    def __init__(self, path):
        self.t = Tokenizer.from_file(str(path))
        document = json.loads(path.read_text())
        self.special = {a["id"] for a in document["added_tokens"] if a["special"]}
        self.level = "ByteLevel" in json.dumps(document["decoder"])

    def encode(self, text):
        e = self.t.encode(text)
        at = [len(text[:i].encode()) for i in range(len(text) + 1)]
        return e.ids, [(at[a], at[b]) for a, b in e.offsets]

    def first_byte(self, i):
        """What decoding writes for it behind the letter x; where that is no character, the piece says the byte."""
        piece = self.t.id_to_token(i)
        if piece is None or i in self.special:
            return SILENT
        x = self.t.token_to_id("x")
        before, both = (self.t.decode(ids, skip_special_tokens=False) for ids in ([x], [x, i]))
        assert both.startswith(before)
        rest = both[len(before):]
        if rest.startswith("\ufffd"):
            byte = re.fullmatch("<0x(..)>", piece)
            return BYTE_OF[piece[0]] if self.level else int(byte[1], 16)
        return rest.encode()[0] if rest else SILENT


class Sp:
    """A tokenizer.model, through the sentencepiece package, with a beginning in front."""

    def __init__(self, path):
        self.t = sentencepiece.SentencePieceProcessor(model_file=str(path))

    def encode(self, text):
        pieces = self.t.encode(text, return_type="proto").pieces
        at = [len(text[:i].encode()) for i in range(len(text) + 1)]
        return [self.t.bos_id()] + [p.id for p in pieces], [(0, 0)] + [(at[p.begin], at[p.end]) for p in pieces]

    def first_byte(self, i):
        if i >= self.t.vocab_size() or self.t.is_control(i) or self.t.is_unknown(i):
            return SILENT
        if self.t.is_byte(i):
            return int(self.t.id_to_piece(i)[3:5], 16)
        x = self.t.piece_to_id("x")
        both = self.t.decode([x, i])
        assert both.startswith("x")
        return both[1:].encode()[0] if both[1:] else SILENT


def tokenizer(model):
    path = model / "tokenizer.json"
    return Json(path) if path.exists() else Sp(model / "tokenizer.model")


def boundaries(spans):
    """offset -> token that ends there, the next one beginning there."""
    return {a[1]: i for i, (a, b) in enumerate(zip(spans, spans[1:])) if a[0] < a[1] == b[0] < b[1]}


class Side:
    def __init__(self, path):
        self.tokenizer = tokenizer(path)
        self.model = AutoModelForCausalLM.from_pretrained(path).double().eval()
        vocab = self.model.config.vocab_size
        self.classes = torch.tensor([self.tokenizer.first_byte(i) for i in range(vocab)])

    def laws(self, ids, at):
        with torch.inference_mode():
            p = self.model(torch.tensor([ids]), use_cache=False).logits[0, at].softmax(-1)
        return torch.zeros(len(at), 257, dtype=torch.float64).index_add_(1, self.classes, p)


def expected(ref, cand, text):
    """Places and figures of one prompt."""
    (a_ids, a_spans), (b_ids, b_spans) = ref.tokenizer.encode(text), cand.tokenizer.encode(text)
    a, b, data = boundaries(a_spans), boundaries(b_spans), text.encode()
    if max(e for _, e in a_spans) != len(data) or max(e for _, e in b_spans) != len(data):
        a = {}
    offsets = sorted(set(a) & set(b))
    p, q = ref.laws(a_ids, [a[o] for o in offsets]), cand.laws(b_ids, [b[o] for o in offsets])
    both = torch.zeros(257, dtype=torch.bool)
    both[list(set(ref.classes.tolist()) & set(cand.classes.tolist()))] = True
    pc, qc = p[:, both], q[:, both]
    pc, qc = pc / pc.sum(-1, keepdim=True), qc / qc.sum(-1, keepdim=True)
    log = lambda x: x.clamp_min(LEAST).log()
    follows = torch.tensor([data[o] for o in offsets])[:, None]
    return {"ids": {"ref": a_ids, "cand": b_ids}, "offsets": offsets,
            "tv": (p - q).abs().sum(-1) / 2, "kl": (pc * (log(pc) - log(qc))).sum(-1),
            "lp_ref": log(p.gather(1, follows)[:, 0]), "lp_cand": log(q.gather(1, follows)[:, 0])}


def check(pot, ref_path, cand_path):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "run"
        ran = subprocess.run([pot, "verify", ref_path, cand_path, "--out", path, "-q"], capture_output=True, text=True)
        if ran.returncode == 2:
            raise SystemExit(ran.stderr)
        lines = [json.loads(s) for s in (path / "transcript.ndjson").read_text().splitlines()]
        verdict = json.loads((path / "verdict.json").read_text())
    assert verdict["comparison"] == "bytes" and verdict["decision"] != "SAME", "verdict"
    ref, cand = Side(ref_path), Side(cand_path)
    worst, places = dict.fromkeys(("tv", "kl", "lp_ref", "lp_cand"), 0.0), 0
    for line in lines:
        want = expected(ref, cand, line["text"])
        assert want["ids"] == line["ids"] and want["offsets"] == line["offsets"], f"challenge {line['index']}: places"
        places += len(want["offsets"])
        for name in worst:
            got = torch.tensor(floats(line[name]), dtype=torch.float64)
            if len(got):
                worst[name] = max(worst[name], (got - want[name]).abs().max().item())
    print(f"{cand_path}: {verdict['decision']} after {len(lines)}, {places} places, largest differences "
          + ", ".join(f"{name} {x:.2g}" for name, x in worst.items()), flush=True)
    return max(worst.values())


def record(folder, key=b"a fixed key is good for tests 32", run_id=b"a fixed run id.\0", challenges=5):
    torch.manual_seed(20261120)
    source = pathlib.Path("tests/golden/sentencepiece/bpe_llama.model")
    vocab = sentencepiece.SentencePieceProcessor(model_file=str(source)).vocab_size()
    config = LlamaConfig(vocab_size=vocab, hidden_size=16, intermediate_size=24, num_hidden_layers=1,
                         num_attention_heads=2, max_position_embeddings=1024, tie_word_embeddings=True)
    model = LlamaForCausalLM(config)
    for p in model.parameters():
        if p.dim() > 1:
            torch.nn.init.normal_(p, std=0.5)
    model.to(torch.bfloat16).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    shutil.copy(source, folder / "tokenizer.model")
    ref, cand, lines = Side(pathlib.Path("zoo/base")), Side(folder), []
    for i in range(challenges):
        _, tokens, writer = reference.write(key, run_id, i)
        ids, spans = ref.tokenizer.encode(writer.out)
        spans = [s for s in spans if s[1]]
        text = writer.out.encode()[:spans[min(tokens, len(spans)) - 1][1]].decode()
        want = expected(ref, cand, text)
        lines.append({name: x if name == "offsets" else x.tolist() for name, x in want.items() if name != "ids"})
        lines[-1]["text"] = text
    with open(folder / "expected.json", "w") as f:
        f.write("[" + ",\n".join(json.dumps(x) for x in lines) + "]\n")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=("live", "record"))
    p.add_argument("path", nargs="+")
    args = p.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if args.what == "record":
        return record(pathlib.Path(args.path[0]))
    pot, ref, *cands = args.path
    sys.exit(max(check(pot, pathlib.Path(ref), pathlib.Path(c)) for c in cands) > LIMIT)


if __name__ == "__main__":
    main()
