"""A picture brought to life: python examples/image_to_video.py photo.jpg "the camera pans left" """

import sys

import vitascope

picture, prompt = sys.argv[1], " ".join(sys.argv[2:])
clip = vitascope.animate(picture, prompt, seconds=1)
print("saved to", clip.save("animated.mp4"))
