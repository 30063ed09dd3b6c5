# SPDX-License-Identifier: Apache-2.0
"""Encoder-decoders with attention in PyTorch: log-probabilities, alignments and every gradient, in float64.

Run from the project root (PyTorch and nothing else):
    python3 tools/golden/seq2seq_golden.py > models/src/test/resources/io/github/unroll4j/models/golden/seq2seq-torch-1.13.txt

One line per array, "case.name: numbers", row-major, numbers written so that they are read back exactly. The recurrent layers are
nn.GRU, nn.LSTM (packed by length, enforce_sorted=False) and nn.GRUCell, nn.LSTMCell, with PyTorch's names and shapes; all
other weights stand as the papers have them, to be multiplied by rows from the left. Gradients are autograd's.

The decoder reads <SOS> and the target, and is to predict the target and <EOS>; the loss is the sum over the real tokens. "logp" are the
log-probabilities of all V tokens, [T,B,V], and "alpha" the weights, [T,B,S]; both are 0 at padded steps.
"""
import platform

import torch
from torch.nn.functional import cross_entropy, embedding, log_softmax, softmax
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

V, E, H, A, L = 7, 3, 4, 5, 3
SOURCE_LENGTHS = torch.tensor([3, 1, 4])
TARGET_LENGTHS = torch.tensor([4, 3, 2])  # with <EOS>
S, T, B = 4, 4, 3
SOS, EOS = 0, 1
RADIUS = 2


def normal(*shape, scale=0.6):
    return torch.round(1000 * scale * torch.randn(*shape, dtype=torch.float64)) / 1000


def show(name, tensor):
    print(f"{name}: " + " ".join(repr(x) for x in tensor.detach().reshape(-1).tolist()))


class Case:
    """One model. "kind" is bahdanau or luong; "score" additive, dot, general or concat."""

    def __init__(self, name, kind, score, cell, both=False, layers=1, feeding=False, bias=False, maxout=False, local=False):
        self.name, self.kind, self.score, self.cell = name, kind, score, cell
        self.both, self.layers, self.feeding, self.maxout, self.local = both, layers, feeding, maxout, local
        self.M = 2 * H if both else H
        net = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell]
        step = {"gru": torch.nn.GRUCell, "lstm": torch.nn.LSTMCell}[cell]
        self.encoder = net(E, H, num_layers=layers, bidirectional=both).double()
        size = E + (self.M if kind == "bahdanau" else H if feeding else 0)
        self.cells = [step(size if i == 0 else H, H).double() for i in range(layers)]
        self.w = {"source.W": normal(V, E), "target.W": normal(V, E)}
        self.declare(bias)
        self.leaves = dict(self.w)
        for module, prefix in [(self.encoder, "encoder.")] + [(c, f"decoder.l{i}.") for i, c in enumerate(self.cells)]:
            for name, p in module.named_parameters():
                p.data = normal(*p.shape)
                self.leaves[prefix + name] = p
        for tensor in self.w.values():
            tensor.requires_grad_()

    def declare(self, bias):
        parts = ["h", "c"] if self.cell == "lstm" else ["h"]
        for i in range(self.layers):
            for part in parts:
                # an encoder of two directions hands over its backward state, through a map; else the state itself
                if self.both:
                    self.w[f"bridge.l{i}.{part}.W"] = normal(H, H)
                    self.w[f"bridge.l{i}.{part}.b"] = normal(H)
        if self.score in ("additive", "concat"):
            self.w.update({"decoder.additive.W_a": normal(H, A), "decoder.additive.U_a": normal(self.M, A)})
            self.w["decoder.additive.v_a"] = normal(A)
        if self.score == "general":
            self.w["decoder.general.W_a"] = normal(self.M, H)
        if self.local:
            self.w.update({"decoder.general.W_p": normal(H, H), "decoder.general.v_p": normal(H)})
        if self.kind == "luong":
            self.w["decoder.W_c"] = normal(self.M + H, H)
        if bias:
            self.w["decoder.b_c"] = normal(H)
        if self.maxout:
            for name, rows in ("U_o", H), ("V_o", E), ("C_o", self.M):
                self.w["decoder.readout." + name] = normal(rows, 2 * L)
        self.w.update({"head.W": normal(L if self.maxout else H, V), "head.b": normal(V)})

    def encode(self, source):
        """Annotations [S,B,M], 0 at padding, and the decoder's first states by layer."""
        packed = pack_padded_sequence(embedding(source, self.w["source.W"]), SOURCE_LENGTHS, enforce_sorted=False)
        out, last = self.encoder(packed)
        annotations, _ = pad_packed_sequence(out, total_length=S)
        parts = dict(zip("hc", last if isinstance(last, tuple) else (last,)))
        states = []
        for i in range(self.layers):
            state = []
            for part, all_layers in parts.items():
                e = all_layers[2 * i + 1] if self.both else all_layers[i]
                if self.both:
                    e = torch.tanh(e @ self.w[f"bridge.l{i}.{part}.W"] + self.w[f"bridge.l{i}.{part}.b"])
                state.append(e)
            states.append(state)
        return annotations, states

    def attend(self, query, annotations):
        if self.score in ("additive", "concat"):
            hidden = torch.tanh(query @ self.w["decoder.additive.W_a"] + annotations @ self.w["decoder.additive.U_a"])
            e = torch.einsum("sba,a->bs", hidden, self.w["decoder.additive.v_a"])
        else:
            keys = annotations @ self.w["decoder.general.W_a"] if self.score == "general" else annotations
            e = torch.einsum("bh,sbh->bs", query, keys)
        places = torch.arange(S)[None, :]
        admitted = places < SOURCE_LENGTHS[:, None]
        if self.local:
            u = torch.tanh(query @ self.w["decoder.general.W_p"])
            p = (SOURCE_LENGTHS * torch.sigmoid(u @ self.w["decoder.general.v_p"]))[:, None]
            admitted = admitted & ((places - p).abs() <= RADIUS)
        alpha = softmax(e.masked_fill(~admitted, -torch.inf), dim=1)
        if self.local:
            alpha = alpha * torch.exp(-((places - p) ** 2) / (2 * (RADIUS / 2) ** 2))
        return alpha, torch.einsum("bs,sbm->bm", alpha, annotations)

    def step(self, x, states):
        """Runs the layers; returns the output of the top one."""
        for i, cell in enumerate(self.cells):
            if self.cell == "lstm":
                states[i] = list(cell(x, tuple(states[i])))
            else:
                states[i] = [cell(x, states[i][0])]
            x = states[i][0]
        return x

    def read_out(self, s, y, c):
        wide = sum(x @ self.w["decoder.readout." + n] for x, n in ((s, "U_o"), (y, "V_o"), (c, "C_o")))
        return wide.reshape(B, L, 2).max(dim=2).values

    def decode(self, words, annotations, states):
        features, weights, feed = [], [], torch.zeros(B, H, dtype=torch.float64)
        for t in range(T):
            y, before = embedding(words[t], self.w["target.W"]), states[-1][0]
            if self.kind == "bahdanau":
                alpha, c = self.attend(before, annotations)
                h = self.step(torch.cat([y, c], dim=1), states)
                out = self.read_out(before, y, c) if self.maxout else h
            else:
                h = self.step(torch.cat([y, feed], dim=1) if self.feeding else y, states)
                alpha, c = self.attend(h, annotations)
                out = torch.cat([c, h], dim=1) @ self.w["decoder.W_c"]
                feed = out = torch.tanh(out + self.w["decoder.b_c"] if "decoder.b_c" in self.w else out)
            features.append(out)
            weights.append(alpha)
        return torch.stack(features), torch.stack(weights)

    def run(self):
        source, words, targets = torch.randint(2, V, (S, B)), torch.randint(2, V, (T, B)), torch.zeros(T, B).long()
        words[0] = SOS
        targets[:-1] = words[1:]
        real = torch.arange(T)[:, None] < TARGET_LENGTHS
        for b in range(B):
            targets[TARGET_LENGTHS[b] - 1, b] = EOS
        annotations, states = self.encode(source)
        features, alpha = self.decode(words, annotations, states)
        logits = features @ self.w["head.W"] + self.w["head.b"]
        loss = cross_entropy(logits[real], targets[real], reduction="sum")
        loss.backward()
        given = {"source": source, "source_lengths": SOURCE_LENGTHS, "inputs": words, "targets": targets}
        found = {"loss": loss, "logp": log_softmax(logits, dim=2) * real[:, :, None], "alpha": alpha * real[:, :, None]}
        for name, tensor in {**given, "target_lengths": TARGET_LENGTHS, **self.leaves, **found}.items():
            show(f"{self.name}.{name}", tensor)
        for name, tensor in self.leaves.items():
            show(f"{self.name}.grad.{name}", tensor.grad)


torch.manual_seed(20261125)
print(f"# tools/golden/seq2seq_golden.py, torch {torch.__version__}, Python {platform.python_version()}, float64")
Case("bahdanau-gru-both", "bahdanau", "additive", "gru", both=True).run()
Case("bahdanau-lstm-both-maxout", "bahdanau", "additive", "lstm", both=True, maxout=True).run()
Case("bahdanau-gru", "bahdanau", "additive", "gru").run()
Case("dot-lstm-feeding", "luong", "dot", "lstm", feeding=True).run()
Case("dot-gru", "luong", "dot", "gru").run()
Case("general-lstm-both-feeding-2", "luong", "general", "lstm", both=True, layers=2, feeding=True).run()
Case("general-gru-both", "luong", "general", "gru", both=True, bias=True).run()
Case("concat-gru-both-feeding", "luong", "concat", "gru", both=True, feeding=True, bias=True).run()
Case("concat-lstm", "luong", "concat", "lstm").run()
Case("general-gru-both-feeding-local", "luong", "general", "gru", both=True, feeding=True, local=True).run()
