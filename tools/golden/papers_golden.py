# SPDX-License-Identifier: Apache-2.0
"""The models of Cho et al. (2014) and of Bahdanau, Cho and Bengio (2015) in PyTorch, from the papers' equations:
log-probabilities, alignments and every gradient, in float64. seq2seq_golden.py has nn.GRU on both sides; nothing of
torch.nn is in these two.

Run from the project root (PyTorch and nothing else):
    python3 tools/golden/papers_golden.py > models/src/test/resources/io/github/unroll4j/models/golden/papers-torch-1.13.txt

One line per array, "case.name: numbers", row-major, numbers written so that they are read back exactly. Each weight of a
paper is a leaf of its own, held as the paper holds it, to be multiplied by columns from the right: W_x stands for W_r,
W_z and W. Only when it is shown is it turned over and put beside its sisters, under the name that the library has for
them. Gradients are autograd's.

The decoder reads <SOS> and the target, and is to predict the target and <EOS>; the loss is the sum over the real tokens.
"logp" are the log-probabilities of all V tokens, [T,B,V], and "alpha" the weights of attention, [T,B,S]; both are 0 at
padded steps.
"""
import platform

import torch

V, E, H = 7, 3, 4
L = H // 2  # maxout units
SOURCES, TARGETS = [[3, 5, 2], [4], [2, 6, 3, 5]], [[2, 4, 6], [5, 3], [3]]
SOS, EOS = 0, 1
S, T, B = 4, 4, 3


def show(name, values):
    print(f"{name}: " + " ".join(repr(float(x)) for x in values))


class Model:
    """The weights of a model, made when they are first asked for."""

    def __init__(self):
        self.w = {}

    def weight(self, name, *shape):
        if name not in self.w:
            values = torch.round(600 * torch.randn(*shape, dtype=torch.float64)) / 1000
            self.w[name] = values.requires_grad_()
        return self.w[name]

    def word(self, side, token):
        return self.weight(side + ".E", E, V)[:, token]

    def read_out(self, side, s, y, c):
        """Pairs of rows, of which the larger counts, and then the logits."""
        wide = self.weight(side + ".U_o", 2 * L, H) @ s + self.weight(side + ".V_o", 2 * L, E) @ y \
            + self.weight(side + ".C_o", 2 * L, len(c)) @ c
        return self.weight("W_o", V, L) @ wide.reshape(L, 2).max(dim=1).values + self.weight("b_o", V)

    def reset_before(self, side, x, h, keeps):
        """z, r, and the candidate of what is left of the state; x may hold a context beside the word."""
        def map_of(gate, row):
            return self.weight(f"{side}.W_{gate}", H, len(x)) @ x + self.weight(f"{side}.U_{gate}", H, H) @ row
        z, r = torch.sigmoid(map_of("z", h)), torch.sigmoid(map_of("r", h))
        candidate = torch.tanh(map_of("n", r * h))
        return z * h + (1 - z) * candidate if keeps else (1 - z) * h + z * candidate


class Cho(Model):
    name = "cho2014"

    def steps(self, source, words):
        h = torch.zeros(H, dtype=torch.float64)
        for token in source:
            h = self.reset_before("encoder", self.word("source", token), h, keeps=True)
        c = torch.tanh(self.weight("V", H, H) @ h)
        h = torch.tanh(self.weight("V'", H, H) @ c)
        for token in words:
            y = self.word("target", token)

            def of_word(gate):
                return self.weight(f"decoder.W_{gate}", H, E) @ y

            def of_state(gate):
                return self.weight(f"decoder.U_{gate}", H, H) @ h + self.weight(f"decoder.C_{gate}", H, H) @ c
            z = torch.sigmoid(of_word("z") + of_state("z"))
            r = torch.sigmoid(of_word("r") + of_state("r"))
            h = z * h + (1 - z) * torch.tanh(of_word("n") + r * of_state("n"))
            yield self.read_out("readout", h, y, c), None

    def names(self):
        yield "encoder.l0.gru.W_x", ["encoder.W_" + g for g in "rzn"]
        yield "encoder.l0.gru.W_h", ["encoder.U_" + g for g in "rz"]
        yield "encoder.l0.gru.U_n", ["encoder.U_n"]
        yield "decoder.l0.gru.W_x", ["decoder.W_" + g for g in "rzn"]
        yield "decoder.l0.gru.W_h", ["decoder.U_" + g for g in "rzn"]
        for g in "rzn":
            yield "decoder.l0.gru.C_" + g, ["decoder.C_" + g]
        yield "bridge.V", ["V"]
        yield "bridge.l0.h.W", ["V'"]


class Bahdanau(Model):
    name = "bahdanau2014"

    def steps(self, source, words):
        zero = torch.zeros(H, dtype=torch.float64)
        forwards, backwards = [], []
        h = zero
        for token in source:
            h = self.reset_before("fwd", self.word("source", token), h, keeps=False)
            forwards.append(h)
        h = zero
        for token in reversed(source):
            h = self.reset_before("bwd", self.word("source", token), h, keeps=False)
            backwards.insert(0, h)
        annotations = [torch.cat(both) for both in zip(forwards, backwards)]
        s = torch.tanh(self.weight("W_s", H, H) @ backwards[0] + self.weight("b_s", H))
        for token in words:
            y = self.word("target", token)
            e = [self.weight("v_a", H) @ torch.tanh(self.weight("W_a", H, H) @ s + self.weight("U_a", H, 2 * H) @ h)
                 for h in annotations]
            alpha = torch.softmax(torch.stack(e), dim=0)
            c = sum(a * h for a, h in zip(alpha, annotations))
            logits = self.read_out("readout", s, y, c)  # of the state before the step
            s = self.reset_before("decoder", torch.cat([y, c]), s, keeps=False)
            yield logits, alpha

    def names(self):
        for layer, side in ("encoder.l0.fwd", "fwd"), ("encoder.l0.bwd", "bwd"), ("decoder.l0", "decoder"):
            yield layer + ".gru.W_x", [side + ".W_" + g for g in "rzn"]
            yield layer + ".gru.W_h", [side + ".U_" + g for g in "rz"]
            yield layer + ".gru.U_n", [side + ".U_n"]
        yield "bridge.l0.h.W", ["W_s"]
        yield "bridge.l0.h.b", ["b_s"]
        yield "decoder.additive.W_a", ["W_a"]
        yield "decoder.additive.U_a", ["U_a"]
        yield "decoder.additive.v_a", ["v_a"]


def beside(tensors):
    """Weights as the library holds them: turned over, and side by side."""
    return torch.cat([t if t.dim() == 1 else t.T for t in tensors], dim=-1).reshape(-1).tolist()


def run(model):
    logp, alphas = torch.zeros(T, B, V, dtype=torch.float64), torch.zeros(T, B, S, dtype=torch.float64)
    loss = torch.zeros((), dtype=torch.float64)
    for b, (source, target) in enumerate(zip(SOURCES, TARGETS)):
        for t, (logits, alpha) in enumerate(model.steps(source, [SOS] + target)):
            row = torch.log_softmax(logits, dim=0)
            loss = loss - row[(target + [EOS])[t]]
            logp[t, b] = row.detach()
            if alpha is not None:
                alphas[t, b, :len(source)] = alpha.detach()
    loss.backward()
    pad = [sentence + [SOS] * S for sentence in SOURCES], [[SOS] + t + [SOS] * T for t in TARGETS], \
        [t + [EOS] + [SOS] * T for t in TARGETS]
    for given, rows, length in zip(("source", "inputs", "targets"), pad, (S, T, T)):
        show(f"{model.name}.{given}", [row[t] for t in range(length) for row in rows])
    show(model.name + ".source_lengths", [len(sentence) for sentence in SOURCES])
    show(model.name + ".target_lengths", [len(t) + 1 for t in TARGETS])
    show(model.name + ".loss", [loss.item()])
    show(model.name + ".logp", logp.reshape(-1).tolist())
    show(model.name + ".alpha", alphas.reshape(-1).tolist())
    common = [("source.W", ["source.E"]), ("target.W", ["target.E"]), ("head.W", ["W_o"]), ("head.b", ["b_o"])]
    common += [("decoder.readout." + n, ["readout." + n]) for n in ("U_o", "V_o", "C_o")]
    shown = []
    for ours, theirs in common + list(model.names()):
        shown += theirs
        show(f"{model.name}.{ours}", beside([model.w[name].detach() for name in theirs]))
        show(f"{model.name}.grad.{ours}", beside([model.w[name].grad for name in theirs]))
    assert sorted(shown) == sorted(model.w), set(model.w) ^ set(shown)


torch.manual_seed(20261130)
print(f"# tools/golden/papers_golden.py, torch {torch.__version__}, Python {platform.python_version()}, float64")
run(Cho())
run(Bahdanau())
