// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

/** A command in the middle of something that takes very long. */
public final class NeverEnding {
    private NeverEnding() {}

    @SuppressWarnings("try") // the interrupt does its work by being open
    public static void main(String... args) throws InterruptedException {
        try (Interrupt interrupt = new Interrupt(() -> {}, 1)) {
            System.out.println("begun");
            Thread.sleep(600_000);
        }
    }
}
