# SPDX-License-Identifier: Apache-2.0
"""PyTorch's nn.RNN, nn.LSTM and nn.GRU: stacked, in both directions, with lengths, and trained; all in float64.

Run from the project root (PyTorch and nothing else), once for each of rnn, lstm and gru:
    python3 tools/golden/recurrent_golden.py lstm > models/src/test/resources/io/github/unroll4j/models/golden/lstm-torch-1.13.txt

One line per array, "case.name: numbers", row-major in PyTorch's shapes, numbers written so that they are read back exactly
(17 digits where they are needed; what goes in has three decimals). The case says what it is, in words joined by "-": the
nonlinearity of an nn.RNN, the number of layers, "both" for two directions, "lengths" where the rows are packed
(enforce_sorted=False), "projection" for an nn.LSTM with proj_size.

Gradient cases: the loss is <output, d_output> + <h_n, d_h_n> (+ <c_n, d_c_n>), d_output 0 at padded steps; "grad." is its
gradient. Training cases: ten steps of Adam at 0.01 on the loss 1/2 |output - target|^2 over the real steps, gradients clipped
by clip_grad_norm_ at max_norm; "norms" are the norms before clipping, "trained." the parameters after ten steps.
"""
import platform
import sys

import torch
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

T, B, D, H = 4, 3, 3, 4
LENGTHS = torch.tensor([3, 1, 4])
STEPS, RATE = 10, 0.01


def normal(*shape, scale=1.0):
    return torch.round(1000 * scale * torch.randn(*shape, dtype=torch.float64)) / 1000


def show(name, tensor):
    print(f"{name}: " + " ".join(repr(x) for x in tensor.detach().reshape(-1).tolist()))


class Case:
    def __init__(self, kind, mode, layers, both=False, lengths=False, projection=0):
        options = {"nonlinearity": mode} if kind == "rnn" else {}
        if projection:
            options["proj_size"] = projection
        marks = {"both": both, "lengths": lengths, "projection": projection}
        self.name = "-".join([mode, str(layers)] + [mark for mark, on in marks.items() if on])
        make = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind]
        self.layer = make(D, H, num_layers=layers, bidirectional=both, **options).double()
        for p in self.layer.parameters():
            p.data = normal(*p.shape, scale=0.5)
        self.lengths = LENGTHS if lengths else torch.full((B,), T)
        self.packed = lengths
        runs, self.size = layers * (2 if both else 1), (2 if both else 1) * (projection or H)
        self.states = {"h_0": normal(runs, B, projection or H)}
        if kind == "lstm":
            self.states["c_0"] = normal(runs, B, H)
        self.given = {"x": normal(T, B, D), **self.states}
        self.mask = (torch.arange(T)[:, None] < self.lengths).double()[:, :, None]

    def show(self, arrays, prefix=""):
        for name, tensor in arrays.items():
            show(f"{self.name}.{prefix}{name}", tensor)

    def parameters(self):
        return dict(self.layer.named_parameters())

    def forward(self):
        """The output, and the last states by name."""
        s0 = tuple(self.states.values())
        s0 = s0 if len(s0) == 2 else s0[0]
        x = self.given["x"]
        if self.packed:
            packed = pack_padded_sequence(x, self.lengths, enforce_sorted=False)
            output, last = self.layer(packed, s0)
            output, _ = pad_packed_sequence(output, total_length=T)
        else:
            output, last = self.layer(x, s0)
        return output, dict(zip(("h_n", "c_n"), last if isinstance(last, tuple) else (last,)))

    def gradients(self):
        for tensor in self.given.values():
            tensor.requires_grad_()
        output, last = self.forward()
        found = {"output": output, **last}
        upstream = {"d_" + name: normal(*tensor.shape) for name, tensor in found.items()}
        upstream["d_output"] *= self.mask
        sum((a * b).sum() for a, b in zip(found.values(), upstream.values())).backward()
        leaves = {**self.given, **self.parameters()}
        self.show({"lengths": self.lengths, **leaves, **upstream, **found})
        self.show({name: tensor.grad for name, tensor in leaves.items()}, "grad.")

    def train(self, max_norm):
        self.name = "train-" + self.name
        target, max_norm = normal(T, B, self.size), torch.tensor(max_norm, dtype=torch.float64)
        given = {**self.given, **self.parameters(), "target": target, "max_norm": max_norm}
        self.show({"lengths": self.lengths, **given})
        adam = torch.optim.Adam(self.layer.parameters(), lr=RATE)
        norms = []
        for _ in range(STEPS):
            adam.zero_grad()
            output, _ = self.forward()
            (0.5 * ((output - target) ** 2 * self.mask).sum()).backward()
            norms.append(clip_grad_norm_(self.layer.parameters(), max_norm.item()))
            adam.step()
        self.show({"norms": torch.stack(norms)})
        self.show(self.parameters(), "trained.")


kind = sys.argv[1]
torch.manual_seed({"rnn": 20261122, "lstm": 20261123, "gru": 20261124}[kind])
print(f"# tools/golden/recurrent_golden.py {kind}, torch {torch.__version__}, Python {platform.python_version()}, float64")
for mode in ("tanh", "relu") if kind == "rnn" else (kind,):
    Case(kind, mode, layers=1).gradients()
    Case(kind, mode, layers=3 if mode == "lstm" else 2).gradients()
    Case(kind, mode, layers=1, lengths=True).gradients()
    Case(kind, mode, layers=1, both=True, lengths=True).gradients()
    Case(kind, mode, layers=2, both=True, lengths=True).gradients()
max_norm = {"rnn": 14.6, "lstm": 4.1, "gru": 10.4}[kind]  # reached in some of the ten steps and not in others
Case(kind, "tanh" if kind == "rnn" else kind, layers=1).train(max_norm)
if kind == "lstm":
    Case(kind, kind, layers=2, both=True, lengths=True).train(max_norm)
    Case(kind, kind, layers=1, projection=2).gradients()
    Case(kind, kind, layers=2, both=True, lengths=True, projection=2).gradients()
