// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkersTest {
    private static final int MACHINE = Workers.threads();

    @AfterEach
    void asManyThreadsAsTheMachineHas() {
        Workers.setThreads(MACHINE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyPartIsDoneOnce(int threads) {
        Workers.setThreads(threads);
        for (int parts : new int[] {0, 1, 2, 7, 1000}) {
            AtomicIntegerArray times = new AtomicIntegerArray(parts + 1);

            Workers.run(parts, times::incrementAndGet);

            for (int part = 0; part < parts; part++) {
                assertThat(times.get(part)).isEqualTo(1);
            }
            assertThat(times.get(parts)).isZero();
        }
    }

    // Maven's exec plugin waits for all threads of the group that it ran a program in
    @Test
    void theThreadsBelongToTheProcess() throws InterruptedException {
        Workers.setThreads(6); // more than any test before has started
        ThreadGroup group = new ThreadGroup("of a program");
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch together = new CountDownLatch(6);
        ClassLoader own = new ClassLoader() {};
        Thread program = new Thread(group, () -> {
            Thread.currentThread().setContextClassLoader(own);
            Workers.run(6, part -> {
                seen.add(Thread.currentThread());
                together.countDown();
                while (together.getCount() > 0) {
                    Thread.onSpinWait();
                }
            });
        });
        program.start();
        program.join();

        seen.remove(program);
        assertThat(seen)
                .hasSize(5)
                .noneMatch(thread -> group.parentOf(thread.getThreadGroup()))
                .noneMatch(thread -> thread.getContextClassLoader() == own);
    }

    @Test
    void partsAreDoneAtOnce() {
        Workers.setThreads(3);
        CountDownLatch together = new CountDownLatch(3);

        Workers.run(
                3,
                part -> { // each waits for the others, which ends only if all are under way
                    together.countDown();
                    try {
                        together.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });

        assertThat(together.getCount()).isZero();
    }

    @Test
    void oneThreadIsTheCallingOne() {
        Workers.setThreads(1);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();

        Workers.run(10, part -> seen.add(Thread.currentThread()));

        assertThat(seen).containsExactly(Thread.currentThread());
    }

    @Test
    void workInsideAPartStaysOnItsThread() {
        Workers.setThreads(4);
        boolean[] stayed = new boolean[8];

        Workers.run(8, part -> {
            Thread outer = Thread.currentThread();
            Workers.run(8, inner -> stayed[part] |= outer != Thread.currentThread());
        });

        assertThat(stayed).containsOnly(false);
    }

    @Test
    void theFailureOfTheLowestPartIsThrownAfterAllAreDone() {
        Workers.setThreads(3);
        int[] done = new int[20];

        assertThatThrownBy(() -> Workers.run(20, part -> {
                    done[part] = 1;
                    if (part >= 5 && part % 5 == 0) {
                        throw new IllegalArgumentException("part " + part);
                    }
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("part 5");

        assertThat(Arrays.stream(done).sum()).isEqualTo(20);
        Workers.run(4, part -> done[part] = 2); // and the threads are as good as before
        assertThat(done).startsWith(2, 2, 2, 2, 1);
    }

    @Test
    void anInterruptWaitsForThePartsAndIsKept() {
        Workers.setThreads(2);
        int[] done = new int[2];
        Thread.currentThread().interrupt();

        Workers.run(2, part -> {
            long end = System.nanoTime() + 5_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            done[part] = 1;
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).containsOnly(1);
    }

    @Test
    void manyCallersShareTheThreads() throws InterruptedException {
        Workers.setThreads(3);
        long[] sums = new long[8];
        Thread[] callers = new Thread[sums.length];
        for (int c = 0; c < callers.length; c++) {
            int caller = c;
            callers[c] = new Thread(() -> {
                for (int i = 0; i < 200; i++) {
                    long[] each = new long[5];
                    Workers.run(5, part -> each[part] = part);
                    sums[caller] += Arrays.stream(each).sum();
                }
            });
            callers[c].start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(sums).containsOnly(2000);
    }

    @Test
    void aNumberBelowOneIsRefused() {
        assertThatThrownBy(() -> Workers.setThreads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Workers.setThreads: the count is 0, expected 1 or more.");
    }
}
