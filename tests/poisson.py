# SPDX-License-Identifier: MIT
"""What a count of rare events allows to be said about their rate."""
import math


def upper(n):
    """Mean whose chance of n or fewer events is 5 %."""
    low, high = 0.0, 3.0 * n + 20.0
    for _ in range(100):
        mean = 0.5 * (low + high)
        term = total = math.exp(-mean)
        for k in range(1, n + 1):
            term *= mean / k
            total += term
        low, high = (mean, high) if total > 0.05 else (low, mean)
    return high
