package io.k8saws.console;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;

/** The lower end of a terminal: some lines that are drawn over and over, and lines above them that stay. Not thread-safe. */
final class Screen {
    private static final int ROWS_IF_UNKNOWN = 24;
    private static final int COLUMNS_IF_UNKNOWN = 80;
    private static final String SIGNS = "…✓✗±█░×";
    private static final String PLAIN_SIGNS = "~*x#=-x";

    private final Terminal terminal;
    private final boolean colours;
    private final boolean signs;
    private final Display display;
    private Size size;

    Screen(Terminal terminal, boolean colours) {
        this.terminal = terminal;
        this.colours = colours;
        this.signs = canWrite(terminal.encoding());
        this.display = new Display(terminal, false);
        this.size = measure(terminal);
        display.resize(size.getRows(), size.getColumns());
    }

    int columns() {
        return size.getColumns();
    }

    int rows() {
        return size.getRows();
    }

    /** Asks the terminal for its size again. */
    void resize() {
        size = measure(terminal);
        display.resize(size.getRows(), size.getColumns());
    }

    /** Writes lines that stay above, and draws the others below them. */
    void draw(List<AttributedString> lasting, List<AttributedString> lines) {
        if (!lasting.isEmpty()) {
            display.update(List.of(), 0, false);
            lasting.forEach(line -> terminal.writer().println(styled(line).toAnsi(terminal)));
        }
        List<AttributedString> drawn = lines.stream().map(this::styled).toList();
        // The cursor rests at the end of the last line.
        int cursor = drawn.isEmpty()
                ? 0
                : size.cursorPos(drawn.size() - 1, drawn.get(drawn.size() - 1).columnLength());
        display.update(drawn, cursor, false);
        terminal.flush();
    }

    private AttributedString styled(AttributedString line) {
        AttributedString written = signs ? line : withPlainSigns(line);
        return colours ? written : new AttributedString(written.toString());
    }

    private static AttributedString withPlainSigns(AttributedString line) {
        AttributedStringBuilder plain = new AttributedStringBuilder();
        for (int i = 0; i < line.length(); i++) {
            int sign = SIGNS.indexOf(line.charAt(i));
            AttributedStyle style = line.styleAt(i);
            plain.styled(style, String.valueOf(sign < 0 ? line.charAt(i) : PLAIN_SIGNS.charAt(sign)));
        }
        return plain.toAttributedString();
    }

    private static boolean canWrite(Charset charset) {
        CharsetEncoder encoder = charset.newEncoder();
        return encoder.canEncode(SIGNS);
    }

    private static Size measure(Terminal terminal) {
        Size size = terminal.getSize();
        return new Size(
                size.getColumns() > 0 ? size.getColumns() : COLUMNS_IF_UNKNOWN,
                size.getRows() > 0 ? size.getRows() : ROWS_IF_UNKNOWN);
    }

    /** Text from outside without what would move the cursor or break the line. */
    static String line(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.UNASSIGNED -> line.append('?');
                default -> line.appendCodePoint(c);
            }
        });
        return line.toString();
    }
}
