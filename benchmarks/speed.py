"""Speed: a cold `vitascope generate`, side by side with plain fp32 and with diffusers' LTX-Video networks.

    make bench                                     the shipped model, 5 s at 1280x720, three cold runs, peers
    make bench ARGS="--skip-peers"                 without diffusers
    python -m benchmarks.speed --quick             the tiny model, one second, small: does the bench itself run?

The target is in seconds of a machine that multiplies bfloat16 matrices at 2.0 TFLOP/s: right before and right after
each cold run that rate is measured, and the seconds are scaled by the higher of the two. The best of the runs counts.
Exit code 1 where the time or the memory target is missed, 2 where the bench is void: a part failed, or the rates lie so
far apart that something else ran beside it, which would flatter the scaled seconds. Everything that was measured goes
to benchmarks/out/speed.json.

This process stays small and loads no torch: Linux counts a parent's memory into the peak of the child it starts. What
needs torch runs in processes of its own (`benchmarks/speed_networks.py`).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.results import surroundings

PROMPT = "a red fox runs through a snowy field"
OUT = Path(__file__).parent / "out" / "speed.json"
TARGET_SECONDS = 30.0
TARGET_BYTES = 3e9
TARGET_TFLOPS = 2.0
MOST_SPREAD = 1.5
STAGES = ("guard", "load", "text", "steps", "decode", "encode", "sign")
FLAGS = ("amx_tile", "amx_bf16", "avx512_bf16", "avx512f", "avx2")
EXIT_VOID = 2


def scaled(seconds: float, tflops: float) -> float:
    """What takes `seconds` at `tflops` of bf16 matrix products, in seconds of a machine that does 2.0 of them."""
    return seconds * tflops / TARGET_TFLOPS


def per_megapixel_frame(seconds: float, width: int, height: int, frames: int) -> float:
    """Seconds for a million pixels of the clip."""
    return seconds / (width * height * frames / 1e6)


@dataclass(frozen=True)
class Cold:
    """One fresh process, start to exit: seconds, peak bytes, the matmul rates around it, its own timings."""

    wall: float
    peak: int
    before: float
    after: float
    timings: Mapping[str, float]

    @property
    def tflops(self) -> float:
        """The rate that it is scaled by: the higher one, so that a dip of the rate never helps."""
        return max(self.before, self.after)

    @property
    def scaled(self) -> float:
        """Its seconds at 2.0 TFLOP/s."""
        return scaled(self.wall, self.tflops)

    def shares(self) -> list[tuple[str, float]]:
        """Where its seconds went; they add up to `wall`. `start` is everything before and after the road itself."""
        known = [(stage, self.timings[stage]) for stage in STAGES]
        rest = self.timings["total"] - sum(seconds for _, seconds in known)
        return [("start", self.wall - self.timings["total"]), *known, ("between", rest)]


@dataclass(frozen=True)
class Verdict:
    """The best of the cold runs against the targets; `spread` is the highest rate over the lowest."""

    best: Cold
    peak: int
    spread: float

    @classmethod
    def of(cls, runs: Sequence[Cold]) -> Verdict:
        """The fastest run as scaled, and the highest peak of any."""
        rates = [rate for run in runs for rate in (run.before, run.after)]
        return cls(min(runs, key=lambda run: run.scaled), max(run.peak for run in runs), max(rates) / min(rates))

    @property
    def void(self) -> bool:
        """True where the rates lie too far apart for the scaled seconds to mean anything."""
        return self.spread > MOST_SPREAD

    @property
    def fast(self) -> bool:
        """True within the time target."""
        return self.best.scaled <= TARGET_SECONDS

    @property
    def small(self) -> bool:
        """True within the memory target."""
        return self.peak <= TARGET_BYTES

    def lines(self) -> list[str]:
        """The verdict in words."""
        best = self.best
        busy = f"VOID    the rates differ by a factor of {self.spread:.2f} (at most {MOST_SPREAD}): the machine is busy"
        return [
            *([busy] if self.void else []),
            f"time    {best.wall:.2f} s at {best.tflops:.3f} TFLOP/s = {best.scaled:.2f} s at {TARGET_TFLOPS} TFLOP/s; "
            f"target {TARGET_SECONDS:g} s: {_met(self.fast)}",
            f"memory  {self.peak / 1e9:.2f} GB at the highest; target {TARGET_BYTES / 1e9:g} GB: {_met(self.small)}",
        ]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length as lines; the first column is flush left, the others flush right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    cells = [[row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))] for row in rows]
    return "\n".join("  " + "  ".join(row).rstrip() for row in cells)


def machine() -> dict[str, str]:
    """What a speed depends on: processor and its flags, cores, memory, versions, command."""
    found = surroundings()
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    flags = next((line.split(":", 1)[1].split() for line in cpuinfo if line.startswith("flags")), [])
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        diffusers = importlib.metadata.version("diffusers")
    except importlib.metadata.PackageNotFoundError:
        diffusers = "not installed"
    return {
        "machine": found["machine"],
        "usable": f"{usable} cores, {pages / 1e9:.1f} GB of memory, load {os.getloadavg()[0]:.1f} at the start",
        "flags": ", ".join(f"{flag} {'yes' if flag in flags else 'no'}" for flag in FLAGS),
        "python": found["python"],
        "packages": f"{found['packages']}, diffusers {diffusers}",
        "command": found["command"],
    }


@dataclass(frozen=True)
class Plan:
    """What to measure: which model, on what canvas, how often."""

    model: str
    seconds: float
    size: str
    repeats: int
    quick: bool
    peers: bool


def parse(argv: Sequence[str]) -> Plan:
    """The plan that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="mini or tiny (default mini; tiny with --quick)")
    parser.add_argument("--seconds", type=float, help="length of the clip (default 5; 1 with --quick)")
    parser.add_argument("--repeats", type=int, help="cold runs (default 3; 1 with --quick)")
    parser.add_argument("--quick", action="store_true", help="small and soon done; gives no verdict")
    parser.add_argument("--skip-peers", action="store_true", help="leave diffusers' networks out")
    given = parser.parse_args(argv)
    quick = bool(given.quick)
    if given.repeats is not None and given.repeats < 1:
        parser.error(f"--repeats is {given.repeats}; 1 or more was expected")
    return Plan(
        model=given.model or ("tiny" if quick else "mini"),
        seconds=given.seconds or (1.0 if quick else 5.0),
        size="320x320" if quick else "1280x720",
        repeats=given.repeats or (1 if quick else 3),
        quick=quick,
        peers=not given.skip_peers,
    )


def import_seconds(module: str) -> float:
    """Seconds of a fresh interpreter that imports one module and ends."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - began


def cold_run(plan: Plan, folder: Path, before: float) -> Cold:
    """Makes one clip in a fresh process with a fresh home, then measures the matmul rate again."""
    command = [sys.executable, "-m", "vitascope", "generate", PROMPT, "--json", "-o", str(folder / "tmp.mp4")]
    command += ["--model", plan.model, "--seconds", f"{plan.seconds:g}", "--size", plan.size]
    environment = {**os.environ, "VITASCOPE_HOME": str(folder / "home")}
    with (folder / "told.json").open("w+") as told:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=told, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        text = told.read()
    if process.returncode:
        print(f"`vitascope generate` failed with exit code {process.returncode}: {text.strip()}", file=sys.stderr)
        raise SystemExit(EXIT_VOID)
    return Cold(wall, usage.ru_maxrss * 1024, before, matmul_rate(plan), json.loads(text)["timings"])


def matmul_rate(plan: Plan) -> float:
    """TFLOP/s of bf16 matrix products, measured in a process of its own."""
    return networks(plan, "rate")["rate"]["tflops"]


def cold_runs(plan: Plan) -> list[Cold]:
    """All cold runs, each printed when it is done."""
    print(f"\nCold: vitascope generate {PROMPT!r}, {plan.model}, {plan.seconds:g} s, {plan.size}", flush=True)
    runs: list[Cold] = []
    before = matmul_rate(plan)
    for number in range(plan.repeats):
        with tempfile.TemporaryDirectory(prefix="vitascope-speed-") as folder:
            run = cold_run(plan, Path(folder), before)
        runs.append(run)
        before = run.after
        rates = f"{run.before:.3f} TFLOP/s before, {run.after:.3f} after"
        rate = f"{rates}, factor {run.tflops / TARGET_TFLOPS:.3f}"
        peak = f"peak {run.peak / 1e9:.2f} GB"
        print(f"  {number + 1}: {run.wall:.2f} s, {peak}; {rate}: {run.scaled:.2f} s scaled", flush=True)
    return runs


def networks(plan: Plan, part: str) -> dict[str, Any]:
    """What one part of `speed_networks` found, by name; `failed` is its exit code where it did not come to its end."""
    command = [sys.executable, "-m", "benchmarks.speed_networks", part, "--model", plan.model]
    command += ["--seconds", f"{plan.seconds:g}", "--size", plan.size, "--repeats", str(min(2, plan.repeats))]
    if plan.quick:
        command.append("--quick")
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    found: dict[str, Any] = {}
    for line in done.stdout.splitlines():
        found |= json.loads(line)
    if done.returncode:
        found["failed"] = done.returncode
    if part == "rate" and "rate" not in found:
        raise SystemExit(EXIT_VOID)
    return found


def time_table(best: Cold, torch_import: float) -> str:
    """Where the time of a cold run goes, in seconds and percent."""
    told = {
        "start": "interpreter, imports of the command, exit",
        "load": f"import torch ({torch_import:.2f} s alone), weights verified, nets built",
        "decode": "layers found and painted, then all pixels moved",
        "encode": "frames reviewed and marked, x264 waited for",
    }
    rows = [["stage", "seconds", "percent", ""]]
    for stage, seconds in best.shares():
        rows.append([stage, f"{seconds:.2f}", f"{100 * seconds / best.wall:.1f}", ""])
    rows.append(["wall", f"{best.wall:.2f}", "100.0", ""])
    lines = table(rows).splitlines()
    return "\n".join(f"{line}   {told[line.split()[0]]}" if line.split()[0] in told else line for line in lines)


def precision_lines(found: Mapping[str, Any]) -> list[str]:
    """The same network in bf16 as it ships and in plain fp32: seconds by part, and the ratios."""
    bf16, fp32 = found["bfloat16"], found["float32"]
    parts = [("latents", "latents"), ("layers found and painted", "paint"), ("pixels moved", "pixels")]
    rows = [["", "bf16 s", "fp32 s", "fp32 / bf16"]]
    rows += [[told, f"{bf16[k]:.3f}", f"{fp32[k]:.3f}", f"{fp32[k] / bf16[k]:.2f}"] for told, k in parts]
    a, b = (sum(run[k] for _, k in parts) for run in (bf16, fp32))
    return [table([*rows, ["together", f"{a:.3f}", f"{b:.3f}", f"{b / a:.2f}"]])]


def limit_lines(found: Mapping[str, Any], best: Cold) -> list[str]:
    """What no better code could go below: the network's FLOPs at the matmul rate, and x264 alone."""
    flops, tail, rate = found["flops"], found["tail"], found["rate"]["tflops"]
    floor = {part: flops[part] / (rate * 1e12) for part in ("latents", "paint")}
    rows = [["", "GFLOP", "s at the rate", "s measured", "of the rate"]]
    for part, least in floor.items():
        took = found["bfloat16"][part]
        rows.append([part, f"{flops[part] / 1e9:.1f}", f"{least:.3f}", f"{took:.3f}", f"{100 * least / took:.0f} %"])
    limit = sum(floor.values()) + tail["encode"]
    return [
        f"  rate {rate:.3f} TFLOP/s (bf16, 2048 x 2048 matrices, {found['rate']['threads']} threads)",
        table(rows),
        f"  x264 alone, colours converted and file written: {tail['encode']:.2f} s; "
        f"guard's review and watermark alone: {tail['mark']:.2f} s",
        f"  limit: {limit:.2f} s = network at the full rate, then x264; the best cold run took {best.wall / limit:.1f} "
        "times that",
    ]


def peer_lines(found: Mapping[str, Any]) -> list[str]:
    """Ours and diffusers' networks: parameters, tokens, seconds and seconds a megapixel-frame, with ratios to ours."""
    lines: list[str] = []
    for part, heading in (("transformers", "one forward, batch 1"), ("decoders", "latents to pixels")):
        rows = [[heading, "parameters", "tokens", "canvas", "frames", "s", "s/Mpx-frame", "ratio"]]
        for row in found.get(part, []):
            cost = per_megapixel_frame(row["seconds"], row["width"], row["height"], row["frames"])
            ours = found[part][0]
            base = per_megapixel_frame(ours["seconds"], ours["width"], ours["height"], ours["frames"])
            tokens = f"{row['tokens']:,}" if "tokens" in row else "-"
            canvas, seconds = f"{row['width']}x{row['height']}", f"{row['seconds']:.3f}"
            counts = f"{row['parameters']:,}", tokens, canvas, str(row["frames"])
            rows.append([row["name"], *counts, seconds, f"{cost:.5f}", f"{cost / base:.1f}"])
        if len(rows) > 1:
            lines.append(table(rows))
    lines.append("  s/Mpx-frame: seconds for a million pixels of the clip; ratio: that, by ours in the same run.")
    lines.append("  Our decoder is the painter and the moving of all pixels. LTX-Video's sides are multiples of 32;")
    lines.append("  where its row has fewer frames than ours, only those were decoded.")
    if "failed" in found:
        lines.append(f"  did not come to its end: exit code {found['failed']}")
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the bench, prints the report, writes speed.json; 1 where a target is missed."""
    plan = parse(sys.argv[1:] if argv is None else argv)
    facts = machine()
    _section("Machine", [f"  {key:9}{value}" for key, value in facts.items()])
    torch_import = min(import_seconds("torch") for _ in range(plan.repeats))
    _section("Import", [f"  python -c 'import torch': {torch_import:.2f} s (best of {plan.repeats})"])

    runs = cold_runs(plan)
    verdict = Verdict.of(runs)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if own >= verdict.peak:
        print(f"  the peaks are void: this process itself held {own / 1e9:.2f} GB", file=sys.stderr)
    _section("Where the time goes (best run, unscaled)", [time_table(verdict.best, torch_import)])

    ours = networks(plan, "ours")
    if "failed" not in ours:
        _section("The same network in bf16 and in plain fp32, eager", precision_lines(ours))
        _section("The limit", limit_lines(ours, verdict.best))
    peers = networks(plan, "peers") if plan.peers else {}
    if plan.peers:
        _section("Peers: diffusers, random weights, bf16; ratio to ours by cost a pixel", peer_lines(peers))

    report = {"machine": facts, "plan": asdict(plan), "import_torch": torch_import, "cold": [asdict(r) for r in runs]}
    report |= {"best_scaled": verdict.best.scaled, "peak": verdict.peak, "ours": ours, "peers": peers}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=1) + "\n")
    _section("Verdict", ["  " + line for line in verdict.lines()] if not plan.quick else ["  none: --quick"])
    print(f"  all figures: {OUT.relative_to(Path(__file__).parents[1])}")
    if "failed" in ours or "failed" in peers or (verdict.void and not plan.quick):
        return EXIT_VOID
    return 0 if plan.quick or (verdict.fast and verdict.small) else 1


def _section(heading: str, lines: Sequence[str]) -> None:
    print("\n".join(["", heading, *lines]), flush=True)


def _met(yes: bool) -> str:
    return "met" if yes else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
