"""Frames as they are made, for a preview or a pipeline of your own: python examples/stream_frames.py"""

import vitascope

shown = 0
for chunk in vitascope.stream("a sailing boat at night", seconds=1, size="640x400"):
    shown += len(chunk)
    print(f"{shown} frames of {chunk.shape[2]}x{chunk.shape[1]} so far, mean brightness {chunk.mean():.0f}")
