package io.k8saws.etcd.backup;

import java.util.List;

/**
 * What a look at all stored segments of an etcd has found. A value: nothing is deleted or marked.
 *
 * @param sound those that are what their names say, to the last change
 * @param unusable those that are not, or that are not to be trusted
 */
public record DeltaCheck(List<StoredSegment> sound, List<Unusable> unusable) {
    /**
     * A segment that leads nowhere.
     *
     * @param segment the segment
     * @param why what is wrong
     */
    public record Unusable(StoredSegment segment, String why) {}

    /** Makes copies of the lists. */
    public DeltaCheck {
        sound = List.copyOf(sound);
        unusable = List.copyOf(unusable);
    }

    /** A line for each that is unusable. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(sound.size() + " segments are sound, " + unusable.size() + " are not");
        unusable.forEach(
                one -> text.append('\n').append(one.segment()).append(": ").append(one.why()));
        return text.toString();
    }
}
