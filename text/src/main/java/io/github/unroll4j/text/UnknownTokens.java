// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** Applies an {@link UnknownRule} for one vocabulary. It warns once, not once for each sentence. */
final class UnknownTokens {

    private final Vocabulary vocabulary;
    private final Logger log;
    private final AtomicBoolean warned = new AtomicBoolean();

    UnknownTokens(Vocabulary vocabulary, Logger log) {
        this.vocabulary = vocabulary;
        this.log = log;
    }

    /** Starts one text of at most {@code capacity} tokens. */
    Encoding begin(UnknownRule rule, int capacity) {
        return new Encoding(rule, capacity);
    }

    /** The growing ids of one text. */
    final class Encoding {

        private static final int NONE = -1;

        private final UnknownRule rule;
        private final int substitute;
        private final int[] ids;
        private int length;
        private int unknown;
        private String firstUnknown = "";

        private Encoding(UnknownRule rule, int capacity) {
            this.rule = rule;
            this.ids = new int[capacity];
            String replacement = rule.replacement();
            this.substitute = replacement == null ? NONE : vocabulary.id(replacement);
        }

        void add(int id) {
            ids[length++] = id;
        }

        /**
         * Treats one unknown token. Its description and its place are asked for only when they are shown. The log gets
         * the place alone: what is unknown is often a name or a password.
         */
        void addUnknown(Supplier<String> what, Supplier<String> place) {
            if (rule.fails()) {
                throw new IllegalArgumentException(where() + ": " + what.get() + " " + place.get()
                        + " is not among the "
                        + vocabulary.size() + " tokens of the vocabulary; likely cause: the vocabulary was built from"
                        + " another text; leave such tokens out with UnknownRule.skip() or replace them with"
                        + " UnknownRule.replaceWith(token)");
            }
            if (unknown++ == 0) {
                firstUnknown = place.get();
            }
            if (substitute != NONE) {
                add(substitute);
            }
        }

        int[] finish() {
            if (unknown > 0) {
                Level level = warned.compareAndSet(false, true) ? Level.WARN : Level.DEBUG;
                int total = length + (substitute == NONE ? unknown : 0);
                log.atLevel(level)
                        .log(
                                "{}: {} of {} tokens are not in the vocabulary of {} (rule: {}), the first {}",
                                where(),
                                unknown,
                                total,
                                vocabulary.size(),
                                rule,
                                firstUnknown);
            }
            return length == ids.length ? ids : Arrays.copyOf(ids, length);
        }

        private String where() {
            return vocabulary.getClass().getSimpleName() + ".encode";
        }
    }
}
