"""Compare `pot score` of GGUF files with llama.cpp itself, and the files that llama.cpp's converter writes with their safetensors.

    llamacpp.py live POT [--count N] [--arch NAME]     N random models per architecture: log-probabilities of both engines
    llamacpp.py dirs POT DIR ...                       the same of real models
    llamacpp.py converter POT [--count N] [--arch NAME]  files of convert_hf_to_gguf.py: the bits of the safetensors
    llamacpp.py score FILE IDS                         llama.cpp's log-probabilities, as JSON

Needs the bindings: pip install llama-cpp-python, or its package on PYTHONPATH and LLAMA_CPP_LIB_PATH naming the folder of libllama.so.
`converter` needs LLAMA_CPP, the folder of llama.cpp's source.

llama.cpp multiplies F16 weights by activations rounded to F16, and BF16 by BF16, which no setting changes.  So the same
weights are compared widened to F32, where the limit holds (pot gives the same bits for both, which is checked); and as they are, where
the difference is shown.  GELU is a table in F16 there.
"""
import argparse
import ctypes
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT = 1e-3


def score(path, ids):
    """In this process: ggml aborts at what it does not expect."""
    import llama_cpp as L
    import numpy as np

    @L.llama_log_callback
    def keep(level, text, data):
        if b"error" in text or b"ASSERT" in text:
            sys.stderr.write(text.decode(errors="replace"))

    L.llama_log_set(keep, ctypes.c_void_p(0))
    L.llama_backend_init()
    how = L.llama_model_default_params()
    how.n_gpu_layers, how.use_extra_bufts = 0, False
    model = L.llama_model_load_from_file(path.encode(), how)
    if not model:
        sys.exit("not loaded")
    how = L.llama_context_default_params()
    how.n_ctx = how.n_batch = how.n_ubatch = len(ids)
    how.n_threads = how.n_threads_batch = 1
    how.type_k = how.type_v = L.GGML_TYPE_F32
    how.flash_attn_type, how.swa_full = L.LLAMA_FLASH_ATTN_TYPE_DISABLED, True
    context = L.llama_init_from_model(model, how)
    if not context:
        sys.exit("no context")
    batch = L.llama_batch_init(len(ids), 0, 1)
    batch.n_tokens = len(ids)
    for i, t in enumerate(ids):
        batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.seq_id[i][0], batch.logits[i] = t, i, 1, 0, 1
    if L.llama_decode(context, batch):
        sys.exit("not decoded")
    words = L.llama_vocab_n_tokens(L.llama_model_get_vocab(model))
    x = np.ctypeslib.as_array(L.llama_get_logits(context), shape=(len(ids), words)).astype(np.float64)
    x = x - x.max(1, keepdims=True)
    x -= np.log(np.exp(x).sum(1, keepdims=True))
    return [float(x[i, t]) for i, t in enumerate(ids[1:])]


def theirs(path, ids):
    """llama.cpp's log-probabilities, or why there are none."""
    run = subprocess.run([sys.executable, __file__, "score", path, ",".join(map(str, ids))], capture_output=True, text=True,
                         env=dict(os.environ, GGML_NO_BACKTRACE="1"))
    if run.returncode == 0:
        return json.loads(run.stdout), None
    lines = [s for s in run.stderr.splitlines() if s.strip()]
    lines = [s for s in lines if "error loading model:" in s or "ASSERT" in s] or lines
    return None, lines[-1].split("error loading model: ")[-1].split("/")[-1][:110] if lines else "killed"


def difference(pot, file, ids):
    import arch as oracle
    got, why = theirs(file, ids)
    if got is None:
        return None, why
    return max(abs(a - b) for a, b in zip(got, oracle.pot_logprobs(pot, file, ids))), None


UNBIASED = ("qwen3", "qwen3_moe", "gemma", "gemma2", "gemma3_text", "olmo2", "olmo3", "cohere", "cohere2", "smollm3")
HEADED = ("gpt_neox", "phi", "qwen2_moe", "gpt_oss", "olmo2", "olmo3", "stablelm")


def known(name, options):
    """Without what llama.cpp refuses or ignores: docs/format/gguf.md."""
    rope = options.get("rope_scaling") or {}
    for key in ("beta_fast", "beta_slow", "attention_factor"):
        rope.pop(key, None)
    if name in ("mistral", "mixtral", "starcoder2", "phi3"):
        options["sliding_window"] = None
    if name in UNBIASED:
        options["attention_bias"] = False
    if name in HEADED:
        options["tie_word_embeddings"] = False
    if name in ("gpt_neox", "smollm3"):
        options["attention_bias"] = name == "gpt_neox"
        options["mlp_bias"] = False
    if name == "starcoder2":
        options["use_bias"] = True
    if name == "falcon":
        options["bias"] = False
    if name == "qwen2":
        options["hidden_size"] = options["num_attention_heads"] * (options.pop("head_dim", None) or 8)
        options.pop("rope_scaling", None)
    if name == "cohere":
        options["use_qk_norm"] = False
    if name == "gpt_oss" and rope.get("rope_type") == "yarn":
        options["rope_scaling"] = dict(rope_type="default")
    if name.startswith("deepseek"):
        if rope.get("rope_type", rope.get("type")) == "linear":
            options.pop("rope_scaling")
        options.update(rms_norm_eps=1e-6, q_lora_rank=options["q_lora_rank"] or 7)
        options["topk_group"] = min(options["topk_group"], options["n_group"] - 1) or 1
        size = options["n_routed_experts"] // options["n_group"]
        if name == "deepseek_v2":
            options.update(n_group=1, topk_group=1, topk_method="greedy", n_routed_experts=max(2, size))
        elif options["n_group"] == 1:
            options["n_routed_experts"] = size = max(2, size)
        options["num_experts_per_tok"] = min(options["num_experts_per_tok"], size * options["topk_group"])
        if rope.get("rope_type") == "yarn":
            rope.update(mscale=rope.get("mscale", 0.707), mscale_all_dim=rope.get("mscale_all_dim", 0.707))
    return options


def build(name, seed, more=known):
    import gguf_models as gm
    old = gm.sayable
    gm.sayable = lambda name, options: more(name, old(name, options))
    try:
        return gm.build(name, seed)
    finally:
        gm.sayable = old


def both(pot, path, ids, widen=True):
    """Differences of a model widened to F32, and as it is; or why there is none."""
    import gguf_models as gm
    import torch
    with tempfile.TemporaryDirectory() as temp:
        file, wide = os.path.join(temp, "a.gguf"), os.path.join(temp, "wide.gguf")
        gm.convert(path, file, bare=True)
        gm.convert(path, wide, bare=True, dtype=torch.float32)
        if json.loads(gm.scores(pot, file, ids))["logprobs"] != json.loads(gm.scores(pot, wide, ids))["logprobs"]:
            return None, None, "pot gives other bits for the same weights in F32"
        d, why = difference(pot, wide, ids)
        if d is None:
            return None, None, why
        return d, difference(pot, file, ids)[0], None


def from_table(path, ids):
    """The largest difference of llama.cpp to transformers with GELU as llama.cpp has it: the form with tanh, of and in F16."""
    import arch as oracle
    import gguf_models as gm
    import torch
    from transformers import activations
    from transformers.models.bloom import modeling_bloom

    def table(self, x):
        y = x.half().float()
        y = (0.5 * y * (1 + torch.tanh(0.79788456080286535587989211986876 * y * (1 + 0.044715 * y * y)))).half().float()
        return torch.where(x <= -10, torch.zeros_like(x), torch.where(x >= 10, x, y))

    forms = [c for c in vars(activations).values() if isinstance(c, type) and "GELU" in c.__name__.upper()] + [modeling_bloom.BloomGelu]
    old = [c.forward for c in forms]
    try:
        for c in forms:
            c.forward = table
        want = oracle.logprobs(path, ids)
    finally:
        for c, forward in zip(forms, old):
            c.forward = forward
    with tempfile.TemporaryDirectory() as temp:
        gm.convert(path, os.path.join(temp, "a.gguf"), bare=True, dtype=torch.float32)
        return max(abs(a - b) for a, b in zip(theirs(os.path.join(temp, "a.gguf"), ids)[0], want))


def live(args):
    import arch as oracle
    import gguf_models as gm
    bad = 0
    print(f"{'architecture':<14}{'compared':>9}{'F32':>10}{'F16':>10}{'BF16':>10}   largest differences; F16 and BF16 round activations")
    for name in [args.arch] if args.arch else gm.PLAIN:
        top, compared, refused = [0.0] * 3, 0, {}
        for seed in range(args.count):
            model, options, r = build(name, seed)
            ids = [r.randrange(options["vocab_size"]) for _ in range(48)]
            with tempfile.TemporaryDirectory() as path:
                model.save_pretrained(path)
                wide, own, why = both(args.pot, path, ids)
                table = from_table(path, ids) if wide is not None and wide > LIMIT else 0
            if wide is None:
                refused[why] = refused.get(why, 0) + 1
                continue
            compared += 1
            top[0] = max(top[0], wide)
            if seed % 3:
                top[seed % 3] = max(top[seed % 3], own)
            if wide > LIMIT:
                print(f"  {name} {seed}: {wide:.3g}, but with GELU as llama.cpp has it {table:.3g}: {options}")
                bad += table > LIMIT
        print(f"{name:<14}{compared:>9}" + "".join(f"{x:>10.2g}" if x else f"{'-':>10}" for x in top))
        for why, n in refused.items():
            print(f"  {n} not compared: {why}")
            bad += "other bits" in why
    return bad


def convertible(name, options):
    """Without what the converter refuses, drops or takes for granted."""
    rope, hidden = options.get("rope_scaling") or {}, options.get("hidden_size")
    kind = rope.get("rope_type", rope.get("type"))
    if kind == "yarn":
        rope.setdefault("original_max_position_embeddings", 32)
    if name in ("gpt_neox", "gemma", "gemma2", "stablelm", "falcon", "phi", "cohere", "cohere2"):
        options.pop("rope_scaling", None)
    if name in ("gpt_neox", "gemma", "gemma2", "stablelm", "falcon", "phi"):
        options["rotary_emb_base" if name == "gpt_neox" else "rope_theta"] = 10000.0
    if name in ("mistral", "mixtral", "starcoder2"):
        options["sliding_window"] = None
    if name in ("gpt2", "falcon"):
        options["n_inner" if name == "gpt2" else "ffn_hidden_size"] = None
    if name == "falcon":
        options["bias"] = False
    if name == "phi":
        options.update(intermediate_size=4 * hidden, num_key_value_heads=options["num_attention_heads"])
    if name == "granite":
        options["hidden_size"] = options["num_attention_heads"] * (options.pop("head_dim", None) or 8)
    if name == "cohere2":
        options["attention_bias"] = False
    if name == "stablelm":
        options["qk_layernorm"] = False
    if name.startswith("deepseek") and kind == "linear":
        options.pop("rope_scaling", None)
    return options


def published(name, path):
    """The members that config.json of the published models has, and the converter asks for."""
    file = os.path.join(path, "config.json")
    config = json.load(open(file))
    if name == "gpt2":
        config["n_ctx"] = config["n_positions"]
    if name == "bloom":
        config["seq_length"] = 2048
    if name == "cohere2":
        config["rotary_pct"] = 1.0
    if name == "falcon" and not config["new_decoder_architecture"]:
        config["num_kv_heads"] = 1
    json.dump(config, open(file, "w"))
    if name == "gemma3_text":  # as many tokens as rows
        words = dict(vocab={str(i): i for i in range(config["vocab_size"])})
        json.dump(dict(model=words, added_tokens=[]), open(os.path.join(path, "tokenizer.json"), "w"))


def run_converter(path, out, dtype):
    """convert_hf_to_gguf.py, in this process, without a tokenizer."""
    import gguf
    import torch
    from conversion import ModelBase, ModelType, get_model_architecture, get_model_class
    logging.disable(logging.CRITICAL)
    kind = {torch.float32: gguf.LlamaFileType.ALL_F32, torch.float16: gguf.LlamaFileType.MOSTLY_F16,
            torch.bfloat16: gguf.LlamaFileType.MOSTLY_BF16}[dtype]

    def no_vocabulary(self):
        self._set_vocab_none()
        self.gguf_writer.add_vocab_size(self.hparams["vocab_size"])
        self.gguf_writer.add_vocab_size = lambda n: None  # some say it again

    with torch.inference_mode():
        base = get_model_class(get_model_architecture(ModelBase.load_hparams(Path(path), False), ModelType.TEXT), mmproj=False)
        type(base.__name__, (base,), dict(set_vocab=no_vocabulary, model_arch=base.model_arch))(
            Path(path), kind, Path(out), eager=True).write()


def converter(args):
    if not os.environ.get("LLAMA_CPP"):
        print("skipped: LLAMA_CPP does not name the source of llama.cpp, with convert_hf_to_gguf.py")
        return 0
    sys.path[:0] = [os.environ["LLAMA_CPP"], os.path.join(os.environ["LLAMA_CPP"], "gguf-py")]
    import arch as oracle
    import gguf_models as gm
    bad = 0
    for name in [args.arch] if args.arch else gm.PLAIN:
        same, wrong, refused = 0, 0, {}
        for seed in range(args.count):
            if name.startswith("gemma") and seed % 3 == 1:
                continue  # 1 is added to its norms in F16
            model, options, r = build(name, seed, convertible)
            ids = oracle.sample(model, options, r)
            with tempfile.TemporaryDirectory() as path:
                model.save_pretrained(path)
                published(name, path)
                out = os.path.join(path, "a.gguf")
                try:
                    run_converter(path, out, oracle.DTYPES[seed % 3])
                except (Exception, SystemExit) as e:
                    why = f"{type(e).__name__} {str(e)[:90]}"
                    refused[why] = refused.get(why, 0) + 1
                    continue
                if name == "gemma3_text":
                    os.remove(os.path.join(path, "tokenizer.json"))
                ok = gm.scores(args.pot, path, ids) == gm.scores(args.pot, out, ids)
                ok = ok and gm.inspected(args.pot, path) == gm.inspected(args.pot, out)
            same, wrong = same + ok, wrong + (not ok)
            if not ok:
                print(f"  {name} {seed} with {options}")
        print(f"{name:<14}{same} files of the converter with the bits and the digest of the safetensors, {wrong} with others")
        for why, n in refused.items():
            print(f"  {n} that the converter refuses: {why}")
        bad += wrong
    return bad


def dirs(args):
    import gguf_models as gm
    import transformers
    bad = 0
    for path in args.dirs:
        c = transformers.AutoConfig.from_pretrained(path)
        r = random.Random(path)
        ids = [r.randrange(c.vocab_size) for _ in range(min(300, gm.first(c, "max_position_embeddings", "n_positions")))]
        wide, own, why = both(args.pot, path, ids)
        table = from_table(path, ids) if wide is not None and wide > LIMIT else None
        print(f"{path}: {len(ids)} ids, " + (why or f"widened to F32 {wide:.2g}, as it is {own:.2g}")
              + (f"; with GELU as llama.cpp has it {table:.2g}" if table is not None else ""))
        bad += wide is None or (wide if table is None else table) > LIMIT
    return bad


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(required=True)
    for name, run, words in (("live", live, ["pot"]), ("converter", converter, ["pot"]), ("dirs", dirs, ["pot", "dirs"]),
                             ("score", None, ["file", "ids"])):
        a = sub.add_parser(name)
        for word in words:
            a.add_argument(word, **(dict(nargs="+") if word == "dirs" else {}))
        if name in ("live", "converter"):
            a.add_argument("--count", type=int, default=12)
            a.add_argument("--arch")
        a.set_defaults(run=run)
    args = p.parse_args()
    if not args.run:
        print(json.dumps(score(args.file, [int(x) for x in args.ids.split(",")])))
        return
    import transformers
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    sys.exit(bool(args.run(args)))


if __name__ == "__main__":
    main()
