package dev.millrace.server.protocol;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A message as Triton's REST endpoints write it: field names as in the .proto, numbers as numbers, enums by name, and zeros
 * written out. So what REST and gRPC say of a model cannot differ.
 */
final class ProtoJson {
    private ProtoJson() {}

    static JsonObject of(Message message) {
        JsonObject json = new JsonObject();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            if (field.isRepeated()) {
                JsonArray array = new JsonArray();
                for (Object element : (List<?>) message.getField(field)) {
                    array.add(value(element));
                }
                json.put(field.getName(), array);
            } else if (!isMessage || message.hasField(field)) {
                json.put(field.getName(), value(message.getField(field)));
            }
        }
        return json;
    }

    private static Object value(Object v) {
        if (v instanceof Message m) {
            return of(m);
        }
        return v instanceof EnumValueDescriptor e ? e.getName() : v;
    }
}
