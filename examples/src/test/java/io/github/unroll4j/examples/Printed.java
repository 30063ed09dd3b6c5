// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Takes what code that is shown to users prints, in place of the terminal, while a test runs. */
final class Printed implements BeforeEachCallback, AfterEachCallback {
    private final PrintStream terminal = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Override
    public void beforeEach(ExtensionContext context) {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        System.setOut(terminal);
    }

    /** What was printed so far. */
    String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
