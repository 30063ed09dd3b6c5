// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.optim.Loss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** The listeners that write a run down. */
class TrainListenerTest {
    @TempDir
    Path folder;

    /** Iterations from one to another, with losses of 1, 2, … nats a token; measured after the third. */
    private static void run(TrainListener listener, int from, int to, Outcome outcome) {
        for (int i = from; i <= to; i++) {
            TrainStep step =
                    new TrainStep(i, i / 4.0, new Loss(10 * i, 10, 1), 9, 0.5, 0.01, 3000, Duration.ofSeconds(i));
            listener.onStep(step);
            if (i == 3) {
                listener.onEvaluation(step, 1.25);
            }
        }
        listener.onEnd(outcome);
    }

    private static void run(TrainListener listener, int from, int to) {
        run(listener, from, to, new Outcome.Finished(to));
    }

    private static List<Long> iterations(Path csv) throws IOException {
        return Files.readAllLines(csv).stream()
                .skip(1)
                .map(line -> TrainRow.ofCsv(line).iteration())
                .toList();
    }

    @Test
    void aRowHasTheMeanSinceTheOneBeforeAndWhatWasMeasuredInItsIteration() {
        List<TrainRow> rows = new ArrayList<>();
        run(TrainListener.rows(2, rows::add), 1, 5);
        assertThat(rows)
                .containsExactly(
                        new TrainRow(2, 0.5, 1.5, Double.NaN, 0.5, 0.01, 3000, 2),
                        new TrainRow(3, 0.75, 3, 1.25, 0.5, 0.01, 3000, 3),
                        new TrainRow(4, 1, 4, Double.NaN, 0.5, 0.01, 3000, 4),
                        new TrainRow(5, 1.25, 5, Double.NaN, 0.5, 0.01, 3000, 5));
    }

    @Test
    void aRunAfterARunIsNotMixedWithIt() {
        List<TrainRow> rows = new ArrayList<>();
        TrainListener listener = TrainListener.rows(2, rows::add);
        run(listener, 1, 4);
        listener.onEnd(new Outcome.Finished(4)); // of a run with nothing to do
        run(listener, 5, 6);
        assertThat(rows).extracting(TrainRow::iteration).containsExactly(2L, 3L, 4L, 6L);
        assertThat(rows.get(3).trainLoss()).isEqualTo(5.5);
    }

    @Test
    void aFileOfRowsIsWrittenAsTheRunGoes() throws IOException {
        Path file = folder.resolve("m.csv");
        TrainListener listener = TrainListener.csv(file, 1);
        listener.onStep(new TrainStep(1, 1, new Loss(1, 1, 1), 9, 0.5, 0.01, 3000, Duration.ZERO));
        listener.onStep(new TrainStep(2, 2, new Loss(1, 1, 1), 9, 0.5, 0.01, 3000, Duration.ZERO));
        assertThat(file)
                .hasContent("iteration,epoch,train_loss,validation_loss,gradient_norm,learning_rate,tokens_per_second,"
                        + "seconds\n1,1.0000,1.0,,0.500000,0.0100000,3000,0.000\n");
    }

    @Test
    void aRunThatGoesOnKeepsTheLinesUpToThereAndAFreshOneNone() throws IOException {
        Path file = folder.resolve("m.csv");
        run(TrainListener.csv(file, 2), 1, 6);
        assertThat(iterations(file)).containsExactly(2L, 3L, 4L, 6L);
        Files.writeString(file, Files.readString(file) + "8,2.0,"); // cut off
        run(TrainListener.csv(file, 3), 5, 9); // a state was saved after 4
        assertThat(iterations(file)).containsExactly(2L, 3L, 4L, 6L, 9L);
        assertThat(TrainRow.ofCsv(Files.readAllLines(file).get(4)).trainLoss()).isEqualTo(5.5);
        run(TrainListener.csv(file, 5), 1, 5);
        assertThat(iterations(file)).containsExactly(3L, 5L);
    }

    @Test
    void aFileOfAnotherKindIsNotGoneOnWith() throws IOException {
        Path file = Files.writeString(folder.resolve("m.csv"), "a,b\n1,2\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(TrainListener.csv(file, 1), 5, 6))
                .withMessageContainingAll("TrainListener.csv: " + file + ", line 1: it is 'a,b', expected iteration,");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(TrainListener.csv(file, 1), 1, 2))
                .withMessageContaining("line 1: it is 'a,b', expected iteration,");
        Files.writeString(file, "my novel"); // without an end of line
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(TrainListener.csv(file, 1), 1, 2))
                .withMessageContaining("line 1: it is 'my novel', expected iteration,");
        assertThat(file).hasContent("my novel");
        Files.writeString(file, TrainRow.CSV_HEADER + "\n1,2\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(TrainListener.csv(file, 1), 5, 6))
                .withMessageContainingAll(", line 2: it has 2 fields, expected 8; likely cause: ");
        assertThat(file).hasContent(TrainRow.CSV_HEADER + "\n1,2\n");
    }

    @Test
    void whatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> run(TrainListener.csv(file.resolve("m.csv"), 1), 1, 2))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("TrainListener.csv: " + file.resolve("m.csv") + " cannot be written: ");
        assertThatThrownBy(() -> run(TrainListener.tensorBoard(file.resolve("run"), 1), 1, 2))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("TrainListener.tensorBoard: no file can be made in " + file.resolve("run"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainListener.csv(file, 0))
                .withMessage("TrainListener.csv: every is 0, expected 1 or more.");
    }

    @Test
    void rowsAreLoggedAndARunThatDivergedIsAWarning() {
        List<String> said = new ArrayList<>();
        Logger log = (Logger) Proxy.newProxyInstance(
                Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, (p, m, a) -> {
                    if (m.getName().startsWith("is")) {
                        return true;
                    }
                    said.add(m.getName() + " "
                            + String.join(" ", Stream.of(a).map(String::valueOf).toList()));
                    return null;
                });
        run(TrainListener.slf4j(log, 3), 1, 4);
        assertThat(said)
                .containsExactly(
                        "info iteration 3, epoch 0.75: training 2.0000, validation 1.2500 nats a token, gradient norm 0.500,"
                                + " learning rate 0.0100, 3000 tokens/s",
                        "info iteration 4, epoch 1.00: training 4.0000 nats a token, gradient norm 0.500,"
                                + " learning rate 0.0100, 3000 tokens/s",
                        "info training ended: {} Finished[iteration=4]");
        said.clear();
        var diverged = new Outcome.Diverged(3, "the loss is NaN", 0.1, 2, OptionalLong.empty());
        run(TrainListener.slf4j(log, 9), 1, 3, diverged);
        assertThat(said.get(said.size() - 1)).isEqualTo("warn " + diverged.sentence());
    }

    @Test
    void eventFilesHoldTheRowsByIteration() throws IOException {
        long before = System.currentTimeMillis();
        run(TrainListener.tensorBoard(folder.resolve("logs/a"), 2), 1, 4);
        List<Event> events = events(files(folder.resolve("logs/a")).get(0));
        assertThat(events).extracting(Event::step).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
        assertThat(events.get(1).status()).isEqualTo(1);
        assertThat(events.get(2).values())
                .isEqualTo(Map.of(
                        "loss/train", 1.5f,
                        "gradient_norm", 0.5f,
                        "learning_rate", 0.01f,
                        "tokens_per_second", 3000f));
        assertThat(events.get(3).values())
                .containsEntry("loss/validation", 1.25f)
                .containsEntry("loss/train", 3f);
        assertThat(events)
                .allSatisfy(event ->
                        assertThat(event.wallTime()).isBetween(before / 1000.0, System.currentTimeMillis() / 1000.0));
    }

    /** Steps above 127 take more than a byte. */
    @Test
    void aRunThatGoesOnHasAFileOfItsOwnThatStartsWhereItGoesOn() throws IOException {
        run(TrainListener.tensorBoard(folder, 1), 1, 2);
        run(TrainListener.tensorBoard(folder, 1), 301, 302);
        List<Path> files = files(folder);
        assertThat(files).hasSize(2).allMatch(file -> file.toString().contains("tfevents"));
        assertThat(events(files.get(1))).extracting(Event::step).containsExactly(0L, 301L, 301L, 302L);
        assertThat(events(files.get(1)).get(1).status()).isEqualTo(1);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** What a reader finds in an event: of what it does not have, null or nothing. */
    private record Event(double wallTime, long step, String version, long status, Map<String, Float> values) {}

    /** Reads an event file by its format alone: records, checksums, fields. */
    private static List<Event> events(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] head = new byte[8];
            in.get(in.position(), head);
            int length = Math.toIntExact(in.getLong());
            assertThat(unmasked(in.getInt())).isEqualTo(crc32c(head));
            byte[] data = new byte[length];
            in.get(data);
            assertThat(unmasked(in.getInt())).isEqualTo(crc32c(data));
            Message event = Message.of(data);
            Map<String, Float> values = new LinkedHashMap<>();
            for (Object summary : event.all(5)) {
                for (Object one : Message.of(summary).all(1)) {
                    Message value = Message.of(one);
                    assertThat(value.fields()).containsOnlyKeys(1, 2);
                    values.put(text(value.one(1)), (Float) value.one(2));
                }
            }
            events.add(new Event(
                    (Double) event.one(1),
                    (Long) event.one(2),
                    event.all(3).isEmpty() ? "" : text(event.one(3)),
                    event.all(7).isEmpty() ? 0 : (Long) Message.of(event.one(7)).one(1),
                    values));
        }
        return events;
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }

    /** The values of a message by the numbers of their fields. */
    private record Message(Map<Integer, List<Object>> fields) {
        static Message of(Object message) {
            ByteBuffer in = ByteBuffer.wrap((byte[]) message).order(ByteOrder.LITTLE_ENDIAN);
            Map<Integer, List<Object>> fields = new LinkedHashMap<>();
            while (in.hasRemaining()) {
                int key = (int) varint(in);
                Object value = switch (key & 7) {
                    case 0 -> varint(in);
                    case 1 -> in.getDouble();
                    case 5 -> in.getFloat();
                    case 2 -> {
                        byte[] bytes = new byte[(int) varint(in)];
                        in.get(bytes);
                        yield bytes;
                    }
                    default -> throw new AssertionError("wire type " + (key & 7));
                };
                fields.computeIfAbsent(key >> 3, field -> new ArrayList<>()).add(value);
            }
            return new Message(fields);
        }

        List<Object> all(int field) {
            return fields.getOrDefault(field, List.of());
        }

        Object one(int field) {
            return all(field).get(0);
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static int unmasked(int masked) {
        return Integer.rotateLeft(masked - 0xa282ead8, 15);
    }

    /** Bit by bit, by the polynomial of RFC 3720 turned round: not the class that the writer uses. */
    private static int crc32c(byte[] bytes) {
        int sum = -1;
        for (byte b : bytes) {
            sum ^= b & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum >>> 1) ^ ((sum & 1) == 0 ? 0 : 0x82F63B78);
            }
        }
        return ~sum;
    }

    /** The check value of the polynomial, so that reader and writer are not wrong alike. */
    @Test
    void theChecksumIsThatOfTheStandard() {
        assertThat(crc32c("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0xE3069283);
    }
}
