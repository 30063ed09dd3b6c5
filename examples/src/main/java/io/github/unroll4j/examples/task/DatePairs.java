// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import io.github.unroll4j.core.rng.Rng;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Dates as people write them, in thirty locales, beside the same dates as ISO 8601 writes them: {@code 5. März 2024}
 * and {@code 2024-03-05}.
 *
 * <p><b>Split by date.</b> A date that is held out occurs in no training pair, in whatever style, so that knowing a
 * date by heart is of no use.
 *
 * <p><b>One answer each.</b> {@code 03/04/05} is a different date in London, in Los Angeles and in Tokyo. A text
 * without a name is used only if all the styles that can read it read the same date: {@code 25/12/2024}, because there
 * is no 25th month, {@code 05.03.2024}, because those who set dots begin with the day, {@code 2024/3/5}, because a year
 * stands in front. The years are a hundred, 1969 to 2068, so that two digits say which one is meant. So every pair can
 * be answered.
 *
 * <p><b>Case.</b> One text in eight is in small letters throughout, one in eight in capitals.
 */
public final class DatePairs {
    private static final int CASES = 8;

    private final List<List<DateStyle>> locales = List.copyOf(DateStyles.all().values());
    private final List<DateStyle> numeric = numeric(locales);
    private final List<LocalDate> train;
    private final List<LocalDate> heldOut;

    /**
     * Splits the dates.
     *
     * @param heldOut number of dates to keep from training, of 36 525
     * @param rng decides which
     */
    public DatePairs(int heldOut, Rng rng) {
        int[] days = IntStream.rangeClosed(0, (int) ChronoUnit.DAYS.between(DateStyles.FIRST, DateStyles.LAST))
                .toArray();
        if (heldOut >= days.length) {
            throw new IllegalArgumentException(
                    "DatePairs: " + heldOut + " dates were to be held out, expected fewer than the " + days.length
                            + " that there are from " + DateStyles.FIRST + " to " + DateStyles.LAST + ".");
        }
        rng.shuffle(days);
        List<LocalDate> dates =
                IntStream.of(days).mapToObj(DateStyles.FIRST::plusDays).toList();
        this.heldOut = dates.subList(0, heldOut);
        train = dates.subList(heldOut, dates.size());
    }

    /** Number of locales. */
    public int locales() {
        return locales.size();
    }

    /** Number of different ways to write a date. */
    public int styles() {
        return locales.stream().mapToInt(List::size).sum();
    }

    /** The dates to learn from. */
    public List<LocalDate> train() {
        return train;
    }

    /**
     * Pairs to learn from, of random dates in random styles.
     *
     * @param count how many
     * @param rng draws them
     * @return the pairs
     */
    public List<TextPair> train(int count, Rng rng) {
        List<TextPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(write(train.get(rng.nextInt(train.size())), rng));
        }
        return pairs;
    }

    /**
     * Pairs to measure on: each date that is held out, once.
     *
     * @param rng draws the styles
     * @return the pairs
     */
    public List<TextPair> heldOut(Rng rng) {
        return heldOut.stream().map(date -> write(date, rng)).toList();
    }

    /**
     * A date in full, in German: a text that shows day, month and year apart.
     *
     * @param iso the date
     * @return the text
     */
    public static String inFull(String iso) {
        return DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL)
                .withLocale(Locale.GERMANY)
                .format(LocalDate.parse(iso));
    }

    /** A date in a style that leaves no doubt. */
    private TextPair write(LocalDate date, Rng rng) {
        while (true) {
            List<DateStyle> locale = locales.get(rng.nextInt(locales.size()));
            DateStyle style = locale.get(rng.nextInt(locale.size()));
            String text = style.write(date);
            if (style.isNamed() || isClear(text)) {
                return new TextPair(cased(text, style.locale(), rng), date.toString());
            }
        }
    }

    /** Whether all who can read a text of digits read the same date. */
    boolean isClear(String text) {
        return numeric.stream()
                        .flatMap(style -> style.read(text).stream())
                        .distinct()
                        .count()
                == 1;
    }

    private static String cased(String text, Locale locale, Rng rng) {
        return switch (rng.nextInt(CASES)) {
            case 0 -> text.toLowerCase(locale);
            case 1 -> text.toUpperCase(locale);
            default -> text;
        };
    }

    /** The styles that have no names in them, each once: they are the ones that can be taken for each other. */
    private static List<DateStyle> numeric(List<List<DateStyle>> locales) {
        Map<String, DateStyle> distinct = new LinkedHashMap<>();
        locales.stream()
                .flatMap(List::stream)
                .filter(style -> !style.isNamed())
                .forEach(style ->
                        distinct.putIfAbsent(style.pattern() + style.formatter().getDecimalStyle(), style));
        return List.copyOf(distinct.values());
    }
}
