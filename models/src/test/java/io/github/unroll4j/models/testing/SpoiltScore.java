// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.models.attention.DoublePairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreSpec;
import java.util.function.Consumer;

/** A right score whose arrays are spoilt before or after it goes back. */
public record SpoiltScore(Score right, Consumer<DoublePairs> before, Consumer<DoublePairs> after) implements Score {
    /** Spoilt before the right way back. */
    public static SpoiltScore before(Score right, Consumer<DoublePairs> spoil) {
        return new SpoiltScore(right, spoil, p -> {});
    }

    /** Spoilt after it. */
    public static SpoiltScore after(Score right, Consumer<DoublePairs> spoil) {
        return new SpoiltScore(right, p -> {}, spoil);
    }

    @Override
    public ScoreSpec spec() {
        return right.spec();
    }

    @Override
    public void forward(DoublePairs p) {
        right.forward(p);
    }

    @Override
    public void backward(DoublePairs p) {
        before.accept(p);
        right.backward(p);
        after.accept(p);
    }
}
