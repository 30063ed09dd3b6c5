# SPDX-License-Identifier: Apache-2.0
"""Fits the coefficients of Activations.tanh(float): tanh x = x P(x^2)/Q(x^2), degrees 4 and 4, on [-8, 8].

Run: python3 tools/generate/fit_tanh.py (NumPy). Weighted least squares on the linearised error P - t Q, divided by the
Q of the round before so that it is the relative error itself; the weights are raised where that is large (Lawson's
algorithm), which ends near the minimax fraction. Prints the coefficients, lowest power first, rounded to float, the
relative error of the fraction in exact arithmetic, and the error of the whole float kernel. The last is larger by far:
it is the rounding of float, so a fraction of higher degree would gain nothing.
"""
import numpy as np

DEGREE = 4
BOUND = 8.0  # 1 - tanh(8) is 2e-7, about the rounding of float


def fit(iterations=400):
    angle = (np.arange(4000) + 0.5) / 4000 * np.pi
    x = BOUND / 2 * (1 - np.cos(angle))  # dense at both ends
    x = x[x > 1e-3]
    t = np.tanh(x)
    y = (x / BOUND) ** 2  # in [0, 1], to keep the columns of one size
    weight = np.ones_like(x)
    q = np.ones_like(x)
    best = (np.inf, None, None)
    for _ in range(iterations):
        columns = [x * y**k / (t * q) for k in range(DEGREE + 1)] + [-(y**k) / q for k in range(1, DEGREE + 1)]
        root = np.sqrt(weight)
        a = np.stack(columns, 1) * root[:, None]
        size = np.abs(a).max(0)
        c = np.linalg.lstsq(a / size, root / q, rcond=None)[0] / size
        p = np.polyval(c[DEGREE::-1], y)
        q = 1 + y * np.polyval(c[:DEGREE:-1], y)
        error = np.abs(x * p / (q * t) - 1)
        if error.max() < best[0]:
            best = (error.max(), c[: DEGREE + 1].copy(), np.append(1, c[DEGREE + 1 :]))
        weight = weight * (error / error.max() + 1e-6)
        weight /= weight.mean()
    scale = BOUND ** (-2.0 * np.arange(DEGREE + 1))
    return best[0], (best[1] * scale).astype(np.float32), (best[2] * scale).astype(np.float32)


def kernel(x, p, q):
    """The float steps of Activations.tanh(float), in NumPy's float32."""
    a = np.clip(x, np.float32(-BOUND), np.float32(BOUND))
    y = a * a
    above = np.full_like(y, p[-1])
    below = np.full_like(y, q[-1])
    for k in range(DEGREE - 1, -1, -1):
        above = above * y + p[k]
        below = below * y + q[k]
    return a * above / below


error, p, q = fit()
x = np.linspace(-12, 12, 2_000_001).astype(np.float32)
print("P", *p)
print("Q", *q)
print(f"relative error of the fraction, exact arithmetic: {error:.2e}")
print(f"absolute error of the kernel, float: {np.abs(kernel(x, p, q) - np.tanh(x.astype(float))).max():.2e}")
