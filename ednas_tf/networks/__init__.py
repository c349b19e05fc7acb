"""Networks: the supernet of a space and what is derived from it."""
