package io.socketbox.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON, strictly as RFC 8259 has it: maps, lists, strings, doubles, booleans, null. */
public final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** The one value of {@code text}; anything else is an {@link AssertionError}. */
    public static Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value();
        json.blanks();
        json.require(json.at == text.length(), "the end");
        return value;
    }

    /** The object of {@code text}. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> object(String text) {
        return (Map<String, Object>) parse(text);
    }

    /** What is found in {@code value} under keys, and indexes of lists, one after the other. */
    public static Object at(Object value, Object... path) {
        Object found = value;
        for (Object step : path) {
            found = step instanceof Integer index ? ((List<?>) found).get(index) : ((Map<?, ?>) found).get(step);
        }
        return found;
    }

    /** {@link #at} of a number. */
    public static double number(Object value, Object... path) {
        return (Double) at(value, path);
    }

    private Object value() {
        blanks();
        require(at < text.length(), "a value");
        char c = text.charAt(at);
        return switch (c) {
            case '{' -> object();
            case '[' -> list();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        blanks();
        while (!skip('}')) {
            require(members.isEmpty() || skip(','), "a comma");
            blanks();
            String key = string();
            blanks();
            require(skip(':'), "a colon");
            require(!members.containsKey(key), "another key than " + key);
            members.put(key, value());
            blanks();
        }
        return members;
    }

    private List<Object> list() {
        List<Object> elements = new ArrayList<>();
        at++;
        blanks();
        while (!skip(']')) {
            require(elements.isEmpty() || skip(','), "a comma");
            elements.add(value());
            blanks();
        }
        return elements;
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        require(skip('"'), "a quote");
        while (!skip('"')) {
            require(at < text.length(), "a quote");
            char c = text.charAt(at++);
            require(c >= ' ', "no control character");
            string.append(c == '\\' ? escape() : c);
        }
        return string.toString();
    }

    private char escape() {
        char c = text.charAt(at++);
        if (c == 'u') {
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        int known = "\"\\/bfnrt".indexOf(c);
        require(known >= 0, "a known escape");
        return "\"\\/\b\f\n\r\t".charAt(known);
    }

    private Double number() {
        int start = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(start, at);
        require(number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?"), "a number");
        return Double.valueOf(number);
    }

    private Object word(String word, Object meaning) {
        require(text.startsWith(word, at), word);
        at += word.length();
        return meaning;
    }

    private boolean skip(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void require(boolean condition, String wanted) {
        if (!condition) {
            throw new AssertionError("at " + at + ", where " + wanted + " should be: " + text);
        }
    }
}
