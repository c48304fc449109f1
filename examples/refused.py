"""A refusal is an error that carries its decision; nothing is made: python examples/refused.py"""

import vitascope

try:
    vitascope.generate("students march for democracy in China", policy="kling-2024")
except vitascope.errors.Refusal as refusal:
    print("refused:", refusal)
    print("rule:", refusal.decision.rule, "of", refusal.decision.pack, refusal.decision.version)
