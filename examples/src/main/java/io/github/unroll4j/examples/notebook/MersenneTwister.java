// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.notebook;

/**
 * The random numbers of NumPy and of Python, so that a program that repeats one of theirs starts where it starts:
 * MT19937 of Matsumoto and Nishimura (1998), seeded as {@code numpy.random.seed} or as {@code random.seed} does it.
 */
public final class MersenneTwister {
    private static final int N = 624;
    private static final int MIDDLE = 397;
    private static final long LARGEST_SEED = 0xFFFFFFFFL;

    private final int[] state = new int[N];
    private int index = N;
    private double kept;
    private boolean keeps;

    private MersenneTwister(int seed) {
        state[0] = seed;
        for (int i = 1; i < N; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    /**
     * The generator of {@code numpy.random} after {@code seed}.
     *
     * @param seed 0 to 2^32 - 1
     * @return the generator
     */
    public static MersenneTwister numpy(long seed) {
        return new MersenneTwister(checked(seed));
    }

    /**
     * The generator of Python's {@code random} after {@code seed}: {@code init_by_array} of the reference code with one
     * number.
     *
     * @param seed 0 to 2^32 - 1
     * @return the generator
     */
    public static MersenneTwister python(long seed) {
        MersenneTwister made = new MersenneTwister(19650218);
        int[] s = made.state;
        int i = 1;
        for (int k = 0; k < N; k++) {
            s[i] = (s[i] ^ (s[i - 1] ^ (s[i - 1] >>> 30)) * 1664525) + checked(seed);
            i = next(i, s);
        }
        for (int k = 1; k < N; k++) {
            s[i] = (s[i] ^ (s[i - 1] ^ (s[i - 1] >>> 30)) * 1566083941) - i;
            i = next(i, s);
        }
        s[0] = 0x80000000;
        return made;
    }

    private static int checked(long seed) {
        if (seed < 0 || seed > LARGEST_SEED) {
            throw new IllegalArgumentException("--seed is " + seed + ", expected 0 to " + LARGEST_SEED
                    + ": the notebooks' random numbers know no others");
        }
        return (int) seed;
    }

    private static int next(int i, int... s) {
        if (i < N - 1) {
            return i + 1;
        }
        s[0] = s[N - 1];
        return 1;
    }

    /**
     * The next number of NumPy's {@code randn}: Marsaglia's polar method, which hands out the second of a pair first.
     */
    public double nextGaussian() {
        if (keeps) {
            keeps = false;
            return kept;
        }
        double a;
        double b;
        double r2;
        do {
            a = 2 * nextDouble() - 1;
            b = 2 * nextDouble() - 1;
            r2 = a * a + b * b;
        } while (r2 >= 1 || r2 == 0);
        double scale = Math.sqrt(-2 * Math.log(r2) / r2);
        kept = scale * a;
        keeps = true;
        return scale * b;
    }

    /**
     * The next place of Python's {@code random.choice}: as many bits as n has, drawn again while they are too large.
     *
     * @param n number of places, 1 or more
     * @return 0 to n - 1
     */
    public int choice(int n) {
        int unused = Integer.numberOfLeadingZeros(n);
        int bits;
        do {
            bits = nextInt() >>> unused;
        } while (bits >= n);
        return bits;
    }

    /** 53 bits of two numbers. */
    private double nextDouble() {
        long high = Integer.toUnsignedLong(nextInt()) >>> 5;
        long low = Integer.toUnsignedLong(nextInt()) >>> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    private int nextInt() {
        if (index == N) {
            renew();
        }
        int y = state[index++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    private void renew() {
        for (int i = 0; i < N; i++) {
            int y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
            state[i] = state[(i + MIDDLE) % N] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
        }
        index = 0;
    }
}
