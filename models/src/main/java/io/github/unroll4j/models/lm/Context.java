// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Window;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What goes from one window to the next: for each row the latest inputs, up to a number, and the state before them.
 *
 * <p>Without inputs, the state is that at the end of the window before. A row that begins anew has no inputs and a
 * state of zero, whatever the others have; so a window is put together with every row's own inputs in front, none of
 * them padded on the left, and the rows end where they end.
 */
final class Context {
    /** Stands in the array of inputs behind those of a row that has fewer than others. */
    static final int NONE = -1;

    private final int limit;
    private final int batch;
    private State state;
    private int[] inputs = {};

    /**
     * Begins from zero.
     *
     * @param limit number of inputs to keep
     * @param zero the state of a fresh start
     */
    Context(int limit, State zero) {
        this.limit = limit;
        batch = zero.h().size(0);
        state = zero;
    }

    /** The state before the inputs. */
    State state() {
        return state;
    }

    /** The inputs, time-major, {@link #NONE} where a row has none. */
    int[] inputs() {
        return inputs;
    }

    /** Takes over what was saved. */
    void restore(State savedState, int[] savedInputs) {
        state = savedState;
        inputs = savedInputs;
    }

    /**
     * Drops the rows that begin anew, and returns the window with the inputs of the others in front, their losses left
     * out.
     */
    Window prepend(Window next) {
        state = state.withRowsReset(next.resets());
        if (inputs.length == 0) {
            return next;
        }
        int[] before = new int[batch];
        int[] lengths = new int[batch];
        for (int b = 0; b < batch; b++) {
            before[b] = next.resets()[b] ? 0 : kept(b);
            lengths[b] = before[b] + next.lengths()[b];
        }
        int steps = Arrays.stream(lengths).max().orElseThrow();
        int[] ids = new int[steps * batch];
        int[] targets = new int[steps * batch];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < lengths[b]; t++) {
                boolean context = t < before[b];
                int from = (context ? t : t - before[b]) * batch + b;
                ids[t * batch + b] = context ? inputs[from] : next.inputs()[from];
                targets[t * batch + b] = context ? Targets.IGNORED : next.targets()[from];
            }
        }
        return new Window(steps, batch, ids, targets, lengths, next.resets());
    }

    private int kept(int b) {
        int steps = inputs.length / batch;
        int count = 0;
        while (count < steps && inputs[count * batch + b] != NONE) {
            count++;
        }
        return count;
    }

    /**
     * Keeps the latest inputs of each row of a window that was run, and the state before them.
     *
     * @param window what was run
     * @param before the state of all rows before a step
     */
    void carry(Window window, IntFunction<State> before) {
        int most = Math.min(limit, window.steps());
        inputs = new int[most * batch];
        state = before.apply(window.steps() - most);
        if (most == 0) {
            return;
        }
        Arrays.fill(inputs, NONE);
        Map<Integer, State> states = new HashMap<>();
        for (int b = 0; b < batch; b++) {
            int length = window.lengths()[b];
            int start = length - Math.min(limit, length);
            if (start != window.steps() - most) {
                copyRow(b, states.computeIfAbsent(start, before::apply), state);
            }
            for (int t = start; t < length; t++) {
                inputs[(t - start) * batch + b] = window.inputs()[t * batch + b];
            }
        }
    }

    private static void copyRow(int b, State from, State to) {
        for (int i = 0; i < to.parts().size(); i++) {
            Tensor part = to.parts().get(i);
            int size = part.size(1);
            part.data().copy(b * size, from.parts().get(i).data(), b * size, size);
        }
    }
}
