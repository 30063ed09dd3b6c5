# SPDX-License-Identifier: Apache-2.0
"""Trains Karpathy's char-rnn with its default settings on a text, in PyTorch, and prints the validation loss of every epoch.

Run from the project root, one process a seed (PyTorch and nothing else; ten minutes and more a seed):
    python3 tools/results/char_rnn_torch.py ../shared/data/tinyshakespeare.txt --epochs 20 --seed 1

Two LSTM layers of 128 units over one-hot characters, two biases a layer as char-rnn has them (two linear maps); every
weight from U(-0.08, 0.08), then the forget gate's bias of the input side 1; RMSProp at 2e-3 with decay 0.95 and
epsilon 1e-8 outside the root, the rate times 0.97 before each epoch from the 11th on; the loss summed over the steps of a
window and averaged over its streams (train.lua leaves the division by the steps out), each element of its gradient clipped
to ±5; no dropout; float32.

The first 95 % of the characters are trained on: their N-1 pairs (character, next one) in 50 contiguous streams, the
longer ones first, read in windows of 50 steps with the state carried, the last window of an epoch as short as what is
left, the state zero where an epoch begins. The other 5 % are the validation text, read once as one stream from a zero state;
its loss is the mean over the predicted characters, in nats.
"""
import argparse
import platform
import time

import torch
from torch.nn.functional import cross_entropy, one_hot

HIDDEN, LAYERS, STEPS, BATCH, TRAIN = 128, 2, 50, 50, 0.95
RATE, RATE_DECAY, DECAY_AFTER, ALPHA, EPSILON, LIMIT, SPREAD = 2e-3, 0.97, 10, 0.95, 1e-8, 5.0, 0.08
IGNORED = -1


class CharRnn(torch.nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.vocabulary = vocabulary
        self.lstm = torch.nn.LSTM(vocabulary, HIDDEN, LAYERS)
        self.head = torch.nn.Linear(HIDDEN, vocabulary)
        for p in self.parameters():
            torch.nn.init.uniform_(p, -SPREAD, SPREAD)
        for layer in range(LAYERS):  # PyTorch's blocks are i f g o
            getattr(self.lstm, f"bias_ih_l{layer}").data[HIDDEN : 2 * HIDDEN] = 1

    def forward(self, ids, state):
        outputs, state = self.lstm(one_hot(ids, self.vocabulary).float(), state)
        return self.head(outputs), state


def windows(ids):
    """The windows of an epoch: inputs and targets [steps, BATCH], the target IGNORED where a stream has ended."""
    size, longer = divmod(len(ids) - 1, BATCH)
    starts = [size * b + min(b, longer) for b in range(BATCH + 1)]
    longest = starts[1]
    inputs = torch.zeros(longest, BATCH, dtype=torch.long)
    targets = torch.full((longest, BATCH), IGNORED)
    for b in range(BATCH):
        first, end = starts[b], starts[b + 1]
        inputs[: end - first, b] = ids[first:end]
        targets[: end - first, b] = ids[first + 1 : end + 1]
    return list(zip(inputs.split(STEPS), targets.split(STEPS)))


def train(model, optimiser, epoch_windows):
    state, nats, tokens = None, 0.0, 0
    for inputs, targets in epoch_windows:
        logits, state = model(inputs, state)
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum")
        optimiser.zero_grad()
        (loss / BATCH).backward()
        torch.nn.utils.clip_grad_value_(model.parameters(), LIMIT)
        optimiser.step()
        state = tuple(part.detach() for part in state)
        nats, tokens = nats + loss.item(), tokens + int((targets != IGNORED).sum())
    return nats / tokens


@torch.no_grad()
def validate(model, ids, piece=1000):
    state, nats = None, 0.0
    for inputs, targets in zip(ids[:-1].split(piece), ids[1:].split(piece)):
        logits, state = model(inputs[:, None], state)
        nats += cross_entropy(logits[:, 0], targets, reduction="sum").item()
    return nats / (len(ids) - 1)


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("text")
    flags.add_argument("--epochs", type=int, default=50)
    flags.add_argument("--seed", type=int, default=1)
    flags = flags.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(flags.seed)
    with open(flags.text, encoding="utf-8", newline="") as file:
        text = file.read()
    characters = {c: i for i, c in enumerate(sorted(set(text)))}
    ids = torch.tensor([characters[c] for c in text])
    cut = int(len(ids) * TRAIN)
    epoch_windows, held_out = windows(ids[:cut]), ids[cut:]
    model = CharRnn(len(characters))
    optimiser = torch.optim.RMSprop(model.parameters(), lr=RATE, alpha=ALPHA, eps=EPSILON)
    print(f"# tools/results/char_rnn_torch.py, torch {torch.__version__}, Python {platform.python_version()}, one thread")
    print(
        f"# seed {flags.seed}, {len(characters)} characters, {cut} to train on in {len(epoch_windows)} windows an epoch, "
        f"{len(held_out)} to validate on, {sum(p.numel() for p in model.parameters())} weights",
        flush=True,
    )
    start = time.time()
    for epoch in range(flags.epochs):
        optimiser.param_groups[0]["lr"] = RATE * RATE_DECAY ** max(0, epoch + 1 - DECAY_AFTER)
        loss = train(model, optimiser, epoch_windows)
        validation = validate(model, held_out)
        print(f"epoch {epoch + 1} train {loss:.4f} validation {validation:.4f} seconds {time.time() - start:.0f}", flush=True)


main()
