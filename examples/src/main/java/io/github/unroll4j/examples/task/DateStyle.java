// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;

/**
 * One way to write a date in one locale.
 *
 * @param locale of the names and the digits
 * @param pattern as of {@link DateTimeFormatter}, by which two styles are told apart
 * @param formatter writes and reads it
 */
record DateStyle(Locale locale, String pattern, DateTimeFormatter formatter) {
    /** Whether there are words or letters in it, which say what is what. */
    boolean isNamed() {
        return write(DateStyles.FIRST).codePoints().anyMatch(Character::isLetter);
    }

    String write(LocalDate date) {
        return formatter.format(date);
    }

    /**
     * The date that somebody used to this style reads in a text; none if it is not of this style. A leading zero is
     * read where {@link #write} sets none.
     */
    Optional<LocalDate> read(String text) {
        ParsePosition at = new ParsePosition(0);
        TemporalAccessor fields = formatter.parseUnresolved(text, at);
        if (fields == null || at.getErrorIndex() >= 0 || at.getIndex() < text.length()) {
            return Optional.empty();
        }
        boolean era = fields.isSupported(ChronoField.YEAR_OF_ERA);
        long year = fields.getLong(era ? ChronoField.YEAR_OF_ERA : ChronoField.YEAR);
        try {
            LocalDate date = LocalDate.of((int) year, (int) fields.getLong(ChronoField.MONTH_OF_YEAR), (int)
                    fields.getLong(ChronoField.DAY_OF_MONTH));
            return Optional.of(DateStyles.inRange(date)).filter(DateStyles::isInRange);
        } catch (DateTimeException e) { // the 30th of February
            return Optional.empty();
        }
    }
}
