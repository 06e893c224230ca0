"""What the simulator learns from data: imports, a small baseline model, and measured metrics.

Everything here is pure: bytes and plain values in, values out, and the standard library only.
The baseline is not the model of Amazon Personalize; see `baseline`.
"""
