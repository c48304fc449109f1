"""The composed world that `mini` learns: subjects, scenes, motions, their renderer and captions."""
