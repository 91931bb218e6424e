package dev.millrace.aggregator.batch;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * One page of {@code ListObjectsV2}.
 *
 * @param next asks for the page after it; null = this is the last one
 */
record BucketListing(List<Item> items, @Nullable String next) {

    /** An object. */
    record Item(String key, String tag, long bytes) {}

    static BucketListing read(InputStream xml) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        // a listing has no document type; one that has is somebody's attempt to make us read files
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(xml);
            List<Item> items = new ArrayList<>();
            String next = null;
            boolean listing = false;
            String key = "";
            String tag = "";
            long bytes = -1;
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    switch (reader.getLocalName()) {
                        case "ListBucketResult" -> listing = true;
                        case "Key" -> key = reader.getElementText();
                        case "ETag" -> tag = reader.getElementText();
                        case "Size" -> bytes = Long.parseLong(reader.getElementText());
                        case "NextContinuationToken" -> next = reader.getElementText();
                        default -> {}
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT
                        && reader.getLocalName().equals("Contents")) {
                    items.add(new Item(key, tag, bytes));
                }
            }
            if (!listing) {
                throw new IOException("is no listing of a bucket");
            }
            return new BucketListing(items, next);
        } catch (XMLStreamException | NumberFormatException e) {
            throw new IOException("is no listing of a bucket: " + e.getMessage(), e);
        }
    }
}
