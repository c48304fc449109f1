"""`vitascope generate`: a prompt in, a signed clip out."""

from __future__ import annotations

from typing import Annotated

import typer

from vitascope.cli import console, options

app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)

EPILOG = """[b]Examples[/b]

vitascope generate "a red fox runs through a snowy field" -o fox.mp4

vitascope generate "a sailing boat at night" --aspect 9:16 --seconds 3 --seed 7

vitascope generate "two balloons rise over hills" -n 4 -o balloons.mp4   [dim]# balloons-0.mp4 … balloons-3.mp4[/dim]
"""


@app.command(epilog=EPILOG)
def generate(
    prompt: Annotated[str, typer.Argument(help="What should be seen, in a sentence.", show_default=False)],
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
    """Make a clip from a prompt."""
    with console.reporting(as_json=as_json, texts={"prompt": prompt, "negative_prompt": negative}):
        from vitascope import road
        from vitascope.cli import making

        request = road.request(
            prompt,
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
        making.make(making.Order(request, count, output, making.slug(prompt), as_json))
