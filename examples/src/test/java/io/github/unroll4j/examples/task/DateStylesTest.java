// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DateStylesTest {
    private static final Map<String, List<DateStyle>> ALL = DateStyles.all();

    static Stream<String> locales() {
        return ALL.keySet().stream();
    }

    private static List<DateStyle> of(String locale) {
        return ALL.getOrDefault(locale, List.of());
    }

    private static Stream<LocalDate> daysOf(int year) {
        return LocalDate.of(year, 1, 1).datesUntil(LocalDate.of(year + 1, 1, 1));
    }

    @Test
    void thereAreThirtyLocalesAndFiveKindsOfDigits() {
        assertThat(ALL).hasSize(30);
        assertThat(ALL.values().stream()
                        .flatMap(List::stream)
                        .map(style -> style.formatter().getDecimalStyle().getZeroDigit())
                        .distinct())
                .containsExactlyInAnyOrder('0', '٠', '۰', '०', '০');
    }

    @ParameterizedTest
    @MethodSource("locales")
    void whatIsWrittenIsRead(String locale) {
        assertThat(of(locale)).hasSizeGreaterThanOrEqualTo(4);
        for (DateStyle style : of(locale)) {
            Stream.of(1969, 1999, 2000, 2068).flatMap(DateStylesTest::daysOf).forEach(date -> {
                String text = style.write(date);
                assertThat(style.read(text)).as("%s: %s", style.pattern(), text).contains(date);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("locales")
    void aLocaleHasItsOwnNamesOfMonths(String locale) {
        // Java without the module jdk.localedata would write M03 for March; ja, zh, ko and vi count months in digits.
        DateStyle full = of(locale).get(0);
        List<String> months = Stream.of(1, 5, 12)
                .map(month -> full.write(LocalDate.of(2000, month, 2)))
                .toList();
        assertThat(months).doesNotHaveDuplicates().noneMatch(text -> text.matches(".*M\\d\\d.*"));
    }

    @Test
    void aNameOfAMonthSaysAllByItself() {
        Map<String, LocalDate> read = new HashMap<>();
        for (List<DateStyle> styles : ALL.values()) {
            for (DateStyle style : styles) {
                if (style.isNamed()) {
                    Stream.of(2011, 2012).flatMap(DateStylesTest::daysOf).forEach(date -> {
                        LocalDate other = read.put(style.write(date), date);
                        assertThat(other == null || other.equals(date))
                                .as("%s is %s and %s", style.write(date), other, date)
                                .isTrue();
                    });
                }
            }
        }
    }

    @Test
    void peopleHaveHabits() {
        LocalDate third = LocalDate.of(2023, 3, 3);
        assertThat(of("en-US")).extracting(s -> s.write(third)).contains("March 3rd, 2023", "Mar 3 2023", "3/3/2023");
        assertThat(of("en-GB")).extracting(s -> s.write(third)).contains("3rd of March 2023", "Fri 3 Mar 2023");
        assertThat(of("fr")).extracting(s -> s.write(LocalDate.of(2023, 3, 1))).contains("1er mars 2023");
        List<String> ordinals = Stream.of(1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30, 31)
                .map(day -> LocalDate.of(2023, 1, day))
                .map(date -> of("en-GB").stream()
                        .filter(s -> s.pattern().equals("d MMMM y (ordinal)"))
                        .findFirst()
                        .orElseThrow()
                        .write(date))
                .map(text -> text.substring(0, text.indexOf(' ')))
                .toList();
        assertThat(ordinals)
                .containsExactly(
                        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "30th", "31st");
    }

    @Test
    void twoDigitsAreReadAsPosixReadsThem() {
        DateStyle german = of("de").stream()
                .filter(s -> s.write(LocalDate.of(1999, 3, 5)).equals("05.03.99"))
                .findFirst()
                .orElseThrow();
        assertThat(german.read("05.03.69")).contains(LocalDate.of(1969, 3, 5));
        assertThat(german.read("05.03.99")).contains(LocalDate.of(1999, 3, 5));
        assertThat(german.read("05.03.00")).contains(LocalDate.of(2000, 3, 5));
        assertThat(german.read("05.03.68")).contains(LocalDate.of(2068, 3, 5));
        assertThat(german.read("30.02.68")).isEmpty();
        assertThat(german.read("05.13.68")).isEmpty();
        assertThat(german.read("05.03.68 ")).isEmpty();
        assertThat(german.read("5 March")).isEmpty();
    }
}
