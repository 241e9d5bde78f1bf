package io.k8saws.console;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp;

/** The lower end of a terminal: some lines that are drawn over and over, and lines above them that stay. Not thread-safe. */
final class Screen {
    private static final int ROWS_IF_UNKNOWN = 24;
    private static final int COLUMNS_IF_UNKNOWN = 80;
    private static final String SIGNS = "…✓✗±█░×";
    private static final String PLAIN_SIGNS = "~*x#=-x";

    private final Terminal terminal;
    private final boolean colours;
    private final boolean signs;
    private Display display;
    private Size size;
    private List<AttributedString> drawn = List.of();

    Screen(Terminal terminal, boolean colours) {
        this.terminal = terminal;
        this.colours = colours;
        this.signs = canWrite(terminal.encoding());
        this.size = measure(terminal);
        this.display = display(terminal, size);
    }

    /** The width of a line; the last column stays free, because terminals differ in what they do after it. */
    int columns() {
        return Math.max(1, size.getColumns() - 1);
    }

    int rows() {
        return size.getRows();
    }

    /** Asks the terminal for its size again. What was drawn has been wrapped anew by then, so it goes as a whole and is drawn from its first row. */
    void resize() {
        size = measure(terminal);
        int rows = drawn.stream()
                .mapToInt(line -> Math.max(1, (line.columnLength() + size.getColumns() - 1) / size.getColumns()))
                .sum();
        terminal.puts(InfoCmp.Capability.carriage_return);
        for (int i = 1; i < Math.min(rows, size.getRows()); i++) {
            terminal.puts(InfoCmp.Capability.cursor_up);
        }
        terminal.puts(InfoCmp.Capability.clr_eos);
        display = display(terminal, size);
    }

    /** Writes lines that stay above, and draws the others below them. */
    void draw(List<AttributedString> lasting, List<AttributedString> lines) {
        if (!lasting.isEmpty()) {
            display.update(List.of(), 0, false);
            lasting.forEach(line -> terminal.writer().println(styled(line).toAnsi(terminal)));
        }
        drawn = lines.stream().map(this::styled).toList();
        List<AttributedString> ended = new ArrayList<>();
        for (int i = 0; i < drawn.size(); i++) {
            // A line that does not end itself is taken for one that wraps.
            ended.add(i < drawn.size() - 1 ? ended(drawn.get(i)) : drawn.get(i));
        }
        // The cursor rests at the end of the last line.
        int cursor = drawn.isEmpty()
                ? 0
                : size.cursorPos(drawn.size() - 1, drawn.get(drawn.size() - 1).columnLength());
        display.update(ended, cursor, false);
        terminal.flush();
    }

    private static AttributedString ended(AttributedString line) {
        return AttributedString.join(AttributedString.EMPTY, line, new AttributedString("\n"));
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

    private static Display display(Terminal terminal, Size size) {
        Display display = new Display(terminal, false);
        display.resize(size.getRows(), size.getColumns());
        return display;
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
