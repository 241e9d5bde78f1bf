package io.k8saws.kubeconfig;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.comments.CommentLine;
import org.snakeyaml.engine.v2.comments.CommentType;
import org.snakeyaml.engine.v2.events.CommentEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The comments and empty lines of a text that nobody has taken yet. They are handed out by line to the pieces of the document, in the order of the text, so that
 * each is handed out once. The library's own assignment fails for comments in odd places.
 */
final class Comments {
    private record Line(int number, CommentLine comment) {}

    private final List<Line> left;

    private Comments(List<Line> left) {
        this.left = left;
    }

    static Comments of(String text, LoadSettings withComments) {
        List<Line> lines = new ArrayList<>();
        try {
            for (Event event : new Parse(withComments).parseString(text)) {
                if (event instanceof CommentEvent comment) {
                    comment.getStartMark()
                            .ifPresent(mark -> lines.add(new Line(mark.getLine(), new CommentLine(comment))));
                }
            }
        } catch (YamlEngineException | IndexOutOfBoundsException e) {
            // What can be read without comments is read without them.
            lines.clear();
        }
        return new Comments(lines);
    }

    /** Takes what stands above a line; braces have no room for empty lines. */
    List<CommentLine> above(int line, boolean inBraces) {
        List<CommentLine> taken = new ArrayList<>();
        for (Iterator<Line> lines = left.iterator(); lines.hasNext(); ) {
            Line next = lines.next();
            if (next.number >= line) {
                break;
            }
            lines.remove();
            if (!(inBraces && next.comment.getCommentType() == CommentType.BLANK_LINE)) {
                taken.add(alone(next.comment));
            }
        }
        return taken;
    }

    /** Drops the empty lines right above a line, or above the comments above it: behind the dash of a list they would look odd. */
    void closeUp(int line) {
        while (!left.isEmpty()
                && left.get(0).number < line
                && left.get(0).comment.getCommentType() == CommentType.BLANK_LINE) {
            left.remove(0);
        }
    }

    /** Takes what stands at the end of a line. */
    List<CommentLine> beside(int line) {
        List<CommentLine> taken = new ArrayList<>();
        left.removeIf(next -> {
            boolean isHere = next.number == line && next.comment.getCommentType() == CommentType.IN_LINE;
            if (isHere) {
                taken.add(next.comment);
            }
            return isHere;
        });
        return taken;
    }

    /** Gives comments to whatever comes next. */
    void giveBack(Yaml.Remarks remarks) {
        List<Line> lines = Yaml.Remarks.NONE.withMoreBefore(remarks).before().stream()
                .map(comment -> new Line(-1, comment))
                .toList();
        left.addAll(0, lines);
    }

    /** A comment on a line of its own. */
    static CommentLine alone(CommentLine comment) {
        return comment.getCommentType() == CommentType.IN_LINE
                ? new CommentLine(Optional.empty(), Optional.empty(), comment.getValue(), CommentType.BLOCK)
                : comment;
    }
}
