"""Write the small files that the safetensors reader must accept or refuse, and the seeds of the fuzz targets.

    make_rejects.py          tests/golden/safetensors/{accept,reject}, fuzz/corpus/{safetensors,json,config,index,quantized}
    make_rejects.py record   tests/golden/config/*.json: what the installed transformers saves (run once per version)

A refused file is named after the rule of docs/format/safetensors.md that it breaks, and breaks that one only.
tests/unit/test_safetensors.c says what each must give.  The first form needs nothing but Python and always writes
the same bytes.
"""
import json
import os
import shutil
import struct
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GOLDEN = os.path.join(ROOT, "tests/golden/safetensors")
CONFIG = os.path.join(ROOT, "tests/golden/config")
CORPUS = os.path.join(ROOT, "fuzz/corpus")


def file(header, data=b"", length=None):
    """A safetensors file; `header` as bytes, text or anything that JSON can write."""
    if not isinstance(header, (bytes, str)):
        header = json.dumps(header, separators=(",", ":"))
    if isinstance(header, str):
        header = header.encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def tensor(begin, end, shape, dtype="F32", **more):
    return dict(dtype=dtype, shape=shape, data_offsets=[begin, end], **more)


def w(text, data=bytes(16)):
    """One tensor "w" whose members are written out."""
    return file('{"w":{' + text + "}}", data)


BITS = dict(F64=64, F32=32, F16=16, BF16=16, I64=64, I32=32, I16=16, I8=8, U64=64, U32=32, U16=16, U8=8, BOOL=8,
            F8_E4M3=8, F8_E5M2=8, F8_E8M0=8, C64=64, F4=4, F6_E2M3=6, F6_E3M2=6)
SIX = '"dtype":"F32","shape":[2,2],"data_offsets":[0,16]'
FULL = '{"w":{' + SIX + "}}"


def every_dtype():
    header, at = {}, 0
    for name, bits in BITS.items():
        header[name] = tensor(at, at + bits, [2, 4], name)  # 8 elements are `bits` bytes
        at += bits
    return file(header, bytes(at))


def accept():
    two = dict(b=tensor(8, 16, [1, 2]), a=tensor(0, 8, [2]))
    empty = dict(first=tensor(0, 0, [0]), a=tensor(0, 8, [2]), middle=tensor(8, 8, [3, 0]), b=tensor(8, 16, [2]),
                 last=tensor(16, 16, [0, 7]))
    return {
        "plain": file(FULL, bytes(16)),
        "two-out-of-order": file(two, bytes(16)),
        "no-tensor": file("{}"),
        "no-tensor-spaces": file("{}      "),
        "metadata": file(dict(__metadata__=dict(format="pt", empty=""), w=tensor(0, 4, [1])), bytes(4)),
        "metadata-only": file(dict(__metadata__={})),
        "spaces-behind-header": file(FULL + "   ", bytes(16)),
        "spaces-inside-header": file('{ "w" :\n{"dtype":\t"F32", "shape" : [ ] ,"data_offsets":[0 , 4]}\r\n}', bytes(4)),
        "scalar": file(dict(w=tensor(0, 4, [])), bytes(4)),
        "empty-tensors": file(empty, bytes(16)),
        "empty-huge": file(dict(w=tensor(0, 0, [0, 2**62, 2**62]))),
        "eight-dimensions": file(dict(w=tensor(0, 8, [1, 1, 2, 1, 1, 1, 1, 1])), bytes(8)),
        "every-dtype": every_dtype(),
        "escaped-name": file('{"\\u0077\\n\\ud83d\\ude00":{' + SIX + "}}", bytes(16)),
        "empty-name": file({"": tensor(0, 4, [1])}, bytes(4)),
        "odd-start": file('{"w":{' + SIX + "}} ", bytes(16)),
    }


def reject():
    f = {
        "ST-01-empty-file": b"",
        "ST-01-seven-bytes": bytes(7),
        "ST-02-length-100000001": file("{}", length=100000001),
        "ST-02-length-all-ones": file("{}", length=2**64 - 1),
        "ST-02-length-wraps-to-0": file("{}", length=2**64 - 8),
        "ST-03-no-header": file("", length=2),
        "ST-03-one-byte-short": file("{}", length=3),
        "ST-03-100000000-absent": file("{}", length=100000000),
        "ST-04-length-0": file(""),
        "ST-04-array": file("[]"),
        "ST-04-space-in-front": file(" {}"),
        "ST-04-byte-order-mark": file(b"\xef\xbb\xbf{}"),
        "ST-05-brace-only": file("{"),
        "ST-05-newline-behind": file("{}\n"),
        "ST-05-nul-behind": file(b"{}\0"),
        "ST-05-open": file('{"w":1'),
        "ST-06-two-values": file("{}{}"),
        "ST-06-comma": file('{"w":{' + SIX + "},}", bytes(16)),
        "ST-06-not-json": file("{w:1}"),
        "ST-06-not-utf8": file(b'{"\xff":1}'),
        "ST-06-overlong": file(b'{"\xc0\xaf":1}'),
        "ST-06-integer-2-63": w('"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,16]'),
        "ST-06-deep": file('{"w":' + "[" * 3000 + "]" * 3000 + "}"),
        "ST-07-tensor-twice": file('{"w":{' + SIX + '},"w":{' + SIX + "}}", bytes(16)),
        "ST-07-tensor-twice-escaped": file('{"w":{' + SIX + '},"\\u0077":{' + SIX + "}}", bytes(16)),
        "ST-07-member-twice": w('"dtype":"F32",' + SIX),
        "ST-07-metadata-twice": file('{"__metadata__":{},"__metadata__":{}}'),
        "ST-07-metadata-key-twice": file('{"__metadata__":{"a":"1","a":"2"}}'),
        "ST-08-nul-in-name": file('{"w\\u0000":{' + SIX + "}}", bytes(16)),
        "ST-08-nul-in-metadata": file('{"__metadata__":{"a":"\\u0000"}}'),
        "ST-08-lone-surrogate": file('{"\\ud800":{' + SIX + "}}", bytes(16)),
        "ST-09-metadata-null": file(dict(__metadata__=None)),
        "ST-09-metadata-string": file(dict(__metadata__="pt")),
        "ST-09-metadata-number": file(dict(__metadata__=dict(step=1))),
        "ST-10-tensor-null": file(dict(w=None)),
        "ST-10-tensor-array": file(dict(w=["F32", [1], [0, 4]])),
        "ST-10-no-dtype": w('"shape":[2,2],"data_offsets":[0,16]'),
        "ST-10-no-shape": w('"dtype":"F32","data_offsets":[0,16]'),
        "ST-10-no-offsets": w('"dtype":"F32","shape":[2,2]'),
        "ST-10-fourth-member": w(SIX + ',"strides":[2,1]'),
        "ST-10-null-member": w(SIX + ',"strides":null'),
        "ST-11-unknown-dtype": w(SIX.replace("F32", "F31")),
        "ST-11-lower-case": w(SIX.replace("F32", "f32")),
        "ST-11-dtype-number": w(SIX.replace('"F32"', "32")),
        "ST-12-shape-number": w(SIX.replace("[2,2]", "4")),
        "ST-12-nine-dimensions": w(SIX.replace("[2,2]", "[2,2,1,1,1,1,1,1,1]")),
        "ST-12-negative": w(SIX.replace("[2,2]", "[-2,-2]")),
        "ST-12-real": w(SIX.replace("[2,2]", "[2.0,2]")),
        "ST-12-exponent": w(SIX.replace("[2,2]", "[4e0]")),
        "ST-12-text": w(SIX.replace("[2,2]", '["4"]')),
        "ST-13-one-offset": w(SIX.replace("[0,16]", "[16]")),
        "ST-13-three-offsets": w(SIX.replace("[0,16]", "[0,8,16]")),
        "ST-13-negative-offset": w(SIX.replace("[0,16]", "[-16,0]")),
        "ST-14-reversed": w(SIX.replace("[0,16]", "[16,0]")),
        "ST-14-past-the-end": w(SIX, bytes(15)),
        "ST-14-2-53-plus-1": w(SIX.replace("[2,2]", "[9007199254740993]").replace("16", "36028797018963972")),
        "ST-15-too-few-bytes": w(SIX.replace("[2,2]", "[2,3]")),
        "ST-15-too-many-bytes": w(SIX.replace("[2,2]", "[3]")),
        "ST-15-other-dtype": w(SIX.replace("F32", "F16")),
        "ST-15-wraps-to-16": w(SIX.replace("[2,2]", "[4,4611686018427387905]")),
        "ST-15-wraps-to-0": w('"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]', b""),
        "ST-15-overflow-before-0": w('"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]', b""),
        "ST-15-half-a-byte": w('"dtype":"F4","shape":[3],"data_offsets":[0,1]', b"\0"),
        "ST-15-scalar-of-6-bits": w('"dtype":"F6_E2M3","shape":[],"data_offsets":[0,0]', b""),
        "ST-16-hole": file(dict(a=tensor(0, 4, [1]), b=tensor(8, 12, [1])), bytes(12)),
        "ST-16-hole-in-front": file(dict(a=tensor(4, 8, [1])), bytes(8)),
        "ST-16-overlap": file(dict(a=tensor(0, 8, [2]), b=tensor(4, 12, [2])), bytes(12)),
        "ST-16-same-bytes": file(dict(a=tensor(0, 8, [2]), b=tensor(0, 8, [2])), bytes(8)),
        "ST-16-inside": file(dict(a=tensor(0, 12, [3]), b=tensor(4, 8, [1])), bytes(12)),
        "ST-16-empty-inside": file(dict(a=tensor(0, 8, [2]), b=tensor(4, 4, [0])), bytes(8)),
        "ST-17-byte-behind": file(FULL, bytes(17)),
        "ST-17-data-without-tensor": file("{}", bytes(1)),
    }
    return f


def write(folder, files, ending):
    if ending:
        shutil.rmtree(folder, ignore_errors=True)  # what fuzzing found stays beside the seeds
    os.makedirs(folder, exist_ok=True)
    for name, data in files.items():
        with open(os.path.join(folder, name + ending), "wb") as out:
            out.write(data)


def indexes():
    """Seeds for the index: which shards the target has, it says itself."""
    text = json.dumps
    return {
        "good": text(dict(metadata=dict(total_size=24), weight_map={"a": "1", "b": "2", "c": "2"})),
        "surplus": text(dict(weight_map={"a": "1", "b": "2", "c": "2", "d": "2"})),
        "lacking": text(dict(weight_map={"a": "1", "b": "2"})),
        "exchanged": text(dict(weight_map={"a": "2", "b": "1", "c": "2"})),
        "one-shard": text(dict(weight_map={"a": "1"})),
        "absent-shard": text(dict(weight_map={"a": "1", "b": "2", "c": "3"})),
        "upwards": text(dict(weight_map={"a": "../1"})),
        "dots": text(dict(weight_map={"a": ".."})),
        "itself": text(dict(weight_map={"a": "model.safetensors.index.json"})),
        "empty": text(dict(weight_map={})),
        "longest-name": text(dict(weight_map={"a": "x" * 255})),
        "longer-name": text(dict(weight_map={"a": "x" * 256})),
        "list": text(dict(weight_map=[])),
        "number": text(dict(weight_map=dict(a=1))),
        "null": text(dict(weight_map=dict(a=None))),
    }


def quantized():
    """config.json on a line, then a safetensors file: a small llama with one quantized matrix of 8 x 32."""
    config = dict(model_type="llama", vocab_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
                  num_key_value_heads=1, intermediate_size=32, max_position_embeddings=16)
    layer, down = "model.layers.0.", "model.layers.0.mlp.down_proj"
    plain = {"model.embed_tokens.weight": ("F16", 8, 8), "model.norm.weight": ("F16", 8), "lm_head.weight": ("F16", 8, 8),
             layer + "input_layernorm.weight": ("F16", 8), layer + "post_attention_layernorm.weight": ("F16", 8),
             layer + "mlp.gate_proj.weight": ("F16", 32, 8), layer + "mlp.up_proj.weight": ("F16", 32, 8)}
    plain.update({f"{layer}self_attn.{x}_proj.weight": ("F16", 8, 8) for x in "qkvo"})
    ints = {".qweight": ("I32", 4, 8), ".qzeros": ("I32", 2, 1), ".scales": ("F16", 2, 8), ".g_idx": ("I32", 32)}
    int4 = dict(weights=dict(num_bits=4, strategy="group", group_size=16, symmetric=False))
    kinds = {
        "gptq": (dict(quant_method="gptq", bits=4, group_size=16, desc_act=True), ints),
        "awq": (dict(quant_method="awq", bits=4, group_size=16), {**ints, ".qweight": ("I32", 32, 1), ".g_idx": None}),
        "fp8": (dict(quant_method="fp8", weight_block_size=[3, 5]),
                {".weight": ("F8_E4M3", 8, 32), ".weight_scale_inv": ("F32", 3, 7)}),
        "packed": (dict(quant_method="compressed-tensors", format="pack-quantized", config_groups=dict(g=int4)),
                   {".weight_packed": ("I32", 8, 4), ".weight_scale": ("F16", 8, 2), ".weight_zero_point": ("I32", 1, 2),
                    ".weight_shape": ("I32", 2)}),
        "plain": (None, {".weight": ("F8_E5M2", 8, 32)}),
    }
    seeds = {}
    for name, (said, tensors) in kinds.items():
        header, data = {}, b""
        for key, t in {**plain, **{down + end: t for end, t in tensors.items()}}.items():
            if t is None:
                continue
            n = BITS[t[0]] // 8
            for d in t[1:]:
                n *= d
            header[key] = dict(dtype=t[0], shape=list(t[1:]), data_offsets=[len(data), len(data) + n])
            data += struct.pack("<II", 8, 32) if key.endswith("shape") else bytes(n)
        whole = dict(config, **(dict(quantization_config=said) if said else {}))
        seeds[name] = json.dumps(whole, separators=(",", ":")).encode() + b"\n" + file(header, data)
    return seeds


def corpora():
    """A few of each kind: libFuzzer finds the way between them.  The form of the safetensors target is said there."""
    seeds = {}
    for name, data in {**accept(), **reject()}.items():
        length, rest = int.from_bytes(data[:8], "little"), data[8 + int.from_bytes(data[:8], "little"):]
        whole = 8 + length <= len(data) and len(rest) < 255 and not any(rest)
        if len(data) < 1000:
            seeds[name] = bytes([len(rest)]) + data[8:8 + length] if whole else b"\xff" + data
    write(os.path.join(CORPUS, "safetensors"), seeds, "")
    texts = {"words": '[true,false,null,"\\u00e9\\ud83d\\ude00\\n",-1,1.5e-3,9223372036854775807]',
             "nested": '{"a":{"b":[{"c":[]}],"":{}}}', "twice": '{"a":1,"a":2}'}
    write(os.path.join(CORPUS, "json"), {k: v.encode() for k, v in texts.items()}, "")
    write(os.path.join(CORPUS, "index"), {k: v.encode() for k, v in indexes().items()}, "")
    configs = {}
    for name in sorted(os.listdir(CONFIG)):
        with open(os.path.join(CONFIG, name), "rb") as f:
            configs[name.removesuffix(".json")] = json.dumps(json.load(f), separators=(",", ":")).encode()
    configs.update({"quantized-" + k: v.split(b"\n")[0] for k, v in quantized().items()})
    write(os.path.join(CORPUS, "config"), configs, "")
    write(os.path.join(CORPUS, "quantized"), quantized(), "")


SIZES = dict(vocab_size=96, max_position_embeddings=64)
LLAMA = dict(SIZES, hidden_size=48, num_hidden_layers=3, num_attention_heads=6, num_key_value_heads=2,
             intermediate_size=80, rms_norm_eps=1e-5, rope_theta=5000.0)
MODELS = {
    "gpt2": dict(vocab_size=96, n_positions=64, n_embd=48, n_layer=3, n_head=6, n_inner=80, scale_attn_weights=False,
                 scale_attn_by_inverse_layer_idx=True),
    "gpt_neo": dict(SIZES, hidden_size=48, num_layers=3, num_heads=6, window_size=7,
                    attention_types=[[["global", "local"], 1], [["local"], 1]]),
    "gpt_neox": dict(SIZES, hidden_size=48, num_hidden_layers=3, num_attention_heads=6, intermediate_size=80,
                     rotary_pct=0.5, rotary_emb_base=5000, use_parallel_residual=False, attention_bias=False),
    "opt": dict(SIZES, hidden_size=48, num_hidden_layers=3, num_attention_heads=6, ffn_dim=80, word_embed_proj_dim=20,
                do_layer_norm_before=False, enable_bias=False),
    "llama": dict(LLAMA, head_dim=12, attention_bias=True, mlp_bias=True, tie_word_embeddings=True),
    "mistral": dict(LLAMA, sliding_window=9),
    "qwen2": dict(LLAMA, use_sliding_window=True, sliding_window=9, max_window_layers=1),
    "phi": dict(LLAMA, layer_norm_eps=1e-4, partial_rotary_factor=0.5, qk_layernorm=True),
}
del MODELS["phi"]["rms_norm_eps"]
MODELS.update({
    "qwen3": dict(LLAMA, head_dim=12, attention_bias=True, use_sliding_window=True, sliding_window=9,
                  max_window_layers=1),
    "gemma": dict(LLAMA, head_dim=12),
    "gemma2": dict(LLAMA, head_dim=12, sliding_window=9, query_pre_attn_scalar=16, attn_logit_softcapping=25.0,
                   final_logit_softcapping=20.0),
    "gemma3_text": dict(LLAMA, head_dim=12, sliding_window=9, query_pre_attn_scalar=16, sliding_window_pattern=3,
                        rope_local_base_freq=100.0, rope_scaling=dict(rope_type="linear", factor=8.0)),
    "gemma3": dict(text_config=dict(LLAMA, head_dim=12, sliding_window=9, rope_local_base_freq=100.0,
                                    query_pre_attn_scalar=16, rope_scaling=dict(rope_type="linear", factor=8.0)),
                   vision_config=dict(hidden_size=16, intermediate_size=16, num_hidden_layers=1)),
    "olmo": dict(LLAMA, clip_qkv=4.0, rope_scaling=dict(type="linear", factor=2.0)),
    "olmo2": dict(LLAMA, attention_bias=True),
    "olmo3": dict(LLAMA, rope_theta=500000.0, sliding_window=9, rope_scaling=dict(rope_type="linear", factor=4.0)),
    "phi3": dict(LLAMA, original_max_position_embeddings=16, sliding_window=9, pad_token_id=0,
                 rope_scaling=dict(type="longrope", short_factor=[1.0, 2.0, 3.0, 4.0], long_factor=[5.0, 6.0, 7.0, 8.0])),
    "starcoder2": dict(LLAMA, norm_epsilon=1e-4, use_bias=False, sliding_window=9),
    "stablelm": dict(LLAMA, layer_norm_eps=1e-4, use_qkv_bias=True, qk_layernorm=True, use_parallel_residual=True,
                     partial_rotary_factor=0.5),
    "granite": dict(LLAMA, embedding_multiplier=12.0, residual_multiplier=0.25, logits_scaling=8.0,
                    attention_multiplier=0.5),
    "smollm3": dict(LLAMA, no_rope_layers=[1, 0, 1], use_sliding_window=True, sliding_window=9, pad_token_id=0),
    "cohere": dict(LLAMA, layer_norm_eps=1e-4, use_qk_norm=True, logit_scale=0.25),
    "cohere2": dict(LLAMA, layer_norm_eps=1e-4, logit_scale=0.25, sliding_window=9),
})
MODELS.update({
    "gptj": dict(vocab_size=96, n_positions=64, n_embd=48, n_layer=3, n_head=6, n_inner=80, rotary_dim=4),
    "bloom": dict(vocab_size=96, hidden_size=48, n_layer=3, n_head=6),
    "falcon": dict(SIZES, hidden_size=48, num_hidden_layers=3, num_attention_heads=6, new_decoder_architecture=True,
                   num_kv_heads=2, ffn_hidden_size=80, rope_theta=5000.0, bias=True),
})
MODELS.update({
    "mixtral": dict(LLAMA, head_dim=8, num_local_experts=4, num_experts_per_tok=3, sliding_window=9),
    "qwen2_moe": dict(LLAMA, num_experts=4, num_experts_per_tok=3, moe_intermediate_size=20, norm_topk_prob=True,
                      shared_expert_intermediate_size=28, decoder_sparse_step=2, qkv_bias=False),
    "qwen3_moe": dict(LLAMA, head_dim=12, num_experts=4, num_experts_per_tok=3, moe_intermediate_size=20,
                      mlp_only_layers=[1], use_sliding_window=True, sliding_window=9),
})
MODELS["gpt_oss"] = dict(LLAMA, head_dim=12, num_local_experts=4, num_experts_per_tok=3, sliding_window=9,
                         rope_scaling=dict(rope_type="yarn", factor=4.0, beta_fast=32.0, beta_slow=1.0, truncate=False,
                                           original_max_position_embeddings=16))
DEEPSEEK = dict(LLAMA, num_key_value_heads=6, kv_lora_rank=10, q_lora_rank=14, qk_nope_head_dim=8, qk_rope_head_dim=4,
                v_head_dim=5, n_routed_experts=8, n_group=4, topk_group=2, num_experts_per_tok=3, n_shared_experts=2,
                moe_intermediate_size=20, first_k_dense_replace=1, routed_scaling_factor=1.5, attention_bias=True)
MODELS["deepseek_v2"] = dict(DEEPSEEK, topk_method="group_limited_greedy")
MODELS["deepseek_v3"] = dict(DEEPSEEK, norm_topk_prob=False, rope_interleave=False,
                             rope_scaling=dict(rope_type="yarn", factor=4.0, mscale=0.7, mscale_all_dim=1.0,
                                               original_max_position_embeddings=16))
for norm_elsewhere in ["olmo", "starcoder2", "stablelm", "cohere", "cohere2"]:
    del MODELS[norm_elsewhere]["rms_norm_eps"]


def record():
    import transformers
    major = transformers.__version__.split(".")[0]
    os.makedirs(CONFIG, exist_ok=True)
    for arch, keys in MODELS.items():
        config = transformers.AutoConfig.for_model(arch, **keys)
        with open(os.path.join(CONFIG, f"{arch}-v{major}.json"), "w") as f:
            f.write(config.to_json_string(use_diff=True))


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
    else:
        write(os.path.join(GOLDEN, "accept"), accept(), ".safetensors")
        write(os.path.join(GOLDEN, "reject"), reject(), ".safetensors")
        corpora()
