"""Write the small GGUF files that the reader must accept or refuse: tests/golden/gguf/{accept,reject}; well-formed
files that are no models that pot can score: tests/golden/gguf_reject; tokenizers: tests/golden/gguf_tokens; and the
seeds of the fuzz target: fuzz/corpus/gguf.

A refused file is named after the rule of docs/format/gguf.md that it breaks, and breaks that one only.
tests/unit/test_gguf.c says what each must give.  Needs nothing but Python and always writes the same bytes.
"""
import os
import struct

from make_rejects import CORPUS, ROOT, write

GOLDEN = os.path.join(ROOT, "tests/golden/gguf")
U8, I8, U16, I16, U32, I32, F32, BOOL, STR, ARR, U64, I64, F64 = range(13)
FORM = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "B", U64: "Q", I64: "q", F64: "d"}
# number: (elements, bytes) of a block
TYPES = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
         10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66),
         17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136),
         24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54),
         35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18), 42: (64, 18)}
REMOVED = [4, 5, 31, 32, 33, 36, 37, 38]


def text(s, length=None):
    s = s if isinstance(s, bytes) else s.encode()
    return struct.pack("<Q", len(s) if length is None else length) + s


def value(kind, v):
    return text(v) if kind == STR else struct.pack("<" + FORM[kind], v)


def pair(key, kind, v):
    return text(key) + struct.pack("<I", kind) + value(kind, v)


def array(key, kind, values, n=None):
    return text(key) + struct.pack("<IIQ", ARR, kind, len(values) if n is None else n) + b"".join(
        value(kind, v) for v in values)


def info(name, shape, kind, offset, dims=None):
    """A tensor's entry; `shape` as the file has it, the fastest first."""
    return (text(name) + struct.pack("<I", len(shape) if dims is None else dims)
            + b"".join(struct.pack("<Q", d) for d in shape) + struct.pack("<IQ", kind, offset))


def pad(b, a=32):
    return b + bytes(-len(b) % a)


def file(pairs=(), tensors=(), data=None, version=3, magic=b"GGUF", n_pairs=None, n_tensors=None, a=32, padding=None):
    """`data` None: no data section, and no padding before it."""
    head = (magic + struct.pack("<I", version)
            + struct.pack("<QQ", len(tensors) if n_tensors is None else n_tensors, len(pairs) if n_pairs is None else n_pairs)
            + b"".join(pairs) + b"".join(tensors))
    if data is None:
        return head
    if padding is not None:
        head += padding * (-len(head) % a)
    return pad(head, a) + data


ARCH = pair("general.architecture", STR, "llama")
W = info("w", [4, 2], 0, 0)  # 32 bytes
DATA = bytes(range(32))


def scalar(kind, v):
    return pair("k", kind, v)


def every_type():
    tensors, data = [], b""
    for kind, (block, size) in TYPES.items():
        data = pad(data)
        tensors.append(info(f"t{kind}", [block, 3], kind, len(data)))
        data += bytes(3 * size)
    return file([ARCH], tensors, data)


def accept():
    values = [pair(f"v{k}", k, v) for k, v in ((U8, 200), (I8, -3), (U16, 60000), (I16, -300), (U32, 4000000000),
                                               (I32, -70000), (F32, 1.5), (BOOL, 1), (STR, "text"), (U64, 2**63), (I64, -5),
                                               (F64, 0.1))]
    arrays = [array(f"a{k}", k, v) for k, v in ((U8, [1, 2]), (I8, [-1]), (U16, [7]), (I16, [-7]), (U32, [9, 10, 11]),
                                                (I32, [-9]), (F32, [0.5, -2]), (BOOL, [0, 1]), (STR, ["", "b", "\u00e9"]),
                                                (U64, [2**40]), (I64, [-(2**40)]), (F64, [0.25]))]
    second = info("x", [3], 0, 32)
    return {
        "empty": file(),
        "plain": file([ARCH], [W], DATA),
        "version-2": file([ARCH], [W], DATA, version=2),
        "values": file(values),
        "arrays": file(arrays + [array("none", STR, []), array("none32", U32, [])]),
        "two-tensors": file([ARCH], [W, second], DATA + bytes(12)),
        "two-tensors-padded": file([ARCH], [W, second], DATA + bytes(32)),
        "four-dimensions": file([ARCH], [info("w", [2, 1, 2, 2], 0, 0)], DATA),
        "alignment-8": file([pair("general.alignment", U32, 8)], [info("w", [1], 0, 0), info("x", [1], 0, 8)], bytes(12), a=8),
        "alignment-64": file([pair("general.alignment", U32, 64)], [W, info("x", [1], 0, 64)], bytes(68), a=64),
        "every-type": every_type(),
        "name-63": file([], [info("w" * 63, [4, 2], 0, 0)], DATA),
        "no-tensor-padded": file([ARCH], [], b""),
        "lists-agree": file([array("tokenizer.ggml.tokens", STR, ["a", "b"]), array("tokenizer.ggml.scores", F32, [0, 1]),
                             array("tokenizer.ggml.token_type", I32, [1, 3])]),
        "nul-in-value": file([pair("k", STR, "a\0b")]),
    }


def reject():
    plain = file([ARCH], [W], DATA)
    two = [W, info("x", [1], 0, 32)]
    f = {
        "GG-01-magic": file([ARCH], [W], DATA, magic=b"GGJT"),
        "GG-01-empty-file": b"",
        "GG-01-three-bytes": b"GGU",
        "GG-02-big-endian": file([ARCH], [W], DATA, version=3 << 24),
        "GG-03-version-0": file([ARCH], [W], DATA, version=0),
        "GG-03-version-1": file([ARCH], [W], DATA, version=1),
        "GG-03-version-4": file([ARCH], [W], DATA, version=4),
        "GG-04-tensors-all-ones": file([ARCH], [W], DATA, n_tensors=2**64 - 1),
        "GG-04-tensors-131073": file([ARCH], [W], DATA, n_tensors=131073),
        "GG-04-tensors-one-too-many-bytes": file([ARCH], n_tensors=2),
        "GG-04-keys-all-ones": file([ARCH], [W], DATA, n_pairs=2**64 - 1),
        "GG-04-keys-65537": file([ARCH], [W], DATA + bytes(65537 * 14), n_pairs=65537)[:400],
        "GG-04-keys-do-not-fit": file([ARCH], n_pairs=9),
        "GG-05-key-length-all-ones": file([text("k", 2**64 - 1) + struct.pack("<IB", U8, 1)]),
        "GG-05-key-length-1-GiB": file([text("k", 2**30) + struct.pack("<IB", U8, 1)]),
        "GG-05-value-length": file([text("k") + struct.pack("<I", STR) + text("value", 6)]),
        "GG-05-element-length": file([text("k") + struct.pack("<IIQ", ARR, STR, 2) + text("a") + text("b", 2**63)]),
        "GG-06-key-empty": file([pair("", U8, 1), pair("long", U8, 1)]),
        "GG-06-key-nul": file([pair("a\0b", U8, 1)]),
        "GG-06-key-not-utf8": file([pair(b"a\xff", U8, 1)]),
        "GG-06-key-65536": file([pair("k" * 65536, U8, 1)]),
        "GG-07-key-twice": file([pair("k", U8, 1), pair("j", U8, 1), pair("k", U8, 1)]),
        "GG-08-type-13": file([text("k") + struct.pack("<IQ", 13, 0)]),
        "GG-08-type-all-ones": file([text("k") + struct.pack("<IQ", 2**32 - 1, 0)]),
        "GG-09-bool-2": file([text("k") + struct.pack("<IB", BOOL, 2)]),
        "GG-09-bool-2-in-array": file([text("k") + struct.pack("<IIQBBB", ARR, BOOL, 3, 1, 0, 2)]),
        "GG-10-array-of-arrays": file([text("k") + struct.pack("<IIQIQB", ARR, ARR, 1, U8, 1, 0)]),
        "GG-10-array-of-13": file([text("k") + struct.pack("<IIQQ", ARR, 13, 1, 0)]),
        "GG-11-array-too-long": file([array("k", U32, [1, 2, 3], n=4)]),
        "GG-11-array-all-ones": file([array("k", U64, [1], n=2**64 - 1)]),
        "GG-11-array-wraps": file([array("k", U64, [1], n=2**61)]),
        "GG-11-strings-too-many": file([array("k", STR, ["a"], n=2**61)]),
        "GG-12-alignment-0": file([pair("general.alignment", U32, 0)], [W], DATA),
        "GG-12-alignment-4": file([pair("general.alignment", U32, 4)], [W], DATA),
        "GG-12-alignment-48": file([pair("general.alignment", U32, 48)], [W], DATA, a=48),
        "GG-12-alignment-2-31": file([pair("general.alignment", U32, 2**31)], [W], DATA),
        "GG-12-alignment-u64": file([pair("general.alignment", U64, 32)], [W], DATA),
        "GG-12-alignment-string": file([pair("general.alignment", STR, "32")], [W], DATA),
        "GG-12-alignment-array": file([array("general.alignment", U32, [32])], [W], DATA),
        "GG-13-scores": file([array("tokenizer.ggml.tokens", STR, ["a", "b"]), array("tokenizer.ggml.scores", F32, [0])]),
        "GG-13-token-types": file([array("tokenizer.ggml.tokens", STR, ["a"]), array("tokenizer.ggml.token_type", I32, [1, 1])]),
        "GG-13-scores-alone": file([array("tokenizer.ggml.scores", F32, [0])]),
        "GG-14-name-empty": file([], [info("", [4, 2], 0, 0)], DATA),
        "GG-14-name-64": file([], [info("w" * 64, [4, 2], 0, 0)], DATA),
        "GG-14-name-nul": file([], [info("w\0", [4, 2], 0, 0)], DATA),
        "GG-14-name-not-utf8": file([], [info(b"\xc0\xaf", [4, 2], 0, 0)], DATA),
        "GG-14-name-twice": file([], [W, info("v", [1], 0, 32), info("w", [1], 0, 64)], DATA + bytes(36)),
        "GG-15-no-dimension": file([ARCH], [info("w", [], 0, 0)], DATA),
        "GG-15-five-dimensions": file([], [info("w", [2, 1, 2, 2, 1], 0, 0)], DATA),
        "GG-15-dimensions-all-ones": file([], [info("w", [4, 2], 0, 0, dims=2**32 - 1)], DATA),
        "GG-16-size-0": file([], [info("w", [0, 2], 0, 0)], DATA),
        "GG-16-second-size-0": file([], [info("w", [4, 0], 0, 0)], DATA),
        "GG-16-size-negative": file([], [info("w", [2**64 - 4, 2], 0, 0)], DATA),
        "GG-16-product-wraps": file([], [info("w", [2**32, 2**32], 0, 0)], DATA),
        "GG-16-product-2-63": file([], [info("w", [2**32, 2**31], 0, 0)], DATA),
        "GG-18-type-43": file([], [info("w", [4, 2], 43, 0)], DATA),
        "GG-18-type-all-ones": file([], [info("w", [4, 2], 2**32 - 1, 0)], DATA),
        "GG-19-half-a-block": file([], [info("w", [16, 2], 2, 0)], DATA),
        "GG-19-k-quant-of-32": file([], [info("w", [32, 8], 12, 0)], bytes(144)),
        "GG-20-bytes-wrap": file([], [info("w", [2**62], 28, 0)], DATA),
        "GG-22-gap": file([], [W, info("x", [1], 0, 64)], DATA + bytes(36)),
        "GG-22-gap-in-front": file([], [info("w", [4, 2], 0, 32)], bytes(32) + DATA),
        "GG-22-overlap": file([], [info("w", [4, 4], 0, 0), info("x", [1], 0, 32)], bytes(64)),
        "GG-22-same-bytes": file([], [W, info("x", [4, 2], 0, 0)], DATA),
        "GG-22-out-of-order": file([], [info("x", [1], 0, 32), info("w", [4, 2], 0, 0)], DATA + bytes(4)),
        "GG-22-unaligned": file([], [info("w", [1], 0, 0), info("x", [1], 0, 4)], bytes(36)),
        "GG-22-offset-all-ones": file([], [info("w", [4, 2], 0, 2**64 - 32)], DATA),
        "GG-21-padding-before-data": file([ARCH], [W], DATA, padding=b"\1"),
        "GG-21-padding-between": file([], [info("w", [1], 0, 0), info("x", [1], 0, 32)], bytes(31) + b"\1" + bytes(4)),
        "GG-21-padding-behind": file([], [info("w", [1], 0, 0)], bytes(4) + b"\1"),
        "GG-23-one-byte-short": plain[:-1],
        "GG-23-second-absent": file([], two, DATA),
        "GG-23-no-data": file([ARCH], [W]),
        "GG-24-byte-behind": plain + b"\0",
        "GG-24-without-tensor": file([ARCH], [], bytes(32)),
    }
    for kind in REMOVED:
        f[f"GG-17-type-{kind}"] = file([], [info("w", [256, 1], kind, 0)], bytes(256))
    return f


SIZES = dict(context_length=16, embedding_length=8, block_count=1, feed_forward_length=12)
F16 = 1


def model(arch="llama", drop=(), more=(), tensors=None, **keys):
    """A model of one layer, all weights 0; `keys` replace or add metadata (None: leave out) as (kind, value)."""
    values = {"general.architecture": (STR, arch), "general.alignment": (U32, 32)}
    own = arch if arch != "mamba" else "llama"
    values |= {f"{own}.{k}": (U32, v) for k, v in SIZES.items()}
    values |= {f"{own}.attention.head_count": (U32, 2), f"{own}.attention.layer_norm_rms_epsilon": (F32, 1e-5)}
    for k, v in keys.items():
        values[k.replace("__", ".")] = v
    shapes = {"token_embd": [8, 10], "output_norm": [8], "output": [8, 10]}
    shapes |= {f"blk.0.{k}": v for k, v in dict(attn_norm=[8], ffn_norm=[8], attn_q=[8, 8], attn_k=[8, 8], attn_v=[8, 8],
                                                attn_output=[8, 8], ffn_gate=[8, 12], ffn_up=[8, 12], ffn_down=[12, 8]).items()}
    shapes = {k + ".weight": v for k, v in shapes.items() if k not in drop} | dict(more)
    listed, data = [], b""
    for name, shape in shapes.items():
        kind = F16 if not isinstance(shape, tuple) else shape[0]
        shape = shape if not isinstance(shape, tuple) else shape[1]
        data = pad(data)
        listed.append(info(name, shape, kind, len(data)))
        n = TYPES[kind][1]
        for d in shape:
            n *= d
        data += bytes(n // TYPES[kind][0])
    return file([v if isinstance(v, bytes) else pair(k, *v) for k, v in values.items() if v is not None], listed, data)


def phi3(more, **keys):
    """With lists of factors, which are 0."""
    fused = {"blk.0.attn_qkv.weight": (F16, [8, 24]), "blk.0.ffn_up.weight": (F16, [8, 24])}
    return model("phi3", drop=["blk.0.attn_q", "blk.0.attn_k", "blk.0.attn_v", "blk.0.ffn_gate", "blk.0.ffn_up"],
                 more=dict(more, **fused), **(dict(phi3__rope__scaling__original_context_length=(U32, 8)) | keys))


def deepseek(drop=(), more=(), **keys):
    """Two heads of 2 dimensions that turn and 2 that do not; no layer has experts."""
    attention = dict(kv_lora_rank=4, head_count_kv=1, key_length=6, value_length=4, key_length_mla=4, value_length_mla=2)
    experts = dict(leading_dense_block_count=1, expert_count=4, expert_used_count=2, expert_shared_count=1,
                   expert_feed_forward_length=12)
    said = {f"deepseek2__attention__{k}": (U32, v) for k, v in attention.items()}
    said |= {f"deepseek2__{k}": (U32, v) for k, v in experts.items()}
    shapes = dict(attn_q=[8, 8], attn_kv_a_mqa=[8, 6], attn_kv_a_norm=[4], attn_k_b=[2, 4, 2], attn_v_b=[4, 2, 2], attn_output=[4, 8])
    shapes = {f"blk.0.{k}.weight": v for k, v in shapes.items() if k not in drop}
    return model("deepseek2", drop=["blk.0.attn_k", "blk.0.attn_v"], more=dict(shapes, **dict(more)),
                 **(dict(deepseek2__rope__dimension_count=(U32, 2)) | said | keys))


def models():
    """Named after the rules of docs/format/gguf.md, section 4."""
    key = "llama__attention__"
    return {
        "GM-00-good": model(),
        "GM-00-good-window": model(**{key + "sliding_window": (U32, 4)}),
        "GM-00-good-heads-per-layer": model(**{key + "head_count_kv": array("llama.attention.head_count_kv", U32, [2])}),
        "GM-00-good-deepseek": deepseek(),
        "GM-00-good-deepseek-older": deepseek(drop=["attn_k_b", "attn_v_b"], more={"blk.0.attn_kv_b.weight": [4, 8]}, **{
            f"deepseek2__attention__{k}": v and (U32, v) for k, v in dict(head_count_kv=2, key_length=4, value_length=2,
                                                                          key_length_mla=None, value_length_mla=None).items()}),
        "GM-01-no-architecture": model(general__architecture=None),
        "GM-01-architecture-number": model(general__architecture=(U32, 1)),
        "GM-02-unknown-architecture": model("mamba"),
        "GM-03-unknown-key": model(llama__embedding_scale=(F32, 2.0)),
        "GM-03-softcap": model(llama__attn_logit_softcapping=(F32, 50.0)),
        "GM-04-experts": model("qwen2", qwen2__expert_count=(U32, 8)),
        "GM-04-experts-missing": model("qwen2moe"),
        "GM-04-epsilon": model("olmo", olmo__attention__layer_norm_rms_epsilon=None,
                               olmo__attention__layer_norm_epsilon=(F32, 1e-6)),
        "GM-05-pattern-text": model("gemma2", **{"gemma2.attention.sliding_window": (U32, 4), "pattern": array(
            "gemma2.attention.sliding_window_pattern", STR, ["on"])}),
        "GM-05-pattern-short": model("gemma2", **{"gemma2.attention.sliding_window": (U32, 4), "pattern": array(
            "gemma2.attention.sliding_window_pattern", BOOL, [1, 0])}),
        "GM-05-period-0": model("gemma2", **{"gemma2.attention.sliding_window": (U32, 4),
                                             "gemma2.attention.sliding_window_pattern": (U32, 0)}),
        "GM-05-used": model(llama__expert_count=(U32, 8)),
        "GM-04-not-causal": model(**{key + "causal": (BOOL, 0)}),
        "GM-04-wide-values": model(**{key + "key_length": (U32, 4), key + "value_length": (U32, 2)}),
        "GM-04-half-turns": model(llama__rope__dimension_count=(U32, 2)),
        "GM-04-gating": deepseek(deepseek2__expert_gating_func=(U32, 4)),
        "GM-04-widths": deepseek(deepseek2__attention__key_length=(U32, 5)),
        "GM-04-values-one": deepseek(drop=["attn_v_b"]),
        "GM-05-groups": deepseek(deepseek2__expert_count=(U32, 65)),
        "GM-05-groups-0": deepseek(deepseek2__expert_gating_func=(U32, 2), deepseek2__expert_group_count=(U32, 0)),
        "GM-08-attention-factor": model("phi3", phi3__rope__scaling__attn_factor=(F32, 1.2)),
        "GM-08-yarn-extrapolation": model(llama__rope__scaling__yarn_ext_factor=(F32, 0.5)),
        "GM-08-yarn-multiplier": model(llama__rope__scaling__yarn_log_multiplier=(F32, 0.1)),
        "GM-05-layers-missing": model(llama__block_count=None),
        "GM-05-heads-text": model(**{key + "head_count": (STR, "2")}),
        "GM-05-heads-3": model(**{key + "head_count": (U32, 3)}),
        "GM-05-heads-differ": model(llama__block_count=(U32, 2), **{key + "head_count_kv": array("llama.attention.head_count_kv", U32, [2, 1])}),
        "GM-05-epsilon-nan": model(**{key + "layer_norm_rms_epsilon": (F32, float("nan"))}),
        "GM-05-base-0": model(llama__rope__freq_base=(F32, 0.0)),
        "GM-05-layers-all-ones": model(llama__block_count=(U32, 2**32 - 1)),
        "GM-06-vocabulary": model(llama__vocab_size=(U32, 11)),
        "GM-06-no-embedding": model(drop=["token_embd"]),
        "GM-07-no-down": model(drop=["blk.0.ffn_down"]),
        "GM-07-shape": model(drop=["blk.0.ffn_down"], more={"blk.0.ffn_down.weight": [8, 12]}),
        "GM-07-surplus": model(more={"rope_factors_long.weight": (0, [2])}),
        "GM-08-factors-zero": model(more={"rope_freqs.weight": (0, [2])}),
        "GM-08-factors-f16": model(more={"rope_freqs.weight": (1, [2])}),
        "GM-08-factors-too-many": model(more={"rope_freqs.weight": (0, [3])}),
        "GM-07-type": model(drop=["output"], more={"output.weight": (28, [8, 10])}),
        "GM-07-vector-type": model(drop=["output_norm"], more={"output_norm.weight": (24, [8])}),
        "GM-08-long-only": phi3({"rope_factors_long.weight": (0, [2])}),
        "GM-08-lists-f16": phi3({f"rope_factors_{k}.weight": (1, [2]) for k in ("long", "short")}),
        "GM-08-lists-long": phi3({f"rope_factors_{k}.weight": (0, [3]) for k in ("long", "short")}),
        "GM-08-lists-zero": phi3({f"rope_factors_{k}.weight": (0, [2]) for k in ("long", "short")}),
        "GM-08-original": phi3({f"rope_factors_{k}.weight": (0, [2]) for k in ("long", "short")},
                               phi3__rope__scaling__original_context_length=None),
        "GM-08-scaling": model(llama__rope__scaling__type=(STR, "bent"), llama__rope__scaling__factor=(F32, 2.0)),
        "GM-08-scaling-quote": model(llama__rope__scaling__type=(STR, 'a"b')),
        "GM-09-second-part": model(split__no=(U16, 1), split__count=(U16, 2)),
        "GM-09-name": model(split__no=(U16, 0), split__count=(U16, 2)),
        "GM-09-number": model(split__no=(U16, 2), split__count=(U16, 2)),
        "GM-09-count-00001-of-00002": model(split__no=(U16, 0), split__count=(U16, 3)),
        "GM-10-absent-00001-of-00002": model(split__no=(U16, 0), split__count=(U16, 2)),
    }


GPT2 = ["a", "b", "c", "\u0120", "ab", "abc", "\u0120a", "<|end|>", "[PAD8]"]
T5 = ["<pad>", "</s>", "<unk>", "\u2581", "a", "b", "\u2581ab", "ab", "[PAD8]"]
LLAMA = ["<unk>", "<s>", "</s>", "<0x0A>", "\u2581", "a", "b", "ab", "\u2581ab", "ba"]


def vocabulary(kind="gpt2", **keys):
    """A file with a tokenizer and nothing else; `keys` replace or add what follows tokenizer.ggml. (None: leave out)."""
    key = "tokenizer.ggml."
    if kind == "gpt2":
        values = {"pre": (STR, "gpt-2"), "tokens": array(key + "tokens", STR, GPT2),
                  "token_type": array(key + "token_type", I32, [1] * 7 + [3, 5]),
                  "merges": array(key + "merges", STR, ["a b", "ab c", "\u0120 a"]), "bos_token_id": (U32, 7),
                  "add_bos_token": (BOOL, 1)}
    elif kind == "t5":
        values = {"tokens": array(key + "tokens", STR, T5), "scores": array(key + "scores", F32, [0, 0, 0, -3, -4, -5, -2, -4.5, -1e4]),
                  "token_type": array(key + "token_type", I32, [3, 3, 2] + [1] * 5 + [5])}
    else:
        values = {"tokens": array(key + "tokens", STR, LLAMA), "scores": array(key + "scores", F32, [0, 0, 0, 0, -1, -2, -3, -4, -5, -6]),
                  "token_type": array(key + "token_type", I32, [2, 3, 3, 6] + [1] * 6)}
    values = {"model": (STR, kind)} | values | keys
    return file([v if isinstance(v, bytes) else pair(key + k, *v) for k, v in values.items() if v is not None])


def tokenizers():
    """Named after the rules of docs/format/gguf.md, section "The tokenizer"."""
    key = "tokenizer.ggml."
    return {
        "GT-00-good-gpt2": vocabulary(),
        "GT-00-good-llama": vocabulary("llama"),
        "GT-00-good-llama-no-prefix": vocabulary("llama", add_space_prefix=(BOOL, 0), add_bos_token=(BOOL, 0), add_eos_token=(BOOL, 1)),
        "GT-00-good-t5": vocabulary("t5"),
        "GT-00-good-t5-spaces": vocabulary("t5", remove_extra_whitespaces=(BOOL, 0), add_space_prefix=(BOOL, 0)),
        "GT-00-good-t5-no-prefix": vocabulary("t5", add_space_prefix=(BOOL, 0), add_eos_token=(BOOL, 0)),
        "GT-03-unused": vocabulary("t5", token_type=array(key + "token_type", I32, [3, 3, 2, 5] + [1] * 5)),
        "GT-05-unigram-no-scores": vocabulary("t5", scores=None),
        "GT-05-unigram-score-infinite": vocabulary("t5", scores=array(key + "scores", F32, [0] * 8 + [float("-inf")]),
                                                   token_type=array(key + "token_type", I32, [3, 3, 2] + [1] * 6)),
        "GT-06-unigram-unknown-outside": vocabulary("t5", unknown_token_id=(U32, 9)),
        "GT-07-unigram-map-numbers": vocabulary("t5", precompiled_charsmap=array(key + "precompiled_charsmap", U32, [1])),
        "GT-07-unigram-map-cut": vocabulary("t5", precompiled_charsmap=array(key + "precompiled_charsmap", U8, [1, 2])),
        "GT-01-no-model": vocabulary(model=None),
        "GT-01-bert": vocabulary(model=(STR, "bert")),
        "GT-02-unknown-pre": vocabulary(pre=(STR, "gpt-3")),
        "GT-03-no-tokens": vocabulary(tokens=None, token_type=None),
        "GT-03-token-not-utf8": vocabulary(tokens=array(key + "tokens", STR, GPT2[:7] + [b"\xff", "x"])),
        "GT-03-token-twice": vocabulary(tokens=array(key + "tokens", STR, GPT2[:7] + ["a", "x"])),
        "GT-03-types-not-i32": vocabulary(token_type=array(key + "token_type", U32, [1] * 9)),
        "GT-03-type-negative": vocabulary(token_type=array(key + "token_type", I32, [1] * 8 + [-2**29])),
        "GT-03-type-7": vocabulary(token_type=array(key + "token_type", I32, [1] * 8 + [7])),
        "GT-04-no-merges": vocabulary(merges=None),
        "GT-04-merge-of-unknown": vocabulary(merges=array(key + "merges", STR, ["a b", "b z"])),
        "GT-04-merge-not-utf8": vocabulary(merges=array(key + "merges", STR, [b"a \xff"])),
        "GT-04-merge-of-one": vocabulary(merges=array(key + "merges", STR, ["ab"])),
        "GT-05-no-scores": vocabulary("llama", scores=None),
        "GT-05-scores-f64": vocabulary("llama", scores=array(key + "scores", F64, [0] * 10)),
        "GT-06-bos-outside": vocabulary(bos_token_id=(U32, 9)),
        "GT-06-no-bos": vocabulary(bos_token_id=None),
        "GT-06-unknown-outside": vocabulary("llama", unknown_token_id=(U32, 10)),
        "GT-07-extra-spaces": vocabulary("llama", remove_extra_whitespaces=(BOOL, 1)),
        "GT-07-character-map": vocabulary("llama", precompiled_charsmap=array(key + "precompiled_charsmap", U8, [1, 2])),
    }


if __name__ == "__main__":
    good, bad = accept(), reject()
    write(os.path.join(GOLDEN, "accept"), good, ".gguf")
    write(os.path.join(GOLDEN, "reject"), bad, ".gguf")
    write(os.path.join(ROOT, "tests/golden/gguf_reject"), models(), ".gguf")
    write(os.path.join(ROOT, "tests/golden/gguf_tokens"), tokenizers(), ".gguf")
    seeds = {k: v for k, v in {**good, **bad}.items() if len(v) < 1000}
    write(os.path.join(CORPUS, "gguf"), seeds | models() | tokenizers(), "")
