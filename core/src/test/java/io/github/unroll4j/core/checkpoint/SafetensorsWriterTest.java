// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import static io.github.unroll4j.core.checkpoint.Samples.concat;
import static io.github.unroll4j.core.checkpoint.Samples.doubles;
import static io.github.unroll4j.core.checkpoint.Samples.floats;
import static io.github.unroll4j.core.checkpoint.Samples.ints;
import static io.github.unroll4j.core.checkpoint.Samples.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    @TempDir
    private Path folder;

    private byte[] save(Checkpoint checkpoint) throws IOException {
        Path file = folder.resolve("model.safetensors");
        checkpoint.save(file);
        return Files.readAllBytes(file);
    }

    /** CRC-32C from its definition, bit by bit: polynomial 0x1EDC6F41, reflected. */
    private static String crc32c(byte[] bytes) {
        int crc = -1;
        for (byte b : bytes) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F63B78);
            }
        }
        return HexFormat.of().toHexDigits(~crc);
    }

    private static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theCrcOfThisTestIsTheStandardOne() {
        assertThat(crc32c("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo("e3069283"); // RFC 3720's check
    }

    @Test
    void theBytesAreThoseOfTheFormat() throws IOException {
        byte[] weights = floats(0, 0.25f, 0.5f, 0.75f, 1, 1.25f);
        String crc = crc32c(concat(
                text("config"),
                text("{\"hidden\":3}"),
                text("note"),
                text("crow é \uD83D\uDC26"),
                text("adam.v"),
                text("F64[2]"),
                doubles(1e-300, -2.5),
                text("ids"),
                text("I32[3]"),
                ints(1, -2, 3),
                text("rnn.W_h"),
                text("F32[2, 3]"),
                weights,
                text("seen"),
                text("U8[2]"),
                new byte[] {0, -1},
                text("step"),
                text("I64[1]"),
                longs(1L << 40)));
        String header =
                "{\"__metadata__\":{\"config\":\"{\\\"hidden\\\":3}\",\"note\":\"crow é \uD83D\uDC26\",\"unroll4j.format\":\"1\",\"crc32c\":\""
                        + crc + "\"},"
                        + "\"adam.v\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]},"
                        + "\"step\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[16,24]},"
                        + "\"rnn.W_h\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[24,48]},"
                        + "\"ids\":{\"dtype\":\"I32\",\"shape\":[3],\"data_offsets\":[48,60]},"
                        + "\"seen\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[60,62]}}";
        while (header.getBytes(StandardCharsets.UTF_8).length % 8 != 0) {
            header += " ";
        }

        assertThat(save(Samples.mixed()))
                .isEqualTo(concat(
                        Samples.file(header),
                        doubles(1e-300, -2.5),
                        longs(1L << 40),
                        weights,
                        ints(1, -2, 3),
                        new byte[] {0, -1}));
    }

    /** A file with this sum was read once with safetensors 0.8.0 for Python: every name and number was right. */
    @Test
    void theFileThatPythonReadIsStillWritten() throws IOException, NoSuchAlgorithmException {
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(save(Samples.mixed()));

        assertThat(HexFormat.of().formatHex(sum))
                .isEqualTo("5388a4bb80baeedf3b3a213cbb0a9fe4317f53c7acf2e3581df718467c9e01be");
    }

    @Test
    void anEmptyCheckpointIsAFile() throws IOException {
        byte[] bytes = save(Checkpoint.builder().build());

        assertThat(bytes.length % 8).isZero();
        assertThat(Samples.load(folder, bytes).names()).isEmpty();
    }

    @Test
    void aHeaderBeyondTheLimitIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Samples.mixed().save(file);
        Checkpoint huge = Checkpoint.builder()
                .metadata("vocabulary", "x".repeat(StrictJson.MAX_BYTES))
                .build();

        assertThatThrownBy(() -> huge.save(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageMatching(
                        ".*model.safetensors: cannot be saved: names and metadata take \\d{9} bytes, the format"
                                + " allows 100000000; likely cause: a very large vocabulary\\.");
        assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(Samples.mixed()));
    }
}
