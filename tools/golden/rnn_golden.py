# SPDX-License-Identifier: Apache-2.0
"""PyTorch's nn.RNN, tanh and relu, one and two layers, T=3, B=2, D=3, H=4; all in float64.

Run from the project root (PyTorch and nothing else):
    python3 tools/golden/rnn_golden.py > models/src/test/resources/io/github/unroll4j/models/rnn/rnn-torch-1.13.txt

One line per array, "form.layers.name: numbers"; numbers with 17 significant digits, so that they are read back exactly,
row-major in PyTorch's shapes: input and output [T,B,.], states [layers,B,H], weights [H,.], two biases [H] a layer. The
loss is <output, d_output> + <h_n, d_h_n>; "grad." is its gradient.
"""
import platform

import torch

T, B, D, H = 3, 2, 3, 4


def normal(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def case(form, layers):
    def show(name, tensor):
        numbers = tensor.detach().reshape(-1).tolist()
        print(f"{form}.{layers}.{name}: " + " ".join(f"{x:.17g}" for x in numbers))

    rnn = torch.nn.RNN(D, H, num_layers=layers, nonlinearity=form).double()
    for p in rnn.parameters():
        p.data = 0.5 * normal(*p.shape)
    x, h_0 = normal(T, B, D).requires_grad_(), normal(layers, B, H).requires_grad_()
    d_output, d_h_n = normal(T, B, H), normal(layers, B, H)
    output, h_n = rnn(x, h_0)
    ((output * d_output).sum() + (h_n * d_h_n).sum()).backward()
    given = {"x": x, "h_0": h_0, **dict(rnn.named_parameters())}
    for name, tensor in {**given, "d_output": d_output, "d_h_n": d_h_n, "output": output, "h_n": h_n}.items():
        show(name, tensor)
    for name, tensor in given.items():
        show("grad." + name, tensor.grad)


torch.manual_seed(20261122)
print(f"# tools/golden/rnn_golden.py, torch {torch.__version__}, Python {platform.python_version()}, float64")
for form in ("tanh", "relu"):
    for layers in (1, 2):
        case(form, layers)
