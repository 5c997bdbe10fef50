"""Speed, measured side by side with plain aiortc: `make bench`."""
