package io.k8saws.etcd.backup;

import java.util.List;
import java.util.Optional;

/**
 * What a look at all stored segments of an etcd has found. A value: nothing is deleted or marked.
 *
 * @param of of which etcd in which store
 * @param sound those that are what their names say, to the last change
 * @param unusable those that are not, or that are not to be trusted
 * @param lost the revisions that no backup and no sound segment leads to any more, in order
 */
public record DeltaCheck(String of, List<StoredSegment> sound, List<Unusable> unusable, List<Lost> lost) {
    /**
     * A segment that leads nowhere.
     *
     * @param segment the segment
     * @param why what is wrong
     */
    public record Unusable(StoredSegment segment, String why) {}

    /**
     * Revisions of a history that cannot be restored, because segments are unusable or gone, or the backup that they go on from is gone or does not count. Sound segments behind a gap are lost, too, up to the next backup.
     *
     * @param clusterId the cluster
     * @param history the id of the full backup that their history goes on from
     * @param first the first revision that is lost
     * @param last the last one
     * @param keys the keys of the unusable segments that had some of them; none where something is gone
     * @param before the point before, which can be restored; empty if nothing is there
     */
    public record Lost(
            String clusterId, String history, long first, long last, List<String> keys, Optional<RestorePoint> before) {
        /** Makes a copy of the list. */
        public Lost {
            keys = List.copyOf(keys);
        }

        /** For example {@code revisions 102 to 106 are lost with payments/main/deltas/...; the point before is revision 101}. */
        @Override
        public String toString() {
            return "revisions " + first + " to " + last + " are lost"
                    + (keys.isEmpty()
                            ? ", as what leads to them, a backup that counts or a segment, is not there"
                            : " with " + String.join(", ", keys))
                    + before.map(point -> "; the point before is revision " + point.revision())
                            .orElse("; nothing before them is left");
        }
    }

    /** Makes copies of the lists. */
    public DeltaCheck {
        sound = List.copyOf(sound);
        unusable = List.copyOf(unusable);
        lost = List.copyOf(lost);
    }

    /** A line for each that is unusable, with its key, and for all that is lost. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(sound.size() + " segments are sound, " + unusable.size() + " are not");
        unusable.forEach(one -> text.append('\n')
                .append(one.segment().object().key())
                .append(": ")
                .append(one.segment())
                .append(": ")
                .append(one.why()));
        lost.forEach(one -> text.append('\n').append(one));
        return text.toString();
    }
}
