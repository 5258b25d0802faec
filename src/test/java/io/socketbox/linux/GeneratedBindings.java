package io.socketbox.linux;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What jextract generated for one architecture, found by reflection, so that nothing can be forgotten. */
final class GeneratedBindings {
    private final String packageName;
    private final Class<?> header;

    GeneratedBindings(String architecture) {
        packageName = "io.socketbox.bindings." + architecture;
        header = load("linux_h");
    }

    /** Every constant: an accessor without arguments beside a field of the same name. An Integer or a Long. */
    Map<String, Number> constants() {
        Map<String, Number> constants = new TreeMap<>();
        for (Class<?> c = header; c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                if (field.getType() == int.class || field.getType() == long.class) {
                    constants.put(field.getName(), (Number) call(c, field.getName()));
                }
            }
        }
        return constants;
    }

    /** Functions by name; variadic ones, for which jextract has no descriptor, with an empty one. */
    Map<String, FunctionDescriptor> functions() {
        Map<String, FunctionDescriptor> functions = new TreeMap<>();
        Set<String> methods =
                Arrays.stream(header.getMethods()).map(Method::getName).collect(Collectors.toSet());
        for (Class<?> holder : header.getDeclaredClasses()) {
            String name = holder.getSimpleName();
            boolean isVariadic =
                    Arrays.stream(holder.getMethods()).anyMatch(m -> m.getName().equals("makeInvoker"));
            if (isVariadic) {
                functions.put(name, FunctionDescriptor.ofVoid());
            } else if (methods.contains(name + "$descriptor")) {
                functions.put(name, (FunctionDescriptor) call(header, name + "$descriptor"));
            }
        }
        return functions;
    }

    /** Global variables. */
    Set<String> variables() {
        return Arrays.stream(header.getMethods())
                .map(Method::getName)
                .filter(name -> name.endsWith("$layout"))
                .map(name -> name.substring(0, name.length() - "$layout".length()))
                .collect(Collectors.toSet());
    }

    /** Structs, unions and typedefs of such, by name. */
    Map<String, GroupLayout> structs() {
        Map<String, GroupLayout> structs = new TreeMap<>();
        for (String name : classNames()) {
            Class<?> type = load(name);
            boolean hasLayout = Arrays.stream(type.getDeclaredMethods())
                    .anyMatch(m -> m.getName().equals("layout") && Modifier.isStatic(m.getModifiers()));
            if (hasLayout) {
                structs.put(name, (GroupLayout) call(type, "layout"));
            }
        }
        return structs;
    }

    /** Offset and layout of each field of a struct. */
    Map<String, FieldLayout> fields(String struct) {
        Map<String, FieldLayout> fields = new TreeMap<>();
        Class<?> type = load(struct);
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().endsWith("$offset")) {
                String field = method.getName().substring(0, method.getName().length() - "$offset".length());
                long offset = (long) call(type, method.getName());
                fields.put(field, new FieldLayout(offset, (MemoryLayout) call(type, field + "$layout")));
            }
        }
        return fields;
    }

    record FieldLayout(long offset, MemoryLayout layout) {}

    private Set<String> classNames() {
        try {
            Path classes = Path.of(
                    header.getProtectionDomain().getCodeSource().getLocation().toURI());
            try (Stream<Path> files = Files.list(classes.resolve(packageName.replace('.', '/')))) {
                return files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".class") && !file.contains("$"))
                        .map(file -> file.substring(0, file.length() - ".class".length()))
                        .collect(Collectors.toCollection(TreeSet::new));
            }
        } catch (IOException | URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private Class<?> load(String name) {
        try {
            return Class.forName(packageName + "." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Object call(Class<?> type, String method) {
        try {
            return type.getMethod(method).invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
