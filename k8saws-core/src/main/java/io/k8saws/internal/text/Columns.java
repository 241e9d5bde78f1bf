package io.k8saws.internal.text;

import java.util.ArrayList;
import java.util.List;

/** A table for people: columns as wide as their widest cell, two spaces apart, no spaces at line ends. Not thread-safe. */
public final class Columns {
    private final int count;
    private final List<List<String>> lines = new ArrayList<>();

    /**
     * Starts a table.
     *
     * @param titles the titles of the columns, at least one
     */
    public Columns(String... titles) {
        this.count = titles.length;
        row(titles);
    }

    /**
     * Adds a row.
     *
     * @param cells as many texts as there are titles; what would break a line is escaped
     */
    public void row(String... cells) {
        if (cells.length != count) {
            throw new IllegalArgumentException("the table has " + count + " columns, not " + cells.length);
        }
        List<String> line = new ArrayList<>();
        for (String cell : cells) {
            line.add(OneLine.of(cell));
        }
        lines.add(line);
    }

    /**
     * Adds a line that belongs to the row before it and to no column.
     *
     * @param text the line
     */
    public void line(String text) {
        lines.add(List.of(OneLine.of(text)));
    }

    /** Returns the table, each line ending with a line feed. */
    @Override
    public String toString() {
        int[] widths = new int[count];
        lines.stream().filter(this::isRow).forEach(line -> {
            for (int i = 0; i < count; i++) {
                widths[i] = Math.max(widths[i], length(line.get(i)));
            }
        });
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                row.append(line.get(i));
                if (isRow(line)) {
                    row.append(" ".repeat(widths[i] - length(line.get(i)) + 2));
                }
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private boolean isRow(List<String> line) {
        return line.size() == count;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
