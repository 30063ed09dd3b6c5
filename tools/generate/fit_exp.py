# SPDX-License-Identifier: Apache-2.0
"""Fits the polynomial of core/tensor/Exponential: e^f, 1 + f + f^2 q(f), on |f| <= ln(2)/2, smallest relative error.

Run: python3 tools/generate/fit_exp.py (NumPy). Weighted least squares, the weights raised where the error is large
(Lawson's algorithm), which ends at the minimax polynomial. Prints the error in exact arithmetic, the coefficients of
f^2 to f^6 rounded to float, and the error of the whole float kernel over its range.
"""
import numpy as np

HALF_LN2 = np.log(2) / 2


def fit(degree, iterations=300):
    f = HALF_LN2 * np.cos((np.arange(2000) + 0.5) / 2000 * np.pi)
    columns = np.stack([f**k / np.exp(f) for k in range(2, degree + 1)], 1)
    wanted = 1 - (1 + f) / np.exp(f)
    weight = np.ones_like(f)
    best = (np.inf, None)
    for _ in range(iterations):
        root = np.sqrt(weight)
        c = np.linalg.lstsq(columns * root[:, None], wanted * root, rcond=None)[0]
        error = np.abs(columns @ c - wanted)
        if error.max() < best[0]:
            best = (error.max(), c)
        weight = weight * (error / error.max() + 1e-9)
        weight /= weight.mean()
    return best


def kernel(y, coefficients):
    """The float steps of Exponential, in NumPy's float32."""
    f32 = np.float32
    y = np.maximum(y, f32(-88.02969))
    t = y * f32(1.442695) + f32(12582912)
    r = t - f32(12582912)
    f = y - r * f32(0.693359375)
    f = f - r * f32(-2.1219444e-4)
    p = np.full_like(f, coefficients[-1])
    for c in list(coefficients[-2::-1]) + [f32(1), f32(1)]:
        p = p * f + c
    return p * np.ldexp(f32(1), r.astype(int)).astype(np.float32)


error, c = fit(6)
c32 = c.astype(np.float32)
print("minimax relative error, exact arithmetic:", error)
print("coefficients of f^2..f^6:", [str(x) for x in c32])
y = np.linspace(-87.3, 0, 4_000_001).astype(np.float32)
print("relative error of the float kernel:", np.abs(kernel(y, c32) / np.exp(y.astype(float)) - 1).max())
