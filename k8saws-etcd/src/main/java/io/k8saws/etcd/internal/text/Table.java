package io.k8saws.etcd.internal.text;

import java.util.ArrayList;
import java.util.List;

/** A table for people: columns as wide as their widest cell, two spaces apart, no spaces at line ends. Not thread-safe. */
public final class Table {
    private final List<String[]> rows = new ArrayList<>();

    /**
     * Starts a table.
     *
     * @param titles the titles of the columns, at least one
     */
    public Table(String... titles) {
        rows.add(titles.clone());
    }

    /**
     * Adds a row.
     *
     * @param cells as many texts as there are titles; line breaks become spaces
     */
    public void row(String... cells) {
        String[] row = new String[rows.get(0).length];
        for (int i = 0; i < row.length; i++) {
            row[i] = cells[i].replaceAll("\\s+", " ");
        }
        rows.add(row);
    }

    /** Returns the table, each line ending with a line feed. */
    @Override
    public String toString() {
        int[] widths = new int[rows.get(0).length];
        rows.forEach(row -> {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
