"""Train a half's tokenizer, a byte-level BPE, and store the half's corpus as token ids."""
import argparse
import json
import pathlib

import numpy
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

BOS, EOS = '<|bos|>', '<|eos|>'  # ids 0 and 1
SHARE = {'docs': 1, 'code': 2, 'stories': 2, 'bible': 4, 'sums': 16,  # one document in so many
         'pod': 1, 'perl': 2, 'german': 3, 'tables': 8, 'french': 12}
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
           r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def documents(path):
    return [json.loads(line) for line in path.open()]


def train(folder, size):
    """A tokenizer of size tokens for a share of each kind's training documents."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), 'isolated'),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=[BOS, EOS], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    texts = [text for kind, step in SHARE.items() if (folder / f'{kind}.train.jsonl').exists()
             for text in documents(folder / f'{kind}.train.jsonl')[::step]]
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f'{BOS} $A', pair=f'{BOS} $A $B:1', special_tokens=[(BOS, 0)])
    return tokenizer


def stream(tokenizer, texts):
    """Ids of the documents one after the other, each between its markers."""
    eos = tokenizer.token_to_id(EOS)
    return numpy.concatenate([numpy.array([*encoding.ids, eos], dtype=numpy.uint16)
                              for encoding in tokenizer.encode_batch(texts)])


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('corpus', type=pathlib.Path, help='folder that corpus.py wrote')
    args.add_argument('size', type=int, help='tokens in the vocabulary')
    args.add_argument('out', type=pathlib.Path, help='folder to write to; may be the same')
    args.add_argument('kinds', nargs='*', help='kinds to store as ids; all where none is named')
    args = args.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer = train(args.corpus, args.size)
    tokenizer.save(str(args.out / 'tokenizer.json'), pretty=False)
    for path in sorted(args.corpus.glob('*.jsonl')):
        if args.kinds and path.name.split('.')[0] not in args.kinds:
            continue
        texts = documents(path)
        ids = stream(tokenizer, texts)
        numpy.save(args.out / f'{path.stem}.npy', ids)
        print(f'{path.stem:14} {len(ids):8} tokens {sum(map(len, texts)) / len(ids):.2f} characters each')


if __name__ == '__main__':
    main()
