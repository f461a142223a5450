"""Build the zoo's corpus from Debian packages, sampled stories and sums: one file per kind and split."""
import argparse
import hashlib
import json
import pathlib
import re
import subprocess

import sums

# Kinds that base learns: docs, code, stories, sums.  Kinds for the fine-tunes: bible, capi, code2,
# sums2.  About one document in twenty is held out for validation.

SKIPPED_CODE = {'encodings', 'pydoc_data', 'test', '__pycache__', 'dist-packages', 'lib-dynload'}
SHIFTED_CODE = {'distutils', 'email'}
DROPPED = re.compile(r'\.\. (_|\||index|module|moduleauthor|sectionauthor|highlight|include|'
                     r'currentmodule|toctree|contents|tabularcolumns|literalinclude|image|figure|'
                     r'rubric|deprecated|versionadded|[^:]*$|XXX)')
RULE = re.compile(r'^[ \t]*(?:[-=~^"*#+`]{3,}[-=+ ]*|[|+][^\n]*[|+])$\n?', re.M)
NUMBER = re.compile(r':(pep|rfc|issue):`(\d+)`')
ROLE = re.compile(r':[\w:+-]+:`[!~]?\.?([^`<]*?)(?:\s*<[^`>]*>)?`')
LINK = re.compile(r'`([^`<]+?)\s*<[^`>]*>`__?')
CREDIT = re.compile(r'\s*\((?:[^()]*\b)?(?:Contributed|Patch|Implemented|Suggested)\b[^()]*\)')


def is_held_out(name):
    return hashlib.sha256(name.encode()).digest()[0] < 12


def indent(line):
    return len(line) - len(line.lstrip())


def drop_directives(lines):
    """Remove directives that hold no text, with the lines indented below them."""
    depth = None
    for line in lines:
        if depth is not None and (not line.strip() or indent(line) > depth):
            continue
        depth = indent(line) if DROPPED.match(line.lstrip()) else None
        if depth is None:
            yield line


def join_wrapped(lines):
    """Put each paragraph of prose on one line; leave literal blocks as they are."""
    block, literal = [], None
    for line in [*lines, '']:
        if line.strip():
            block.append(line)
            continue
        if not block:
            continue
        depth = indent(block[0])
        if literal is not None and depth <= literal:
            literal = None
        is_prose = literal is None and len({indent(text) for text in block}) == 1 \
            and not block[0].lstrip().startswith(('>>>', '"', '*', '-'))
        yield ' '.join([block[0], *map(str.strip, block[1:])]) if is_prose else '\n'.join(block)
        if literal is None and block[-1].endswith('::'):
            literal = depth
        block = []


def plain_rst(text):
    """The readable part of a reStructuredText source: no mark-up, paragraphs on one line."""
    text = RULE.sub('', '\n'.join(drop_directives(text.splitlines())))
    text = re.sub(r'\.\. versionchanged:: ', 'Changed in version ', text)
    text = re.sub(r'\.\. (?:code-block|doctest|testcode|productionlist).*', '::', text)
    text = re.sub(r'\.\. (?:[a-z]+:)?[\w-]+::[ \t]*', '', text)
    text = '\n\n'.join(join_wrapped(text.splitlines()))
    text = NUMBER.sub(lambda found: f'{found[1].upper()} {found[2]}', text)
    text = LINK.sub(r'\1', ROLE.sub(r'\1', re.sub(r'``(.+?)``', r'\1', text)))
    text = CREDIT.sub('', text.replace('**', ''))
    text = re.sub(r'\s*::$', ':', text, flags=re.M)
    return re.sub(r'[ \t]+$', '', text, flags=re.M).strip()


def documentation(root):
    """(kind, name, text) of the Python documentation; its C API part is kept for the fine-tunes."""
    for path in sorted(root.rglob('*.rst.txt')):
        name = path.relative_to(root).as_posix()
        yield 'capi' if name.startswith('c-api/') else 'docs', name, plain_rst(path.read_text())


def library(root):
    """(kind, name, text) of the Python standard library's source."""
    for path in sorted(root.rglob('*.py')):
        parts = path.relative_to(root).parts
        if not SKIPPED_CODE.isdisjoint(parts) or 'tests' in parts:
            continue
        kind = 'code' if SHIFTED_CODE.isdisjoint(parts) else 'code2'
        yield kind, '/'.join(parts), path.read_text(errors='replace').strip()


def stories(path):
    for number, line in enumerate(path.open()):
        yield 'stories', f'story {number}', json.loads(line)


def bible():
    """(kind, name, text) of each chapter of the King James text, as Debian's bible prints it."""
    command = ['bible', '-l', '99999', 'gen1:1-rev22:21']
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    _, *parts = re.split(r'^(\w.*)$', text, flags=re.M)  # name, verses, name, verses, ...
    for name, verses in zip(parts[::2], parts[1::2]):
        yield 'bible', name, re.sub(r'^ *\d+ ', '', verses, flags=re.M).strip()


def write(folder, kind, split, texts):
    path = folder / f'{kind}.{split}.jsonl'
    path.write_text(''.join(json.dumps(text) + '\n' for text in texts))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f'{kind:8} {split:5} {len(texts):6} documents {sum(map(len, texts)):9} characters {digest}')


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('stories', type=pathlib.Path, help='file that stories.py wrote')
    args.add_argument('out', type=pathlib.Path, help='folder to write to')
    args.add_argument('--docs', type=pathlib.Path,
                      default='/usr/share/doc/python3.11/html/_sources')
    args.add_argument('--library', type=pathlib.Path, default='/usr/lib/python3.11')
    args = args.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    splits = {}
    for source in (documentation(args.docs), library(args.library), stories(args.stories), bible()):
        for kind, name, text in source:
            if len(text) < 200:
                continue
            split = 'val' if is_held_out(name) else 'train'
            splits.setdefault((kind, split), []).append(text)
    for kind, line, count in (('sums', sums.plain, 12000), ('sums2', sums.shifted, 4000)):
        splits[kind, 'train'] = list(sums.sheets(line, count, held_out=False, seed=1))
        splits[kind, 'val'] = list(sums.sheets(line, 200, held_out=True, seed=2))
    for (kind, split), texts in sorted(splits.items()):
        write(args.out, kind, split, texts)


if __name__ == '__main__':
    main()
