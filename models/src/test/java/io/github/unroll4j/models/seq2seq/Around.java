// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stepwise;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Right layers with their known columns, and something around some of their calls. */
final class Around {
    private Around() {}

    /** What happens at a call. */
    interface Call {
        @Nullable
        Object made(String method, Object[] arguments, Callable<@Nullable Object> right) throws Exception;
    }

    static Stepwise calls(Stepwise layers, Call call) {
        return (Stepwise) Proxy.newProxyInstance(
                Stepwise.class.getClassLoader(),
                new Class<?>[] {Stepwise.class},
                (proxy, method, arguments) ->
                        call.made(method.getName(), arguments, () -> method.invoke(layers, arguments)));
    }

    /** What the layers give back for the columns that wait is changed at one step. */
    static Stepwise late(Stepwise layers, int step, Consumer<Vec> spoil) {
        return calls(layers, (method, arguments, right) -> {
            Object result = right.call();
            if (!method.equals("stepBack") || !arguments[0].equals(step) || result == null) {
                return result;
            }
            Vec spoilt = ((Vec) result).copy();
            spoil.accept(spoilt);
            return spoilt;
        });
    }

    /** What they give back for the known columns is changed. */
    static Stepwise known(Stepwise layers, Consumer<Slab> spoil) {
        return calls(
                layers,
                (method, arguments, right) -> method.equals("knownColumns")
                        ? layers.knownColumns().map(columns -> spoilt(columns, spoil))
                        : right.call());
    }

    static Stepwise lostLate(Stepwise right) {
        return late(right, 1, Vec::clear);
    }

    /**
     * At the first step: at a later one the rigs have a row left whose source is empty, so that nothing reaches an
     * annotation.
     */
    static Stepwise scaledLate(Stepwise right) {
        return late(right, 0, d -> d.scale(0, d.length(), 1.001));
    }

    static Stepwise lostKnown(Stepwise right) {
        return known(right, scaled(1, 0));
    }

    static Stepwise scaledKnown(Stepwise right) {
        return known(right, scaled(1, 1.001));
    }

    private static Stepwise.KnownColumns spoilt(Stepwise.KnownColumns right, Consumer<Slab> spoil) {
        return new Stepwise.KnownColumns() {
            @Override
            public void begin(Slab known, State s0, Pass pass) {
                right.begin(known, s0, pass);
            }

            @Override
            public Slab gradient() {
                Slab gradient = right.gradient();
                spoil.accept(gradient);
                return gradient;
            }
        };
    }

    /** Multiplies the rows of a step. */
    static Consumer<Slab> scaled(int step, double factor) {
        return slab -> {
            Vec all = slab.toTensor().data();
            int n = slab.batch() * slab.width();
            all.scale(step * n, n, factor);
            slab.target().put(all, 0);
        };
    }
}
