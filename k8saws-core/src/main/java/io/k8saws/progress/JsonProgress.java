package io.k8saws.progress;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.Flushable;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;

/** Writes each event as one JSON object on one line. The members follow from the event's record, so that no event can be forgotten. */
final class JsonProgress implements ProgressListener {
    private static final JsonFactory JSON = JsonFactory.builder()
            // A lone surrogate is legal in a Java string and not in UTF-8.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private final Appendable out;

    JsonProgress(Appendable out) {
        this.out = out;
    }

    @Override
    public void onEvent(ProgressEvent event) {
        try {
            out.append(json(event)).append('\n');
            if (out instanceof Flushable flushable) {
                flushable.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Write a line of progress: " + e.getMessage() + ".", e);
        }
    }

    private static String json(ProgressEvent event) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("event", event.getClass().getSimpleName());
            for (RecordComponent component : event.getClass().getRecordComponents()) {
                member(component.getName(), value(event, component), json);
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void member(String name, Object value, JsonGenerator json) throws IOException {
        if (value instanceof Duration span) {
            json.writeNumberField(name + "Millis", span.toMillis());
        } else if (value instanceof Boolean truth) {
            json.writeBooleanField(name, truth);
        } else if (value instanceof Number number) {
            json.writeNumberField(name, number.longValue());
        } else {
            json.writeStringField(name, value.toString());
        }
    }

    private static Object value(ProgressEvent event, RecordComponent component) {
        try {
            return component.getAccessor().invoke(event);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("Read " + component + " of an event.", e);
        }
    }
}
