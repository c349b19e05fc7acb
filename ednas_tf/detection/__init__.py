"""Detection: anchors, targets, loss, what is found, and how good that is."""
