import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import speed
from benchmarks.speed import Cold, Verdict

ROOT = Path(__file__).parents[3]
TIMINGS = {
    "guard": 0.1,
    "load": 3.0,
    "text": 0.2,
    "steps": 9.0,
    "decode": 4.0,
    "encode": 2.0,
    "sign": 0.5,
    "total": 19.0,
}


def _cold(wall: float = 20.0, peak: int = 10**9, tflops: float = 2.0, after: float | None = None) -> Cold:
    return Cold(wall, peak, tflops, tflops if after is None else after, TIMINGS)


def test_seconds_of_a_machine_half_as_fast_count_half() -> None:
    assert speed.scaled(40.0, 1.0) == pytest.approx(20.0)
    assert speed.scaled(40.0, speed.TARGET_TFLOPS) == pytest.approx(40.0)
    assert speed.scaled(10.0, 6.0) == pytest.approx(30.0)


def test_a_cost_is_told_by_the_million_pixels() -> None:
    assert speed.per_megapixel_frame(2.0, 1000, 500, 4) == pytest.approx(1.0)


def test_the_best_run_is_the_fastest_as_scaled_and_the_peak_is_the_highest_of_all() -> None:
    slow_machine, fast_machine = _cold(wall=30.0, tflops=1.0), _cold(wall=25.0, peak=2 * 10**9, tflops=2.0)
    verdict = Verdict.of([fast_machine, slow_machine])
    assert verdict.best is slow_machine
    assert verdict.peak == 2 * 10**9


@pytest.mark.parametrize(
    ("run", "fast", "small"),
    [
        (_cold(wall=30.0, peak=3 * 10**9), True, True),
        (_cold(wall=30.1), False, True),
        (_cold(wall=59.0, tflops=1.0), True, True),
        (_cold(peak=3 * 10**9 + 1), True, False),
    ],
)
def test_targets_are_thirty_seconds_and_three_gigabytes(run: Cold, fast: bool, small: bool) -> None:
    verdict = Verdict.of([run])
    assert (verdict.fast, verdict.small) == (fast, small)
    assert [line.endswith("met") for line in verdict.lines()] == [fast, small]


def test_a_rate_that_dips_before_or_after_a_run_does_not_flatter_it() -> None:
    assert _cold(wall=20.0, tflops=2.0, after=1.5).scaled == _cold(wall=20.0, tflops=1.5, after=2.0).scaled == 20.0


def test_rates_far_apart_make_the_bench_void() -> None:
    assert not Verdict.of([_cold(tflops=2.0), _cold(tflops=1.5)]).void
    busy = Verdict.of([_cold(tflops=2.0), _cold(tflops=1.2)])
    assert busy.void
    assert busy.lines()[0].startswith("VOID")


def test_where_the_time_goes_adds_up_to_the_wall() -> None:
    shares = dict(_cold(wall=20.0).shares())
    assert sum(shares.values()) == pytest.approx(20.0)
    assert shares["start"] == pytest.approx(1.0)
    assert shares["between"] == pytest.approx(0.2)
    printed = speed.time_table(_cold(wall=20.0), torch_import=1.5)
    assert any(line.split()[:3] == ["steps", "9.00", "45.0"] for line in printed.splitlines())


def test_columns_of_a_table_stand_under_each_other() -> None:
    lines = speed.table([["", "seconds"], ["steps", "9.0"], ["a", "12.25"]]).splitlines()
    assert lines == ["         seconds", "  steps      9.0", "  a        12.25"]


def test_peers_are_compared_by_cost_a_pixel() -> None:
    own = {"name": "own", "parameters": 1000, "tokens": 10, "seconds": 1.0, "width": 100, "height": 100, "frames": 100}
    peer = {**own, "name": "peer", "seconds": 1.0, "frames": 25}
    lines = "\n".join(speed.peer_lines({"transformers": [own, peer], "failed": 137})).splitlines()
    ratios = {line.split()[0]: line.split()[-1] for line in lines}
    assert (ratios["own"], ratios["peer"]) == ("1.0", "4.0")
    assert "137" in lines[-1]


def test_precisions_and_the_limit_are_told_side_by_side() -> None:
    bf16 = {"text": 0.1, "latents": 4.0, "paint": 1.0, "pixels": 3.0}
    found = {
        "bfloat16": bf16,
        "float32": {**bf16, "latents": 12.0, "paint": 4.0},
        "flops": {"latents": 2e12, "paint": 1e12},
        "tail": {"mark": 1.0, "encode": 2.5},
        "rate": {"tflops": 1.0, "threads": 2},
    }
    rows = {line.split()[0]: line.split()[-1] for line in speed.precision_lines(found)[0].splitlines()[1:]}
    assert rows == {"latents": "3.00", "layers": "4.00", "pixels": "1.00", "together": "2.38"}
    assert any("limit: 5.50 s" in line for line in speed.limit_lines(found, _cold()))


def test_quick_is_small_and_a_bench_without_runs_is_refused() -> None:
    assert speed.parse(["--quick"]) == speed.Plan("tiny", 1.0, "320x320", 1, True, True)
    assert speed.parse(["--skip-peers"]) == speed.Plan("mini", 5.0, "1280x720", 3, False, False)
    with pytest.raises(SystemExit):
        speed.parse(["--repeats", "0"])


def test_the_measuring_process_loads_no_torch() -> None:
    code = "import benchmarks.speed, sys; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
