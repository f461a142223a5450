"""Sample short stories from the public stories260K model: the story part of the zoo's corpus."""
import argparse
import json
import pathlib

import torch
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

BATCH = 256
LENGTH = 300  # tokens of the small model, about 700 characters
TEMPERATURE = 0.8
BOS, EOS = 1, 2  # its markers; either one ends a story


def whole_sentences(text):
    """Cut an unfinished story after its last full sentence."""
    end = max(text.rfind(mark) for mark in ('.', '!', '?', '"'))
    return text[:end + 1].strip()


def sample(model, seed):
    """Token ids of one batch of stories."""
    torch.manual_seed(seed)
    start = torch.full((BATCH, 1), BOS)
    with torch.inference_mode():
        return model.generate(start, attention_mask=torch.ones_like(start), do_sample=True,
                              temperature=TEMPERATURE, top_k=0, max_new_tokens=LENGTH,
                              eos_token_id=[BOS, EOS], pad_token_id=0)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('model', help='directory of stories260K in Hugging Face form')
    args.add_argument('out', type=pathlib.Path, help='file to write, one JSON string per line')
    args.add_argument('--count', type=int, default=8192)
    args = args.parse_args()

    torch.set_num_threads(2)
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=f'{args.model}/tokenizer.json')
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32).eval()
    with args.out.open('w') as out:
        for seed in range(args.count // BATCH):
            for ids in sample(model, seed):
                text = whole_sentences(tokenizer.decode(ids, skip_special_tokens=True))
                out.write(json.dumps(text) + '\n')


if __name__ == '__main__':
    main()
