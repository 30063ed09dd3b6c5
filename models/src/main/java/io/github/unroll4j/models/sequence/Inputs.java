// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;

/** Checks the input of a layer, and reads one step of it as rows [B,D]: an id becomes a one-hot row, padding zeros. */
public final class Inputs {
    private static final String HINT =
            "D was fixed when the layer was built; the vocabulary or the layer below changed after that";

    private Inputs() {}

    /** Requires numbers [T,B,D] of the layer's type or ids below D, and lengths for T and B. */
    public static void require(Recurrent layer, Sequence x, Lengths lengths, Dtype dtype) {
        if (x instanceof Sequence.Ids tokens) {
            String where = layer.name() + ".forward";
            requireLengths(where, x, lengths);
            requireIds(where, tokens, layer.inputSize(), lengths);
        } else {
            requireNumbers(layer, x, lengths, dtype);
        }
    }

    /** The same for a layer that takes no ids. */
    public static Slab requireNumbers(Recurrent layer, Sequence x, Lengths lengths, Dtype dtype) {
        String where = layer.name() + ".forward";
        requireLengths(where, x, lengths);
        return x.numbers(where, "X", dtype, HINT, axes(x.steps(), x.batch(), "D", layer.inputSize()));
    }

    private static ShapeException.Axis[] axes(int T, int B, String name, int width) {
        return new ShapeException.Axis[] {
            ShapeException.axis("T", T), ShapeException.axis("B", B), ShapeException.axis(name, width)
        };
    }

    /** Requires of the gradient of a layer's outputs numbers of their shape [T,B,H] and type. */
    public static Slab requireOutputGradient(String layer, Sequence dH, int[] shape, Dtype dtype) {
        return dH.numbers(layer + ".backward", "dH", dtype, "", axes(shape[0], shape[1], "H", shape[2]));
    }

    /** Requires the rows [B,H] of one step of it. */
    public static void requireOutputGradient(Recurrent layer, int t, Vec dh_t, int B) {
        int H = layer.outputSize();
        if (dh_t.length() != B * H) {
            throw ShapeException.of(
                    layer.name() + ".stepBack " + t, "dh", dh_t.length() + " numbers", "B=" + B + " rows of " + H, "");
        }
    }

    /** Requires the known columns of an input that comes step by step: [T,B,K] of the layer's type, K from 1 to D. */
    public static void requireKnown(Recurrent layer, Slab known, Lengths lengths, Dtype dtype) {
        String where = layer.name() + ".begin";
        requireLengths(where, known, lengths);
        int D = layer.inputSize();
        if (known.width() < 1 || known.width() > D || known.dtype() != dtype) {
            throw new IllegalArgumentException(where + ": the known columns are " + known.width() + " of "
                    + known.dtype() + ", expected 1 to D=" + D + " of " + dtype + ".");
        }
    }

    /** Requires the rows [B,D] of one step, of which D columns were not known before. */
    public static void requireStep(Recurrent layer, int t, Vec x_t, int B, int D) {
        if (x_t.length() != B * D) {
            throw ShapeException.of(
                    layer.name() + ".step " + t,
                    "the input",
                    x_t.length() + " numbers",
                    "B=" + B + " rows of " + D,
                    D < layer.inputSize() ? "the known columns are not part of it" : "");
        }
    }

    public static void requireLengths(String where, Sequence x, Lengths lengths) {
        if (lengths.steps() != x.steps() || lengths.batch() != x.batch()) {
            throw new IllegalArgumentException(where + ": lengths are for T=" + lengths.steps() + ", B="
                    + lengths.batch() + ", the input has T=" + x.steps() + ", B=" + x.batch() + ".");
        }
    }

    public static void requireIds(String where, Sequence.Ids tokens, int V, Lengths lengths) {
        int[] ids = tokens.ids();
        for (int t = 0, i = 0; t < tokens.steps(); t++) {
            for (int b = 0; b < tokens.batch(); b++, i++) {
                if ((ids[i] < 0 || ids[i] >= V) && !lengths.padded(t, b)) {
                    throw new IllegalArgumentException(where + ": token id at t=" + t + ", b=" + b + " is " + ids[i]
                            + ", expected 0 to " + (V - 1)
                            + "; likely cause: the text was encoded with another vocabulary.");
                }
            }
        }
    }

    public static Tensor at(Sequence x, int t, Lengths lengths, int D, Dtype dtype) {
        int B = x.batch();
        Tensor x_t = Tensor.zeros(dtype, B, D);
        if (x instanceof Sequence.Ids tokens) {
            for (int b = 0; b < B; b++) {
                if (!lengths.padded(t, b)) {
                    x_t.data().set(b * D + tokens.ids()[t * B + b], 1);
                }
            }
            return x_t;
        }
        x.numbers("Inputs.at", "X", dtype, "", axes(x.steps(), B, "D", D)).get(t, x_t.data());
        clearPadding(x_t.data(), 0, t, lengths, D);
        return x_t;
    }

    /** A copy of one step's rows [B,D], padding as zeros. */
    public static Tensor at(Vec rows, int t, Lengths lengths, int D) {
        Tensor x_t = Tensor.zeros(rows.dtype(), lengths.batch(), D);
        x_t.data().copy(0, rows, 0, x_t.data().length());
        clearPadding(x_t.data(), 0, t, lengths, D);
        return x_t;
    }

    /** Zeros in the rows [.,D] of step t that are padding; the first row of the step is row {@code first}. */
    public static void clearPadding(Vec rows, int first, int t, Lengths lengths, int D) {
        for (int b = 0; b < lengths.batch(); b++) {
            if (lengths.padded(t, b)) {
                rows.fill((first + b) * D, D, 0);
            }
        }
    }
}
