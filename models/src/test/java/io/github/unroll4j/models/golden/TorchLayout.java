// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.golden;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * PyTorch's weights in our layout, the one place where the two meet: rows become columns, and the blocks of the gates
 * stand in our order. docs/NOTATION.md, "Gate order", has the table.
 */
enum TorchLayout {
    /** One block. */
    RNN,
    /** i f g o, ours i|f|o|g. */
    LSTM,
    /** r z n, as ours. */
    GRU;

    /** For each of our blocks the number of PyTorch's. */
    private int[] take() {
        return switch (this) {
            case RNN -> new int[] {0};
            case LSTM -> new int[] {0, 1, 3, 2};
            case GRU -> new int[] {0, 1, 2};
        };
    }

    /**
     * The parameters of one layer and direction, or their gradients, by our short names.
     *
     * @param golden PyTorch's arrays
     * @param prefix what stands before their names: nothing, {@code grad.}, {@code trained.}
     * @param suffix what stands after them, e.g. {@code _l0_reverse}
     * @return {@code W_x}, {@code W_h}, {@code b} of the input side, {@code b_h} of the recurrent side, and {@code W_p}
     *     where there is a projection
     */
    Map<String, double[]> parameters(Golden golden, String prefix, String suffix) {
        Map<String, double[]> ours = new LinkedHashMap<>();
        double[] bias = golden.get(prefix + "bias_ih" + suffix);
        int rows = bias.length;
        ours.put("W_x", columns(golden.get(prefix + "weight_ih" + suffix), rows, take()));
        ours.put("W_h", columns(golden.get(prefix + "weight_hh" + suffix), rows, take()));
        ours.put("b", columns(bias, rows, take()));
        ours.put("b_h", columns(golden.get(prefix + "bias_hh" + suffix), rows, take()));
        String projection = prefix + "weight_hr" + suffix;
        if (golden.has(projection)) {
            int hidden = rows / take().length;
            ours.put("W_p", columns(golden.get(projection), golden.get(projection).length / hidden, 0));
        }
        return ours;
    }

    /** A matrix [G·H,in] as [in,G·H], our block g being PyTorch's {@code take[g]}. */
    private static double[] columns(double[] theirs, int rows, int... take) {
        int in = theirs.length / rows;
        int H = rows / take.length;
        double[] ours = new double[theirs.length];
        for (int k = 0; k < in; k++) {
            for (int j = 0; j < rows; j++) {
                ours[k * rows + j] = theirs[(take[j / H] * H + j % H) * in + k];
            }
        }
        return ours;
    }

    /** Puts the sum of the two biases in their place, which is all that outputs and gradients depend on. */
    static void joinBiases(Map<String, double[]> parameters) {
        double[] b_h = Objects.requireNonNull(parameters.remove("b_h"));
        parameters.computeIfPresent("b", (name, b) -> {
            Arrays.setAll(b, j -> b[j] + b_h[j]);
            return b;
        });
    }
}
