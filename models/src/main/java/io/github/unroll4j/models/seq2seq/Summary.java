// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import java.util.List;

/**
 * What an encoder says of a whole source.
 *
 * <pre>
 * (1)  c = h of the top layer's last state; of one that reads both ways [→h ; ←h]
 * </pre>
 *
 * <p>That is the layer's output at the last real step, and of {@code Bidirectional} at the last step of each direction,
 * except where a layer gives another output than its h: of {@code Residual} it is F, without what went in.
 */
final class Summary {
    private Summary() {}

    /** From an encoder's last state, a new tensor [B,C]. */
    static Tensor of(State last) {
        List<Tensor> parts = top(last);
        int B = last.h().size(0);
        int C = parts.stream().mapToInt(t -> t.size(1)).sum();
        Tensor summary = Tensor.zeros(last.h().dtype(), B, C);
        int at = 0;
        for (Tensor part : parts) { // (1)
            Columns.put(summary.data(), C, at, part.data(), part.size(1));
            at += part.size(1);
        }
        return summary;
    }

    /** Adds the gradient of the summary to that of the state. */
    static void addGradient(State dLast, Tensor dSummary) {
        int at = 0;
        for (Tensor part : top(dLast)) { // (1')
            Columns.add(part.data(), part.size(1), dSummary.data(), dSummary.size(1), at);
            at += part.size(1);
        }
    }

    private static List<Tensor> top(State state) {
        List<String> names = state.names();
        String last = names.get(names.size() - 1);
        String layer = last.substring(0, last.indexOf('.') + 1);
        return names.stream()
                .filter(n -> n.startsWith(layer) && (n.equals("h") || n.endsWith(".h")))
                .map(state::part)
                .toList();
    }
}
