"""`vitascope animate`: a picture and perhaps a prompt in, a signed clip out that begins with the picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vitascope.cli import console, options

app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)

EPILOG = """[b]Examples[/b]

vitascope animate photo.jpg -o photo.mp4

vitascope animate photo.jpg "the camera pans left" --aspect 1:1

vitascope animate fox.png "the fox jumps" --seconds 3 --seed 7
"""


@app.command(epilog=EPILOG)
def animate(
    image: Annotated[Path, typer.Argument(help="A JPEG, PNG or WebP.", show_default=False)],
    prompt: Annotated[str, typer.Argument(help="What should happen; may be left out.", show_default=False)] = "",
    output: options.Output = None,
    seconds: options.Seconds = 5.0,
    aspect: options.Aspect = None,
    size: options.Size = None,
    fps: options.Fps = 24,
    seed: options.Seed = 0,
    steps: options.Steps = None,
    guidance: options.Guidance = None,
    negative: options.Negative = "",
    policy: options.Policy = "default",
    model: options.Model = "mini",
    count: options.Count = 1,
    as_json: options.Json = False,
    label: options.Label = False,
    private: options.Private = False,
) -> None:
    """Bring a picture to life: the clip begins with it."""
    with console.reporting(as_json=as_json, texts={"prompt": prompt, "negative_prompt": negative}):
        from vitascope import media, road
        from vitascope.cli import making

        request = road.request(
            prompt,
            still=media.load_still(image),
            negative=negative,
            aspect=aspect,
            size=size,
            fps=fps,
            seconds=seconds,
            seed=seed,
            steps=steps,
            guidance=guidance,
            model=model,
            policy=policy,
            label=label,
            private=private,
        )
        making.make(making.Order(request, count, output, making.slug(image.stem), as_json))
