"""Sampling: schedule, noise, solver, guidance and loop, as functions on values.

One convention everywhere (rectified flow, Liu et al. 2022; flow matching, Lipman et al. 2023):
x_t = (1 - t) x0 + t noise, so that t = 1 is noise and t = 0 is data; the network predicts the data,
`predict(x, t, cond) -> x0`.
"""

from vitascope.sampling.guidance import Denoise, Guidance, Predict, guided
from vitascope.sampling.loop import Clean, State, Watch, sample, trajectory
from vitascope.sampling.schedule import gaussian_noise, shifted, timesteps
from vitascope.sampling.solver import DEFAULT_SOLVER, SOLVERS

__all__ = [
    "DEFAULT_SOLVER",
    "SOLVERS",
    "Clean",
    "Denoise",
    "Guidance",
    "Predict",
    "State",
    "Watch",
    "gaussian_noise",
    "guided",
    "sample",
    "shifted",
    "timesteps",
    "trajectory",
]
