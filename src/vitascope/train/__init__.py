"""Training: what is learned (objective), from what (samples), how (loop), and how a run survives being killed."""
