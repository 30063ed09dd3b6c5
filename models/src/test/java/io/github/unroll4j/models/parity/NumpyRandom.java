// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.parity;

/**
 * NumPy's legacy normal deviates: the Mersenne Twister MT19937 of Matsumoto and Nishimura (1998) seeded by one number,
 * 53-bit doubles, and Marsaglia's polar method, which hands out the second deviate of a pair first.
 */
final class NumpyRandom {
    private static final int N = 624;
    private final int[] state = new int[N];
    private int index = N;
    private double kept;
    private boolean hasKept;

    NumpyRandom(int seed) {
        state[0] = seed;
        for (int i = 1; i < N; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    double nextGaussian() {
        if (hasKept) {
            hasKept = false;
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
        hasKept = true;
        return scale * b;
    }

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
            state[i] = state[(i + 397) % N] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
        }
        index = 0;
    }
}
