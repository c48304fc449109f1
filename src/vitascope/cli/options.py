"""The options that `generate` and `animate` share, each with its sentence for --help. Imports nothing heavy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Output = Annotated[Path | None, typer.Option("-o", "--output", help="File to write; by default named for the input.")]
Seconds = Annotated[float, typer.Option(help="Length of the clip, 1 to 10 seconds.")]
Aspect = Annotated[str | None, typer.Option(help="16:9 (1280x720), 9:16 or 1:1.", show_default="16:9")]
Size = Annotated[str | None, typer.Option(help="WIDTHxHEIGHT, both multiples of 80 from 320 to 1280.")]
Fps = Annotated[int, typer.Option(help="Frames a second, 8 to 60.")]
Seed = Annotated[int, typer.Option(help="Equal seeds give equal clips.")]
Steps = Annotated[
    int | None, typer.Option(help="Denoising steps, 1 to 100; more is slower.", show_default="the model's")
]
Guidance = Annotated[
    float | None, typer.Option(help="How hard to follow the prompt, 0 to 20.", show_default="the model's")
]
Negative = Annotated[str, typer.Option(help="What should not be seen.", show_default=False)]
Policy = Annotated[str, typer.Option(help="The guard's policy pack.")]
Model = Annotated[str, typer.Option(help="One of `vitascope models`.")]
Count = Annotated[int, typer.Option("-n", "--count", help="Make several clips, with seeds counting up.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a clip (or the error) and no progress.")]
Label = Annotated[bool, typer.Option("--label", help="Draw a visible label that says the clip is AI-made.")]
Private = Annotated[bool, typer.Option("--private", help="Leave the prompt out of the manifest.")]
