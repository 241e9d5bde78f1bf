package io.k8saws.dns.internal.engine;

import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Record sets of one name as few bytes, and back. */
final class RecordCodec {
    private static final RecordType[] TYPES = RecordType.values();

    private RecordCodec() {}

    static byte[] encode(String relativeName, List<RecordSet> sets) {
        Writer to = new Writer();
        to.number(0); // the round in which the mirror last saw it
        to.text(relativeName);
        for (RecordSet set : sets) {
            to.number(set.type().ordinal());
            to.optional(set.setIdentifier());
            to.optional(set.healthCheckId());
            routing(set.routing(), to);
            if (set.answer() instanceof Answer.Values values) {
                to.number(values.values().size());
                to.number(values.ttl().toSeconds());
                values.values().forEach(to::text);
            } else if (set.answer() instanceof Answer.Alias alias) {
                to.number(0);
                to.number(alias.evaluateTargetHealth() ? 1 : 0);
                to.text(alias.zoneId());
                to.text(alias.target().text());
            }
        }
        return to.bytes.toByteArray();
    }

    static List<RecordSet> decode(DnsName name, byte[] bytes) {
        Reader from = new Reader(bytes);
        from.skipText();
        List<RecordSet> sets = new ArrayList<>(2);
        while (from.at < bytes.length) {
            RecordType type = TYPES[(int) from.number()];
            Optional<String> setIdentifier = from.optional();
            Optional<String> healthCheck = from.optional();
            RoutingPolicy routing = routing(from);
            int values = (int) from.number();
            long number = from.number();
            sets.add(new RecordSet(name, type, setIdentifier, routing, healthCheck, answer(from, values, number)));
        }
        return sets;
    }

    private static Answer answer(Reader from, int values, long number) {
        if (values == 0) {
            return new Answer.Alias(from.text(), new DnsName(from.text()), number == 1);
        }
        List<String> texts = new ArrayList<>(values);
        for (int i = 0; i < values; i++) {
            texts.add(from.text());
        }
        return new Answer.Values(Duration.ofSeconds(number), texts);
    }

    /** How many record sets there are. */
    static int count(byte[] bytes) {
        return decode(new DnsName("x"), bytes).size();
    }

    static String relativeName(byte[] bytes) {
        return new Reader(bytes).text();
    }

    private static void routing(RoutingPolicy routing, Writer to) {
        if (routing instanceof RoutingPolicy.Simple) {
            to.number(0);
        } else if (routing instanceof RoutingPolicy.Weighted weighted) {
            to.number(1);
            to.number(weighted.weight());
        } else if (routing instanceof RoutingPolicy.Latency latency) {
            to.number(2);
            to.text(latency.region());
        } else if (routing instanceof RoutingPolicy.Failover failover) {
            to.number(3);
            to.number(failover.role().ordinal());
        } else if (routing instanceof RoutingPolicy.Geolocation place) {
            to.number(4);
            to.optional(place.continent());
            to.optional(place.country());
            to.optional(place.subdivision());
        } else if (routing instanceof RoutingPolicy.Geoproximity near) {
            to.number(5);
            to.optional(near.region());
            to.optional(near.localZoneGroup());
            to.optional(near.coordinates());
            to.number(near.bias() + 99L);
        } else if (routing instanceof RoutingPolicy.Multivalue) {
            to.number(6);
        } else if (routing instanceof RoutingPolicy.Foreign foreign) {
            to.number(7);
            to.text(foreign.text());
        }
    }

    private static RoutingPolicy routing(Reader from) {
        return switch ((int) from.number()) {
            case 1 -> new RoutingPolicy.Weighted(from.number());
            case 2 -> new RoutingPolicy.Latency(from.text());
            case 3 -> new RoutingPolicy.Failover(RoutingPolicy.Failover.Role.values()[(int) from.number()]);
            case 4 -> new RoutingPolicy.Geolocation(from.optional(), from.optional(), from.optional());
            case 5 ->
                new RoutingPolicy.Geoproximity(
                        from.optional(), from.optional(), from.optional(), (int) from.number() - 99);
            case 6 -> new RoutingPolicy.Multivalue();
            case 7 -> new RoutingPolicy.Foreign(from.text());
            default -> new RoutingPolicy.Simple();
        };
    }

    private static final class Writer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);

        void number(long number) {
            long rest = number;
            while (rest > 0x7f) {
                bytes.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            bytes.write((int) rest);
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(utf8.length);
            bytes.write(utf8, 0, utf8.length);
        }

        void optional(Optional<String> text) {
            if (text.isPresent()) {
                byte[] utf8 = text.get().getBytes(StandardCharsets.UTF_8);
                number(utf8.length + 1L);
                bytes.write(utf8, 0, utf8.length);
            } else {
                number(0);
            }
        }
    }

    private static final class Reader {
        private final byte[] bytes;
        private int at = 1;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        long number() {
            long number = 0;
            int shift = 0;
            while (true) {
                byte next = bytes[at++];
                number |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return number;
                }
                shift += 7;
            }
        }

        void skipText() {
            int length = (int) number();
            at += length;
        }

        String text() {
            return text((int) number());
        }

        Optional<String> optional() {
            int length = (int) number();
            return length == 0 ? Optional.empty() : Optional.of(text(length - 1));
        }

        private String text(int length) {
            String text = new String(bytes, at, length, StandardCharsets.UTF_8);
            at += length;
            return text;
        }
    }
}
