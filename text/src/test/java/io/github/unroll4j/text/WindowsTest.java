// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Ids are 1, 2, 3, …: the token at position p is p+1, the next is p+2, and padding (0) differs from every token. */
class WindowsTest {

    private static int[] text(int length) {
        return IntStream.rangeClosed(1, length).toArray();
    }

    @Test
    void aShortLastWindowIsTrained() {
        Windows windows = Windows.of(text(8), 3);

        assertThat(windows.perEpoch()).isEqualTo(3);
        assertThat(windows).map(Window::steps).containsExactly(3, 3, 1);
        assertThat(windows).map(window -> window.resets()[0]).containsExactly(true, false, false);
        assertThat(windows.at(1).inputs()).containsExactly(4, 5, 6);
        assertThat(windows.at(1).targets()).containsExactly(5, 6, 7);
        assertThat(windows.at(2).inputs()).containsExactly(7);
        assertThat(windows.at(2).targets()).containsExactly(8);
    }

    @Test
    void batchesAreTimeMajorWithTheLongerStreamsFirst() {
        // 11 pairs in 3 streams: 1..4 -> 5, 5..8 -> 9, 9..11 -> 12.
        Windows windows = Windows.of(text(12), 3, 3);

        assertThat(windows.perEpoch()).isEqualTo(2);
        assertThat(windows.at(0).inputs()).containsExactly(1, 5, 9, 2, 6, 10, 3, 7, 11);
        assertThat(windows.at(0).targets()).containsExactly(2, 6, 10, 3, 7, 11, 4, 8, 12);
        assertThat(windows.at(0).lengths()).containsExactly(3, 3, 3);
        assertThat(windows.at(0).full()).isTrue();
        assertThat(windows.at(1).inputs()).containsExactly(4, 8, 0);
        assertThat(windows.at(1).targets()).containsExactly(5, 9, 0);
        assertThat(windows.at(1).lengths()).containsExactly(1, 1, 0);
        assertThat(windows.at(1).full()).isFalse();
    }

    @Property(tries = 400)
    void everyPairIsTrainedExactlyOnceAnEpoch(
            @ForAll @IntRange(min = 1, max = 12) int steps,
            @ForAll @IntRange(min = 1, max = 9) int batch,
            @ForAll @IntRange(min = 0, max = 150) int extra) {
        int length = steps * batch + 1 + extra;
        Windows windows = Windows.of(text(length), steps, batch);
        List<Integer> trained = new ArrayList<>();

        for (Window window : windows) {
            for (int b = 0; b < batch; b++) {
                for (int t = 0; t < window.lengths()[b]; t++) {
                    int input = window.inputs()[t * batch + b];
                    assertThat(window.targets()[t * batch + b]).isEqualTo(input + 1);
                    trained.add(input);
                }
            }
        }

        assertThat(trained).hasSize(windows.pairs()).doesNotHaveDuplicates();
        assertThat(trained).allMatch(input -> input >= 1 && input < length);
    }

    @Property(tries = 400)
    void everyRowContinuesWhereItStopped(
            @ForAll @IntRange(min = 1, max = 12) int steps,
            @ForAll @IntRange(min = 1, max = 9) int batch,
            @ForAll @IntRange(min = 0, max = 150) int extra) {
        Windows windows = Windows.of(text(steps * batch + 1 + extra), steps, batch);
        int[] next = new int[batch];

        for (int k = 0; k < windows.perEpoch(); k++) {
            Window window = windows.at(k);
            assertThat(window.resets()).containsOnly(k == 0).hasSize(batch);
            if (k < windows.perEpoch() - 1) {
                assertThat(window.full())
                        .as("only the last window may be padded")
                        .isTrue();
                assertThat(window.steps()).isEqualTo(steps);
            }
            for (int b = 0; b < batch; b++) {
                int length = window.lengths()[b];
                assertThat(length).isBetween(window.steps() - 1, window.steps());
                if (k > 0 && length > 0) {
                    assertThat(window.inputs()[b]).isEqualTo(next[b]);
                }
                next[b] = length > 0 ? window.targets()[(length - 1) * batch + b] : next[b];
            }
        }
    }

    @Property(tries = 800)
    void windowsRepeatEveryEpoch(
            @ForAll @IntRange(min = 1, max = 9) int steps,
            @ForAll @IntRange(min = 1, max = 5) int batch,
            @ForAll @IntRange(min = 0, max = 60) int extra,
            @ForAll @IntRange(min = 0, max = 1_000_000) int epoch) {
        Windows windows = Windows.of(text(steps * batch + 1 + extra), steps, batch);

        for (int k = 0; k < windows.perEpoch(); k++) {
            Window later = windows.at((long) epoch * 1_000_000L * windows.perEpoch() + k);
            assertThat(later.inputs()).isEqualTo(windows.at(k).inputs());
            assertThat(later.resets()).containsOnly(k == 0);
        }
    }

    /** Compares with the notebooks' pointer, written here from its description. */
    @Property(tries = 400)
    void notebookWindowsFollowThePointer(
            @ForAll @IntRange(min = 1, max = 30) int steps, @ForAll @IntRange(min = 0, max = 120) int extra) {
        int[] ids = text(steps + 2 + extra);
        Windows windows = Windows.notebook(ids, steps);
        int pointer = 0;

        for (int iteration = 0; iteration < 3 * windows.perEpoch() + 1; iteration++) {
            boolean reset = iteration == 0;
            if (pointer + steps + 1 >= ids.length) {
                pointer = 0;
                reset = true;
            }
            Window window = windows.at(iteration);
            assertThat(window.inputs()).isEqualTo(Arrays.copyOfRange(ids, pointer, pointer + steps));
            assertThat(window.targets()).isEqualTo(Arrays.copyOfRange(ids, pointer + 1, pointer + 1 + steps));
            assertThat(window.resets()).containsExactly(reset);
            assertThat(window.full()).isTrue();
            pointer += steps;
        }
    }

    @Test
    void idsAreCopiedAndWindowsAreTheCallersOwn() {
        int[] ids = text(8);
        Windows windows = Windows.of(ids, 3);
        ids[0] = 99;
        windows.at(0).inputs()[1] = 99;

        assertThat(windows.at(0).inputs()).containsExactly(1, 2, 3);
    }

    @Test
    void refusesATextShorterThanOneWindow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.of(text(25), 25))
                .withMessage(
                        "Windows.of: the text has 25 tokens, expected at least 26 for one window of 25; use a longer"
                                + " text or shorter windows");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.notebook(text(26), 25))
                .withMessageContaining("the text has 26 tokens, expected at least 27");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.of(new int[0], 25))
                .withMessageContaining("the text has 0 tokens");
    }

    @Test
    void refusesABatchTheTextIsTooShortFor() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.of(text(677), 50, 50))
                .withMessage("Windows.of: the text has 677 tokens, expected at least 2501 for 50 streams of one window"
                        + " each of 50; use a longer text, a batch of at most 13 or shorter windows");
        assertThat(Windows.of(text(677), 50, 13).perEpoch()).isEqualTo(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.of(text(10), Integer.MAX_VALUE, Integer.MAX_VALUE))
                .withMessageContaining("expected at least 4611686014132420610");
    }

    @Test
    void refusesSizesBelowOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.of(text(9), 0))
                .withMessageContaining("window length is 0, expected at least 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.notebook(text(9), -2))
                .withMessageContaining("window length is -2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.of(text(9), 2, 0))
                .withMessageContaining("batch size is 0, expected at least 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.of(text(9), 2).at(-1))
                .withMessageContaining("window index is -1");
    }

    @Test
    void documentsAreDealtToTheShortestStream() {
        // Pairs 1..5 | 1..2 | 1..4 | 1..1. In pieces of 3: 2 | 1 | 2 | 1. The third goes to the second row, the fourth
        // to the first.
        List<int[]> documents = List.of(
                new int[] {1, 2, 3, 4, 5, 6}, new int[] {11, 12, 13}, new int[] {21, 22, 23, 24, 25}, new int[] {31, 32
                });
        Windows windows = Windows.ofDocuments(documents, 3, 2);

        assertThat(windows.perEpoch()).isEqualTo(3);
        assertThat(windows.pairs()).isEqualTo(12);
        assertThat(windows).map(Window::steps).containsExactly(3, 3, 1);
        assertThat(windows.at(0).inputs()).containsExactly(1, 11, 2, 12, 3, 0);
        assertThat(windows.at(0).targets()).containsExactly(2, 12, 3, 13, 4, 0);
        assertThat(windows.at(0).lengths()).containsExactly(3, 2);
        assertThat(windows.at(0).resets()).containsExactly(true, true);
        assertThat(windows.at(1).inputs()).containsExactly(4, 21, 5, 22, 0, 23);
        assertThat(windows.at(1).targets()).containsExactly(5, 22, 6, 23, 0, 24);
        assertThat(windows.at(1).lengths()).containsExactly(2, 3);
        assertThat(windows.at(1).resets()).containsExactly(false, true);
        assertThat(windows.at(2).inputs()).containsExactly(31, 24);
        assertThat(windows.at(2).targets()).containsExactly(32, 25);
        assertThat(windows.at(2).resets()).containsExactly(true, false);
        assertThat(windows.at(3).inputs()).isEqualTo(windows.at(0).inputs());
    }

    @Property(tries = 400)
    void eachDocumentIsReadOnceFromAResetToItsEnd(
            @ForAll @Size(min = 3, max = 20) List<@IntRange(min = 2, max = 30) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 12) int steps,
            @ForAll @IntRange(min = 1, max = 3) int batch) {
        List<int[]> documents = new ArrayList<>();
        for (int size : sizes) { // the tokens of document d are 1000 d + 1, 1000 d + 2, …
            int d = documents.size();
            documents.add(IntStream.rangeClosed(1, size).map(i -> 1000 * d + i).toArray());
        }
        Windows windows = Windows.ofDocuments(documents, steps, batch);
        List<List<Integer>> read = new ArrayList<>();
        List<List<Integer>> open = new ArrayList<>(Collections.nCopies(batch, List.of()));

        for (Window window : windows) {
            assertThat(Arrays.stream(window.lengths()).max()).hasValue(window.steps());
            for (int b = 0; b < batch; b++) {
                if (window.resets()[b]) {
                    open.set(b, new ArrayList<>());
                    read.add(open.get(b));
                }
                for (int t = 0; t < window.lengths()[b]; t++) {
                    int input = window.inputs()[t * batch + b];
                    assertThat(window.targets()[t * batch + b]).isEqualTo(input + 1);
                    open.get(b).add(input);
                }
            }
        }

        assertThat(read)
                .map(ids -> ids.stream().mapToInt(i -> i).toArray())
                .containsExactlyInAnyOrderElementsOf(documents.stream()
                        .map(document -> Arrays.copyOf(document, document.length - 1))
                        .toList());
        assertThat(windows.pairs()).isEqualTo(read.stream().mapToInt(List::size).sum());
    }

    @Property(tries = 200)
    void theStreamsDifferByAtMostTheWindowsOfOneDocument(
            @ForAll @Size(min = 3, max = 20) List<@IntRange(min = 2, max = 30) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 12) int steps) {
        List<int[]> documents = sizes.stream().map(WindowsTest::text).toList();
        Windows windows = Windows.ofDocuments(documents, steps, 3);
        int[] read = new int[3];

        for (Window window : windows) {
            for (int b = 0; b < 3; b++) {
                read[b] += window.lengths()[b] > 0 ? 1 : 0;
            }
        }

        int longestDocument =
                sizes.stream().mapToInt(size -> (size - 2) / steps + 1).max().orElseThrow();
        assertThat(windows.perEpoch() - Arrays.stream(read).min().orElseThrow()).isBetween(0, longestDocument);
    }

    @Test
    void oneDocumentIsATextOfOneRow() {
        Windows text = Windows.of(text(20), 6);
        Windows document = Windows.ofDocuments(List.of(text(20)), 6, 1);

        assertThat(document.perEpoch()).isEqualTo(text.perEpoch());
        for (int k = 0; k < text.perEpoch(); k++) {
            assertThat(document.at(k)).usingRecursiveComparison().isEqualTo(text.at(k));
        }
    }

    @Test
    void documentsAreCopied() {
        int[] document = text(4);
        Windows windows = Windows.ofDocuments(List.of(document), 3, 1);
        document[0] = 99;

        assertThat(windows.at(0).inputs()).containsExactly(1, 2, 3);
    }

    @Test
    void refusesDocumentsWithNothingToPredictAndBatchesWithoutDocuments() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.ofDocuments(List.of(text(5), text(1)), 3, 1))
                .withMessage("Windows.ofDocuments: document 1 has 1 tokens, expected at least 2, one to read and one to"
                        + " predict; leave such documents out");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.ofDocuments(List.of(text(5)), 3, 2))
                .withMessage("Windows.ofDocuments: there are 1 documents, expected at least batch = 2; use a smaller"
                        + " batch");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Windows.ofDocuments(List.of(text(5)), 0, 1))
                .withMessageContaining("window length is 0");
    }
}
