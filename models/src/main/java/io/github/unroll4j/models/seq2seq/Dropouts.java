// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.models.sequence.Dropout;
import io.github.unroll4j.models.sequence.RowDropout;

/**
 * Where a model drops out beside between its layers.
 *
 * @param source on the embedded tokens of sources
 * @param target on those of targets
 * @param features on what the next token is predicted from
 */
record Dropouts(RowDropout source, RowDropout target, RowDropout features) {
    static Dropouts of(Seq2SeqConfig config, int featureSize) {
        double rate = config.options().dropout();
        return new Dropouts(
                of(rate, config.encoder().embedding()),
                of(rate, config.decoder().embedding()),
                of(rate, featureSize));
    }

    private static RowDropout of(double rate, int width) {
        return new RowDropout("Seq2Seq", rate, Dropout.Mask.PER_STEP, width);
    }

    void close() {
        source.close();
        target.close();
        features.close();
    }
}
