// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.nio.file.Path;

/** The program of docs/traces.md, compiled and run by the tests. */
final class Traces {
    private Traces() {}

    static Tensor trace(Path file, String text, Path out) {
        // [trace]
        try (LanguageModel model = LanguageModel.load(file)) {
            int[] ids = model.vocabulary().encode(text);
            Window window = Windows.of(ids, ids.length - 1).at(0);
            var loss = new SoftmaxCrossEntropy(model.vocabulary().size(), Reduction.SUM);
            Trace trace = Trace.on();
            Pass pass = LanguageModel.pass(window).with(trace);
            model.learn(window, model.zeroState(1), loss, pass);
            trace.save(out);
            return trace.get("l0.dc");
        }
        // [/trace]
    }
}
