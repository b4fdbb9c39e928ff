import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.RandomData;

/**
 * What Avro's own Java library says of a pair of schemas: an independent judge of the checker.
 *
 * <p>Each line of standard input is an object: reader and writer (texts), reader_references and
 * writer_references (lists of texts, in order), data (hex, as the writer encodes), samples (how many
 * data the library is to make up itself). Each line of standard output is one too: reader and writer
 * (an error, or the texts and fingerprints), and of a pair that can be read: incompatibilities, or
 * failure where the check itself throws; decoded, one for each of data; unread, the made-up data
 * that the reader cannot read.
 *
 * <p>It compares nothing: what the answers should be is the business of the test that asks.
 */
class AvroOracle {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(answer(JSON.readTree(line)));
    }
    out.flush();
  }

  private static ObjectNode answer(JsonNode request) throws Exception {
    ObjectNode answer = JSON.createObjectNode();
    Schema reader = parse(request, "reader", answer);
    Schema writer = parse(request, "writer", answer);
    if (reader == null || writer == null) {
      return answer;
    }
    check(reader, writer, answer);
    ArrayNode decoded = answer.putArray("decoded");
    for (JsonNode hex : request.path("data")) {
      byte[] bytes = HexFormat.of().parseHex(hex.textValue());
      ObjectNode entry = decoded.addObject();
      decode(bytes, writer, writer, entry.putObject("written"));
      decode(bytes, writer, reader, entry.putObject("read"));
    }
    sample(request.path("samples").asInt(0), reader, writer, answer.putArray("unread"));
    return answer;
  }

  private static Schema parse(JsonNode request, String side, ObjectNode answer) throws Exception {
    ObjectNode result = answer.putObject(side);
    try {
      var parser = new Schema.Parser(NameValidator.STRICT_VALIDATOR);
      List<Schema> references = new ArrayList<>();
      for (JsonNode reference : request.path(side + "_references")) {
        references.add(parser.parse(reference.textValue()));
      }
      Schema schema = parser.parse(request.get(side).textValue());
      result.put("canonical", schema.toString(references, false));
      result.put("form", SchemaNormalization.toParsingForm(schema));
      for (String kind : List.of("CRC-64-AVRO", "MD5", "SHA-256")) {
        byte[] fingerprint = SchemaNormalization.parsingFingerprint(kind, schema);
        result.put(kind.toLowerCase(), HexFormat.of().formatHex(fingerprint));
      }
      return schema;
    } catch (Exception | StackOverflowError error) {
      result.put("error", String.valueOf(error.getMessage()));
      return null;
    }
  }

  private static void check(Schema reader, Schema writer, ObjectNode answer) {
    try {
      var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
      ArrayNode list = JSON.createArrayNode();
      for (var found : result.getIncompatibilities()) {
        ObjectNode entry = list.addObject();
        entry.put("type", found.getType().toString());
        entry.put("location", found.getLocation());
        entry.put("message", found.getMessage());
      }
      answer.set("incompatibilities", list);
    } catch (Exception error) {
      answer.put("failure", String.valueOf(error.getMessage()));
    }
  }

  private static void decode(byte[] bytes, Schema writer, Schema reader, ObjectNode result) {
    try {
      BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
      Object value = new GenericDatumReader<>(writer, reader).read(null, decoder);
      result.put("value", GenericData.get().toString(value));
      result.put("whole", decoder.isEnd());
    } catch (Exception | StackOverflowError error) {
      result.put("error", error.getClass().getSimpleName() + ": " + error.getMessage());
    }
  }

  private static void sample(int count, Schema reader, Schema writer, ArrayNode unread) {
    try {
      for (Object datum : new RandomData(writer, count, 1)) {
        var bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<>(writer).write(datum, encoder);
        encoder.flush();
        ObjectNode result = JSON.createObjectNode();
        decode(bytes.toByteArray(), writer, reader, result);
        if (result.has("error")) {
          result.put("hex", HexFormat.of().formatHex(bytes.toByteArray()));
          unread.add(result);
        }
      }
    } catch (Exception | StackOverflowError error) {
      // A schema of which there is no datum, or only endless ones.
    }
  }
}
