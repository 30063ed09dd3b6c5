// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.LocationScore;
import java.util.Objects;

/**
 * What a decoder looks at beside its own state, and what it predicts from.
 *
 * @since 0.1.0
 */
public sealed interface AttentionKind {
    /**
     * No attention ({@code PlainDecoder}).
     *
     * @param summary whether every step sees the h of the encoder's last state, that of the top layer, as in Cho et al.
     *     (2014), or the initial state is all, as in Sutskever, Vinyals and Le (2014)
     * @param maxout size of the maxout readout, 0 for none; needs a summary
     */
    record None(boolean summary, int maxout) implements AttentionKind {
        /**
         * Checks the size, and that a readout has a summary to read.
         *
         * @param summary {@link #summary()}
         * @param maxout {@link #maxout()}
         */
        public None {
            if (maxout < 0 || (maxout > 0 && !summary)) {
                throw new IllegalArgumentException("AttentionKind.None: maxout is " + maxout
                        + (summary ? "" : " without a summary at every step, which the readout reads")
                        + ", expected 0 for none, or with a summary 1 or more.");
            }
        }
    }

    /**
     * Additive attention before the step ({@code BahdanauDecoder}).
     *
     * @param size width A of the score's rows
     * @param maxout size of the maxout readout, as in the paper; 0 to predict from the state, as in the notebook
     */
    record Bahdanau(int size, int maxout) implements AttentionKind {
        /**
         * Checks the sizes.
         *
         * @param size {@link #size()}
         * @param maxout {@link #maxout()}
         */
        public Bahdanau {
            if (size < 1 || maxout < 0) {
                throw new IllegalArgumentException("AttentionKind.Bahdanau: size is " + size + ", maxout " + maxout
                        + ", expected a size of 1 or more, and a maxout of 0 for none or more.");
            }
        }
    }

    /**
     * Attention after the step, and an attentional vector ({@code LuongDecoder}).
     *
     * @param score which score
     * @param size width of the rows of {@link ScoreName#CONCAT}, number of positions of {@link ScoreName#LOCATION}; 0
     *     otherwise
     * @param focus which positions may be looked at
     * @param inputFeeding whether the attentional vector is part of the next input
     * @param bias whether the attentional vector has a bias, as in the notebook
     */
    record Luong(ScoreName score, int size, Focus focus, boolean inputFeeding, boolean bias) implements AttentionKind {
        /**
         * Checks that the size is there where it is needed.
         *
         * @param score {@link #score()}
         * @param size {@link #size()}
         * @param focus {@link #focus()}
         * @param inputFeeding {@link #inputFeeding()}
         * @param bias {@link #bias()}
         */
        public Luong {
            Objects.requireNonNull(score, "score");
            Objects.requireNonNull(focus, "focus");
            boolean needed = score == ScoreName.CONCAT || score == ScoreName.LOCATION;
            if (needed != size > 0) {
                throw new IllegalArgumentException("AttentionKind.Luong: size is " + size + " for the score " + score
                        + ", expected " + (needed ? "1 or more." : "0, because this score has none of its own."));
            }
        }

        /**
         * Global attention with input feeding and without a bias; with the dot score the best of the paper's global
         * models.
         *
         * @param score DOT, GENERAL or OWN
         */
        public Luong(ScoreName score) {
            this(score, 0, Focus.global(), true, false);
        }
    }

    /** The scores of Luong, Pham and Manning (2015), and room for another. */
    enum ScoreName {
        /** {@link DotScore}. */
        DOT,
        /** {@link DotScore#general}. */
        GENERAL,
        /** {@link AdditiveScore}. */
        CONCAT,
        /** {@link LocationScore}. */
        LOCATION,
        /** One that is given to the model beside its configuration, in {@link Seq2SeqParts}. */
        OWN
    }
}
