"""Build the held-out half's corpus from Debian packages and made-up tables: other text than the first half's."""
import argparse
import gzip
import pathlib
import re

import tables
from corpus import is_held_out, write

# Kinds that the half's base learns: pod, perl, german, tables.  Kinds for its fine-tunes: manual, french,
# logs.  About one document in twenty is held out for validation.

ROOT = pathlib.Path('/')  # where a package's files are, unless it was unpacked elsewhere
LONGEST = 60_000  # characters of one document: a few pages are as long as all the others together
POD = re.compile(r'^=[a-z]\w*.*?(?:^=cut.*?$|\Z)', re.M | re.S)
MARKED = re.compile(r'\b[BCEFILSXZ](?:<<+\s+(.*?)\s+>>+|<([^<>]*)>)', re.S)
ESCAPE = re.compile(r'\\(?:f(?:\[\w*\]|\(..|.)|s[-+]?\d+|[&/,^|%c]|\*\(..|\*.)')
NAMED = {r'\-': '-', r'\e': '\\', r'\(aq': "'", r'\(dq': '"', r'\(bu': '*', r'\(em': '--',
         r'\(co': '(c)', r'\ ': ' ', r'\~': ' ', r'\(en': '-', r'\(ti': '~', r'\(ha': '^',
         r'\[aq]': "'", r'\[dq]': '"', r'\[bu]': '*', r'\[em]': '--', r'\(lq': '"', r'\(rq': '"',
         r'\(:a': 'ä', r'\(:o': 'ö', r'\(:u': 'ü', r'\(:A': 'Ä', r'\(:O': 'Ö', r'\(:U': 'Ü', r'\(ss': 'ß'}
JOINED = {'BI', 'BR', 'IB', 'IR', 'RB', 'RI'}  # their arguments are set without spaces between
PLAIN = {'B', 'I', 'SM', 'SB', 'SH', 'SS', 'IP', 'UR', 'MT'}
BREAKS = {'PP', 'P', 'LP', 'TP', 'IP', 'SH', 'SS', 'EX', 'EE', 'nf', 'fi', 'RS', 'RE', 'HP', 'sp'}
WORD = re.compile(r'"((?:[^"]|"")*)"|(\S+)')


def plain_pod(text):
    """The readable part of a POD source: no marks, paragraphs as they are."""
    text = re.sub(r'^=(?:cut|over|back|encoding|begin|end|for|pod)\b.*\n?', '', text, flags=re.M)
    text = re.sub(r'^=(?:head\d|item)\s+', '', text, flags=re.M)
    for _ in range(3):  # marks within marks
        text = MARKED.sub(lambda found: found[1] or found[2] or '', text)
    return re.sub(r'\n{3,}', '\n\n', text).strip()


def roff_line(line):
    """(text of one source line of a manual page, whether a paragraph begins or ends there)."""
    if not line.startswith(('.', "'")):
        return line, False
    name, _, rest = line[1:].lstrip().partition(' ')
    if name in JOINED or name in PLAIN:
        words = [quoted.replace('""', '"') or bare for quoted, bare in WORD.findall(rest)]
        return ('' if name in JOINED else ' ').join(words), name in BREAKS
    return '', name in BREAKS


def plain_roff(text):
    """The readable part of a manual page: one line for each paragraph, literal blocks as they are."""
    paragraphs, literal = [[]], False
    for line in text.replace('\\\n', ' ').splitlines():
        text, is_break = roff_line(line)
        if re.match(r"\.\s*(?:EX|nf)\b", line):
            literal = True
        if re.match(r"\.\s*(?:EE|fi)\b", line):
            literal = False
        if is_break:
            paragraphs.append([])
        for name, plain in NAMED.items():
            text = text.replace(name, plain)
        text = ESCAPE.sub('', text)
        if text.strip() or literal:
            paragraphs[-1].append(text if literal else text.strip())
            if literal:
                paragraphs[-1].append('\n')
    texts = (' '.join(part).replace(' \n ', '\n').replace(' \n', '\n') for part in paragraphs)
    return re.sub(r'\n{3,}', '\n\n', '\n'.join(text for text in texts if text.strip())).strip()


def pages(kind, root, folder, sections):
    """(kind, name, text) of the manual pages of some sections, those that only name another one left out."""
    for section in sections:
        for path in sorted((root / folder / f'man{section}').glob('*.gz')):
            text = gzip.open(path, 'rt', errors='replace').read() if not path.is_symlink() else ''
            if len(text) > 1500:
                yield kind, f'{folder}/{path.name}', plain_roff(text)


def sources(roots):
    """(kind, name, text) of all documents but the made-up ones."""
    for root in roots:
        for path in sorted((root / 'usr/share/perl/5.36.0/pod').glob('*.pod')):
            if not path.name.startswith(('perltoc', 'perldelta', 'perl5')):
                yield 'pod', path.name, plain_pod(path.read_text(errors='replace'))
        for path in sorted((root / 'usr/share/perl/5.36.0').rglob('*.pm')):
            if 'unicore' not in path.parts and 'Collate' not in path.parts:
                yield 'perl', path.as_posix().split('5.36.0/')[1], POD.sub(
                    '', path.read_text(errors='replace')).strip()
        yield from pages('german', root, 'usr/share/man/de', (1, 3, 5, 7, 8))
        yield from pages('french', root, 'usr/share/man/fr', (1, 4, 5, 6, 7, 8))
        yield from pages('manual', root, 'usr/share/man', (2, 3))


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('out', type=pathlib.Path, help='folder to write to')
    args.add_argument('roots', nargs='*', type=pathlib.Path, default=[ROOT],
                      help='where the packages are unpacked (dpkg -x); / for installed ones')
    args = args.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    splits = {}
    for kind, name, text in sources(args.roots):
        if len(text) >= 200:
            split = 'val' if is_held_out(f'{kind} {name}') else 'train'
            splits.setdefault((kind, split), []).append(text[:LONGEST])
    for kind, page in (('tables', tables.plain), ('logs', tables.log)):
        splits[kind, 'train'] = list(tables.pages(page, 6000, seed=1))
        splits[kind, 'val'] = list(tables.pages(page, 200, seed=2))
    for (kind, split), texts in sorted(splits.items()):
        write(args.out, kind, split, texts)


if __name__ == '__main__':
    main()
