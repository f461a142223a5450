"""Score the same weights from a Hugging Face directory and from GGUF copies: the bits must be equal.

    gguf_models.py live POT [--count N] [--arch NAME]  N random models per architecture; and matrices of every block type, against
                                              safetensors of what the gguf package dequantizes
    gguf_models.py dirs POT DIR ...           copies of real models, whole and split
    gguf_models.py record DIR                 small pairs for make check
    gguf_models.py convert DIR FILE           write one copy

The conversion is the one of llama.cpp (convert_hf_to_gguf.py), written anew from its description: vectors in F32, q
and k of llama and its kin in pair order, fused and per-head projections as q | k | v, Conv1D transposed, experts in one tensor,
1 added to gemma's norms, routers and position embeddings in F32.
"""
import argparse
import hashlib
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile

import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as T
from gguf import GGML_QUANT_SIZES, MODEL_ARCH_NAMES, ExpertGatingFuncType, GGUFWriter, RopeScalingType, TokenType, get_tensor_name_map
from gguf.quants import dequantize
from safetensors.torch import load_file, save_file

import arch as oracle
import quants

DTYPES = {torch.float32: T.F32, torch.float16: T.F16, torch.bfloat16: T.BF16}
LLAMA = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
         "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
         "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
         "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}
QK = {"self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm"}
BEHIND = {"post_attention_layernorm": "post_attention_norm", "post_feedforward_layernorm": "post_ffw_norm"}
GEMMA = dict(LLAMA, **BEHIND, pre_feedforward_layernorm="ffn_norm")
EXPERTS = {"mlp.gate": "ffn_gate_inp", "mlp.experts.#.gate_proj": "ffn_gate_exps", "mlp.experts.#.up_proj": "ffn_up_exps",
           "mlp.experts.#.down_proj": "ffn_down_exps", "mlp.shared_expert.gate_proj": "ffn_gate_shexp",
           "mlp.shared_expert.up_proj": "ffn_up_shexp", "mlp.shared_expert.down_proj": "ffn_down_shexp",
           "mlp.shared_expert_gate": "ffn_gate_inp_shexp"}
MIXTRAL = {"block_sparse_moe.gate": "ffn_gate_inp", "block_sparse_moe.experts.#.w1": "ffn_gate_exps",
           "block_sparse_moe.experts.#.w3": "ffn_up_exps", "block_sparse_moe.experts.#.w2": "ffn_down_exps"}
LATENT = {"self_attn.q_a_proj": "attn_q_a", "self_attn.q_a_layernorm": "attn_q_a_norm", "self_attn.q_b_proj": "attn_q_b",
          "self_attn.kv_a_proj_with_mqa": "attn_kv_a_mqa", "self_attn.kv_a_layernorm": "attn_kv_a_norm",
          "self_attn.kv_b_proj": "attn_kv_b", "mlp.gate.e_score_correction": "exp_probs_b",
          "mlp.shared_experts.gate_proj": "ffn_gate_shexp", "mlp.shared_experts.up_proj": "ffn_up_shexp",
          "mlp.shared_experts.down_proj": "ffn_down_shexp"}
MEGATRON = {"transformer.word_embeddings": "token_embd", "transformer.word_embeddings_layernorm": "token_embd_norm",
            "transformer.ln_f": "output_norm", "lm_head": "output", "input_layernorm": "attn_norm",
            "self_attention.query_key_value": "attn_qkv", "self_attention.dense": "attn_output",
            "mlp.dense_h_to_4h": "ffn_up", "mlp.dense_4h_to_h": "ffn_down"}


def modern(arch, *more):
    names = dict(LLAMA)
    for m in more:
        names.update(m)
    return arch, "model.layers.", names


NAMES = {
    "llama": modern("llama"), "mistral": modern("llama"), "mixtral": modern("llama", MIXTRAL),
    "qwen2": modern("qwen2"), "qwen2_moe": modern("qwen2moe", EXPERTS),
    "qwen3": modern("qwen3", QK), "qwen3_moe": modern("qwen3moe", QK, EXPERTS),
    "gemma": modern("gemma"), "gemma2": modern("gemma2", GEMMA), "gemma3_text": modern("gemma3", GEMMA, QK),
    "phi3": modern("phi3", {"self_attn.qkv_proj": "attn_qkv", "mlp.gate_up_proj": "ffn_up"}),
    "gpt_oss": modern("gpt-oss", {"post_attention_layernorm": "post_attention_norm", "mlp.router": "ffn_gate_inp",
                                  "mlp.experts.down_proj": "ffn_down_exps"}),
    "olmo": modern("olmo"), "olmo2": modern("olmo2", BEHIND, QK), "olmo3": modern("olmo2", BEHIND, QK), "granite": modern("granite"),
    "cohere": modern("command-r", QK), "cohere2": modern("cohere2"), "smollm3": modern("smollm3"),
    "starcoder2": modern("starcoder2", {"mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}),
    "stablelm": modern("stablelm", {"self_attn.q_layernorm.norms.#": "attn_q_norm",
                                    "self_attn.k_layernorm.norms.#": "attn_k_norm"}),
    "bloom": ("bloom", "transformer.h.", dict(MEGATRON, post_attention_layernorm="ffn_norm")),
    "falcon": ("falcon", "transformer.h.", dict(MEGATRON, ln_attn="attn_norm_2", ln_mlp="attn_norm")),
    "phi": ("phi2", "model.layers.", {
        "model.embed_tokens": "token_embd", "model.final_layernorm": "output_norm", "lm_head": "output",
        "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v", "self_attn.dense": "attn_output", "mlp.fc1": "ffn_up", "mlp.fc2": "ffn_down"}),
    "gpt2": ("gpt2", "transformer.h.", {
        "transformer.wte": "token_embd", "transformer.wpe": "position_embd", "transformer.ln_f": "output_norm",
        "lm_head": "output", "ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output",
        "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}),
    "gptj": ("gptj", "transformer.h.", {
        "transformer.wte": "token_embd", "transformer.ln_f": "output_norm", "lm_head": "output", "ln_1": "attn_norm",
        "attn.q_proj": "attn_q", "attn.k_proj": "attn_k", "attn.v_proj": "attn_v", "attn.out_proj": "attn_output",
        "mlp.fc_in": "ffn_up", "mlp.fc_out": "ffn_down"}),
    "deepseek_v2": modern("deepseek2", EXPERTS, LATENT), "deepseek_v3": modern("deepseek2", EXPERTS, LATENT),
    "gpt_neox": ("gptneox", "gpt_neox.layers.", {
        "gpt_neox.embed_in": "token_embd", "gpt_neox.final_layer_norm": "output_norm", "embed_out": "output",
        "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "attention.query_key_value": "attn_qkv",
        "attention.dense": "attn_output", "mlp.dense_h_to_4h": "ffn_up", "mlp.dense_4h_to_h": "ffn_down"}),
}
# what a GGUF file cannot say is left at its default, or at what every real model has
SILU, TANH, IMPLIED = dict(hidden_act="silu"), dict(hidden_activation="gelu_pytorch_tanh"), dict(layer_types=None)
PLAIN = {"gpt2": dict(activation_function="gelu_new", scale_attn_weights=True, scale_attn_by_inverse_layer_idx=False),
         "gpt_neox": dict(hidden_act="gelu"), "llama": SILU, "mistral": SILU, "mixtral": dict(SILU),
         "qwen2": dict(SILU, use_sliding_window=False), "phi": dict(hidden_act="gelu_new", qk_layernorm=False),
         "qwen2_moe": dict(SILU, norm_topk_prob=False, decoder_sparse_step=1, mlp_only_layers=[]),
         "qwen3": dict(SILU, use_sliding_window=False),
         "qwen3_moe": dict(SILU, use_sliding_window=False, norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[]),
         "gemma": dict(hidden_act="gelu_pytorch_tanh"),
         "gemma2": dict(TANH, **IMPLIED, attn_logit_softcapping=5.0, final_logit_softcapping=2.5),
         "gemma3_text": dict(TANH, **IMPLIED), "phi3": SILU, "gpt_oss": IMPLIED, "olmo": dict(SILU, attention_bias=False), "olmo2": SILU, "olmo3": SILU, "granite": SILU,
         "cohere": SILU, "cohere2": dict(SILU, **IMPLIED), "starcoder2": dict(hidden_act="gelu_pytorch_tanh"),
         "stablelm": SILU, "smollm3": dict(SILU, no_rope_layers=None, no_rope_layer_interval=4, use_sliding_window=False),
         "deepseek_v2": dict(SILU, attention_bias=False),
         "deepseek_v3": dict(SILU, attention_bias=False, rope_interleave=True, scoring_func="sigmoid"),
         "gptj": dict(activation_function="gelu_new"), "bloom": dict(apply_residual_connection_post_layernorm=False), "falcon": dict(activation="gelu", alibi=False)}
RMS = {"llama", "mistral", "mixtral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "gemma", "gemma2", "gemma3_text", "phi3", "gpt_oss",
       "olmo2", "olmo3", "granite", "smollm3", "deepseek_v2", "deepseek_v3"}
PAIRS = {"llama", "mistral", "mixtral", "olmo", "granite", "smollm3"}


def first(c, *keys):
    for k in keys:
        if getattr(c, k, None) is not None:
            return getattr(c, k)
    return None


def latent(w, c, old):
    """deepseek's keys; `old`: as before llama.cpp had the products with what all heads share."""
    k, v, turned, rank = c.qk_nope_head_dim + c.qk_rope_head_dim, c.v_head_dim, c.qk_rope_head_dim, c.kv_lora_rank
    w.add_head_count_kv(c.num_attention_heads if old else 1)
    w.add_key_length(k if old else rank + turned)
    w.add_value_length(v if old else rank)
    if not old:
        w.add_key_length_mla(k)
        w.add_value_length_mla(v)
    w.add_kv_lora_rank(rank)
    if c.q_lora_rank:
        w.add_q_lora_rank(c.q_lora_rank)
    w.add_rope_dimension_count(turned)
    w.add_rope_freq_base(float(c.rope_theta))
    w.add_leading_dense_block_count(c.first_k_dense_replace)
    w.add_expert_count(c.n_routed_experts)
    w.add_expert_used_count(c.num_experts_per_tok)
    w.add_expert_feed_forward_length(c.moe_intermediate_size)
    w.add_expert_shared_count(c.n_shared_experts)
    w.add_expert_weights_scale(c.routed_scaling_factor)
    if c.model_type == "deepseek_v3":
        w.add_expert_gating_func(ExpertGatingFuncType.SIGMOID)
        if c.norm_topk_prob:
            w.add_expert_weights_norm(True)
    if c.n_group > 1 or not old:
        w.add_expert_group_count(c.n_group)
        w.add_expert_group_used_count(c.topk_group)


def metadata(w, c, old=False):
    """The keys that the converter writes for an architecture."""
    name = c.model_type
    heads = first(c, "num_attention_heads", "n_head")
    hidden = first(c, "hidden_size", "n_embd")
    head_dim = first(c, "head_dim") or hidden // heads
    w.add_context_length(first(c, "max_position_embeddings", "n_positions") or 2048)
    w.add_embedding_length(hidden)
    w.add_block_count(first(c, "num_hidden_layers", "n_layer"))
    w.add_feed_forward_length(first(c, "intermediate_size", "n_inner", "ffn_hidden_size") or 4 * hidden)
    w.add_head_count(heads)
    if name == "falcon":
        w.add_head_count_kv(c.num_kv_heads if c.new_decoder_architecture else 1)
    elif first(c, "num_key_value_heads") and not name.startswith("deepseek"):
        w.add_head_count_kv(c.num_key_value_heads)
    if name in RMS:
        w.add_layer_norm_rms_eps(c.rms_norm_eps)
    else:
        w.add_layer_norm_eps(first(c, "layer_norm_epsilon", "layer_norm_eps", "norm_epsilon") or 1e-5)
    if name.startswith("deepseek"):
        latent(w, c, old)
    elif name == "gptj":
        w.add_rope_dimension_count(c.rotary_dim)
    elif name not in ("gpt2", "bloom"):
        part = first(c, "rotary_pct", "partial_rotary_factor") or 1.0
        w.add_rope_dimension_count(int(head_dim * part))
        w.add_rope_freq_base(float(first(c, "rope_theta", "rotary_emb_base") or 10000.0))
    if (head_dim * heads != hidden and not name.startswith("deepseek")) or name in ("gemma", "gemma2", "gemma3_text", "qwen3", "qwen3_moe", "gpt_oss"):
        w.add_key_length(head_dim)
        w.add_value_length(head_dim)
    special(w, c, name)
    scaling(w, c)


def special(w, c, name):
    """What few architectures say."""
    if name in ("gpt_neox", "stablelm"):  # the converter writes true where stablelm's config.json does not say
        w.add_parallel_residual(c.use_parallel_residual if name == "gpt_neox" else True)
    if name in ("mistral", "mixtral", "starcoder2", "gemma2", "gemma3_text", "cohere2", "gpt_oss", "phi3") and (
            c.sliding_window or name == "phi3"):
        w.add_sliding_window(c.sliding_window or 0)
    if name == "olmo3":
        w.add_sliding_window(c.sliding_window)
        w.add_sliding_window_pattern([kind == "sliding_attention" for kind in c.layer_types])
    if name == "gemma2":
        w.add_attn_logit_softcapping(c.attn_logit_softcapping)
    if name in ("gemma2", "gemma3_text") and c.final_logit_softcapping:
        w.add_final_logit_softcapping(c.final_logit_softcapping)
    if name == "gemma3_text":
        w.add_rope_freq_base_swa(c.rope_local_base_freq)
    experts = first(c, "num_local_experts", "num_experts") if not name.startswith("deepseek") else None
    if experts:
        w.add_expert_count(experts)
        w.add_expert_used_count(c.num_experts_per_tok)
    if name in ("qwen2_moe", "qwen3_moe"):
        w.add_expert_feed_forward_length(c.moe_intermediate_size)
    if name == "qwen2_moe":
        w.add_expert_shared_feed_forward_length(c.shared_expert_intermediate_size)
    if name == "gpt_oss":
        w.add_expert_feed_forward_length(c.intermediate_size)
    if name == "olmo" and c.clip_qkv:
        w.add_clamp_kqv(c.clip_qkv)
    if name == "granite":
        w.add_attention_scale(c.attention_multiplier)
        w.add_embedding_scale(c.embedding_multiplier)
        w.add_residual_scale(c.residual_multiplier)
        w.add_logit_scale(c.logits_scaling)
    if name in ("cohere", "cohere2"):
        w.add_logit_scale(c.logit_scale)
    if name == "falcon":
        w.add_tensor_data_layout("jploski")


def scaling(w, c):
    rope = getattr(c, "rope_scaling", None) or {}
    kind = rope.get("rope_type", rope.get("type"))
    if c.model_type == "phi3":
        w.add_rope_scaling_orig_ctx_len(c.original_max_position_embeddings)
    if c.model_type == "phi3" and kind:
        ratio = c.max_position_embeddings / c.original_max_position_embeddings
        w.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(ratio) / math.log(c.original_max_position_embeddings))
                                        if ratio > 1 else 1.0)
        for which in ("long", "short"):
            w.add_tensor(f"rope_factors_{which}.weight", np.array(rope[f"{which}_factor"], np.float32))
    elif kind in ("linear", "yarn"):
        w.add_rope_scaling_type(RopeScalingType(kind))
        w.add_rope_scaling_factor(rope["factor"])
        if kind == "yarn":
            w.add_rope_scaling_orig_ctx_len(rope.get("original_max_position_embeddings", c.max_position_embeddings))
            w.add_rope_scaling_yarn_beta_fast(rope.get("beta_fast", 32.0))
            w.add_rope_scaling_yarn_beta_slow(rope.get("beta_slow", 1.0))
            if rope.get("attention_factor"):
                w.add_rope_scaling_yarn_attn_factor(rope["attention_factor"])
            if rope.get("mscale_all_dim"):
                w.add_rope_scaling_yarn_log_mul(0.1 * rope["mscale_all_dim"])


def pairs(t, heads):
    """Half order to pair order."""
    return t.reshape(heads, 2, t.shape[0] // heads // 2, *t.shape[1:]).swapaxes(1, 2).reshape(t.shape)


def reorder(c, name, t):
    heads = first(c, "num_attention_heads", "n_head")
    if c.model_type in PAIRS and ("q_proj" in name or "k_proj" in name):
        return pairs(t, heads if "q_proj" in name else c.num_key_value_heads)
    if c.model_type == "falcon" and "query_key_value" in name:  # for each group its q heads, k, v
        groups = c.num_kv_heads if c.new_decoder_architecture else 1
        rows = t.reshape(groups, heads // groups + 2, -1, *t.shape[1:])
        return torch.cat([x.reshape(-1, *t.shape[1:]) for x in (rows[:, :-2], rows[:, -2], rows[:, -1])])
    if "query_key_value" in name:  # [head][3][d] to q | k | v
        return t.reshape(heads, 3, -1, *t.shape[1:]).swapaxes(0, 1).reshape(t.shape)
    if c.model_type == "gpt2" and name.endswith(".weight") and ".h." in name and t.dim() == 2:
        return t.t().contiguous()
    if c.model_type.startswith("gemma") and name.endswith("norm.weight"):
        return t.float() + 1
    return t


def gguf_name(model_type, name):
    """The name, and the number of the expert or head, if it is one of several that belong into one tensor."""
    _, layers, names = NAMES[model_type]
    stem, end = name.rsplit(".", 1)
    if not stem.startswith(layers):
        return f"{names[stem]}.{end}", None
    number, stem = stem[len(layers):].split(".", 1)
    each = re.search(r"\.(\d+)(?=\.|$)", stem)
    if each:
        stem = stem.replace(each.group(), ".#", 1)
    return f"blk.{number}.{names[stem]}.{end}", int(each.group(1)) if each else None


def split(name, t):
    """gpt_oss has names of its own: sinks, and experts [in][out] with gate and up by turns."""
    layer, stem = re.fullmatch(r"model\.layers\.(\d+)\.(.*)", name).groups()
    if stem == "self_attn.sinks":
        return {f"blk.{layer}.attn_sinks.weight": t}
    stem = stem.removeprefix("mlp.experts.")
    end = "bias" if stem.endswith("_bias") else "weight"
    t = t if end == "bias" else t.transpose(1, 2)
    if stem.startswith("down"):
        return {f"blk.{layer}.ffn_down_exps.{end}": t}
    return {f"blk.{layer}.ffn_gate_exps.{end}": t[:, ::2], f"blk.{layer}.ffn_up_exps.{end}": t[:, 1::2]}


def heads_apart(c, name, t):
    """The keys of each head transposed, and the values."""
    rows = t.reshape(c.num_attention_heads, -1, c.kv_lora_rank)
    k, v = rows[:, :c.qk_nope_head_dim], rows[:, c.qk_nope_head_dim:]
    return {name.replace("attn_kv_b", "attn_k_b"): k.transpose(1, 2), name.replace("attn_kv_b", "attn_v_b"): v}


def converted(c, weights, old=False):
    """Names and tensors as the file has them; `old`: mixtral's experts one by one, and deepseek's keys and values in one, as in
    the first files that had them."""
    out, several = {}, {}
    for name, t in weights.items():
        if "masked_bias" in name or name.endswith((".attn.bias", ".attention.bias", "inv_freq")):
            continue
        if c.model_type == "gpt_oss" and (".experts." in name or name.endswith("sinks")):
            out |= split(name, t)
            continue
        new, i = gguf_name(c.model_type, name.replace("e_score_correction_bias", "e_score_correction.bias"))
        t = reorder(c, name, t)
        if "attn_kv_b." in new and not old:
            out |= heads_apart(c, new, t)
        elif i is None:
            out[new] = t
        elif old and c.model_type == "mixtral":
            out[new.replace("_exps.", f".{i}.")] = t
        else:
            several.setdefault(new, {})[i] = t
    return out | {name: torch.stack([each[i] for i in range(len(each))]) for name, each in several.items()}


def fused(out):
    """q, k and v as one tensor, gate and up of experts as one, as newer converters write them if asked to."""
    new = {}
    for name, t in out.items():
        stem, end = name.rsplit(".", 1)
        if stem.endswith(("attn_k", "attn_v", "ffn_up_exps")):
            continue
        if stem.endswith("attn_q") and stem[:-1] + "k.weight" in out:
            new[f"{stem[:-2]}_qkv.{end}"] = torch.cat([out[f"{stem[:-1]}{x}.{end}"] for x in "qkv"])
        elif stem.endswith("ffn_gate_exps"):
            new[name.replace("gate", "gate_up")] = torch.cat([t, out[name.replace("gate", "up")]], dim=1)
        else:
            new[name] = t
    return new


WIDENED = ("_norm.weight", ".bias", "sinks.weight", "ffn_gate_inp.weight", "ffn_gate_inp_shexp.weight", "position_embd.weight")


def add(w, name, t, kind=None):
    kind = kind or DTYPES[t.dtype]
    if t.dim() == 1 or name.endswith(WIDENED):
        t, kind = t.float(), T.F32
    data = t.contiguous().view(torch.uint8).numpy() if kind == T.BF16 else t.contiguous().numpy()
    w.add_tensor(name, data, raw_dtype=kind)


def load(path):
    weights = {}
    for file in sorted(f for f in os.listdir(path) if f.endswith(".safetensors")):
        weights |= load_file(os.path.join(path, file))
    return weights


def finish(w):
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def tokens(w, path):
    """The tokenizers of zoo/: byte-level BPE cut by the pattern that GGUF calls dbrx (and llama-bpe, with whole words)."""
    file = os.path.join(path, "tokenizer.json")
    if not os.path.exists(file):
        return
    t = json.load(open(file))
    if t["model"].get("byte_fallback"):
        return
    added = {a["id"]: a["content"] for a in t["added_tokens"]}
    vocab = {i: s for s, i in t["model"]["vocab"].items()} | added
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("dbrx")
    w.add_token_list([vocab[i] for i in range(len(vocab))])
    w.add_token_types([TokenType.CONTROL if i in added else TokenType.NORMAL for i in range(len(vocab))])
    w.add_token_merges([" ".join(m) if isinstance(m, list) else m for m in t["model"]["merges"]])
    w.add_bos_token_id(0)
    w.add_eos_token_id(1)
    w.add_add_bos_token(True)


def convert(path, out, parts=0, fuse=False, old=False, bare=False, dtype=None):
    """`bare`: no tokenizer, and said so; `dtype`: of all weights."""
    c = transformers.AutoConfig.from_pretrained(path)
    w = GGUFWriter(out, NAMES[c.model_type][0], split_max_tensors=parts)
    metadata(w, c, old)
    if bare:
        w.add_tokenizer_model("none")
        w.add_vocab_size(c.vocab_size)
    else:
        tokens(w, path)
    tensors = converted(c, load(path), old)
    for name, t in (fused(tensors) if fuse else tensors).items():
        add(w, name, t.to(dtype) if dtype else t)
    finish(w)


def scores(pot, path, ids):
    run = subprocess.run([pot, "score", path, "--ids", ",".join(map(str, ids)), "--json"], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{path}: {run.stderr}")
    return run.stdout


def sayable(name, options):
    """Without what the keys of GGUF cannot say."""
    heads, rope = options.get("num_attention_heads"), options.get("rope_scaling")
    if name.startswith(("gemma", "cohere")):
        options["tie_word_embeddings"] = True
    if name in ("gemma2", "gemma3_text"):
        options.pop("sliding_window_pattern", None)
        options["query_pre_attn_scalar"] = options.get("head_dim") or options["hidden_size"] // heads
    if name == "cohere2":
        options.pop("sliding_window_pattern", None)
    if name == "falcon" and not options.get("new_decoder_architecture"):
        options.update(multi_query=True, parallel_attn=True)
    kind = rope and rope.get("rope_type", rope.get("type"))
    if name == "deepseek_v2":
        options["topk_method"] = "group_limited_greedy" if options["n_group"] > 1 else "greedy"
    if name.startswith("deepseek") and kind == "yarn":
        rope.pop("mscale", None)
        if rope.get("mscale_all_dim"):
            rope["mscale"] = rope["mscale_all_dim"]
    if name != "phi3" and kind:
        if kind == "linear" or kind == "yarn" and name not in ("gemma3_text", "phi"):
            keep = ("rope_type", "type", "factor", "original_max_position_embeddings", "beta_fast", "beta_slow", "attention_factor")
            keep += ("mscale", "mscale_all_dim") if name.startswith("deepseek") else ()
            options["rope_scaling"] = {k: rope[k] for k in keep if k in rope}
        else:
            del options["rope_scaling"]
            options["max_position_embeddings"] = 64
            options.pop("original_max_position_embeddings", None)
    if name == "granite":
        oracle.newer_word(options)
    if name == "gpt_oss":
        rope = options.setdefault("rope_scaling", dict(rope_type="default"))
        if rope["rope_type"] == "yarn":
            rope["truncate"] = False
    return options


def build(name, seed):
    options = sayable(name, dict(oracle.ARCHS[name](random.Random(f"{name} {seed}")), **PLAIN[name]))
    old = oracle.ARCHS[name]
    oracle.ARCHS[name] = lambda r: options
    try:
        return oracle.build(name, seed)
    finally:
        oracle.ARCHS[name] = old


TEXT = "In 1984, Zo\u00eb's 3 cats\n\n  ate 12345 grams of   fish;  she'd SAID: \u201cna\u00efve!\u201d \u4e2d\u6587 \U0001f600"


def ids_of(pot, path):
    run = subprocess.run([pot, "tokenize", path, TEXT, "--json"], capture_output=True, text=True)
    return json.loads(run.stdout)["ids"] if run.returncode == 0 else run.stderr


PARTS = {"input_layernorm": "norm_1", "post_attention_layernorm": "norm_2", "self_attn.q_proj": "q", "self_attn.k_proj": "k",
         "self_attn.v_proj": "v", "self_attn.o_proj": "o", "mlp.gate_proj": "gate", "mlp.up_proj": "up", "mlp.down_proj": "down"}


def digest(path, c):
    """docs/format/weights.md, for models named like llama."""
    weights = load(path)
    head = "lm_head" if "lm_head.weight" in weights else ""
    names = [("embed", "model.embed_tokens"), ("final_norm", "model.norm"), ("head", head)]
    names += [(f"{i}.{v}", f"model.layers.{i}.{k}") for i in range(c.num_hidden_layers) for k, v in PARTS.items()]
    text = ""
    for name, stem in names:
        for t, end in ((weights.get(stem + ".weight"), ""), (weights.get(stem + ".bias"), ".bias")):
            if t is None:
                continue
            t = t.float() if t.dim() == 1 else t
            sha = hashlib.sha256(t.contiguous().view(torch.uint8).numpy().tobytes()).hexdigest()
            text += f"{name}{end} {DTYPES[t.dtype].name} {'x'.join(map(str, t.shape))} {sha}\n"
    return hashlib.sha256(text.encode()).hexdigest()


def inspected(pot, path):
    run = subprocess.run([pot, "inspect", path, "--json"], capture_output=True, text=True)
    return json.loads(run.stdout)["values_sha256"] if run.returncode == 0 else run.stderr


def misnamed(c, weights):
    """Tensors that the gguf package, which has names of a merged one for those of several, calls otherwise."""
    arch = {name: arch for arch, name in MODEL_ARCH_NAMES.items()}[NAMES[c.model_type][0]]
    names, bad = get_tensor_name_map(arch, first(c, "num_hidden_layers", "n_layer")), []
    for name in weights:
        if c.model_type == "gpt_oss" and (".experts." in name or "sinks" in name):
            continue  # split() names them
        name = name.replace("e_score_correction_bias", "e_score_correction.bias")
        merged = re.sub(r"\.norms\.\d+|(?<=experts)\.\d+", "", name)
        theirs = {names.get_name(n, try_suffixes=(".weight", ".bias")) for n in (merged, merged.removeprefix("transformer."))}
        if gguf_name(c.model_type, name)[0] not in theirs:
            bad.append(name)
    return bad


def compare(pot, path, ids, what):
    """Differences between a directory and its copies."""
    bad, want = 0, scores(pot, path, ids)
    for name in misnamed(transformers.AutoConfig.from_pretrained(path), load(path)):
        print(f"  {what}: gguf has another name for {name}")
        bad += 1
    with tempfile.TemporaryDirectory() as temp:
        convert(path, os.path.join(temp, "a.gguf"))
        os.mkdir(os.path.join(temp, "parts"))
        convert(path, os.path.join(temp, "parts", "b.gguf"), parts=5, old=True)
        convert(path, os.path.join(temp, "fused.gguf"), fuse=True)
        if os.path.exists(os.path.join(path, "tokenizer.json")) and "stories" not in path:
            if ids_of(pot, path) != ids_of(pot, os.path.join(temp, "a.gguf")):
                print(f"  {what}: other ids")
                bad += 1
        c, shown = transformers.AutoConfig.from_pretrained(path), inspected(pot, path)
        if c.model_type in ("llama", "mistral", "qwen2") and digest(path, c) != shown:
            print(f"  {what}: another values digest than in Python")
            bad += 1
        for copy in ("a.gguf", "parts", "fused.gguf"):
            if inspected(pot, os.path.join(temp, copy)) != shown:
                print(f"  {what}: {copy} has another values digest")
                bad += 1
            if scores(pot, os.path.join(temp, copy), ids) != want:
                print(f"  {what}: {copy} gives other bits")
                bad += 1
    return bad


def live(args):
    bad = 0
    for name in [args.arch] if args.arch else PLAIN:
        wrong = 0
        for seed in range(args.count):
            model, options, r = build(name, seed)
            ids = oracle.sample(model, options, r)
            with tempfile.TemporaryDirectory() as path:
                model.save_pretrained(path)
                wrong += compare(args.pot, path, ids, f"{name} {seed}")
        print(f"{name:<10} {args.count} models, each whole, split and fused: {wrong} with other bits than the safetensors")
        bad += wrong
    return bad if args.arch else bad + llama3(args.pot) + block_types(args.pot) + quantized_experts(args.pot)


def llama3(pot):
    """Rotary factors, which GGUF has as a tensor: against transformers, as the parameters cannot be had back."""
    rope = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)
    c = transformers.LlamaConfig(vocab_size=97, hidden_size=64, intermediate_size=80, num_hidden_layers=2, num_attention_heads=4,
                                 num_key_value_heads=2, max_position_embeddings=256, rope_theta=10000.0)
    torch.manual_seed(3)
    model, r = transformers.LlamaForCausalLM(c), random.Random(3)
    ids = [r.randrange(97) for _ in range(200)]
    with tempfile.TemporaryDirectory() as path:
        with torch.no_grad():
            for p in model.parameters():
                p.add_(torch.randn_like(p) * (0.1 if p.dim() > 1 else 0.2))
        model.save_pretrained(path)
        plain = oracle.logprobs(path, ids)
        config = json.load(open(os.path.join(path, "config.json")))
        config["rope_scaling"] = rope
        json.dump(config, open(os.path.join(path, "config.json"), "w"))
        want = oracle.logprobs(path, ids)
        w = GGUFWriter(os.path.join(path, "a.gguf"), "llama")
        metadata(w, c)
        f = 10000.0 ** (-torch.arange(0, 16, 2, dtype=torch.float32) / 16)
        wave = 2 * np.pi / f
        smooth = (32 / wave - 1) / 3
        factors = torch.where(wave < 8, 1.0, torch.where(wave > 32, 8.0, 1 / ((1 - smooth) / 8 + smooth)))
        w.add_tensor("rope_freqs.weight", factors.numpy().astype(np.float32))
        for name, t in converted(c, model.state_dict()).items():
            add(w, name, t)
        finish(w)
        got = oracle.pot_logprobs(pot, os.path.join(path, "a.gguf"), ids)
    diff = max(abs(a - b) for a, b in zip(got, want))
    print(f"llama3 scaling as rope_freqs: largest difference to transformers {diff:.3g}"
          f" (without it: {max(abs(a - b) for a, b in zip(plain, want)):.3g})")
    return diff > oracle.LIMIT


def block_types(pot):
    """A llama of 256 columns whose matrices are random blocks of one type."""
    bad, rng = 0, np.random.default_rng(5)
    c = transformers.LlamaConfig(vocab_size=97, hidden_size=256, intermediate_size=512, num_hidden_layers=1, num_attention_heads=8,
                                 num_key_value_heads=2, max_position_embeddings=64)
    model = transformers.LlamaForCausalLM(c)
    ids = [int(x) for x in rng.integers(0, 97, 40)]
    for kind in (k for k in quants.TYPES if k in T.__members__):  # F8 is in safetensors only
        with tempfile.TemporaryDirectory() as path:
            c.save_pretrained(path)
            w, plain = GGUFWriter(os.path.join(path, "q.gguf"), "llama"), {}
            metadata(w, c)
            for name, t in model.state_dict().items():
                if t.dim() == 1:
                    plain[name] = t
                    add(w, gguf_name("llama", name)[0], t)
                    continue
                block, size = GGML_QUANT_SIZES[T[kind]]
                b = small(kind, t.numel() // block, rng).reshape(t.shape[0], -1)
                w.add_tensor(gguf_name("llama", name)[0], b, raw_dtype=T[kind])
                f = torch.from_numpy(np.ascontiguousarray(dequantize(b, T[kind]), np.float32).reshape(t.shape))
                heads = {"q_proj": 8, "k_proj": 2}.get(name.split(".")[-2])
                if heads:  # the file has pair order: back to halves
                    f = f.reshape(heads, t.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(t.shape)
                plain[name] = f.contiguous()
            finish(w)
            save_file(plain, os.path.join(path, "model.safetensors"), metadata=dict(format="pt"))
            same = scores(pot, path, ids) == scores(pot, os.path.join(path, "q.gguf"), ids)
            print(f"{kind:<8} {'the same bits as its dequantized F32' if same else 'OTHER BITS'}")
            bad += not same
    return bad


def quantized_experts(pot):
    """Experts in blocks, as they are in most files: against the same file with what gguf dequantizes."""
    bad, rng = 0, np.random.default_rng(7)
    more = dict(vocab_size=97, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, num_local_experts=3,
                num_experts_per_tok=2, max_position_embeddings=64, pad_token_id=0)
    ids = [int(x) for x in rng.integers(0, 97, 40)]
    for name, kind, size in (("mixtral", "Q4_K", 256), ("mixtral", "Q6_K", 256), ("gpt_oss", "MXFP4", 64), ("gpt_oss", "Q8_0", 64)):
        c = transformers.AutoConfig.for_model(name, hidden_size=size, intermediate_size=size, head_dim=16, **more)
        weights = transformers.AutoModelForCausalLM.from_config(c).state_dict()
        with tempfile.TemporaryDirectory() as path:
            files = [GGUFWriter(os.path.join(path, f), NAMES[name][0]) for f in ("plain.gguf", "blocks.gguf")]
            for w in files:
                metadata(w, c)
            for tensor, t in converted(c, weights).items():
                if not tensor.endswith("_exps.weight"):
                    for w in files:
                        add(w, tensor, t)
                    continue
                b = small(kind, t.numel() // GGML_QUANT_SIZES[T[kind]][0], rng).reshape(*t.shape[:2], -1)
                files[1].add_tensor(tensor, b, raw_dtype=T[kind])
                files[0].add_tensor(tensor, np.ascontiguousarray(dequantize(b, T[kind]), np.float32).reshape(t.shape))
            for w in files:
                finish(w)
            same = scores(pot, os.path.join(path, "plain.gguf"), ids) == scores(pot, os.path.join(path, "blocks.gguf"), ids)
        print(f"{name} with experts in {kind}: {'the same bits as dequantized F32' if same else 'OTHER BITS'}")
        bad += not same
    return bad + quantized_latent(pot)


def quantized_latent(pot):
    """deepseek's keys in blocks that run across its outputs, in heads that are not as wide as a panel of the kernels."""
    bad, rng = 0, np.random.default_rng(9)
    ids = [int(x) for x in rng.integers(0, 97, 40)]
    for kind, still, rank in (("Q8_0", 96, 512), ("Q4_0", 32, 64), ("IQ4_NL", 160, 96), ("Q4_K", 256, 256), ("Q6_K", 512, 40)):
        c = transformers.DeepseekV3Config(
            vocab_size=97, hidden_size=64, intermediate_size=64, num_hidden_layers=1, first_k_dense_replace=1, num_attention_heads=3,
            num_key_value_heads=3, kv_lora_rank=rank, q_lora_rank=None, qk_nope_head_dim=still, qk_rope_head_dim=32, v_head_dim=32,
            n_routed_experts=4, n_group=2, topk_group=1, num_experts_per_tok=2, moe_intermediate_size=32, max_position_embeddings=64)
        weights = transformers.DeepseekV3ForCausalLM(c).state_dict()
        with tempfile.TemporaryDirectory() as path:
            files = [GGUFWriter(os.path.join(path, f), "deepseek2") for f in ("plain.gguf", "blocks.gguf")]
            for w in files:
                metadata(w, c)
            for tensor, t in converted(c, weights).items():
                if not tensor.endswith("attn_k_b.weight"):
                    for w in files:
                        add(w, tensor, t)
                    continue
                b = small(kind, t.numel() // GGML_QUANT_SIZES[T[kind]][0], rng).reshape(*t.shape[:2], -1)
                files[1].add_tensor(tensor, b, raw_dtype=T[kind])
                files[0].add_tensor(tensor, np.ascontiguousarray(dequantize(b, T[kind]), np.float32).reshape(t.shape))
            for w in files:
                finish(w)
            shown = inspected(pot, os.path.join(path, "blocks.gguf"))
            same = scores(pot, os.path.join(path, "plain.gguf"), ids) == scores(pot, os.path.join(path, "blocks.gguf"), ids)
        print(f"deepseek_v3 with keys of {still} in {kind}: {'the same bits as dequantized F32' if same else 'OTHER BITS'}")
        bad += not same or len(shown) != 64
    return bad


def small(kind, n, rng):
    """Blocks whose elements are about as large as those of real weights."""
    b = quants.blocks(kind, n, rng)
    for at, scale in zip(quants.TYPES[kind], (0.002, -0.004)):
        b[:, at:at + 2] = np.frombuffer(np.full(n, scale, np.float16).tobytes(), np.uint8).reshape(n, 2)
    if kind == "IQ1_M":
        h = int(np.float16(0.01).view(np.uint16))
        for i, at in enumerate((49, 51, 53, 55)):
            b[:, at] = b[:, at] & 15 | ((h >> 4 * i) & 15) << 4
    if kind == "MXFP4":
        b[:, 0] = 120
    if kind in ("F32", "BF16", "F16"):
        x = torch.from_numpy(rng.standard_normal(n).astype(np.float32) * 0.05)
        b = x.to({"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}[kind]).view(torch.uint8).numpy()
    return b


def dirs(args):
    bad = 0
    for path in args.dirs:
        c = transformers.AutoConfig.from_pretrained(path)
        if c.model_type not in NAMES:
            continue
        r = random.Random(path)
        ids = [r.randrange(c.vocab_size) for _ in range(min(300, first(c, "max_position_embeddings", "n_positions")))]
        wrong = compare(args.pot, path, ids, path)
        print(f"{path}: {len(ids)} ids, {'OTHER BITS' if wrong else 'the same bits'} whole, split and fused")
        bad += wrong
    return bad


def worth(name, seed):
    """The number of weights of a model with more than one layer, if phi3 with two lists of factors; else very many."""
    model, options, _ = build(name, seed)
    layers = first(model.config, "num_hidden_layers", "n_layer")
    good = layers > 1 and (name != "phi3" or options.get("rope_scaling"))
    if name.startswith("deepseek"):
        good = 0 < options["first_k_dense_replace"] < layers and options["n_group"] > 1
    return sum(p.numel() for p in model.parameters()) if good else 1 << 40


def record(args):
    """Of each architecture the smallest model in BF16; of the plain ones also in F16."""
    for name in [args.arch] if args.arch else PLAIN:
        for kind in (1, 2) if name in ("llama", "gpt2", "gpt_neox", "qwen2", "phi") else (2,):
            seed = min(range(kind, 36, 3), key=lambda s: worth(name, s))
            model, options, r = build(name, seed)
            path = os.path.join(args.dir, f"{name}-{seed}")
            model.save_pretrained(path)
            os.remove(os.path.join(path, "generation_config.json"))
            convert(path, os.path.join(path, "copy.gguf"), fuse=name == "deepseek_v3", old=name == "deepseek_v2")
            with open(os.path.join(path, "golden.json"), "w") as f:
                json.dump(dict(origin="tools/oracle/gguf_models.py", ids=oracle.sample(model, options, r)), f)
                f.write("\n")
    return 0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(required=True)
    for name, run, words in (("live", live, ["pot"]), ("dirs", dirs, ["pot", "dirs"]), ("record", record, ["dir"]),
                             ("convert", lambda a: convert(a.dir, a.file), ["dir", "file"])):
        a = sub.add_parser(name)
        for word in words:
            a.add_argument(word, **(dict(nargs="+") if word == "dirs" else {}))
        if name == "live":
            a.add_argument("--count", type=int, default=12)
        if name in ("live", "record"):
            a.add_argument("--arch", choices=PLAIN)
        a.set_defaults(run=run)
    args = p.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    sys.exit(bool(args.run(args)))


if __name__ == "__main__":
    main()
