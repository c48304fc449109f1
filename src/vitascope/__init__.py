"""Vitascope: a prompt or a still in, a signed 720p clip out, with a guard that explains every decision."""

__version__ = "0.1.0"
