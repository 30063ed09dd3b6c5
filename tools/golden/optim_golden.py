# SPDX-License-Identifier: Apache-2.0
"""PyTorch's figures for the optim module: optimisers, gradient clipping, cross-entropy; all in float64.

Run from the project root (PyTorch and nothing else):
    python3 tools/golden/optim_golden.py > optim/src/test/resources/io/github/unroll4j/optim/optim.golden

One line per array, "name: numbers"; numbers with 17 significant digits, so that they are read back exactly.
Parameters are two tensors of 4 and 3 elements, given flat; rows of steps follow each other.
"""
import platform

import torch
from torch.nn.functional import cross_entropy

torch.manual_seed(20240611)
STEPS, SIZES = 10, (4, 3)


def normal(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def show(name, *tensors):
    numbers = torch.cat([torch.as_tensor(t, dtype=torch.float64).reshape(-1) for t in tensors]).tolist()
    print(name + ": " + " ".join(f"{x:.17g}" for x in numbers))


def fresh(values):
    return [torch.nn.Parameter(part.clone()) for part in torch.split(values, SIZES)]


def give(parameters, gradient):
    for p, part in zip(parameters, torch.split(gradient, SIZES)):
        p.grad = part.clone()


def walk(name, make, clip=lambda parameters: None):
    """The values after each of the steps, the learning rate set anew before each."""
    parameters = fresh(start)
    optimiser = make(parameters)
    path = []
    for rate, gradient in zip(rates, gradients):
        give(parameters, gradient)
        clip(parameters)
        optimiser.param_groups[0]["lr"] = rate.item()
        optimiser.step()
        path += [p.detach().clone() for p in parameters]
    show(name, *path)


print(f"# tools/golden/optim_golden.py, torch {torch.__version__}, Python {platform.python_version()}, float64")
start = normal(sum(SIZES))
gradients = normal(STEPS, sum(SIZES)) * torch.logspace(-3, 1, sum(SIZES), dtype=torch.float64)
gradients[3] = 0
rates = torch.linspace(0.05, 0.01, STEPS, dtype=torch.float64)
show("start", start)
show("gradients", gradients)
show("rates", rates)

optim = torch.optim
walk("sgd", lambda p: optim.SGD(p, lr=1))
walk("sgd.decay", lambda p: optim.SGD(p, lr=1, weight_decay=0.1))
walk("sgd.momentum", lambda p: optim.SGD(p, lr=1, momentum=0.9, weight_decay=0.01))
walk("sgd.nesterov", lambda p: optim.SGD(p, lr=1, momentum=0.9, nesterov=True, weight_decay=0.01))
walk("adam", lambda p: optim.Adam(p))
walk("adam.set", lambda p: optim.Adam(p, betas=(0.8, 0.95), eps=1e-4))
walk("adamw", lambda p: optim.AdamW(p))
walk("adamw.set", lambda p: optim.AdamW(p, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.3))
walk("rmsprop", lambda p: optim.RMSprop(p))
walk("rmsprop.set", lambda p: optim.RMSprop(p, alpha=0.95, eps=1e-4))
walk("adagrad", lambda p: optim.Adagrad(p))
walk("adagrad.set", lambda p: optim.Adagrad(p, eps=1e-4))
walk("adadelta", lambda p: optim.Adadelta(p))
walk("adadelta.paper", lambda p: optim.Adadelta(p, rho=0.95, eps=1e-6))

norm, value = torch.nn.utils.clip_grad_norm_, torch.nn.utils.clip_grad_value_
walk("adam.globalNorm", lambda p: optim.Adam(p), lambda p: norm(p, 0.5))
walk("adam.parameterNorm", lambda p: optim.Adam(p), lambda p: [norm([q], 0.5) for q in p])
walk("adam.value", lambda p: optim.Adam(p), lambda p: value(p, 0.5))

for name, clip in {
    "globalNorm": lambda p: norm(p, 2.5),
    "globalNorm.wide": lambda p: norm(p, 1e3),
    "parameterNorm": lambda p: [norm([q], 0.05) for q in p],
    "value": lambda p: value(p, 0.3),
}.items():
    parameters = fresh(start)
    give(parameters, gradients[0])
    clip(parameters)
    show("clip." + name, *[p.grad for p in parameters])
show("clip.norm", gradients[0].norm())

ROWS, CLASSES = 6, 5
logits = normal(ROWS, CLASSES) * 3
targets = torch.tensor([4, 0, -1, 2, 2, 1])
show("loss.logits", logits)
show("loss.targets", targets)
for smoothing in (0.0, 0.1):
    for reduction in ("sum", "mean"):
        z = logits.clone().requires_grad_()
        loss = cross_entropy(z, targets, reduction=reduction, ignore_index=-1, label_smoothing=smoothing)
        loss.backward()
        show(f"loss.{reduction}.{smoothing}", loss.detach(), z.grad)

# A table of which each step touches some rows, one of them twice at times, and a vector beside it. SparseAdam adds eps to the
# root of v as it stands, Adam to the corrected one: eps is set at each step so that both mean the same.
VOCABULARY, WIDTH, VECTOR = 5, 3, 4
ROWS_OF_STEP = [[0, 3], [3, 1, 3], [0], [4, 4], [1, 0, 4], [3], [0, 1, 2, 3, 4], [2, 2, 2], [0, 3], [1]]


def walk_lazily(name, beta1, beta2, eps):
    table = torch.nn.Parameter(table_start.clone())
    vector = torch.nn.Parameter(vector_start.clone())
    lazy = torch.optim.SparseAdam([table], betas=(beta1, beta2))
    dense = torch.optim.Adam([vector], betas=(beta1, beta2), eps=eps)
    path = []
    for s, rows in enumerate(ROWS_OF_STEP):
        table.grad = torch.sparse_coo_tensor([rows], row_gradients[s][:len(rows)], table.shape)
        vector.grad = vector_gradients[s].clone()
        lazy.param_groups[0]["eps"] = eps * (1 - beta2 ** (s + 1)) ** 0.5
        for optimiser in (lazy, dense):
            optimiser.param_groups[0]["lr"] = rates[s].item()
            optimiser.step()
        path += [table.detach().clone(), vector.detach().clone()]
    show(name, *path)


table_start, vector_start = normal(VOCABULARY, WIDTH), normal(VECTOR)
row_gradients = normal(STEPS, VOCABULARY, WIDTH)
vector_gradients = normal(STEPS, VECTOR)
show("lazy.start", table_start, vector_start)
show("lazy.counts", torch.tensor([len(rows) for rows in ROWS_OF_STEP]))
show("lazy.rows", torch.tensor(sum(ROWS_OF_STEP, [])))
show("lazy.rowGradients", *[row_gradients[s][:len(rows)] for s, rows in enumerate(ROWS_OF_STEP)])
show("lazy.vectorGradients", vector_gradients)
walk_lazily("lazyadam", 0.9, 0.999, 1e-8)
walk_lazily("lazyadam.set", 0.8, 0.95, 1e-4)
