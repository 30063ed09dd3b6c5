// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Stepwise;
import io.github.unroll4j.models.testing.LayerCatalog.Entry;
import io.github.unroll4j.models.testing.LayerCatalog.Trait;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayerCatalogTest {
    private static final String ALL = "io.github.unroll4j.models.testing.LayerCatalog#all";

    static Stream<Entry> causal() {
        return LayerCatalog.all().stream().filter(entry -> !entry.has(Trait.SEES_THE_END));
    }

    static Stream<Entry> seeingTheEnd() {
        return LayerCatalog.all().stream().filter(entry -> entry.has(Trait.SEES_THE_END));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void gradientsAreRight(Entry entry) {
        LayerContract.gradientsAreRight(entry);
    }

    @ParameterizedTest
    @MethodSource("causal")
    void sixStepsAreThreeAndThree(Entry entry) {
        LayerContract.sixStepsAreThreeAndThree(entry);
    }

    @ParameterizedTest
    @MethodSource("seeingTheEnd")
    void sixStepsAreNotThreeAndThreeWhereTheEndIsSeen(Entry entry) {
        assertThatThrownBy(() -> LayerContract.sixStepsAreThreeAndThree(entry)).isInstanceOf(AssertionError.class);
    }

    static Stream<Entry> stepwise() {
        return LayerCatalog.all().stream().filter(entry -> entry.has(Trait.STEPWISE));
    }

    @Test
    void everyStepwiseLayerOfTheLibraryIsListedAsSuch() throws Exception {
        assertThat(LibraryClasses.of(Stepwise.class))
                .as("classes that implement Stepwise; each needs a line with that trait in LayerCatalog")
                .containsExactlyInAnyOrderElementsOf(stepwise()
                        .<Class<?>>map(LayerCatalogTest::made)
                        .distinct()
                        .toList());
    }

    private static Class<?> made(Entry entry) {
        return entry.declare().apply(Parameters.builder()).getClass();
    }

    @ParameterizedTest
    @MethodSource("stepwise")
    void stepByStepIsTheWhole(Entry entry) {
        StepwiseContract.stepByStepIsTheWhole(entry);
    }

    static Stream<Entry> knowingColumns() {
        return stepwise()
                .filter(entry -> ((Stepwise) entry.declare().apply(Parameters.builder()))
                        .knownColumns()
                        .isPresent());
    }

    @ParameterizedTest
    @MethodSource("knowingColumns")
    void knownColumnsGiveTheWhole(Entry entry) {
        StepwiseContract.knownColumnsGiveTheWhole(entry);
    }

    @ParameterizedTest
    @MethodSource("knowingColumns")
    void knownColumnsInFloatAgreeWithDouble(Entry entry) {
        StepwiseContract.knownColumnsInFloatAgreeWithDouble(entry);
    }

    @ParameterizedTest
    @MethodSource("stepwise")
    void memoryServesStepsOfEverySizeAndIsFreed(Entry entry) {
        StepwiseContract.memoryServesEverySizeAndIsFreed(entry);
    }

    @ParameterizedTest
    @MethodSource("stepwise")
    void stepByStepTracesWhatTheWholeTraces(Entry entry) {
        StepwiseContract.stepByStepTracesWhatTheWholeTraces(entry);
    }

    @ParameterizedTest
    @MethodSource("stepwise")
    void passesOfOneStepAreOnePass(Entry entry) {
        StepwiseContract.passesOfOneStepAreOnePass(entry);
    }

    @ParameterizedTest
    @MethodSource("stepwise")
    void aWholePassEndsTheSteps(Entry entry) {
        StepwiseContract.aWholePassEndsTheSteps(entry);
    }

    @ParameterizedTest
    @MethodSource("stepwise")
    void nothingStandsInTheWayOfSteps(Entry entry) {
        assertThat(Stepwise.obstacle(entry.declare().apply(Parameters.builder())))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("seeingTheEnd")
    void whatSeesTheEndStandsInTheWayOfSteps(Entry entry) {
        assertThat(Stepwise.obstacle(entry.declare().apply(Parameters.builder())))
                .hasValueSatisfying(layer -> assertThat(layer).isInstanceOf(Bidirectional.class));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void rowsDoNotSeeEachOther(Entry entry) {
        LayerContract.rowsDoNotSeeEachOther(entry);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void backwardLeavesEverythingAsItWas(Entry entry) {
        LayerContract.backwardLeavesEverythingAsItWas(entry);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void savedAndLoadedIsEqual(Entry entry, @TempDir Path folder) {
        LayerContract.savedAndLoadedIsEqual(entry, folder);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void floatAgreesWithDouble(Entry entry) {
        LayerContract.floatAgreesWithDouble(entry);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void equalSeedsGiveEqualBits(Entry entry) {
        LayerContract.equalSeedsGiveEqualBits(entry);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void contentOfPaddingDoesNotMatter(Entry entry) {
        PaddingContract.contentOfPaddingDoesNotMatter(entry);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void amountOfPaddingDoesNotMatter(Entry entry) {
        PaddingContract.amountOfPaddingDoesNotMatter(entry);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void memoryServesEverySizeAndIsFreed(Entry entry) {
        LayerContract.memoryServesEverySizeAndIsFreed(entry);
    }

    @Test
    void everyLayerOfTheLibraryIsListed() throws Exception {
        List<Class<?>> listed = LayerCatalog.all().stream()
                .<Class<?>>map(
                        entry -> entry.declare().apply(Parameters.builder()).getClass())
                .distinct()
                .toList();

        assertThat(LibraryClasses.of(Recurrent.class))
                .as("classes that implement Recurrent; each needs a line in LayerCatalog")
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    @Test
    void namesAreDistinct() {
        assertThat(LayerCatalog.all()).extracting(Entry::name).doesNotHaveDuplicates();
    }
}
