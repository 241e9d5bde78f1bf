package io.k8saws.plan;

import io.k8saws.plan.ClusterMap.Place;
import io.k8saws.plan.ClusterMap.Pool;
import io.k8saws.plan.ClusterMap.Shape;
import io.k8saws.plan.ClusterMap.Talk;
import io.k8saws.plan.ClusterMap.ZoneColumn;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Draws a cluster: a frame for the VPC, a column for each zone, from top to bottom the load balancer, the public subnets, the control plane, etcd and the
 * node pools, and on the right the arrows of who may talk to whom. Colours come from the page's style sheet.
 */
final class TopologySvg {
    private static final double MARGIN = 8;
    private static final double FRAME = 16;
    private static final double GAP = 14;
    private static final double PAD = 8;

    /** Wide enough that an arrow is seen to end at the frame around several things, and not at one of them. */
    private static final double INSET = 28;

    private static final double BAR = 42;
    private static final double HEADING = 42;
    private static final double LABEL = 22;
    private static final double GATEWAY = 224;
    private static final double END = 21;
    private static final double LANE = 14;
    private static final double TITLE_SIZE = 13;
    private static final double DETAIL_SIZE = 12;

    private final ClusterMap map;
    private final Markup svg;
    private final double column;
    private final Map<Place, Row> rows = new EnumMap<>(Place.class);
    private final List<Talk> side;
    private final Wiring wiring;

    /** The height of what an arrow can touch, and the edge on which it does. */
    private record Row(double top, double bottom, double right) {}

    private TopologySvg(ClusterMap map, Markup svg) {
        this.map = map;
        this.svg = svg;
        this.column = columnWidth(map.zones().size());
        this.side = map.talks().stream().filter(talk -> !straightDown(talk)).toList();
        this.wiring = Wiring.of(side);
    }

    static void draw(ClusterMap map, Markup into) {
        // The size is known when everything is placed, and must stand at the beginning.
        Markup inside = new Markup();
        TopologySvg drawing = new TopologySvg(map, inside);
        double bottom = drawing.place();
        double right = drawing.arrows();
        into.open(
                "svg",
                "class",
                "map",
                "role",
                "img",
                "aria-label",
                "Topology of the cluster",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "viewBox",
                "0 0 " + number(right) + " " + number(bottom),
                "width",
                number(right),
                "height",
                number(bottom));
        into.line().constant(inside.toString()).closeLine();
    }

    private static double columnWidth(int zones) {
        return switch (zones) {
            case 0, 1 -> 560;
            case 2 -> 330;
            case 3 -> 276;
            case 4 -> 240;
            default -> 228;
        };
    }

    private double place() {
        double y = MARGIN;
        double frameWidth = right() + FRAME - MARGIN;
        double clients = height(Place.CLIENTS);
        shape(map.clients(), MARGIN, y, frameWidth, clients, "outside");
        rows.put(Place.CLIENTS, new Row(y, y + clients, MARGIN + frameWidth));
        y += clients + 34;

        double frameTop = y;
        double zoneTop = frameTop + 48;
        Markup boxes = new Markup();
        double bottom = contents(zoneTop, boxes) + FRAME;
        group(map.frame(), "frame", MARGIN, frameTop, frameWidth, bottom - frameTop, 12);
        frameWords(fromClients() - 16 - left(), frameTop);
        svg.close();
        map.internetGateway()
                .ifPresent(shape -> shape(shape, right() - GATEWAY, frameTop - 14, GATEWAY, 30, "gateway"));
        svg.constant(boxes.toString());
        return bottom + MARGIN;
    }

    /** The frame is wide: what happens to it stands right behind its name, where it is seen to belong. */
    private void frameWords(double width, double top) {
        double x = MARGIN + FRAME + 10;
        String mark = mark(map.frame(), width - 20);
        double room = width - 20 - (mark.isEmpty() ? 0 : TextWidth.of(mark, DETAIL_SIZE, true) + 10);
        svg.open("text", "class", "title", "x", number(x), "y", number(top + 18), "text-anchor", "start");
        svg.text(TextWidth.fit(map.frame().title(), room, TITLE_SIZE, true));
        if (!mark.isEmpty()) {
            svg.element("tspan", mark, "class", "mark", "dx", "10");
        }
        svg.close();
        text("detail", TextWidth.fit(map.frame().detail(), width - 20, DETAIL_SIZE, false), x, top + 34, "start");
    }

    /** Draws what is inside the VPC; returns where it ends. */
    private double contents(double zoneTop, Markup boxes) {
        TopologySvg inner = new TopologySvg(map, boxes);
        double y = zoneTop + 30;
        double barX = left() + 2 * PAD;
        double barWidth = right() - left() - 4 * PAD;
        double balancerTop = y;
        double balancer = height(Place.LOAD_BALANCER);
        y += balancer + 12;

        double outerTop = y;
        boolean outer = map.zones().stream().anyMatch(zone -> zone.outer().isPresent());
        double gateways = gatewaysHeight();
        double outerBottom = outer ? outerTop + HEADING + gateways : outerTop;
        double innerTop = outer ? outerBottom + 12 : outerTop;
        double gatewaysTop = outer ? outerTop + HEADING : innerTop + HEADING;
        y = innerTop + HEADING + (outer ? 0 : gateways);
        double controlPlaneTop = y;
        double controlPlane = height(Place.CONTROL_PLANE);
        y += controlPlane + PAD;
        double etcdTop = y;
        double etcd = etcdHeight();
        y += etcd == 0 ? 0 : etcd + PAD;
        double poolsTop = y;
        double pools = poolsHeight();
        y += pools == 0 ? 0 : pools + PAD;
        double innerBottom = y;
        double zoneBottom = innerBottom + PAD;

        for (int i = 0; i < map.zones().size(); i++) {
            inner.zone(
                    map.zones().get(i),
                    x(i),
                    zoneTop,
                    zoneBottom,
                    outerTop,
                    outerBottom,
                    innerTop,
                    innerBottom,
                    gatewaysTop);
        }
        inner.shape(map.loadBalancer(), barX, balancerTop, barWidth, balancer, "bar");
        inner.shape(map.controlPlane(), barX, controlPlaneTop, barWidth, controlPlane, "bar");
        rows.put(Place.LOAD_BALANCER, new Row(balancerTop, balancerTop + balancer, barX + barWidth));
        rows.put(Place.CONTROL_PLANE, new Row(controlPlaneTop, controlPlaneTop + controlPlane, barX + barWidth));
        for (int i = 0; i < map.zones().size(); i++) {
            if (map.zones().get(i).bastion().isPresent()) {
                double top = gatewaysTop + map.zones().get(i).gateways().size() * (BAR + PAD);
                rows.put(Place.BASTION, new Row(top, top + BAR, x(i) + column - 2 * PAD));
            }
        }
        if (etcd > 0) {
            inner.band("etcd members", barX, etcdTop, barWidth, etcd);
            inner.etcd(etcdTop + LABEL);
            rows.put(Place.ETCD, new Row(etcdTop, etcdTop + etcd, barX + barWidth));
        }
        if (pools > 0) {
            inner.band("Node pools", barX, poolsTop, barWidth, pools);
            inner.pools(poolsTop + LABEL, poolsTop + pools);
            rows.put(Place.POOLS, new Row(poolsTop, poolsTop + pools, barX + barWidth));
        }
        return zoneBottom;
    }

    private void zone(
            ZoneColumn zone,
            double x,
            double top,
            double bottom,
            double outerTop,
            double outerBottom,
            double innerTop,
            double innerBottom,
            double gatewaysTop) {
        rectangle("zone", x, top, column, bottom - top, 10);
        text("title", TextWidth.fit(zone.name(), column - 24, TITLE_SIZE, true), x + 12, top + 20, "start");
        zone.outer().ifPresent(subnet -> subnet(subnet, x + PAD, outerTop, outerBottom - outerTop));
        subnet(zone.inner(), x + PAD, innerTop, innerBottom - innerTop);
        double y = gatewaysTop;
        for (Shape chip : chips(zone).toList()) {
            shape(chip, x + 2 * PAD, y, column - 4 * PAD, BAR, "chip");
            y += BAR + PAD;
        }
    }

    private static Stream<Shape> chips(ZoneColumn zone) {
        return Stream.concat(zone.gateways().stream(), zone.bastion().stream());
    }

    private void subnet(Shape subnet, double x, double y, double height) {
        group(subnet, "subnet", x, y, column - 2 * PAD, height, 8);
        words(subnet, x, y, column - 2 * PAD, true);
        svg.close();
    }

    private void etcd(double top) {
        for (int i = 0; i < map.zones().size(); i++) {
            double y = top;
            for (Shape member : map.zones().get(i).etcd()) {
                shape(member, x(i) + INSET, y, column - 2 * INSET, BAR, "chip");
                y += BAR + PAD;
            }
        }
    }

    private void pools(double top, double bottom) {
        double y = top;
        for (Pool pool : map.pools()) {
            boolean first = true;
            int i = 0;
            while (i < map.zones().size()) {
                int end = i;
                while (end < map.zones().size()
                        && pool.zones().contains(map.zones().get(end).name())) {
                    end++;
                }
                if (end > i) {
                    Shape shape = first
                            ? pool.shape()
                            : new Shape(
                                    pool.shape().title(),
                                    "the same pool",
                                    pool.shape().change());
                    shape(shape, x(i) + INSET, y, x(end - 1) + column - x(i) - 2 * INSET, BAR, "bar");
                    first = false;
                }
                i = Math.max(end, i + 1);
            }
            y += BAR + PAD;
        }
        if (!map.folded().isEmpty()) {
            text(
                    "detail",
                    TextWidth.fit(map.folded(), right() - left() - 8 * PAD, DETAIL_SIZE, false),
                    left() + 4 * PAD,
                    Math.min(y + 14, bottom - 8),
                    "start");
        }
    }

    /* ---- heights ---- */

    private double height(Place place) {
        return Math.max(BAR, touching(place));
    }

    /** Room for the ends of all arrows that touch a row. */
    private double touching(Place place) {
        return wiring.ends().getOrDefault(place, 0) * END;
    }

    private double gatewaysHeight() {
        long most = map.zones().stream()
                .mapToLong(zone -> chips(zone).count())
                .max()
                .orElse(0);
        return most * (BAR + PAD);
    }

    private double etcdHeight() {
        int most =
                map.zones().stream().mapToInt(zone -> zone.etcd().size()).max().orElse(0);
        return most == 0 ? 0 : Math.max(LABEL + most * (BAR + PAD), touching(Place.ETCD));
    }

    private double poolsHeight() {
        if (map.pools().isEmpty()) {
            return 0;
        }
        double folded = map.folded().isEmpty() ? 0 : 24;
        return Math.max(LABEL + map.pools().size() * (BAR + PAD) + folded, touching(Place.POOLS));
    }

    private double left() {
        return MARGIN + FRAME;
    }

    private double right() {
        return x(map.zones().size() - 1) + column;
    }

    private double x(int zone) {
        return left() + zone * (column + GAP);
    }

    /* ---- arrows ---- */

    private static boolean straightDown(Talk talk) {
        return talk.from() == Place.CLIENTS && talk.to() == Place.LOAD_BALANCER;
    }

    /** Draws the arrows; returns the width of the drawing. */
    private double arrows() {
        map.talks().stream().filter(TopologySvg::straightDown).findFirst().ifPresent(this::down);
        if (wiring.wires().isEmpty()) {
            return right() + FRAME + MARGIN;
        }
        double labels = right() + FRAME + 12;
        double widest =
                side.stream().mapToDouble(talk -> pillWidth(label(talk))).max().orElse(0);
        double firstLane = labels + widest + 14;
        wiring.wires().forEach(wire -> wire(wire, firstLane + wire.lane() * LANE));
        // Labels come last, on top of the lines that they interrupt.
        wiring.wires().forEach(wire -> wire.branches()
                .forEach(branch -> pill(
                        label(branch.talk()),
                        wire.from(),
                        labels,
                        y(branch.talk().to(), branch.end()),
                        widest)));
        return firstLane + (wiring.lanes() - 1) * LANE + 6 + MARGIN;
    }

    private void wire(Wiring.Wire wire, double lane) {
        double start = y(wire.from(), wire.start());
        svg.open("g", "class", "talk " + style(wire.from()));
        svg.leaf("path", "d", "M" + number(row(wire.from()).right()) + " " + number(start) + " H" + number(lane));
        svg.leaf("circle", "class", "head", "cx", number(row(wire.from()).right()), "cy", number(start), "r", "3");
        for (Wiring.Branch branch : wire.branches()) {
            double end = y(branch.talk().to(), branch.end());
            double edge = row(branch.talk().to()).right();
            svg.leaf(
                    "path",
                    "d",
                    "M" + number(lane) + " " + number(start) + " V" + number(end) + " H" + number(edge + 6));
            head(edge, end, -1, 0);
        }
        svg.closeLine();
    }

    private Row row(Place place) {
        return Objects.requireNonNull(rows.get(place), place::name);
    }

    /** The ends on a row share its height evenly. */
    private double y(Place place, int position) {
        Row row = row(place);
        return row.top()
                + (row.bottom() - row.top()) * (position + 0.5) / wiring.ends().getOrDefault(place, 1);
    }

    /** Where the clients' arrow comes down: near the middle, but clear of the zones' names and of the internet gateway. */
    private double fromClients() {
        double label = map.talks().stream()
                .filter(TopologySvg::straightDown)
                .mapToDouble(talk -> pillWidth(label(talk)))
                .max()
                .orElse(0);
        double most = map.internetGateway().isPresent() ? right() - GATEWAY - 12 - label / 2 : right();
        boolean betweenZones = map.zones().size() % 2 == 0;
        return Math.min((left() + right()) / 2 + (betweenZones ? 0 : column / 4), most);
    }

    private void down(Talk talk) {
        double x = fromClients();
        double from = row(Place.CLIENTS).bottom();
        double to = row(Place.LOAD_BALANCER).top();
        svg.open("g", "class", "talk " + style(Place.CLIENTS));
        svg.leaf("path", "d", "M" + number(x) + " " + number(from) + " V" + number(to - 6));
        head(x, to, 0, 1);
        svg.closeLine();
        pill(label(talk), Place.CLIENTS, x - pillWidth(label(talk)) / 2, from + 17, pillWidth(label(talk)));
    }

    private void head(double x, double y, int dx, int dy) {
        double backX = x - 8 * dx;
        double backY = y - 8 * dy;
        svg.leaf(
                "path",
                "class",
                "head",
                "d",
                "M" + number(x) + " " + number(y) + " L" + number(backX - 4 * dy) + " " + number(backY - 4 * dx) + " L"
                        + number(backX + 4 * dy) + " " + number(backY + 4 * dx) + " Z");
    }

    private void pill(String label, Place from, double x, double y, double width) {
        svg.open("g", "class", "pill " + style(from));
        svg.leaf("rect", "x", number(x), "y", number(y - 9), "width", number(width), "height", "18", "rx", "9");
        text("detail", label, x + 9, y + 4, "start");
        svg.closeLine();
    }

    private static double pillWidth(String label) {
        return TextWidth.of(label, DETAIL_SIZE, false) + 18;
    }

    private static String label(Talk talk) {
        return words(talk.from()) + ": " + talk.ports();
    }

    private static String words(Place place) {
        return switch (place) {
            case CLIENTS -> "clients";
            case LOAD_BALANCER -> "load balancer";
            case BASTION -> "bastion";
            case CONTROL_PLANE -> "control plane";
            case ETCD -> "etcd";
            case POOLS -> "nodes";
        };
    }

    private static String style(Place place) {
        return "from-" + words(place).replace(' ', '-');
    }

    /* ---- shapes ---- */

    private void band(String label, double x, double y, double width, double height) {
        rectangle("band", x, y, width, height, 8);
        text("detail", label, x + 10, y + 15, "start");
    }

    private void shape(Shape shape, double x, double y, double width, double height, String kind) {
        group(shape, kind, x, y, width, height, 6);
        words(shape, x, y + (height - Math.min(height, BAR)) / 2, width, height >= BAR);
        svg.closeLine();
    }

    private void group(Shape shape, String kind, double x, double y, double width, double height, double corner) {
        svg.open(
                "g",
                "class",
                "shape " + kind
                        + shape.change()
                                .map(action -> " " + Headline.word(action))
                                .orElse(""));
        svg.element(
                "title",
                shape.title()
                        + (shape.detail().isEmpty() ? "" : " — " + shape.detail())
                        + shape.change()
                                .map(action -> " — " + Headline.word(action))
                                .orElse(""));
        rectangle("box", x, y, width, height, corner);
    }

    private void words(Shape shape, double x, double y, double width, boolean twoLines) {
        double inside = width - 20;
        String mark = mark(shape, inside);
        double room = mark.isEmpty() ? inside : inside - TextWidth.of(mark, DETAIL_SIZE, true) - 8;
        double first = twoLines && !shape.detail().isEmpty() ? y + 18 : y + (twoLines ? 25 : 20);
        text("title", TextWidth.fit(shape.title(), room, TITLE_SIZE, true), x + 10, first, "start");
        if (twoLines && !shape.detail().isEmpty()) {
            text("detail", TextWidth.fit(shape.detail(), inside, DETAIL_SIZE, false), x + 10, y + 34, "start");
        }
        if (!mark.isEmpty()) {
            text("mark", mark, x + width - 10, first, "end");
        }
    }

    /** Colour alone does not tell everyone what changes. */
    private static String mark(Shape shape, double width) {
        return shape.change()
                .map(action -> {
                    String words = action.symbol() + " " + Headline.word(action);
                    double needed =
                            TextWidth.of(shape.title(), TITLE_SIZE, true) + TextWidth.of(words, DETAIL_SIZE, true) + 8;
                    return needed <= width ? words : action.symbol();
                })
                .orElse("");
    }

    private void rectangle(String kind, double x, double y, double width, double height, double corner) {
        svg.leaf(
                "rect",
                "class",
                kind,
                "x",
                number(x),
                "y",
                number(y),
                "width",
                number(width),
                "height",
                number(height),
                "rx",
                number(corner));
    }

    private void text(String kind, String text, double x, double y, String anchor) {
        svg.element("text", text, "class", kind, "x", number(x), "y", number(y), "text-anchor", anchor);
    }

    /** Numbers without needless digits, with a point in every locale. */
    private static String number(double value) {
        long tenths = Math.round(value * 10);
        return tenths % 10 == 0 ? String.valueOf(tenths / 10) : tenths / 10 + "." + Math.abs(tenths % 10);
    }
}
