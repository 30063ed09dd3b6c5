// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StopFilterTest {
    private final List<Integer> read = new ArrayList<>();

    private StopFilter written(int[]... stops) {
        return new StopFilter(List.of(stops), read::add, 4);
    }

    @Test
    void withoutStopsEachIdIsHandedOnAtOnce() {
        StopFilter written = written();
        for (int id = 0; id < 10; id++) {
            assertThat(written.endsWith(id)).isFalse();
            assertThat(read).hasSize(id + 1).endsWith(id);
        }
        assertThat(written.finish()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void whatMayBelongToAStopIsHeldBackUntilItDoesNot() {
        StopFilter written = written(new int[] {1, 1, 2});
        assertThat(written.endsWith(1)).isFalse();
        assertThat(written.endsWith(1)).isFalse();
        assertThat(read).isEmpty();
        assertThat(written.endsWith(1)).isFalse();
        assertThat(read).containsExactly(1);
        assertThat(written.endsWith(0)).isFalse();
        assertThat(read).containsExactly(1, 1, 1, 0);
        assertThat(written.endsWith(1)).isFalse();
        assertThat(written.finish()).as("a stop that was only begun").containsExactly(1, 1, 1, 0, 1);
        assertThat(read).containsExactly(1, 1, 1, 0, 1);
    }

    @Test
    void ofTwoStopsThatEndTogetherTheLongerOneIsCutOff() {
        StopFilter written = written(new int[] {2}, new int[] {1, 2});
        written.endsWith(5);
        written.endsWith(1);
        assertThat(written.endsWith(2)).isTrue();
        assertThat(written.finish()).containsExactly(5);
        assertThat(read).containsExactly(5);
    }

    /** The other side searches the whole text for the first end of a stop, written from the description. */
    @Property(tries = 500)
    void theTextEndsBeforeTheFirstStop(
            @ForAll @Size(max = 30) List<@IntRange(max = 2) Integer> text,
            @ForAll @Size(min = 1, max = 3) List<@Size(min = 1, max = 4) List<@IntRange(max = 2) Integer>> stops) {
        List<Integer> expected = new ArrayList<>(text);
        for (int end = 1; end <= text.size(); end++) {
            List<Integer> soFar = text.subList(0, end);
            int cut = stops.stream()
                    .filter(stop -> stop.size() <= soFar.size()
                            && soFar.subList(soFar.size() - stop.size(), soFar.size())
                                    .equals(stop))
                    .mapToInt(List::size)
                    .max()
                    .orElse(0);
            if (cut > 0) {
                expected = new ArrayList<>(soFar.subList(0, end - cut));
                break;
            }
        }
        List<Integer> handedOn = new ArrayList<>();
        StopFilter written = new StopFilter(
                stops.stream().map(s -> s.stream().mapToInt(i -> i).toArray()).toList(), handedOn::add, 2);
        for (int i = 0; i < text.size() && !written.endsWith(text.get(i)); i++) {
            assertThat(handedOn).as("only what stays").isEqualTo(expected.subList(0, handedOn.size()));
        }

        assertThat(written.finish())
                .containsExactly(expected.stream().mapToInt(i -> i).toArray());
        assertThat(handedOn).isEqualTo(expected);
    }
}
