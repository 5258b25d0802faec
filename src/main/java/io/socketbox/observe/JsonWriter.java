package io.socketbox.observe;

/** Writes one JSON value (RFC 8259), member by member. */
public final class JsonWriter {
    private final StringBuilder out = new StringBuilder();

    /** Nothing written yet. */
    public JsonWriter() {}

    /** Begins an object, as the value of what {@link #key} named or as an element. */
    public JsonWriter object() {
        separate();
        out.append('{');
        return this;
    }

    /** Begins a list. */
    public JsonWriter list() {
        separate();
        out.append('[');
        return this;
    }

    /** Ends an object. */
    public JsonWriter endObject() {
        out.append('}');
        return this;
    }

    /** Ends a list. */
    public JsonWriter endList() {
        out.append(']');
        return this;
    }

    /** Names the member that follows. */
    public JsonWriter key(String key) {
        separate();
        Quoting.json(out, key);
        out.append(':');
        return this;
    }

    /** A string. */
    public JsonWriter value(String value) {
        separate();
        Quoting.json(out, value);
        return this;
    }

    /** A number. */
    public JsonWriter value(long value) {
        separate();
        out.append(value);
        return this;
    }

    /** A number; what JSON has no number for is {@code null}. */
    public JsonWriter value(double value) {
        separate();
        if (Double.isFinite(value)) {
            out.append(value);
        } else {
            out.append("null");
        }
        return this;
    }

    /** True or false. */
    public JsonWriter value(boolean value) {
        separate();
        out.append(value);
        return this;
    }

    private void separate() {
        char before = out.isEmpty() ? '{' : out.charAt(out.length() - 1);
        if (before != '{' && before != '[' && before != ':') {
            out.append(',');
        }
    }

    /** What was written. */
    @Override
    public String toString() {
        return out.toString();
    }
}
