"""Ends of networks: a classifier, or a detector of objects."""

from ednas_tf import errors, tasks
from ednas_tf.spaces import network
from ednas_tf.spaces.network import ANCHORS_PER_CELL, BOX, Node

_MOST_MAPS = 3
# A finer map has many places that no object is small enough for.
_LEAST_STRIDE = 4
_KERNEL = (3, 3)


def classifier(source, num_classes, task):
    """Yields the nodes that tell classes of pooled features.

    Args:
        source: Name of the features.
        num_classes: Number of classes.
        task: One of `tasks.TASKS`, no detection.
    """
    end = "sigmoid" if task == tasks.MULTILABEL else "softmax"
    yield Node("logits", "dense", (source,), num_classes)
    yield Node("probabilities", end, ("logits",))


def detector(backbone, input_shape, num_classes):
    """Returns the nodes of a backbone and of the detector on it.

    As in SSDLite (Sandler and others, CVPR 2018, section 6.2) each map that is
    read gets a depthwise convolution and a pointwise one for the scores, and
    such a pair for the boxes. The maps are the last ones of the three coarsest
    sizes.

    Args:
        backbone: `Node` values without a head.
        input_shape: Shape of the image.
        num_classes: Number of classes, without one for the background.

    Raises:
        UserError: If no map is coarse enough.
    """
    nodes, read = list(backbone), []
    for place, source in enumerate(_maps(backbone, input_shape), 1):
        for what, numbers in (("scores", num_classes), ("boxes", BOX)):
            nodes += _predictor(f"detect{place}_{what}", source, numbers)
            read.append(nodes[-1].name)
    kept = _needed(nodes, read)
    return (*kept, Node("detections", "detect", tuple(read)))


def classes(nodes):
    """Returns the layer that tells classes, and how many, of a network."""
    name = nodes[-1].inputs[0]
    each = ANCHORS_PER_CELL if nodes[-1].kind == "detect" else 1
    channels = {node.name: node.channels for node in nodes}[name]
    return name, channels // each


def map_sides(skeleton):
    """Returns `(height, width)` of the maps of a detector, fine to coarse.

    Args:
        skeleton: A `Skeleton` or `Given` for detection.
    """
    shapes = network.shapes(skeleton.nodes, skeleton.input_shape)
    return [shapes[name][:2] for name in skeleton.nodes[-1].inputs[::2]]


def _predictor(name, source, numbers):
    """Yields the two layers that predict numbers for each anchor of a map."""
    features = f"{name}_features"
    yield Node(features, "depthwise", (source,), kernel=_KERNEL, act="relu6")
    channels = numbers * ANCHORS_PER_CELL
    yield Node(name, "conv", (features,), channels, norm=False)


def _maps(backbone, input_shape):
    """Returns names of the last maps of the coarsest sizes, fine to coarse."""
    shapes = network.shapes(backbone, input_shape)
    longest = max(input_shape[:2])
    last = {}
    for node in backbone:
        sides = shapes[node.name][:2]
        if max(sides) * _LEAST_STRIDE <= longest:
            last[sides] = node.name
    if not last:
        raise errors.UserError(
            "Expected a network for detection with maps of a quarter of the "
            f"image or less. Received: an image of {input_shape[:2]} and a "
            "network that makes it no smaller. Choose another --space."
        )
    coarse = sorted(last, key=lambda sides: -sides[0] * sides[1])
    return [last[sides] for sides in coarse[-_MOST_MAPS:]]


def _needed(nodes, read):
    """Returns the nodes that something reads, in their order."""
    wanted = set(read)
    for node in reversed(nodes):
        if node.name in wanted:
            wanted |= set(node.inputs)
    return [node for node in nodes if node.name in wanted]
