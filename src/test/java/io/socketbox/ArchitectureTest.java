package io.socketbox;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may import whom. */
class ArchitectureTest {
    private static final String ROOT = "io.socketbox.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.socketbox");

    /** Anything of ours, except the generated bindings, which have a rule of their own. */
    private static final DescribedPredicate<JavaClass> OURS =
            resideInAPackage("io.socketbox..").and(DescribedPredicate.not(resideInAPackage("io.socketbox.bindings..")));

    @ParameterizedTest
    @CsvSource({
        "linux,    ''",
        "route,    ''",
        "config,   route",
        "observe,  ''",
        "handoff,  linux observe",
        "limit,    route",
        "dispatch, handoff limit route linux observe",
        "program,  linux observe",
        "receive,  program dispatch handoff limit route config linux observe"
    })
    void aRoomImportsOnlyWhatItMay(String room, String allowed) {
        String[] packages = Stream.concat(Stream.of(room), Arrays.stream(allowed.split(" ")))
                .filter(name -> !name.isEmpty())
                .map(name -> ROOT + name + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(ROOT + room + "..")
                .should()
                .dependOnClassesThat(OURS.and(DescribedPredicate.not(resideInAnyPackage(packages))))
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "inetd", "relay", "demo"})
    void nobodyImportsAProgram(String program) {
        ArchRule rule = noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + program + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + program + "..");
        rule.check(CLASSES);
    }

    @Test
    void onlyTheLinuxRoomSeesTheBindingsAndNativeMemory() {
        classes()
                .that(DescribedPredicate.not(resideInAnyPackage("io.socketbox.linux..", "io.socketbox.bindings..")))
                .should()
                .onlyDependOnClassesThat(
                        DescribedPredicate.not(resideInAnyPackage("io.socketbox.bindings..", "java.lang.foreign..")))
                .check(CLASSES);
    }

    @Test
    void roomsFormNoCycle() {
        slices().matching("io.socketbox.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** The rules above would pass on anything if the import found nothing, or if they could not see a dependency. */
    @Test
    void theRulesCanFail() {
        ArchRule wrong = noClasses()
                .that()
                .resideInAPackage("io.socketbox.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..");
        assertThrows(AssertionError.class, () -> wrong.check(CLASSES));
    }
}
