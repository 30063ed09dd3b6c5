// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.text.Pair;
import java.util.List;

/**
 * A question and its answer, to be learned from text to text.
 *
 * @param source the question
 * @param target the answer
 */
public record TextPair(String source, String target) {
    /**
     * Pairs as a model reads them.
     *
     * @param pairs the pairs
     * @param model that reads them
     * @return the ids
     */
    public static List<Pair> encode(List<TextPair> pairs, Seq2Seq model) {
        return pairs.stream()
                .map(pair -> new Pair(
                        model.source().encode(pair.source()), model.target().encode(pair.target())))
                .toList();
    }
}
