"""The arithmetic of devices whose tools quantize by themselves."""
