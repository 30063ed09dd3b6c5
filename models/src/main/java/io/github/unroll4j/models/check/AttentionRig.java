// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Attention with random weights, queries and annotations: L = Σ_t ⟨c_t, R_t⟩ for random R. */
final class AttentionRig implements AutoCloseable {
    private final Attention attention;
    private final Parameters parameters;
    private final Memory memory;
    private final Lengths lengths;
    private final Tensor queries;
    private final Tensor annotations;
    private final Tensor R;
    private Tensor dQueries;
    private Tensor dAnnotations;

    /**
     * Sizes of a rig.
     *
     * @param hidden H of a query
     * @param width M of an annotation
     * @param steps T
     */
    record Sizes(int hidden, int width, int steps) {}

    AttentionRig(Score score, Focus focus, Sizes sizes, Lengths lengths, Dtype dtype, long seed) {
        this.lengths = lengths;
        Parameters.Builder p = Parameters.builder();
        attention = new Attention(score, focus, sizes.hidden(), sizes.width(), p);
        Rng rng = Rng.seeded(seed);
        parameters = p.build(dtype, rng);
        CellRig.shake(parameters, rng);
        int B = lengths.batch();
        memory = new Memory(dtype, sizes.width());
        queries = CellRig.random(dtype, rng, sizes.steps(), B, sizes.hidden());
        annotations = CellRig.random(dtype, rng, lengths.steps(), B, sizes.width());
        R = CellRig.random(dtype, rng, sizes.steps(), B, sizes.width());
        dQueries = queries.copy();
        dAnnotations = annotations.copy();
    }

    GradientCheck gradientCheck() {
        return GradientCheck.of(this::loss, this::backward)
                .parameters(parameters)
                .input("query", queries, () -> dQueries)
                .input("h (annotations)", annotations, () -> dAnnotations);
    }

    private double loss() {
        return CellRig.dot(contexts(), R);
    }

    /** All contexts, [T,B,M]. */
    private Tensor contexts() {
        read();
        Tensor all = R.copy();
        int n = R.size(1) * R.size(2);
        for (int t = 0; t < R.size(0); t++) {
            all.data().copy(t * n, attention.forward(t, t, step(queries, t)), 0, n);
        }
        return all;
    }

    private void read() {
        memory.load(Sequence.of(annotations), lengths);
        attention.read(memory, queries.size(0));
    }

    private void backward(double upstream) {
        contexts();
        int T = queries.size(0);
        int n = queries.size(1) * queries.size(2);
        dQueries = Tensor.zeros(queries.dtype(), queries.shape());
        for (int t = T - 1; t >= 0; t--) {
            Vec dContext = step(R, t);
            dContext.scale(0, dContext.length(), upstream);
            Vec dQuery = Vec.zeros(queries.dtype(), n);
            attention.backward(t, dContext, dQuery);
            dQueries.data().copy(t * n, dQuery, 0, n);
        }
        attention.end();
        dAnnotations = memory.gradient(annotations.size(0));
    }

    private static Vec step(Tensor all, int t) {
        int n = all.size(1) * all.size(2);
        Vec one = Vec.zeros(all.dtype(), n);
        one.copy(0, all.data(), t * n, n);
        return one;
    }

    /** Contexts, and the gradients of the parameters, the queries and the annotations, in one row. */
    double[] everything() {
        parameters.zeroGradients();
        Tensor contexts = contexts();
        backward(1);
        return CellRig.all(
                CellRig.numbers(contexts),
                Arrays.stream(parameters.gradients().toDoubles()),
                CellRig.numbers(dQueries),
                CellRig.numbers(dAnnotations));
    }

    /**
     * The gradients, of the latest {@link #everything}, of padded annotations and of queries without any annotation.
     */
    double[] paddingGradients() {
        int B = lengths.batch();
        return Stream.of(dAnnotations, dQueries)
                .flatMapToDouble(d -> IntStream.range(0, d.data().length())
                        .filter(k -> lengths.padded(d == dAnnotations ? k / d.size(2) / B : 0, k / d.size(2) % B))
                        .mapToDouble(k -> d.data().get(k)))
                .toArray();
    }

    void fillPaddingWith(double value) {
        int M = annotations.size(2);
        for (int s = 0; s < lengths.steps(); s++) {
            for (int b = 0; b < lengths.batch(); b++) {
                if (lengths.padded(s, b)) {
                    annotations.data().fill((s * lengths.batch() + b) * M, M, value);
                }
            }
        }
    }

    @Override
    public void close() {
        attention.close();
        memory.close();
    }
}
