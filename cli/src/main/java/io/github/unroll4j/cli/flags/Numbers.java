// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.util.function.DoublePredicate;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Numbers within bounds, so that a bad flag is refused before anything has started.
 *
 * @since 0.1.0
 */
public final class Numbers {
    private static final Predicate<String> DECIMAL =
            Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?").asMatchPredicate();

    private Numbers() {}

    /** An int of 1 or more. */
    static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) whole(text, n -> n >= 1 && n <= Integer.MAX_VALUE, "a whole number of 1 or more");
        }
    }

    /** An int of 0 or more. */
    public static final class CountOrNone implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) whole(text, n -> n >= 0 && n <= Integer.MAX_VALUE, "a whole number of 0 or more");
        }
    }

    /** Units of a layer: an int from 1 to 20 000, beyond which no array would hold the gates' weights. */
    static final class Units implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) whole(text, n -> n >= 1 && n <= 20_000, "a whole number from 1 to 20000");
        }
    }

    /** Units of a layer, or 0 for none. */
    static final class UnitsOrNone implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) whole(text, n -> n >= 0 && n <= 20_000, "a whole number from 0 to 20000");
        }
    }

    /** Layers upon each other: an int from 1 to 100. */
    static final class Layers implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) whole(text, n -> n >= 1 && n <= 100, "a whole number from 1 to 100");
        }
    }

    /** Time steps to remember over: an int from 2 to 10 000. */
    static final class Steps implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) whole(text, n -> n >= 2 && n <= 10_000, "a whole number from 2 to 10000");
        }
    }

    /** A long of 1 or more. */
    static final class LongCount implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return whole(text, n -> n >= 1, "a whole number of 1 or more");
        }
    }

    /** A long of 0 or more. */
    static final class LongCountOrNone implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return whole(text, n -> n >= 0, "a whole number of 0 or more");
        }
    }

    /** A finite number. */
    static final class Real implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> true, "a number");
        }
    }

    /** A finite number above 0. */
    static final class Positive implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x > 0, "a number above 0");
        }
    }

    /** A finite number of 1 or more. */
    static final class AtLeastOne implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x >= 1, "a number of 1 or more");
        }
    }

    /** A finite number of 0 or more. */
    static final class NotNegative implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x >= 0, "a number of 0 or more");
        }
    }

    /** A number above 0, at most 1. */
    static final class Probability implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x > 0 && x <= 1, "a number above 0 and at most 1");
        }
    }

    /** A probability that may be either end: 0 to 1. */
    static final class Chance implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x >= 0 && x <= 1, "a number from 0 to 1");
        }
    }

    /** A probability of dropping: 0 or more, below 1. */
    static final class Rate implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x >= 0 && x < 1, "a number of 0 or more and below 1");
        }
    }

    /** A share of a text: 0 or more, at most a half. */
    static final class Share implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x >= 0 && x <= 0.5, "a number from 0 to 0.5");
        }
    }

    private static long whole(String text, LongPredicate inBounds, String expected) {
        try {
            long number = Long.parseLong(text);
            if (inBounds.test(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below, in the same words
        }
        throw new TypeConversionException("'" + text + "' is not " + expected);
    }

    private static double real(String text, DoublePredicate inBounds, String expected) {
        if (DECIMAL.test(text)) { // Java's own parser takes 1f and 0x1p-3 too
            double number = Double.parseDouble(text);
            if (Double.isFinite(number) && inBounds.test(number)) {
                return number;
            }
        }
        throw new TypeConversionException("'" + text + "' is not " + expected);
    }
}
