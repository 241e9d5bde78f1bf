package io.k8saws.testkit.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** Reads and rewrites the bodies of AWS's answers without knowing their schema. */
final class Answers {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Answers() {}

    /** All texts in an answer. */
    static List<String> values(Protocol protocol, byte[] body) {
        List<String> values = new ArrayList<>();
        if (body.length == 0) {
            return values;
        }
        if (protocol.xml()) {
            collect(parse(body).getDocumentElement(), values);
        } else {
            collect(json(body), values);
        }
        return values;
    }

    /** The answer without a thing's own entry in the lists that hold its kind; empty when it has none. */
    static Optional<byte[]> without(Protocol protocol, byte[] body, Thing thing) {
        if (body.length == 0) {
            return Optional.empty();
        }
        if (protocol.xml()) {
            Document document = parse(body);
            return remove(document.getDocumentElement(), thing) ? Optional.of(write(document)) : Optional.empty();
        }
        JsonNode root = json(body);
        return remove(root, thing) ? Optional.of(write(root)) : Optional.empty();
    }

    private static void collect(Element element, List<String> values) {
        List<Element> children = children(element);
        if (children.isEmpty()) {
            values.add(element.getTextContent().strip());
        }
        children.forEach(child -> collect(child, values));
    }

    private static void collect(JsonNode node, List<String> values) {
        if (node.isTextual()) {
            values.add(node.textValue());
        }
        node.forEach(child -> collect(child, values));
    }

    private static boolean remove(Element list, Thing thing) {
        boolean removed = false;
        Optional<String> identity = thing.kind().identityIn(name(list));
        for (Element entry : children(list)) {
            boolean isThing = identity.isPresent()
                    && (isLeafWith(entry, thing.name())
                            || children(entry).stream()
                                    .anyMatch(field ->
                                            name(field).equals(identity.get()) && isLeafWith(field, thing.name())));
            if (isThing) {
                list.removeChild(entry);
                removed = true;
            } else if (remove(entry, thing)) {
                removed = true;
                if (isEmptyReservation(list, entry)) {
                    list.removeChild(entry);
                }
            }
        }
        return removed;
    }

    /** A reservation whose instances are all hidden is not there either. */
    private static boolean isEmptyReservation(Element list, Element entry) {
        return name(list).equals("reservationSet")
                && children(entry).stream()
                        .anyMatch(field -> name(field).equals("instancesSet")
                                && children(field).isEmpty());
    }

    private static boolean isLeafWith(Element element, String text) {
        return children(element).isEmpty() && element.getTextContent().strip().equals(text);
    }

    private static boolean remove(JsonNode node, Thing thing) {
        boolean removed = false;
        for (String list : thing.kind().lists()) {
            JsonNode entries = node.path(list);
            for (Iterator<JsonNode> each = entries.iterator(); entries.isArray() && each.hasNext(); ) {
                JsonNode entry = each.next();
                String own = entry.isTextual()
                        ? entry.textValue()
                        : entry.path(thing.kind().identity()).asText();
                if (own.equals(thing.name())) {
                    each.remove();
                    removed = true;
                }
            }
        }
        return removed;
    }

    private static String name(Element element) {
        String local = element.getLocalName();
        return local == null ? element.getTagName() : local;
    }

    private static List<Element> children(Element parent) {
        List<Element> children = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }

    private static Document parse(byte[] body) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setNamespaceAware(true);
            return factory.newDocumentBuilder().parse(new ByteArrayInputStream(body));
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("Read an XML answer: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Read an XML answer: " + e.getMessage(), e);
        }
    }

    private static byte[] write(Document document) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            TransformerFactory.newInstance().newTransformer().transform(new DOMSource(document), new StreamResult(out));
            return out.toByteArray();
        } catch (TransformerException e) {
            throw new IllegalStateException("Write an XML answer: " + e.getMessage(), e);
        }
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException("Read a JSON answer: " + e.getMessage(), e);
        }
    }

    private static byte[] write(JsonNode root) {
        try {
            return JSON.writeValueAsBytes(root);
        } catch (IOException e) {
            throw new UncheckedIOException("Write a JSON answer: " + e.getMessage(), e);
        }
    }
}
