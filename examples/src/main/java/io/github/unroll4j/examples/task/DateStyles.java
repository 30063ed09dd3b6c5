// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import java.time.LocalDate;
import java.time.chrono.IsoChronology;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DecimalStyle;
import java.time.format.FormatStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The ways in which people write dates: of each locale the four styles of the JDK's own data (full, long, medium,
 * short), the same shorter and with four digits for the year, and some habits that the data do not know, such as {@code
 * March 5th, 2024}.
 *
 * <p>Dates run over a hundred years, from 1969 to 2068, so that two digits say which year is meant: they are read as
 * POSIX reads them, 69 to 99 being of the twentieth century. The data differ a little between Java versions; all
 * figures come from the running one.
 */
final class DateStyles {
    static final LocalDate FIRST = LocalDate.of(1969, 1, 1);
    static final LocalDate LAST = LocalDate.of(2068, 12, 31);

    private static final int CENTURY = 100;

    /** Languages of ten scripts; {@code u-nu} asks for digits of the script. */
    private static final List<String> LOCALES = List.of(
            "en-US en-GB de fr es it pt-BR nl sv da fi pl cs ro hu ru uk bg el tr ja zh ko vi id he".split(" "));

    private static final List<String> NATIVE_DIGITS =
            List.of("ar-EG-u-nu-arab fa-u-nu-arabext hi-u-nu-deva bn-u-nu-beng".split(" "));

    private static final Map<String, List<String>> HABITS = Map.of(
            "en-US", List.of("MMMM d y", "MMM d y", "M/d/y", "EEE, MMM d, y"),
            "en-GB", List.of("d MMMM, y", "dd MMM y", "EEE d MMM y", "dd-MMM-y", "y-MM-dd"));

    private static final Map<String, List<String>> WITH_ORDINALS = Map.of(
            "en-US", List.of("MMMM d, y", "MMM d y", "EEEE, MMMM d, y"),
            "en-GB", List.of("d MMMM y", "d 'of' MMMM y", "EEEE d MMMM y"),
            "fr", List.of("d MMMM y", "EEEE d MMMM y"));

    private DateStyles() {}

    /** The styles of each locale, by its language tag. */
    static Map<String, List<DateStyle>> all() {
        Map<String, List<DateStyle>> all = new LinkedHashMap<>();
        for (String tag : LOCALES) {
            all.put(tag, of(tag));
        }
        for (String tag : NATIVE_DIGITS) {
            all.put(tag, of(tag));
        }
        return all;
    }

    private static List<DateStyle> of(String tag) {
        Locale locale = Locale.forLanguageTag(tag);
        Set<String> patterns = new LinkedHashSet<>();
        for (FormatStyle style : FormatStyle.values()) {
            String pattern =
                    DateTimeFormatterBuilder.getLocalizedDateTimePattern(style, null, IsoChronology.INSTANCE, locale);
            patterns.add(pattern);
            patterns.add(pattern.replace("EEEE", "EEE").replace("MMMM", "MMM"));
            patterns.add(pattern.replace("yy", "y"));
        }
        patterns.addAll(HABITS.getOrDefault(tag, List.of()));
        List<DateStyle> styles = new ArrayList<>();
        for (String pattern : patterns) {
            DateTimeFormatter formatter =
                    DateTimeFormatter.ofPattern(pattern, locale).withDecimalStyle(DecimalStyle.of(locale));
            styles.add(new DateStyle(locale, pattern, formatter));
        }
        for (String pattern : WITH_ORDINALS.getOrDefault(tag, List.of())) {
            styles.add(new DateStyle(locale, pattern + " (ordinal)", withOrdinals(pattern, locale)));
        }
        return styles;
    }

    private static DateTimeFormatter withOrdinals(String pattern, Locale locale) {
        Map<Long, String> days = new LinkedHashMap<>();
        for (long day = 1; day <= 31; day++) {
            days.put(day, locale.getLanguage().equals("fr") ? french(day) : english(day));
        }
        int at = pattern.indexOf('d');
        DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder();
        if (at > 0) {
            builder.appendPattern(pattern.substring(0, at));
        }
        return builder.appendText(ChronoField.DAY_OF_MONTH, days)
                .appendPattern(pattern.substring(at + 1))
                .toFormatter(locale);
    }

    private static String english(long day) {
        boolean teen = day >= 11 && day <= 13;
        int last = teen ? 0 : (int) (day % 10);
        return day + (last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
    }

    private static String french(long day) {
        return day == 1 ? "1er" : Objects.toString(day);
    }

    /** Two digits of a year are read into the hundred years; four are left alone. */
    static LocalDate inRange(LocalDate date) {
        // A pattern's yy means 2000 to 2099 to the JDK.
        return date.isAfter(LAST) && date.getYear() < FIRST.getYear() + 2 * CENTURY
                ? date.withYear(date.getYear() - CENTURY)
                : date;
    }

    static boolean isInRange(LocalDate date) {
        return !date.isBefore(FIRST) && !date.isAfter(LAST);
    }
}
