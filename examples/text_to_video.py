"""A prompt in, a signed clip out: python examples/text_to_video.py"""

import vitascope

clip = vitascope.generate("a red fox runs through a snowy field", seconds=1, seed=7)
print("saved to", clip.save("fox.mp4"))
print("the guard:", clip.decision.outcome, "by", clip.decision.pack, clip.decision.version)
for warning in clip.warnings:
    print("warning:", warning)
