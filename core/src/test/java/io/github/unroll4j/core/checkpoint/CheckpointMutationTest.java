// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever happened to a file: its content loads as it was saved, or is refused with a {@link CheckpointException}. */
class CheckpointMutationTest {
    private static final int HEADER_START = 8;
    /** What makes a file one of this library, whose content must match. */
    private static final String GUARD = "\"unroll4j.format\":\"1\",\"crc32c\":\"[0-9a-f]{8}\"";

    private static Path file = Path.of("");
    private static byte[] valid = {};
    private static String header = "";

    @BeforeContainer
    static void save() throws IOException {
        file = Files.createTempFile("checkpoint", ".safetensors");
        Samples.mixed().save(file);
        valid = Files.readAllBytes(file);
        String text = new String(valid, HEADER_START, valid.length - HEADER_START, StandardCharsets.UTF_8);
        header = text.substring(0, text.lastIndexOf('}') + 1);
    }

    @AfterContainer
    static void delete() throws IOException {
        Files.delete(file);
    }

    /** Returns the loaded content, or nothing if the file was refused properly. Any other exception fails the test. */
    private static Optional<Checkpoint> load(byte[] bytes) {
        try {
            Optional<Checkpoint> streamed = stream(bytes);
            Files.write(file, bytes);
            Checkpoint loaded = Checkpoint.load(file);
            assertThat(Samples.content(streamed.orElseThrow())).isEqualTo(Samples.content(loaded));
            return Optional.of(loaded);
        } catch (CheckpointException e) {
            assertThat(stream(bytes)).as("the stream follows the same rules").isEmpty();
            assertThat(e.getMessage())
                    .startsWith(file + ": ")
                    .doesNotContain("\n")
                    .endsWith(".");
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Checkpoint> stream(byte[] bytes) {
        try {
            return Optional.of(Checkpoint.load(new ByteArrayInputStream(bytes)));
        } catch (CheckpointException e) {
            return Optional.empty();
        }
    }

    /** Every bit of the file: those of the checksum, of its key, and of the entry that says it must be there. */
    @Example
    void everyFlippedBitIsRefused() {
        for (int i = 0; i < 8 * valid.length; i++) {
            byte[] bytes = valid.clone();
            bytes[i / 8] ^= (byte) (1 << i % 8);
            assertThat(load(bytes)).as("byte %d, bit %d", i / 8, i % 8).isEmpty();
        }
    }

    @Property(tries = 300)
    void aCutFileIsRefused(@ForAll long seed) {
        assertThat(load(Arrays.copyOf(valid, new SplittableRandom(seed).nextInt(valid.length))))
                .isEmpty();
    }

    @Property(tries = 3000)
    void splicedBytesNeverBreakTheReader(@ForAll long seed) {
        SplittableRandom source = new SplittableRandom(seed);
        int from = source.nextInt(valid.length);
        int length = 1 + source.nextInt(Math.min(40, valid.length - from));
        int to = source.nextInt(valid.length);
        int dropped = source.nextBoolean() ? Math.min(length, valid.length - to) : source.nextInt(valid.length - to);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(valid, 0, to);
        bytes.write(valid, from, length);
        bytes.write(valid, to + dropped, valid.length - to - dropped);

        load(bytes.toByteArray()); // load judges it: without the checksum, any content may be there
    }

    /**
     * Replaces numbers of the header by others and corrects the header length. Random bytes hardly reach such files.
     */
    @Property(tries = 3000)
    void strangeNumbersInTheHeaderNeverBreakTheReader(@ForAll long seed) {
        SplittableRandom source = new SplittableRandom(seed);
        String[] strange = {
            "-1",
            "0",
            "1",
            "3",
            "24",
            "62",
            "2147483647",
            "2147483648",
            "4294967296",
            "9223372036854775807",
            "9223372036854775808",
            "1e400",
            "0.5",
            "\"8\"",
            "null",
            "true",
            "[]",
            "{}",
            "[[0]]",
            "1,2",
            ""
        };
        Matcher number = Pattern.compile("(?<=[\\[,])\\d+(?=[\\],])").matcher(header.replaceFirst(GUARD, "\"k\":\"\""));
        StringBuilder text = new StringBuilder();
        while (number.find()) {
            boolean exchange = source.nextInt(6) == 0;
            number.appendReplacement(text, exchange ? strange[source.nextInt(strange.length)] : number.group());
        }
        number.appendTail(text);
        int numbers = source.nextInt(4) == 0 ? source.nextInt(80) : 62;

        load(Samples.file(text.toString(), new byte[numbers]));
    }
}
