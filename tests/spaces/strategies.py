"""Random skeletons, spaces and architectures for hypothesis."""

from hypothesis import strategies as st

from ednas_tf import spaces
from ednas_tf.spaces import Node, operations, skeleton

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


@st.composite
def given_networks(draw):
    """Draws a `Given` with sums, depthwise layers and features after pools."""
    sides = st.integers(3, 8)
    image = (draw(sides), draw(sides), draw(st.integers(1, 3)))
    graph = _Graph(draw, image)
    for _ in range(draw(st.integers(1, 5))):
        graph.grow(draw(st.sampled_from(["conv", "depthwise", "add"])))
    classes = draw(st.integers(2, 5))
    graph.finish(classes)
    return spaces.Given(draw(names), image, classes, tuple(graph.nodes))


@st.composite
def counts(draw, groups):
    """Draws numbers of channels for some of the groups of a network."""
    chosen = draw(st.lists(st.sampled_from(groups), unique=True))
    return {g.name: draw(st.integers(1, g.size)) for g in chosen}


class _Graph:
    """Nodes that grow one by one, with the shapes of what nobody reads yet."""

    def __init__(self, draw, image):
        self.draw = draw
        self.nodes = []
        self.known = {"image": image}
        self.unread = {}

    def grow(self, kind):
        """Adds a node of a kind, with what it needs."""
        source = self.draw(st.sampled_from(list(self.known)))
        if kind == "add":
            self._sum(source)
        elif kind == "conv":
            kernel = self.draw(st.sampled_from([(1, 1), (3, 3), (1, 2)]))
            self._conv(source, kernel=kernel, **self._window())
        else:
            kernel = self.draw(st.sampled_from([(1, 1), (3, 3), (3, 2)]))
            self._add(
                "depthwise",
                source,
                kernel=kernel,
                multiplier=self.draw(st.sampled_from([1, 1, 1, 2])),
                **self._window(),
            )

    def finish(self, classes):
        """Leads all that nobody reads into the classifier."""
        features = [
            self._add("pool", name) for name in list(self.unread or self.known)
        ]
        if len(features) > 1:
            features = [
                self._add("dense", name, channels=3, act="relu")
                for name in features
            ]
            features = [self._add("add", *features)]
        self._add("dense", *features, channels=classes, name="logits")
        self._add("softmax", "logits")

    def _window(self):
        return {
            "stride": self.draw(st.sampled_from([1, 1, 2])),
            "norm": self.draw(st.booleans()),
            "act": self.draw(st.sampled_from(["none", "relu", "relu6"])),
            "padding": "same",
        }

    def _sum(self, source):
        shape = self.known[source]
        if source == "image":
            source = self._conv(source)
            shape = self.known[source]
        same = [n for n, s in self.known.items() if s == shape and n != source]
        # Without a tensor of the same shape, one that is made for it.
        other = [self._conv(source, channels=shape[2])]
        self._add("add", source, self.draw(st.sampled_from(same + other)))

    def _conv(self, source, channels=None, **kwargs):
        channels = channels or self.draw(st.integers(1, 5))
        return self._add("conv", source, channels=channels, **kwargs)

    def _add(self, kind, *inputs, name=None, **kwargs):
        node = Node(name or f"n{len(self.nodes)}", kind, inputs, **kwargs)
        self.nodes.append(node)
        height, width, channels = self.known[inputs[0]]
        stride = node.stride
        self.known[node.name] = self.unread[node.name] = (
            -(-height // stride),
            -(-width // stride),
            node.channels or channels * node.multiplier,
        )
        for read in inputs:
            self.unread.pop(read, None)
        return node.name
