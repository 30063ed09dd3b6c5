// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreLayout;
import java.util.function.Consumer;

/** A right score whose arrays are spoilt before or after it goes back. */
public record SpoiltScore(Score right, Consumer<Pairs> before, Consumer<Pairs> after) implements Score {
    /** Spoilt before the right way back. */
    public static SpoiltScore before(Score right, Consumer<Pairs> spoil) {
        return new SpoiltScore(right, spoil, p -> {});
    }

    /** Spoilt after it. */
    public static SpoiltScore after(Score right, Consumer<Pairs> spoil) {
        return new SpoiltScore(right, p -> {}, spoil);
    }

    @Override
    public ScoreLayout layout() {
        return right.layout();
    }

    @Override
    public void forward(Pairs p) {
        right.forward(p);
    }

    @Override
    public void backward(Pairs p) {
        before.accept(p);
        right.backward(p);
        after.accept(p);
    }
}
