// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Files of models that somebody has edited, and what is said of them. */
public final class ModelFiles {
    private ModelFiles() {}

    /** A copy beside a saved model, {@code edited.safetensors}, with another text under a key of its metadata. */
    public static Path edited(Path saved, String key, UnaryOperator<String> edit) {
        Checkpoint right = Checkpoint.load(saved);
        Checkpoint.Builder wrong = Checkpoint.builder();
        right.names().forEach(name -> wrong.put(name, right.tensor(name)));
        right.metadata().forEach((k, text) -> wrong.metadata(k, k.equals(key) ? edit.apply(text) : text));
        Path file = saved.resolveSibling("edited.safetensors");
        wrong.build().save(file);
        return file;
    }

    /** The same with some part of that text, which must be there, replaced wherever it stands. */
    public static Path edited(Path saved, String key, String right, String wrong) {
        return edited(saved, key, text -> {
            assertThat(text).contains(right);
            return text.replace(right, wrong);
        });
    }

    /** Loading fails with one sentence that has some parts. */
    public static void assertSentence(ThrowingCallable load, String... parts) {
        assertThatThrownBy(load)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(parts)
                .satisfies(e -> assertThat(e.getMessage()).endsWith(".").doesNotContain("\n"));
    }
}
