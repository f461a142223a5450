/* config.json: a refusal, with its JSON path, of everything that changes the mathematics and is
 * not built in; and what is accepted although it looks like that. */
#define _GNU_SOURCE
#include "test_config.h"

#define FORMAT      POT_E_FORMAT
#define UNSUPPORTED POT_E_UNSUPPORTED

/* The least config with some members set; NULL removes one. */
static const struct {
    const char *family, *members;
    pot_status status;
    const char *place, *why;
} rejects[] = {
    /* the architecture */
    {"llama", "{'model_type':null}", FORMAT, "model_type", "missing; a string"},
    {"llama", "{'model_type':7}", FORMAT, "model_type", "a string is expected"},
    {"llama", "{'model_type':'bert'}", UNSUPPORTED, "model_type",
     "gpt2 gpt_neo gpt_neox opt llama"},
    {"llama", "{'model_type':'gemma3n'}", UNSUPPORTED, "model_type", "\"gemma3n\" is not built in"},
    {"llama", "{'model_type':'Llama'}", UNSUPPORTED, "model_type", "\"Llama\" is not built in"},
    {"llama", "{'model_type':''}", UNSUPPORTED, "model_type", "\"\" is not built in"},
    {"gpt2", "{'pruned_heads':{'1':[0]}}", UNSUPPORTED, "pruned_heads", "pruned heads"},
    {"llama", "{'is_encoder_decoder':true}", UNSUPPORTED, "is_encoder_decoder", "only decoders"},
    {"llama", "{'is_encoder_decoder':1}", FORMAT, "is_encoder_decoder", "true or false"},
    {"gpt2", "{'add_cross_attention':true}", UNSUPPORTED, "add_cross_attention", "only decoders"},
    {"llama", "{'tie_word_embeddings':'yes'}", FORMAT, "tie_word_embeddings", "true or false"},

    /* sizes */
    {"llama", "{'vocab_size':null}", FORMAT, "vocab_size", "missing; an integer"},
    {"llama", "{'vocab_size':0}", FORMAT, "vocab_size", "from 1 to 16777216"},
    {"llama", "{'vocab_size':-1}", FORMAT, "vocab_size", "an integer from 0"},
    {"llama", "{'vocab_size':16777217}", FORMAT, "vocab_size", "from 1 to 16777216"},
    {"llama", "{'vocab_size':4294967392}", FORMAT, "vocab_size", "an integer from 0"},
    {"llama", "{'vocab_size':96.0}", FORMAT, "vocab_size", "an integer from 0"},
    {"llama", "{'vocab_size':'96'}", FORMAT, "vocab_size", "an integer from 0"},
    {"llama", "{'hidden_size':0}", FORMAT, "hidden_size", "from 1 to 1048576"},
    {"llama", "{'hidden_size':1048577}", FORMAT, "hidden_size", "from 1 to 1048576"},
    {"llama", "{'num_hidden_layers':0}", FORMAT, "num_hidden_layers", "from 1 to 10000"},
    {"llama", "{'num_hidden_layers':10001}", FORMAT, "num_hidden_layers", "from 1 to 10000"},
    {"llama", "{'num_attention_heads':0}", FORMAT, "num_attention_heads", "from 1 to"},
    {"llama", "{'num_attention_heads':5}", FORMAT, "num_attention_heads", "do not divide"},
    {"llama", "{'num_attention_heads':1048576}", FORMAT, "num_attention_heads", "do not divide"},
    {"gpt2", "{'n_head':7}", FORMAT, "n_head", "48 dimensions do not divide into 7 heads"},
    {"llama", "{'num_key_value_heads':0}", FORMAT, "num_key_value_heads", "from 1 to 6"},
    {"llama", "{'num_key_value_heads':4}", FORMAT, "num_key_value_heads", "cannot share 4"},
    {"llama", "{'num_key_value_heads':7}", FORMAT, "num_key_value_heads", "from 1 to 6"},
    {"mistral", "{'num_attention_heads':4}", FORMAT, "num_key_value_heads", "cannot share 8"},
    {"llama", "{'head_dim':0}", FORMAT, "head_dim", "from 1 to 174762"},
    {"llama", "{'head_dim':174763}", FORMAT, "head_dim", "from 1 to 174762"},
    {"llama", "{'head_dim':'8'}", FORMAT, "head_dim", "an integer"},
    {"gpt_neox", "{'head_dim':4}", UNSUPPORTED, "head_dim", "hidden size / heads = 8"},
    {"gpt_neox", "{'head_dim':'8'}", UNSUPPORTED, "head_dim", "hidden size / heads = 8"},
    {"llama", "{'intermediate_size':null}", FORMAT, "intermediate_size", "missing"},
    {"llama", "{'intermediate_size':0}", FORMAT, "intermediate_size", "from 1 to"},
    {"gpt2", "{'n_inner':0}", FORMAT, "n_inner", "from 1 to"},
    {"llama", "{'max_position_embeddings':0}", FORMAT, "max_position_embeddings", "from 1 to"},
    {"opt", "{'word_embed_proj_dim':0}", FORMAT, "word_embed_proj_dim", "from 1 to 1048576"},
    {"opt", "{'word_embed_proj_dim':4294967295}", FORMAT, "word_embed_proj_dim", "from 1 to"},

    {"gpt2", "{'num_attention_heads':3}", UNSUPPORTED, "num_attention_heads", "3 contradicts 6"},
    {"gpt2", "{'hidden_size':96}", UNSUPPORTED, "hidden_size", "96 contradicts 48"},
    {"gpt_neo", "{'num_hidden_layers':2}", UNSUPPORTED, "num_hidden_layers", "2 contradicts 4"},
    {"gpt2", "{'max_position_embeddings':128}", UNSUPPORTED, "max_position_embeddings", "128"},
    {"gpt2", "{'num_attention_heads':'6'}", FORMAT, "num_attention_heads", "a number"},

    /* activations and norms */
    {"llama", "{'hidden_act':'relu2'}", UNSUPPORTED, "hidden_act", "\"relu2\" is not built in"},
    {"gpt2", "{'activation_function':'gelu_10'}", UNSUPPORTED, "activation_function", "gelu_10"},
    {"llama", "{'hidden_act':['silu']}", FORMAT, "hidden_act", "a string"},
    {"llama", "{'rms_norm_eps':0}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':-1e-6}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':1}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':1e300}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':1e-60}", FORMAT, "rms_norm_eps", "a small positive number"},
    {"llama", "{'rms_norm_eps':'1e-6'}", FORMAT, "rms_norm_eps", "a number"},
    {"gpt2", "{'layer_norm_epsilon':'nan'}", FORMAT, "layer_norm_epsilon", "a number"},

    /* rotation: the forms of both versions, and contradictions between them */
    {"llama", "{'rope_scaling':{'type':'ntk','factor':2.0}}", UNSUPPORTED, "rope_scaling",
     "\"ntk\" is not built in"},
    {"llama", "{'rope_scaling':{'type':'su','short_factor':[],'long_factor':[]}}", UNSUPPORTED,
     "rope_scaling", "\"su\""},
    {"llama", "{'rope_scaling':{}}", FORMAT, "rope_scaling", "neither rope_type nor type"},
    {"llama", "{'rope_scaling':{'factor':2.0}}", FORMAT, "rope_scaling", "neither rope_type"},
    {"llama", "{'rope_scaling':'linear'}", FORMAT, "rope_scaling", ""},
    {"llama", "{'rope_scaling':{'type':'linear'}}", FORMAT, "rope_scaling.factor", "missing"},
    {"llama", "{'rope_scaling':{'type':'linear','factor':0}}", FORMAT, "rope_scaling.factor",
     "from 0.001"},
    {"llama", "{'rope_scaling':{'type':'linear','factor':1e300}}", FORMAT, "rope_scaling.factor",
     "to 1e+06"},
    {"llama", "{'rope_scaling':{'type':'linear','factor':'2'}}", FORMAT, "rope_scaling.factor",
     "a number"},
    {"llama", "{'rope_scaling':{'type':'dynamic','factor':0.5}}", UNSUPPORTED, "rope_scaling",
     "a factor from 1"},
    {"llama", "{'head_dim':2,'rope_scaling':{'type':'dynamic','factor':2.0}}", UNSUPPORTED,
     "rope_scaling", "more than one pair"},
    {"llama",
     "{'rope_scaling':{'rope_type':'llama3','factor':8.0,'low_freq_factor':1.0,"
     "'high_freq_factor':4.0}}",
     FORMAT, "rope_scaling", "original_max_position_embeddings: missing"},
    {"llama",
     "{'rope_scaling':{'rope_type':'llama3','factor':8.0,'low_freq_factor':4.0,"
     "'high_freq_factor':4.0,'original_max_position_embeddings':32}}",
     FORMAT, "rope_scaling", "low_freq_factor below high_freq_factor"},
    {"llama",
     "{'rope_scaling':{'rope_type':'llama3','factor':8.0,'low_freq_factor':0,"
     "'high_freq_factor':4.0,'original_max_position_embeddings':32}}",
     FORMAT, "rope_scaling.low_freq_factor", "a number from"},
    {"llama",
     "{'original_max_position_embeddings':16,'rope_scaling':{'rope_type':'llama3',"
     "'factor':8.0,'low_freq_factor':1,'high_freq_factor':4.0,"
     "'original_max_position_embeddings':32}}",
     UNSUPPORTED, "rope_scaling.original_max_position_embeddings", "32 positions contradict 16"},
    {"llama", "{'rope_scaling':{'rope_type':'yarn'}}", FORMAT, "rope_scaling.factor", "missing"},
    {"llama", "{'rope_theta':1,'rope_scaling':{'rope_type':'yarn','factor':2}}", UNSUPPORTED,
     "rope_scaling", "a rope base above 1"},
    {"llama", "{'rope_scaling':{'rope_type':'yarn','factor':2,'beta_fast':-1}}", FORMAT,
     "rope_scaling.beta_fast", "from 0"},
    {"llama", "{'rope_scaling':{'rope_type':'yarn','factor':2,'attention_factor':0}}", FORMAT,
     "rope_scaling.attention_factor", "above 0"},
    {"llama", "{'rope_scaling':{'rope_type':'yarn','factor':2,'truncate':0}}", FORMAT,
     "rope_scaling.truncate", "true or false"},
    {"llama", "{'original_max_position_embeddings':32,'rope_scaling':{'type':'yarn','factor':2}}",
     UNSUPPORTED, "rope_scaling", "64 positions contradict 32"},
    {"llama",
     "{'rope_scaling':{'rope_type':'yarn','factor':2,"
     "'original_max_position_embeddings':1}}",
     FORMAT, "rope_scaling.original_max_position_embeddings", "at least 2"},
    {"phi", "{'rope_scaling':{'type':'longrope'}}", FORMAT, "rope_scaling.short_factor", "missing"},
    {"phi", "{'rope_scaling':{'type':'longrope','short_factor':[1],'long_factor':[1,2]}}", FORMAT,
     "rope_scaling.short_factor", "1 factors for 2 pairs"},
    {"phi", "{'rope_scaling':{'type':'longrope','short_factor':[1,2],'long_factor':[1,0]}}", FORMAT,
     "rope_scaling.long_factor[1]", "from 0.001"},
    {"phi", "{'rope_scaling':{'type':'longrope','short_factor':[1,'2'],'long_factor':[1,1]}}",
     FORMAT, "rope_scaling.short_factor[1]", "from 0.001"},
    {"phi",
     "{'original_max_position_embeddings':32,'rope_scaling':{'type':'longrope','factor':4,"
     "'short_factor':[1,2],'long_factor':[1,1]}}",
     UNSUPPORTED, "rope_scaling.factor", "4 contradicts the ratio"},
    {"phi",
     "{'rope_scaling':{'type':'longrope','original_max_position_embeddings':32,"
     "'short_factor':[1,2],'long_factor':[1,1]}}",
     UNSUPPORTED, "rope_scaling.original_max_position_embeddings", "32 positions contradict 64"},
    {"llama", "{'rope_scaling':{'type':'linear','rope_type':'default'}}", UNSUPPORTED,
     "rope_scaling", "contradicts type \"linear\""},
    {"llama", "{'rope_scaling':{'type':2}}", FORMAT, "rope_scaling.type", "a string"},
    {"llama", "{'rope_parameters':{'rope_type':'proportional','rope_theta':1e4}}", UNSUPPORTED,
     "rope_parameters", "\"proportional\""},
    {"llama",
     "{'rope_scaling':{'type':'linear','factor':2},'rope_parameters':{'rope_type':"
     "'default','rope_theta':1e4}}",
     UNSUPPORTED, "rope_scaling", "contradicts rope_parameters"},
    {"llama", "{'rope_parameters':{'rope_type':'default'}}", FORMAT, "rope_parameters.rope_theta",
     "missing"},
    {"llama", "{'rope_parameters':{'rope_theta':0.5}}", FORMAT, "rope_parameters.rope_theta",
     "from 1 to 1e15"},
    {"llama", "{'rope_theta':0}", FORMAT, "rope_theta", "from 1 to 1e15"},
    {"llama", "{'rope_theta':1e16}", FORMAT, "rope_theta", "from 1 to 1e15"},
    {"gpt_neox", "{'rotary_emb_base':-1}", FORMAT, "rotary_emb_base", "from 1 to 1e15"},
    {"llama", "{'rope_theta':'10000'}", FORMAT, "rope_theta", "a number"},
    {"llama", "{'rope_theta':5e3,'rope_parameters':{'rope_theta':1e4}}", UNSUPPORTED, "rope_theta",
     "5000 contradicts 10000"},
    {"llama", "{'rope_theta':5e3,'rope_scaling':{'type':'default','rope_theta':1e4}}", UNSUPPORTED,
     "rope_scaling.rope_theta", "10000 contradicts 5000"},
    {"gpt_neox", "{'rope_theta':500}", UNSUPPORTED, "rope_theta", "500 contradicts 10000"},
    {"gpt_neox", "{'partial_rotary_factor':1.0}", UNSUPPORTED, "partial_rotary_factor",
     "1 contradicts 0.25"},
    {"gpt_neox",
     "{'rotary_pct':0.5,'rope_parameters':{'rope_theta':1e4,'partial_rotary_factor':1}}",
     UNSUPPORTED, "rotary_pct", "0.5 contradicts 1"},
    {"llama", "{'partial_rotary_factor':0.5}", UNSUPPORTED, "partial_rotary_factor",
     "factor of 0.5"},
    {"llama", "{'rope_parameters':{'rope_theta':1e4,'partial_rotary_factor':0.5}}", UNSUPPORTED,
     "rope_parameters.partial_rotary_factor", "factor of 0.5"},
    {"gpt_neox", "{'rotary_pct':0}", UNSUPPORTED, "rotary_pct", "factor of 0"},
    {"gpt_neox", "{'rotary_pct':1.5}", UNSUPPORTED, "rotary_pct", "factor of 1.5"},
    {"gpt_neox", "{'rotary_pct':0.1}", UNSUPPORTED, "rotary_pct", "0 rotated dimensions"},
    {"gpt_neox", "{'rotary_pct':0.4}", UNSUPPORTED, "rotary_pct", "3 rotated dimensions"},
    {"phi", "{'head_dim':6}", UNSUPPORTED, "partial_rotary_factor", "3 rotated dimensions"},

    /* windows */
    {"mistral", "{'sliding_window':0}", FORMAT, "sliding_window", "at least one key"},
    {"mistral", "{'sliding_window':-1}", FORMAT, "sliding_window", "an integer"},
    {"mistral", "{'sliding_window':[1]}", FORMAT, "sliding_window", "an integer"},
    {"qwen2", "{'use_sliding_window':true,'sliding_window':0}", FORMAT, "sliding_window",
     "one key"},
    {"qwen2", "{'use_sliding_window':'no'}", FORMAT, "use_sliding_window", "true or false"},
    {"qwen2", "{'layer_types':['full_attention']}", FORMAT, "layer_types", "1 entries for 30"},
    {"qwen2", "{'num_hidden_layers':1,'layer_types':['chunked_attention']}", UNSUPPORTED,
     "layer_types[0]", "is expected"},
    {"qwen2", "{'num_hidden_layers':2,'layer_types':['full_attention',7]}", UNSUPPORTED,
     "layer_types[1]", "is expected"},
    {"qwen2", "{'num_hidden_layers':1,'layer_types':['sliding_attention']}", FORMAT,
     "layer_types[0]", "without sliding_window"},
    {"qwen2", "{'num_hidden_layers':1,'layer_types':'full_attention'}", FORMAT, "layer_types",
     "an array"},
    {"gemma2", "{'sliding_window':null}", FORMAT, "", "without sliding_window"},
    {"gemma2", "{'sliding_window_pattern':0}", FORMAT, "sliding_window_pattern", "at least 1"},
    {"cohere2",
     "{'sliding_window_pattern':2,'num_hidden_layers':2,'layer_types':"
     "['full_attention','sliding_attention']}",
     UNSUPPORTED, "sliding_window_pattern", "contradicts layer_types"},
    {"cohere2", "{'layer_types':['chunked_attention']}", FORMAT, "layer_types", "1 entries for 5"},
    {"smollm3", "{'no_rope_layers':[1]}", FORMAT, "no_rope_layers", "1 entries for 5"},
    {"smollm3", "{'no_rope_layers':[1,1,1,1,2]}", FORMAT, "no_rope_layers[4]", "0 or 1"},
    {"smollm3", "{'no_rope_layers':[1,1,1,true,1]}", FORMAT, "no_rope_layers[3]", "0 or 1"},
    {"smollm3", "{'no_rope_layer_interval':0}", FORMAT, "no_rope_layer_interval", "at least 1"},

    /* numbers and words of the families since llama */
    {"gemma2", "{'attn_logit_softcapping':0}", FORMAT, "attn_logit_softcapping", "from 1e-6"},
    {"gemma2", "{'final_logit_softcapping':-30}", FORMAT, "final_logit_softcapping", "from 1e-6"},
    {"gemma2", "{'final_logit_softcapping':'30'}", FORMAT, "final_logit_softcapping", "a number"},
    {"gemma2", "{'query_pre_attn_scalar':0}", FORMAT, "query_pre_attn_scalar", "from 1e-6"},
    {"gemma2", "{'hidden_act':'silu'}", UNSUPPORTED, "hidden_act", "contradicts hidden_activation"},
    {"gemma", "{'hidden_act':'silu','hidden_activation':'gelu_pytorch_tanh'}", UNSUPPORTED,
     "hidden_activation", "contradicts hidden_act"},
    {"gemma", "{'hidden_activation':'relu9'}", UNSUPPORTED, "hidden_activation", "relu9"},
    {"gemma", "{'head_dim':null}", FORMAT, "head_dim", "missing"},
    {"gemma", "{'use_bidirectional_attention':true}", UNSUPPORTED, "use_bidirectional_attention",
     "only decoders"},
    {"gemma3_text", "{'attn_logit_softcapping':50.0}", UNSUPPORTED, "attn_logit_softcapping",
     "transformers ignore this"},
    {"gemma3_text", "{'rope_parameters':{'rope_theta':1e6,'rope_type':'default'}}", FORMAT,
     "rope_parameters.sliding_attention", "missing"},
    {"gemma3_text", "{'rope_parameters':{'sliding_attention':{'rope_theta':1e4}}}", FORMAT,
     "rope_parameters.full_attention", "missing"},
    {"gemma3_text",
     "{'rope_local_base_freq':100,'rope_parameters':{'full_attention':"
     "{'rope_theta':1e6},'sliding_attention':{'rope_theta':1e4}}}",
     UNSUPPORTED, "rope_local_base_freq", "100 contradicts 10000"},
    {"gemma3_text", "{'rope_local_base_freq':0}", FORMAT, "rope_local_base_freq", "from 1 to"},
    {"gemma3", "{'text_config':null}", FORMAT, "text_config", "missing"},
    {"gemma3", "{'text_config':{'vocab_size':null}}", FORMAT, "text_config.vocab_size", "missing"},
    {"gemma3", "{'text_config':{'final_logit_softcapping':30.0}}", UNSUPPORTED,
     "text_config.final_logit_softcapping", "transformers ignore this"},
    {"gemma3", "{'tie_word_embeddings':false}", UNSUPPORTED, "tie_word_embeddings",
     "contradicts text_config"},
    {"gemma3", "{'text_config':{'use_bidirectional_attention':true}}", UNSUPPORTED,
     "text_config.use_bidirectional_attention", "only decoders"},
    {"olmo", "{'clip_qkv':0}", FORMAT, "clip_qkv", "from 1e-6"},
    {"granite", "{'logits_scaling':0}", FORMAT, "logits_scaling", "from 1e-20"},
    {"granite", "{'residual_multiplier':-1}", FORMAT, "residual_multiplier", "from 1e-20"},
    {"granite", "{'attention_multiplier':'1'}", FORMAT, "attention_multiplier", "a number"},
    {"cohere", "{'rope_theta':null}", FORMAT, "rope_theta", "missing"},
    {"stablelm", "{'head_dim':4}", UNSUPPORTED, "head_dim", "hidden size / heads"},
    {"stablelm", "{'use_parallel_residual':1}", FORMAT, "use_parallel_residual", "true or false"},
    {"mixtral", "{'num_local_experts':null}", FORMAT, "num_local_experts", "missing"},
    {"mixtral", "{'num_experts':5}", UNSUPPORTED, "num_experts", "5 contradicts 4"},
    {"mixtral", "{'num_local_experts':0}", FORMAT, "num_local_experts", "from 1 to 65536"},
    {"mixtral", "{'num_local_experts':1}", FORMAT, "num_experts_per_tok", "from 1 to 1"},
    {"mixtral", "{'num_experts_per_tok':5}", FORMAT, "num_experts_per_tok", "from 1 to 4"},
    {"mixtral", "{'num_local_experts':100,'num_experts_per_tok':65}", FORMAT, "num_experts_per_tok",
     "from 1 to 64"},
    {"gpt_oss", "{'rope_scaling':null}", FORMAT, "rope_scaling", "versions of transformers differ"},
    {"gpt_oss", "{'hidden_act':'gelu'}", UNSUPPORTED, "hidden_act", "only silu"},
    {"gpt_oss", "{'attention_bias':false}", UNSUPPORTED, "attention_bias", "only silu, true"},
    {"gpt_oss", "{'swiglu_limit':8}", UNSUPPORTED, "swiglu_limit", "only silu"},
    {"gpt_oss", "{'swiglu_alpha':1.7}", UNSUPPORTED, "swiglu_alpha", "only silu"},
    {"gpt_oss", "{'quantization_config':{'quant_method':'mxfp4'}}", FORMAT, "quantization_config",
     "48 and 80 columns of experts are not whole blocks"},
    {"gpt_oss", "{'quantization_config':{'quant_method':'fp8'}}", UNSUPPORTED,
     "quantization_config.quant_method", "only mxfp4"},
    {"gpt_oss", "{'quantization_config':{}}", FORMAT, "quantization_config.quant_method",
     "missing"},
    {"gpt_oss", "{'quantization_config':7}", FORMAT, "quantization_config", "an object"},
    {"gpt_oss", "{'quantization_config':{'quant_method':'mxfp4','bits':3}}", UNSUPPORTED,
     "quantization_config.bits", "is not known here"},
    {"gpt_oss", "{'quantization_config':{'quant_method':'mxfp4','dequantize':1}}", FORMAT,
     "quantization_config.dequantize", "true or false"},
    {"gpt_oss",
     "{'quantization_config':{'quant_method':'mxfp4','modules_to_not_convert':'lm_head'}}", FORMAT,
     "quantization_config.modules_to_not_convert", "an array"},
    {"gpt_oss",
     "{'quantization_config':{'quant_method':'mxfp4','modules_to_not_convert':"
     "['lm_head','model.layers.0.mlp.experts']}}",
     UNSUPPORTED, "quantization_config.modules_to_not_convert[1]", "may name experts"},
    {"gpt_oss",
     "{'quantization_config':{'quant_method':'mxfp4','modules_to_not_convert':['.*|lm_head']}}",
     UNSUPPORTED, "quantization_config.modules_to_not_convert[0]", "may name experts"},
    {"gpt_oss", "{'quantization_config':{'quant_method':'mxfp4','modules_to_not_convert':[null]}}",
     UNSUPPORTED, "quantization_config.modules_to_not_convert[0]", "may name experts"},
    {"mixtral", "{'quantization_config':{'quant_method':'mxfp4'}}", UNSUPPORTED,
     "quantization_config.quant_method", "\"mxfp4\" is not built in"},
    {"deepseek_v2", "{'kv_lora_rank':0}", FORMAT, "kv_lora_rank", "from 1 to"},
    {"deepseek_v2", "{'kv_lora_rank':null}", FORMAT, "kv_lora_rank", "missing"},
    {"deepseek_v2", "{'qk_rope_head_dim':3}", UNSUPPORTED, "qk_rope_head_dim",
     "3 of 11 dimensions"},
    {"deepseek_v2", "{'v_head_dim':1048576}", FORMAT, "v_head_dim", "from 1 to"},
    {"deepseek_v2", "{'num_key_value_heads':2}", UNSUPPORTED, "num_key_value_heads", "only 6"},
    {"deepseek_v2", "{'head_dim':12}", UNSUPPORTED, "head_dim", "only 4"},
    {"deepseek_v2", "{'qk_head_dim':13}", UNSUPPORTED, "qk_head_dim", "only 12"},
    {"deepseek_v2", "{'n_shared_experts':null}", FORMAT, "n_shared_experts", "missing"},
    {"deepseek_v2", "{'n_shared_experts':1048576}", FORMAT, "n_shared_experts", "from 1 to"},
    {"deepseek_v2", "{'first_k_dense_replace':null}", FORMAT, "first_k_dense_replace", "missing"},
    {"deepseek_v2", "{'routed_scaling_factor':0}", FORMAT, "routed_scaling_factor", "from 1e-6"},
    {"deepseek_v2", "{'moe_layer_freq':2}", UNSUPPORTED, "moe_layer_freq", "only 1"},
    {"deepseek_v2", "{'mlp_bias':true}", UNSUPPORTED, "mlp_bias", "transformers ignore this"},
    {"deepseek_v2", "{'scoring_func':'tanh'}", UNSUPPORTED, "scoring_func", "only s"},
    {"deepseek_v2", "{'topk_method':'best'}", UNSUPPORTED, "topk_method", ""},
    {"deepseek_v2", "{'rope_scaling':{'rope_type':'linear','factor':2,'mscale_all_dim':1}}",
     UNSUPPORTED, "rope_scaling", "for yarn only"},
    {"deepseek_v3", "{'kv_lora_rank':0}", FORMAT, "kv_lora_rank", "from 1 to"},
    {"deepseek_v3", "{'kv_lora_rank':null}", FORMAT, "kv_lora_rank", "missing"},
    {"deepseek_v3", "{'qk_rope_head_dim':3}", UNSUPPORTED, "qk_rope_head_dim",
     "3 of 11 dimensions"},
    {"deepseek_v3", "{'v_head_dim':1048576}", FORMAT, "v_head_dim", "from 1 to"},
    {"deepseek_v3", "{'num_key_value_heads':2}", UNSUPPORTED, "num_key_value_heads", "only 6"},
    {"deepseek_v3", "{'head_dim':12}", UNSUPPORTED, "head_dim", "only 4"},
    {"deepseek_v3", "{'qk_head_dim':13}", UNSUPPORTED, "qk_head_dim", "only 12"},
    {"deepseek_v3", "{'n_shared_experts':null}", FORMAT, "n_shared_experts", "missing"},
    {"deepseek_v3", "{'n_shared_experts':1048576}", FORMAT, "n_shared_experts", "from 1 to"},
    {"deepseek_v3", "{'first_k_dense_replace':null}", FORMAT, "first_k_dense_replace", "missing"},
    {"deepseek_v3", "{'routed_scaling_factor':0}", FORMAT, "routed_scaling_factor", "from 1e-6"},
    {"deepseek_v3", "{'moe_layer_freq':2}", UNSUPPORTED, "moe_layer_freq", "only 1"},
    {"deepseek_v3", "{'mlp_bias':true}", UNSUPPORTED, "mlp_bias", "transformers ignore this"},
    {"deepseek_v3", "{'scoring_func':'tanh'}", UNSUPPORTED, "scoring_func", "only s"},
    {"deepseek_v3", "{'topk_method':'best'}", UNSUPPORTED, "topk_method", ""},
    {"deepseek_v3", "{'rope_scaling':{'rope_type':'linear','factor':2,'mscale_all_dim':1}}",
     UNSUPPORTED, "rope_scaling", "for yarn only"},
    {"deepseek_v2", "{'norm_topk_prob':true}", UNSUPPORTED, "norm_topk_prob",
     "transformers ignore this"},
    {"deepseek_v2", "{'topk_method':'group_limited_greedy','n_group':3}", FORMAT, "n_group",
     "do not divide"},
    {"deepseek_v3", "{'n_group':8,'topk_group':4}", FORMAT, "n_group", "at least 2"},
    {"deepseek_v3", "{'topk_group':1}", FORMAT, "n_group", "of which 1 have 3"},
    {"deepseek_v3", "{'topk_group':5}", FORMAT, "topk_group", "from 1 to 4"},
    {"deepseek_v3", "{'rope_interleave':1}", FORMAT, "rope_interleave", "true or false"},
    {"llama", "{'hidden_act':'swiglu_oai'}", UNSUPPORTED, "hidden_act", "not built in"},
    {"qwen2_moe", "{'shared_expert_intermediate_size':0}", FORMAT,
     "shared_expert_intermediate_size", "from 1 to"},
    {"qwen2_moe", "{'moe_intermediate_size':null}", FORMAT, "moe_intermediate_size", "missing"},
    {"qwen2_moe", "{'decoder_sparse_step':0}", FORMAT, "decoder_sparse_step", "at least 1"},
    {"qwen2_moe", "{'use_sliding_window':true}", UNSUPPORTED, "use_sliding_window",
     "versions of transformers ignore this"},
    {"qwen3_moe", "{'mlp_only_layers':[3]}", FORMAT, "mlp_only_layers[0]", "the number of a layer"},
    {"qwen3_moe", "{'mlp_only_layers':[0,'1']}", FORMAT, "mlp_only_layers[1]", "the number of"},
    {"qwen3_moe", "{'mlp_only_layers':1}", FORMAT, "mlp_only_layers", "an array"},
    {"qwen3_moe", "{'norm_topk_prob':1}", FORMAT, "norm_topk_prob", "true or false"},
    {"gptj", "{'rotary_dim':null}", FORMAT, "rotary_dim", "missing"},
    {"gptj", "{'rotary_dim':65}", FORMAT, "rotary_dim", "from 1 to 64"},
    {"gptj", "{'rotary_dim':3}", UNSUPPORTED, "rotary_dim", "3 of 64 dimensions"},
    {"gptj", "{'n_embd':48}", UNSUPPORTED, "rotary_dim", "64 of 8 dimensions"},
    {"gptj", "{'rope_theta':500}", UNSUPPORTED, "rope_theta", "transformers ignore this"},
    {"bloom", "{'apply_residual_connection_post_layernorm':1}", FORMAT,
     "apply_residual_connection_post_layernorm", "true or false"},
    {"gemma3_text", "{'rope_scaling':{'rope_type':'yarn','factor':2,'truncate':false}}",
     UNSUPPORTED, "rope_scaling.truncate", "versions of transformers"},
    {"olmo3", "{'rope_theta':null}", FORMAT, "rope_theta", "missing"},
    {"olmo3", "{'rope_theta':10000}", UNSUPPORTED, "rope_theta", "500000"},
    {"olmo3", "{'sliding_window_pattern':3}", UNSUPPORTED, "sliding_window_pattern",
     "transformers ignore this"},
    {"bloom", "{'hidden_size':96}", UNSUPPORTED, "hidden_size", "96 contradicts 48"},
    {"bloom", "{'n_inner':80}", UNSUPPORTED, "n_inner", "transformers ignore this"},
    {"bloom", "{'n_layer':0}", FORMAT, "n_layer", "from 1 to"},
    {"falcon", "{'new_decoder_architecture':true,'num_kv_heads':4}", FORMAT, "num_kv_heads",
     "cannot share 4"},
    {"falcon", "{'new_decoder_architecture':true,'num_kv_heads':0}", FORMAT, "num_kv_heads",
     "cannot share 0"},
    {"falcon", "{'multi_query':false,'num_kv_heads':2}", FORMAT, "num_kv_heads", "cannot share 2"},
    {"falcon", "{'new_decoder_architecture':true,'parallel_attn':false}", UNSUPPORTED,
     "parallel_attn", "contradicts new_decoder_architecture"},
    {"falcon", "{'num_ln_in_parallel_attn':2}", UNSUPPORTED, "num_ln_in_parallel_attn", "2 norms"},
    {"falcon", "{'new_decoder_architecture':true,'num_ln_in_parallel_attn':3}", UNSUPPORTED,
     "num_ln_in_parallel_attn", "3 norms"},
    {"falcon", "{'alibi':'no'}", FORMAT, "alibi", "true or false"},
    {"phi3", "{'rope_scaling':{'type':'linear','factor':2.0}}", UNSUPPORTED, "rope_scaling",
     "\"linear\" is not built in for this architecture"},
    {"phi3", "{'rope_scaling':{'type':'su','short_factor':[1,1,1],'long_factor':[1,1,1,1]}}",
     FORMAT, "rope_scaling.short_factor", "3 factors for 4 pairs"},

    {"gpt_neo", "{'attention_types':null}", FORMAT, "attention_types", "missing; an array"},
    {"gpt_neo", "{'attention_types':[]}", FORMAT, "attention_types", "0 layers of 4"},
    {"gpt_neo", "{'attention_types':[[['global'],3]]}", FORMAT, "attention_types", "3 layers of 4"},
    {"gpt_neo", "{'attention_types':[[['global'],5]]}", FORMAT, "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':[[['global'],4],[['global'],1]]}", FORMAT, "attention_types[1]",
     "fills 4"},
    {"gpt_neo", "{'attention_types':[[['global'],4611686018427387905]]}", FORMAT,
     "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':[[['global'],0]]}", FORMAT, "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':[[[],4]]}", FORMAT, "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':['global']}", FORMAT, "attention_types[0]", "fills 4"},
    {"gpt_neo", "{'attention_types':[[['global','strided'],2]]}", UNSUPPORTED, "attention_types[0]",
     "\"global\" or \"local\""},
    {"gpt_neo", "{'attention_types':[[['global',null],2]]}", UNSUPPORTED, "attention_types[0]",
     "\"global\" or \"local\""},
    {"gpt_neo", "{'window_size':0}", FORMAT, "window_size", "at least one key"},
    {"gpt_neo", "{'attention_layers':['global','global','global','local']}", UNSUPPORTED,
     "attention_layers", "contradicts attention_types"},
    {"gpt_neo", "{'attention_layers':['global','local']}", UNSUPPORTED, "attention_layers",
     "contradicts"},
    {"gpt_neo", "{'attention_layers':[1,2,3,4]}", UNSUPPORTED, "attention_layers", "contradicts"},
};

static void test_rejects(void)
{
    for (size_t i = 0; i < sizeof rejects / sizeof *rejects; i++) {
        result r = read_changed(rejects[i].family, rejects[i].members);
        if (r.s != rejects[i].status || strcmp(r.err.place, rejects[i].place) != 0 ||
            !strstr(r.err.msg, rejects[i].why)) {
            show(rejects[i].members, &r);
            exit(1);
        }
        CHECK(strcmp(r.err.file, "config.json") == 0 && !r.a.family);
        done(&r);
    }
    json_t *list = json_array();
    result r = read_json(list);
    CHECK(r.s == POT_E_FORMAT && strstr(r.err.msg, "an object is expected"));
    done(&r);
    json_decref(list);
}

/* What is accepted although it looks like the above. */
static void test_accepts(void)
{
    static const char *const good[][2] = {
        {"llama", "{'quantization_config':null,'pruned_heads':{},'is_encoder_decoder':false}"},
        {"llama", "{'rope_scaling':null,'rope_parameters':null,'partial_rotary_factor':1.0}"},
        {"llama", "{'rope_scaling':{'type':'default','rope_type':'default','rope_theta':10000}}"},
        {"llama",
         "{'rope_theta':500,'rope_parameters':{'rope_theta':500.0,'rope_type':'default'}}"},
        {"llama", "{'rope_scaling':{'type':'linear','factor':2},'rope_parameters':{'rope_type':"
                  "'linear','factor':2.0,'rope_theta':1e4}}"},
        {"llama", "{'rope_scaling':{'rope_type':'yarn','factor':2,'beta_fast':0,'mscale':0,"
                  "'attention_factor':null}}"},
        {"phi", "{'rope_parameters':{'rope_type':'longrope','original_max_position_embeddings':32,"
                "'short_factor':[1,2],'long_factor':[1,1],'rope_theta':1e4}}"},
        {"llama", "{'head_dim':2,'num_attention_heads':5}"},
        {"gemma", "{'hidden_act':'gelu','hidden_activation':'gelu_pytorch_tanh'}"},
        {"gemma2", "{'final_logit_softcapping':null,'hidden_act':'gelu_new'}"},
        {"gemma3_text", "{'attn_logit_softcapping':null,'sliding_window_pattern':1,"
                        "'sliding_window':null}"},
        {"gemma3", "{'text_config':{},'vision_config':{'hidden_size':7}}"},
        {"phi3", "{'rope_scaling':{'type':'yarn','short_factor':[1,1,1,1],'long_factor':"
                 "[1,1,1,1]},'original_max_position_embeddings':4}"},
        {"olmo", "{'clip_qkv':null}"},
        {"qwen2_moe", "{'use_sliding_window':false,'mlp_only_layers':null}"},
        {"bloom", "{'hidden_size':48,'n_head':6,'num_hidden_layers':3,'n_inner':null}"},
        {"falcon", "{'multi_query':true,'num_kv_heads':6,'parallel_attn':false}"},
        {"llama", "{'vocab_size':16777216,'max_position_embeddings':16777216}"},
        {"llama", "{'hidden_size':1048576,'num_attention_heads':1,'num_hidden_layers':10000}"},
        {"llama", "{'hidden_act':'swish','rms_norm_eps':0.5,'rope_theta':1}"},
        {"gpt_neox",
         "{'rotary_pct':1.0,'partial_rotary_factor':1,'rope_theta':7,'rotary_emb_base':7}"},
        {"gpt_neox", "{'rope_parameters':{'rope_theta':50.0},'head_dim':8}"},
        {"gpt_neo", "{'attention_layers':['global','local','global','local'],'window_size':1}"},
        {"gpt_neo", "{'attention_types':[[['global'],1],[['local'],3]]}"},
        {"qwen2", "{'use_sliding_window':false,'sliding_window':0,'num_key_value_heads':null}"},
        {"qwen2", "{'use_sliding_window':true,'sliding_window':null}"},
        {"gpt2", "{'num_attention_heads':6,'hidden_size':48,'num_hidden_layers':3}"},
        {"opt", "{'word_embed_proj_dim':null,'layer_norm_elementwise_affine':false}"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        result r = read_changed(good[i][0], good[i][1]);
        if (r.s != POT_OK || r.warn.n) show(good[i][1], &r);
        CHECK(r.s == POT_OK && r.warn.n == 0);
        done(&r);
    }
    result r = read_changed("mistral", "{'num_key_value_heads':null,'sliding_window':null}");
    CHECK(r.s == POT_OK && r.a.kv_heads == 16 && r.a.layer[0].window == 0);
    done(&r);
    r = read_changed("qwen2", "{'use_sliding_window':true,'num_hidden_layers':2,'layer_types':"
                              "['sliding_attention','full_attention']}");
    CHECK(r.s == POT_OK && windows(&r.a, (uint32_t[]){4096, 0}));
    done(&r);
    r = read_changed("qwen2", "{'use_sliding_window':true}");
    CHECK(r.s == POT_OK && r.a.layer[27].window == 0 && r.a.layer[28].window == 4096);
    done(&r);
    r = read_changed("falcon", "{'multi_query':false,'parallel_attn':false,'alibi':true}"); /* rw */
    CHECK(r.s == POT_OK && r.a.kv_heads == 6 && r.a.block == POT_SEQUENTIAL);
    CHECK(r.a.position == POT_POS_ALIBI_BF16 && r.a.layer[2].rope == POT_NO_ROPE);
    done(&r);
    r = read_changed("falcon", "{'new_decoder_architecture':true,'num_ln_in_parallel_attn':1}");
    CHECK(r.s == POT_OK && r.a.kv_heads == 6 && r.a.block == POT_PARALLEL_ONE); /* 11b */
    done(&r);
    r = read_changed("llama", "{'rope_scaling':{'type':'dynamic','factor':2.5}}");
    CHECK(r.s == POT_OK && r.a.context == 160 && r.a.rope[0].original == 64);
    CHECK(pot_rope_class(&r.a.rope[0], 64) == 0 && pot_rope_class(&r.a.rope[0], 65) == 65);
    done(&r);
    r = read_changed("phi", "{'original_max_position_embeddings':32,'rope_scaling':{'type':"
                            "'longrope','short_factor':[1,2],'long_factor':[1,4]}}");
    CHECK(r.s == POT_OK && r.a.rope[0].factor == 2 && r.a.rope[0].kind == POT_ROPE_LONG);
    CHECK(pot_rope_class(&r.a.rope[0], 32) == 0 && pot_rope_class(&r.a.rope[0], 33) == 1);
    CHECK(pot_rope_frequency(&r.a.rope[0], 1, 0) == 2 * pot_rope_frequency(&r.a.rope[0], 1, 1));
    done(&r);
    r = read_changed("opt",
                     "{'layer_norm_elementwise_affine':false,'_remove_final_layer_norm':true}");
    CHECK(r.s == POT_OK && !r.a.norm_affine && !r.a.final_norm);
    CHECK(!pot_arch_shape(&r.a, 0, POT_NORM_1).weight &&
          pot_arch_shape(&r.a, 0, POT_NORM_1).present);
    done(&r);
}

/* A key that nobody knows is one line, whatever is in its name. */
static void test_warnings(void)
{
    json_t *v = least_of("llama");
    char longest[300];
    memset(longest, 'k', 79);
    strcpy(longest + 79, "\xc3\xa9 and so on"); /* cut in the middle of a letter */
    json_object_set_new(v, "unheard_of", json_null());
    json_object_set_new(v, "two\nlines\033[2J", json_true());
    json_object_set_new(v, longest, json_true());
    json_object_set_new(v, "torch_dtype", json_string("float16"));
    result r = read_json(v);
    CHECK(r.s == POT_OK && pot_buf_status(&r.warn, NULL) == POT_OK);
    size_t lines = 0;
    for (size_t i = 0; i < r.warn.n; i++)
        lines += r.warn.p[i] == '\n';
    CHECK(lines == 3 && !strchr(r.warn.p, '\033') && !strstr(r.warn.p, "torch_dtype"));
    CHECK(strstr(r.warn.p, "the key unheard_of is not known") && strstr(r.warn.p, "two?lines?[2J"));
    json_t *text = json_string(r.warn.p); /* fit for the evidence */
    CHECK(text);
    json_decref(text);
    done(&r);
    const pot_json doc = {.v = v, .file = "config.json"};
    pot_arena_init(&r.arena, 1 << 20);
    CHECK(pot_arch_read(&r.a, &r.arena, &doc, NULL, NULL) == POT_OK); /* nobody listens */
    done(&r);
    json_decref(v);
}

int main(void)
{
    test_rejects();
    test_accepts();
    test_warnings();
    CHECK(pot_mem_used() == 0);
    return 0;
}
