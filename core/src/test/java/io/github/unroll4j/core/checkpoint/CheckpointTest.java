// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CheckpointTest {
    @Provide
    Arbitrary<Checkpoint> checkpoints() {
        Arbitrary<String> texts = Arbitraries.strings()
                .ofMaxLength(20)
                .filter(s -> StandardCharsets.UTF_8.newEncoder().canEncode(s));
        Arbitrary<int[]> shapes =
                Arbitraries.integers().between(0, 4).array(int[].class).ofMaxSize(4);
        return Combinators.combine(
                        texts.set().ofMaxSize(6),
                        shapes.list().ofSize(6),
                        Arbitraries.maps(texts, texts).ofMaxSize(3),
                        Arbitraries.longs())
                .as((names, shape, metadata, seed) -> {
                    Checkpoint.Builder builder = Checkpoint.builder();
                    SplittableRandom source = new SplittableRandom(seed);
                    for (String name : names) {
                        put(builder, name, shape.get(source.nextInt(6)), source);
                    }
                    metadata.forEach(builder::metadata);
                    return builder.build();
                });
    }

    private static void put(Checkpoint.Builder builder, String name, int[] shape, SplittableRandom source) {
        int length = shape.length == 0 ? 3 : shape[0];
        switch (source.nextInt(5)) {
            case 0 -> builder.put(name, source.ints(length).toArray());
            case 1 -> builder.put(name, source.longs(length).toArray());
            case 2 -> builder.put(name, new byte[length]);
            default -> {
                Tensor tensor = Tensor.zeros(source.nextBoolean() ? Dtype.FLOAT : Dtype.DOUBLE, shape);
                for (int i = 0; i < tensor.data().length(); i++) {
                    // any bits: numbers of every size, NaN and infinities
                    double value = Double.longBitsToDouble(source.nextLong());
                    tensor.data().set(i, source.nextInt(9) == 0 ? Double.NaN : value);
                }
                builder.put(name, tensor);
            }
        }
    }

    @Property(tries = 200)
    void whatIsSavedIsLoaded(@ForAll("checkpoints") Checkpoint checkpoint) throws IOException {
        inFolder(folder -> {
            Path file = folder.resolve("model.safetensors");
            checkpoint.save(file);

            assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(checkpoint));
            // the same content gives the same bytes, also after it was loaded
            byte[] first = Files.readAllBytes(file);
            Checkpoint.load(file).save(file);
            assertThat(Files.readAllBytes(file)).isEqualTo(first);
        });
    }

    /** jqwik has no temporary folders. */
    private static void inFolder(Use use) throws IOException {
        Path folder = Files.createTempDirectory("checkpoint");
        try {
            use.in(folder);
        } finally {
            try (var files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(CheckpointTest::delete);
            }
        }
    }

    private interface Use {
        void in(Path folder) throws IOException;
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void arraysLongerThanTheBufferAreWhole() throws IOException {
        double[] numbers = new SplittableRandom(1).doubles(300_001).toArray(); // 2.4 MB in pieces of 64 kB
        Tensor tensor = Tensor.of(Vec.wrap(numbers), 300_001);

        inFolder(folder -> {
            Path file = folder.resolve("model.safetensors");
            Checkpoint.builder()
                    .put("small", new byte[] {7})
                    .put("large", tensor)
                    .build()
                    .save(file);

            assertThat(Checkpoint.load(file).tensor("large").data().toDoubles()).isEqualTo(numbers);
            assertThat(Checkpoint.load(file).bytes("small")).containsExactly(7);
        });
    }

    @Test
    void bytesAndStreamsAreReadLikeFiles() throws IOException {
        inFolder(folder -> {
            Path file = folder.resolve("model.safetensors");
            Samples.mixed().save(file);
            byte[] bytes = Files.readAllBytes(file);

            assertThat(Samples.content(Checkpoint.of(bytes))).isEqualTo(Samples.content(Samples.mixed()));
            // as a network hands it out: a few bytes at a time
            InputStream drops = new FilterInputStream(new ByteArrayInputStream(bytes)) {
                @Override
                public int read(byte[] to, int at, int n) throws IOException {
                    return super.read(to, at, Math.min(n, 7));
                }
            };
            assertThat(Samples.content(Checkpoint.load(drops))).isEqualTo(Samples.content(Samples.mixed()));
        });
    }

    @Test
    void aResourceThatIsNotThereIsNamedAsSuch() {
        assertThatThrownBy(() -> Checkpoint.load(CheckpointTest.class.getResourceAsStream("missing.safetensors")))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("the stream: cannot be read: it is null; likely cause: the class path has no resource of"
                        + " that name.");
    }

    @Test
    void aStreamWithoutEndIsReadNoFurtherThanItsHeaderSays() {
        InputStream endless = new SequenceInputStream(
                new ByteArrayInputStream(
                        Samples.file("{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}")),
                new InputStream() {
                    @Override
                    public int read() {
                        return 0;
                    }

                    @Override
                    public int read(byte[] to, int at, int n) {
                        return n;
                    }
                });
        assertThatThrownBy(() -> Checkpoint.load(endless))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("1 bytes after the last tensor belong to no tensor");
    }

    @Test
    void aStreamThatFailsIsABadFile() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the line is dead");
            }

            @Override
            public int read(byte[] to, int at, int n) throws IOException {
                throw new IOException("the line is dead");
            }
        };
        assertThatThrownBy(() -> Checkpoint.load(broken))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("the stream: cannot be read: java.io.IOException: the line is dead.");
    }

    @Test
    void whatAFileSaysIsFitToBePrinted() {
        String name = "\u001B[2J\u009B1m\r\n\u202Eevil" + "x".repeat(30_000_000);
        byte[] bytes =
                Samples.file("{" + "\"" + name.replace("\u001B", "\\u001b").replace("\r\n", "\\r\\n") + "\":3}");

        assertThatThrownBy(() -> Checkpoint.of(bytes))
                .isInstanceOf(CheckpointException.class)
                .satisfies(e -> assertThat(e.getMessage())
                        .hasSizeLessThan(3000)
                        .contains(
                                "the declaration of \\u001B[2J\\u009B1m\\u000D\\u000A\\u202Eevilxxx",
                                " more characters)")
                        .endsWith("likely cause: the file is damaged or was written by a faulty program.")
                        .matches("[ -~]*"));
    }

    @Test
    void aGeneratorComesBackOrIsRefused() {
        Rng rng = Rng.seeded(5);
        Checkpoint checkpoint = Checkpoint.builder()
                .metadata("rng", rng.saveState())
                .metadata("other", "L64X128Mix:AAAA")
                .build();

        assertThat(checkpoint.rng("rng").nextLong()).isEqualTo(rng.nextLong());
        assertThatThrownBy(() -> checkpoint.rng("other"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("the checkpoint: other: Rng.restored: the state is \"L64X128Mix:AAAA\"");
        assertThatThrownBy(() -> checkpoint.rng("none")).isInstanceOf(CheckpointException.class);
    }

    @Test
    void contentIsFoundByName() {
        Checkpoint checkpoint = Samples.mixed();

        assertThat(checkpoint.names()).containsExactly("seen", "rnn.W_h", "ids", "adam.v", "step");
        assertThat(checkpoint.metadata().keySet()).containsExactly("config", "note");
        assertThat(checkpoint.metadata("config")).isEqualTo("{\"hidden\":3}");
        assertThat(checkpoint.tensor("rnn.W_h").dtype()).isEqualTo(Dtype.FLOAT);
        assertThat(checkpoint.tensor("adam.v").dtype()).isEqualTo(Dtype.DOUBLE);
        assertThat(checkpoint.shape("rnn.W_h")).containsExactly(2, 3);
        assertThat(checkpoint.ints("ids")).containsExactly(1, -2, 3);
        assertThat(checkpoint.longs("step")).containsExactly(1L << 40);
        assertThat(checkpoint.bytes("seen")).containsExactly(0, -1);
    }

    @Test
    void whatIsNotThereIsNamedWithWhatIs() {
        Checkpoint checkpoint = Samples.mixed();

        assertThatThrownBy(() -> checkpoint.tensor("rnn.W_x"))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("the checkpoint: there is no tensor rnn.W_x, only [seen, rnn.W_h, ids, adam.v, step].");
        assertThatThrownBy(() -> checkpoint.metadata("vocabulary"))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(
                        "the checkpoint: the metadata has no entry vocabulary, only [config, note]; likely cause: the"
                                + " file was written by another program or another kind of model.");
    }

    @Test
    void anotherElementTypeIsNamed() {
        Checkpoint checkpoint = Samples.mixed();

        assertThatThrownBy(() -> checkpoint.tensor("ids"))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("the checkpoint: tensor ids is I32[3], expected element type F32 or F64.");
        assertThatThrownBy(() -> checkpoint.ints("step"))
                .hasMessage("the checkpoint: tensor step is I64[1], expected element type I32.");
        assertThatThrownBy(() -> checkpoint.longs("ids")).isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> checkpoint.bytes("adam.v")).isInstanceOf(CheckpointException.class);
    }

    @Test
    void namesAndKeysAreUsedOnce() {
        Checkpoint.Builder builder = Checkpoint.builder().put("a", new int[1]).metadata("k", "v");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.put("a", new long[1]))
                .withMessage("Checkpoint: the tensor name a is used twice.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.metadata("k", "w"))
                .withMessage("Checkpoint: the metadata key k is used twice.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.put("__metadata__", new int[1]))
                .withMessage("Checkpoint: the tensor name __metadata__ is reserved by the format.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.metadata("crc32c", "0"))
                .withMessage("Checkpoint: the metadata key crc32c is reserved for the checksum.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.metadata("unroll4j.format", "1"))
                .withMessage("Checkpoint: the metadata key unroll4j.format is reserved for the checksum.");
    }

    @Test
    void halfASurrogatePairIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Checkpoint.builder().metadata("seed", "\uD83D"))
                .withMessage("Checkpoint: the text of seed is not valid Unicode; likely cause: it was cut inside a"
                        + " surrogate pair.");
    }

    @Test
    void aBuiltCheckpointDoesNotChangeWithItsBuilder() {
        Checkpoint.Builder builder = Checkpoint.builder();
        Checkpoint checkpoint = builder.build();
        builder.put("a", new int[1]).metadata("k", "v");

        assertThat(checkpoint.names()).isEmpty();
        assertThat(checkpoint.metadata()).isEmpty();
        assertThat(checkpoint).hasToString("the checkpoint with 0 tensors and metadata []");
    }
}
