"""Compare quantized safetensors models (FP8, GPTQ, AWQ, compressed-tensors) with copies that others dequantized.

    quantized.py live POT [--count N] [--kind NAME]   N random models of every kind
    quantized.py record DIR KIND SEED ...             write some of them with their log-probabilities as goldens

Each model is random in everything: architecture, sizes, which matrices are quantized, bits, groups, their order, zero
points, encodings of the scales.  A copy in F32 is made by the code of the format's own package where it can be imported
(compressed_tensors; in the folders of $PACKAGES auto_gptq and awq, of which single files are loaded), else by the
formulas in this file.  Of both pot must give the same values digest, which compares every element bit by bit, and the
same score bits; transformers in float32 on the copy must agree to 1e-4.
"""
import argparse
import glob
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

import arch
import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file

FAMILIES = ["llama", "mistral", "qwen2", "qwen3", "qwen3_moe", "mixtral", "phi3", "gemma2", "deepseek_v3", "gpt2", "falcon",
            "gpt_neox", "granite"]


# ---- other people's code -------------------------------------------------------------------------------------------

def load(pattern):
    """One file of a package, alone: their __init__ wants CUDA."""
    for folder in os.environ.get("PACKAGES", "").split(":") + sys.path:
        for path in glob.glob(os.path.join(folder, pattern)):
            spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    return None


GPTQ = load("auto_gptq/nn_modules/qlinear/qlinear_cuda.py")
AWQ = load("awq/utils/packing_utils.py")
try:
    from compressed_tensors.compressors.quantized_compressors import pack_quantized as CT
    from compressed_tensors.quantization import QuantizationArgs
    from compressed_tensors.quantization.lifecycle.forward import dequantize
except ImportError:
    CT = None


# ---- formats -------------------------------------------------------------------------------------------------------
# Each takes the shape of a matrix and what the model has in common, and gives its tensors and its values in F32; None
# where a matrix of this shape cannot be stored so.

def scales(r, shape, dtype=None):
    s = torch.rand(shape) * 0.01 + 0.001
    return s.to(dtype or r.choice([torch.float16, torch.float16, torch.bfloat16, torch.float32]))


def floats(r, n, k, dtype=torch.float8_e4m3fn):
    """Any code but the largest of E5M2, most of them small."""
    w = (torch.randn(n, k) * 20).to(dtype)
    codes = torch.randint(0, 256, (n, k), dtype=torch.uint8).view(dtype)
    rare = (torch.rand(n, k) < 0.02) & (codes.float().abs() <= 448)  # not NaN
    w = torch.where(rare, codes.float(), w.float())
    return w.to(dtype)


def spread(s, n, k, rows, cols):
    return s.float().repeat_interleave(rows, 0)[:n].repeat_interleave(cols, 1)[:, :k]


def fp8_block(r, n, k, c):
    """deepseek_v3, qwen3."""
    rows, cols = c.setdefault("block", r.choice([(128, 128), (16, 8), (5, 48), (64, 3)]))
    w, s = floats(r, n, k), scales(r, (-(-n // rows), -(-k // cols)))
    return {".weight": w, ".weight_scale_inv": s}, w.float() * spread(s, n, k, rows, cols)


def fp8_tensor(r, n, k, c):
    """AutoFP8, with static scales of activations."""
    w, s = floats(r, n, k), scales(r, r.choice([[], [1]]), torch.float32)
    return {".weight": w, ".weight_scale": s, ".input_scale": torch.ones([])}, w.float() * s


def fp8_e5m2(r, n, k, c):
    w, s = floats(r, n, k, torch.float8_e5m2), scales(r, [1])
    return {".weight": w, ".weight_scale": s}, w.float() * s.float()


def fp8_row(r, n, k, c):
    """fbgemm."""
    w, s = floats(r, n, k), scales(r, r.choice([[n, 1], [n]]), torch.float32)
    return {".weight": w, ".weight_scale": s}, w.float() * s.reshape(n, 1)


def fp8_plain(r, n, k, c):
    """Without any scale, and without a quantization_config."""
    w = (torch.randn(n, k) / k**0.5).to(r.choice([torch.float8_e4m3fn, torch.float8_e5m2]))
    return {".weight": w}, None


def words(q, bits):
    """Rows of numbers to rows of 32-bit words, the first lowest: one stream of bits."""
    q = np.asarray(q, np.uint64)
    stream = (q[:, :, None] >> np.arange(bits, dtype=np.uint64)) & np.uint64(1)
    stream = stream.reshape(len(q), -1, 32)
    return torch.from_numpy((stream << np.arange(32, dtype=np.uint64)).sum(-1).astype(np.uint32).view(np.int32))


def gptq(r, n, k, c):
    bits, group = c["bits"], c["group"]
    if n * bits % 32 or k * bits % 32 or n % 32 or k % 32:
        return None
    size = k if group == -1 else group
    groups = -(-k // size)
    index = torch.arange(k) // size
    if c["order"]:
        index = index[torch.randperm(k)]
    q = torch.randint(0, 2**bits, (k, n))
    low = 0 if c["v2"] else 1
    zeros = torch.full((groups, n), 2**(bits - 1)) if c["sym"] else torch.randint(low, 2**bits + low, (groups, n))
    s = scales(r, (groups, n), c["scale"])
    t = {".qweight": words(q.T, bits).T.contiguous(), ".qzeros": words(zeros - low, bits), ".scales": s}
    if c["order"] or r.random() < 0.8:
        t[".g_idx"] = index.to(torch.int32)
    if c["bias"]:
        t[".bias"] = torch.zeros(n, dtype=torch.float16)
    return t, s.float()[index].T * (q - zeros[index]).T.float() if not GPTQ or c["v2"] else gptq_theirs(t, n, k, c, index)


def gptq_theirs(t, n, k, c, index):
    """auto_gptq's layer, applied to the unit vectors."""
    layer = GPTQ.QuantLinear(c["bits"], c["group"], k, n, False)
    layer.qweight, layer.qzeros, layer.scales = t[".qweight"], t[".qzeros"], t[".scales"].float()
    layer.g_idx = index.to(torch.int32)
    return layer(torch.eye(k)).T.contiguous()


def awq(r, n, k, c):
    group = k if c["group"] == -1 else c["group"]
    if n % 8 or k % group:
        return None
    order = np.array([0, 2, 4, 6, 1, 3, 5, 7])
    q, zeros = torch.randint(0, 16, (k, n)), torch.randint(0, 16, (k // group, n))
    pack = lambda x: words(x.numpy().reshape(len(x), -1, 8)[:, :, order].reshape(len(x), -1), 4)
    s = scales(r, (k // group, n), c["scale"])
    t = {".qweight": pack(q), ".qzeros": pack(zeros), ".scales": s}
    index = torch.arange(k) // group
    w = (q - zeros[index]).float() * s.float()[index]
    if AWQ:
        w = AWQ.dequantize_gemm(t[".qweight"], t[".qzeros"], s.float(), 4, group)
    return t, w.T.contiguous()


def packed(r, n, k, c):
    """compressed-tensors, pack-quantized."""
    bits, group = c["bits"], k if c["group"] == -1 else c["group"]
    if k * bits % 32 or k % group or not c["sym"] and n * bits % 32:
        return None
    half = 2**(bits - 1)
    q, s = torch.randint(-half, half, (n, k)), scales(r, (n, k // group), c["scale"])
    t = {".weight_packed": words(q + half, bits), ".weight_scale": s, ".weight_shape": torch.tensor([n, k])}
    index = torch.arange(k) // group
    if c["order"]:
        index = index[torch.randperm(k)]
        t[".weight_g_idx"] = index.to(torch.int32)
    zeros = torch.zeros(n, k // group, dtype=torch.int64)
    if not c["sym"]:
        zeros = torch.randint(-half, half, (n, k // group))
        t[".weight_zero_point"] = words((zeros + half).T, bits).T.contiguous()
    w = (q - zeros[:, index]).float() * s.float()[:, index]
    if CT:
        args = QuantizationArgs(num_bits=bits, symmetric=c["sym"], strategy="group", group_size=group)
        zero = None if c["sym"] else CT.unpack_from_int32(t[".weight_zero_point"], bits, torch.Size([n, k // group]), packed_dim=0)
        w = dequantize(CT.unpack_from_int32(t[".weight_packed"], bits, torch.Size([n, k])), s.float(),
                       zero if zero is not None else None, args, g_idx=index.to(torch.int32) if c["order"] else None)
    return t, w


def ct_float(r, n, k, c):
    """Per tensor or per channel, by module: two groups."""
    w = floats(r, n, k)
    s = scales(r, r.choice([[1], [n, 1]]), c["scale"])
    out = dequantize(w, s.float()) if CT and n > 1 else w.float() * s.float().reshape(-1, 1)
    return {".weight": w, ".weight_scale": s, ".input_scale": torch.ones(1)}, out


def ct_int(r, n, k, c):
    if k % 4:
        return None
    q, s = torch.randint(-128, 128, (n, k), dtype=torch.int8), scales(r, [n, 1], c["scale"])
    return {".weight": q, ".weight_scale": s}, dequantize(q, s.float()) if CT and n > 1 else q.float() * s.float()


def ct_config(scheme, form, **more):
    return dict(quant_method="compressed-tensors", format=form, quantization_status="compressed", ignore=["lm_head"],
                global_compression_ratio=1.5, kv_cache_scheme=None,
                config_groups={f"group_{i}": dict(weights=s, input_activations=None, output_activations=None,
                                                  targets=["Linear"], **more) for i, s in enumerate(scheme)})


def common_ints(r):
    return dict(bits=4, group=r.choice([-1, 32, 16, 64]), order=r.random() < 0.4, sym=r.random() < 0.4, bias=r.random() < 0.3,
                v2=r.random() < 0.3, scale=r.choice([torch.float16, torch.float16, torch.bfloat16, torch.float32]))


def args_of(c, **more):
    return dict(num_bits=c["bits"], type="int", symmetric=c["sym"], strategy="group", group_size=c["group"], dynamic=False,
                actorder="group" if c["order"] else None, **more)


FP8 = dict(num_bits=8, type="float", symmetric=True, dynamic=False)
# name: (matrix, what a model has in common, its quantization_config)
KINDS = {
    "fp8_block": (fp8_block, lambda r: {}, lambda c: dict(quant_method="fp8", activation_scheme="dynamic", fmt="e4m3",
                                                          weight_block_size=list(c["block"]))),
    "fp8_tensor": (fp8_tensor, lambda r: {}, lambda c: dict(quant_method="fp8", activation_scheme="static",
                                                            ignored_layers=["lm_head"])),
    "fp8_e5m2": (fp8_e5m2, lambda r: {}, lambda c: dict(quant_method="fp8", activation_scheme="dynamic", fmt="e5m2")),
    "fbgemm_fp8": (fp8_row, lambda r: {}, lambda c: dict(quant_method="fbgemm_fp8", activation_scale_ub=1200.0,
                                                         modules_to_not_convert=["lm_head"])),
    "fp8_plain": (fp8_plain, lambda r: {}, lambda c: None),
    "gptq": (gptq, lambda r: dict(common_ints(r), bits=r.choice([2, 3, 4, 4, 8])),
             lambda c: dict(quant_method="gptq", bits=c["bits"], group_size=c["group"], desc_act=c["order"], sym=c["sym"],
                            checkpoint_format="gptq_v2" if c["v2"] else "gptq", damp_percent=0.1)),
    "awq": (awq, common_ints, lambda c: dict(quant_method="awq", bits=4, group_size=c["group"], zero_point=True, version="gemm",
                                             modules_to_not_convert=None)),
    "pack_quantized": (packed, lambda r: dict(common_ints(r), bits=r.choice([4, 4, 8]), group=r.choice([32, 16, 64])),
                       lambda c: ct_config([args_of(c)], "pack-quantized")),
    "float_quantized": (ct_float, common_ints, lambda c: ct_config(
        [dict(FP8, strategy="tensor"), dict(FP8, strategy="channel")], "float-quantized")),
    "int_quantized": (ct_int, common_ints, lambda c: ct_config(
        [dict(FP8, type="int", strategy="channel")], "int-quantized", format="int-quantized")),
}


# ---- models --------------------------------------------------------------------------------------------------------

def wide(r, options, family):
    """Sizes that fill words and groups, as far as a family lets one choose."""
    heads = r.choice([2, 4])
    kv = r.choice([h for h in (1, 2, 4) if heads % h == 0])
    d = r.choice([16, 32])
    hidden = heads * d
    if family == "gpt2":
        options.update(n_embd=hidden, n_head=heads, n_inner=r.choice([64, 96]))
    elif family == "falcon":
        options.update(hidden_size=hidden, num_attention_heads=heads, ffn_hidden_size=96)
        if options.get("num_kv_heads"):
            options["num_kv_heads"] = kv
    elif family == "deepseek_v3":
        options.update(hidden_size=64, num_attention_heads=2, num_key_value_heads=2, intermediate_size=64,
                       qk_nope_head_dim=16, qk_rope_head_dim=16, v_head_dim=16, kv_lora_rank=r.choice([16, 32]),
                       q_lora_rank=r.choice([None, 32]), moe_intermediate_size=32)
    else:
        options.update(hidden_size=hidden, num_attention_heads=heads, intermediate_size=r.choice([64, 96]))
        if "num_key_value_heads" in options:
            options["num_key_value_heads"] = kv
        if "head_dim" in options:
            options["head_dim"] = d
        if "moe_intermediate_size" in options:
            options["moe_intermediate_size"] = 32
    if "max_position_embeddings" in options:
        options["max_position_embeddings"] = 64
    for key in ["rope_scaling", "original_max_position_embeddings"] if family != "phi3" else ["rope_scaling"]:
        options.pop(key, None)
    return options


def build(kind, seed, group=None):
    """A plain model whose matrices are replaced: the quantized tensors, those of the copy, and the config."""
    r = random.Random(f"{kind} {seed}")
    family = FAMILIES[r.randrange(len(FAMILIES))] if seed >= len(FAMILIES) else FAMILIES[(seed * 5 + len(kind)) % len(FAMILIES)]
    if family == "gpt2" and kind not in ("gptq", "awq"):  # its matrices are Conv1D, which others leave alone
        family = "llama"
    old = arch.ARCHS[family]
    odd = family == "deepseek_v3" and "fp8" in kind  # any size will do
    arch.ARCHS[family] = lambda more: old(more) if odd else wide(r, old(more), family)
    try:
        model, options, _ = arch.build(family, seed)
    finally:
        arch.ARCHS[family] = old
    torch.manual_seed(r.randrange(2**31))
    matrix, common, config = KINDS[kind]
    c = common(r)
    if group:
        c["group"] = group
    conv1d = transformers.pytorch_utils.Conv1D
    new, copy = {}, {}
    modules = {name: m for name, m in model.named_modules() if isinstance(m, (torch.nn.Linear, conv1d))}
    taken = set()
    for name, m in modules.items():
        turned = isinstance(m, conv1d)
        n, k = m.weight.shape[::-1] if turned else m.weight.shape
        head = m is model.get_output_embeddings()
        if head and (model.config.tie_word_embeddings or r.random() < 0.7) or r.random() < 0.1 or name.endswith(".gate"):
            continue
        made = matrix(r, n, k, c)
        if not made:
            continue
        tensors, values = made
        if ".bias" in tensors and m.bias is not None:
            del tensors[".bias"]
        new.update({name + end: t for end, t in tensors.items()})
        if values is not None:
            assert values.dtype == torch.float32 and tuple(values.shape) == (n, k)
            copy[name + ".weight"] = values.T.contiguous() if turned else values.contiguous()
        taken.add(name + ".weight")
    if not taken:  # no matrix divides into these groups
        return build(kind, seed, 16)
    return r, family, model, new, copy, taken, config(c)


def save(kind, seed, path):
    r, family, model, new, copy, taken, quant = build(kind, seed)
    ids = [r.randrange(model.config.vocab_size) for _ in range(r.randint(20, 40))]
    quantized, wide_copy = os.path.join(path, "quantized"), os.path.join(path, "copy")
    model.save_pretrained(wide_copy)
    file = os.path.join(wide_copy, "model.safetensors")
    plain = load_file(file)
    os.makedirs(quantized)
    shutil.copy(os.path.join(wide_copy, "config.json"), quantized)
    missing = taken - set(plain)
    assert not missing, missing
    rest = {k: v for k, v in plain.items() if k not in taken}
    save_file(dict(rest, **new), os.path.join(quantized, "model.safetensors"), metadata=dict(format="pt"))
    if kind == "fp8_plain":
        copy = {k: v.float() for k, v in new.items()}
    save_file(dict(rest, **copy), file, metadata=dict(format="pt"))
    if quant:
        with open(os.path.join(quantized, "config.json")) as f:
            config = json.load(f)
        config["quantization_config"] = quant
        with open(os.path.join(quantized, "config.json"), "w") as f:
            json.dump(config, f, indent=2)
            f.write("\n")
    return family, quantized, wide_copy, ids


def digest(pot, path):
    run = subprocess.run([pot, "inspect", path, "--json"], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{path}: {run.stderr}")
    facts = json.loads(run.stdout)
    return facts["values_sha256"], facts["dtype"]


def live(args):
    bad = 0
    used = ", ".join(n for n, m in [("auto_gptq", GPTQ), ("awq", AWQ), ("compressed_tensors", CT)] if m) or "the formulas here"
    print(f"transformers {transformers.__version__}, torch {torch.__version__}; dequantized by {used}")
    print(f"{'kind':<16}{'models':>8}{'equal digests':>15}{'equal scores':>14}{'largest difference':>20}  dtypes")
    for kind in [args.kind] if args.kind else KINDS:
        top, digests, scores, names = 0.0, 0, 0, set()
        for seed in range(args.count):
            with tempfile.TemporaryDirectory() as path:
                family, quantized, copy, ids = save(kind, seed, path)
                a, b = digest(args.pot, quantized), digest(args.pot, copy)
                got, same = arch.pot_logprobs(args.pot, quantized, ids), arch.pot_logprobs(args.pot, copy, ids)
                want = arch.logprobs(copy, ids)
            diff = max(abs(x - y) for x, y in zip(got, want))
            names.add(a[1])
            equal = a[0] == b[0] or kind == "fp8_plain"  # that one is another dtype
            digests += equal
            scores += got == same
            if not equal or got != same or not diff <= arch.LIMIT:
                print(f"  {kind} {seed}, {family}: {diff:.3g}, digests {equal}, scores {got == same}")
                bad += 1
            top = max(top, diff)
        print(f"{kind:<16}{args.count:>8}{digests:>15}{scores:>14}{top:>20.3g}  {sorted(names)[len(names) // 2]}")
    return bad


def record(args):
    for seed in args.seeds:
        with tempfile.TemporaryDirectory() as path:
            family, quantized, copy, ids = save(args.kind, seed, path)
            golden = dict(origin=f"tools/oracle/quantized.py, {family}, transformers {transformers.__version__}, torch {torch.__version__}",
                          ids=ids, logprobs=[float(f"{x:.9g}") for x in arch.logprobs(copy, ids)],
                          values_sha256=digest(args.pot, copy)[0] if args.kind != "fp8_plain" else "")
            to = os.path.join(args.dir, f"{args.kind}-{seed}")
            shutil.rmtree(to, ignore_errors=True)
            shutil.copytree(quantized, to)
            with open(os.path.join(to, "golden.json"), "w") as f:
                json.dump(golden, f)
                f.write("\n")
    return 0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(required=True)
    a = sub.add_parser("live")
    a.add_argument("pot")
    a.add_argument("--count", type=int, default=12)
    a.add_argument("--kind", choices=KINDS)
    a.set_defaults(run=live)
    a = sub.add_parser("record")
    a.add_argument("dir")
    a.add_argument("kind", choices=KINDS)
    a.add_argument("seeds", type=int, nargs="+")
    a.add_argument("--pot", default="build/pot")
    a.set_defaults(run=record)
    args = p.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    sys.exit(args.run(args) > 0)


if __name__ == "__main__":
    main()
