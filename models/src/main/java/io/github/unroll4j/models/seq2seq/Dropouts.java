// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

/**
 * Where a model drops out beside between its layers.
 *
 * @param source on the embedded tokens of sources
 * @param target on those of targets
 * @param features on what the next token is predicted from
 */
record Dropouts(SlabDropout source, SlabDropout target, SlabDropout features) {
    static Dropouts of(Seq2SeqConfig config, int featureSize) {
        double rate = config.options().dropout();
        return new Dropouts(
                new SlabDropout(rate, config.encoder().embedding()),
                new SlabDropout(rate, config.decoder().embedding()),
                new SlabDropout(rate, featureSize));
    }

    void close() {
        source.close();
        target.close();
        features.close();
    }
}
