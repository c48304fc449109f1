"""What would the guard say, and why? python examples/ask_the_guard.py "some prompt" kling-2024"""

import sys

import vitascope

text = sys.argv[1] if len(sys.argv) > 1 else "a red fox runs through a snowy field"
pack = sys.argv[2] if len(sys.argv) > 2 else "default"
decision = vitascope.policy.decide_text(text, pack=pack)
print(decision.outcome, "by", decision.pack, decision.version)
print(decision.explanation)
for span in decision.spans:
    print(f"rule {decision.rule} matched {span.text!r} at {span.start}, view {decision.view}")
