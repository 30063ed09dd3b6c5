// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.models.cell.Trace;
import java.util.Objects;

/**
 * What goes with one forward pass beside its input and its initial state.
 *
 * @param lengths real steps per row
 * @param trace records what happens inside, or {@link Trace#off()}
 * @param noise draws the masks of the regularisers, or {@link Noise#off()} outside training
 * @since 0.1.0
 */
public record Pass(Lengths lengths, Trace trace, Noise noise) {
    /**
     * Requires what is not optional.
     *
     * @param lengths {@link #lengths()}
     * @param trace {@link #trace()}
     * @param noise {@link #noise()}
     */
    public Pass {
        Objects.requireNonNull(lengths, "lengths");
        Objects.requireNonNull(trace, "trace");
        Objects.requireNonNull(noise, "noise");
    }

    /**
     * A pass without trace or noise.
     *
     * @param lengths real steps per row
     * @return the pass
     */
    public static Pass of(Lengths lengths) {
        return new Pass(lengths, Trace.off(), Noise.off());
    }

    /**
     * A pass without padding, trace or noise.
     *
     * @param steps T
     * @param batch B
     * @return the pass
     */
    public static Pass full(int steps, int batch) {
        return of(Lengths.full(steps, batch));
    }

    /**
     * The same pass, recorded.
     *
     * @param record what to write into
     * @return the changed copy
     */
    public Pass with(Trace record) {
        Objects.requireNonNull(record, "record");
        return new Pass(lengths, record, noise);
    }

    /**
     * The same pass with noise, for training.
     *
     * @param source where masks are drawn from
     * @return the changed copy
     */
    public Pass with(Noise source) {
        Objects.requireNonNull(source, "source");
        return new Pass(lengths, trace, source);
    }

    /**
     * The same pass with a prefix before every name it records, for one layer of several.
     *
     * @param name e.g. {@code l1}
     * @return the changed copy
     */
    public Pass scope(String name) {
        return new Pass(lengths, trace.scope(name), noise);
    }
}
