"""Tokenizers inside GGUF files: Unigram against the tokenizers package, byte-level BPE with every `pre` against llama.cpp.

    gguf_tokens.py [-l build/release/libpot.a] [--count N]

The vocabularies are those of t5-small and gpt2 in ../shared/data/tokenizers.  Unigram must give the ids of the package for the
tokenizer.json that the file was made of.  The patterns of a `pre` are those of the models; llama.cpp, asked where its bindings are
installed (see llamacpp.py), has them in a form of its own, so what differs is counted and shown, and does not fail.
"""
import argparse
import base64
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

from gguf import GGUFWriter, TokenType

import tokenizers_common as common
import tokenizers_corpus as corpus
import tokenizers_live as live

TABLE = os.path.join(common.ROOT, "src", "token", "pre_table.c")


def write(path, model, tokens, types, **more):
    w = GGUFWriter(path, "gpt2")
    w.add_tokenizer_model(model)
    w.add_token_list(tokens)
    w.add_token_types(types)
    for key, value in more.items():
        getattr(w, "add_" + key)(value)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def t5(path, rows=32128):
    """As conversion/t5.py of llama.cpp: added tokens score -1000, rows without a token are filled."""
    doc = json.load(open(common.REAL["t5-small"]))
    vocab = doc["model"]["vocab"]
    types, scores = [TokenType.NORMAL] * len(vocab), [s for _, s in vocab]
    types[:3] = [TokenType.CONTROL, TokenType.CONTROL, TokenType.UNKNOWN]
    for a in doc["added_tokens"][3:]:
        types[a["id"]], scores[a["id"]] = TokenType.USER_DEFINED, -1000.0
    tokens = [t for t, _ in vocab] + [f"[PAD{i}]" for i in range(len(vocab), rows)]
    more = rows - len(vocab)
    write(path, "t5", tokens, types + [TokenType.UNUSED] * more, token_scores=scores + [-10000.0] * more, add_space_prefix=True,
          remove_extra_whitespaces=True, precompiled_charsmap=base64.b64decode(doc["normalizer"]["precompiled_charsmap"]),
          add_eos_token=True, eos_token_id=1, unk_token_id=2, pad_token_id=0)


def gpt2(path, pre):
    doc = json.load(open(common.rebuilt("gpt2")))
    tokens = sorted(doc["model"]["vocab"], key=doc["model"]["vocab"].get)
    merges = [" ".join(m) if isinstance(m, list) else m for m in doc["model"]["merges"]]
    types = [TokenType.NORMAL] * (len(tokens) - 1) + [TokenType.CONTROL]
    write(path, "gpt2", tokens, types, tokenizer_pre=pre, token_merges=merges, bos_token_id=50256, eos_token_id=50256)


def theirs(path, strings):
    """llama.cpp's ids, from a process of its own; or None."""
    run = subprocess.run([sys.executable, __file__, "--ask", path, strings], capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else None


def ask(path, strings):
    import ctypes

    import llama_cpp as L
    quiet = L.llama_log_callback(lambda level, text, data: None)
    L.llama_log_set(quiet, ctypes.c_void_p(0))
    how = L.llama_model_default_params()
    how.vocab_only = True
    model = L.llama_model_load_from_file(path.encode(), how)
    vocab, out = L.llama_model_get_vocab(model), []
    for s in common.read_strings(strings):
        b = s.encode()
        ids = (L.llama_token * (len(b) + 8))()
        n = L.llama_tokenize(vocab, b, len(b), ids, len(ids), False, True)
        out.append(list(ids[:n]))
    return out


def compare(exe, path, strings, blob, texts):
    mine = [[t[0] for t in ids] for ids in live.ours(exe, path, blob, False)]
    other = theirs(path, strings)
    if other is None:
        return mine, "llama.cpp does not read it"
    wrong = [i for i, (x, y) in enumerate(zip(mine, other)) if x != y]
    return mine, f"{len(wrong)} of {len(texts)} differ from llama.cpp" + (f", as {min((texts[i] for i in wrong), key=len)!r:.60}" if wrong else "")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("-l", "--library", default=os.path.join(common.ROOT, "build/release/libpot.a"))
    p.add_argument("--count", type=int, default=2000)
    p.add_argument("--ask", nargs=2, help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.ask:
        print(json.dumps(ask(*a.ask)))
        return
    if not all(os.path.exists(os.path.join(common.SHARED, "tokenizers", f)) for f in ("t5-small/tokenizer.json", "gpt2/vocab.json")):
        print("skipped: no shared tokenizers")
        return
    texts = list(dict.fromkeys(s for s in corpus.make(11, a.count) if "\0" not in s))
    blob = b"".join(struct.pack("<I", len(s.encode())) + s.encode() for s in texts)
    with tempfile.TemporaryDirectory() as folder:
        exe = live.driver(a.library, folder)
        strings, path = os.path.join(folder, "strings"), os.path.join(folder, "a.gguf")
        common.write_strings(strings, texts)
        t5(path)
        mine, words = compare(exe, path, strings, blob, texts)
        tok = common.load(common.REAL["t5-small"])
        bad = [i for i, s in enumerate(texts) if tok.encode(s, add_special_tokens=False).ids != mine[i]]
        print(f"t5: {len(bad)} of {len(texts)} differ from the tokenizers package; {words}")
        for i in bad[:5]:
            print(f"   {texts[i]!r}\n     ours {mine[i]}\n     want {tok.encode(texts[i], add_special_tokens=False).ids}")
        for pre in re.findall(r'^    {"([^"]+)", ', open(TABLE).read(), re.M):
            gpt2(path, pre)
            print(f"{pre}: {compare(exe, path, strings, blob, texts)[1]}", flush=True)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
