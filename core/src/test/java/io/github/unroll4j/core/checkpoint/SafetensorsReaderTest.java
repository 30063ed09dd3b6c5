// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import static io.github.unroll4j.core.checkpoint.Samples.concat;
import static io.github.unroll4j.core.checkpoint.Samples.doubles;
import static io.github.unroll4j.core.checkpoint.Samples.file;
import static io.github.unroll4j.core.checkpoint.Samples.floats;
import static io.github.unroll4j.core.checkpoint.Samples.ints;
import static io.github.unroll4j.core.checkpoint.Samples.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsReaderTest {
    /** A file written by safetensors 0.8.0 for Python (safetensors.numpy.save) with the arrays that the test names. */
    private static final String FROM_PYTHON =
            "mAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJucCIsIm5vdGUiOiJjcm93IMOpIPCfkKYifSwic3RlcCI6eyJkdHlw"
                    + "ZSI6Ikk2NCIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbMCw4XX0sImFkYW0udiI6eyJkdHlwZSI6IkY2NCIsInNoYXBl"
                    + "IjpbMl0sImRhdGFfb2Zmc2V0cyI6WzgsMjRdfSwibm9uZSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMCw0XSwiZGF0YV9v"
                    + "ZmZzZXRzIjpbMjQsMjRdfSwicm5uLldfaCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpb"
                    + "MjQsNDhdfSwiaWRzIjp7ImR0eXBlIjoiSTMyIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNDgsNjBdfSwic2VlbiI6"
                    + "eyJkdHlwZSI6IlU4Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbNjAsNjJdfX0gICAAAAAAAAEAAFnz+MIfbqUBAAAA"
                    + "AAAABMAAAAAAAACAPgAAAD8AAEA/AACAPwAAoD8BAAAA/v///wMAAAAA/w==";

    @TempDir
    private Path folder;

    private Checkpoint load(byte[] bytes) {
        return Samples.load(folder, bytes);
    }

    @Test
    void aFileWrittenByPythonIsRead() {
        Checkpoint checkpoint = load(Base64.getDecoder().decode(FROM_PYTHON));

        assertThat(checkpoint.names()).containsExactly("step", "adam.v", "none", "rnn.W_h", "ids", "seen");
        assertThat(checkpoint.metadata())
                .containsEntry("note", "crow é \uD83D\uDC26")
                .containsEntry("format", "np");
        assertThat(checkpoint.longs("step")).containsExactly(1L << 40);
        assertThat(checkpoint.shape("step")).isEmpty();
        assertThat(checkpoint.tensor("adam.v").data().toDoubles()).containsExactly(1e-300, -2.5);
        assertThat(checkpoint.tensor("none").shape()).containsExactly(0, 4);
        assertThat(checkpoint.tensor("rnn.W_h").shape()).containsExactly(2, 3);
        assertThat(checkpoint.tensor("rnn.W_h").data().toDoubles()).containsExactly(0, 0.25, 0.5, 0.75, 1, 1.25);
        assertThat(checkpoint.ints("ids")).containsExactly(1, -2, 3);
        assertThat(checkpoint.bytes("seen")).containsExactly(0, -1);
    }

    @Test
    void theOrderOfTheHeaderAndItsWhiteSpaceDoNotMatter() {
        Checkpoint checkpoint = load(concat(file("""
                        {"b": {"data_offsets" : [4, 12],
                               "shape":[1,1,1], "dtype":"F64"},
                         "__metadata__": {"k":"caf\\u00e9"}, "a": {"shape":[], "data_offsets":[0,4], "dtype":"F32"}}
                        """), floats(1.5f), doubles(-3)));

        assertThat(checkpoint.names()).containsExactly("a", "b");
        assertThat(checkpoint.tensor("a").at()).isEqualTo(1.5);
        assertThat(checkpoint.tensor("b").at(0, 0, 0)).isEqualTo(-3);
        assertThat(checkpoint.metadata()).containsExactly(Map.entry("k", "café"));
    }

    @Test
    void aFileWithoutTensorsIsRead() {
        assertThat(load(file("{}")).names()).isEmpty();
        assertThat(load(file("{\"__metadata__\":{}}   ")).metadata()).isEmpty();
    }

    @Test
    void nanAndInfinityAreNumbersLikeOthers() {
        float strange = Float.intBitsToFloat(0x7fc12345);
        Checkpoint checkpoint = load(concat(
                file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"),
                floats(strange, Float.NEGATIVE_INFINITY)));

        float[] read = checkpoint.tensor("a").data().floats();
        assertThat(Float.floatToRawIntBits(read[0])).isEqualTo(0x7fc12345);
        assertThat(read[1]).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    private static String tensor(String dtype, String shape, String offsets) {
        return "{\"w\":{\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
    }

    private static byte[] eight(String dtype, String shape, String offsets) {
        return file(tensor(dtype, shape, offsets), new byte[8]);
    }

    private static byte[] two(String first, String second, int bytes) {
        String both = "{\"u\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + first
                + "},\"v\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + second + "}}";
        return file(both, new byte[bytes]);
    }

    static Stream<Arguments> malformed() {
        String damaged = "the file is damaged or was written by a faulty program";
        String cut = "the download or copy was cut short";
        String foreign = "it is a file of another kind";
        String offsets = "the data_offsets of tensor w is not an array of integers of 0 to 2^63-1";
        String notWhole = "tensor w is not declared by dtype, shape and two data_offsets";
        return Stream.of(
                arguments("empty", new byte[0], "it has 0 bytes, a header needs more than 8", cut),
                arguments("too small", new byte[7], "it has 7 bytes, a header needs more than 8", cut),
                arguments("no header", longs(0), "its header does not start with {", foreign),
                arguments(
                        "header too large",
                        concat(longs(100_000_001), new byte[20]),
                        "its header claims 100000001 bytes, at most 100000000 are allowed",
                        foreign),
                arguments(
                        "header of a negative long",
                        longs(-1),
                        "its header claims 18446744073709551615 bytes, at most 100000000 are allowed",
                        foreign),
                arguments(
                        "header beyond the file",
                        concat(longs(50), new byte[20]),
                        "its header claims 50 bytes but the file has 28",
                        cut),
                arguments("header of another format", file("[1,2]"), "its header does not start with {", foreign),
                arguments("leading space", file(" {}"), "its header does not start with {", foreign),
                arguments(
                        "invalid UTF-8",
                        concat(longs(4), new byte[] {'{', (byte) 0xc3, 0x28, '}'}),
                        "its header is not valid UTF-8",
                        damaged),
                arguments(
                        "overlong UTF-8",
                        concat(longs(4), new byte[] {'{', (byte) 0xc0, (byte) 0xa2, '}'}),
                        "its header is not valid UTF-8",
                        damaged),
                arguments(
                        "invalid JSON",
                        file("{\"w\""),
                        "the header is not valid JSON: Unexpected end-of-input",
                        damaged),
                arguments(
                        "text after the end",
                        file("{}x"),
                        "the header is not valid JSON: Unrecognized token 'x'",
                        damaged),
                arguments(
                        "object after the end",
                        file("{}{}"),
                        "the header is not valid JSON: text after the closing brace",
                        damaged),
                arguments(
                        "same name twice",
                        file("{\"__metadata__\":{},\"__metadata__\":{}}"),
                        "the header is not valid JSON: Duplicate field '__metadata__'",
                        damaged),
                arguments(
                        "same key twice",
                        file("{\"w\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}"),
                        "the header is not valid JSON: Duplicate field 'dtype'",
                        damaged),
                arguments(
                        "too deep",
                        file("{\"w\":" + "[".repeat(100)),
                        "the declaration of w is not an object",
                        damaged),
                arguments("no object", file("{\"w\":3}"), "the declaration of w is not an object", damaged),
                arguments(
                        "metadata no object",
                        file("{\"__metadata__\":\"x\"}"),
                        "the declaration of __metadata__ is not an object",
                        damaged),
                arguments(
                        "metadata number",
                        file("{\"__metadata__\":{\"epoch\":3}}"),
                        "the metadata entry epoch is not a string",
                        "another program wrote it"),
                arguments(
                        "metadata null",
                        file("{\"__metadata__\":{\"epoch\":null}}"),
                        "the metadata entry epoch is not a string",
                        "another program wrote it"),
                arguments(
                        "unknown key",
                        file("{\"w\":{\"strides\":[1]}}"),
                        "tensor w has the unknown key strides",
                        "a newer or other format"),
                arguments("no keys", file("{\"w\":{}}"), notWhole, damaged),
                arguments("no offsets", file("{\"w\":{\"dtype\":\"U8\",\"shape\":[]}}"), notWhole, damaged),
                arguments("one offset", eight("\"U8\"", "[8]", "[0]"), notWhole, damaged),
                arguments("three offsets", eight("\"U8\"", "[8]", "[0,8,8]"), notWhole, damaged),
                arguments(
                        "half precision",
                        eight("\"BF16\"", "[4]", "[0,8]"),
                        "tensor w has element type BF16, expected one of [F64, F32, I64, I32, U8]",
                        "weights of half precision or another kind, which must be converted to F32 first"),
                arguments("type no text", eight("3", "[4]", "[0,8]"), "the dtype of tensor w is not a string", damaged),
                arguments("offsets no array", eight("\"U8\"", "[8]", "8"), offsets, damaged),
                arguments("negative offset", eight("\"U8\"", "[8]", "[-1,7]"), offsets, damaged),
                arguments("fractional offset", eight("\"U8\"", "[8]", "[0,8.0]"), offsets, damaged),
                arguments("offset beyond long", eight("\"U8\"", "[8]", "[0,9223372036854775808]"), offsets, damaged),
                arguments("offset a text", eight("\"U8\"", "[8]", "[0,\"8\"]"), offsets, damaged),
                arguments(
                        "nested shape",
                        eight("\"U8\"", "[[8]]", "[0,8]"),
                        "the shape of tensor w is not an array of integers of 0 to 2^63-1",
                        damaged),
                arguments(
                        "negative size",
                        eight("\"U8\"", "[-8]", "[0,8]"),
                        "the shape of tensor w is not an array of integers of 0 to 2^63-1",
                        damaged),
                arguments(
                        "end before begin",
                        eight("\"U8\"", "[8]", "[8,0]"),
                        "tensor w lies at bytes 8 to 0 of 8",
                        damaged),
                arguments(
                        "end beyond the file",
                        eight("\"F64\"", "[2]", "[0,16]"),
                        "tensor w lies at bytes 0 to 16 of 8",
                        cut),
                arguments(
                        "end near the end of long",
                        eight("\"U8\"", "[1]", "[9223372036854775806,9223372036854775807]"),
                        "tensor w lies at bytes 9223372036854775806 to 9223372036854775807 of 8",
                        cut),
                arguments(
                        "too few bytes",
                        eight("\"F32\"", "[2,3]", "[0,8]"),
                        "tensor w of type F32 and shape [2, 3] needs 24 bytes but is given 8",
                        damaged),
                arguments(
                        "too many bytes",
                        eight("\"F32\"", "[1]", "[0,8]"),
                        "tensor w of type F32 and shape [1] needs 4 bytes but is given 8",
                        damaged),
                arguments(
                        "sizes that overflow",
                        eight("\"F32\"", "[4294967296,4294967296,2]", "[0,8]"),
                        "tensor w of shape [4294967296, 4294967296, 2] has more than 2147483639 elements",
                        damaged),
                arguments(
                        "product that overflows",
                        eight("\"U8\"", "[2147483639,2147483639,2147483639]", "[0,8]"),
                        "tensor w of shape [2147483639, 2147483639, 2147483639] has more than 2147483639 elements",
                        damaged),
                arguments(
                        "hole in front",
                        eight("\"U8\"", "[4]", "[4,8]"),
                        "tensor w starts at byte 4 where 0 was expected, so that bytes are left out",
                        "the file was made by hand or to do harm"),
                arguments(
                        "hole",
                        two("[0,4]", "[5,9]", 9),
                        "tensor v starts at byte 5 where 4 was expected, so that bytes are left out",
                        "the file was made by hand or to do harm"),
                arguments(
                        "overlap",
                        two("[0,4]", "[3,7]", 7),
                        "tensor v starts at byte 3 where 4 was expected, so that bytes overlap",
                        "the file was made by hand or to do harm"),
                arguments(
                        "same bytes",
                        two("[0,4]", "[0,4]", 4),
                        "tensor v starts at byte 0 where 4 was expected, so that bytes overlap",
                        "the file was made by hand or to do harm"),
                arguments(
                        "bytes after the end",
                        eight("\"U8\"", "[7]", "[0,7]"),
                        "1 bytes after the last tensor belong to no tensor",
                        "something was appended to the file"),
                arguments(
                        "bytes without tensor",
                        file("{}", (byte) 1),
                        "1 bytes after the last tensor belong to no tensor",
                        "something was appended to the file"),
                arguments(
                        "no checksum beside a key of this library",
                        file("{\"__metadata__\":{\"unroll4j.model\":\"{}\"}}"),
                        "it has no checksum crc32c, which every file of this library has",
                        "the file was damaged, or written anew by a program that left it out"),
                arguments(
                        "no checksum in a file of this library",
                        file("{\"__metadata__\":{\"note\":\"\",\"unroll4j.format\":\"1\",\"crc32d\":\"00000000\"}}"),
                        "it has no checksum crc32c, which every file of this library has",
                        "the file was damaged, or written anew by a program that left it out"),
                arguments(
                        "a format to come",
                        file("{\"__metadata__\":{\"unroll4j.format\":\"2\",\"crc32c\":\"00000000\"}}"),
                        "unroll4j.format is 2, expected 1",
                        "a later release wrote it, or it was damaged"),
                arguments(
                        "other checksum",
                        file("{\"__metadata__\":{\"crc32c\":\"00000001\"}}"),
                        "its content does not match its checksum 00000001",
                        "the file was damaged, or edited by a program that kept the metadata entry crc32c"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void malformed(String name, byte[] bytes, String what, String cause) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> load(bytes))
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith(folder.resolve("model.safetensors") + ": not a checkpoint: " + what)
                        .endsWith("; likely cause: " + cause + ".")
                        .doesNotContain("\n"));
    }

    @Test
    void everyCutOfAFileIsRefused() throws IOException {
        Path whole = folder.resolve("whole.safetensors");
        Samples.mixed().save(whole);
        byte[] bytes = Files.readAllBytes(whole);

        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> load(part)).isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void claimsAskForNoMemory() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] hugeHeader = concat(longs(99_999_999), new byte[100]);
        byte[] hugeTensor = eight("\"F32\"", "[536870912]", "[0,2147483648]");
        byte[] hugeEmpty = eight("\"F32\"", "[2147483639,0]", "[0,0]");
        assertThatThrownBy(() -> load(hugeHeader)).isInstanceOf(CheckpointException.class); // classes are loaded now

        long before = threads.getCurrentThreadAllocatedBytes();
        for (byte[] bytes : new byte[][] {hugeHeader, hugeTensor, hugeEmpty}) {
            assertThatThrownBy(() -> load(bytes)).isInstanceOf(CheckpointException.class);
        }

        // three readings, each with 64 kB for the reader's buffer and some strings
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
    }

    @Test
    void aDeepHeaderIsRefusedWithoutExhaustingTheStack() {
        byte[] bytes = file("{\"w\":{\"shape\":" + "[".repeat(1_000_000));

        assertThatThrownBy(() -> load(bytes)).isInstanceOf(CheckpointException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"crow.txt", "weights.npy", "weights.bin"})
    void filesOfOtherKindsAreRefused(String name) throws IOException {
        String text = switch (name) {
            case "crow.txt" -> "A crow, half dead with thirst, came upon a pitcher.";
            case "weights.npy" -> "\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4', 'fortran_order': False}";
            default -> "PK\u0003\u0004\u0014\u0000\u0000\u0000\u0008\u0000";
        };
        Path file = Files.writeString(folder.resolve(name), text, StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> Checkpoint.load(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file + ": not a checkpoint: its header claims ")
                .hasMessageEndingWith(" likely cause: it is a file of another kind.");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("absent.safetensors");

        assertThatThrownBy(() -> Checkpoint.load(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(file + ": there is no such file.");
    }

    @Test
    void aMissingFileWithALeftOverIsExplained() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Files.write(folder.resolve("model.safetensors.tmp"), new byte[3]);

        assertThatThrownBy(() -> Checkpoint.load(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(file + ": there is no such file, only " + file + ".tmp, left by a save that was cut off.");
    }

    @Test
    void aFolderIsNoCheckpoint() {
        assertThatThrownBy(() -> Checkpoint.load(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(folder + ": not a checkpoint: it is a folder or a device, expected a file.");
    }

    @Test
    void integersOfEveryWidthAreRead() {
        Checkpoint checkpoint = load(concat(
                file("{\"i\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"l\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]}}"),
                ints(Integer.MIN_VALUE, 7),
                longs(Long.MIN_VALUE)));

        assertThat(checkpoint.ints("i")).containsExactly(Integer.MIN_VALUE, 7);
        assertThat(checkpoint.longs("l")).containsExactly(Long.MIN_VALUE);
    }
}
