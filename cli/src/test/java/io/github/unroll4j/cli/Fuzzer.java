// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Gives inputs to a {@link FuzzTarget}: what a coverage-guided fuzzer calls, and plain mutation for the short form. */
public final class Fuzzer {
    private static final FuzzTarget TARGET =
            FuzzTarget.valueOf(System.getProperty("unroll4j.fuzz", FuzzTarget.CHECKPOINT.name()));

    private Fuzzer() {}

    /** The entry point of Jazzer; {@code -Dunroll4j.fuzz} names the target. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        TARGET.run(input);
    }

    /** Changes the seeds of a target, again and again, and gives it each. */
    static void mutate(FuzzTarget target, int inputs, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> seeds = target.seeds();
        for (int i = 0; i < inputs; i++) {
            byte[] input = seeds.get(i % seeds.size());
            for (int changes = i / seeds.size() == 0 ? 0 : 1 + random.nextInt(4); changes > 0; changes--) {
                input = changed(input, seeds, random);
            }
            try {
                target.run(input);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(target + " does not bear " + Arrays.toString(input), e);
            }
        }
    }

    private static byte[] changed(byte[] input, List<byte[]> seeds, SplittableRandom random) {
        int at = random.nextInt(input.length + 1);
        return switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(input, at);
            case 1 -> { // a part twice
                byte[] longer = Arrays.copyOf(input, input.length + random.nextInt(9));
                System.arraycopy(input, at, longer, longer.length - (input.length - at), input.length - at);
                yield longer;
            }
            case 2 -> { // the end of another
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                int from = random.nextInt(other.length + 1);
                byte[] spliced = Arrays.copyOf(input, at + other.length - from);
                System.arraycopy(other, from, spliced, at, other.length - from);
                yield spliced;
            }
            default -> {
                byte[] other = input.clone();
                for (int k = at; k < Math.min(input.length, at + 1 + random.nextInt(3)); k++) {
                    other[k] = (byte) random.nextInt(256);
                }
                yield other;
            }
        };
    }
}
