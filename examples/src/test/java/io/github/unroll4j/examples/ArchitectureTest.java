// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** The rules between the modules. They stand in this module because it is the one that sees all others. */
@AnalyzeClasses(packages = ArchitectureTest.ROOT, importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    static final String ROOT = "io.github.unroll4j";

    private static final String TEXT = ROOT + ".text..";
    private static final String CORE = ROOT + ".core..";
    private static final String OPTIM = ROOT + ".optim..";
    private static final String MODELS = ROOT + ".models..";
    private static final String PLOTS = ROOT + ".plots..";
    private static final String CLI = ROOT + ".cli..";
    private static final String EXAMPLES = ROOT + ".examples..";

    @ArchTest
    static final ArchRule modulesDependInOneDirection = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("text")
            .definedBy(TEXT)
            .layer("core")
            .definedBy(CORE)
            .layer("optim")
            .definedBy(OPTIM)
            .layer("models")
            .definedBy(MODELS)
            .layer("plots")
            .definedBy(PLOTS)
            .layer("cli")
            .definedBy(CLI)
            .layer("examples")
            .definedBy(EXAMPLES)
            .whereLayer("text")
            .mayOnlyBeAccessedByLayers("models", "plots", "cli", "examples")
            .whereLayer("core")
            .mayOnlyBeAccessedByLayers("optim", "models", "plots", "cli", "examples")
            .whereLayer("optim")
            .mayOnlyBeAccessedByLayers("models", "cli", "examples")
            .whereLayer("models")
            .mayOnlyBeAccessedByLayers("plots", "cli", "examples")
            .whereLayer("plots")
            .mayOnlyBeAccessedByLayers("cli", "examples")
            .whereLayer("cli")
            .mayOnlyBeAccessedByLayers("examples")
            .whereLayer("examples")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule textStandsAlone = classes()
            .that()
            .resideInAPackage(TEXT)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(TEXT, "java..", "org.slf4j..", "org.jspecify..");

    @ArchTest
    static final ArchRule oneDoorToNativeArrays = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".core.tensor..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..", "org.bytedeco..")
            .because("ND4J answers some mistakes with wrong numbers or a crash; core.tensor checks before each call");

    @ArchTest
    static final ArchRule noJavaSerialization = noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ObjectInputStream.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ObjectOutputStream.class)
            .because("a model file holds numbers and text, never code");

    @ArchTest
    static final ArchRule librariesNeverPrint = noClasses()
            .that()
            .resideInAnyPackage(TEXT, CORE, OPTIM, MODELS, PLOTS)
            .should(ACCESS_STANDARD_STREAMS)
            .because("a library logs through SLF4J and leaves the terminal to the program");

    /** What takes the locale of the machine unless it is given one. */
    private static final Set<String> LOCAL = Set.of(
            "String.format",
            "String.formatted",
            "String.toLowerCase",
            "String.toUpperCase",
            "PrintStream.format",
            "PrintStream.printf",
            "PrintWriter.format",
            "PrintWriter.printf",
            "Formatter.<init>",
            "DecimalFormat.<init>",
            "MessageFormat.<init>",
            "MessageFormat.format",
            "NumberFormat.getInstance",
            "DateTimeFormatter.ofPattern");

    private static final DescribedPredicate<JavaAccess<?>> FORMATS_AS_THE_MACHINE_DOES =
            DescribedPredicate.describe("formats without a locale", access -> {
                String called = access.getTargetOwner().getSimpleName() + "." + access.getName();
                return LOCAL.contains(called)
                        && access.getTarget() instanceof CodeUnitAccessTarget target
                        && target.getRawParameterTypes().stream().noneMatch(type -> type.isEquivalentTo(Locale.class));
            });

    @ArchTest
    static final ArchRule numbersHaveTheDigitsOfAnyMachine = noClasses()
            .should()
            .accessTargetWhere(FORMATS_AS_THE_MACHINE_DOES)
            .because(
                    "where people write Arabic digits, %d and %x do too, and no program reads them; Locale.ROOT helps");

    private static final DescribedPredicate<JavaClass> PUBLIC_RECORDS_WITH_ARRAYS = DescribedPredicate.describe(
            "are public records with arrays",
            type -> type.isRecord()
                    && type.getModifiers().contains(JavaModifier.PUBLIC)
                    && type.getFields().stream()
                            .anyMatch(field -> field.getRawType().isArray()
                                    && !field.getModifiers().contains(JavaModifier.STATIC)));

    private static final ArchCondition<JavaClass> sayWhatTheyHold =
            new ArchCondition<>("have a toString of their own") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    // the one that the compiler makes is final
                    boolean own = !type.getMethod("toString").getModifiers().contains(JavaModifier.FINAL);
                    events.add(new SimpleConditionEvent(
                            type, own, type.getName() + " would print [I@1b2c3d for an array"));
                }
            };

    @ArchTest
    static final ArchRule recordsWithArraysAreReadable =
            classes().that(PUBLIC_RECORDS_WITH_ARRAYS).should(sayWhatTheyHold);

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    /** What a caller can name: the types in the signatures of its public and protected members, its parents, itself. */
    private static final ArchCondition<JavaClass> nameNothingInternal = new ArchCondition<>("name nothing internal") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
            Set<JavaClass> named = new LinkedHashSet<>(type.getRawInterfaces());
            type.getRawSuperclass().ifPresent(named::add);
            for (JavaCodeUnit unit : type.getCodeUnits()) {
                if (isOpen(unit)) {
                    named.addAll(unit.getAllInvolvedRawTypes());
                }
            }
            for (JavaField field : type.getFields()) {
                if (isOpen(field)) {
                    named.addAll(field.getAllInvolvedRawTypes());
                }
            }
            for (JavaClass one : named) {
                if (one.getPackageName().contains(".internal")) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " names " + one.getName()));
                }
            }
        }

        private static boolean isOpen(JavaMember member) {
            Set<JavaModifier> modifiers = member.getModifiers();
            return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
        }
    };

    @ArchTest
    static final ArchRule whatIsPublicNamesNothingInternal = classes()
            .that()
            .arePublic()
            .and()
            .resideOutsideOfPackage("..internal..")
            .should(nameNothingInternal)
            .because("a user cannot rely on what may change with any version");

    @ArchTest
    static final ArchRule modelsOfOneKindDoNotKnowThoseOfTheOther = slices().matching(ROOT + ".models.(lm|seq2seq)..")
            .should()
            .notDependOnEachOther()
            .because("what both use has a room of its own: cells, decoding, layer, train");

    @ArchTest
    static final ArchRule decodingKnowsNoModel = noClasses()
            .that()
            .resideInAPackage(ROOT + ".models.decoding..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".models.lm..", ROOT + ".models.seq2seq..");
}
