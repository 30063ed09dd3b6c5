# SPDX-License-Identifier: Apache-2.0
"""The numbers of the pages in this folder, without the library: forward by the equations, every gradient by central
differences. `python3 recompute.py` prints the blocks; `python3 recompute.py --check` says whether a page has others.

A gradient dy is found by adding a little to y at the place where it is computed: all that is computed later moves with
it, all that was computed before stays. That is the whole derivative, along every path on which y still acts.
"""
import pathlib
import re
import sys

import numpy as np

STEP = 1e-6


class Run:
    """The quantities of one run of equations, by name; one element of one of them may be moved."""

    def __init__(self, move=None, by=0.0):
        self.q, self.move, self.by = {}, move, by

    def __call__(self, name, value):
        value = np.array(value, dtype=float)
        if self.move and self.move[0] == name:
            value[self.move[1]] += self.by
        self.q[name] = value
        return value


def gradient(equations, name):
    """d name: central differences of the loss."""
    shape = equations(Run())[0].q[name].shape
    d = np.zeros(shape)
    for at in np.ndindex(shape):
        up, down = (equations(Run((name, at), sign * STEP))[1] for sign in (1, -1))
        d[at] = (up - down) / (2 * STEP)
    return d


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(e):
    p = np.exp(e - e.max())
    return p / p.sum()


def text(values):
    return " ".join("%.6f" % (v + 0.0 if abs(v) >= 5e-7 else 0.0) for v in np.ravel(values))


def block(case, equations, given, values, gradients):
    q = equations(Run())[0].q
    lines = ["case " + case]
    lines += ["given %s = %s" % (n, " ".join("%g" % v for v in np.ravel(q[n]))) for n in given]
    lines += ["%s = %s" % (n, text(q[n])) for n in values]
    lines += ["d%s = %s" % (n, text(gradient(equations, n))) for n in gradients]
    return "```numbers\n" + "\n".join(lines) + "\n```\n"


# ---- layers with a map over all steps

def linear(r):
    X, W, b, dY = r("X", [[1, 2], [-1, 0.5]]), r("W", [[1, 0, -1], [0.5, 2, 1]]), r("b", [0.1, 0.2, 0.3]), \
        r("dY", [[1, 0, -1], [0.5, 1, 2]])
    Y = r("Y", X @ W + b)
    return r, (Y * dY).sum()


def cross_entropy(smoothing):
    def equations(r):
        z = r("logits", [1.0, 2.0, -0.5])
        r("target", [0])
        lse = np.log(np.exp(z).sum())
        r("p", np.exp(z - lse))
        loss = r("loss", (1 - smoothing) * (lse - z[0]) + smoothing * (lse - z.mean()))
        return r, float(loss)
    return equations


def embedding(r):
    W, dX = r("W", [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]), r("dX", [[1, 2], [3, 4], [5, 6]])
    ids = r("ids", [1, 0, 1]).astype(int)
    X = r("X", W[ids])
    return r, (X * dX).sum()


# ---- cells: D = H = 1 unless said otherwise, two steps

X = [0.8, -0.4]
DH = [1.0, 0.5]


def rnn(zoneout):
    def equations(r):
        x, dH, h = r("X", X), r("dH", DH), r("h0", [0.1])
        W_x, W_h, b = r("W_x", [0.5]), r("W_h", [0.9]), r("b", [0.05])
        loss = 0
        for t in range(2):
            z = r("z.h[%d]" % t, x[t] * W_x + b + h * W_h)
            made = r("made.h[%d]" % t, np.tanh(z))
            h = r("h[%d]" % t, zoneout * h + (1 - zoneout) * made)
            loss += float(h[0] * dH[t])
        return r, loss
    return equations


def lstm(r):
    x, dH, h, c = r("X", X), r("dH", DH), r("h0", [0.1]), r("c0", [0.2])
    W_x, W_h, b = r("W_x", [0.5, -0.3, 0.8, 0.6]), r("W_h", [0.4, 0.2, -0.5, 0.7]), r("b", [0.0, 1.0, 0.1, -0.1])
    loss = 0
    for t in range(2):
        z = x[t] * W_x + b + h * W_h
        i, f, o = (r("%s[%d]" % (n, t), sigmoid(r("z.%s[%d]" % (n, t), z[k:k + 1]))) for k, n in enumerate("ifo"))
        g = r("g[%d]" % t, np.tanh(r("z.g[%d]" % t, z[3:])))
        c = r("c[%d]" % t, f * c + i * g)
        h = r("h[%d]" % t, o * r("tanhC[%d]" % t, np.tanh(c)))
        loss += float(h[0] * dH[t])
    return r, loss


def gru_after(r):
    x, dH, h = r("X", X), r("dH", DH), r("h0", [0.1])
    W_x, W_h = r("W_x", [0.5, -0.3, 0.8]), r("W_h", [0.4, 0.2, -0.5])
    b, b_h = r("b", [0.0, 0.1, -0.1]), r("b_h", [0.05, 0.0, 0.2])
    loss = 0
    for t in range(2):
        zx, zh = x[t] * W_x + b, h * W_h + b_h
        gate = {n: r("%s[%d]" % (n, t), sigmoid(zx[k:k + 1] + zh[k:k + 1])) for k, n in enumerate("rz")}
        zh_n = r("zh_n[%d]" % t, zh[2:])
        n = r("n[%d]" % t, np.tanh(zx[2:] + gate["r"] * zh_n))
        h = r("h[%d]" % t, gate["z"] * h + (1 - gate["z"]) * n)
        loss += float(h[0] * dH[t])
    return r, loss


def gru_before(r):
    x, dH, h = r("X", X), r("dH", DH), r("h0", [0.1])
    W_x, W_h, U_n = r("W_x", [0.5, -0.3, 0.8]), r("W_h", [0.4, 0.2]), r("U_n", [-0.5])
    loss = 0
    for t in range(2):
        zx, zh = x[t] * W_x, h * W_h
        gate = {n: r("%s[%d]" % (n, t), sigmoid(zx[k:k + 1] + zh[k:k + 1])) for k, n in enumerate("rz")}
        rh = r("rh[%d]" % t, gate["r"] * h)
        n = r("n[%d]" % t, np.tanh(r("z.n[%d]" % t, zx[2:] + rh * U_n)))
        h = r("h[%d]" % t, gate["z"] * h + (1 - gate["z"]) * n)
        loss += float(h[0] * dH[t])
    return r, loss


def gru_context(r):
    x, dH, h, c = r("X", X), r("dH", DH), r("h0", [0.1]), r("context0", [0.6])
    W_x, W_h = r("W_x", [0.5, -0.3, 0.8]), r("W_h", [0.4, 0.2, -0.5])
    C = [r("C_" + n, [v]) for n, v in (("r", -0.7), ("z", 0.9), ("n", 1.1))]
    loss = 0
    for t in range(2):
        zx, zh = x[t] * W_x, h * W_h
        gate = {n: r("%s[%d]" % (n, t), sigmoid(zx[k:k + 1] + zh[k:k + 1] + c * C[k])) for k, n in enumerate("rz")}
        a = r("a[%d]" % t, zh[2:] + c * C[2])
        n = r("n[%d]" % t, np.tanh(zx[2:] + gate["r"] * a))
        h = r("h[%d]" % t, gate["z"] * h + (1 - gate["z"]) * n)
        c = r("context[%d]" % t, c)
        loss += float(h[0] * dH[t])
    return r, loss


def norm(x, gamma):
    u = x - x.mean()
    return gamma * u / np.sqrt((u * u).mean() + 1e-5)


def layer_norm_lstm(r):
    x, dH = r("X", [0.8]), r("dH", [1.0, -0.5, 0.3])
    h, c = r("h0", [0.1, -0.2, 0.3]), r("c0", [0.2, 0.4, -0.5])
    W_x = r("W_x", [0.5, 0.1, 0.7, -0.3, 0.2, 0.4, 0.8, -0.4, 0.1, 0.6, 0.3, -0.2])
    W_h = r("W_h", [[0.4, 0.1, 0.2, -0.1, -0.5, 0.3, 0.7, 0.2, 0.6, 0.1, -0.3, 0.5],
                    [0.1, 0.2, 0.3, 0.4, 0.1, -0.2, -0.3, 0.5, 0.2, -0.6, 0.4, 0.1],
                    [0.3, -0.2, 0.1, 0.5, 0.2, 0.6, 0.1, -0.4, 0.3, 0.2, 0.1, -0.1]])
    gamma = np.concatenate([r("gamma_x_" + n, [1.0 + k / 10, 0.9, 1.1]) for k, n in enumerate("ifog")])
    beta_f = r("beta_f", [1.0, 1.0, 1.0])
    a = norm(x * W_x, gamma) + norm(h @ W_h, np.ones(12)) + np.concatenate([np.zeros(3), beta_f, np.zeros(6)])
    i, f, o = (r("%s[0]" % n, sigmoid(a[3 * k:3 * k + 3])) for k, n in enumerate("ifo"))
    g = r("g[0]", np.tanh(a[9:]))
    c = r("c[0]", f * c + i * g)
    h = r("h[0]", o * np.tanh(norm(c, np.ones(3))))
    return r, float((h * dH).sum())


# ---- attention

def bridge(r):
    e, W, b, ds0 = r("e", [0.5, -1.0]), r("W", [[0.2, 0.4], [-0.6, 0.8]]), r("b", [0.1, -0.1]), r("ds0", [1.0, 2.0])
    s0 = r("s0", np.tanh(e @ W + b))
    return r, float((s0 * ds0).sum())


def bridge_summary(r):
    e, ds0, dcontext = r("e", [0.5, -1.0]), r("ds0", [1.0, 2.0]), r("dcontext", [0.5, -0.5])
    V, W = r("V", [[0.3, -0.2], [0.5, 0.7]]), r("W", [[0.2, 0.4], [-0.6, 0.8]])
    c = r("c", np.tanh(e @ V))
    s0 = r("s0", np.tanh(c @ W))
    return r, float((s0 * ds0).sum() + (c * dcontext).sum())


def additive(r):
    H, s, dc = r("annotations", [[1.0, 0.5], [-0.5, 1.0]]), r("s", [0.2, -0.4]), r("dc", [1.0, 2.0])
    W_a, U_a, v_a = r("W_a", [0.5, 1.0]), r("U_a", [0.8, -0.6]), r("v_a", [1.5])
    e = r("e", np.tanh(s @ W_a + H @ U_a) * v_a)
    c = r("c", r("alpha", softmax(e)) @ H)
    return r, float((c * dc).sum())


def general(local):
    def equations(r):
        H, s, dc = r("annotations", [[1.0, 0.5], [-0.5, 1.0], [0.3, -0.8]]), r("s", [0.2, -0.4]), r("dc", [1.0, 2.0])
        W_a = r("W_a", [[0.5, 1.0], [0.8, -0.6]])
        e = r("e", (H @ W_a) @ s)
        alpha = softmax(e)
        if local:
            W_p, v_p = r("W_p", [[0.3, -0.2], [0.6, 0.4]]), r("v_p", [0.5, -1.0])
            p = 3 * sigmoid(np.tanh(s @ W_p) @ v_p)
            alpha = alpha * np.exp(-(np.arange(3) - p) ** 2 / (2 * 1.0 ** 2))
        c = r("c", r("alpha", alpha) @ H)
        return r, float((c * dc).sum())
    return equations


def adam():
    theta, m, v = 1.0, 0.0, 0.0
    lines = ["case adam", "given theta = 1", "given alpha = 0.1"]
    for t, g in enumerate([0.5, -0.2, 3.0], 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        theta -= 0.1 * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
        lines += ["given g[%d] = %g" % (t, g), "theta[%d] = %.6f" % (t, theta)]
    return "```numbers\n" + "\n".join(lines) + "\n```\n"


def adadelta():
    theta, u, v = 1.0, 0.0, 0.0
    lines = ["case adadelta", "given theta = 1", "given alpha = 1"]
    for t, g in enumerate([0.5, -0.2, 3.0], 1):
        v = 0.95 * v + 0.05 * g * g
        d = np.sqrt(u + 1e-6) / np.sqrt(v + 1e-6) * g
        u = 0.95 * u + 0.05 * d * d
        theta -= d
        lines += ["given g[%d] = %g" % (t, g), "theta[%d] = %.6f" % (t, theta)]
    return "```numbers\n" + "\n".join(lines) + "\n```\n"


def steps(names):
    return [n + "[%d]" % t for t in range(2) for n in names.split()]


PAGES = {
    "linear-map": [block("linear", linear, ["X", "W", "b", "dY"], ["Y"], ["X", "W", "b"])],
    "softmax-cross-entropy": [
        block("softmax", cross_entropy(0), ["logits", "target"], ["p", "loss"], ["logits"]),
        block("softmax smoothed by 0.1", cross_entropy(0.1), ["logits", "target"], ["loss"], ["logits"])],
    "embedding": [block("embedding", embedding, ["W", "ids", "dX"], ["X"], ["W"])],
    "rnn": [block("cell rnn", rnn(0), ["X", "h0", "W_x", "W_h", "b", "dH"], steps("z.h h"),
                  steps("h z.h") + ["X", "h0", "W_x", "W_h", "b"])],
    "lstm": [block("cell lstm", lstm, ["X", "h0", "c0", "W_x", "W_h", "b", "dH"], steps("i f o g c tanhC h"),
                   steps("h o tanhC c i f g z.i z.f z.o z.g") + ["X", "h0", "c0", "W_x", "W_h", "b"])],
    "gru": [block("cell gru", gru_after, ["X", "h0", "W_x", "W_h", "b", "b_h", "dH"], steps("r z zh_n n h"),
                  steps("h z n r zh_n") + ["X", "h0", "W_x", "W_h", "b", "b_h"]),
            block("cell gru-cho-2014", gru_before, ["X", "h0", "W_x", "W_h", "U_n", "dH"], steps("r z rh z.n n h"),
                  steps("h z n z.n rh r") + ["X", "h0", "W_x", "W_h", "U_n"]),
            block("cell gru-cho-2014-decoder", gru_context,
                  ["X", "h0", "context0", "W_x", "W_h", "C_r", "C_z", "C_n", "dH"], steps("r z a n h"),
                  steps("h z n r a") + ["X", "h0", "context0", "W_x", "W_h", "C_r", "C_z", "C_n"])],
    "layer-norm": [block("cell lstm-layer-norm", layer_norm_lstm,
                         ["X", "h0", "c0", "W_x", "W_h", "gamma_x_i", "gamma_x_f", "gamma_x_o", "gamma_x_g",
                          "beta_f", "dH"],
                         ["i[0]", "f[0]", "o[0]", "g[0]", "c[0]", "h[0]"],
                         ["c[0]", "i[0]", "f[0]", "o[0]", "g[0]", "h0", "c0", "W_x", "W_h", "gamma_x_i", "gamma_x_g",
                          "beta_f"])],
    "dropout-zoneout": [block("cell rnn zoneout 0.25", rnn(0.25), ["X", "h0", "W_x", "W_h", "b", "dH"],
                              steps("made.h h"), steps("h made.h z.h") + ["X", "h0", "W_x", "W_h", "b"])],
    "encoder-decoder": [block("bridge", bridge, ["e", "W", "b", "ds0"], ["s0"], ["e", "W", "b"]),
                        block("bridge summary", bridge_summary, ["e", "V", "W", "ds0", "dcontext"], ["c", "s0"],
                              ["e", "V", "W"])],
    "bahdanau": [block("attention additive", additive, ["annotations", "s", "W_a", "U_a", "v_a", "dc"], ["alpha", "c"],
                       ["annotations", "s", "W_a", "U_a", "v_a"])],
    "luong": [block("attention general", general(False), ["annotations", "s", "W_a", "dc"], ["alpha", "c"],
                    ["annotations", "s", "W_a"]),
              block("attention general local-p 2", general(True), ["annotations", "s", "W_a", "W_p", "v_p", "dc"],
                    ["alpha", "c"], ["annotations", "s", "W_a", "W_p", "v_p"])],
    "adam": [adam(), adadelta()],
}


def main():
    here = pathlib.Path(__file__).parent
    for page, blocks in PAGES.items():
        if sys.argv[1:] == ["--check"]:
            found = re.findall(r"```numbers\n.*?```\n", (here / (page + ".md")).read_text(), re.S)
            print(page, "as computed" if found == blocks else "OTHER NUMBERS")
        else:
            print("# " + page + "\n\n" + "\n".join(blocks))


if __name__ == "__main__":
    main()
