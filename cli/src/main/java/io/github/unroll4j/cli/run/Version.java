// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * The version of the library that runs.
 *
 * @since 0.1.0
 */
public final class Version {
    private static final String MAVEN = "/META-INF/maven/io.github.unroll4j/unroll4j-core/pom.properties";

    private Version() {}

    /** {@return the version that Maven wrote into the jar of core, "unpackaged" where its classes lie in a folder} */
    public static String text() {
        try (InputStream in = Version.class.getResourceAsStream(MAVEN)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unpackaged");
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
