// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.check.CellCheck;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CellCatalogTest {
    private static final String ALL = "io.github.unroll4j.models.testing.CellCatalog#all";

    @ParameterizedTest
    @MethodSource(ALL)
    void everyCellKeepsTheContract(CellCatalog.Entry cell) {
        CellCheck.verify(() -> cell.make().apply(4));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyCellSaysHowManyUnitsItHas(CellCatalog.Entry cell) {
        assertThat(cell.make().apply(7).hidden()).isEqualTo(7);
    }

    @Test
    void everyCellOfTheLibraryIsListed() throws Exception {
        List<Class<?>> listed = CellCatalog.library().stream()
                .<Class<?>>map(entry -> entry.make().apply(1).getClass())
                .distinct()
                .toList();

        assertThat(cellsInTheLibrary())
                .as("classes that implement PointwiseCell; each needs a line in CellCatalog")
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    private static List<Class<?>> cellsInTheLibrary() throws IOException, URISyntaxException {
        Path classes = Path.of(PointwiseCell.class
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
                    .<Class<?>>map(CellCatalogTest::load)
                    .filter(PointwiseCell.class::isAssignableFrom)
                    .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, CellCatalogTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name, e);
        }
    }
}
