// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.check.CellCheck;
import java.lang.reflect.Modifier;
import java.util.List;
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
        Layout layout = cell.make().apply(7).layout();
        boolean projects = layout.name().equals("lstm-projected");

        assertThat(layout.hidden()).isEqualTo(projects ? 9 : 7);
        assertThat(layout.h().size()).isEqualTo(7);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyCellHasOneLayout(CellCatalog.Entry entry) {
        Cell cell = entry.make().apply(3);

        assertThat(cell.layout()).isSameAs(cell.layout());
    }

    @Test
    void everyCellOfTheLibraryIsListed() throws Exception {
        List<Class<?>> listed = CellCatalog.library().stream()
                .<Class<?>>map(entry -> entry.make().apply(1).getClass())
                .distinct()
                .toList();

        // what is not public wraps a cell of another class, for checks
        assertThat(LibraryClasses.of(Cell.class).stream().filter(found -> Modifier.isPublic(found.getModifiers())))
                .as("public classes that implement Cell; each needs a line in CellCatalog")
                .containsExactlyInAnyOrderElementsOf(listed);
    }
}
