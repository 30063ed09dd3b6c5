// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.derivations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.cells.ContextGruCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.optim.Adadelta;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages print, computed again by the library, in double. Pages have six places. */
class NumbersTest {
    private static final double HALF_OF_THE_LAST_PLACE = 5.1e-7;

    static List<Page.Case> cases() {
        return Page.all().stream().flatMap(page -> page.cases().stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theLibraryFindsTheNumbersOfThePage(Page.Case c) {
        Map<String, double[]> found = new HashMap<>();
        String[] words = c.name().split(" ");
        switch (words[0]) {
            case "linear" -> linear(c, found);
            case "softmax" -> softmax(c, found, words.length == 1 ? 0 : Double.parseDouble(words[3]));
            case "embedding" -> embedding(c, found);
            case "bridge" -> {
                if (words.length == 1) {
                    bridge(c, found);
                } else {
                    summary(c, found);
                }
            }
            case "attention" -> attention(c, found, words);
            case "adam" -> updates(c, found, Adam::new);
            case "adadelta" -> updates(c, found, Adadelta::new);
            case "cell" -> {
                double zoneout = words.length == 2 ? 0 : Double.parseDouble(words[3]);
                cell(c, found, words[1], new RecurrentNoise(0, 0, zoneout, 0), false);
                Map<String, double[]> plain = new HashMap<>();
                cell(c, plain, words[1], new RecurrentNoise(0, 0, zoneout, 0), true);
                found.forEach((name, numbers) ->
                        assertThat(plain.get(name)).as(name).containsExactly(numbers, within(1e-12)));
            }
            default -> throw new IllegalArgumentException(c.name());
        }
        assertThat(c.found()).isNotEmpty();
        c.found()
                .forEach((name, numbers) -> assertThat(found.get(name))
                        .as("%s of %s", name, c)
                        .containsExactly(numbers, within(HALF_OF_THE_LAST_PLACE)));
    }

    /** Takes the given weights, each by the last part of its name. */
    private static Parameters take(Page.Case c, Parameters.Builder p) {
        Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));
        for (Parameter parameter : parameters.list()) {
            double[] numbers = c.given().get(last(parameter));
            if (numbers != null) {
                parameter.set(numbers);
            }
        }
        return parameters;
    }

    private static String last(Parameter parameter) {
        return parameter.name().substring(parameter.name().lastIndexOf('.') + 1);
    }

    private static void gradients(Parameters parameters, Map<String, double[]> found) {
        parameters.list().forEach(p -> found.put("d" + last(p), p.gradientCopy()));
    }

    private static Tensor tensor(double[] numbers, int... shape) {
        return Tensor.of(Vec.of(Dtype.DOUBLE, numbers), shape);
    }

    private static double[] doubles(Vec values, int count) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = values.get(i);
        }
        return numbers;
    }

    private static double[] doubles(Vec values) {
        return doubles(values, values.length());
    }

    private static double[] doubles(Sequence numbers) {
        return doubles(((Slab) numbers).read());
    }

    private static void linear(Page.Case c, Map<String, double[]> found) {
        Parameters.Builder p = Parameters.builder();
        try (Linear map = new Linear("map", 2, 3, p)) {
            Parameters parameters = take(c, p);
            Vec Y = map.forward(Sequence.of(tensor(c.given("X"), 1, 2, 2)));
            found.put("Y", doubles(Y));
            found.put("dX", doubles(map.backward(Y.set(Vec.of(Dtype.DOUBLE, c.given("dY"))))));
            gradients(parameters, found);
        }
    }

    private static void softmax(Page.Case c, Map<String, double[]> found, double smoothing) {
        double[] logits = c.given("logits");
        int target = (int) c.given("target")[0];
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(logits.length, Reduction.SUM, smoothing);
        Vec z = Vec.of(Dtype.DOUBLE, logits.clone());
        found.put("loss", new double[] {
            loss.lossAndGradient(z, Targets.of(new int[] {target}, 1)).value()
        });
        found.put("dlogits", doubles(z));
        double[] p = doubles(z);
        p[target]++;
        found.put("p", p); // of the plain loss: dz was p - onehot
    }

    private static void embedding(Page.Case c, Map<String, double[]> found) {
        Parameters.Builder p = Parameters.builder();
        try (Embedding table = new Embedding("embedding", 3, 2, 0, p)) {
            Parameters parameters = take(c, p);
            int[] ids = Arrays.stream(c.given("ids")).mapToInt(d -> (int) d).toArray();
            Pass pass = Pass.of(Lengths.full(ids.length, 1));
            found.put("X", doubles(table.forward(Sequence.ids(ids, ids.length, 1), pass)));
            table.backward(Sequence.of(tensor(c.given("dX"), ids.length, 1, 2)));
            gradients(parameters, found);
        }
    }

    private static void bridge(Page.Case c, Map<String, double[]> found) {
        Parameters.Builder p = Parameters.builder();
        Bridge.Options options = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
        Recurrent layers = new HoistedLayer(new RnnCell(2), 1, Parameters.builder());
        try (Bridge bridge = new Bridge(options, layers, layers, p)) {
            Parameters parameters = take(c, p);
            State s0 = bridge.forward(new State(List.of("h"), List.of(tensor(c.given("e"), 1, 2))));
            found.put("s0", doubles(s0.h().data()));
            State ds0 = new State(List.of("h"), List.of(tensor(c.given("ds0"), 1, 2)));
            found.put("de", doubles(bridge.backward(ds0).h().data()));
            gradients(parameters, found);
        }
    }

    private static void summary(Page.Case c, Map<String, double[]> found) {
        Parameters.Builder p = Parameters.builder();
        Bridge.Options options = new Bridge.Options(Bridge.Kind.SUMMARY, Bridge.Directions.CONCATENATED);
        Recurrent encoder = new HoistedLayer(new RnnCell(2), 1, Parameters.builder());
        Recurrent decoder = new HoistedLayer(new ContextGruCell(2), 1, Parameters.builder());
        List<String> parts = List.of("h", ContextGruCell.CONTEXT);
        try (Bridge bridge = new Bridge(options, encoder, decoder, p)) {
            Parameters parameters = take(c, p);
            State s0 = bridge.forward(new State(List.of("h"), List.of(tensor(c.given("e"), 1, 2))));
            found.put("s0", doubles(s0.h().data()));
            found.put("c", doubles(s0.part(ContextGruCell.CONTEXT).data()));
            State ds0 = new State(parts, List.of(tensor(c.given("ds0"), 1, 2), tensor(c.given("dcontext"), 1, 2)));
            found.put("de", doubles(bridge.backward(ds0).h().data()));
            gradients(parameters, found);
        }
    }

    private static void attention(Page.Case c, Map<String, double[]> found, String... words) {
        Parameters.Builder p = Parameters.builder();
        Focus focus = words.length == 2 ? Focus.global() : new Focus.Predictive(Integer.parseInt(words[3]));
        int S = c.given("annotations").length / 2;
        try (Attention attention = new Attention(
                        words[1].equals("additive") ? new AdditiveScore(1) : DotScore.general(2), focus, 2, 2, p);
                Memory memory = new Memory(Dtype.DOUBLE, 2)) {
            Parameters parameters = take(c, p);
            memory.load(Sequence.of(tensor(c.given("annotations"), S, 1, 2)), Lengths.full(S, 1));
            attention.read(memory, 1);
            found.put("c", doubles(attention.forward(0, 0, Vec.of(Dtype.DOUBLE, c.given("s")))));
            found.put("alpha", doubles(attention.alpha(0)));
            Vec ds = Vec.zeros(Dtype.DOUBLE, 2);
            attention.backward(0, Vec.of(Dtype.DOUBLE, c.given("dc")), ds);
            attention.end();
            found.put("ds", doubles(ds));
            found.put("dannotations", doubles(memory.gradient(S).data()));
            gradients(parameters, found);
        }
    }

    private static void updates(Page.Case c, Map<String, double[]> found, Function<Parameters, Optimizer> optimizer) {
        Parameters.Builder p = Parameters.builder();
        Parameter theta = p.add("theta", "1", Init.zeros(), 1);
        Parameters parameters = take(c, p);
        Optimizer rule = optimizer.apply(parameters);
        for (int t = 1; t <= 3; t++) {
            parameters.gradients().set(0, c.given("g[" + t + "]")[0]);
            rule.step(c.given("alpha")[0]);
            found.put("theta[" + t + "]", theta.valuesCopy());
        }
    }

    private static void cell(
            Page.Case c, Map<String, double[]> found, String name, RecurrentNoise noise, boolean plain) {
        int H = c.given("h0").length;
        int T = c.given("X").length;
        Parameters.Builder p = Parameters.builder();
        try (Recurrent layer = layer(name, H, noise, plain, p)) {
            Parameters parameters = take(c, p);
            List<String> parts = List.copyOf(layer.stateSizes().keySet());
            List<Tensor> start = new ArrayList<>();
            parts.forEach(part -> start.add(tensor(c.given(part + "0"), 1, H)));
            Trace trace = Trace.on();
            Pass pass = Pass.of(Lengths.full(T, 1)).with(trace);
            Run run = layer.forward(Sequence.of(tensor(c.given("X"), T, 1, 1)), new State(parts, start), pass);
            Run.Grad d = layer.backward(run, Sequence.of(tensor(c.given("dH"), T, 1, H)), layer.zeroState(1));
            for (String array : trace.names()) {
                Vec steps = trace.get(array).data();
                int width = steps.length() / T;
                for (int t = 0; t < T; t++) {
                    found.put(array + "[" + t + "]", Arrays.copyOfRange(doubles(steps), t * width, (t + 1) * width));
                }
            }
            found.put("dX", doubles(d.dX()));
            parts.forEach(part ->
                    found.put("d" + part + "0", doubles(d.dS0().part(part).data())));
            gradients(parameters, found);
        }
    }

    private static Recurrent layer(String name, int H, RecurrentNoise noise, boolean plain, Parameters.Builder p) {
        LayerFactory engine = Cells.named(name).with(noise);
        return (plain ? engine.plain() : engine).create(1, H, p);
    }
}
