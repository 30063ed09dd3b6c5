// SPDX-License-Identifier: Apache-2.0

import io.github.unroll4j.models.seq2seq.Seq2Seq;
import java.nio.file.Path;

/** Writes the translator of a run into a file of its own, without what the run needs to go on. */
final class ModelOnly {
    public static void main(String... args) {
        try (Seq2Seq model = Seq2Seq.load(Path.of(args[0]))) {
            model.save(Path.of(args[1]));
        }
    }
}
