package io.k8saws.dns.internal.engine;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.zone.HostedZone;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Counts the calls of the engine beside a zone in memory, and the bytes that a zone takes. The counts are exact: time is the model's own. */
public final class DnsEngineCounts {
    private static final int LARGE = 50_000; // host names, so 200,000 record sets

    private final PrintStream out;

    private DnsEngineCounts(PrintStream out) {
        this.out = out;
    }

    /**
     * Counts and prints the tables.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        DnsEngineCounts counts = new DnsEngineCounts(System.out);
        counts.memory();
        counts.engine();
        counts.model();
    }

    private void memory() {
        out.printf("%n### Memory of a zone%n%n| record sets | names | bytes a record set |%n|---|---|---|%n");
        for (int hosts : List.of(2_500, 12_500, LARGE)) {
            long before = used();
            ZoneMirror mirror = new ZoneMirror(DnsModel.ZONE);
            for (int i = 0; i < hosts; i++) {
                List<RecordSet> sets = DnsModel.balanced(i);
                mirror.put(sets.get(0).name(), sets.subList(0, 2));
                mirror.put(sets.get(2).name(), sets.subList(2, 3));
                mirror.put(sets.get(3).name(), sets.subList(3, 4));
            }
            double bytes = used() - before;
            out.printf(
                    Locale.ROOT,
                    "| %,d | %,d | %.0f |%n",
                    mirror.size(),
                    mirror.names().size(),
                    bytes / mirror.size());
        }
    }

    /** What is still referred to after full collections. */
    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private void engine() {
        out.printf(
                "%n### The engine, beside a zone in memory with Route 53's limits%n%n| | reads | writes | least possible |%n|---|---|---|---|%n");
        DnsModel zone = new DnsModel();
        for (int i = 0; i < LARGE; i++) {
            zone.put(DnsModel.balanced(i));
        }
        ChangeEngine engine = new ChangeEngine(zone, Pace.defaults());
        HostedZone hosted = new HostedZone("Z1", DnsModel.ZONE, false, Map.of());
        engine.open(hosted, zone, zone::plan);
        CompletableFuture<ZoneMirror> filled = engine.fill(hosted.id());
        zone.pass(Duration.ofSeconds(1));
        require(filled.join().size() == zone.size(), "the mirror holds all of the zone");
        row("reading " + zone.size() + " record sets, once", zone, zone.size() / 300 + " reads and one more");
        zone.pass(Duration.ofHours(1));
        row("an idle hour", zone, "0");

        zone.want(List.of(DnsModel.address(LARGE, "192.0.2.1")));
        go(engine, zone, List.of(DnsModel.host(LARGE)));
        row("a changed name of " + zone.size() + " record sets", zone, "1 write");

        List<DnsName> many = new ArrayList<>();
        for (int i = 100_000; i < 110_000; i++) {
            many.add(zone.want(DnsModel.balanced(i)));
        }
        int name = DnsModel.balanced(100_000).stream()
                .mapToInt(RecordSet::characters)
                .sum();
        int each = 32_000 / name;
        go(engine, zone, many);
        row("10,000 new names", zone, (10_000 + each - 1) / each + " writes of " + each + " names");

        List<DnsName> some = new ArrayList<>();
        for (int i = 200_000; i < 201_000; i++) {
            some.add(zone.want(List.of(DnsModel.address(i, i == 200_500 ? DnsModel.BAD : "192.0.2.1"))));
        }
        go(engine, zone, some);
        row("1,000 new names, one refused and not named", zone, "at most 22 were promised");
        engine.close();
    }

    private static void go(ChangeEngine engine, DnsModel zone, List<DnsName> names) {
        Map<DnsName, CompletableFuture<Applied>> futures = engine.submit("Z1", names);
        zone.pass(Duration.ofSeconds(30));
        require(futures.values().stream().allMatch(CompletableFuture::isDone), "all names come to an end");
    }

    private void row(String what, DnsModel zone, String least) {
        out.printf(Locale.ROOT, "| %s | %d | %d | %s |%n", what, zone.reads(), zone.writes(), least);
        zone.forgetCalls();
    }

    /** What a tool costs that lists each zone in each loop: a host name of a load balancer is four record sets, a page has 300. */
    private void model() {
        out.printf(
                "%n### Beside a full list in each loop%n%n| host names | record sets | calls of a loop without changes | ours | calls of a loop a minute, for an hour | ours |%n|---|---|---|---|---|---|%n");
        for (int names : List.of(100, 1_000, 5_000, 10_000, 50_000, 200_000)) {
            int pages = (4 * names + 299) / 300;
            out.printf(Locale.ROOT, "| %,d | %,d | %,d | 0 | %,d | 0 |%n", names, 4 * names, pages, 60 * pages);
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("The benchmark demands that " + what + ".");
        }
    }
}
