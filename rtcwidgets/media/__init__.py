"""Frames in the kernel: numpy and av, no network, no Jupyter."""
