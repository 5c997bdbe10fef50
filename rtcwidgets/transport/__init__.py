"""How media and messages travel between page and kernel: aiortc, no Jupyter."""
