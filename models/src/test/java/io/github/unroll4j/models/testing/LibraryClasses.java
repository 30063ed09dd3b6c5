// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.models.sequence.Recurrent;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The compiled classes of this module, for tests that nothing is left out of a list. */
final class LibraryClasses {
    private LibraryClasses() {}

    /** Every class that can be made and is of a type. */
    static List<Class<?>> of(Class<?> type) throws IOException, URISyntaxException {
        Path classes = Path.of(Recurrent.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assertThat(classes).as("the compiled classes of this module").isDirectory();
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(file -> classes.relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replaceAll("[/\\\\]", "."))
                    .<Class<?>>map(LibraryClasses::load)
                    .filter(type::isAssignableFrom)
                    .filter(found -> !Modifier.isAbstract(found.getModifiers()))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, LibraryClasses.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name, e);
        }
    }
}
