"""Random skeletons, spaces and architectures for hypothesis."""

from hypothesis import strategies as st

from ednas_tf import spaces
from ednas_tf.spaces import operations, skeleton

stems = st.builds(
    spaces.Stem,
    kernel=st.sampled_from([1, 3, 11]),
    stride=st.integers(1, 4),
    channels=st.integers(1, 64),
    depth_multiplier=st.integers(1, 4),
)
heads = st.builds(
    spaces.Head, channels=st.integers(0, 64), features=st.integers(0, 64)
)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,8}", fullmatch=True)
blocks = st.builds(
    spaces.Block,
    name=names,
    channels=st.integers(1, 64),
    stride=st.integers(1, 4),
    expansion=st.integers(1, 6),
    activation=st.booleans(),
)
skeletons = st.builds(
    spaces.Skeleton,
    name=names,
    input_shape=st.tuples(*[st.integers(1, 64)] * 2, st.integers(1, 4)),
    num_classes=st.integers(2, 1000),
    stem=stems,
    blocks=st.lists(
        blocks, min_size=1, max_size=4, unique_by=lambda block: block.name
    ).map(tuple),
    head=heads,
    topology=st.sampled_from(skeleton.TOPOLOGIES),
)


def _fitting(fixed, index):
    stride = fixed.blocks[index].stride
    known = spaces.OPERATIONS.values()
    return [o.name for o in known if operations.fits(o, stride)]


@st.composite
def search_spaces(draw):
    """Draws a `SearchSpace`."""
    fixed = draw(skeletons)
    slots = []
    for name, index in fixed.slots():
        usable = st.sampled_from(_fitting(fixed, index))
        chosen = draw(st.lists(usable, min_size=1, unique=True))
        slots.append(spaces.Slot(name, tuple(chosen)))
    return spaces.SearchSpace(fixed, tuple(slots))


@st.composite
def architectures(draw):
    """Draws an `Architecture`."""
    fixed = draw(skeletons)
    chosen = [
        draw(st.sampled_from(_fitting(fixed, index)))
        for _, index in fixed.slots()
    ]
    figures = st.one_of(st.none(), st.floats(0, 1e9))
    return spaces.choose(
        fixed,
        chosen,
        costs=draw(st.dictionaries(st.text(), figures, max_size=3)),
        target=draw(st.one_of(st.none(), st.text())),
        lut_sha256=draw(st.one_of(st.none(), st.text())),
        classes=tuple(draw(st.lists(st.text(), max_size=3))),
    )
