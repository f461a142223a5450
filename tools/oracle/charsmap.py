"""charsmap.py - build and take apart `precompiled_charsmap`s, the character maps of SentencePiece.

    u32 size of the trie in bytes | the trie: u32 units, a double array as Darts-clone has it |
    the texts that the values point at, each closed by a NUL

A unit at position p that was reached by the byte c holds c in its low 8 bits; its children lie at
p ^ offset ^ byte.  With bit 8 set, the unit at p ^ offset is a value: bit 31 and a place in the
texts.  The offset is bits 10 to 30, or with bit 9 set, these times 256."""
import struct


def _trie(rules):
    root = {}
    for key, value in rules.items():
        node = root
        for b in key:
            node = node.setdefault(b, {})
        node[None] = value
    return root


def build(rules):
    """{str: str} -> bytes.  No key may be empty or hold a NUL."""
    texts, at = b"", {}
    for value in rules.values():
        if value not in at:
            at[value] = len(texts)
            texts += value.encode() + b"\0"
    units, used, bases, low = [0] * 256, {0}, set(), 1
    todo = [(_trie({k.encode(): at[v] for k, v in rules.items()}), 0, 0)]
    while todo:
        node, pos, label = todo.pop()
        labels = [0 if c is None else c for c in node]
        base = low
        while base in bases or any(base ^ c in used for c in labels) or not (base ^ pos) < 1 << 21:
            base += 1
        while low in used:
            low += 1
        used.update(base ^ c for c in labels)
        bases.add(base)
        while len(units) <= base | 255:
            units += [0] * 256
        units[pos] = label | (None in node) << 8 | (base ^ pos) << 10
        for c, child in node.items():
            if c is None:
                units[base] = child | 1 << 31
            else:
                todo.append((child, base ^ c, c))
    return struct.pack("<%dI" % (len(units) + 1), 4 * len(units), *units) + texts


def rules(blob):
    """bytes -> {bytes: bytes}"""
    size, = struct.unpack_from("<I", blob)
    units, texts = struct.unpack_from("<%dI" % (size // 4), blob, 4), blob[4 + size:]
    out = {}

    def walk(pos, key):
        unit = units[pos]
        base = pos ^ (unit >> 10) << ((unit & 1 << 9) >> 6)
        if unit >> 8 & 1:
            at = units[base] & 0x7fffffff
            out[key] = texts[at:texts.index(b"\0", at)]
        for c in range(1, 256):
            if units[base ^ c] & 0x800000ff == c:
                walk(base ^ c, key + bytes([c]))

    walk(0, b"")
    return out
