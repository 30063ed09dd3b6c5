// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreLayout;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Faults of scores that the equations alone do not show: each is found, and in one row of the report. */
class PlantedScoreCallsTest {
    private static final int H = 4;
    private static final String INPUTS = "a call leaves its inputs as they are";
    private static final String ADDS = "backward adds to dq, dKey and dp";
    private static final String WRITTEN = "every score is written, and no scratch read before";
    private static final String CALLS = "100 calls leave nothing behind";
    private static final String ROWS = "a row gets what it gets alone, B from 1 to 33 and 64";
    private static final String GRADIENTS = "gradients";

    /** A right score with other calls around its own. */
    private record Wrong(Score right, BiConsumer<Score, Pairs> forth, BiConsumer<Score, Pairs> back) implements Score {
        @Override
        public ScoreLayout layout() {
            return right.layout();
        }

        @Override
        public void forward(Pairs p) {
            forth.accept(right, p);
        }

        @Override
        public void backward(Pairs p) {
            back.accept(right, p);
        }
    }

    private static Score forth(Score right, BiConsumer<Score, Pairs> forth) {
        return new Wrong(right, forth, Score::backward);
    }

    private static Score back(Score right, BiConsumer<Score, Pairs> back) {
        return new Wrong(right, Score::forward, back);
    }

    private static void scale(Vec array, double factor) {
        array.scale(0, array.length(), factor);
    }

    /** What backward adds to an array comes out multiplied where the sizes are such. */
    private static Score scaled(Score right, Function<Pairs, Vec> sum, double factor, Function<Pairs, Boolean> where) {
        return back(right, (score, p) -> {
            Vec array = sum.apply(p);
            Vec before = array.copy();
            score.backward(p);
            if (where.apply(p)) {
                array.difference(array, before);
                scale(array, factor);
                array.add(before);
            }
        });
    }

    private static Score atBatch(IntPredicate sizes) {
        return scaled(new AdditiveScore(5), Pairs::dq, 1.01, p -> sizes.test(p.rows()));
    }

    /** What stood in a sum is gone. */
    private static Score overwritten(Score right, Function<Pairs, Vec> sum) {
        return back(right, (score, p) -> {
            sum.apply(p).clear();
            score.backward(p);
        });
    }

    private static Vec dv(Score additive, Pairs p) {
        return p.dp(additive.layout().vectors().get(0));
    }

    static Stream<Arguments> faults() {
        AdditiveScore additive = new AdditiveScore(5);
        return Stream.of(
                fault("one batch size", atBatch(B -> B == 7), ROWS, "DOUBLE, B=7, S=2: row 0, dq[0] is"),
                fault("a batch size of the gradients", atBatch(B -> B == 3), ROWS, "DOUBLE, B=3"),
                fault("batch sizes above another", atBatch(B -> B > 33), ROWS, "DOUBLE, B=64"),
                fault("the first row alone gets a gradient", firstRowOnly(), ROWS, "row 1, dKey(0)[0] is 0.0, but"),
                fault(
                        "one batch size in float",
                        scaled(new DotScore(H), Pairs::dq, 1.01, p -> p.rows() == 9 && isFloat(p)),
                        ROWS,
                        "FLOAT, B=9"),
                fault(
                        "one number of positions",
                        scaled(new DotScore(H), p -> p.dKey(0), 1.01, p -> p.positions() == 17),
                        GRADIENTS,
                        "at 1 of 43 places: a score alone, S=17"),
                fault(
                        "room for twenty positions",
                        roomFor(20),
                        "nothing is thrown",
                        "a score alone, S=21; a score alone, S=22;"),
                fault("no room for five rows", throwingAt(5), ROWS, "B=5, S=5: threw java.lang.IllegalStateEx"),
                fault("after sixty calls", afterCalls(60), CALLS, "dq[0] is"),
                fault(
                        "what the latest forward left",
                        latestQuery(),
                        CALLS,
                        "threw io.github.unroll4j.core.tensor.Shape"),
                fault("the number of positions of the first call", firstPositions(), WRITTEN, "S=4: e[3] is NaN"),
                fault("a score is not written", notWritten(), WRITTEN, "DOUBLE, B=2, S=3: e[2] is NaN"),
                fault("the scratch of forward", new OldScratch(), WRITTEN, "dq[0] is NaN"),
                fault(
                        "forward writes to q",
                        forth(new DotScore(H), (score, p) -> {
                            score.forward(p);
                            scale(p.q(), 1.01);
                        }),
                        INPUTS,
                        "before forward"),
                fault(
                        "backward writes to a key",
                        back(new DotScore(H), (score, p) -> {
                            score.backward(p);
                            scale(p.key(0), 1.01);
                        }),
                        INPUTS,
                        "key(0)[0] is"),
                fault(
                        "forward writes to a parameter",
                        forth(additive, (score, p) -> {
                            score.forward(p);
                            scale(p.p(additive.layout().vectors().get(0)), 1.01);
                        }),
                        INPUTS,
                        "p(v_a)[0] is"),
                fault(
                        "backward writes to de",
                        back(new DotScore(H), (score, p) -> {
                            score.backward(p);
                            scale(p.de(), 0.5);
                        }),
                        INPUTS,
                        "before backward"),
                fault("dq is overwritten", overwritten(new DotScore(H), Pairs::dq), ADDS, "dq[0] is"),
                fault("dKey is overwritten", overwritten(new DotScore(H), p -> p.dKey(0)), ADDS, "dKey(0)[0] is"),
                fault("dp is overwritten", overwritten(additive, p -> dv(additive, p)), ADDS, "dp(v_a)[0] is"),
                fault(
                        "a layout at each call",
                        new LayoutAnew(),
                        "nothing is thrown",
                        "likely cause: a score that makes"),
                fault(
                        "float is another score",
                        forth(new DotScore(H), (score, p) -> {
                            score.forward(p);
                            scale(p.e(), isFloat(p) ? 1.01 : 1);
                        }),
                        "float agrees with double",
                        "e[0] is"),
                fault(
                        "a padded row in float",
                        back(new DotScore(H), PlantedScoreCallsTest::leaking),
                        "padding gets no gradient",
                        "at 3 of 6 places: global, float; local-m radius 1, float; local-p radius 2, float"),
                fault(
                        "a sign",
                        scaled(new DotScore(H), Pairs::dq, -1, p -> true),
                        GRADIENTS,
                        "of all wrong ones the ratio is -1: a sign?"),
                fault(
                        "a factor",
                        scaled(new DotScore(H), Pairs::dq, 0.5, p -> true),
                        GRADIENTS,
                        "of all wrong ones the ratio is 0.5000: a factor?"));
    }

    private static Arguments fault(String name, Score wrong, String row, String detail) {
        return arguments(name, wrong, row, detail);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void isFoundInOneRow(String name, Score wrong, String row, String detail) {
        CheckReport report = ScoreCheck.check(H, H, () -> wrong);

        List<CheckReport.Line> failed =
                report.lines().stream().filter(line -> !line.passed()).toList();
        assertThat(failed)
                .as(report.toString())
                .extracting(CheckReport.Line::property)
                .containsExactly(row);
        assertThat(failed.get(0).detail()).contains(detail);
    }

    private static boolean isFloat(Pairs p) {
        return p.q().dtype() == Dtype.FLOAT;
    }

    private static void leaking(Score score, Pairs p) {
        score.backward(p);
        for (int k = 0; k < p.de().length() && isFloat(p); k++) {
            if (p.de().get(k) == 0) {
                p.dKey(k % p.positions()).shift(k / p.positions() * H, H, 1e-5);
            }
        }
    }

    private static Score firstRowOnly() {
        return back(new DotScore(H), (score, p) -> {
            Vec before = p.dKey(0).copy();
            score.backward(p);
            p.dKey(0).copy(H, before, H, before.length() - H);
        });
    }

    private static Score roomFor(int positions) {
        double[] room = new double[positions];
        return forth(new DotScore(H), (score, p) -> {
            score.forward(p);
            for (int s = 0; s < p.positions(); s++) {
                room[s] = p.e().get(s);
            }
        });
    }

    private static Score throwingAt(int rows) {
        return forth(new DotScore(H), (score, p) -> {
            if (p.rows() == rows) {
                throw new IllegalStateException("no room");
            }
            score.forward(p);
        });
    }

    private static Score afterCalls(int calls) {
        int[] made = {0};
        return scaled(new DotScore(H), Pairs::dq, 1.01, p -> made[0]++ > calls);
    }

    private static Score latestQuery() {
        Vec[] latest = {Vec.zeros(Dtype.DOUBLE, 0)};
        return new Wrong(
                new DotScore(H),
                (score, p) -> {
                    score.forward(p);
                    latest[0] = p.q().copy();
                },
                (score, p) -> {
                    score.backward(p);
                    p.dKey(0).addProduct(0, latest[0]);
                });
    }

    private static Score firstPositions() {
        int[] first = {0};
        return forth(new DotScore(H), (score, p) -> {
            first[0] = first[0] == 0 ? p.positions() : first[0];
            for (int s = 0; s < Math.min(first[0], p.positions()); s++) {
                p.e(s).dots(p.q(), p.key(s));
            }
        });
    }

    private static Score notWritten() {
        return forth(new DotScore(H), (score, p) -> {
            double before = p.e().get(p.positions() - 1);
            score.forward(p);
            p.e().set(p.positions() - 1, before);
        });
    }

    /** e_s = ⟨r, key_s⟩ with r = 2 q, which backward does not make again. */
    private static final class OldScratch implements Score {
        private final ScoreLayout layout = new ScoreLayout("old", H);
        private final ScoreLayout.Scratch R = layout.scratch("r");

        @Override
        public ScoreLayout layout() {
            return layout;
        }

        @Override
        public void forward(Pairs p) {
            Vec r = p.scratch(R).product(2, p.q());
            for (int s = 0; s < p.positions(); s++) {
                p.e(s).dots(r, p.key(s));
            }
        }

        @Override
        public void backward(Pairs p) {
            Vec dr = p.d(R);
            for (int s = 0; s < p.positions(); s++) {
                dr.addProduct(p.de(s), p.key(s));
                p.dKey(s).addProduct(p.de(s), p.scratch(R));
            }
            p.dq().addProduct(2, dr);
        }
    }

    private static final class LayoutAnew implements Score {
        private ScoreLayout.Scratch z = new ScoreLayout("anew", H).scratch("z");

        @Override
        public ScoreLayout layout() {
            ScoreLayout anew = new ScoreLayout("anew", H);
            z = anew.scratch("z");
            return anew;
        }

        @Override
        public void forward(Pairs p) {
            layout();
            for (int s = 0; s < p.positions(); s++) {
                p.e(s).dots(p.q(), p.scratch(z).set(p.key(s)));
            }
        }

        @Override
        public void backward(Pairs p) {
            p.dq().add(p.scratch(z));
        }
    }
}
