"""The ways in which a file can be spoiled."""

import functools
import io
import random
import shutil

from PIL import Image

_TEXTS = {
    "empty": b"",
    "list": b"[]",
    "null": b"null",
    "number": b"3",
    "text": b'"text"',
    "other object": b'{"a": {"b": [1, 2]}}',
    "not a number": b'{"schema": NaN, "artifacts": -Infinity}',
    "deep": b"[" * 20000,
    "long number": b'{"schema": ' + b"9" * 6000 + b"}",
    "no Unicode": b'{"schema": "\xff\xfe"}',
    "two values": b"{}{}",
    "header": b"schema,op\n",
    "words": b"op,latency_us\nconv2d,fast\n",
}
BROKEN = ("truncated", "junk", "empty", "list", "number", "deep", "folder")
"""What no JSON file can be."""
JSON = (
    "missing",
    *BROKEN,
    "null",
    "text",
    "other object",
    "not a number",
    "long number",
    "no Unicode",
    "two values",
    "loop",
)
BINARY = ("missing", "truncated", "junk", "empty", "flipped", "folder", "list")
CSV = (
    "missing",
    "truncated row",
    "junk",
    "empty",
    "folder",
    "header",
    "words",
    "no Unicode",
    "deep",
)


def of(name, kind, seed):
    """Returns a function of a folder that spoils a file in it.

    Args:
        name: Name of the file.
        kind: One of `JSON`, `BINARY` or `CSV`.
        seed: What is drawn is drawn with.
    """
    return functools.partial(_spoil, name, kind, seed)


def _spoil(name, kind, seed, room):
    path, draw = room / name, random.Random(seed)
    content = path.read_bytes()
    path.unlink()
    if kind == "missing":
        return
    if kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path.name)
    else:
        path.write_bytes(_content(kind, content, draw))


def _content(kind, content, draw):
    if kind == "truncated":
        return content[: int(len(content) * draw.uniform(0.1, 0.9))]
    if kind == "truncated row":
        return content[: content.rindex(b",")]
    if kind == "junk":
        return draw.randbytes(max(100, len(content) // 2))
    if kind == "flipped":
        middle = len(content) // 2
        flipped = bytes(b ^ 0xFF for b in content[middle : middle + 64])
        return content[:middle] + flipped + content[middle + 64 :]
    return _TEXTS[kind]


def _photos(room, **contents):
    """Makes a folder of two classes, each with good images and a file."""
    for label in ("a", "b"):
        folder = room / "photos" / label
        folder.mkdir(parents=True)
        for number in range(30):
            Image.new("RGB", (8, 8), (number, 0, 0)).save(
                folder / f"{number}.png"
            )
    for name, content in contents.items():
        (room / "photos/b" / name.replace("_", ".")).write_bytes(content)


def _image(seed, room, make):
    """Adds an image that `make` spoils."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (9, 99, 199)).save(buffer, "PNG")
    _photos(room, bad_png=make(buffer.getvalue(), random.Random(seed)))


def _bomb(content, draw):
    # Width and height stand behind the signature and the chunk's name.
    return content[:16] + b"\x00\x01\x00\x00" * 2 + content[24:]


def _no_images(seed, room):
    for label in ("a", "b"):
        (room / "photos" / label).mkdir(parents=True)
        (room / "photos" / label / "notes.txt").write_text("none")


def _one_class(seed, room):
    _photos(room)
    shutil.rmtree(room / "photos/b")


def _few(seed, room):
    _photos(room)
    for label in ("a", "b"):
        for path in sorted((room / "photos" / label).iterdir())[1:]:
            path.unlink()


def _no_classes(seed, room):
    (room / "photos").mkdir()


def _test_without_train(seed, room):
    _photos(room)
    (room / "photos/train").mkdir()
    (room / "photos/test").mkdir()


def _other_classes(seed, room):
    for part, labels in (("train", "ab"), ("test", "ac")):
        for label in labels:
            folder = room / "photos" / part / label
            folder.mkdir(parents=True)
            Image.new("RGB", (8, 8)).save(folder / "1.png")


FOLDERS = {
    "no classes": _no_classes,
    "no images": _no_images,
    "one class": _one_class,
    "too few images": _few,
    "empty parts": _test_without_train,
    "other classes in the test": _other_classes,
    "truncated image": functools.partial(
        _image, make=lambda c, d: c[: len(c) // 2]
    ),
    "junk image": functools.partial(_image, make=lambda c, d: d.randbytes(500)),
    "empty image": functools.partial(_image, make=lambda c, d: b""),
    "bomb": functools.partial(_image, make=_bomb),
}
"""Functions of a seed and of the folder that `photos` is made in."""
