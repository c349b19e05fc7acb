"""Networks made narrower or wider as a whole."""

_MULTIPLE = 8
_LEAST_SHARE = 0.9


def scaled(channels, width):
    """Returns channels times a width, a multiple of 8 above 90 % of that.

    As in MobileNetV2 (Sandler and others, CVPR 2018), whose networks at any
    width keep whole vectors of channels.

    Args:
        channels: Channels at a width of 1.
        width: Factor; 1 keeps the channels as they are.
    """
    if width == 1:
        return channels
    wanted = channels * width
    whole = max(_MULTIPLE, int(wanted / _MULTIPLE + 0.5) * _MULTIPLE)
    return whole if whole >= _LEAST_SHARE * wanted else whole + _MULTIPLE
