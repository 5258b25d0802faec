package io.socketbox.linux;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The generated bindings against the C compilers' own opinion of the same headers. */
class BindingsTest {
    private static final Path BINDINGS = Path.of("bindings");

    private static final GeneratedBindings X86_64 = new GeneratedBindings("x86_64");
    private static final GeneratedBindings AARCH64 = new GeneratedBindings("aarch64");

    @TempDir
    private Path folder;

    /** A C expression and what its value must be; {@code width} is 4 where the value is an int, signed or not. */
    private record Fact(String expression, long value, int width) {
        boolean isValue(long found) {
            return width == Integer.BYTES ? (int) found == (int) value : found == value;
        }
    }

    @Test
    void theSystemsCompilerAgreesOnEveryConstantSizeAndOffset() throws IOException {
        List<Fact> facts = facts(CCompiler.SYSTEM_ARCHITECTURE);
        String source = prologue()
                + "int main(void) {\n"
                + facts.stream()
                        .map(fact -> "printf(\"%lld\\n\", (long long)(" + fact.expression + "));\n")
                        .collect(joining())
                + "}\n";

        List<String> printed =
                CCompiler.of(CCompiler.SYSTEM_ARCHITECTURE, folder).run(source);

        assertEquals(facts.size(), printed.size());
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < facts.size(); i++) {
            if (!facts.get(i).isValue(Long.parseLong(printed.get(i)))) {
                differences.add(facts.get(i) + " is " + printed.get(i));
            }
        }
        assertEquals(List.of(), differences);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86_64", "aarch64"})
    void staticAssertionsHoldOn(String architecture) throws IOException {
        String assertions = facts(architecture).stream()
                .map(fact -> fact.width == Integer.BYTES
                        ? "_Static_assert((unsigned)(%s) == %du, \"%s\");\n"
                                .formatted(fact.expression, fact.value & 0xffff_ffffL, fact.expression)
                        : "_Static_assert((unsigned long long)(%s) == %sull, \"%s\");\n"
                                .formatted(fact.expression, Long.toUnsignedString(fact.value), fact.expression))
                .collect(joining());

        CCompiler.of(architecture, folder).check(prologue() + assertions);
    }

    @Test
    void aWrongFactDoesNotPass() throws IOException {
        CCompiler cross = CCompiler.of("aarch64", folder);
        String wrong = prologue() + "_Static_assert(sizeof(struct epoll_event) == 12, \"packed\");\n";

        AssertionError error = assertThrows(AssertionError.class, () -> cross.check(wrong));

        assertTrue(error.getMessage().contains("packed"), error.getMessage());
    }

    @Test
    void aMissingCompilerIsNamedWithItsPackage() {
        CCompiler missing = new CCompiler("no-such-compiler", "gcc-no-such", folder);

        AssertionError error = assertThrows(AssertionError.class, () -> missing.check(""));

        assertTrue(error.getMessage().contains("apt-get install gcc-no-such"), error.getMessage());
    }

    @Test
    void whatDiffersBetweenTheArchitecturesIsExactlyWhatAbiChooses() {
        Map<String, Number> x86 = X86_64.constants();
        Map<String, Number> arm = AARCH64.constants();
        assertEquals(x86.keySet(), arm.keySet());
        Set<String> differing = x86.keySet().stream()
                .filter(name -> !x86.get(name).equals(arm.get(name)))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> chosen = Arrays.stream(Abi.class.getDeclaredFields())
                .filter(field -> field.getType() == int.class)
                .map(Field::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(chosen, differing);

        assertEquals(X86_64.structs().keySet(), AARCH64.structs().keySet());
        Set<String> differingStructs = X86_64.structs().keySet().stream()
                .filter(name -> !shape(X86_64, name).equals(shape(AARCH64, name)))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of("epoll_event", "stat"), differingStructs);
    }

    @Test
    void whatIsWrittenOutIsWhatIsGenerated() {
        for (GeneratedBindings bindings : List.of(X86_64, AARCH64)) {
            Map<String, GeneratedBindings.FieldLayout> fields = bindings.fields("sockaddr_in6");
            assertEquals(AddressBuffer.FAMILY, fields.get("sin6_family").offset());
            assertEquals(AddressBuffer.PORT6, fields.get("sin6_port").offset());
            assertEquals(AddressBuffer.FLOW6, fields.get("sin6_flowinfo").offset());
            assertEquals(AddressBuffer.ADDR6, fields.get("sin6_addr").offset());
            assertEquals(AddressBuffer.SCOPE6, fields.get("sin6_scope_id").offset());
            assertEquals(
                    AddressBuffer.SIZE6, bindings.structs().get("sockaddr_in6").byteSize());
            assertEquals(
                    AddressBuffer.PORT4,
                    bindings.fields("sockaddr_in").get("sin_port").offset());
            assertEquals(
                    AddressBuffer.ADDR4,
                    bindings.fields("sockaddr_in").get("sin_addr").offset());
            assertEquals(
                    AddressBuffer.UNIX_PATH,
                    bindings.fields("sockaddr_un").get("sun_path").offset());
            assertEquals(
                    Signals.HANDLER,
                    bindings.fields("sigaction").get("__sigaction_handler").offset());
            assertEquals(
                    Signals.ACTION_SIZE, bindings.structs().get("sigaction").byteSize());
            assertEquals(
                    DirectoryReader.RECORD_LENGTH,
                    bindings.fields("dirent64").get("d_reclen").offset());
            assertEquals(
                    DirectoryReader.NAME,
                    bindings.fields("dirent64").get("d_name").offset());
        }
    }

    @Test
    void statIsWrittenOutAsGenerated() {
        assertEquals(statOf(X86_64), Abi.Stat.X86_64_LAYOUT);
        assertEquals(statOf(AARCH64), Abi.Stat.AARCH64_LAYOUT);
    }

    @Test
    void errnoIsCapturedWhereItIsReadFrom() {
        assertEquals(Native.ERRNO_OFFSET, Native.STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno")));
    }

    @Test
    void epollEventIsWrittenOutAsGenerated() {
        assertEquals(epollEventOf(X86_64), Abi.EpollEvent.X86_64_LAYOUT);
        assertEquals(epollEventOf(AARCH64), Abi.EpollEvent.AARCH64_LAYOUT);
    }

    private static Abi.EpollLayout epollEventOf(GeneratedBindings bindings) {
        Map<String, GeneratedBindings.FieldLayout> fields = bindings.fields("epoll_event");
        return new Abi.EpollLayout(
                (int) bindings.structs().get("epoll_event").byteSize(),
                (int) fields.get("events").offset(),
                (int) fields.get("data").offset());
    }

    private static Abi.StatLayout statOf(GeneratedBindings bindings) {
        Map<String, GeneratedBindings.FieldLayout> fields = bindings.fields("stat");
        return new Abi.StatLayout(
                bindings.structs().get("stat").byteSize(),
                fields.get("st_dev").offset(),
                fields.get("st_ino").offset(),
                fields.get("st_mode").offset(),
                fields.get("st_uid").offset(),
                fields.get("st_gid").offset(),
                fields.get("st_size").offset());
    }

    @Test
    void everyFunctionFitsTheOneShapeOfNative() {
        Map<String, FunctionDescriptor> functions = X86_64.functions();
        assertTrue(functions.size() > 50, "found only " + functions.keySet());
        functions.forEach((name, descriptor) -> {
            assertTrue(descriptor.argumentLayouts().size() <= 6, name + " takes " + descriptor);
            Stream.concat(descriptor.argumentLayouts().stream(), descriptor.returnLayout().stream())
                    .forEach(layout -> assertTrue(isIntegral(layout), name + " passes " + layout));
        });
    }

    @Test
    void whatIsLookedUpIsWhatIsBound() throws IOException {
        Set<String> used = new TreeSet<>();
        Pattern lookup = Pattern.compile("Native\\.symbol\\(\"(\\w+)\"\\)");
        for (String tree : List.of("main", "test")) {
            try (Stream<Path> sources = Files.list(Path.of("src", tree, "java/io/socketbox/linux"))) {
                for (Path source : sources.toList()) {
                    Matcher matcher = lookup.matcher(Files.readString(source));
                    while (matcher.find()) {
                        used.add(matcher.group(1));
                    }
                }
            }
        }
        Set<String> bound = new TreeSet<>(X86_64.functions().keySet());
        bound.addAll(X86_64.variables());
        assertEquals(bound, used);
        assertEquals(X86_64.functions().keySet(), AARCH64.functions().keySet());
    }

    private static boolean isIntegral(MemoryLayout layout) {
        return layout instanceof ValueLayout.OfShort
                || layout instanceof ValueLayout.OfInt
                || layout instanceof ValueLayout.OfLong
                || layout instanceof AddressLayout;
    }

    private static String shape(GeneratedBindings bindings, String struct) {
        return bindings.structs().get(struct).byteSize() + " " + bindings.fields(struct);
    }

    private static String prologue() throws IOException {
        return Files.readString(BINDINGS.resolve("linux.h")) + "#include <stddef.h>\n#include <stdio.h>\n";
    }

    private static List<Fact> facts(String architecture) throws IOException {
        GeneratedBindings bindings = new GeneratedBindings(architecture);
        List<Fact> facts = new ArrayList<>();
        bindings.constants().forEach((name, value) -> {
            facts.add(new Fact(name, value.longValue(), value instanceof Integer ? Integer.BYTES : Long.BYTES));
        });
        assertTrue(facts.size() > 200, "found only " + facts.size() + " constants");
        Map<String, String> spellings = spellings();
        bindings.structs().forEach((name, layout) -> {
            String type = spellings.get(name);
            assertTrue(type != null, name + " is generated but not in includes.txt");
            facts.add(new Fact("sizeof(" + type + ")", layout.byteSize(), Long.BYTES));
            facts.add(new Fact("_Alignof(" + type + ")", layout.byteAlignment(), Long.BYTES));
            bindings.fields(name).forEach((field, found) -> {
                // What the C library keeps to itself moves from version to version, within the same size.
                if (field.startsWith("__")) {
                    return;
                }
                facts.add(new Fact("offsetof(" + type + ", " + field + ")", found.offset(), Long.BYTES));
                if (found.layout().byteSize() > 0) {
                    String size = "sizeof(((" + type + " *)0)->" + field + ")";
                    facts.add(new Fact(size, found.layout().byteSize(), Long.BYTES));
                }
            });
        });
        for (int count : new int[] {0, 1, 2, 3, ControlBuffer.MAX_DESCRIPTORS}) {
            String bytes = "(" + count + " * sizeof(int))";
            facts.add(new Fact("CMSG_LEN" + bytes, ControlBuffer.length(count), Long.BYTES));
            facts.add(new Fact("CMSG_SPACE" + bytes, ControlBuffer.space(count), Long.BYTES));
        }
        return facts;
    }

    /** How C calls the types of includes.txt. */
    private static Map<String, String> spellings() throws IOException {
        Map<String, String> spellings = new HashMap<>();
        for (String line : Files.readAllLines(BINDINGS.resolve("includes.txt"))) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "--include-struct" -> spellings.put(words[1], "struct " + words[1]);
                case "--include-union" -> spellings.put(words[1], "union " + words[1]);
                case "--include-typedef" -> spellings.put(words[1], words[1]);
                default -> {}
            }
        }
        return spellings;
    }
}
