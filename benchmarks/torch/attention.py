# SPDX-License-Identifier: Apache-2.0
"""Times PyTorch on the attention cases of PairCase.java. Usage: attention.py [--threads N] [--seconds S] [case ...]

Written as one would for speed: packed sources in the fused GRU, keys once per source, the head once over all steps; only the loop
over the decoder's steps is Python's, because each context depends on the state before. Same sizes, lengths, masks, clipping and
optimiser as in PairCase.java.
"""
import argparse
import time

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

CASES = {"bahdanau-seed": (82, True, 100, 1, 10), "bahdanau-mid": (5000, False, 256, 64, 15)}  # V, one table, size, B, steps
SOS, EOS, FIRST_WORD = 0, 1, 3


class Translator(nn.Module):
    def __init__(self, V, shared, H):
        super().__init__()
        self.source = nn.Embedding(V, H)
        self.target = self.source if shared else nn.Embedding(V, H)
        self.encoder = nn.GRU(H, H)
        self.bridge = nn.Linear(H, H)
        self.keys, self.query, self.v = nn.Linear(H, H, bias=False), nn.Linear(H, H, bias=False), nn.Linear(H, 1, bias=False)
        self.cell = nn.GRUCell(2 * H, H)
        self.head = nn.Linear(H, V)

    def forward(self, source, lengths, padding, inputs):
        packed = pack_padded_sequence(self.source(source), lengths, enforce_sorted=False)
        out, last = self.encoder(packed)
        annotations, _ = pad_packed_sequence(out)
        keys = self.keys(annotations)
        state = torch.tanh(self.bridge(last[0]))
        y, states = self.target(inputs), []
        for t in range(inputs.shape[0]):
            scores = self.v(torch.tanh(keys + self.query(state))).squeeze(2).masked_fill(padding, float("-inf"))
            context = (torch.softmax(scores, 0).unsqueeze(2) * annotations).sum(0)
            state = self.cell(torch.cat((y[t], context), 1), state)
            states.append(state)
        return self.head(torch.stack(states))


def length(n, batch, steps):
    shorter = steps - steps // 2
    return steps if batch == 1 or n % 2 == 0 else steps // 2 + n // 2 % shorter


def time_case(name, threads, seconds):
    V, shared, H, B, steps = CASES[name]
    torch.manual_seed(0)
    model = Translator(V, shared, H)
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    lengths = torch.tensor([length(n, B, steps) for n in range(B)])
    padding = torch.arange(steps).unsqueeze(1) >= lengths
    source = torch.randint(FIRST_WORD, V, (steps, B))
    words = torch.randint(FIRST_WORD, V, (steps - 1, B))
    inputs = torch.cat((torch.full((1, B), SOS), words))
    targets = torch.cat((words, torch.full((1, B), EOS)))
    targets[lengths - 1, torch.arange(B)] = EOS
    targets = targets.masked_fill(padding, -100)

    def iteration():
        loss = nn.functional.cross_entropy(model(source, lengths, padding, inputs).view(-1, V), targets.view(-1))
        optimizer.zero_grad()
        loss.backward()
        clip_grad_norm_(parameters, 5.0)
        optimizer.step()

    end = time.perf_counter() + seconds / 2
    while time.perf_counter() < end:
        iteration()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        iteration()
        times.append(time.perf_counter() - start)
    median = sorted(times)[len(times) // 2]
    tokens = int(lengths.sum())
    print(f"peer=torch-{torch.__version__} case={name} threads={threads} ms_per_iteration={median * 1e3:.4f} tokens_per_s={tokens / median:.0f}", flush=True)


if __name__ == "__main__":
    flags = argparse.ArgumentParser()
    flags.add_argument("--threads", type=int, default=1)
    flags.add_argument("--seconds", type=float, default=4)
    flags.add_argument("cases", nargs="*", default=list(CASES))
    args = flags.parse_args()
    torch.set_num_threads(args.threads)
    for case in args.cases:
        time_case(case, args.threads, args.seconds)
